import assert from "node:assert/strict";
import { test } from "node:test";
import { meaningInTour } from "../../viz/page/js/act/keys.js";
import { makeCodec } from "../../viz/page/js/model/codec.js";
import { makeState } from "../../viz/page/js/model/state.js";
import { makeTouring } from "../../viz/page/js/model/touring.js";
import { FIELDS, guess, scene, tour } from "./samples.mjs";

const settled = () => new Promise((resolve) => setTimeout(resolve, 2));

function setUp(selection = {}) {
  const codec = makeCodec(FIELDS);
  const first = { ...codec.defaults, query: [1, 1], ...selection };
  const store = makeState(first, { settled: first, scene: null });
  const asked = [];
  const ask = async (name, question) => {
    asked.push([name, question.selection]);
    return name === "tour" ? tour : { ...guess, stop: Number(question.selection.stop) };
  };
  const change = (fields) => {
    const after = { ...store.now.selection, ...fields };
    store.set({ selection: after });
    store.set({ settled: after });
  };
  const touring = makeTouring({ codec, store, ask, change });
  store.set({ scene });
  const at = () => [store.now.selection.stop, store.now.selection.view];
  return { store, touring, asked, change, at };
}

test("in, on, back and out again; it goes on where it was left", async () => {
  const { touring, at, store } = setUp();
  touring.toggle();
  await settled();
  assert.deepEqual(at(), [1, "photo"]);
  touring.step(-1);
  assert.deepEqual(at(), [1, "photo"]);
  touring.step(1);
  assert.deepEqual(at(), [2, "heads"]);
  touring.toggle();
  assert.deepEqual(at(), [0, "heads"]);
  assert.equal(store.now.left, 2);
  touring.toggle();
  assert.deepEqual(at(), [2, "heads"]);
});

test("the tour is asked for once in a scene, and anew in the next one", async () => {
  const { touring, asked, store } = setUp();
  touring.go(1);
  await settled();
  touring.go(3);
  assert.equal(asked.filter(([name]) => name === "tour").length, 1);
  store.set({ scene: { ...scene } });
  await settled();
  assert.equal(asked.filter(([name]) => name === "tour").length, 2);
});

test("a patch that a stop names is gone at the next; one that a person pins there stays", async () => {
  const { touring, store, change } = setUp();
  touring.go(1);
  await settled();
  touring.go(2);
  assert.deepEqual(store.now.selection.query, [2, 3]);
  touring.go(3);
  assert.deepEqual(store.now.selection.query, [1, 1]);
  change({ query: [0, 2], head: 4 });
  assert.equal(touring.away(), false); // this stop leaves the patch open
  touring.go(2);
  change({ head: 5 });
  touring.go(3);
  assert.deepEqual([store.now.selection.query, store.now.selection.head], [[0, 2], 5]);
});

test("one who looks around is away from the stop, and comes back to it", async () => {
  const { touring, at, change } = setUp();
  touring.go(2);
  await settled();
  assert.equal(touring.away(), false);
  change({ view: "reach", terms: "c" });
  assert.equal(touring.away(), true);
  touring.back();
  assert.deepEqual(at(), [2, "heads"]);
  assert.equal(touring.away(), false);
});

test("a question is asked for the patch that is looked at, and answered before the tour goes on", async () => {
  const { touring, store, asked, at, change } = setUp();
  touring.go(2);
  await settled();
  assert.equal(store.now.guess.question, "where?");
  assert.equal(store.now.guess.shown, false);
  touring.step(1);
  assert.deepEqual([store.now.guess.shown, at()[0]], [true, 2]);
  change({ query: [2, 2] });
  await settled();
  assert.equal(asked.at(-1)[1].query, "2,2");
  assert.equal(store.now.guess.shown, false); // another patch, another answer
  touring.choose(0);
  assert.deepEqual([store.now.guess.chosen, store.now.guess.shown], [0, true]);
  touring.step(1);
  assert.deepEqual([at(), store.now.guess], [[3, "reach"], null]);
});

test("a change of colours doesn't ask the question again", async () => {
  const { touring, asked, change } = setUp();
  touring.go(2);
  await settled();
  change({ scale: "log" });
  await settled();
  assert.equal(asked.filter(([name]) => name === "guess").length, 1);
});

test("a link to a stop has its words and its question", async () => {
  const { store } = setUp({ stop: 2, view: "heads", block: 0, query: [2, 3] });
  await settled();
  assert.equal(store.now.tour.stops.length, 3);
  assert.equal(store.now.guess.question, "where?");
});

test("space, page keys and a remote go on and back; typing and buttons keep the space bar", () => {
  const press = (key, more = {}) => meaningInTour({ key, target: { tagName: "BODY" }, ...more });
  assert.deepEqual([press(" "), press(" ", { shiftKey: true }), press("PageDown"), press("PageUp"), press("x")], [1, -1, 1, -1, null]);
  assert.equal(press(" ", { target: { tagName: "INPUT", type: "number" } }), null);
  assert.equal(press(" ", { ctrlKey: true }), null);
  assert.equal(press(" ", { target: { tagName: "BUTTON", matches: () => true } }), null);
  assert.equal(press("PageDown", { target: { tagName: "BUTTON", matches: () => true } }), 1);
});
