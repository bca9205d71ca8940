// The stage: photo and view share the room between strip and numbers, as large together as they can be.

import { viewOf } from "../model/views.js";
import { hasTwoPhotos } from "./compare_bar.js";
import { firstPanels, photoShare } from "./layout.js";
import { fitsOf, kinsOf, mapForPhoto } from "./panels.js";
import { bothSides } from "./sides.js";

/** @typedef {import("../model/state.js").State} State */
/** @typedef {import("../types.js").Look} Look */
/** @typedef {import("../types.js").Prepared} Prepared */
/** @typedef {import("../types.js").Size} Size */
/** @typedef {ReturnType<typeof import("./shape.js").applyShape>} Shape */

const BESIDE = 0.3; // what the photo counts where the view doesn't speak of it
const LEAST_SCROLLED = 260; // pixels: a panel's height on a screen that scrolls, however low that is
const LARGER = 1.03; // so much larger photo and view must become together for the tools to stand beside the photo
const SPACE = 8; // pixels around the tools and the tabs
const SHARE_STICKY = 0.21; // of the window: the photo, under which maps scroll
const SHARE_SCROLLED = { phone: 0.72, side: 0.9 }; // of the window: so much of it a panel may take there

/** How the heroes of two sides fill a box, beside each other or one above the other. @param {ReturnType<typeof fitsOf>} fits */
function heroesOfTwo([first]) {
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
export function makeStage(boot, { main, bar: viewBar, tools, panels }) {
  let divided = "";
  let placedFor = "";

  /** Where photo and view are cut, in pixels; null where the page scrolls. @param {boolean} across @param {number | null} pixels */
  function setCut(across, pixels) {
    const cut = pixels === null ? "" : `${pixels}px minmax(0, 1fr)`;
    main.style.gridTemplateColumns = across ? cut : "";
    main.style.gridTemplateRows = across ? "" : cut;
  }

  /**
   * The shares of photo and view with the tools below or beside the photo, and how large both are then.
   * @param {boolean} beside  @param {Omit<Parameters<typeof photoShare>[0], "tools" | "bar">} parts
   */
  function tried(beside, parts) {
    const { room, across } = parts;
    let found = { share: 0.4, width: 0, score: -1 };
    let measured = "";
    main.classList.toggle("sx-tools-beside", beside);
    main.style.removeProperty("--photo");
    // Twice, if tools and tabs take more or fewer lines in the column that was found.
    for (let times = 0; times < 2; times++) {
      setCut(across, Math.floor((across ? room.width : room.height) * found.share));
      const [height, bar] = [tools, viewBar].map(({ offsetHeight }) => (offsetHeight ? offsetHeight + SPACE : 0));
      if (beside && height > room.height) return { ...found, score: -1 };
      if (measured === `${height} ${bar}`) break;
      measured = `${height} ${bar}`;
      found = photoShare({ ...parts, tools: beside ? { width: tools.offsetWidth + SPACE, height: 0 } : { width: 0, height }, bar });
    }
    return found;
  }

  /** Give photo and view their shares; while the same is looked at, they keep them. @param {State} state @param {Look} look @param {boolean} across @param {Prepared[]} prepared @param {number[][]} groups */
  function divide({ selection, scene, otherScene, shown }, look, across, prepared, groups) {
    if (!scene || !shown) return;
    const view = viewOf(boot, selection);
    const room = { width: main.clientWidth, height: main.clientHeight };
    const aspect = aspectOf(scene, hasTwoPhotos(selection) ? otherScene : null, across);
    const kinds = prepared.map(({ panel }) => `${panel.kind} ${panel.shape}`);
    const key = [view.id, selection.heads, room.width, room.height, look.type, tools.offsetHeight > 0, aspect, groups.length, ...kinds].join();
    if (key === divided) return;
    divided = key;
    const fits = fitsOf(prepared, look);
    const filled = groups.length ? heroesOfTwo(fits) : (/** @type {Size} */ box) => firstPanels(fits, box, kinsOf(prepared));
    const worth = view.uses.includes("query") || prepared.some(({ panel }) => panel.overPhoto) ? 1 : BESIDE;
    const parts = { room, aspect, view: filled, across, worth };
    const [below, beside] = [false, true].map((isBeside) => tried(isBeside, parts));
    const isBeside = tools.offsetHeight > 0 && beside.score > LARGER * below.score;
    const { share, width } = isBeside ? beside : below;
    main.classList.toggle("sx-tools-beside", isBeside);
    main.style.setProperty("--photo", `${Math.ceil(width)}px`);
    setCut(across, Math.floor((across ? room.width : room.height) * share));
  }

  /** Lay the panels out and draw a page of them; how many pages there are. @param {State} state @param {{a: Look, b: Look}} looks Of both sides; the same where there is one. @param {Shape} shape */
  function show(state, looks, { form, scrolls, window: { height } }) {
    const look = looks.a;
    if (scrolls) {
      setCut(true, null);
      main.classList.remove("sx-tools-beside");
    }
    const { selection, shown, pinned, page } = state;
    const { prepared, groups } = shown ? bothSides(shown, looks, boot.texts) : { prepared: [], groups: [] };
    if (!scrolls) divide(state, look, form === "wide", prepared, groups);
    if (shown === pinned) placedFor = [viewOf(boot, selection).id, selection.block, selection.heads, selection.scale].join();
    const room = panels.room();
    const box = scrolls ? { ...room, height: Math.max(LEAST_SCROLLED, SHARE_SCROLLED[form === "side" ? "side" : "phone"] * height) } : room;
    return panels.show({ prepared, groups, box, look, page, scrolls, key: placedFor });
  }
  return { show };
}

/** The room that the photo has. @param {HTMLElement} element @param {Shape} shape @returns {Size} */
export function photoBox({ clientWidth: width, clientHeight: height }, { form }) {
  if (form === "phone") return { width, height: SHARE_STICKY * window.innerHeight };
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
    span: (inBlock && shown?.pair?.span) || null,
  };
}
