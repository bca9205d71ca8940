// Values on the patch grid, drawn over the dimmed photo; the same drawing serves the big photo and the small multiples.

import { opacity, paint, percent, withMinus, written } from "./colour.js";
import { decodeFloats } from "./decode.js";
import { fill, make, sizeCanvas } from "./dom.js";
import { bestColumns, patchAt, rectangle, wholePhoto } from "./geometry.js";

// A Maps panel made ready to draw: one tile (a canvas of one pixel a patch) for each map.
export function prepareMaps(panel, palette) {
  const [count, rows, cols] = panel.shape;
  const values = decodeFloats(panel);
  const maps = [];
  for (let index = 0; index < count; index++) {
    const own = values.subarray(index * rows * cols, (index + 1) * rows * cols);
    const scale = panel.scales[panel.scales.length === 1 ? 0 : index];
    const tile = make("canvas", { width: cols, height: rows });
    const context = tile.getContext("2d");
    const image = context.createImageData(cols, rows);
    paint(own, scale, palette, image.data, panel.overPhoto);
    context.putImageData(image, 0, 0);
    maps.push({ values: own, cols, tile, scale, label: panel.labels[index], note: withMinus(panel.notes[index] ?? "") });
  }
  return { panel, maps };
}

// The dimmed grey photo that colour lies over.
export function dimmed(photo) {
  const canvas = make("canvas", { width: photo.width, height: photo.height });
  const context = canvas.getContext("2d");
  context.filter = "grayscale(1) brightness(0.45)";
  context.drawImage(photo, 0, 0);
  return canvas;
}

const scaled = new WeakMap(); // of each photo the last few sizes it was drawn at: a hover redraws many maps over it
const SIZES_KEPT = 4;

export function drawUnder(context, image, sight, scene, width, height) {
  const density = window.devicePixelRatio || 1;
  const kept = scaled.get(image) ?? new Map();
  scaled.set(image, kept);
  const name = [sight.row, sight.col, sight.rows, sight.cols, width, height, density].join();
  let small = kept.get(name);
  if (!small) {
    const down = image.height / scene.photoSpan[0];
    const across = image.width / scene.photoSpan[1];
    small = make("canvas");
    const part = [sight.col * across, sight.row * down, sight.cols * across, sight.rows * down];
    sizeCanvas(small, width, height).drawImage(image, ...part, 0, 0, width, height);
    if (kept.size === SIZES_KEPT) kept.delete(kept.keys().next().value);
    kept.set(name, small);
  }
  context.drawImage(small, 0, 0, width, height);
}

export function drawTile(context, tile, sight, width, height, opacity) {
  context.imageSmoothingEnabled = false;
  context.globalAlpha = opacity;
  context.drawImage(tile, sight.col, sight.row, sight.cols, sight.rows, 0, 0, width, height);
  context.globalAlpha = 1;
  context.imageSmoothingEnabled = true;
}

// A frame around a patch, dark outside so that it shows on any colour.
export function framePatch(context, patch, colour, sight, width, height, dashed = false) {
  const box = rectangle(patch[0], patch[1], 1, 1, width, height, sight);
  const grow = Math.max(0, (9 - box.width) / 2);
  const place = [box.x - grow, box.y - grow, box.width + 2 * grow, box.height + 2 * grow];
  context.lineWidth = 5;
  context.strokeStyle = "rgba(0,0,0,0.75)";
  context.strokeRect(...place);
  context.setLineDash(dashed ? [4, 3] : []);
  context.lineWidth = 3;
  context.strokeStyle = colour;
  context.strokeRect(...place);
  context.setLineDash([]);
}

// A scale's colours with the values at their ends; `names` says which maps it is of, where not of all.
export function legend(scale, palette, overPhoto = false, names = "") {
  if (scale.kind === "categorical") {
    return make(
      "div",
      { class: "sx-legend" },
      scale.categories.map((name, index) => {
        const [red, green, blue] = palette.categories[index];
        return make("span", {}, make("i", { class: "sx-swatch", style: `background:rgb(${red},${green},${blue})` }), name);
      }),
    );
  }
  const bar = make("canvas", { width: 256, height: 1, class: "sx-bar", "aria-hidden": "true" });
  const context = bar.getContext("2d");
  const image = context.createImageData(256, 1);
  for (let i = 0; i < 256; i++) {
    const clear = overPhoto ? opacity(i / 255, scale.kind) : 1;
    image.data.set([...palette[scale.kind].subarray(3 * i, 3 * i + 3), Math.round(255 * clear)], 4 * i);
  }
  context.putImageData(image, 0, 0);
  return make(
    "div",
    { class: "sx-legend" },
    names ? make("span", {}, `${names}:`) : null,
    make("span", { class: "sx-ends" }, written(scale.low), bar, written(scale.high)),
    make("span", {}, [scale.unit, scale.note].filter(Boolean).join(" · ")),
  );
}

const LEGENDS = 3; // more scales than these would be a wall of legends: then the chosen map's stands for all

// Each scale of a panel once, with the names of its maps.
function legends({ panel, maps }, palette) {
  const byScale = new Map();
  for (const { scale, label } of maps) {
    const key = JSON.stringify(scale);
    byScale.set(key, { scale, names: [...(byScale.get(key)?.names ?? []), label] });
  }
  let shown = [...byScale.values()];
  if (shown.length === 1) return [legend(shown[0].scale, palette, panel.overPhoto)];
  if (shown.length > LEGENDS) {
    const { scale, label } = maps[panel.chosen ?? 0];
    shown = [{ scale, names: [label] }];
  }
  const told = new Set(shown.map(({ scale }) => scale.unit)).size === shown.length && shown.length > 1; // by their units
  return shown.map(({ scale, names }) => legend(scale, palette, panel.overPhoto, told ? "" : names.join(", ")));
}

// Of what is in sight: image padding is cropped from a map over the photo. NaN is never larger.
function largest({ values, cols }, [rowsSeen, colsSeen]) {
  return values.reduce((most, value, at) => {
    const seen = at < rowsSeen * cols && at % cols < colsSeen;
    return seen && value > most ? value : most;
  }, -Infinity);
}

// The small multiples of one Maps panel.
export function mapsPanel(prepared, view) {
  const { panel, maps } = prepared;
  const { scene, palette, marks } = view;
  const sight = panel.overPhoto ? wholePhoto(scene) : { row: 0, col: 0, rows: panel.shape[1], cols: panel.shape[2] };
  const onGrid = panel.shape[1] === scene.grid[0] && panel.shape[2] === scene.grid[1];
  const caption = 26 + (panel.notes.length ? 22 : 0);
  const { columns, cell } = bestColumns(maps.length, sight.cols / sight.rows, view.width, view.height, 10, caption, view.leastCell);
  const width = Math.floor(cell);
  const height = Math.round((width * sight.rows) / sight.cols);
  const grid = make("div", { class: "sx-maps", style: `grid-template-columns:repeat(${columns}, ${width}px)` });
  maps.forEach((map, index) => {
    const canvas = make("canvas", { role: "img", "aria-label": `${panel.title}: ${map.label}` });
    const context = sizeCanvas(canvas, width, height);
    if (panel.overPhoto) drawUnder(context, view.dimmedPhoto, sight, scene, width, height);
    drawTile(context, map.tile, sight, width, height, panel.overPhoto ? view.overlay : 1);
    if (onGrid) for (const mark of marks) framePatch(context, mark.patch, mark.colour, sight, width, height, mark.dashed);
    canvas.addEventListener("pointermove", (event) => {
      const patch = patchAt(event.offsetX, event.offsetY, width, height, sight, panel.shape.slice(1));
      view.tell(event, patch && `(${patch}) ${valueText(map, patch)}`);
    });
    canvas.addEventListener("pointerleave", (event) => view.tell(event, null));
    canvas.addEventListener("click", (event) => {
      const patch = patchAt(event.offsetX, event.offsetY, width, height, sight, scene.photoGrid);
      if (patch && onGrid) view.pinKey(patch, panel.picks ? { [panel.picks]: index } : {});
    });
    const ownTop = panel.scales.length > 1 && map.scale.kind === "sequential";
    const top = ownTop ? largest(map, panel.overPhoto ? scene.photoGrid : panel.shape.slice(1)) : null;
    const named = maps.length > 1 || panel.picks || !panel.title.includes(map.label);
    const label = panel.picks
      ? make("button", { class: "sx-map-label", onclick: () => view.pick({ [panel.picks]: index }) }, map.label)
      : make("span", { class: "sx-map-label" }, map.label);
    grid.append(
      make(
        "figure",
        { class: index === panel.chosen ? "sx-map sx-chosen" : "sx-map" },
        make("figcaption", {}, named ? label : null, top === null ? null : make("span", { class: "sx-quiet" }, fill(view.texts["label.max_value"], { value: shortValue(top, map.scale) }))),
        canvas,
        make("div", { class: "sx-quiet sx-note" }, map.note),
      ),
    );
  });
  return make("section", { class: "sx-panel" }, make("h3", {}, panel.title), grid, legends(prepared, palette));
}

export function valueText(map, patch) {
  const value = map.values[patch[0] * map.cols + patch[1]];
  if (Number.isNaN(value)) return "–";
  if (map.scale.kind === "categorical") return map.scale.categories[Math.round(value)] ?? "";
  return shortValue(value, map.scale);
}

function shortValue(value, scale) {
  return scale.percent ? percent(value) : written(value);
}
