import assert from "node:assert/strict";
import { test } from "node:test";
import { bestColumns, movedPatch, patchAt, rectangle, wholePhoto, widened, zoomed } from "../../viz/page/js/draw/geometry.js";

const scene = { photoSpan: [42.5, 64], photoGrid: [43, 64] };
const sight = wholePhoto(scene);

test("x is a column and y is a row", () => {
  assert.deepEqual(patchAt(630, 5, 640, 425, sight, scene.photoGrid), [0, 63]);
  assert.deepEqual(patchAt(5, 420, 640, 425, sight, scene.photoGrid), [42, 0]);
});

test("outside the photo there is no patch", () => {
  for (const [x, y] of [[-1, 5], [5, -1], [640, 5], [5, 425]]) assert.equal(patchAt(x, y, 640, 425, sight, scene.photoGrid), null);
});

test("the middle of a patch's rectangle is that patch, at every zoom", () => {
  for (const zoom of [1, 2, 4]) {
    const seen = zoomed(scene, zoom, [20, 31]);
    for (const patch of [[20, 31], [18, 27], [23, 35]]) {
      const box = rectangle(...patch, 1, 1, 640, 425, seen);
      assert.deepEqual(patchAt(box.x + box.width / 2, box.y + box.height / 2, 640, 425, seen, scene.photoGrid), patch);
    }
  }
});

test("a window widened to the photo's shape keeps its middle, and at an edge stays inside the photo", () => {
  const middle = widened({ row: 14, col: 28, rows: 14, cols: 14 }, sight, scene);
  const cols = (14 * 64) / 42.5;
  assert.deepEqual(middle, { row: 14, col: 28 - (cols - 14) / 2, rows: 14, cols });
  assert.equal(widened({ row: 0, col: 0, rows: 14, cols: 14 }, sight, scene).col, 0);
  const last = widened({ row: 28, col: 42, rows: 14, cols: 14 }, sight, scene);
  assert.ok(last.col < 42 && last.col + last.cols <= 64);
  const padded = widened({ row: 42, col: 56, rows: 14, cols: 14 }, sight, scene); // it reaches 6 patches beyond the grid
  assert.deepEqual([padded.row + padded.rows, padded.col + padded.cols], [56, 70]);
});

test("zooming near a corner stays inside the photo", () => {
  const seen = zoomed(scene, 4, [42, 63]);
  assert.ok(seen.row + seen.rows <= 42.5 && seen.col + seen.cols <= 64 && seen.row >= 0 && seen.col >= 0);
});

test("arrows stop at the photo's border", () => {
  assert.deepEqual(movedPatch([0, 0], -1, 0, [43, 64]), [0, 0]);
  assert.deepEqual(movedPatch([42, 63], 1, 1, [43, 64]), [42, 63]);
  assert.deepEqual(movedPatch([5, 5], 1, 0, [43, 64]), [6, 5]);
});

test("small multiples take the columns that make them largest, inside their area", () => {
  const area = { width: 680, height: 420 };
  assert.equal(bestColumns(12, 1.5, area, 10, 46).columns, 4);
  assert.equal(bestColumns(1, 1.5, area, 10, 26).columns, 1);
  assert.equal(bestColumns(72, 1.5, area, 3, 0, 6).columns % 6, 0);
  assert.deepEqual([1, 0.85].map((nearly) => bestColumns(2, 1, { width: 370, height: 480 }, 10, 40, 1, nearly).columns), [1, 2]);
  for (const count of [1, 2, 3, 5, 6, 12, 16]) {
    const { columns, rows, cell } = bestColumns(count, 1.5, area, 10, 26);
    assert.ok(columns * rows >= count && columns * (cell + 10) - 10 <= 680 + 1e-9 && rows * (cell / 1.5 + 26 + 10) - 10 <= 420 + 1e-9);
  }
});
