// Steps that follow each other: one back, play or pause, one on, and a slider to any of them.

import { make, setText } from "./dom.js";
import { makePlay } from "./play.js";
import { fill } from "./text.js";

const DWELL_MS = 2400; // on each step while it plays: long enough for its numbers to be read

/** @param {{field: import("../types.js").Field, texts: Record<string, string>, change: (fields: object, how?: object) => void}} control */
export function makePlayer({ field: { name, high }, texts, change }) {
  const last = high ?? 0;
  let now = 0;

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
  const { element: play, pause } = makePlay({ texts, pace: DWELL_MS, at: () => now, last: () => last, go });
  const slider = make("input", { type: "range", min: 0, max: last, "aria-label": texts[`ui.${name}`] });
  slider.addEventListener("input", () => {
    pause();
    go(Number(slider.value));
  });
  const output = make("output", {});
  const element = make("div", { class: "sx-control sx-player", role: "group", "aria-label": texts[`ui.${name}`] }, back, play, on, slider, output);

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
