// What the page knows: the selection, what is on screen for it, and how it is shown.

import { makeStore } from "./store.js";

/** @typedef {import("../types.js").Selection} Selection */
/** @typedef {import("../types.js").Scene} Scene */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../types.js").Patch} Patch */
/** @typedef {import("./ask.js").Progress} Progress */

/** "failure" stays until something succeeds, "notice" goes by itself after some seconds, "doing" until it is done. */
/** @typedef {{kind: "failure" | "notice" | "doing" | "trouble", text: string, more?: HTMLElement}} Message */

/**
 * @typedef {object} State
 * @property {Selection} selection What is wished for.
 * @property {Selection | null} settled The last wish that belongs to the scene on screen.
 * @property {Scene | null} scene
 * @property {HTMLImageElement | null} photo
 * @property {Scene | null} otherScene Of the second of two sides that are compared.
 * @property {HTMLImageElement | null} otherPhoto
 * @property {{blocks: string[], neck: string[]} | null} film Each block's output as a small picture, and the neck's steps.
 * @property {Patch | null} pointed The patch of one side that is pointed at, for the other side to show it too.
 * @property {Shown | null} pinned The answer to the selection.
 * @property {Shown | null} shown What is on screen: the pinned answer, or a hovered patch's.
 * @property {Patch | null} hover
 * @property {any} explanation
 * @property {any} proof An answer, or "running".
 * @property {Progress | null} progress Of the photo that is being encoded.
 * @property {Progress | null} looking Of the view that is being computed.
 * @property {"loading" | "working" | "ready" | "error"} status
 * @property {Message | null} message
 * @property {"query" | "key" | "against_query"} pinKind What a plain click pins.
 * @property {number} zoom
 * @property {{grid: boolean, windows: boolean, map: boolean}} layers
 * @property {boolean} presenting
 * @property {boolean} tools Whether controls are in sight while presenting.
 * @property {boolean} drawer Whether the explanation is open.
 * @property {string} node The step of the strip by which the view was opened; "" if it was opened otherwise.
 * @property {number} page Which of the view's pages of panels.
 * @property {import("../types.js").Tour | null} tour The guided tour, as it is for the scene on screen.
 * @property {import("../types.js").Guess | null} guess What the tour's stop asks.
 * @property {number} left The stop where the tour was left; 0 if it wasn't begun.
 */

/** @param {Selection} selection @param {Partial<State>} more @returns {import("./store.js").Store<State>} */
export function makeState(selection, more = {}) {
  return makeStore(
    /** @type {State} */ ({
      selection,
      settled: null,
      scene: null,
      photo: null,
      otherScene: null,
      otherPhoto: null,
      pointed: null,
      film: null,
      pinned: null,
      shown: null,
      hover: null,
      explanation: null,
      proof: null,
      progress: null,
      looking: null,
      status: "loading",
      message: null,
      pinKind: "query",
      zoom: 1,
      layers: { grid: true, windows: true, map: true },
      presenting: false,
      tools: false,
      drawer: false,
      node: "",
      page: 0,
      tour: null,
      guess: null,
      left: 0,
      ...more,
    }),
  );
}
