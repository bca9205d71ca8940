import assert from "node:assert/strict";
import { test } from "node:test";
import { changesOf, textOf, valuesOf, withChange, withoutChange } from "../../viz/page/js/model/what_if.js";

const KINDS = [
  { kind: "windows_8", numbers: [], group: "windows" },
  { kind: "all_global", numbers: [], group: "windows" },
  { kind: "block_off", numbers: ["block"], group: "" },
  { kind: "shifted", numbers: ["rows", "cols"], group: "shifted" },
];

test("a text becomes changes and the same text again", () => {
  const text = "windows_8,block_off.5,shifted.0.-8";
  assert.deepEqual(changesOf(text)[2], { kind: "shifted", numbers: [0, -8] });
  assert.equal(textOf(changesOf(text)), text);
  assert.deepEqual(changesOf(""), []);
  assert.deepEqual(valuesOf(changesOf(text)[2], KINDS), { rows: 0, cols: -8 });
});

test("a change is added once, and takes the place of what can't be true beside it", () => {
  assert.equal(withChange("windows_8,block_off.5", { kind: "all_global", numbers: [] }, KINDS), "block_off.5,all_global");
  assert.equal(withChange("block_off.5", { kind: "block_off", numbers: [6] }, KINDS), "block_off.5,block_off.6");
  assert.equal(withChange("block_off.5", { kind: "block_off", numbers: [5] }, KINDS), "block_off.5");
  assert.equal(withChange("shifted.0.8", { kind: "shifted", numbers: [8, 0] }, KINDS), "shifted.8.0");
});

test("one of several changes can be taken back", () => {
  assert.equal(withoutChange("block_off.5,block_off.6", { kind: "block_off", numbers: [5] }), "block_off.6");
});
