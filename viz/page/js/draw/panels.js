// The panels of a view: one drawer for each kind, laid out in pages, updated in place.

import { loadImage } from "./canvas.js";
import { CURVES } from "./curves.js";
import { keyed, make, setAttribute } from "./dom.js";
import { pagesOf, pairPages, stacked } from "./layout.js";
import { MAPS, prepareMaps } from "./maps.js";
import { MATRIX, prepareMatrix } from "./matrix.js";
import { PICTURE } from "./picture.js";
import { NUMBERS, TABLE } from "./tables.js";
import { fill } from "./text.js";

/** @typedef {import("../types.js").Prepared} Prepared */
/** @typedef {import("../types.js").Look} Look */
/** @typedef {import("../types.js").Size} Size */
/** @typedef {import("./layout.js").Place} Place */

const EDGE = 3; // around a panel, for outlines that lie outside
const PAGER = 30; // pixels: what the dots take from the panels, with the gap above them

/** @type {Record<string, import("../types.js").Drawer>} */
export const DRAWERS = { Maps: MAPS, Picture: PICTURE, Curves: CURVES, Matrix: MATRIX, Table: TABLE, Numbers: NUMBERS };

/** Decode once what must be decoded, and load pictures, before anything is drawn. @param {any[]} panels @param {import("../types.js").Palette} palette @returns {Promise<Prepared[]>} */
export function preparePanels(panels, palette) {
  return Promise.all(
    panels.map(async (panel) => {
      if (panel.kind === "Maps") return prepareMaps(panel, palette);
      if (panel.kind === "Matrix") return prepareMatrix(panel, palette);
      if (panel.kind === "Picture") return { panel, image: await loadImage(panel.src) };
      return { panel };
    }),
  );
}

/** The map that the big photo carries: the chosen one of the first panel that lies over the photo. @param {Prepared[]} prepared */
export function mapForPhoto(prepared) {
  const found = prepared.find(({ panel }) => panel.kind === "Maps" && panel.overPhoto);
  return found?.maps?.[found.panel.chosen ?? 0] ?? null;
}

/** How each panel fills a box. @param {Prepared[]} prepared @param {Look} look */
export function fitsOf(prepared, look) {
  return prepared.map((one) => {
    /** @type {Map<number, import("../types.js").Fit>} */
    const known = new Map(); // the same box, to a pixel, is tried again and again
    return (/** @type {Size} */ box) => {
      const key = Math.round(box.width) * 65536 + Math.round(box.height);
      const fit = known.get(key) ?? DRAWERS[one.panel.kind].fit(one, box, one.look ?? look);
      known.set(key, fit);
      return fit;
    };
  });
}

/** What each panel has in common with the one before. @param {Prepared[]} prepared @returns {(index: number) => import("./layout.js").Kin} */
export function kinsOf(prepared) {
  return (index) => {
    const [before, panel] = [prepared[index - 1].panel, prepared[index].panel];
    if (panel.kind !== before.kind) return "nothing";
    if (panel.kind === "Matrix") return `${panel.shape}` === `${before.shape}` ? "shape" : "kind";
    return panel.kind === "Picture" && panel.rows === before.rows && panel.cols === before.cols ? "shape" : "kind";
  };
}

/**
 * @param {Record<string, string>} texts
 * @param {import("../types.js").PanelActs} acts
 * @param {(page: number) => void} turn
 */
export function makePanels(texts, acts, turn) {
  const element = make("div", { class: "sx-panels" });
  const pager = make("div", { class: "sx-pager", hidden: true, role: "group", "aria-label": texts["ui.pages"] });
  let plan = { key: "", pages: /** @type {Place[][]} */ ([]) };

  /** @param {Prepared} one @param {number} index */
  function create({ panel }, index) {
    const drawer = DRAWERS[panel.kind].create(acts);
    drawer.element.dataset.index = String(index);
    return drawer;
  }

  /** Panels in pages; where one page isn't enough, its dots need room as well. @param {Prepared[]} prepared @param {number[][]} groups Those that belong together. @param {Size} box @param {Look} look */
  function inPages(prepared, groups, box, look) {
    const fits = fitsOf(prepared, look);
    const partsOf = (/** @type {number} */ index, /** @type {Size} */ room) => DRAWERS[prepared[index].panel.kind].parts?.(prepared[index], room, look) ?? [];
    const placed = (/** @type {Size} */ all) => (groups.length ? pairPages(groups, fits, all) : pagesOf(fits, all, partsOf, kinsOf(prepared)));
    const pages = placed(box);
    return pages.length > 1 ? placed({ ...box, height: box.height - PAGER }) : pages;
  }

  /** The room for panels, as if there were no dots. @returns {Size} */
  function room() {
    return { width: element.clientWidth, height: element.clientHeight + (pager.hidden ? 0 : PAGER) };
  }

  /** @param {{prepared: Prepared[], groups?: number[][], box: Size, look: Look, page: number, scrolls: boolean, key: string}} what `key`: as long as it is the same, panels stay where they are; `groups` are those that belong together. */
  function show({ prepared, groups = [], box, look, page, scrolls, key }) {
    const planKey = `${key}|${box.width}x${box.height}|${look.type}|${scrolls}|${prepared.map(({ panel }) => `${panel.kind}${panel.shape ?? ""}`)}|${groups.map((group) => group.length)}`;
    if (planKey !== plan.key) {
      plan = { key: planKey, pages: scrolls ? [stacked(fitsOf(prepared, look), box.width, box.height)] : inPages(prepared, groups, box, look) };
    }
    const places = plan.pages[Math.min(page, plan.pages.length - 1)];
    const shown = places.map((place) => ({ place, one: prepared[place.index] }));
    const keyOf = (/** @type {{place: Place, one: Prepared}} */ { place, one }) => `${one.panel.kind}:${place.index}`;
    keyed(element, shown, keyOf, ({ one, place }) => create(one, place.index), (drawer, { place, one }) => {
      const { style } = drawer.element;
      Object.assign(style, { left: `${place.x}px`, top: `${place.y}px`, width: `${place.width + 2 * EDGE}px`, height: `${place.height + 2 * EDGE}px` });
      drawer.update(one, { width: place.width, height: place.height }, one.look ?? look, place.part);
    });
    element.style.minHeight = scrolls ? `${Math.max(...places.map(({ y, height }) => y + height))}px` : "";
    showPager(page);
    return plan.pages.length;
  }

  /** The page on which a panel stands; −1 if there is none. @param {number} panel */
  const pageOf = (panel) => plan.pages.findIndex((places) => places.some(({ index }) => index === panel));

  /** @param {number} page */
  function showPager(page) {
    const count = plan.pages.length;
    pager.hidden = count < 2;
    const pages = Array.from({ length: count < 2 ? 0 : count }, (_, index) => index);
    const dot = (/** @type {number} */ index) => {
      const label = fill(texts["ui.picture_of"], { page: index + 1, count });
      return { element: make("button", { class: "sx-dot", title: label, "aria-label": label, onclick: () => turn(index) }) };
    };
    for (const [index, { element: button }] of keyed(pager, pages, (index) => `${index}/${count}`, dot).entries()) {
      setAttribute(button, "aria-current", index === Math.min(page, count - 1) ? "true" : null);
    }
  }
  return { element, pager, room, show, pages: () => plan.pages.length, pageOf };
}
