// Steps that follow each other: one back, play or pause, one on, and a slider to any of them.

import { make, setAttribute, setText } from "./dom.js";
import { fill } from "./text.js";

const DWELL_MS = 2400; // on each step while it plays: long enough for its numbers to be read

/** @param {{field: import("../types.js").Field, texts: Record<string, string>, change: (fields: object, how?: object) => void}} control */
export function makePlayer({ field: { name, high }, texts, change }) {
  const last = high ?? 0;
  let now = 0;
  /** @type {ReturnType<typeof setInterval> | null} */
  let playing = null;

  const go = (/** @type {number} */ step) => change({ [name]: Math.min(Math.max(step, 0), last) }, { name });
  const button = (/** @type {string} */ sign, /** @type {string} */ text, /** @type {() => void} */ action) => make("button", { class: "sx-icon", title: texts[text], "aria-label": texts[text], onclick: action }, sign);
  const back = button("‹", "ui.step.back", () => {
    pause();
    go(now - 1);
  });
  const on = button("›", "ui.step.on", () => {
    pause();
    go(now + 1);
  });
  const play = button("▶", "ui.step.play", () => (playing ? pause() : start()));
  const slider = make("input", { type: "range", min: 0, max: last, "aria-label": texts[`ui.${name}`] });
  slider.addEventListener("input", () => {
    pause();
    go(Number(slider.value));
  });
  const output = make("output", {});
  const element = make("div", { class: "sx-control sx-player", role: "group", "aria-label": texts[`ui.${name}`] }, back, play, on, slider, output);

  function start() {
    go(now === last ? 0 : now + 1);
    playing = setInterval(() => {
      if (!element.isConnected || now === last) pause();
      else go(now + 1);
    }, DWELL_MS);
    showState();
  }
  function pause() {
    if (playing) clearInterval(playing);
    playing = null;
    showState();
  }
  function showState() {
    const text = texts[playing ? "ui.step.pause" : "ui.step.play"];
    setText(play, playing ? "❚❚" : "▶");
    setAttribute(play, "aria-label", text);
    setAttribute(play, "title", text);
  }
  return {
    element,
    /** @param {{value: any}} control */
    update({ value }) {
      now = value;
      if (Number(slider.value) !== value) slider.value = String(value);
      setText(output, fill(texts["ui.step.of"], { step: value + 1, all: last + 1 }));
      back.disabled = value === 0;
      on.disabled = value === last;
    },
  };
}
