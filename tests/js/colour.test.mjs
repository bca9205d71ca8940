import assert from "node:assert/strict";
import { test } from "node:test";
import { opacity, paint, percent, position, signedText, written } from "../../viz/page/js/colour.js";

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

test("over a photo what is near nothing lets it through, for both kinds of scale", () => {
  assert.ok(opacity(0, "sequential") < 0.2);
  assert.equal(opacity(1, "sequential"), 1);
  assert.ok(opacity(0.5, "signed") < 0.2);
  assert.equal(opacity(0, "signed"), 1);
  assert.equal(opacity(1, "signed"), 1);
});

test("numbers are written with the digits that matter", () => {
  const table = [[0, "0"], [4.1234, "4.12"], [-0.31234, "−0.312"], [12, "12"], [16777216, "16\u202f777\u202f216"], [0.00002, "2.0e−5"], [123456.7, "1.2e5"], [NaN, "–"], [null, "–"]];
  for (const [value, text] of table) assert.equal(written(value), text);
  assert.equal(signedText(-0.31), "− 0.310");
  assert.equal(signedText(0.87), "+ 0.870");
});

test("shares are written in percent, and the smallest are not written as zero", () => {
  assert.equal(percent(0.0193), "1.93 %");
  assert.equal(percent(0.25), "25.0 %");
  assert.equal(percent(0.00001), "< 0.01 %");
  assert.equal(percent(0), "0.00 %");
  assert.equal(percent(-0.0043), "−0.43 %");
});
