// The stage: photo and view share the room between strip and numbers, as large together as they can be.

import { viewOf } from "../model/views.js";
import { hasTwoPhotos } from "./compare_bar.js";
import { photoShare } from "./layout.js";
import { fitsOf, mapForPhoto } from "./panels.js";
import { bothSides } from "./sides.js";

/** @typedef {import("../model/state.js").State} State */
/** @typedef {import("../types.js").Look} Look */
/** @typedef {import("../types.js").Prepared} Prepared */
/** @typedef {import("../types.js").Size} Size */
/** @typedef {ReturnType<typeof import("./shape.js").applyShape>} Shape */

const BESIDE = 0.3; // what the photo counts where the view doesn't speak of it
const LEAST_SCROLLED = 260; // pixels: a panel's height on a screen that scrolls, however low that is
const SHARE_SCROLLED = 0.72; // of the window: so much of it a panel may take there

/**
 * How the hero fills a box: the first panel, or the first two where they are two of a kind, to be compared.
 * @param {Prepared[]} prepared  @param {Look} look
 */
function heroOf(prepared, look) {
  const [first, second] = fitsOf(prepared, look);
  const [one, other] = prepared.map(({ panel }) => `${panel.kind} ${panel.shape}`);
  if (!second || one !== other || prepared[0].panel.kind !== "Maps") return first;
  return (/** @type {Size} */ { width, height }) => {
    const { area, ok, ...size } = first({ width, height: height / 2 });
    return { ...size, area: 2 * area, ok };
  };
}

/** How the heroes of two sides fill a box, beside each other or one above the other. @param {Prepared[]} prepared @param {Look} look */
function heroOfTwo(prepared, look) {
  const [first] = fitsOf(prepared, look);
  return (/** @type {Size} */ { width, height }) => {
    const [across, down] = [{ width: width / 2, height }, { width, height: height / 2 }].map(first);
    const { area, ok, ...size } = down.area > across.area ? down : across;
    return { ...size, area: 2 * area, ok };
  };
}

/** Width over height of the photo, or of two: one above the other where photos and view are beside each other. @param {import("../types.js").Scene} scene @param {import("../types.js").Scene | null} other @param {boolean} across */
function aspectOf(scene, other, across) {
  const [one, second] = [scene, other ?? scene].map(({ photoSpan: [rows, cols] }) => cols / rows);
  if (!other) return one;
  return across ? 1 / (1 / one + 1 / second) : one + second;
}

/**
 * @param {import("../types.js").Boot} boot
 * @param {{main: HTMLElement, bar: HTMLElement, tools: HTMLElement, panels: ReturnType<typeof import("./panels.js").makePanels>}} parts
 */
export function makeStage(boot, { main, bar, tools, panels }) {
  let divided = { key: "", share: 0.4 };
  let placedFor = "";

  /** @param {string} columns @param {string} rows */
  function setGrid(columns, rows) {
    main.style.gridTemplateColumns = columns;
    main.style.gridTemplateRows = rows;
  }

  /** Give photo and view their shares; while the same is looked at, they keep them. @param {State} state @param {Look} look @param {boolean} across @param {Prepared[]} prepared @param {number[][]} groups */
  function divide({ selection, scene, otherScene, shown, pinned }, look, across, prepared, groups) {
    if (!scene || !shown) return;
    const view = viewOf(boot, selection);
    const room = { width: main.clientWidth, height: main.clientHeight };
    const aspect = aspectOf(scene, hasTwoPhotos(selection) ? otherScene : null, across);
    const key = [view.id, selection.heads, room.width, room.height, prepared.length, aspect].join();
    if (key === divided.key && shown !== pinned) return;
    const hero = groups.length ? heroOfTwo(prepared, look) : heroOf(prepared, look);
    const worth = view.uses.includes("query") || prepared.some(({ panel }) => panel.overPhoto) ? 1 : BESIDE;
    // Twice, since tools and tabs take more lines in a narrower column.
    for (let times = 0; times < 2; times++) {
      const [toolsHeight, barHeight] = [tools, bar].map(({ offsetHeight }) => (offsetHeight ? offsetHeight + 8 : 0));
      const share = photoShare({ room, aspect, tools: toolsHeight, bar: barHeight, hero, across, worth });
      divided = { key, share };
      const pixels = Math.floor((across ? room.width : room.height) * share);
      const cut = `${pixels}px minmax(0, 1fr)`;
      setGrid(across ? cut : "", across ? "" : cut);
    }
  }

  /** Lay the panels out and draw a page of them; how many pages there are. @param {State} state @param {{a: Look, b: Look}} looks Of both sides; the same where there is one. @param {Shape} shape */
  function show(state, looks, { form, scrolls, window: { height } }) {
    const look = looks.a;
    if (scrolls) setGrid("", "");
    const { selection, shown, pinned, page } = state;
    const { prepared, groups } = shown ? bothSides(shown, looks, boot.texts) : { prepared: [], groups: [] };
    if (!scrolls) divide(state, look, form === "wide", prepared, groups);
    if (shown === pinned) placedFor = [viewOf(boot, selection).id, selection.block, selection.heads, selection.scale].join();
    const room = panels.room();
    const box = scrolls ? { ...room, height: Math.max(LEAST_SCROLLED, SHARE_SCROLLED * height) } : room;
    return panels.show({ prepared, groups, box, look, page, scrolls, key: placedFor });
  }
  return { show };
}

/** The room that the photo has. @param {HTMLElement} element @param {Shape} shape @returns {Size} */
export function photoBox({ clientWidth: width, clientHeight: height }, { form }) {
  if (form === "phone") return { width, height: 0.34 * window.innerHeight };
  return { width, height: form === "side" ? Math.max(120, window.innerHeight - 60) : height };
}

/** What the photo carries. @param {import("../types.js").Boot} boot @param {State} state @param {boolean} inBlock */
export function overPhoto(boot, { selection, scene, shown, pinned, hover, zoom, layers }, inBlock) {
  return {
    map: mapForPhoto(shown?.panels ?? []),
    told: pinned && mapForPhoto(pinned.panels),
    query: selection.query,
    hover,
    zoom,
    layers,
    window: (inBlock && scene?.windows[selection.block]) || null,
    span: (inBlock && shown?.pair.span) || null,
  };
}
