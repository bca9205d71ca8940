// What a map says in words: its strongest patch, the value at a patch, and the pointer's tip.

import { fill, patchText, shortValue } from "./text.js";

/** @typedef {import("../types.js").OneMap} OneMap */
/** @typedef {import("../types.js").Patch} Patch */

/** Where a map is largest, of what is in sight; null where it has no number there. @param {OneMap} map @param {ArrayLike<number>} seen @returns {Patch | null} */
export function strongest({ values, cols }, seen) {
  let [best, at] = [-Infinity, -1];
  values.forEach((value, index) => {
    const inSight = index < seen[0] * cols && index % cols < seen[1];
    if (inSight && value > best) [best, at] = [value, index]; // NaN is never larger
  });
  return at < 0 ? null : [Math.floor(at / cols), at % cols];
}

/** The value at a patch, in words. @param {OneMap} map @param {Patch} patch */
export function valueText({ values, cols, scale }, patch) {
  const value = values[patch[0] * cols + patch[1]];
  if (Number.isNaN(value)) return "–";
  if (scale.kind === "categorical") return scale.categories[Math.round(value)] ?? "";
  return shortValue(value, scale);
}

/** Whose value, where, of what: what the pointer's tip says. @param {OneMap} map @param {Patch} patch @param {Patch | null} query @param {Record<string, string>} texts */
export function mapTip(map, patch, query, texts) {
  const values = { patch: patchText(patch), map: map.label, value: valueText(map, patch) };
  if (map.scale.percent && query) return fill(texts["tip.weight"], { ...values, query: patchText(query) });
  return fill(texts["tip.value"], values);
}

/**
 * The same, and the value that the other side has there.
 * @param {OneMap} map @param {Patch} patch @param {Patch | null} query @param {Record<string, string>} texts @param {{map: OneMap, patch: Patch, side: string} | null} other
 */
export function bothTip(map, patch, query, texts, other) {
  const tip = mapTip(map, patch, query, texts);
  return other ? fill(texts["tip.both"], { tip, side: other.side, value: valueText(other.map, other.patch) }) : tip;
}
