import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeFloats, halfToFloat } from "../../viz/page/js/draw/decode.js";

test("half floats decode to the values IEEE 754 gives them", () => {
  const table = [[0x0000, 0], [0x3c00, 1], [0xc000, -2], [0x3555, 0.333251953125], [0x7bff, 65504], [0x0001, 2 ** -24], [0x0400, 2 ** -14]];
  for (const [bits, value] of table) assert.equal(halfToFloat(bits), value);
  assert.equal(halfToFloat(0x7c00), Infinity);
  assert.equal(halfToFloat(0xfc00), -Infinity);
  assert.ok(Number.isNaN(halfToFloat(0x7e00)));
});

test("small arrays come back exactly", () => {
  const exact = Float32Array.of(0.1, -3, NaN);
  const data = Buffer.from(exact.buffer).toString("base64");
  assert.deepEqual(decodeFloats({ data, factor: 1, type: "f4" }), exact);
});

test("an array comes back times its factor, with NaN kept", () => {
  const data = Buffer.from([0x00, 0x3c, 0x00, 0xb8, 0x00, 0x7e]).toString("base64"); // 1, −0.5, NaN
  const values = decodeFloats({ data, factor: 0.02, type: "f2" });
  assert.ok(Math.abs(values[0] - 0.02) < 1e-9);
  assert.ok(Math.abs(values[1] + 0.01) < 1e-9);
  assert.ok(Number.isNaN(values[2]));
});
