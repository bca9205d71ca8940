// What the page says: one line below the header, and a tip beside the pointer.

import { make } from "./dom.js";

const SHOWN_MS = 4000;
const PROBLEM_SHOWN_MS = 12000;

export function makeMessages() {
  const element = make("div", { class: "sx-message", role: "alert", hidden: true });
  const tip = make("div", { class: "sx-tip", hidden: true });
  let later = 0;

  // A text until it has been read, or nothing; `more` is an element that stays until the next message.
  function say(text, problem = false, more = null) {
    clearTimeout(later);
    element.replaceChildren(...[text, more].filter(Boolean));
    element.hidden = !text;
    element.classList.toggle("sx-problem", problem);
    if (text && !more) later = setTimeout(() => say(""), problem ? PROBLEM_SHOWN_MS : SHOWN_MS);
  }

  function tell(event, text) {
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = text;
    tip.style.left = `${Math.min(event.clientX + 14, window.innerWidth - 240)}px`;
    tip.style.top = `${event.clientY + 18}px`;
  }

  return { element, tip, say, tell };
}
