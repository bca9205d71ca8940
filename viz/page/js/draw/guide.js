// What leads the eye: a place that is lit, and data that moves from one step to the next.

import { makeFlow } from "./flow.js";
import { light } from "./light.js";

/** @typedef {import("../model/state.js").State} State */

/**
 * @param {HTMLElement} root
 * @param {import("../types.js").Boot} boot
 * @param {{element: HTMLElement, pageOf: (panel: number) => number}} panels
 * @param {(page: number) => void} turn
 */
export function makeGuide(root, boot, panels, turn) {
  const flow = makeFlow(root, panels.element);
  let arrived = "";
  let symbol = ""; // the place of a symbol that is pointed at, in the drawer's formula

  /** @param {State} state */
  function placeNow({ selection, tour }) {
    if (symbol) return symbol;
    const view = boot.views.find(({ id }) => id === selection.view);
    return tour?.stops[selection.stop - 1]?.lit || (view?.uses.includes("step") ? `node:${boot.flow[selection.step]}` : "");
  }

  /** The panel that is spoken of: of the lit place, else of the step by which the view was opened. @param {string} place @param {string} node */
  function panelOf(place, node) {
    if (place.startsWith("panel:")) return Number(place.slice("panel:".length));
    return boot.inner.find(({ id }) => id === node)?.panel ?? -1;
  }

  /** Light what is spoken of; once when one arrives, its page of panels is turned to. @param {State} state */
  function show(state) {
    const { selection, shown, pinned, page, node } = state;
    const place = placeNow(state);
    const here = shown === pinned && shown?.selection.view === selection.view ? `${selection.stop} ${place} ${node} ${selection.view}` : "";
    if (here && here !== arrived) {
      const wanted = panels.pageOf(panelOf(place, node));
      if (wanted >= 0 && wanted !== page) turn(wanted);
    }
    if (here) arrived = here;
    light(root, place);
  }

  return {
    /** Draw, and let what was there move to what is there now. @template Drawn @param {State} state @param {() => Drawn} draw */
    around(state, draw) {
      const moved = flow.before(state.shown);
      const drawn = draw();
      flow.after(moved);
      return drawn;
    },
    show,
    /** Light a symbol's place as long as it is pointed at; none when it no longer is. @param {string} place @param {State} state */
    pointAt(place, state) {
      symbol = place;
      show(state);
    },
  };
}
