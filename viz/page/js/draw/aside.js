// Below the photo, where it leaves room: more of what the view says. Whole sentences, as many as fit.

import { viewOf } from "../model/views.js";
import { make, setText } from "./dom.js";
import { sentences } from "./text.js";

/** @typedef {import("../model/state.js").State} State */

const GAP = 10; // pixels between photo and words

/** @param {import("../types.js").Boot} boot */
export function makeAside(boot) {
  const element = make("p", { class: "sx-aside", hidden: true });
  let fitted = "";

  /** What isn't said elsewhere on the screen. A stop of the tour has words of its own in place of the first sentence. @param {State} state */
  function wordsOf({ selection, shown, tour, guess }) {
    const stop = tour?.stops[selection.stop - 1];
    if (!shown || (selection.stop && !stop) || (stop?.asks && !guess?.shown)) return []; // no answer before its question
    const all = sentences(boot.texts[`view.${viewOf(boot, shown.selection).id}.what`]);
    return selection.stop ? all : all.slice(1);
  }

  /** @param {State} state @param {HTMLCanvasElement} photo @param {{form: string, type: number}} shape */
  function show(state, photo, { form, type }) {
    const room = (element.parentElement?.clientHeight ?? 0) - photo.offsetHeight - GAP;
    const words = form === "wide" && state.selection.compare === "off" ? wordsOf(state) : [];
    const key = [...words, room, element.parentElement?.clientWidth, type].join(" ");
    if (key === fitted) return;
    fitted = key;
    element.style.top = `${photo.offsetHeight + GAP}px`;
    element.hidden = false; // or it couldn't be measured
    for (let count = words.length; count > 0; count--) {
      setText(element, words.slice(0, count).join(/[。？！]$/.test(words[0]) ? "" : " "));
      if (element.offsetHeight <= room) return;
    }
    element.hidden = true;
  }
  return { element, show };
}
