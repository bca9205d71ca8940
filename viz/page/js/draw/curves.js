// Lines or dots over one axis, on a canvas.

import { cssColour, sizeCanvas } from "./canvas.js";
import { keyed, make, setAttribute, setText } from "./dom.js";
import { flowLines, frameHeight, LINE, makePanel } from "./frame.js";
import { patchText, tickText, written } from "./text.js";

/** @typedef {import("../types.js").Curve} Curve */
/** @typedef {import("../types.js").CurvesPanel} CurvesPanel */
/** @typedef {import("../types.js").Look} Look */
/** @typedef {import("../types.js").Patch} Patch */
/** @typedef {{type: number, margin: {left: number, right: number, top: number, bottom: number}, width: number, height: number, atX: (x: number) => number, atY: (y: number) => number, xEnds: [number, number], yEnds: [number, number]}} Place */

const NAMED_CURVES = 14; // more names than these would be longer than the chart

/** Round numbers that cut a range into about `count` parts; at least two, for one alone would be no scale. @param {number} low @param {number} high @param {number} count */
export function ticks(low, high, count) {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough) ?? rough;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  if (last <= first) return ticks(low, high, count + 1);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** Smallest and largest value along an axis of the points that are drawn: those with both x and y. @param {Pick<Curve, "x" | "y">[]} curves @param {"x" | "y"} axis @returns {[number, number]} */
export function extent(curves, axis) {
  let [low, high] = [Infinity, -Infinity];
  for (const curve of curves) {
    curve[axis].forEach((value, index) => {
      if (curve.x[index] === null || curve.y[index] === null || value === null) return;
      low = Math.min(low, value);
      high = Math.max(high, value);
    });
  }
  if (!(low <= high)) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

/** @param {[number, number]} ends @param {number} share @returns {[number, number]} */
function withAir([low, high], share) {
  return [low - share * (high - low), high + share * (high - low)];
}

/** Where values lie in a chart of a size. @param {CurvesPanel} panel @param {import("../types.js").Size} size @param {number} type @returns {Place} */
function placeOf(panel, { width, height }, type) {
  const xEnds = withAir(extent(panel.curves, "x"), panel.points ? 0.02 : 0);
  const yEnds = withAir(extent(panel.curves, "y"), panel.yNames.length ? 0.12 : 0.06);
  // Room for the longest text beside the axis: 1.0e−4 is long. The axis's own name stands above it, where it reads best.
  const beside = panel.yNames.length ? panel.yNames : ticks(...yEnds, 5).map(tickText);
  const longest = Math.max(...beside.map((text) => text.length));
  const margin = { left: type * Math.max(2.6, 1 + 0.6 * longest), right: type * 1.2, top: panel.yLabel ? 1.9 * type : 10, bottom: type * 3.3 };
  const atX = (/** @type {number} */ x) => margin.left + ((x - xEnds[0]) / (xEnds[1] - xEnds[0])) * (width - margin.left - margin.right);
  const atY = (/** @type {number} */ y) => height - margin.bottom - ((y - yEnds[0]) / (yEnds[1] - yEnds[0])) * (height - margin.top - margin.bottom);
  return { type, margin, width, height, atX, atY, xEnds, yEnds };
}

/** @param {CurvesPanel} panel @param {number} width @param {Look} look */
function namesHeight(panel, width, look) {
  if (panel.curves.length > NAMED_CURVES) return 0;
  const names = panel.curves.map(({ label }) => `mm${label}`); // a swatch stands before each
  return flowLines(names, width, 8, look) * (LINE * look.type + 2) + 6;
}

/** @type {import("../types.js").Drawer["fit"]} */
function fit({ panel }, box, look) {
  const above = frameHeight(panel, box.width, look) + namesHeight(panel, box.width, look);
  const height = Math.min(box.height - above, 0.75 * box.width);
  const { type } = look;
  return { width: box.width, height: above + height, ok: box.width >= 17 * type && height >= 10 * type, area: box.width * Math.max(height, 0) };
}

/** @type {import("../types.js").Drawer["create"]} */
function create(acts) {
  const canvas = make("canvas", { role: "img" });
  const names = make("div", { class: "sx-legend" });
  const frame = makePanel("Curves", canvas, names);
  /** @type {{panel: CurvesPanel, place: Place} | null} */
  let now = null;
  let pointing = false;
  canvas.addEventListener("pointermove", (event) => {
    if (!now) return;
    if (!hasPatches(now.panel)) return acts.tell(event, nearest(now.panel, event.offsetX, now.place.atX));
    const found = dotAt(now.panel, [event.offsetX, event.offsetY], now.place);
    acts.tell(event, found && `${found.label}: ${patchText(found.patch)}`);
    if (found || pointing) acts.hover(found?.patch ?? null);
    pointing = Boolean(found);
  });
  canvas.addEventListener("pointerleave", (event) => {
    acts.tell(event, null);
    if (pointing) acts.hover(null);
    pointing = false;
  });

  /** @type {(prepared: any, box: import("../types.js").Size, look: Look) => void} */
  function update({ panel }, box, look) {
    frame.name(panel);
    const above = frameHeight(panel, box.width, look) + namesHeight(panel, box.width, look);
    const size = { width: box.width, height: Math.max(60, Math.floor(Math.min(box.height - above, 0.75 * box.width))) };
    const place = placeOf(panel, size, look.type);
    now = { panel, place };
    const context = sizeCanvas(canvas, size);
    setAttribute(canvas, "aria-label", panel.title);
    drawAxes(context, panel, place);
    for (const curve of panel.curves) drawCurve(context, curve, panel.points ? look.type / 4.5 : 0, place);
    drawMarks(context, panel.marks, place);
    const lit = look.marks.find(({ colour }) => colour === look.roles.query); // the patch under the pointer, else the pinned one
    if (lit) drawRings(context, panel, lit.patch, look.type / 1.8, place);
    const named = panel.curves.length <= NAMED_CURVES ? panel.curves.map((/** @type {Curve} */ curve) => ({ ...curve, round: panel.points && !curve.square })) : [];
    keyed(names, named, (_, index) => String(index), makeName, (part, curve) => part.update(curve));
  }
  return { element: frame.element, update };
}

function makeName() {
  const swatch = make("i", { class: "sx-swatch" });
  const text = make("span", {});
  return {
    element: make("span", {}, swatch, text),
    /** @param {Curve & {round: boolean}} curve */
    update({ label, colour, colours, round }) {
      swatch.style.background = colours.length ? "var(--quiet)" : colour;
      swatch.style.borderRadius = round ? "50%" : "";
      setText(text, label);
    },
  };
}

/** @param {number} type */
export function fontOf(type) {
  return `${type}px system-ui, sans-serif`;
}

/** @param {CanvasRenderingContext2D} context @param {CurvesPanel} panel @param {Place} place */
function drawAxes(context, panel, { type, margin, width, height, atX, atY, xEnds, yEnds }) {
  const [across, down] = [width - margin.left - margin.right, height - margin.top - margin.bottom];
  const few = (/** @type {number} */ room, /** @type {number} */ most) => Math.max(2, Math.min(most, Math.floor(room)));
  context.font = fontOf(type);
  context.fillStyle = cssColour("--quiet");
  context.strokeStyle = cssColour("--line");
  context.lineWidth = 1;
  context.textAlign = "right";
  context.textBaseline = "middle";
  /** @type {[number, string][]} */
  const rows = panel.yNames.length
    ? panel.yNames.map((name, index) => [index, name])
    : ticks(...yEnds, few(down / (2 * type), 5)).map((y) => [y, tickText(y)]);
  for (const [y, name] of rows) {
    context.beginPath();
    context.moveTo(margin.left, atY(y));
    context.lineTo(width - margin.right, atY(y));
    context.stroke();
    context.fillText(name, margin.left - 8, atY(y));
  }
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const x of ticks(...xEnds, few(across / (3.5 * type), 8))) context.fillText(tickText(x), atX(x), height - margin.bottom + 6);
  context.fillText(panel.xLabel, margin.left + across / 2, height - 1.4 * type, across + margin.right);
  context.textAlign = "left";
  context.fillText(panel.yLabel, 0, 0, width);
}

/** Vertical lines with their words, each on a line of its own, readable where curves pass behind. @param {CanvasRenderingContext2D} context @param {[number, string][]} marks @param {Place} place */
function drawMarks(context, marks, { type, margin, width, height, atX }) {
  marks.forEach(([x, label], index) => {
    context.strokeStyle = cssColour("--text");
    context.lineWidth = 1;
    context.setLineDash([4, 4]);
    context.beginPath();
    context.moveTo(atX(x), margin.top);
    context.lineTo(atX(x), height - margin.bottom);
    context.stroke();
    context.setLineDash([]);
    const late = width - margin.right - atX(x) < 8.5 * type;
    const [left, top] = [atX(x) + (late ? -5 : 5), margin.top + 1.3 * type * index];
    context.font = fontOf(type);
    context.textAlign = late ? "right" : "left";
    context.textBaseline = "top";
    context.strokeStyle = cssColour("--page");
    context.lineWidth = 4;
    context.strokeText(label, left, top);
    context.fillStyle = cssColour("--text");
    context.fillText(label, left, top);
  });
}

/** `dot` is the radius of points; 0 joins them. @param {CanvasRenderingContext2D} context @param {Curve} curve @param {number} dot @param {Place} place */
function drawCurve(context, { x: xs, y: ys, colour, colours, square }, dot, { atX, atY }) {
  if (dot) return drawDots(context, { x: xs, y: ys, colour, colours, square }, dot, { atX, atY });
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  let down = false;
  xs.forEach((x, index) => {
    const y = ys[index];
    if (y === null || x === null) {
      down = false;
      return;
    }
    if (down) context.lineTo(atX(x), atY(y));
    else context.moveTo(atX(x), atY(y));
    down = true;
  });
  context.stroke();
}

/** Discs, or squares, all in one colour or each in its own. @param {CanvasRenderingContext2D} context @param {Pick<Curve, "x" | "y" | "colour" | "colours" | "square">} curve @param {number} dot The radius. @param {Pick<Place, "atX" | "atY">} place */
function drawDots(context, { x: xs, y: ys, colour, colours, square }, dot, { atX, atY }) {
  xs.forEach((x, index) => {
    const y = ys[index];
    if (y === null || x === null) return;
    context.fillStyle = colours.length ? `#${colours[index]}` : colour;
    context.beginPath();
    if (square) context.rect(atX(x) - dot, atY(y) - dot, 2 * dot, 2 * dot);
    else context.arc(atX(x), atY(y), dot, 0, 2 * Math.PI);
    context.fill();
  });
}

/** Whether any of its dots stands for a patch. @param {Pick<CurvesPanel, "curves">} panel */
export function hasPatches({ curves }) {
  return curves.some(({ patches }) => patches.length > 0);
}

/** A patch's place among dots of every step-th patch; −1 if it is none of them. @param {number[]} patches @param {Patch} patch */
export function dotOf([rows, cols, step, top, left], [row, col]) {
  const [down, across] = [(row - top) / step, (col - left) / step];
  const there = Number.isInteger(down) && Number.isInteger(across) && Math.min(down, across) >= 0 && down < rows && across < cols;
  return there ? down * cols + across : -1;
}

/** The patch that rings are for: the one that is asked for if it has a dot, else the nearest that has one. @param {Pick<CurvesPanel, "curves">} panel @param {Patch} patch @returns {Patch} */
export function ringed({ curves }, [row, col]) {
  const grids = curves.map(({ patches }) => patches).filter((patches) => patches.length);
  if (grids.some((patches) => dotOf(patches, [row, col]) >= 0)) return [row, col];
  const [rows, cols, step, top, left] = grids.reduce((widest, other) => (other[0] * other[1] > widest[0] * widest[1] ? other : widest), grids[0]);
  const near = (/** @type {number} */ at, /** @type {number} */ first, /** @type {number} */ count) => first + step * Math.min(count - 1, Math.max(0, Math.round((at - first) / step)));
  return [near(row, top, rows), near(col, left, cols)];
}

/** The dot under the pointer, and its patch. @param {CurvesPanel} panel @param {[number, number]} at @param {Pick<Place, "atX" | "atY" | "type">} place */
export function dotAt({ curves }, [left, top], { atX, atY, type }) {
  /** @type {{label: string, patch: Patch} | null} */
  let found = null;
  let nearestYet = type; // pixels: farther dots aren't meant
  for (const { label, x, y, patches } of curves) {
    if (!patches.length) continue;
    const [, cols, step, firstRow, firstCol] = patches;
    x.forEach((one, index) => {
      const other = y[index];
      if (one === null || other === null) return;
      const away = Math.hypot(atX(one) - left, atY(other) - top);
      if (away >= nearestYet) return;
      nearestYet = away;
      found = { label, patch: [firstRow + Math.floor(index / cols) * step, firstCol + (index % cols) * step] };
    });
  }
  return /** @type {{label: string, patch: Patch} | null} */ (found);
}

/** A ring around every dot of one patch. @param {CanvasRenderingContext2D} context @param {CurvesPanel} panel @param {Patch} patch @param {number} radius @param {Place} place */
function drawRings(context, { curves }, patch, radius, { atX, atY }) {
  context.strokeStyle = cssColour("--text");
  context.lineWidth = 2.5;
  if (!hasPatches({ curves })) return;
  const shown = ringed({ curves }, patch);
  for (const { x, y, patches } of curves) {
    const index = patches.length ? dotOf(patches, shown) : -1;
    const [across, down] = [x[index] ?? null, y[index] ?? null];
    if (across === null || down === null) continue;
    context.beginPath();
    context.arc(atX(across), atY(down), radius, 0, 2 * Math.PI);
    context.stroke();
  }
}

/** What the first few curves are at the pointer. @param {CurvesPanel} panel @param {number} pointerX @param {(x: number) => number} atX */
function nearest(panel, pointerX, atX) {
  const told = panel.curves.slice(0, 6).map(({ label, x, y }) => {
    let best = 0;
    const away = (/** @type {number} */ index) => Math.abs(atX(x[index] ?? Infinity) - pointerX);
    x.forEach((_, index) => {
      if (away(index) < away(best)) best = index;
    });
    return `${label}: ${written(x[best])} → ${written(y[best])}`;
  });
  return told.join("\n");
}

/** @type {import("../types.js").Drawer} */
export const CURVES = { fit, create };
