import assert from "node:assert/strict";
import { test } from "node:test";
import { backOff, makeAsk, newest, Refused } from "../../viz/page/js/model/ask.js";
import { Failure } from "../../viz/page/js/source/failure.js";

// Answers in turn; a Failure is thrown. Waits are noted, not waited for.
function setUp(answers) {
  const waits = [];
  const reported = [];
  const source = {
    asked: 0,
    async ask() {
      const answer = answers[Math.min(this.asked++, answers.length - 1)];
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const clock = { wait: async (ms, signal) => { waits.push(ms); signal?.throwIfAborted(); }, random: () => 1 };
  return { source, waits, reported, ask: makeAsk({ source, clock, report: (trouble) => reported.push(trouble?.kind ?? null) }) };
}
const cut = new Failure("unreachable", "cut");
const broken = new Failure("broken", "500");

test("with the connection cut it waits twice as long each time, says so, and goes on when it is back", async () => {
  const { ask, waits, reported } = setUp([cut, cut, cut, { panels: [] }]);
  assert.deepEqual(await ask("view", {}), { panels: [] });
  assert.deepEqual(waits, [500, 1000, 2000]);
  assert.deepEqual(reported, ["unreachable", "unreachable", "unreachable", null]);
});

test("two browsers never ask in step, and none waits longer than a quarter of a minute", () => {
  assert.ok(backOff(3, () => 0) < backOff(3, () => 1));
  assert.equal(backOff(30, () => 1), 15_000);
});

test("when the queue is full it waits its turn instead of asking at once", async () => {
  const { ask, waits, reported } = setUp([{ state: "busy", error: "16 wait" }, { state: "busy", error: "16 wait" }, { state: "ready" }]);
  await ask("open", {});
  assert.deepEqual(waits, [500, 1000]);
  assert.deepEqual(reported, ["busy", "busy", null]);
});

test("what the server refuses in a sentence isn't asked again", async () => {
  const { ask, source } = setUp([{ error: "no such photo" }]);
  await assert.rejects(ask("open", {}), (error) => error instanceof Refused && error.message === "no such photo");
  assert.equal(source.asked, 1);
});

test("a server that only answers nonsense is given up after a few tries", async () => {
  const { ask, source } = setUp([broken]);
  await assert.rejects(ask("view", {}), Refused);
  assert.equal(source.asked, 4);
});

test("what the page can't begin without is asked for however often the answer is nonsense", async () => {
  const answers = [...Array(9).fill(broken), { texts: {} }];
  const source = { ask: async () => { const answer = answers.shift(); if (answer instanceof Error) throw answer; return answer; } };
  const reported = [];
  const ask = makeAsk({ source, clock: { wait: async () => {} }, report: (trouble) => reported.push(trouble?.kind ?? null), tries: Infinity });
  assert.deepEqual(await ask("boot", {}), { texts: {} });
  assert.deepEqual(reported, [...Array(9).fill("broken"), null]);
});

test("a server that says nothing at all is told of after a while, until something comes; a file may take its time", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const reported = [];
  const waiting = [];
  const source = { ask: (name, question, signal, onArriving) => new Promise((resolve) => waiting.push({ resolve, onArriving })) };
  const ask = makeAsk({ source, clock: { wait: async () => {} }, report: (trouble) => reported.push(trouble?.kind ?? null) });
  for (const [name, kinds] of [["view", ["silent", null]], ["export", []]]) {
    const answer = ask(name, {});
    context.mock.timers.tick(7_000);
    assert.deepEqual(reported, []);
    context.mock.timers.tick(2_000);
    waiting.pop().resolve({ state: "ready" });
    await answer;
    assert.deepEqual(reported.splice(0), kinds);
  }
  const answer = ask("view", {});
  waiting[0].onArriving({ share: 0.1, kilobytes: 900 });
  context.mock.timers.tick(60_000);
  waiting[0].resolve({ state: "ready" });
  await answer;
  assert.deepEqual(reported, []);
});

test("work in progress is told, and asked about again", async () => {
  const { ask, waits } = setUp([{ state: "working", done: 1, before: 0 }, { state: "working", done: 2, before: 3 }, { state: "ready" }]);
  const done = [];
  assert.deepEqual(await ask("open", {}, { onWorking: (progress) => done.push(progress.done) }), { state: "ready" });
  assert.deepEqual([done, waits], [[1, 2], [500]]);
});

test("a trace that is gone is an answer", async () => {
  assert.deepEqual(await setUp([{ state: "gone" }]).ask("view", {}), { state: "gone" });
});

test("an error of our own isn't taken for the network's", async () => {
  await assert.rejects(setUp([new TypeError("ours")]).ask("view", {}), TypeError);
});

// A run that ends when it is told to.
function runs(follows) {
  const begun = [];
  const errors = [];
  const channel = newest((wish, signal) => new Promise((resolve, reject) => begun.push({ wish, signal, resolve, reject })), follows, (error) => errors.push(error));
  return { begun, errors, channel };
}
const settled = () => new Promise((resolve) => setTimeout(resolve));

test("a newer wish breaks off the one under way", () => {
  const { begun, channel } = runs();
  channel.wish(1);
  channel.wish(2);
  assert.deepEqual(begun.map(({ wish, signal }) => [wish, signal.aborted]), [[1, true], [2, false]]);
});

test("what wishes can be handed on by itself, as the export menu does", () => {
  const { begun, channel } = runs();
  const { wish, drop } = channel;
  wish(1);
  drop();
  wish(2);
  assert.deepEqual(begun.map(({ wish, signal }) => [wish, signal.aborted]), [[1, true], [2, false]]);
});

test("of wishes that follow each other closely only the newest waits for the one under way", async () => {
  const { begun, channel } = runs(() => true);
  for (const wish of [1, 2, 3, 4]) channel.wish(wish);
  assert.deepEqual(begun.map(({ wish }) => wish), [1]);
  begun[0].resolve();
  await settled();
  assert.deepEqual(begun.map(({ wish, signal }) => [wish, signal.aborted]), [[1, false], [4, false]]);
});

test("one that fails is told of and doesn't hold up the next; one that was broken off isn't told of", async () => {
  const { begun, errors, channel } = runs(() => true);
  channel.wish(1);
  channel.wish(2);
  begun[0].reject(new Error("lost"));
  await settled();
  channel.drop();
  begun[1].reject(new Error("broken off"));
  await settled();
  assert.deepEqual([begun.length, errors.map(({ message }) => message), channel.busy], [2, ["lost"], false]);
});
