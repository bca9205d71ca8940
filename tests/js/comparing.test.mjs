import assert from "node:assert/strict";
import { test } from "node:test";
import { choicesOf, hasTwoPhotos } from "../../viz/page/js/draw/compare_bar.js";
import { pairPages } from "../../viz/page/js/draw/layout.js";
import { bothTip } from "../../viz/page/js/draw/map_words.js";
import { bothSides, otherState } from "../../viz/page/js/draw/sides.js";
import { asksForOthers, isComparing, ofOther, placedIn, swapped, toggled } from "../../viz/page/js/model/comparing.js";
import { boot, pair, scale, scene } from "./samples.mjs";

const base = { image: "chelsea", model: "vit_tiny", size: 1024, block: 11, head: 0, query: [18, 20], compare: "off" };

test("comparing begins with the next example, or with what differs already", () => {
  assert.deepEqual(toggled(base, boot), { compare: "one", against_image: "coffee" });
  assert.deepEqual(toggled({ ...base, image: "coffee" }, boot), { compare: "one", against_image: "chelsea" });
  assert.deepEqual(toggled({ ...base, against_query: [1, 2] }, boot), { compare: "one" });
});

test("leaving takes away what differs, but for a second query, which is marked without a comparison too", () => {
  const two = { ...base, compare: "own", against_image: "coffee", against_query: [1, 2], against_block: 3 };
  const left = { ...two, ...toggled(two, boot) };
  assert.equal(isComparing(left), false);
  assert.deepEqual([left.against_image, left.against_block, left.against_query], [null, null, [1, 2]]);
});

test("swapping twice is where it began, and what both share stays", () => {
  const two = { ...base, compare: "one", against_image: "coffee", against_block: 2 };
  const once = { ...two, ...swapped(two, boot) };
  assert.deepEqual([once.image, once.against_image, once.block, once.against_block, once.head], ["coffee", "chelsea", 2, 11, 0]);
  assert.deepEqual({ ...once, ...swapped(once, boot) }, two);
});

test("another photo, model or size of either side is another trace; another block is not", () => {
  const subject = ["image", "model", "size"];
  const on = { ...base, compare: "one" };
  assert.equal(asksForOthers(["against_image"], subject, on, on), true);
  assert.equal(asksForOthers(["image"], subject, on, on), true);
  assert.equal(asksForOthers(["against_block", "block"], subject, on, on), false);
  assert.equal(asksForOthers(["against_image"], subject, base, base), false);
  assert.equal(asksForOthers(["compare"], subject, base, on), true);
  assert.equal(asksForOthers(["compare"], subject, on, { ...on, compare: "own" }), false);
});

test("the same patch lies at the same place of a grid of another size, and inside its photo", () => {
  const large = { grid: [64, 64], photoGrid: [64, 40] };
  const small = { grid: [32, 32], photoGrid: [20, 32] };
  assert.deepEqual(placedIn([20, 31], large, { ...large }), [20, 31]);
  assert.deepEqual(placedIn([20, 31], large, small), [10, 15]);
  assert.deepEqual(placedIn([63, 39], large, small), [19, 19]);
  assert.equal(placedIn(null, large, small), null);
  assert.equal(placedIn([1, 1], large, null), null);
});

test("a choice on B's side changes what is B's own, else what both share", () => {
  assert.deepEqual(ofOther({ head: 3 }, { ...base, against_head: 1 }), { against_head: 3 });
  assert.deepEqual(ofOther({ head: 3, block: 2 }, base), { head: 3, block: 2 });
});

test("two photos are shown where the sides have two", () => {
  assert.equal(hasTwoPhotos({ ...base, compare: "one", against_image: "coffee" }), true);
  assert.equal(hasTwoPhotos({ ...base, compare: "one", against_block: 0 }), false);
  assert.equal(hasTwoPhotos({ ...base, against_image: "coffee" }), false);
});

test("B's menus offer what there is on B's side", () => {
  const models = [{ name: "vit_tiny", available: true, sizes: [1024, 512] }, { name: "vit_h", available: false, sizes: [1024] }];
  const all = { ...boot, models };
  const values = (field, selection, other) => choicesOf(field, all, selection, other).map(({ value }) => value);
  assert.deepEqual(values("model", base, null), ["vit_tiny"]);
  assert.deepEqual(values("block", base, { ...scene, depth: 3 }), [0, 1, 2]);
  assert.deepEqual(values("size", { ...base, against_size: 768 }, null), [1024, 512, 768]);
  assert.deepEqual(values("image", { ...base, image: "upload-1" }, null), ["chelsea", "coffee", "upload-1"]);
});

const panel = (title) => ({ panel: { kind: "Maps", title } });
const shown = { panels: [panel("x"), panel("y")], against: { panels: [panel("x")], pairs: [[0, 0], [1, null]], differences: [panel("x: A − B"), null], pair, summary: "" } };

test("panels stand pair by pair, say whose they are, and know their partner", () => {
  const { prepared, groups } = bothSides(shown, { a: { own: "a" }, b: { own: "b" } }, { "panel.compare.a": "A · {what}", "panel.compare.b": "B · {what}" });
  assert.deepEqual(groups, [[0, 1, 2], [3]]);
  assert.deepEqual(prepared.map((one) => one.panel.title), ["A · x", "B · x", "x: A − B", "A · y"]);
  assert.deepEqual(prepared.map((one) => one.look.own), ["a", "b", "a", "a"]);
  assert.equal(prepared[0].partner, prepared[1]);
  assert.deepEqual(bothSides({ panels: shown.panels }, {}, {}), { prepared: shown.panels, groups: [] });
});

test("B is seen with its own scene, selection and answer", () => {
  const large = { grid: [64, 64], photoGrid: [64, 64] };
  const small = { grid: [32, 32], photoGrid: [32, 32] };
  const against = { ...shown.against, selection: { ...base, image: "coffee", query: [9, 10] } };
  const state = { scene: large, otherScene: small, otherPhoto: "photo", shown: { ...shown, against }, pinned: { ...shown, against }, selection: { ...base, overlay: 40 }, hover: [20, 30], pointed: null };
  const other = otherState(state);
  assert.deepEqual([other.scene, other.photo, other.hover, other.selection.image, other.selection.overlay], [small, "photo", [10, 15], "coffee", 40]);
});

const square = ({ width, height }) => {
  const side = Math.min(width, height);
  return { width: side, height: side, ok: side >= 100, area: side * side };
};

test("two stand beside each other, and the difference with them only where it leaves them large", () => {
  const wide = pairPages([[0, 1, 2]], [square, square, square], { width: 900, height: 300 });
  assert.deepEqual(wide.map((places) => places.map(({ index }) => index)), [[0, 1, 2]]);
  assert.deepEqual(new Set(wide[0].map(({ width }) => width)).size, 1);
  const tight = pairPages([[0, 1, 2]], [square, square, square], { width: 640, height: 320 });
  assert.deepEqual(tight.map((places) => places.map(({ index }) => index)), [[0, 1], [2]]);
  const high = pairPages([[0, 1]], [square, square], { width: 300, height: 620 });
  assert.deepEqual(high[0].map(({ x }) => x), [0, 0]);
  for (const places of [...wide, ...tight]) for (const { x, width } of places) assert.ok(x + width <= 900);
});

test("the tip says the value of both sides", () => {
  const map = (value) => ({ values: Float32Array.of(0, value), rows: 1, cols: 2, scale, label: "head 3" });
  const texts = { ...boot.texts, "tip.both": "{tip} · {side} {value}" };
  assert.equal(bothTip(map(0.5), [0, 1], [1, 2], texts, { map: map(0.25), patch: [0, 1], side: "B" }), "patch (1, 2) → (0, 1), head 3: 50.0 % · B 25.0 %");
  assert.equal(bothTip(map(0.5), [0, 1], [1, 2], texts, null), "patch (1, 2) → (0, 1), head 3: 50.0 %");
});
