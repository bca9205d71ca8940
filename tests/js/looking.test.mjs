import assert from "node:assert/strict";
import { test } from "node:test";
import { Refused } from "../../viz/page/js/model/ask.js";
import { makeCodec } from "../../viz/page/js/model/codec.js";
import { makeLooking } from "../../viz/page/js/model/looking.js";
import { makePhotoChoice } from "../../viz/page/js/model/photo.js";
import { makeState } from "../../viz/page/js/model/state.js";
import { boot, FIELDS, maps, pair, scene } from "./samples.mjs";

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

// A page without a browser: `answer(name, question)` is the server.
async function setUp(answer, search = {}) {
  const codec = makeCodec(FIELDS);
  const store = makeState({ ...codec.defaults });
  const asked = [];
  const links = [];
  const left = [];
  const usual = { open: ({ selection }) => ({ selection: parsed(selection), scene, problems: [] }), view: () => ({ panels: [maps], pair }), explain: () => ({ view: "heads" }), proof: () => ({ holds: true }), film: () => ({ blocks: ["a", "b", "c"], neck: [] }) };
  async function ask(name, question, { signal, onWorking } = {}) {
    asked.push([name, question.selection]);
    const given = await (answer?.(name, question, { onWorking }) ?? usual[name](question));
    signal?.throwIfAborted();
    return given;
  }
  function parsed(texts) {
    const patch = (text) => (text ? text.split(",").map(Number) : null);
    return { ...codec.defaults, ...texts, block: Number(texts.block ?? 11), query: patch(texts.query ?? "18,20"), key: patch(texts.key), against_query: patch(texts.against_query), size: Number(texts.size ?? 1024) };
  }
  const link = { write: (selection, how) => links.push([codec.write(selection, ""), how]), read: () => search };
  const looking = makeLooking({
    boot, codec, store, ask, link, clock: { wait: async () => {} }, leave: ({ selection }) => left.push(selection), loadImage: async () => ({ width: 1, height: 1 }),
    prepare: async (panels) => panels.map((panel) => ({ panel })),
  });
  looking.followLink();
  await settled();
  return { store, looking, asked, links, left, ask };
}

test("scene and first view come on screen together", async () => {
  const { store, asked } = await setUp();
  assert.equal(store.now.status, "ready");
  assert.equal(store.now.shown.panels[0].panel, maps);
  assert.deepEqual(asked.map(([name]) => name), ["open", "view", "explain", "proof", "film"]);
});

test("after a failed switch of example the whole selection is what is on screen, and the link says so", async () => {
  const { store, looking, links } = await setUp((name, { selection }) => {
    if (name === "open" && selection.image === "coffee") throw new Refused("no memory");
  });
  looking.change({ key: [2, 2] });
  looking.change({ against_query: [1, 1] });
  await settled();
  looking.change({ image: "coffee", query: [20, 34], key: null, against_query: null });
  await settled();
  const { image, query, key, against_query } = store.now.selection;
  assert.deepEqual([image, query, key, against_query], ["chelsea", [18, 20], [2, 2], [1, 1]]);
  assert.match(links.at(-1)[0], /image=chelsea.*query=18,20&key=2,2&against_query=1,1/);
  assert.deepEqual(store.now.message, { kind: "failure", text: "no memory" });
});

test("a link that can't be opened shows what anybody sees first, and says why", async () => {
  let first = true;
  const { store } = await setUp((name) => {
    if (name === "open" && first) {
      first = false;
      throw new Refused("upload this photo again");
    }
  }, { image: "upload-1" });
  assert.deepEqual([store.now.status, store.now.selection.image], ["ready", "chelsea"]);
  assert.deepEqual(store.now.message, { kind: "notice", text: "upload this photo again" });
});

test("what stands in for a link that can't be opened is in the link's language", async () => {
  const { asked } = await setUp((name, { selection }) => {
    if (name === "view" && selection.view === "regions") throw new Refused("区域数必须在 1..9 之内");
  }, { view: "regions", lang: "zh" });
  await settled();
  assert.deepEqual(asked.filter(([name]) => name === "open").at(-1)[1], { lang: "zh" });
});


test("where what anybody sees first can't be opened either, both reasons are said", async () => {
  const { store } = await setUp((name, { selection }) => {
    if (name === "open") throw new Refused(selection.image ? "this photo has 1 band" : "this photo has 3 bands");
  }, { image: "upload-1" });
  assert.deepEqual(store.now.message, { kind: "failure", text: "this photo has 1 band. this photo has 3 bands" });
});

test("what failed before is forgotten at the next success", async () => {
  const { store, looking } = await setUp((name, { selection }) => {
    if (name === "view" && selection.block === "3") throw new Refused("no such block");
  });
  looking.change({ block: 3 });
  await settled();
  assert.equal(store.now.message.kind, "failure");
  looking.change({ block: 4 });
  await settled();
  assert.equal(store.now.message, null);
});

test("an answer to an older wish is dropped, however late it comes", async () => {
  let release;
  const { store, looking } = await setUp((name, { selection }) => {
    if (name === "view" && selection.view === "reach") return new Promise((resolve) => { release = () => resolve({ panels: ["late"], pair }); });
  });
  looking.change({ view: "reach" });
  await settled();
  looking.change({ view: "photo" });
  await settled();
  release();
  await settled();
  assert.equal(store.now.shown.selection.view, "photo");
  assert.equal(store.now.shown.panels[0].panel, maps);
});

test("a hovered patch's maps are shown, and the pinned ones again when the pointer leaves", async () => {
  const { store, looking, asked } = await setUp();
  looking.hover([0, 1]);
  await settled();
  assert.equal(asked.at(-1)[1].query, "0,1");
  assert.notEqual(store.now.shown, store.now.pinned);
  looking.hover(null);
  assert.equal(store.now.shown, store.now.pinned);
});

test("how strongly maps cover the photo asks nothing of the server", async () => {
  const { looking, asked } = await setUp();
  const before = asked.length;
  looking.change({ overlay: 40 }, { quiet: true });
  await settled();
  assert.equal(asked.length, before);
});

test("the line of numbers follows the patches in every view, and the proof the block and the query", async () => {
  const { looking, asked } = await setUp();
  looking.change({ view: "photo" });
  await settled();
  for (const [fields, expected] of [[{ key: [2, 2] }, ["view"]], [{ query: [1, 1] }, ["view", "proof"]], [{ block: 3 }, ["view", "explain", "proof"]]]) {
    const before = asked.length;
    looking.change(fields);
    await settled();
    const names = asked.slice(before).map(([name]) => name);
    assert.deepEqual(expected.filter((name) => !names.includes(name)), [], JSON.stringify(fields));
  }
  const before = asked.length;
  looking.change({ terms: "c" }); // nothing in this view depends on it
  await settled();
  assert.equal(asked.length, before);
});

test("a channel of one view is none of another's", async () => {
  const { store, looking } = await setUp();
  looking.change({ channel: 7 });
  looking.change({ view: "photo" });
  assert.equal(store.now.selection.channel, null);
});

test("a trace that was put away is opened again, with what was wished", async () => {
  let gone = true;
  const { store, looking, asked } = await setUp((name, { selection }) => {
    if (name === "view" && selection.block === "3" && gone) { gone = false; return { state: "gone" }; }
  });
  looking.change({ block: 3 });
  await settled();
  assert.deepEqual(asked.slice(5).map(([name]) => name).filter((name) => !["explain", "proof", "film"].includes(name)), ["view", "open", "view"]);
  assert.deepEqual([store.now.selection.block, store.now.status, store.now.message], [3, "ready", null]);
});

test("of two photos chosen quickly the last one wins, though the first arrives later", async () => {
  const waiting = {};
  const ask = (name, file, { signal }) => new Promise((resolve, reject) => {
    waiting[file.name] = () => resolve({ image: file.name });
    signal.addEventListener("abort", () => reject(signal.reason));
  });
  const changes = [];
  const store = makeState({ size: 512 });
  const choice = makePhotoChoice({ boot, store, ask, change: (fields) => changes.push(fields) });
  choice.upload({ name: "first", size: 10 });
  choice.upload({ name: "last", size: 10 });
  waiting.last();
  await settled();
  waiting.first();
  await settled();
  assert.deepEqual(changes.map(({ image }) => image), ["last"]);
  choice.upload({ name: "third", size: 10 });
  choice.example("coffee");
  waiting.third();
  await settled();
  assert.deepEqual(changes.slice(1), [{ image: "coffee", query: [10, 17], key: null, against_query: null }]);
  assert.equal(store.now.message, null);
});

test("two files, or a link, get a sentence; a photo too large isn't sent", () => {
  const sent = [];
  const store = makeState({ size: 1024 });
  const choice = makePhotoChoice({ boot, store, ask: (name, file) => { sent.push(file); return new Promise(() => {}); }, change() {} });
  choice.take({ files: [{ size: 1 }, { size: 1 }], types: ["Files"] });
  assert.equal(store.now.message.text, "2 files");
  choice.take({ files: [], types: ["text/uri-list"] });
  assert.equal(store.now.message.text, "no link");
  choice.take({ files: [{ size: 41 * 2 ** 20 }], types: ["Files"] });
  assert.equal(store.now.message.text, "41 MB is too much");
  choice.take({ files: [{ size: 5 }], types: ["Files"] });
  assert.deepEqual(sent, [{ size: 5 }]);
});

test("a photo that isn't waited for any more is left, and the one on screen is not", async () => {
  let answer = () => {};
  const waiting = new Promise((resolve) => (answer = resolve));
  const { store, looking, left } = await setUp((name, { selection }) => (name === "open" && selection.image === "coffee" ? waiting : undefined));
  looking.leave();
  assert.deepEqual(left, []);
  looking.change({ image: "coffee" });
  looking.leave();
  assert.deepEqual(left.map(({ image }) => image), ["coffee"]);
  looking.change({ image: "rocket" });
  answer({});
  await settled();
  assert.deepEqual(left.map(({ image }) => image), ["coffee", "coffee"]);
  assert.equal(store.now.selection.image, "rocket");
});

test("a look that takes long tells how far it is, and one that was left behind tells no more", async () => {
  let go;
  const { store, looking } = await setUp((name, { selection }, { onWorking }) => {
    if (name !== "view" || selection.view !== "distance") return undefined;
    onWorking({ step: "block 3", done: 4, total: 12, before: 0, seconds: 1 });
    return new Promise((resolve) => (go = () => resolve({ panels: [maps], pair })));
  });
  looking.change({ view: "distance" });
  await settled();
  assert.deepEqual(store.now.looking, { step: "block 3", done: 4, total: 12, before: 0, seconds: 1 });
  const left = go;
  looking.change({ view: "heads" });
  await settled();
  assert.equal(store.now.looking, null);
  left();
  await settled();
  assert.equal(store.now.shown.selection.view, "heads");
  looking.change({ view: "distance" });
  await settled();
  go();
  await settled();
  assert.deepEqual([store.now.looking, store.now.shown.selection.view], [null, "distance"]);
});

test("two sides come on screen together, and their hover asks for both", async () => {
  const against = { selection: {}, panels: [maps], pair, pairs: [[0, 0]], differences: [null], summary: "alike" };
  const { store, looking, asked } = await setUp((name, { selection }) => {
    if (name === "open") return { selection: { ...store0(), ...selection, query: [18, 20] }, scene, problems: [], ...(selection.compare === "one" ? { against: { selection: {}, scene: { ...scene, depth: 3 } } } : {}) };
    if (name === "view" && selection.compare === "one") return { panels: [maps], pair, against };
  });
  looking.change({ compare: "one", against_image: "coffee" });
  await settled();
  assert.equal(store.now.otherScene.depth, 3);
  assert.equal(store.now.shown.against.panels[0].panel, maps);
  assert.deepEqual(store.now.shown.against.differences, [null]);
  const before = asked.length;
  looking.change({ against_block: 2 });
  await settled();
  assert.deepEqual(asked.slice(before).map(([name]) => name), ["view"]);
  looking.hover([1, 1], "against_query");
  await settled();
  assert.deepEqual([asked.at(-1)[0], asked.at(-1)[1].against_query, asked.at(-1)[1].query], ["view", "1,1", "18,20"]);
  looking.change({ compare: "off", against_image: null, against_block: null });
  await settled();
  assert.equal(store.now.otherScene, null);
});

const store0 = () => makeCodec(FIELDS).defaults;

test("where nothing is on screen yet and the first view takes long, the photo comes before it", async () => {
  let done = () => {};
  const { store } = await setUp((name, question, { onWorking }) => {
    if (name !== "view") return undefined;
    onWorking({ step: "block 0", done: 1, total: 4, before: 0, seconds: 2 });
    return new Promise((resolve) => (done = () => resolve({ panels: [maps], pair })));
  });
  assert.deepEqual([store.now.status, store.now.scene, store.now.photo, store.now.shown], ["working", scene, { width: 1, height: 1 }, null]);
  done();
  await settled();
  assert.deepEqual([store.now.status, store.now.looking], ["ready", null]);
  assert.equal(store.now.shown.panels[0].panel, maps);
});

test("a first view that takes long and then fails leads to what anybody sees first", async () => {
  let first = true;
  const { store } = await setUp((name, question, { onWorking }) => {
    if (name !== "view" || !first) return undefined;
    first = false;
    onWorking({ step: "block 0", done: 1, total: 4, before: 0, seconds: 2 });
    return settled().then(() => {
      throw new Refused("too much");
    });
  }, { view: "reach" });
  await settled();
  await settled();
  assert.deepEqual([store.now.status, store.now.selection.view, store.now.message.text], ["ready", "heads", "too much"]);
});
