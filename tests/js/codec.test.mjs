import assert from "node:assert/strict";
import { test } from "node:test";
import { makeCodec } from "../../viz/page/js/model/codec.js";
import { FIELDS } from "./samples.mjs";

const codec = makeCodec(FIELDS);
// Every field with a value that isn't its default.
const ALL = {
  image: "coffee", model: "vit_b", size: 512, view: "reach", block: 3, head: 4, query: [5, 7], key: [6, 8], against_query: [9, 1], compare: "own", against_image: "china", against_block: 2,
  heads: "one", scale: "log", overlay: 40, channel: 2, terms: "ch", stop: 3,
};

test("a link holds every field that differs, so nothing of a selection is lost on the way", () => {
  const search = codec.write(ALL, "");
  assert.deepEqual(codec.read(search), Object.fromEntries(Object.entries(ALL).map(([name, value]) => [name, String(value)])));
  assert.equal(Object.keys(ALL).length, FIELDS.length);
});

test("what a newcomer sees has a link of what depends on photo and model only", () => {
  assert.equal(codec.write(codec.defaults, ""), "?image=chelsea&block=11&query=18,20");
});

test("what the page doesn't know stays in the link, and an old value of its own doesn't", () => {
  const query = new URLSearchParams(codec.write({ ...codec.defaults, block: 2 }, "?__theme=dark&block=9&other=1,1"));
  assert.deepEqual([query.get("__theme"), query.get("block"), query.has("other")], ["dark", "2", false]);
});

test("an old link's name for a field still opens it", () => {
  assert.deepEqual(codec.read("?other=3,4&block=2"), { against_query: "3,4", block: "2" });
  assert.deepEqual(codec.read("?other=3,4&against_query=5,6"), { against_query: "5,6" });
});

test("names from a link that aren't fields are not taken", () => {
  assert.deepEqual(codec.read("?__proto__=1&constructor=2&block=4&nonsense=5"), { block: "4" });
});

test("the server gets every field as text, and absent ones not at all", () => {
  const texts = codec.texts({ ...codec.defaults, query: [1, 2] });
  assert.deepEqual([texts.query, texts.size, "key" in texts], ["1,2", "1024", false]);
  assert.equal(Object.keys(codec.texts(ALL)).length, FIELDS.length);
});

test("changed fields are found, patches by value", () => {
  assert.deepEqual(codec.changed(codec.defaults, { ...codec.defaults, query: [18, 20] }), []);
  assert.deepEqual(codec.changed(codec.defaults, { ...codec.defaults, query: [18, 21], key: [1, 1] }), ["query", "key"]);
});

test("before the server has judged, a link's choices are shown as they are and nonsense isn't", () => {
  assert.deepEqual(codec.values({ size: "512", model: "vit_b", block: "3", heads: "most" }), { size: 512, model: "vit_b" });
});
