// Arrays from the server, as bytes or in base64: float32, or float16 divided by the largest magnitude.

/** @param {number} bits */
export function halfToFloat(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** @type {Float32Array | null} */
let halves = null; // all 65,536 of them, made when first needed

/** @param {string} base64 */
export function decodeBytes(base64) {
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i); // ten times as fast as Uint8Array.from
  return bytes;
}

/** Values in row-major order; NaN where a patch has none. What was computed here ("here") is as it is. @param {{data: any, factor: number, type: string}} message */
export function decodeFloats({ data, factor, type }) {
  if (type === "here") return /** @type {Float32Array} */ (data);
  const bytes = typeof data === "string" ? decodeBytes(data) : /** @type {Uint8Array} */ (data);
  if (type === "f4") return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  halves ??= Float32Array.from({ length: 65536 }, (_, bits) => halfToFloat(bits));
  const values = new Float32Array(bytes.length / 2);
  for (let i = 0; i < values.length; i++) values[i] = halves[bytes[2 * i] | (bytes[2 * i + 1] << 8)] * factor;
  return values;
}
