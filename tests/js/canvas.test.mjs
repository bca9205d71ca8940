import assert from "node:assert/strict";
import { test } from "node:test";
import { drawTile, drawUnder, framePatch, hatchBeyond } from "../../viz/page/js/draw/canvas.js";
import { drawOverPhoto, prepareMaps } from "../../viz/page/js/draw/maps.js";
import { canvas } from "./page.mjs";
import { maps, scale } from "./samples.mjs";

const sight = { row: 2, col: 6, rows: 4, cols: 8 };
const size = { width: 160, height: 80 };
const images = (drawn) => drawn.filter(({ name }) => name === "drawImage").map(({ given }) => given);

test("a tile has one pixel for each patch: what is in sight is cut out by column and row", () => {
  const { context, drawn } = canvas();
  drawTile(context, "tile", sight, size);
  assert.deepEqual(images(drawn), [["tile", 6, 2, 8, 4, 0, 0, 160, 80]]);
});

test("the photo under a map is its part of the same patches, whatever the photo's shape", () => {
  const { context, drawn } = canvas();
  const photo = { width: 320, height: 100 }; // 16 × 10 patches: 20 pixels across and 10 down for each
  drawUnder(context, photo, sight, { photoSpan: [10, 16] }, size);
  const [[small]] = images(drawn);
  const [[image, x, y, width, height]] = images(small.drawn);
  assert.equal(image, photo);
  assert.deepEqual([x, y, width, height], [6 * 20, 2 * 10, 8 * 20, 4 * 10]);
});

test("what lies beyond the grid is hatched, below it and beside it", () => {
  const hatched = (grid) => {
    const { context, drawn } = canvas();
    hatchBeyond(context, sight, grid, size);
    return drawn.filter(({ name }) => name === "rect").map(({ given }) => given);
  };
  const covers = (rectangles, row, col) => rectangles.some(([x, y, width, height]) => {
    const [left, top] = [(col + 0.5 - sight.col) * 20, (row + 0.5 - sight.row) * 20];
    return left > x && left < x + width && top > y && top < y + height;
  });
  const grid = [5, 12];
  for (const row of [2, 3, 4, 5]) for (const col of [6, 11, 12, 13]) assert.equal(covers(hatched(grid), row, col), row >= grid[0] || col >= grid[1], `${row}, ${col}`);
  assert.deepEqual(hatched([20, 20]), []);
});

test("a frame lies around its patch", () => {
  const { context, drawn } = canvas();
  framePatch(context, { patch: [3, 10], colour: "blue" }, sight, size);
  for (const { given: [x, y, width, height] } of drawn.filter(({ name }) => name === "strokeRect")) {
    assert.deepEqual([x + width / 2, y + height / 2], [(10.5 - 6) * 20, (3.5 - 2) * 20]);
    assert.ok(width > 20 && height > 20);
  }
});

test("a map covers the photo as strongly as chosen; signed ones tint a light photo", () => {
  const under = { dark: { width: 8, height: 8 }, light: { width: 8, height: 8 } };
  for (const [kind, mode] of [["sequential", undefined], ["signed", "multiply"]]) {
    const { context, drawn } = canvas();
    const map = { tile: "tile", scale: { ...scale, kind } };
    drawOverPhoto(context, map, sight, size, { under, scene: { photoSpan: [8, 16] }, overlay: 0.4 });
    const [photo, tile] = drawn.filter(({ name }) => name === "drawImage");
    assert.equal(images(photo.given[0].drawn)[0][0], under[kind === "signed" ? "light" : "dark"]);
    assert.deepEqual([tile.alpha, tile.mode], [0.4, mode]);
  }
});

test("each map is painted in its own scale, or in the one that all share", () => {
  const palette = { sequential: Uint8Array.from({ length: 768 }, (_, index) => Math.floor(index / 3)) };
  const data = Float32Array.from([0, 0.5, 0, 0.5]);
  const panel = (scales) => ({ ...maps, data: new Uint8Array(data.buffer), type: "f4", factor: 1, shape: [2, 1, 2], scales, overPhoto: false });
  const reds = (scales) => prepareMaps(panel(scales), palette).maps.map(({ tile }) => tile.drawn.find(({ name }) => name === "putImageData").given[0].data[4]);
  assert.deepEqual(reds([scale, { ...scale, high: 0.5 }]), [128, 255]);
  assert.deepEqual(reds([{ ...scale, high: 0.5 }]), [255, 255]);
});
