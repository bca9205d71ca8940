// The stage: photo and view share the room between strip and numbers, as large together as they can be.

import { viewOf } from "../model/views.js";
import { photoShare } from "./layout.js";
import { fitsOf, mapForPhoto } from "./panels.js";

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

  /** Give photo and view their shares; while the same is looked at, they keep them. @param {State} state @param {Look} look @param {boolean} across */
  function divide({ selection, scene, shown, pinned }, look, across) {
    if (!scene || !shown) return;
    const prepared = shown.panels;
    const view = viewOf(boot, selection);
    const room = { width: main.clientWidth, height: main.clientHeight };
    const aspect = scene.photoSpan[1] / scene.photoSpan[0];
    const key = [view.id, selection.heads, room.width, room.height, prepared.length, aspect].join();
    if (key === divided.key && shown !== pinned) return;
    const hero = heroOf(prepared, look);
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

  /** Lay the panels out and draw a page of them; how many pages there are. @param {State} state @param {Look} look @param {Shape} shape */
  function show(state, look, { form, scrolls, window: { height } }) {
    if (scrolls) setGrid("", "");
    else divide(state, look, form === "wide");
    const { selection, shown, pinned, page } = state;
    if (shown === pinned) placedFor = [viewOf(boot, selection).id, selection.block, selection.heads, selection.scale].join();
    const room = panels.room();
    const box = scrolls ? { ...room, height: Math.max(LEAST_SCROLLED, SHARE_SCROLLED * height) } : room;
    return panels.show({ prepared: shown?.panels ?? [], box, look, page, scrolls, key: placedFor });
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
