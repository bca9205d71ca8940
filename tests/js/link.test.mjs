import assert from "node:assert/strict";
import { test } from "node:test";
import { makeCodec } from "../../viz/page/js/model/codec.js";
import { makeLink } from "../../viz/page/js/model/link.js";
import { FIELDS } from "./samples.mjs";

function setUp() {
  const location = { pathname: "/sub/", search: "", hash: "" };
  const entries = [{ state: null, url: "" }];
  let time = 0;
  const history = {
    get state() { return entries.at(-1).state; },
    pushState(state, _, url) { entries.push({ state, url }); location.search = url.slice(url.indexOf("?")); },
    replaceState(state, _, url) { entries[entries.length - 1] = { state, url }; location.search = url.slice(url.indexOf("?")); },
    back() { entries.pop(); },
  };
  const codec = makeCodec(FIELDS);
  const link = makeLink(codec, { history, location, now: () => time });
  return { link, codec, entries, location, later: (ms) => (time += ms) };
}

test("a run of arrow presses is one step back", () => {
  const { link, codec, entries, later } = setUp();
  for (const col of [21, 22, 23]) {
    link.write({ ...codec.defaults, query: [18, col] }, { name: "query" });
    later(200);
  }
  later(5000);
  link.write({ ...codec.defaults, query: [18, 24] }, { name: "query" });
  assert.deepEqual(entries.slice(1).map(({ url }) => url.match(/query=18,(\d+)/)[1]), ["23", "24"]);
});

test("what is changed in turn is a step back each, however quickly", () => {
  const { link, codec, entries } = setUp();
  link.write({ ...codec.defaults, query: [18, 21] }, { name: "query" });
  link.write({ ...codec.defaults, query: [18, 21], key: [2, 2] }, { name: "key" });
  link.write({ ...codec.defaults, query: [18, 21], key: [2, 2], head: 3 });
  link.write({ ...codec.defaults, query: [18, 21], key: [2, 2], head: 4 });
  assert.equal(entries.length, 1 + 4);
});

test("going back by key never leaves the page", () => {
  const { link, codec, entries } = setUp();
  link.undo();
  assert.equal(entries.length, 1);
  link.write({ ...codec.defaults, block: 2 });
  link.undo();
  link.undo();
  assert.equal(entries.length, 1);
});

test("a setting of the page stays in the link while the selection changes", () => {
  const { link, codec, location } = setUp();
  link.flag("present", "1");
  link.write({ ...codec.defaults, block: 2 });
  assert.match(location.search, /present=1/);
  link.flag("present", null);
  assert.doesNotMatch(location.search, /present/);
  assert.match(location.search, /block=2.*query=18,20/);
});
