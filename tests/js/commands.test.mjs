import assert from "node:assert/strict";
import { test } from "node:test";
import { makeCommands } from "../../viz/page/js/act/commands.js";
import { KEYS, meaning } from "../../viz/page/js/act/keys.js";
import { makeSelecting } from "../../viz/page/js/act/selecting.js";
import { makeState } from "../../viz/page/js/model/state.js";
import { boot, field, scene } from "./samples.mjs";

function setUp(selection, more = {}, known = boot) {
  const store = makeState(selection, { scene, shown: { pair: { key: [2, 2] } }, ...more });
  const asked = [];
  const change = (fields) => asked.push(fields);
  const selecting = makeSelecting(boot);
  const commands = makeCommands({ boot: known, store, selecting, change, link: { undo() {} }, copyLink() {}, help() {}, example: (name) => asked.push(name), pages: () => 3, touring: { toggle() {}, leave: () => asked.push("leave") }, addToTour() {}, whatIf() {} });
  return { store, asked, commands, selecting };
}

test("every key that is listened to does something", () => {
  const { commands } = setUp({});
  for (const { act } of KEYS) if (act) assert.equal(typeof commands[act], "function", act);
  assert.equal(meaning({ key: "PageDown", target: {} }).act, "step");
});

test("arrows move the query, with shift the key that is shown", () => {
  const { asked, commands } = setUp({ view: "heads", query: [0, 3], key: null });
  commands.move([1, 1], false);
  commands.move([0, -1], true);
  assert.deepEqual(asked, [{ query: [1, 3] }, { key: [2, 1] }]);
});

test("where a view goes step by step, channel keys go through its steps", () => {
  const views = [...boot.views, { id: "flow", stage: "qkv", uses: ["step"], live: true }];
  const { asked, commands } = setUp({ view: "flow", step: 0, channel: 0 }, {}, { ...boot, views, flow: ["photo", "pad"] });
  commands.channel(1);
  commands.channel(-1);
  assert.deepEqual(asked, [{ step: 1 }, { step: 0 }]);
});

test("a view's own choices come round, the second of them backwards; where there is none nothing changes", () => {
  const fields = [...boot.fields, field("plane", "look", "choice", { default: "pca", choices: ["pca", "tsne"] }), field("dots", "look", "choice", { default: "kind", choices: ["kind", "place"] }), field("way", "subject", "choice", { choices: ["one", "two"] })];
  const views = [...boot.views, { id: "qk_plane", stage: "network", uses: ["plane", "dots"] }];
  const { asked, commands, store } = setUp({ view: "qk_plane", plane: "tsne", dots: "kind", way: "one" }, {}, { ...boot, fields, views });
  commands.ownChoice(1);
  commands.ownChoice(-1);
  for (const view of ["heads", "photo"]) {
    store.set({ selection: { ...store.now.selection, view } });
    commands.ownChoice(1);
  }
  assert.deepEqual(asked, [{ plane: "pca" }, { dots: "place" }, { way: "two" }]);
});

test("channel keys change the side of the grid that a table is shown for, and its own is 0", () => {
  const views = [...boot.views, { id: "position_table", stage: "position", uses: ["length"] }];
  const { asked, commands, store } = setUp({ view: "position_table", length: 0 }, {}, { ...boot, views });
  commands.channel(1);
  store.set({ selection: { ...store.now.selection, length: scene.grid[0] + 1 } });
  commands.channel(-1);
  store.set({ selection: { ...store.now.selection, length: 1 } });
  commands.channel(-1);
  assert.deepEqual(asked, [{ length: scene.grid[0] + 1 }, { length: 0 }, { length: 1 }]);
});

test("blocks and heads stop at the ends", () => {
  const { asked, commands } = setUp({ view: "heads", block: 11, head: 0 });
  commands.block(1);
  commands.head(-1);
  assert.deepEqual(asked, [{ block: 11 }, { head: 0 }]);
  const last = setUp({ view: "heads", block: 0, head: scene.heads - 1 });
  last.commands.block(-1);
  last.commands.head(1);
  assert.deepEqual(last.asked, [{ block: 0 }, { head: scene.heads - 1 }]);
});

test("a block is opened from outside with the view last seen of its weights", () => {
  const { asked, commands, selecting } = setUp({ view: "photo", block: 3 });
  commands.block(1);
  selecting.seen("reach");
  commands.block(1);
  assert.deepEqual(asked, [{ block: 4, view: "heads" }, { block: 4, view: "reach" }]);
});

test("each model keeps the way in which photos are made ready for it", () => {
  const way = field("way", "subject", "choice", { default: "segment-anything", choices: ["segment-anything", "medsam"] });
  const selecting = makeSelecting({ ...boot, fields: [...boot.fields, way] });
  assert.deepEqual(selecting.model("vit_b", { model: "mine", way: "medsam" }), { model: "vit_b", way: "segment-anything" });
  assert.deepEqual(selecting.model("mine", { model: "vit_b", way: "segment-anything" }), { model: "mine", way: "medsam" });
});

test("a step of the strip opens its own view, or the stage's that is no other step's", () => {
  const { selecting } = setUp({});
  const [photo, [softmax, far]] = [boot.nodes[0], boot.inner];
  assert.deepEqual([photo, softmax, far].map(selecting.node), [{ view: "photo" }, { view: "heads" }, { view: "reach" }]);
  selecting.seen("reach");
  assert.deepEqual(selecting.node(softmax), { view: "heads" });
});

test("a view of windows opens on the block before that has some, and leaving it leads back", () => {
  const { selecting } = setUp({});
  const blocks = { windows: [14, 14, null, 14, null] };
  assert.deepEqual(selecting.placed({ view: "reach" }, { block: 4 }, blocks), { view: "reach", block: 3 });
  assert.deepEqual(selecting.placed({ view: "heads" }, { block: 3 }, blocks), { view: "heads", block: 4 });
  assert.deepEqual(selecting.placed({ view: "heads" }, { block: 3 }, blocks), { view: "heads" });
  assert.deepEqual(selecting.placed({ view: "reach" }, { block: 1 }, blocks), { view: "reach" });
  selecting.placed({ view: "reach" }, { block: 4 }, blocks);
  assert.deepEqual(selecting.placed({ view: "heads" }, { block: 1 }, blocks), { view: "heads" }, "a block chosen meanwhile stays");
  assert.deepEqual(selecting.placed({ view: "reach", block: 2 }, { block: 2 }, blocks), { view: "reach", block: 2 });
  assert.deepEqual(selecting.placed({ view: "reach" }, { block: 0 }, { windows: [null, null] }), { view: "reach" });
});

test("the next channel follows the one on screen, also where the view chose it", () => {
  const { asked, commands } = setUp({ channel: null }, { pinned: { channel: 41 } });
  commands.channel(1);
  assert.deepEqual(asked, [{ channel: 42 }]);
});

test("page keys go through all views in their order, and stop after the last", () => {
  const steps = (view, by) => { const { asked, commands } = setUp({ view }); commands.step(by); return asked[0]; };
  assert.deepEqual(steps("photo", 1), { view: "heads" });
  assert.deepEqual(steps("heads", 1), { view: "reach" });
  assert.deepEqual(steps("reach", 1), {});
  assert.deepEqual(steps("reach", -1), { view: "heads" });
});

test("the next view, heads, scale, terms and example come round again", () => {
  const { asked, commands } = setUp({ view: "reach", heads: "max", scale: "clip", terms: "hw", image: "coffee" });
  for (const name of ["nextTab", "nextHeads", "nextScale", "nextTerms", "nextExample"]) commands[name]();
  assert.deepEqual(asked, [{ view: "heads" }, { heads: "all" }, { scale: "linear" }, { terms: "chw" }, "chelsea"]);
});

test("zoom and pages stay between their first and their last", () => {
  const { store, commands } = setUp({});
  for (const expected of [2, 4, 4]) { commands.zoom(1); assert.equal(store.now.zoom, expected); }
  for (const expected of [1, 2, 2]) { commands.page(1); assert.equal(store.now.page, expected); }
});

test("another input size keeps pinned patches at their place on the photo", () => {
  const { selecting } = setUp({});
  assert.deepEqual(selecting.resize(512, { size: 1024, query: [20, 31], key: null, against_query: [3, 4] }), { size: 512, query: [10, 15], key: null, against_query: [1, 2] });
});
