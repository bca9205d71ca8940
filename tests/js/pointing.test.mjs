import assert from "node:assert/strict";
import { test } from "node:test";
import { listenToFingers } from "../../viz/page/js/act/fingers.js";
import { makePointing } from "../../viz/page/js/act/pointing.js";
import { marksOf } from "../../viz/page/js/draw/look.js";
import { isPinnable, sameIn } from "../../viz/page/js/draw/maps.js";
import { overPhoto } from "../../viz/page/js/draw/stage.js";
import { makePhotoChoice } from "../../viz/page/js/model/photo.js";
import { makeState } from "../../viz/page/js/model/state.js";
import { boot, maps, scene } from "./samples.mjs";

const here = { grid: [64, 64], photoGrid: [43, 64] };
const there = { grid: [32, 32], photoGrid: [32, 20] };

function setUp(selection, more = {}) {
  const changes = [];
  const hovers = [];
  const store = makeState(selection, { scene: here, otherScene: there, ...more });
  const pointing = makePointing({ store, looking: { hover: (...asked) => hovers.push(asked) }, change: (fields) => changes.push(fields) });
  return { store, pointing, changes, hovers };
}

const alone = { view: "heads", block: 2, query: [8, 9], key: null, against_query: null, compare: "off" };
const two = { ...alone, compare: "one", against_image: "coffee" };

test("a click pins what is chosen to be pinned, unless a key that is held down says otherwise", () => {
  const { pointing, changes } = setUp(alone, { pinKind: "key" });
  pointing.pin(null, [3, 4]);
  pointing.pin("against_query", [5, 6]);
  assert.deepEqual(changes, [{ key: [3, 4] }, { against_query: [5, 6] }]);
});

test("a map's label or a click on it chooses on its own side, where that has a choice of its own", () => {
  const { pointing, changes } = setUp({ ...two, head: 0, against_head: 1 });
  pointing.pick({ head: 3 });
  pointing.pick({ head: 3 }, "b");
  pointing.pinKey([1, 2], { head: 4 }, "b");
  pointing.pinKey([1, 2], { head: 4 });
  assert.deepEqual(changes, [{ head: 3 }, { against_head: 3 }, { key: [1, 2], against_head: 4 }, { key: [1, 2], head: 4 }]);
});

test("a click on a map pins a patch of the photo, not of image padding or of a map that has no patches", () => {
  const pins = (patch, shape = [6, 64, 64]) => isPinnable(patch, { ...maps, shape }, { scene: { ...scene, grid: [64, 64], photoGrid: [43, 60] } });
  assert.deepEqual([[42, 59], [43, 59], [42, 60], [5, 50], [50, 5]].map((patch) => pins(patch)), [true, false, false, true, false]);
  assert.equal(pins([1, 1], [6, 14, 14]), false);
});

test("the value beside a tip's is that of the same place, also where the other side has another grid", () => {
  assert.deepEqual(sameIn([20, 31], { rows: 64, cols: 64 }, { rows: 32, cols: 48 }), [10, 23]);
  assert.deepEqual(sameIn([9, 9], { rows: 10, cols: 10 }, { rows: 10, cols: 10 }), [9, 9]);
});

test("what is pointed at on B's photo is A's patch at the same place, until B has a patch of its own", () => {
  const shared = setUp(two);
  shared.pointing.onOther.hover([10, 15]);
  shared.pointing.onOther.pin(null, [10, 15]);
  shared.pointing.onOther.pin("key", [10, 15]);
  shared.pointing.onOther.pin("against_query", [10, 15]);
  assert.deepEqual(shared.hovers, [[[20, 30], "query"]]);
  assert.deepEqual(shared.changes, [{ query: [20, 30] }, { key: [20, 30] }, { against_query: [10, 15] }]);
  const own = setUp({ ...two, against_query: [1, 2] });
  own.pointing.onOther.hover([10, 15]);
  own.pointing.onOther.pin(null, [10, 15]);
  assert.deepEqual(own.hovers, [[[10, 15], "against_query"]]);
  assert.deepEqual(own.changes, [{ against_query: [10, 15] }]);
});

test("a patch that is pointed at is shown on the other side, where there is one", () => {
  for (const [selection, pointed] of [[alone, null], [two, [3, 4]]]) {
    const { store, pointing } = setUp(selection);
    pointing.point([3, 4]);
    assert.deepEqual(store.now.pointed, pointed);
  }
});

test("framed are the query, the key in view and the second query, each in its colour", () => {
  const roles = { query: "blue", key: "orange", other: "green" };
  const framed = (selection, more = {}) => marksOf({ ...boot, roles }, { selection: { ...alone, ...selection }, hover: null, shown: { pair: { key: [2, 2] } }, pointed: null, ...more }).map(({ patch, colour }) => [colour, patch]);
  assert.deepEqual(framed({ key: [1, 1], against_query: [5, 6] }), [["blue", [8, 9]], ["orange", [2, 2]], ["green", [5, 6]]]);
  assert.deepEqual(framed({ view: "photo", key: [1, 1] }), [["blue", [8, 9]], ["orange", [1, 1]]]);
  assert.deepEqual(framed({ view: "photo" }), [["blue", [8, 9]]]);
  assert.deepEqual(framed({ against_query: [5, 6], compare: "one" }), [["blue", [8, 9]], ["orange", [2, 2]]]);
  const [pinned, hovered] = framed({}, { hover: [7, 7] });
  assert.deepEqual([pinned[1], hovered], [[8, 9], ["blue", [7, 7]]]);
});

test("the photo has the window of the block in view, and none outside the blocks or in a global one", () => {
  const prepared = [{ panel: maps, maps: ["first", "second"] }];
  const shown = { panels: [{ panel: maps, maps: ["hovered", "hovered"] }], pair: { span: [0, 0, 3, 4] } };
  const seen = (block, inBlock) => overPhoto(boot, { selection: { ...alone, block }, scene, shown, pinned: { panels: prepared } }, inBlock);
  assert.deepEqual([[1, true], [2, true], [1, false]].map(([block, inBlock]) => seen(block, inBlock).window), [14, null, null]);
  assert.deepEqual([seen(1, true).span, seen(1, false).span], [[0, 0, 3, 4], null]);
  assert.deepEqual([seen(1, true).map, seen(1, true).told], ["hovered", "second"]);
});

test("a new photo has no pinned key and no second query, whoever brings it", async () => {
  const changes = [];
  const store = makeState({ size: 1024 });
  const choice = makePhotoChoice({ boot, store, ask: async () => ({ image: "upload-1" }), change: (fields) => changes.push(fields) });
  choice.upload({ size: 10 });
  await new Promise((resolve) => setTimeout(resolve));
  choice.example("coffee");
  assert.deepEqual(changes.map(({ image, key, against_query }) => [image, key, against_query]), [["upload-1", null, null], ["coffee", null, null]]);
});

test("a finger that moves to the left turns to the next page; a tap and a scroll turn none", () => {
  const heard = {};
  const turned = [];
  listenToFingers({ addEventListener: (name, act) => (heard[name] = act) }, (by) => turned.push(by));
  const swipe = (x, y) => {
    heard.touchstart({ touches: [{ clientX: 200, clientY: 200 }] });
    heard.touchend({ changedTouches: [{ clientX: 200 + x, clientY: 200 + y }] });
  };
  for (const [x, y] of [[-100, 10], [100, 10], [-5, 0], [80, 200], [0, -100]]) swipe(x, y);
  assert.deepEqual(turned, [1, -1]);
});
