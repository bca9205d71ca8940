// Curves and matrices, drawn on a canvas.

import { paint, tickText, written } from "./colour.js";
import { decodeFloats } from "./decode.js";
import { cssColour, make, sizeCanvas } from "./dom.js";
import { legend } from "./maps.js";

const MARGIN = { left: 62, right: 14, top: 10, bottom: 46 };

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

export function extent(curves, axis) {
  let [low, high] = [Infinity, -Infinity];
  for (const curve of curves) {
    for (const value of curve[axis]) {
      if (value === null) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (!(low <= high)) return [0, 1];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

export function curvesPanel(panel, view) {
  const width = Math.min(view.chartWidth, 760);
  const height = Math.round(Math.min(280, Math.max(220, width * 0.5)));
  const canvas = make("canvas", { role: "img", "aria-label": panel.title });
  const context = sizeCanvas(canvas, width, height);
  const [xLow, xHigh] = extent(panel.curves, "x");
  let [yLow, yHigh] = extent(panel.curves, "y");
  const air = (yHigh - yLow) * 0.06;
  [yLow, yHigh] = [yLow - air, yHigh + air];
  const atX = (x) => MARGIN.left + ((x - xLow) / (xHigh - xLow)) * (width - MARGIN.left - MARGIN.right);
  const atY = (y) => height - MARGIN.bottom - ((y - yLow) / (yHigh - yLow)) * (height - MARGIN.top - MARGIN.bottom);
  drawAxes(context, panel, { font: view.font, width, height, atX, atY, xLow, xHigh, yLow, yHigh });
  const colours = curveColours(panel.curves, view);
  panel.curves.forEach((curve, index) => drawCurve(context, curve, colours[index], panel.points, atX, atY));
  const names = panel.curves.map((curve, index) =>
    make("span", {}, make("i", { class: "sx-swatch", style: `background:${colours[index]}` }), curve.label),
  );
  canvas.addEventListener("pointermove", (event) => view.tell(event, nearest(panel, event.offsetX, atX)));
  canvas.addEventListener("pointerleave", (event) => view.tell(event, null));
  return make(
    "section",
    { class: "sx-panel" },
    make("h3", {}, panel.title),
    canvas,
    panel.curves.length <= 14 ? make("div", { class: "sx-legend" }, names) : null,
  );
}

// A role's own colour, or the next free one; colours of the roles in this chart aren't free.
export function curveColours(curves, { roles, palette }) {
  const hex = ([red, green, blue]) => `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  const taken = new Set(curves.map(({ role }) => roles[role]?.toLowerCase()));
  const free = palette.categories.slice(0, -1).map(hex).filter((colour) => !taken.has(colour));
  let next = 0;
  return curves.map(({ role }) => roles[role] ?? free[next++ % free.length]);
}

function drawAxes(context, panel, place) {
  const { font, width, height, atX, atY, xLow, xHigh, yLow, yHigh } = place;
  context.font = font;
  context.fillStyle = cssColour("--sx-quiet");
  context.strokeStyle = cssColour("--sx-line");
  context.lineWidth = 1;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const y of ticks(yLow, yHigh, 5)) {
    context.beginPath();
    context.moveTo(MARGIN.left, atY(y));
    context.lineTo(width - MARGIN.right, atY(y));
    context.stroke();
    context.fillText(tickText(y), MARGIN.left - 8, atY(y));
  }
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const x of ticks(xLow, xHigh, 8)) {
    context.fillText(tickText(x), atX(x), height - MARGIN.bottom + 6);
  }
  context.fillText(panel.xLabel, (MARGIN.left + width - MARGIN.right) / 2, height - 20, width - MARGIN.left - MARGIN.right);
  context.save();
  context.translate(2, (height - MARGIN.bottom) / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(panel.yLabel, 0, 0, height - MARGIN.bottom);
  context.restore();
  context.textAlign = "left";
  panel.marks.forEach(([x, label], index) => {
    context.strokeStyle = cssColour("--sx-text");
    context.setLineDash([4, 4]);
    context.beginPath();
    context.moveTo(atX(x), MARGIN.top);
    context.lineTo(atX(x), height - MARGIN.bottom);
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = cssColour("--sx-text");
    const room = width - MARGIN.right - atX(x);
    context.textAlign = room < 120 ? "right" : "left";
    context.fillText(label, atX(x) + (room < 120 ? -5 : 5), MARGIN.top + 18 * index);
  });
}

function drawCurve(context, curve, colour, points, atX, atY) {
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  let down = false;
  curve.x.forEach((x, index) => {
    const y = curve.y[index];
    if (y === null || x === null) {
      down = false;
      return;
    }
    if (points) {
      context.moveTo(atX(x), atY(y));
      context.arc(atX(x), atY(y), 3, 0, 2 * Math.PI);
    } else if (down) context.lineTo(atX(x), atY(y));
    else context.moveTo(atX(x), atY(y));
    down = true;
  });
  if (points) context.fill();
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

export function matrixPanel(panel, view) {
  const [rows, cols] = panel.shape;
  const values = decodeFloats(panel);
  const cell = Math.max(1, Math.min(panel.numbers ? 64 : 24, (Math.min(view.width, 900) - 40) / cols, panel.numbers ? 40 : 420 / rows));
  const [width, height] = [Math.max(120, cell * cols), Math.max(60, cell * rows)];
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
  if (panel.numbers) writeNumbers(context, values, image.data, { font: view.font, rows, cols, width, height });
  canvas.addEventListener("pointermove", (event) => {
    const row = Math.min(rows - 1, Math.floor((event.offsetY / height) * rows));
    const col = Math.min(cols - 1, Math.floor((event.offsetX / width) * cols));
    view.tell(event, `${panel.rowLabel} ${row}, ${panel.colLabel} ${col}: ${written(values[row * cols + col])}`);
  });
  canvas.addEventListener("pointerleave", (event) => view.tell(event, null));
  return make(
    "section",
    { class: "sx-panel sx-matrix", style: `max-width:${Math.max(width, 230)}px` },
    make("h3", {}, panel.title),
    canvas,
    make("div", { class: "sx-quiet" }, `↓ ${panel.rowLabel}\n→ ${panel.colLabel}`),
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
