// Values on the patch grid as small multiples, over the greyed photo or alone.

import { contextOf, drawTile, drawUnder, framePatch, hatchBeyond, sizeCanvas } from "./canvas.js";
import { paint } from "./colour.js";
import { decodeFloats } from "./decode.js";
import { keyed, make, setAttribute, setText } from "./dom.js";
import { frameHeight, LINE, lines, makePanel } from "./frame.js";
import { bestColumns, patchAt, wholePhoto, widened } from "./geometry.js";
import { legend, legendHeight, scalesShown } from "./legend.js";
import { makeTableNames, placeInTable, TABLE_GAP, tableOf, tableSize } from "./map_table.js";
import { bothTip, strongest, valueText } from "./map_words.js";
import { fill } from "./text.js";

/** @typedef {import("../types.js").Look} Look */
/** @typedef {import("../types.js").MapsPanel} MapsPanel */
/** @typedef {import("../types.js").OneMap} OneMap */
/** @typedef {import("../types.js").Patch} Patch */
/** @typedef {import("../types.js").Sight} Sight */

const GAP = 10;
const NARROW_GAP = 3; // between maps without names
const MANY = 24; // maps: so many can do without names, which the pointer's tip still says
const LEAST_BARE = 1.5; // of the type's size
const LEAST_IN_TABLE = 3; // a table of maps made for a page of its own isn't made smaller for others
const NOTES_LEAVE = 0.75; // of the maps' width: where notes would take more, they stay away
const LEGENDS_BESIDE = 13; // of the type's size: how wide they are beside the maps
const LARGER = 1.03; // so much larger maps must become for their legends to stand beside them
/** What stands with the maps. @typedef {{notes: boolean, words: boolean, labels: boolean}} Shown */
/** @type {Shown[]} */
const LEVELS = [
  { notes: true, words: true, labels: true },
  { notes: false, words: true, labels: true },
  { notes: false, words: false, labels: true },
  { notes: false, words: true, labels: false },
];
const FINGER = 44; // pixels
const SHORTER = 0.85; // where the page scrolls, maps may be so much smaller, for more of them to be in sight
const NARROWEST = 10; // of the type's size: a legend needs so much
const LEAST_CELL = 5; // of the type's size: narrower, a map's name doesn't fit

/** Decode a panel once: a tile of one pixel a patch for each map. A heading says to which part of the photo maps are cut. @param {MapsPanel} panel @param {import("../types.js").Palette} palette */
export function prepareMaps(panel, palette) {
  const [count, rows, cols] = panel.shape;
  const all = decodeFloats(panel);
  /** @type {OneMap[]} */
  const maps = [];
  for (let index = 0; index < count; index++) {
    const values = all.subarray(index * rows * cols, (index + 1) * rows * cols);
    const scale = panel.scales[panel.scales.length === 1 ? 0 : index];
    const tile = make("canvas", { width: cols, height: rows });
    const context = contextOf(tile);
    const image = context.createImageData(cols, rows);
    paint(values, scale, palette, image.data, panel.overPhoto);
    context.putImageData(image, 0, 0);
    maps.push({ values, rows, cols, tile, scale, label: panel.labels[index], note: panel.notes[index] ?? "" });
  }
  return { panel: panel.sight ? { ...panel, title: `${panel.title} · ${panel.sight.words}` } : panel, maps };
}

/** One map with what lies under it. @param {CanvasRenderingContext2D} context @param {OneMap} map @param {Sight} sight @param {import("../types.js").Size} size @param {Look} look */
export function drawOverPhoto(context, map, sight, size, look) {
  const signed = map.scale.kind === "signed";
  drawUnder(context, look.under[signed ? "light" : "dark"], sight, look.scene, size);
  drawTile(context, map.tile, sight, size, { opacity: look.overlay, multiply: signed });
}

/** The part of the photo that all maps of a panel are cut to, or whose shape they have. @param {MapsPanel} panel @param {Look} look @returns {Sight} */
function sightOf(panel, { scene }) {
  if (panel.sight && !panel.whole.length) return panel.sight;
  return panel.overPhoto ? wholePhoto(scene) : { row: 0, col: 0, rows: panel.shape[1], cols: panel.shape[2] };
}

/** The part that one map is cut to: where some are drawn whole, all have their shape. @param {MapsPanel} panel @param {number} index @param {Sight} all @param {Look} look @returns {Sight} */
function sightOfMap(panel, index, all, { scene }) {
  return panel.sight && panel.whole.length && !panel.whole.includes(index) ? widened(panel.sight, all, scene) : all;
}

/** @param {MapsPanel} panel @param {Look} look */
function isOnGrid(panel, { scene }) {
  return panel.shape[1] === scene.grid[0] && panel.shape[2] === scene.grid[1];
}

/** Whether a click on a map pins a patch: one that holds photo. @param {Patch} patch @param {MapsPanel} panel @param {Look} look */
export function isPinnable([row, col], panel, look) {
  const [rows, cols] = look.scene.photoGrid;
  return isOnGrid(panel, look) && row < rows && col < cols;
}

/** The patch at the same place of a map of another grid. @param {Patch} patch @param {OneMap} from @param {OneMap} to @returns {Patch} */
export function sameIn([row, col], from, to) {
  return [Math.floor((row * to.rows) / from.rows), Math.floor((col * to.cols) / from.cols)];
}

/**
 * How the maps of a panel share a box. Where they would be too small, their notes stay away first, and then the words of
 * their scales: a pointer's tip still has both.
 * @param {MapsPanel} panel  @param {import("../types.js").Size} box  @param {Look} look
 */
export function mapsPlan(panel, box, look) {
  if (panel.cols.length) return tablePlan(panel, box, look);
  const large = 1.2 * LEAST_CELL * look.type;
  const plain = planOf(panel, box, look, LEVELS[1]);
  const noted = panel.notes.some(Boolean) ? planOf(panel, box, look, LEVELS[0]) : plain;
  if (noted.cell >= large && noted.cell >= NOTES_LEAVE * plain.cell) return noted;
  if (plain.cell >= large) return plain;
  const named = planOf(panel, box, look, LEVELS[2]);
  if (named.cell >= large) return named;
  return panel.shape[0] > MANY ? planOf(panel, box, look, LEVELS[3]) : named;
}

/** How high the legends are. @param {MapsPanel} panel @param {number} width @param {Look} look @param {boolean} words */
function legendsHeight(panel, width, look, words) {
  return scalesShown(panel).reduce((sum, { scale, names }) => sum + legendHeight(scale, names, width, look, words), 0);
}

/** @param {MapsPanel} panel @param {import("../types.js").Size} box @param {Look} look */
function tablePlan(panel, box, look) {
  const sight = sightOf(panel, look);
  const around = { width: 0, height: frameHeight(panel, box.width, look) + legendsHeight(panel, box.width, look, true) };
  const table = tableOf(panel, sight.cols / sight.rows, { width: box.width, height: box.height - around.height }, look);
  const { groups, each: rows, columns, cell, row } = table;
  return { table, columns: groups * columns, rows, cell, sight, around, shown: LEVELS[3], gap: TABLE_GAP, column: cell, captionHeight: 0, size: { width: cell, height: row } };
}

/** Maps with their legends below them, or beside them where the maps are larger so. @param {MapsPanel} panel @param {import("../types.js").Size} box @param {Look} look @param {Shown} shown */
function planOf(panel, box, look, shown) {
  const title = frameHeight(panel, box.width, look);
  const below = planAround(panel, box, look, shown, { width: 0, height: title + legendsHeight(panel, box.width, look, shown.words) });
  const width = LEGENDS_BESIDE * look.type;
  if (below.columns * (below.column + below.gap) + width > box.width) return below; // no room beside them
  const beside = planAround(panel, box, look, shown, { width: width + 2 * GAP, height: title });
  const high = beside.rows * (beside.size.height + beside.captionHeight + beside.gap);
  return beside.cell > LARGER * below.cell && legendsHeight(panel, width, look, shown.words) <= high ? beside : below;
}

/** Maps as large as they can be, given what title and legends take. @param {MapsPanel} panel @param {import("../types.js").Size} box @param {Look} look @param {Shown} shown @param {import("../types.js").Size} around */
function planAround(panel, box, look, shown, around) {
  const sight = sightOf(panel, look);
  const most = (/** @type {string[]} */ texts, /** @type {number} */ cell, bold = false) => Math.max(0, ...texts.map((text) => lines(text, Math.max(cell, 40), look, bold)));
  const caption = (/** @type {number} */ map) => {
    const cell = Math.max(map, Math.min(word, area.width));
    const label = shown.labels ? most(panel.labels, cell, true) * LINE * look.type : 0;
    const notes = (shown.notes ? most(panel.notes, cell) : 0) * LINE * look.type;
    return Math.ceil(Math.max(label, panel.picks && look.tapped && shown.labels ? FINGER : 0) + notes);
  };
  const area = { width: box.width - around.width, height: box.height - around.height };
  const gap = shown.labels ? GAP : NARROW_GAP;
  const step = !shown.labels && panel.shape[0] % look.scene.heads === 0 ? look.scene.heads : 1; // whole blocks in a row
  const word = shown.labels ? longestWord(panel, look) : 0; // a name may be wider than its map, but it isn't broken
  const best = (/** @type {number} */ high) => bestColumns(panel.shape[0], sight.cols / sight.rows, area, gap, high, step, look.tapped ? SHORTER : 1, word);
  let high = caption(area.width);
  let plan = best(high);
  for (let times = 0; times < 4 && caption(plan.cell) > high; times++) {
    high = caption(plan.cell); // in narrower maps the texts take more lines
    plan = best(high);
  }
  const width = Math.max(1, Math.floor(plan.cell));
  const height = Math.max(1, Math.floor((plan.cell * sight.rows) / sight.cols));
  const wide = Math.floor((area.width - gap * (plan.columns - 1)) / plan.columns);
  const column = Math.max(width, Math.min(Math.ceil(word), wide));
  return { ...plan, table: null, sight, around, shown, gap, column, captionHeight: caption(width), size: { width, height } };
}

/** How wide the longest word of the maps' names is. @param {MapsPanel} panel @param {Look} look */
function longestWord({ labels }, { measure }) {
  return Math.max(0, ...labels.flatMap((label) => label.split(" ")).map((word) => 1.01 * measure(word, true)));
}

/** @type {import("../types.js").Drawer["fit"]} */
function fit({ panel }, box, look) {
  const { table, columns, rows, cell, column, around, captionHeight, size, gap, shown } = mapsPlan(panel, box, look);
  const all = table ? tableSize(table) : { width: columns * (column + gap) - gap, height: rows * (size.height + captionHeight + gap) - gap };
  const unbroken = !shown.labels || longestWord(panel, look) <= column + 1;
  return {
    width: Math.min(box.width, Math.max(all.width + around.width, look.measure(panel.title, true))),
    height: around.height + all.height,
    ok: unbroken && cell >= (table ? LEAST_IN_TABLE : shown.labels ? LEAST_CELL : LEAST_BARE) * look.type && box.width >= NARROWEST * look.type,
    area: panel.shape[0] * size.width * size.height,
  };
}

/** @type {import("../types.js").Drawer["create"]} */
function create(acts) {
  const grid = make("div", { class: "sx-maps" });
  const scales = make("div", { class: "sx-legends" });
  const names = makeTableNames();
  const body = make("div", {}, make("div", { class: "sx-map-stage" }, names.element, grid), scales);
  const frame = makePanel("Maps", body);
  let legendsOf = "";

  /** @type {(prepared: any, box: import("../types.js").Size, look: Look) => void} */
  function update({ panel, maps, partner, side = "a" }, box, look) {
    frame.name(panel);
    const plan = mapsPlan(panel, box, look);
    body.classList.toggle("sx-legends-beside", plan.around.width > 0);
    grid.classList.toggle("sx-bare-maps", !plan.shown.labels);
    grid.classList.toggle("sx-map-table", Boolean(plan.table));
    grid.style.gridTemplateColumns = plan.table ? "" : `repeat(${plan.columns}, ${plan.column}px)`;
    grid.style.height = plan.table ? `${tableSize(plan.table).height}px` : "";
    names.show(panel, plan.table);
    const context = { panel, look, plan, acts, partner, side };
    keyed(grid, maps, (_, index) => String(index), () => makeMap(), (part, map, index) => part.update(map, index, context));
    const over = panel.overPhoto ? look.overlay : null;
    const key = JSON.stringify([panel.scales, panel.chosen, over, plan.shown.words]);
    if (key !== legendsOf) {
      legendsOf = key;
      scales.replaceChildren(...scalesShown(panel).map(({ scale, names }) => legend(scale, look.palette, over, names, plan.shown.words)));
    }
  }
  return { element: frame.element, update };
}

/** One of the small multiples: its name, which may be a button, its map and its note. */
function makeMap() {
  const name = make("button", { class: "sx-map-label" });
  const plain = make("span", { class: "sx-map-label" });
  const top = make("span", { class: "sx-quiet" });
  const canvas = make("canvas", { role: "img" });
  const note = make("div", { class: "sx-quiet sx-map-note" });
  const element = make("figure", { class: "sx-map" }, make("figcaption", {}, name, plain, top), canvas, note);
  /** @type {any} */
  let now = null;
  const patchOf = (/** @type {MouseEvent} */ { offsetX, offsetY }) => {
    const { plan, panel } = now.context;
    return patchAt(offsetX, offsetY, plan.size.width, plan.size.height, now.sight, panel.shape.slice(1));
  };
  canvas.addEventListener("pointermove", (event) => {
    const { acts, look, panel } = now.context;
    const patch = patchOf(event);
    acts.tell(event, patch && bothTip(now.map, patch, look.query, look.texts, thereOf(patch)));
    if (isOnGrid(panel, look)) acts.point(patch && look.toFirst(patch));
  });
  canvas.addEventListener("pointerleave", (event) => {
    now.context.acts.tell(event, null);
    now.context.acts.point(null);
  });
  /** The same place of the other side's map. @param {Patch} patch */
  function thereOf(patch) {
    const { partner } = now.context;
    const map = partner?.maps?.[now.index];
    return map ? { map, patch: sameIn(patch, now.map, map), side: partner.side.toUpperCase() } : null;
  }
  canvas.addEventListener("click", (event) => {
    const { acts, panel, look } = now.context;
    const patch = patchOf(event);
    if (patch && isPinnable(patch, panel, look)) acts.pinKey(look.toFirst(patch), panel.picks ? { [panel.picks]: now.index } : {}, now.context.side);
  });
  name.addEventListener("click", () => now.context.acts.pick({ [now.context.panel.picks]: now.index }, now.context.side));

  /** @param {OneMap} map @param {number} index @param {{panel: MapsPanel, look: Look, plan: ReturnType<typeof mapsPlan>, acts: any}} context */
  function update(map, index, context) {
    const { panel, look, plan } = context;
    now = { map, index, context, sight: sightOfMap(panel, index, plan.sight, look) };
    const seen = panel.overPhoto ? look.scene.photoGrid : panel.shape.slice(1);
    const best = map.scale.kind === "sequential" ? strongest(map, seen) : null;
    setText(name, map.label);
    setText(plain, map.label);
    name.hidden = !panel.picks;
    plain.hidden = Boolean(panel.picks) || panel.titled;
    const largest = best && panel.scales.length > 1 ? fill(look.texts["label.max_value"], { value: valueText(map, best) }) : "";
    const fits = look.measure(`${map.label} ${largest}`, true) + 10 < plan.size.width;
    setText(top, fits ? largest : "");
    setText(note, plan.shown.notes ? map.note : "");
    canvas.title = plan.shown.notes ? "" : map.note;
    setAttribute(canvas, "aria-label", `${panel.title}: ${map.label}${largest ? `, ${largest}` : ""}`);
    element.classList.toggle("sx-chosen", index === panel.chosen);
    const at = plan.table && placeInTable(plan.table, Math.floor(index / panel.cols.length), index % panel.cols.length);
    Object.assign(element.style, at ? { left: `${at.x}px`, top: `${at.y}px` } : { left: "", top: "" });
    draw(map, best, context, now.sight);
  }

  /** @param {OneMap} map @param {Patch | null} best @param {{panel: MapsPanel, look: Look, plan: ReturnType<typeof mapsPlan>}} context @param {Sight} sight */
  function draw(map, best, { panel, look, plan: { size } }, sight) {
    const context = sizeCanvas(canvas, size);
    if (panel.overPhoto) drawOverPhoto(context, map, sight, size, look);
    else drawTile(context, map.tile, sight, size);
    if (panel.sight) hatchBeyond(context, sight, look.scene.grid, size);
    if (!isOnGrid(panel, look)) return;
    const own = best && map.scale.percent ? [{ patch: best, colour: look.roles.key, dashed: true }] : [];
    const marks = [...look.marks.filter((mark) => !(own.length && mark.dashed)), ...own];
    for (const mark of marks) framePatch(context, { ...mark, quiet: true }, sight, size);
  }
  return { element, update };
}

/** @type {import("../types.js").Drawer} */
export const MAPS = { fit, create };
