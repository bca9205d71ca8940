import assert from "node:assert/strict";
import { test } from "node:test";
import { makeCodec } from "../../viz/page/js/model/codec.js";
import { keepTogether } from "../../viz/page/js/model/presenter.js";
import { makeState } from "../../viz/page/js/model/state.js";
import { FIELDS, guess } from "./samples.mjs";

const codec = makeCodec(FIELDS);

// Two windows whose channel is a pair of functions; `said` counts the messages.
function windows() {
  const said = [];
  const channels = [0, 1].map(() => ({ onmessage: null, postMessage: null }));
  channels.forEach((channel, index) => (channel.postMessage = (data) => (said.push(data), channels[1 - index].onmessage?.({ data }))));
  const stores = channels.map((channel, index) => {
    const first = { ...codec.defaults, block: index };
    const store = makeState(first, { settled: first });
    const change = (fields) => {
      const after = { ...store.now.selection, ...fields };
      store.set({ selection: after, settled: after });
    };
    keepTogether({ codec, store, change }, channel);
    return { store, change };
  });
  return { stores, said };
}

test("a window that joins shows what the other does, and each follows the other without an echo", () => {
  const { stores: [one, two], said } = windows();
  assert.equal(two.store.now.selection.block, 0);
  const before = said.length;
  two.change({ block: 5, query: [1, 2] });
  assert.deepEqual([one.store.now.selection.block, one.store.now.selection.query], [5, [1, 2]]);
  one.change({ view: "reach" });
  assert.equal(two.store.now.selection.view, "reach");
  assert.equal(said.length - before, 2);
});

test("an answer that one window shows is shown in the other", () => {
  const { stores: [one, two] } = windows();
  for (const { store } of [one, two]) store.set({ guess: { ...guess, chosen: null, shown: false } });
  two.store.set({ guess: { ...guess, chosen: 1, shown: true } });
  assert.deepEqual([one.store.now.guess.chosen, one.store.now.guess.shown], [1, true]);
});
