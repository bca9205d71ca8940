import assert from "node:assert/strict";
import { test } from "node:test";
import { askedAhead } from "../../viz/page/js/source/ahead.js";

const LINK = { selection: { block: "3" } };

function source(answer = async (name, question) => ({ state: "ready", name, question })) {
  const asked = [];
  return { asked, ask: (name, question, signal) => { asked.push([name, question]); return answer(name, question, signal); }, boot: () => "boot" };
}
const names = ({ asked }) => asked.map(([name]) => name);

test("the first look is asked for once, ahead, and later ones anew", async () => {
  const plain = source();
  const ahead = askedAhead(plain, LINK.selection);
  assert.deepEqual(plain.asked, [["open", LINK], ["view", LINK]]);
  for (const name of ["open", "view"]) assert.deepEqual((await ahead.ask(name, { selection: {} })).question, LINK);
  await ahead.ask("view", {});
  await ahead.ask("open", {});
  assert.deepEqual(names(plain), ["open", "view", "view", "open"]);
  assert.equal(ahead.boot(), "boot");
});

test("a view that could not be had yet is asked for again", async () => {
  let state = "gone";
  const plain = source(async (name) => ({ state: name === "view" ? state : "ready" }));
  const ahead = askedAhead(plain, {});
  await ahead.ask("open", {});
  state = "ready";
  assert.deepEqual(await ahead.ask("view", {}), { state: "ready" });
  assert.deepEqual(names(plain), ["open", "view", "view"]);
});

test("a view of the link isn't shown for what was opened after it", async () => {
  const plain = source();
  const ahead = askedAhead(plain, LINK.selection);
  await ahead.ask("open", LINK);
  await ahead.ask("open", { selection: { block: "5" } });
  assert.deepEqual((await ahead.ask("view", { selection: { block: "5" } })).question, { selection: { block: "5" } });
});

test("a first look that fails or is broken off is told to whoever waits for it", async () => {
  const failing = askedAhead(source(async () => { throw new Error("cut"); }), {});
  await assert.rejects(failing.ask("open", {}), /cut/);
  const left = new AbortController();
  left.abort(new Error("left"));
  await assert.rejects(askedAhead(source(), {}).ask("open", {}, left.signal), /left/);
});
