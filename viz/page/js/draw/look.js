// What drawers know of the page besides their panel: the marks, the greyed photo, the size of letters.

import { isComparing } from "../model/comparing.js";
import { isInBlock, viewOf } from "../model/views.js";
import { greyed } from "./canvas.js";
import { makeMeasure } from "./measure.js";

/** @typedef {import("../model/state.js").State} State */
/** @typedef {import("../types.js").Boot} Boot */
/** @typedef {import("../types.js").Look} Look */
/** @typedef {import("../types.js").Mark} Mark */

const PINNED = "rgba(255,255,255,0.75)"; // the pinned patch while the pointer is on another

/** The patches that are framed: the query or the one under the pointer, the key, and a second query. @param {Boot} boot @param {State} state @returns {Mark[]} */
export function marksOf(boot, { selection, hover, shown, pointed }) {
  /** @type {Mark[]} */
  const marks = [{ patch: hover ?? selection.query, colour: boot.roles.query }];
  if (hover) marks.unshift({ patch: selection.query, colour: PINNED });
  const key = (isInBlock(boot, selection) && shown?.pair?.key) || selection.key;
  if (key) marks.push({ patch: key, colour: boot.roles.key, dashed: true });
  if (pointed) marks.push({ patch: pointed, colour: "#ffffff" });
  if (selection.against_query && !isComparing(selection)) marks.push({ patch: selection.against_query, colour: boot.roles.other });
  return marks;
}

/** @param {Boot} boot @param {import("../types.js").Palette} palette @param {(patch: import("../types.js").Patch) => import("../types.js").Patch} [toFirst] The patch at the same place of the first of two sides. */
export function makeLook(boot, palette, toFirst = (patch) => patch) {
  const measure = makeMeasure();
  /** @type {{image: HTMLImageElement, dark: HTMLCanvasElement, light: HTMLCanvasElement} | null} */
  let under = null;
  /** @param {State} state @param {{type: number, scrolls: boolean}} shape @returns {Look} */
  return (state, { type, scrolls }) => {
    const { photo, scene, selection, shown } = state;
    if (photo && under?.image !== photo) under = { image: photo, dark: greyed(photo, "dark"), light: greyed(photo, "light") };
    const query = viewOf(boot, selection).uses.includes("query") ? (shown?.selection.query ?? null) : null;
    const fixed = { texts: boot.texts, roles: boot.roles, palette, measure: measure(type), type, tapped: scrolls };
    return /** @type {Look} */ ({ ...fixed, scene, under, query, marks: marksOf(boot, state), overlay: selection.overlay / 100, toFirst });
  };
}
