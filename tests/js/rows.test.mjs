import assert from "node:assert/strict";
import { test } from "node:test";
import { attentionRow } from "../../viz/page/js/lesson/rows.js";

const [GRID, DIM, HEADS] = [[5, 5], 4, 2];
const numbers = (/** @type {number} */ length, /** @type {number} */ seed) => Float32Array.from({ length }, (_, i) => Math.sin(7 * i + seed));

/** @param {boolean} masked */
function block(masked) {
  const tokens = Int16Array.from({ length: 25 * DIM }, (_, i) => Math.round(9 * Math.cos(3 * i)));
  return {
    tokens, scales: new Float32Array(25).fill(0.2), heads: HEADS, dim: DIM, scale: Math.SQRT1_2, window: 3, masked,
    queryWeight: numbers(16, 1), queryBias: numbers(4, 2), keyWeight: numbers(16, 3), keyBias: numbers(4, 4),
    relH: numbers(5 * 2, 5), relW: numbers(5 * 2, 6),
  };
}

test("a query whose window padding is masked shares its weight among patches alone, in the same proportions", () => {
  for (const query of [[4, 4], [1, 3], [0, 0]]) {
    const [plain, masked] = [block(false), block(true)].map((one) => attentionRow(one, GRID, GRID, query));
    assert.deepEqual(masked.windowPadding, new Float32Array(HEADS));
    for (let head = 0; head < HEADS; head++) {
      const rest = 1 - plain.windowPadding[head];
      assert.equal(rest < 0.999, query[0] + query[1] > 0);
      for (let at = head * 25; at < (head + 1) * 25; at++) {
        if (Number.isNaN(plain.weights[at])) assert.ok(Number.isNaN(masked.weights[at]));
        else assert.ok(Math.abs(masked.weights[at] - plain.weights[at] / rest) < 1e-6);
      }
    }
  }
});
