import assert from "node:assert/strict";
import { test } from "node:test";
import { extent, matrixSize, ticks } from "../../viz/page/js/charts.js";
import { fill } from "../../viz/page/js/dom.js";
import { newestOnly, visitorSecret } from "../../viz/page/js/asking.js";
import { sizes } from "../../viz/page/js/panels.js";

test("while one call is under way only the newest wish is kept", async () => {
  const asked = [];
  let release;
  const call = newestOnly((wish) => {
    asked.push(wish);
    return new Promise((resolve) => { release = resolve; });
  });
  for (const wish of [1, 2, 3, 4]) call(wish);
  assert.deepEqual(asked, [1]);
  release();
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(asked, [1, 4]);
});

test("a call that fails is reported and doesn't hold up the next one", async (context) => {
  const reported = context.mock.method(console, "error", () => {});
  const asked = [];
  const call = newestOnly(async (wish) => {
    asked.push(wish);
    if (wish === 1) throw new Error("lost");
  });
  call(1);
  call(2);
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(asked, [1, 2]);
  assert.equal(reported.mock.callCount(), 1);
});

test("a visitor's secret is made once and kept", () => {
  const kept = new Map();
  const storage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) };
  const secret = visitorSecret(storage);
  assert.match(secret, /^[0-9a-f]{36}$/);
  assert.equal(visitorSecret(storage), secret);
  assert.notEqual(visitorSecret(null), visitorSecret(null));
});

test("places in a text are filled, unknown ones stay", () => {
  assert.equal(fill("block {block} of {depth}", { block: 3 }), "block 3 of {depth}");
});

test("ticks are round, inside the range and about as many as asked", () => {
  assert.deepEqual(ticks(0, 63, 8), [0, 10, 20, 30, 40, 50, 60]);
  assert.deepEqual(ticks(-1, 1, 4), [-1, -0.5, 0, 0.5, 1]);
  assert.deepEqual(ticks(2, 2, 4), [2]);
});

test("a matrix keeps its cells square unless so few columns would be a thread", () => {
  assert.deepEqual(matrixSize(27, 24, 331, 0), [331, 331 / 24 * 27]);
  assert.deepEqual(matrixSize(127, 24, 331, 0), [190, 420]);
  assert.deepEqual(matrixSize(3, 3, 331, 14), [126, 126]);
});

test("panels that come in pairs share the width, on a phone each has all of it", () => {
  const charts = [{ panel: { kind: "Curves" } }, { panel: { kind: "Curves" } }];
  assert.equal(sizes(charts, 672, 360, 14).chartWidth, 330);
  assert.equal(sizes(charts, 360, 360, 14).chartWidth, 360);
  assert.equal(sizes(charts.slice(1), 672, 360, 14).chartWidth, 672);
  const grids = Array.from({ length: 3 }, () => ({ panel: { kind: "Picture", onGrid: true } }));
  assert.equal(sizes(grids, 672, 360, 14).gridPictureWidth, 216);
  const maps = [{ panel: { kind: "Maps" } }, { panel: { kind: "Maps" } }];
  assert.deepEqual([maps, maps.slice(1)].map((view) => sizes(view, 672, 600, 20).height), [360, 600]);
});

test("a curve's extent leaves gaps out and is never empty", () => {
  assert.deepEqual(extent([{ x: [0, 1, 2], y: [null, 1, 3] }], "y"), [1, 3]);
  assert.deepEqual(extent([{ x: [0, 1, 2], y: [null, 1, 3] }], "x"), [1, 2]);
  assert.deepEqual(extent([{ x: [0, 1], y: [2, 2] }], "y"), [1.5, 2.5]);
  assert.deepEqual(extent([{ x: [], y: [] }], "y"), [0, 1]);
});
