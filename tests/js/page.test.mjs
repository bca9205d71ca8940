import assert from "node:assert/strict";
import { test } from "node:test";
import { curveColours, extent, ticks } from "../../viz/page/js/charts.js";
import { fill } from "../../viz/page/js/dom.js";
import { newestOnly, visitorSecret } from "../../viz/page/js/asking.js";

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

test("a curve without a role never takes a colour that means a role in the same chart", () => {
  const view = { roles: { windowed: "#0072B2" }, palette: { categories: [[0, 114, 178], [230, 159, 0], [0, 0, 0]] } };
  assert.deepEqual(curveColours([{ role: "" }, { role: "windowed" }], view), ["#e69f00", "#0072B2"]);
  assert.deepEqual(curveColours([{ role: "" }, { role: "" }], view), ["#0072b2", "#e69f00"]);
});

test("a curve's extent leaves gaps out and is never empty", () => {
  assert.deepEqual(extent([{ y: [null, 1, 3] }], "y"), [1, 3]);
  assert.deepEqual(extent([{ y: [2, 2] }], "y"), [1.5, 2.5]);
  assert.deepEqual(extent([{ y: [] }], "y"), [0, 1]);
});
