// Values to colours. The colour tables come from the server: the same that exports use.

/** @typedef {Pick<import("../types.js").Scale, "kind" | "low" | "high"> & {log?: boolean}} Ends */

/** Where a value lies on its scale, 0 to 1; values beyond the ends take the end. @param {number} value @param {Ends} scale */
export function position(value, scale) {
  let { low, high } = scale;
  if (scale.log) [value, low, high] = [Math.log(Math.max(value, low)), Math.log(low), Math.log(high)];
  return high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0;
}

/**
 * How opaque a colour lies over the dark photo: what is near nothing lets the photo through. Signed colours lie over a
 * light photo, which they tint, and are opaque.
 * @param {number} place  @param {string} kind
 */
export function opacity(place, kind) {
  return kind === "sequential" ? Math.min(1, 0.1 + 3 * place) : 1;
}

/**
 * Paint values into RGBA bytes; NaN stays clear.
 * @param {ArrayLike<number>} values  @param {Ends} scale  @param {import("../types.js").Palette} palette
 * @param {Uint8ClampedArray} target
 */
export function paint(values, scale, palette, target, overPhoto = false) {
  const table = scale.kind === "categorical" ? null : palette[scale.kind];
  for (let i = 0; i < values.length; i++) {
    const at = 4 * i;
    if (Number.isNaN(values[i])) {
      target[at + 3] = 0;
      continue;
    }
    if (!table) {
      target.set([...palette.categories[Math.round(values[i]) % palette.categories.length], 255], at);
      continue;
    }
    const place = position(values[i], scale);
    const index = 3 * Math.round(place * 255);
    target[at] = table[index];
    target[at + 1] = table[index + 1];
    target[at + 2] = table[index + 2];
    target[at + 3] = overPhoto ? Math.round(255 * opacity(place, scale.kind)) : 255;
  }
  return target;
}
