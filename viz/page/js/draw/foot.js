// Under the stage: the pinned pair in numbers, and the view in one sentence.

import { isInBlock, viewOf } from "../model/views.js";
import { attach, make, setText } from "./dom.js";
import { makePair } from "./pair.js";
import { firstSentence } from "./text.js";
import { makeTourBar } from "./tour.js";

/** @param {import("../types.js").Boot} boot @param {() => void} openDrawer @param {Parameters<typeof makeTourBar>[1]} touring */
export function makeFoot(boot, openDrawer, touring) {
  const { texts } = boot;
  const pair = makePair(texts);
  const otherPair = makePair(texts);
  const sentence = make("p", { class: "sx-sentence" });
  const more = make("button", { class: "sx-more", "aria-expanded": "false", onclick: openDrawer }, `${texts["ui.more"]} ▸`);
  const tour = makeTourBar(texts, touring);
  const element = make("footer", { class: "sx-foot" }, pair.element, make("div", { class: "sx-say" }, tour.element, sentence, more));
  return {
    element,
    pair,
    /** @param {import("../model/state.js").State} state */
    show(state) {
      const { selection, drawer, shown } = state;
      tour.show(state);
      sentence.hidden = !tour.element.hidden;
      more.setAttribute("aria-expanded", String(drawer));
      const said = shown?.against?.summary;
      setText(sentence, said ?? firstSentence(texts[`view.${viewOf(boot, selection).id}.what`]));
      const lit = state.tour?.stops[selection.stop - 1]?.lit;
      const none = shown?.pair === null; // of a damaged encoder
      pair.element.hidden = none || !isInBlock(boot, selection) || (!tour.element.hidden && lit !== "pair"); // a stop needs the room
      attach(otherPair.element, pair.element, !pair.element.hidden && Boolean(shown?.against?.pair));
      if (shown?.pair) pair.show(shown.pair, shown.against ? "A" : "");
      if (shown?.against?.pair) otherPair.show(shown.against.pair, "B");
      pair.sideOfProof(shown?.against ? "A" : "");
    },
  };
}
