// Words with numbers in them.

/** A text of the catalogue with its places filled; the form that a place names, as in {share:percent}, is the caller's. @param {string} text  @param {Record<string, any>} values */
export function fill(text, values) {
  return text.replace(/\{(\w+)(?::\w+)?\}/g, (place, name) => (name in values ? String(values[name]) : place));
}

/** A paragraph's sentences, in English or Chinese. @param {string} paragraph */
export function sentences(paragraph) {
  return paragraph.split(/(?<=[.?!]) |(?<=[。？！])/).filter(Boolean);
}

/** @param {string} paragraph */
export function firstSentence(paragraph) {
  return sentences(paragraph)[0] ?? "";
}

/** A number as a person reads it: three digits that matter, a true minus sign. @param {number | null} value */
export function written(value) {
  if (value === null || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value < 0 ? "−∞" : "∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  let digits;
  if (Number.isInteger(value) && size < 1e15) digits = size.toLocaleString("en").replaceAll(",", "\u202f");
  else if (size >= 1e5 || size < 1e-3) digits = size.toExponential(1).replace("e-", "e−").replace("e+", "e");
  else digits = size.toPrecision(size >= 1000 ? 4 : 3);
  return (value < 0 ? "−" : "") + digits;
}

/** A number on an axis: as short as it can be. @param {number} value */
export function tickText(value) {
  const size = Math.abs(value);
  if (size >= 1e5 || (size > 0 && size < 1e-3)) return written(value);
  return (value < 0 ? "−" : "") + String(Number(size.toPrecision(6)));
}

/** A share of one. @param {number} share */
export function percent(share) {
  if (Number.isNaN(share)) return "–";
  const value = Math.abs(share) * 100;
  if (share > 0 && value < 0.01) return "< 0.01 %";
  const digits = value.toFixed(value >= 10 ? 1 : 2);
  return `${share < 0 && Number(digits) ? "−" : ""}${digits} %`;
}

/** A term of a sum. @param {number} value */
export function signedText(value) {
  return `${value < 0 ? "−" : "+"} ${written(Math.abs(value))}`;
}

/** A value as its scale has it. @param {number} value  @param {{percent: boolean}} scale */
export function shortValue(value, scale) {
  return scale.percent ? percent(value) : written(value);
}

/** @param {import("../types.js").Patch} patch */
export function patchText([row, col]) {
  return `(${row}, ${col})`;
}
