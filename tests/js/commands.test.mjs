import assert from "node:assert/strict";
import { test } from "node:test";
import { makeCommands } from "../../viz/page/js/commands.js";

const boot = {
  stages: ["photo", "qkv", "softmax"],
  views: [{ id: "photo", stage: "photo" }, { id: "heads", stage: "softmax" }, { id: "reach", stage: "softmax" }],
  choices: { heads: ["all", "one"] },
};

function setUp(selection) {
  const state = { selection, scene: { depth: 12, heads: 6, photoGrid: [43, 64] }, shown: { pair: { key: [2, 2] } }, zoom: 1 };
  const asked = [];
  const note = (name) => (value) => asked.push([name, value]);
  const act = { change: note("change"), block: note("block"), stage: note("stage"), draw: note("draw") };
  return { state, asked, commands: makeCommands(boot, state, act) };
}

test("arrows move the query, with shift the key that is shown", () => {
  const { asked, commands } = setUp({ view: "heads", query: [0, 63], key: null });
  commands.move([1, 1], false);
  commands.move([0, -1], true);
  assert.deepEqual(asked, [["change", { query: [1, 63] }], ["change", { key: [2, 1] }]]);
});

test("blocks and heads stop at the ends", () => {
  const { asked, commands } = setUp({ view: "heads", block: 11, head: 0 });
  commands.block(1);
  commands.head(-1);
  assert.deepEqual(asked, [["block", 11], ["change", { head: 0 }]]);
});

test("steps skip stages without a view and stop after the last", () => {
  const { asked, commands } = setUp({ view: "photo" });
  commands.step(1);
  commands.step(-1);
  assert.deepEqual(asked, [["stage", "softmax"]]);
});

test("the next view and the next heads come round again", () => {
  const { asked, commands } = setUp({ view: "reach", heads: "one" });
  commands.nextView();
  commands.nextHeads();
  assert.deepEqual(asked, [["change", { view: "heads" }], ["change", { heads: "all" }]]);
});

test("zoom stays between its smallest and its largest", () => {
  const { state, commands } = setUp({});
  for (const expected of [2, 4, 4]) {
    commands.zoom(1);
    assert.equal(state.zoom, expected);
  }
});
