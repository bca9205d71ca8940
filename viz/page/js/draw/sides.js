// The panels of two sides as one list: pair by pair A's, B's and what lies between them, each with its own look.

import { placedIn } from "../model/comparing.js";
import { fill } from "./text.js";

/** @typedef {import("../model/state.js").State} State */
/** @typedef {import("../types.js").Look} Look */
/** @typedef {import("../types.js").Prepared} Prepared */

/** What the page knows, seen from B: its scene, its photo, its answer. @param {State} state @returns {State} */
export function otherState(state) {
  const { scene, otherScene, otherPhoto, shown, pinned, selection, hover, pointed } = state;
  const own = (/** @type {import("../types.js").Shown | null} */ one) => (one?.against ? { channel: null, ...one.against } : null);
  return {
    ...state,
    scene: otherScene,
    photo: otherPhoto,
    selection: { ...(own(pinned)?.selection ?? own(shown)?.selection ?? selection), overlay: selection.overlay },
    shown: own(shown),
    pinned: own(pinned),
    hover: placedIn(hover, scene, otherScene),
    pointed: placedIn(pointed, scene, otherScene),
  };
}

/**
 * All panels in the order of their pairs, and which of them stand together.
 * @param {import("../types.js").Shown} shown  @param {{a: Look, b: Look}} looks  @param {Record<string, string>} texts
 * @returns {{prepared: Prepared[], groups: number[][]}}
 */
export function bothSides({ panels, against }, looks, texts) {
  if (!against) return { prepared: panels, groups: [] };
  /** @type {Prepared[]} */
  const prepared = [];
  const groups = against.pairs.map(([one, other], index) => {
    const first = one === null ? null : sided(panels[one], "a", looks.a, texts);
    const second = other === null ? null : sided(against.panels[other], "b", looks.b, texts);
    if (first && second) [first.partner, second.partner] = [second, first];
    const between = against.differences[index];
    const group = [first, second, between ? { ...between, look: looks.a, side: /** @type {"difference"} */ ("difference") } : null];
    const there = group.flatMap((/** @type {Prepared | null} */ part) => part ?? []);
    prepared.push(...there);
    return there.map((_, at) => prepared.length - there.length + at);
  });
  return { prepared, groups };
}

/** A panel that says whose it is. @param {Prepared} one @param {"a" | "b"} side @param {Look} look @param {Record<string, string>} texts @returns {Prepared} */
function sided(one, side, look, texts) {
  return { ...one, panel: { ...one.panel, title: fill(texts[`panel.compare.${side}`], { what: one.panel.title }) }, look, side };
}
