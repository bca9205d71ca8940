import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { firstSentence, percent, written } from "../../viz/page/js/draw/text.js";

const examples = JSON.parse(readFileSync(new URL("../numbers.json", import.meta.url), "utf8"));

test("the page writes numbers as Python does", () => {
  for (const [value, text] of examples.number) assert.equal(written(value), text);
  for (const [share, text] of examples.percent) assert.equal(percent(share), text);
  assert.deepEqual([written(Infinity), written(-Infinity), written(NaN), percent(NaN)], ["∞", "−∞", "–", "–"]);
});

test("a paragraph's first sentence ends at its mark, in Chinese without a blank", () => {
  assert.equal(firstSentence("One map, at 14.5 px. More of it."), "One map, at 14.5 px.");
  assert.equal(firstSentence("一张图（rollout）。再一句。"), "一张图（rollout）。");
  assert.equal(firstSentence("No mark"), "No mark");
});
