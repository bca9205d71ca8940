import assert from "node:assert/strict";
import { test } from "node:test";
import { makeStore } from "../../viz/page/js/model/store.js";

test("who listens hears of each change, with what was before", () => {
  const store = makeStore({ a: 1, b: 2 });
  const heard = [];
  store.subscribe((now, before) => heard.push([now.a, before.a, now.b]));
  store.set({ a: 3 });
  store.set({ a: 3 });
  assert.deepEqual(heard, [[3, 1, 2]]);
});

test("a change made while listening is told after the one it answers, to all in order", () => {
  const store = makeStore({ a: 0, b: 0 });
  const heard = [];
  store.subscribe(({ a, b }) => a > b && store.set({ b: a }));
  store.subscribe(({ a, b }) => heard.push([a, b]));
  store.set({ a: 1 });
  assert.deepEqual(heard, [[1, 0], [1, 1]]);
});
