// Curves and matrices, drawn on a canvas.

import { paint, tickText, written } from "./colour.js";
import { decodeFloats } from "./decode.js";
import { cssColour, make, sizeCanvas } from "./dom.js";
import { legend } from "./maps.js";

// Room around a chart's axes, in the size of its type.
function marginsOf(type, yNames) {
  return { left: type * (yNames.length ? 5 : 4.4), right: type * 1.2, top: 10, bottom: type * 3.3 };
}

// Round numbers that cut a range into about `count` parts.
export function ticks(low, high, count) {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

// Smallest and largest value along an axis of the points that are drawn: those with both x and y.
export function extent(curves, axis) {
  let [low, high] = [Infinity, -Infinity];
  for (const curve of curves) {
    curve[axis].forEach((value, index) => {
      if (curve.x[index] === null || curve.y[index] === null) return;
      low = Math.min(low, value);
      high = Math.max(high, value);
    });
  }
  if (!(low <= high)) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

function withAir([low, high], share) {
  return [low - share * (high - low), high + share * (high - low)];
}

export function curvesPanel(panel, view) {
  const width = Math.min(view.chartWidth, 760);
  const height = Math.round(Math.min(280, Math.max(220, width * 0.5)));
  const canvas = make("canvas", { role: "img", "aria-label": panel.title });
  const context = sizeCanvas(canvas, width, height);
  const margin = marginsOf(view.type, panel.yNames);
  const [xLow, xHigh] = withAir(extent(panel.curves, "x"), panel.points ? 0.02 : 0);
  const [yLow, yHigh] = withAir(extent(panel.curves, "y"), panel.yNames.length ? 0.12 : 0.06);
  const atX = (x) => margin.left + ((x - xLow) / (xHigh - xLow)) * (width - margin.left - margin.right);
  const atY = (y) => height - margin.bottom - ((y - yLow) / (yHigh - yLow)) * (height - margin.top - margin.bottom);
  const place = { type: view.type, margin, width, height, atX, atY, xLow, xHigh, yLow, yHigh };
  drawAxes(context, panel, place);
  for (const curve of panel.curves) drawCurve(context, curve, panel.points && view.type / 4.5, place);
  drawMarks(context, panel.marks, place);
  const names = panel.curves.map(({ label, colour }) =>
    make("span", {}, make("i", { class: "sx-swatch", style: `background:${colour}` }), label),
  );
  canvas.addEventListener("pointermove", (event) => view.tell(event, nearest(panel, event.offsetX, atX)));
  canvas.addEventListener("pointerleave", (event) => view.tell(event, null));
  return make(
    "section",
    { class: "sx-panel", style: `width:${width}px` },
    make("h3", {}, panel.title),
    canvas,
    panel.curves.length <= 14 ? make("div", { class: "sx-legend" }, names) : null,
  );
}

function drawAxes(context, panel, { type, margin, width, height, atX, atY, xLow, xHigh, yLow, yHigh }) {
  const [across, down] = [width - margin.left - margin.right, height - margin.top - margin.bottom];
  const few = (room, most) => Math.max(2, Math.min(most, Math.floor(room)));
  context.font = fontOf(type);
  context.fillStyle = cssColour("--sx-quiet");
  context.strokeStyle = cssColour("--sx-line");
  context.lineWidth = 1;
  context.textAlign = "right";
  context.textBaseline = "middle";
  const rows = panel.yNames.length
    ? panel.yNames.map((name, index) => [index, name])
    : ticks(yLow, yHigh, few(down / (2 * type), 5)).map((y) => [y, tickText(y)]);
  for (const [y, name] of rows) {
    context.beginPath();
    context.moveTo(margin.left, atY(y));
    context.lineTo(width - margin.right, atY(y));
    context.stroke();
    context.fillText(name, margin.left - 8, atY(y));
  }
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const x of ticks(xLow, xHigh, few(across / (3.5 * type), 8))) {
    context.fillText(tickText(x), atX(x), height - margin.bottom + 6);
  }
  context.fillText(panel.xLabel, margin.left + across / 2, height - 1.4 * type, across + margin.right);
  context.save();
  context.translate(2, margin.top + down / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(panel.yLabel, 0, 0, down);
  context.restore();
}

// Vertical lines with their words, each on a line of its own, readable where curves pass behind.
function drawMarks(context, marks, { type, margin, width, height, atX }) {
  marks.forEach(([x, label], index) => {
    context.strokeStyle = cssColour("--sx-text");
    context.lineWidth = 1;
    context.setLineDash([4, 4]);
    context.beginPath();
    context.moveTo(atX(x), margin.top);
    context.lineTo(atX(x), height - margin.bottom);
    context.stroke();
    context.setLineDash([]);
    const late = width - margin.right - atX(x) < 8.5 * type;
    const place = [label, atX(x) + (late ? -5 : 5), margin.top + 1.3 * type * index];
    context.font = fontOf(type);
    context.textAlign = late ? "right" : "left";
    context.textBaseline = "top";
    context.strokeStyle = cssColour("--sx-page");
    context.lineWidth = 4;
    context.strokeText(...place);
    context.fillStyle = cssColour("--sx-text");
    context.fillText(...place);
  });
}

function fontOf(type) {
  return `${type}px system-ui, sans-serif`;
}

// `dot` is the radius of points; without it they are joined.
function drawCurve(context, { x: xs, y: ys, colour }, dot, { atX, atY }) {
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  let down = false;
  xs.forEach((x, index) => {
    const y = ys[index];
    if (y === null || x === null) {
      down = false;
      return;
    }
    if (dot) {
      context.moveTo(atX(x) + dot, atY(y));
      context.arc(atX(x), atY(y), dot, 0, 2 * Math.PI);
    } else if (down) context.lineTo(atX(x), atY(y));
    else context.moveTo(atX(x), atY(y));
    down = true;
  });
  if (dot) context.fill();
  else context.stroke();
}

function nearest(panel, pointerX, atX) {
  const lines = panel.curves.slice(0, 6).map((curve) => {
    let best = 0;
    curve.x.forEach((x, index) => {
      if (Math.abs(atX(x) - pointerX) < Math.abs(atX(curve.x[best]) - pointerX)) best = index;
    });
    return `${curve.label}: ${written(curve.x[best])} → ${written(curve.y[best])}`;
  });
  return lines.join("\n");
}

// A matrix's size on screen, in pixels: square cells, but one with few columns becomes wide enough to be read.
export function matrixSize(rows, cols, room, numbersType) {
  const cell = Math.max(1, numbersType ? Math.min(3 * numbersType, room / cols) : Math.min(24, room / cols, 420 / rows));
  return [Math.max(cell * cols, numbersType ? 0 : Math.min(190, room)), Math.max(60, cell * rows)];
}

export function matrixPanel(panel, view) {
  const [rows, cols] = panel.shape;
  const values = decodeFloats(panel);
  const [width, height] = matrixSize(rows, cols, view.matrixWidth, panel.numbers && view.type);
  const tile = make("canvas", { width: cols, height: rows });
  const image = tile.getContext("2d").createImageData(cols, rows);
  paint(values, panel.scale, view.palette, image.data);
  tile.getContext("2d").putImageData(image, 0, 0);
  const canvas = make("canvas", { role: "img", "aria-label": panel.title });
  const context = sizeCanvas(canvas, width, height);
  context.imageSmoothingEnabled = false;
  context.drawImage(tile, 0, 0, width, height);
  context.strokeStyle = view.roles.query;
  context.lineWidth = 3;
  if (panel.rowMark !== null) context.strokeRect(1, (panel.rowMark * height) / rows - 1, width - 2, height / rows + 2);
  if (panel.colMark !== null) context.strokeRect((panel.colMark * width) / cols - 1, 1, width / cols + 2, height - 2);
  if (panel.numbers) writeNumbers(context, values, image.data, { font: fontOf(view.type), rows, cols, width, height });
  canvas.addEventListener("pointermove", (event) => {
    const row = Math.min(rows - 1, Math.floor((event.offsetY / height) * rows));
    const col = Math.min(cols - 1, Math.floor((event.offsetX / width) * cols));
    view.tell(event, `${panel.rowLabel} ${row}, ${panel.colLabel} ${col}: ${written(values[row * cols + col])}`);
  });
  canvas.addEventListener("pointerleave", (event) => view.tell(event, null));
  return make(
    "section",
    { class: "sx-panel", style: `max-width:${Math.max(width, Math.min(14.5 * view.type, view.matrixWidth))}px` },
    make("h3", {}, panel.title),
    canvas,
    make("div", { class: "sx-quiet sx-axes" }, make("span", {}, `↓ ${panel.rowLabel}`), make("span", {}, `→ ${panel.colLabel}`)),
    legend(panel.scale, view.palette),
  );
}

function writeNumbers(context, values, colours, { font, rows, cols, width, height }) {
  context.font = font;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let index = 0; index < values.length; index++) {
    const [red, green, blue] = colours.subarray(4 * index, 4 * index + 3);
    context.fillStyle = 0.3 * red + 0.59 * green + 0.11 * blue > 140 ? "#000" : "#fff";
    const [row, col] = [Math.floor(index / cols), index % cols];
    context.fillText(written(values[index]), ((col + 0.5) * width) / cols, ((row + 0.5) * height) / rows);
  }
}
