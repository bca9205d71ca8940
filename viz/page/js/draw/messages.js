// What the page says: one line over its lower edge, a bar while a photo is encoded or a view computed, and a tip beside
// the pointer.

import { make, setText } from "./dom.js";
import { fill } from "./text.js";

const NO_ROOM = "memory"; // the step at which a photo waits for room
const NOTICE_MS = 12_000; // long enough to be read

/** Words and a bar that fills. @param {string} name Its class. */
function makeBar(name) {
  const words = make("span", {});
  const bar = make("i", {});
  const element = make("div", { class: name, role: "status", hidden: true }, words, make("div", {}, bar));
  return {
    element,
    /** @param {import("../model/ask.js").Progress | null} now @param {(now: import("../model/ask.js").Progress) => string} say */
    show(now, say) {
      element.hidden = !now;
      if (!now) return;
      setText(words, say(now));
      bar.style.width = now.total ? `${(100 * now.done) / now.total}%` : "0";
    },
  };
}

/** What must be known before any picture is believed, in one line at the top until it is put away. @param {Record<string, string>} texts */
export function makeNotices(texts) {
  const words = make("span", {});
  const button = make("button", { class: "sx-close", "aria-label": texts["ui.close"], title: texts["ui.close"], onclick: dismiss }, "×");
  const element = make("div", { class: "sx-notices", role: "note", hidden: true }, words, button);
  let read = "";
  function dismiss() {
    read = words.textContent ?? "";
    element.hidden = true;
  }
  return {
    element,
    /** @param {string[]} notices */
    show(notices) {
      setText(words, notices.join(" "));
      words.title = notices.join(" ");
      element.hidden = !notices.length || words.textContent === read;
    },
  };
}

/** @param {Record<string, string>} texts @param {() => void} dismiss */
export function makeMessages(texts, dismiss) {
  const words = make("span", {});
  const button = make("button", { class: "sx-close", "aria-label": texts["ui.close"], title: texts["ui.close"], onclick: dismiss }, "×");
  const element = make("div", { class: "sx-message", role: "alert", hidden: true }, words, button);
  const encoding = makeBar("sx-progress");
  const looking = makeBar("sx-looking");
  const tip = make("div", { class: "sx-tip", hidden: true });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;

  /** @param {import("../model/ask.js").Progress} now */
  function standing({ step, before, seconds }) {
    if (before) return fill(texts["ui.waiting"], { count: before, seconds: Math.max(1, Math.round(seconds)) });
    return step === NO_ROOM ? texts["ui.memory_full"] : fill(texts["ui.working"], { step: step || "…" });
  }

  return {
    element,
    progress: encoding.element,
    looking: looking.element,
    tip,
    /** @param {import("../model/state.js").Message | null} message */
    show(message) {
      clearTimeout(later);
      element.hidden = !message;
      words.replaceChildren(...(message ? [message.text, ...(message.more ? [message.more] : [])] : []));
      element.classList.toggle("sx-problem", message?.kind === "failure" || message?.kind === "trouble");
      if (message?.kind === "notice" && !message.more) later = setTimeout(dismiss, NOTICE_MS);
    },
    /** @param {import("../model/ask.js").Progress | null} now */
    showProgress(now) {
      encoding.show(now, standing);
    },
    /** A view that takes long. @param {import("../model/ask.js").Progress | null} now @param {string} title */
    showLooking(now, title) {
      looking.show(now, ({ done, total, before, kilobytes }) => {
        if (kilobytes) return fill(texts["ui.arriving"], { view: title, percent: 10 * Math.floor(10 * done), kilobytes });
        return fill(texts[before ? "ui.computing_later" : total ? "ui.computing_part" : "ui.computing"], { view: title, done, total, count: before });
      });
    },
    /** @param {PointerEvent} event @param {string | null} text */
    tell(event, text) {
      tip.hidden = !text;
      if (!text) return;
      setText(tip, text);
      const [width, height] = [tip.offsetWidth, tip.offsetHeight];
      tip.style.left = `${Math.max(2, Math.min(event.clientX + 14, window.innerWidth - width - 4))}px`;
      const below = event.clientY + 18;
      tip.style.top = `${below + height < window.innerHeight ? below : event.clientY - height - 10}px`;
    },
  };
}
