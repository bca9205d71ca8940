// Values to colours and to words. The colour tables come from the server: the same that exports use.

// Where a value lies on its scale, 0 to 1; values beyond the ends take the end.
export function position(value, scale) {
  let { low, high } = scale;
  if (scale.log) {
    [value, low, high] = [Math.log(Math.max(value, low)), Math.log(low), Math.log(high)];
  }
  return high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0;
}

// How opaque a colour lies over the photo: what is near nothing lets the photo through.
export function opacity(place, kind) {
  if (kind === "categorical") return 1;
  const strength = kind === "signed" ? Math.abs(2 * place - 1) : place;
  return Math.min(1, 0.1 + 3 * strength);
}

// Paint values into RGBA bytes; NaN stays clear. Over a photo, values near nothing are let through as well.
export function paint(values, scale, palette, target, overPhoto = false) {
  const categorical = scale.kind === "categorical";
  const table = categorical ? null : palette[scale.kind];
  for (let i = 0; i < values.length; i++) {
    const at = 4 * i;
    if (Number.isNaN(values[i])) {
      target[at + 3] = 0;
      continue;
    }
    if (categorical) {
      const colour = palette.categories[Math.round(values[i]) % palette.categories.length];
      target.set([...colour, 255], at);
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

// A number as a person reads it: three digits that matter, a true minus sign.
export function written(value) {
  if (value === null || Number.isNaN(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  let digits;
  if (Number.isInteger(value) && size < 1e15) digits = size.toLocaleString("en").replaceAll(",", "\u202f");
  else if (size >= 1e5 || size < 1e-3) digits = size.toExponential(1).replace("e-", "e−").replace("e+", "e");
  else digits = size.toPrecision(size >= 1000 ? 4 : 3);
  return (value < 0 ? "−" : "") + digits;
}

// A number on an axis: as short as it can be.
export function tickText(value) {
  const size = Math.abs(value);
  if (size >= 1e5 || (size > 0 && size < 1e-3)) return written(value);
  return withMinus(String(Number(value.toPrecision(6))));
}

// Hyphens before digits as true minus signs, in words that the server wrote.
export function withMinus(text) {
  return text.replace(/(^|[\s(=])-(?=\d)/g, "$1−").replace(/(\d)e-0?(?=\d)/g, "$1e−");
}

export function percent(share) {
  const value = share * 100;
  if (value > 0 && value < 0.01) return "< 0.01 %";
  return `${withMinus(value.toFixed(Math.abs(value) >= 10 ? 1 : 2))} %`;
}

export function signedText(value) {
  return `${value < 0 ? "−" : "+"} ${written(Math.abs(value))}`;
}
