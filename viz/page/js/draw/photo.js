// The photo: grid, windows, pinned patches, hover, zoom, and the chosen map over it.

import { drawUnder, framePatch, sizeCanvas } from "./canvas.js";
import { make, setAttribute } from "./dom.js";
import { patchAt, rectangle, wholePhoto, zoomed } from "./geometry.js";
import { mapTip } from "./map_words.js";
import { drawOverPhoto } from "./maps.js";

/** @typedef {import("../types.js").Look} Look */
/** @typedef {import("../types.js").Patch} Patch */
/** @typedef {import("../types.js").Sight} Sight */
/** @typedef {import("../types.js").Size} Size */
/** @typedef {import("../types.js").OneMap} OneMap */

/**
 * What is drawn on the photo.
 * @typedef {object} PhotoView
 * @property {HTMLImageElement} image
 * @property {Size} box The room there is.
 * @property {OneMap | null} map What lies over the photo.
 * @property {OneMap | null} told What the tip speaks of: the pinned patch's map, so that it doesn't change by itself.
 * @property {Patch} query The pinned patch.
 * @property {Patch | null} hover
 * @property {number} zoom
 * @property {{grid: boolean, windows: boolean, map: boolean}} layers
 * @property {number | null} window The block's window, in patches; null where it is global.
 * @property {[number, number, number, number] | null} span What the query can see: row, col, rows, cols.
 */

/**
 * @param {Record<string, string>} texts
 * @param {{hover: (patch: Patch | null) => void, pin: (kind: string | null, patch: Patch) => void, tell: (event: PointerEvent, text: string | null) => void}} act
 */
export function makePhoto(texts, act) {
  const canvas = make("canvas", { class: "sx-photo", tabindex: "0", role: "application", "aria-label": texts["ui.photo_label"] });
  const element = make("div", { class: "sx-photo-box" }, canvas);
  /** @type {{look: Look, view: PhotoView, sight: Sight, size: Size} | null} */
  let now = null;

  /** @param {MouseEvent} event */
  function patchOf({ offsetX, offsetY }) {
    return now && patchAt(offsetX, offsetY, now.size.width, now.size.height, now.sight, now.look.scene.photoGrid);
  }
  canvas.addEventListener("pointermove", (event) => {
    const patch = patchOf(event);
    if (event.pointerType !== "touch") act.hover(patch);
    const told = now?.view.told;
    act.tell(event, patch && now && (told ? mapTip(told, patch, now.view.query, texts) : `(${patch.join(", ")})`));
  });
  canvas.addEventListener("pointerleave", (event) => {
    act.hover(null);
    act.tell(event, null);
  });
  canvas.addEventListener("click", (event) => {
    const patch = patchOf(event);
    if (patch) act.pin(event.shiftKey ? "key" : event.altKey ? "against_query" : null, patch);
  });
  canvas.addEventListener("contextmenu", (event) => {
    const patch = patchOf(event);
    if (!patch) return;
    event.preventDefault();
    act.pin("key", patch);
  });

  /** @param {Look} look @param {PhotoView} view */
  function draw(look, view) {
    const { scene } = look;
    const sight = view.zoom > 1 ? zoomed(scene, view.zoom, view.query) : wholePhoto(scene);
    const aspect = sight.cols / sight.rows;
    const height = Math.max(1, Math.floor(Math.min(view.box.height, view.box.width / aspect)));
    const size = { width: Math.floor(height * aspect), height };
    now = { look, view, sight, size };
    const context = sizeCanvas(canvas, size);
    canvas.style.background = "";
    if (view.map && view.layers.map) drawOverPhoto(context, view.map, sight, size, look);
    else drawUnder(context, view.image, sight, scene, size);
    const colour = look.roles[view.window ? "windowed" : "global"];
    if (view.layers.grid) lines(context, 1, "rgba(255,255,255,0.16)", 1, sight, size);
    if (view.layers.windows && view.window) lines(context, view.window, colour, 1.5, sight, size);
    if (view.layers.windows && view.span) frameSpan(context, view.span, colour, sight, size);
    for (const mark of look.marks) framePatch(context, mark, sight, size);
    setAttribute(canvas, "data-query", String(view.hover ?? view.query));
  }

  /** The photo itself, small as it is, until the encoder has been through it. @param {string} src @param {Size} box */
  function preview(src, { width, height }) {
    const side = Math.floor(Math.min(width, height));
    sizeCanvas(canvas, { width: side, height: side });
    canvas.style.background = `center / cover url("${src}")`;
  }
  return { element, canvas, draw, preview };
}

/** @param {CanvasRenderingContext2D} context @param {number} step @param {string} colour @param {number} thickness @param {Sight} sight @param {Size} size */
function lines(context, step, colour, thickness, sight, { width, height }) {
  context.strokeStyle = colour;
  context.lineWidth = thickness;
  context.beginPath();
  for (let row = Math.ceil(sight.row / step) * step; row <= sight.row + sight.rows; row += step) {
    const { y } = rectangle(row, 0, 1, 1, width, height, sight);
    context.moveTo(0, Math.round(y) + 0.5);
    context.lineTo(width, Math.round(y) + 0.5);
  }
  for (let col = Math.ceil(sight.col / step) * step; col <= sight.col + sight.cols; col += step) {
    const { x } = rectangle(0, col, 1, 1, width, height, sight);
    context.moveTo(Math.round(x) + 0.5, 0);
    context.lineTo(Math.round(x) + 0.5, height);
  }
  context.stroke();
}

/** What the query can see: its window, or everything. @param {CanvasRenderingContext2D} context @param {[number, number, number, number]} span @param {string} colour @param {Sight} sight @param {Size} size */
function frameSpan(context, [row, col, rows, cols], colour, sight, { width, height }) {
  const box = rectangle(row, col, rows, cols, width, height, sight);
  const [left, top] = [Math.max(box.x, 2), Math.max(box.y, 2)];
  const right = Math.min(box.x + box.width, width - 2);
  const bottom = Math.min(box.y + box.height, height - 2);
  for (const [thickness, ink] of /** @type {[number, string][]} */ ([[5, "rgba(255,255,255,0.8)"], [2.5, colour]])) {
    context.lineWidth = thickness;
    context.strokeStyle = ink;
    context.strokeRect(left, top, right - left, bottom - top);
  }
}
