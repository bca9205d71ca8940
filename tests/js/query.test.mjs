import assert from "node:assert/strict";
import { test } from "node:test";
import { allFields, changedFields, fromSearch, toSearch } from "../../viz/page/js/query.js";

const defaults = { image: "chelsea", model: "vit_tiny", size: 1024, view: "heads", block: 11, head: 0, query: [19, 21], key: null, scale: "linear" };

test("a selection and its link are the same thing", () => {
  const selection = { ...defaults, image: "coffee", block: 3, query: [5, 7], key: [6, 8], scale: "log" };
  const back = fromSearch(toSearch(selection, defaults, ""), defaults);
  assert.deepEqual(back, { image: "coffee", block: "3", query: "5,7", key: "6,8", scale: "log" });
});

test("what the page doesn't know stays in the link", () => {
  const search = toSearch({ ...defaults, block: 2 }, defaults, "?__theme=dark&block=9&key=1,1");
  const query = new URLSearchParams(search);
  assert.equal(query.get("__theme"), "dark");
  assert.equal(query.get("block"), "2");
  assert.equal(query.has("key"), false);
});

test("names from a link that aren't fields are not taken", () => {
  assert.deepEqual(fromSearch("?__proto__=1&constructor=2&block=4&nonsense=5", defaults), { block: "4" });
});

test("the server gets every field as text, and absent ones not at all", () => {
  const fields = allFields({ ...defaults, query: [1, 2] });
  assert.equal(fields.query, "1,2");
  assert.equal("key" in fields, false);
});

test("changed fields are found, patches by value", () => {
  assert.deepEqual(changedFields(defaults, { ...defaults, query: [19, 21] }), []);
  assert.deepEqual(changedFields(defaults, { ...defaults, query: [19, 22], key: [1, 1] }), ["query", "key"]);
});
