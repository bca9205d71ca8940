import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { FIELDS, guess, maps, pair, panels, scene, tour } from "./samples.mjs";
import { problems, schema } from "./schema.mjs";

test("what the script's tests take for the server's messages is what the schema says", () => {
  for (const panel of panels) assert.deepEqual(problems(panel.kind, panel), []);
  assert.deepEqual(problems("view", { state: "ready", panels, pair, channel: null }), []);
  for (const field of FIELDS) assert.deepEqual(problems("field", field), []);
  assert.deepEqual(problems("scene", scene), []);
  assert.deepEqual(problems("tour", tour), []);
  assert.deepEqual(problems("guess", guess), []);
});

test("the schema's own check can fail", () => {
  const { title, ...untitled } = maps;
  assert.deepEqual(problems("Maps", untitled), ["Maps.title is missing"]);
  assert.deepEqual(problems("Maps", { ...maps, chosen: "1" }).length, 1);
  assert.deepEqual(problems("Maps", { ...maps, titel: title }), ["Maps.titel isn't known"]);
  assert.deepEqual(problems("pair", { ...pair, key: [1] }), ["pair.key has 1 items"]);
  assert.deepEqual(problems("working", { state: "ready", step: "", done: 0, total: 0, before: 0, seconds: 0 }), ["working.state must be working, got ready"]);
});

test("what types.js says of a message is what the schema says", () => {
  const types = readFileSync(new URL("../../viz/page/js/types.js", import.meta.url), "utf8");
  for (const [name, type] of [["field", "Field"], ["boot", "Boot"], ["scene", "Scene"]]) {
    const [, block] = types.match(new RegExp(`@typedef \\{object\\} ${type}\\n([^]*?)\\*/`)) ?? [];
    const said = [...(block ?? "").matchAll(/@property \{.+\} \[?(\w+)/g)].map(([, property]) => property);
    assert.deepEqual(said.sort(), Object.keys(schema.$defs[name].properties).sort(), type);
  }
});
