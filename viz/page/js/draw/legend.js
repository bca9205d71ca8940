// A scale's colours as they appear in the map, with the values at their ends.

import { opacity } from "./colour.js";
import { contextOf } from "./canvas.js";
import { make } from "./dom.js";
import { flowLines, flowRows, LINE } from "./frame.js";
import { shortValue } from "./text.js";

/** @typedef {import("../types.js").Scale} Scale */
/** @typedef {import("../types.js").Palette} Palette */

/**
 * `over` is how strongly the map covers a photo; null where it lies over none. `names` says which maps the scale is of.
 * `words` are what a value is and how its colours are made.
 * @param {Scale} scale  @param {Palette} palette  @param {number | null} [over]  @param {string} [names]  @param {boolean} [words]
 */
export function legend(scale, palette, over = null, names = "", words = true) {
  if (scale.kind === "categorical") {
    const swatches = scale.categories.map((name, index) => {
      const colour = `rgb(${palette.categories[index].join()})`;
      return make("span", {}, make("i", { class: "sx-swatch", style: `background:${colour}` }), name);
    });
    return make("div", { class: "sx-legend" }, swatches);
  }
  const bar = make("canvas", { width: 256, height: 1, class: "sx-bar", "aria-hidden": "true", data: { under: over === null ? "none" : scale.kind } });
  const context = contextOf(bar);
  const image = context.createImageData(256, 1);
  const table = palette[scale.kind];
  for (let i = 0; i < 256; i++) {
    const clear = over === null ? 1 : over * opacity(i / 255, scale.kind);
    image.data.set([...table.subarray(3 * i, 3 * i + 3), Math.round(255 * clear)], 4 * i);
  }
  context.putImageData(image, 0, 0);
  return make(
    "div",
    { class: "sx-legend", title: words ? null : wordsOf(scale) },
    names ? make("span", {}, `${names}:`) : null,
    make("span", { class: "sx-ends" }, shortValue(scale.low, scale), bar, shortValue(scale.high, scale)),
    words ? make("span", {}, wordsOf(scale)) : null,
  );
}

/** @param {Scale} scale */
function wordsOf({ unit, note }) {
  return [unit, note].filter(Boolean).join(" · ");
}

const BAR = 140; // pixels, as the style has it

/** @type {WeakMap<Scale, string[]>} */
const endsWritten = new WeakMap(); // a layout asks for them in hundreds of boxes

/** The values at a scale's ends. @param {Scale} scale */
function endsOf(scale) {
  const ends = endsWritten.get(scale) ?? [scale.low, scale.high].map((value) => shortValue(value, scale));
  endsWritten.set(scale, ends);
  return ends;
}

/** How high a legend is. @param {Scale} scale @param {string} names @param {number} width @param {import("../types.js").Look} look @param {boolean} [shown] Whether its words are. */
export function legendHeight(scale, names, width, look, shown = true) {
  const { measure, type } = look;
  const words = shown ? wordsOf(scale) : "";
  const ends = endsOf(scale).reduce((sum, text) => sum + measure(text), BAR + 16);
  if (scale.kind === "categorical") return flowRows(scale.categories.map((name) => measure(name) + 2 * type), width, 8) * (LINE * type + 2) + 4;
  const rows = flowLines([...(names ? [`${names}:`] : []), Math.min(ends, width), ...(words ? [words] : [])], width, 8, look);
  return rows * (LINE * type + 2) + 4;
}

const LEGENDS = 3; // more scales than these would be a wall of legends: then the chosen map's stands for all

/** @typedef {{scale: Scale, names: string}} Shown */
/** @type {WeakMap<object, Shown[]>} */
const scalesFound = new WeakMap();

/** The same as `scalesOnce`, found once for each panel. @param {import("../types.js").MapsPanel} panel */
export function scalesShown(panel) {
  const shown = scalesFound.get(panel) ?? scalesOnce(panel);
  scalesFound.set(panel, shown);
  return shown;
}

/**
 * Each scale of a Maps panel once, with the names of its maps where the scales' units don't tell them apart.
 * @param {import("../types.js").MapsPanel} panel
 * @returns {Shown[]}
 */
function scalesOnce({ scales, labels, chosen }) {
  /** @type {Map<string, {scale: Scale, names: string[]}>} */
  const byScale = new Map();
  labels.forEach((label, index) => {
    const scale = scales[scales.length === 1 ? 0 : index];
    const key = JSON.stringify(scale);
    byScale.set(key, { scale, names: [...(byScale.get(key)?.names ?? []), label] });
  });
  let shown = [...byScale.values()];
  if (shown.length === 1) return [{ scale: shown[0].scale, names: "" }];
  if (shown.length > LEGENDS) {
    const one = chosen ?? 0;
    shown = [{ scale: scales[one], names: [labels[one]] }];
  }
  const unitsTell = shown.length > 1 && new Set(shown.map(({ scale }) => scale.unit)).size === shown.length;
  return shown.map(({ scale, names }) => ({ scale, names: unitsTell ? "" : names.join(", ") }));
}
