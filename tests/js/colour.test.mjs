import assert from "node:assert/strict";
import { test } from "node:test";
import { opacity, paint, position } from "../../viz/page/js/draw/colour.js";

const palette = {
  sequential: Uint8Array.from({ length: 768 }, (_, index) => Math.floor(index / 3)),
  signed: Uint8Array.from({ length: 768 }, (_, index) => 255 - Math.floor(index / 3)),
  categories: [[1, 2, 3], [4, 5, 6]],
};

test("positions run from 0 to 1 and stop at the ends", () => {
  const scale = { kind: "signed", low: -2, high: 2, log: false };
  assert.deepEqual([-3, -2, 0, 1, 2, 9].map((value) => position(value, scale)), [0, 0, 0.5, 0.75, 1, 1]);
});

test("a logarithmic scale gives equal steps to equal ratios", () => {
  const scale = { kind: "sequential", low: 1e-4, high: 1, log: true };
  assert.ok(Math.abs(position(1e-2, scale) - 0.5) < 1e-9);
  assert.equal(position(0, scale), 0);
});

test("a scale without width doesn't divide by zero", () => {
  assert.equal(position(3, { low: 3, high: 3, log: false }), 0);
});

test("painting leaves NaN clear and gives the ends of the table to the ends of the scale", () => {
  const pixels = new Uint8ClampedArray(12);
  paint([0, 1, NaN], { kind: "sequential", low: 0, high: 1, log: false }, palette, pixels);
  assert.deepEqual([...pixels], [0, 0, 0, 255, 255, 255, 255, 255, 0, 0, 0, 0]);
});

test("categories take the palette's colours", () => {
  const pixels = new Uint8ClampedArray(8);
  paint([0, 1], { kind: "categorical", low: 0, high: 1 }, palette, pixels);
  assert.deepEqual([...pixels], [1, 2, 3, 255, 4, 5, 6, 255]);
});

test("over a photo what is near nothing lets it through; signed colours, whose zero is white, tint it instead", () => {
  assert.ok(opacity(0, "sequential") < 0.2);
  assert.equal(opacity(1, "sequential"), 1);
  for (const place of [0, 0.5, 1]) assert.equal(opacity(place, "signed"), 1);
});
