import assert from "node:assert/strict";
import { test } from "node:test";
import { meaning } from "../../viz/page/js/act/keys.js";

const press = (key, more = {}) => meaning({ key, target: { tagName: "BODY" }, ...more });

test("arrows move by row and column", () => {
  assert.deepEqual(press("ArrowUp"), { act: "move", value: [-1, 0], shift: undefined });
  assert.deepEqual(press("ArrowRight", { shiftKey: true }), { act: "move", value: [0, 1], shift: true });
  assert.deepEqual([press("ArrowDown").value, press("ArrowLeft").value], [[1, 0], [0, -1]]);
});

test("brackets and page keys go back and forth", () => {
  assert.equal(press("[").value, -1);
  assert.equal(press("]").value, 1);
  assert.equal(press("PageUp").value, -1);
  assert.equal(press("PageDown").act, "step");
});

test("typing, sliders, menus and modifiers are left alone", () => {
  assert.equal(press("ArrowUp", { target: { tagName: "INPUT", type: "range" } }), null);
  assert.equal(press("v", { target: { tagName: "SELECT" } }), null);
  assert.equal(press("f", { ctrlKey: true }), null);
  assert.equal(press("x"), null);
});
