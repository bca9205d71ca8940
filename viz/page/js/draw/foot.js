// Under the stage: the pinned pair in numbers, and the view in one sentence.

import { isInBlock, viewOf } from "../model/views.js";
import { make, setText } from "./dom.js";
import { makePair } from "./pair.js";

/** @param {import("../types.js").Boot} boot @param {() => void} openDrawer */
export function makeFoot(boot, openDrawer) {
  const { texts } = boot;
  const pair = makePair(texts);
  const sentence = make("p", { class: "sx-sentence" });
  const more = make("button", { class: "sx-more", "aria-expanded": "false", onclick: openDrawer }, `${texts["ui.more"]} ▸`);
  const element = make("footer", { class: "sx-foot" }, pair.element, make("div", { class: "sx-say" }, sentence, more));
  return {
    element,
    pair,
    /** @param {import("../model/state.js").State} state */
    show({ selection, drawer, shown }) {
      more.setAttribute("aria-expanded", String(drawer));
      setText(sentence, texts[`view.${viewOf(boot, selection).id}.what`].split(/(?<=[.?!]) /)[0]);
      pair.element.hidden = !isInBlock(boot, selection);
      if (shown?.pair) pair.show(shown.pair);
    },
  };
}
