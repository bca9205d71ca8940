// A button that plays: goes one on, at a pace, until the last; where motion is unwanted each press goes one on.

import { make, setAttribute, setText } from "./dom.js";

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * @param {object} what
 * @param {Record<string, string>} what.texts
 * @param {number} what.pace Milliseconds on each.
 * @param {() => number} what.at Where one is.
 * @param {() => number} what.last
 * @param {(step: number) => void} what.go
 * @param {() => boolean} [what.ready] Whether the picture is there, so that none is left out.
 * @param {string} [what.once] The button's text where each press goes one on; without it, motion is played anyway.
 */
export function makePlay({ texts, pace, at, last, go, ready = () => true, once }) {
  /** @type {ReturnType<typeof setInterval> | null} */
  let playing = null;
  const element = make("button", { class: "sx-icon", onclick: () => (playing ? pause() : start()) });
  const oneOn = () => go(at() === last() ? 0 : at() + 1);

  function start() {
    oneOn();
    if (once && still()) return;
    playing = setInterval(() => {
      if (!element.isConnected || at() === last()) pause();
      else if (ready()) oneOn();
    }, pace);
    showState();
  }
  function pause() {
    if (playing) clearInterval(playing);
    playing = null;
    showState();
  }
  function showState() {
    const text = texts[playing ? "ui.step.pause" : once && still() ? once : "ui.step.play"];
    setText(element, playing ? "❚❚" : "▶");
    setAttribute(element, "aria-label", text);
    setAttribute(element, "title", text);
  }
  showState();
  return { element, pause };
}
