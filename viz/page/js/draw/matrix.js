// A table of numbers as colours: row 0 on top.

import { contextOf, drawTile, sizeCanvas } from "./canvas.js";
import { paint } from "./colour.js";
import { fontOf } from "./curves.js";
import { decodeFloats } from "./decode.js";
import { make, setAttribute, setText } from "./dom.js";
import { flowLines, frameHeight, LINE, makePanel } from "./frame.js";
import { legend, legendHeight } from "./legend.js";
import { written } from "./text.js";

/** @typedef {import("../types.js").MatrixPanel} MatrixPanel */
/** @typedef {import("../types.js").Look} Look */
/** @typedef {import("../types.js").Size} Size */

const LARGEST_CELL = 1.9; // of the type's size
const LEAST_WIDTH = 12; // of the type's size: a matrix with few columns is wider than its cells are high
const LEAST_HEIGHT = 4;

/** Decode a panel once. @param {MatrixPanel} panel @param {import("../types.js").Palette} palette */
export function prepareMatrix(panel, palette) {
  const [rows, cols] = panel.shape;
  const values = decodeFloats(panel);
  const tile = make("canvas", { width: cols, height: rows });
  const context = contextOf(tile);
  const image = context.createImageData(cols, rows);
  paint(values, panel.scale, palette, image.data);
  context.putImageData(image, 0, 0);
  return { panel, values, tile };
}

const LEAST_WRITTEN = 2.7; // of the type's size: how wide a cell with a number in it is at least
const APART = 0.6; // of the type's size: between two numbers

/** How wide cells must be for their numbers not to run into each other. @param {Float32Array} values @param {Look} look */
export function leastWritten(values, { measure, type }) {
  const widest = Math.max(0, ...Array.from(values, (value) => measure(written(value))));
  return Math.max(LEAST_WRITTEN * type, widest + APART * type);
}

/** A matrix's size: square cells where there is room, wide or high enough to be seen elsewhere. @param {number} rows @param {number} cols @param {Size} room @param {number} type @param {boolean} numbers @returns {Size} */
export function matrixSize(rows, cols, room, type, numbers) {
  const cell = Math.min(room.width / cols, room.height / rows, (numbers ? 3.4 : LARGEST_CELL) * type);
  const width = Math.min(room.width, Math.max(cell * cols, numbers ? 0 : LEAST_WIDTH * type));
  const height = Math.min(room.height, Math.max(cell * rows, LEAST_HEIGHT * type));
  return { width: Math.floor(width), height: Math.max(1, Math.floor(height)) };
}

/** @param {MatrixPanel} panel @param {Size} box @param {Look} look */
function roomOf(panel, box, look) {
  const axes = flowLines([`↓ ${panel.rowLabel}`, `→ ${panel.colLabel}`], box.width, 14, look) * LINE * look.type;
  const around = Math.ceil(frameHeight(panel, box.width, look) + axes + legendHeight(panel.scale, "", box.width, look) + 4);
  return { width: box.width, height: box.height - around, around };
}

/** @type {import("../types.js").Drawer["fit"]} */
function fit({ panel, values = new Float32Array() }, box, look) {
  const room = roomOf(panel, box, look);
  if (room.height < 20) return { ...box, ok: false, area: 0 };
  const [rows, cols] = panel.shape;
  const { width, height } = matrixSize(rows, cols, room, look.type, panel.numbers);
  const readable = panel.numbers ? width / cols >= leastWritten(values, look) : width >= 6 * look.type && height >= 3 * look.type && box.width >= 11 * look.type;
  return { width: Math.max(width, Math.min(box.width, 14 * look.type)), height: height + room.around, ok: readable, area: width * height };
}

/** @type {import("../types.js").Drawer["create"]} */
function create(acts) {
  const canvas = make("canvas", { role: "img" });
  const down = make("span", {});
  const across = make("span", {});
  const axes = make("div", { class: "sx-quiet sx-axes" }, down, across);
  const scale = make("div", { class: "sx-legends" });
  const frame = makePanel("Matrix", canvas, axes, scale);
  /** @type {any} */
  let now = null;
  canvas.addEventListener("pointermove", (event) => {
    const { panel, values, size } = now;
    const [rows, cols] = panel.shape;
    const row = Math.min(rows - 1, Math.floor((event.offsetY / size.height) * rows));
    const col = Math.min(cols - 1, Math.floor((event.offsetX / size.width) * cols));
    acts.tell(event, `${panel.rowLabel} ${row}, ${panel.colLabel} ${col}: ${written(values[row * cols + col])}`);
  });
  canvas.addEventListener("pointerleave", (event) => acts.tell(event, null));

  /** @type {(prepared: any, box: Size, look: Look) => void} */
  function update({ panel, values, tile }, box, look) {
    const [rows, cols] = panel.shape;
    const size = matrixSize(rows, cols, roomOf(panel, box, look), look.type, panel.numbers);
    const before = now?.panel;
    now = { panel, values, size };
    frame.name(panel);
    setText(down, `↓ ${panel.rowLabel}`);
    setText(across, `→ ${panel.colLabel}`);
    setAttribute(canvas, "aria-label", panel.title);
    const context = sizeCanvas(canvas, size);
    drawTile(context, tile, { row: 0, col: 0, rows, cols }, size);
    context.strokeStyle = look.roles.query;
    context.lineWidth = 2;
    const [cellHeight, cellWidth] = [size.height / rows, size.width / cols];
    if (panel.rowMark !== null) context.strokeRect(1, panel.rowMark * cellHeight - 1, size.width - 2, cellHeight + 2);
    if (panel.colMark !== null) context.strokeRect(panel.colMark * cellWidth - 1, 1, cellWidth + 2, size.height - 2);
    if (panel.numbers && cellWidth >= leastWritten(values, look)) writeNumbers(context, values, { panel, size, type: look.type, palette: look.palette });
    if (panel !== before) scale.replaceChildren(legend(panel.scale, look.palette));
  }
  return { element: frame.element, update };
}

/** Each value in its cell, dark on light colours and light on dark ones. @param {CanvasRenderingContext2D} context @param {Float32Array} values @param {{panel: MatrixPanel, size: Size, type: number, palette: import("../types.js").Palette}} how */
function writeNumbers(context, values, { panel, size, type, palette }) {
  const [rows, cols] = panel.shape;
  const colours = paint(values, panel.scale, palette, new Uint8ClampedArray(4 * values.length));
  context.font = fontOf(type);
  context.textAlign = "center";
  context.textBaseline = "middle";
  values.forEach((value, index) => {
    const [red, green, blue] = colours.subarray(4 * index, 4 * index + 3);
    context.fillStyle = 0.3 * red + 0.59 * green + 0.11 * blue > 140 ? "#000" : "#fff";
    const [row, col] = [Math.floor(index / cols), index % cols];
    context.fillText(written(value), ((col + 0.5) * size.width) / cols, ((row + 0.5) * size.height) / rows);
  });
}

/** @type {import("../types.js").Drawer} */
export const MATRIX = { fit, create };
