import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { percent, written } from "../../viz/page/js/draw/text.js";

const examples = JSON.parse(readFileSync(new URL("../numbers.json", import.meta.url), "utf8"));

test("the page writes numbers as Python does", () => {
  for (const [value, text] of examples.number) assert.equal(written(value), text);
  for (const [share, text] of examples.percent) assert.equal(percent(share), text);
});
