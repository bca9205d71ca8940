import assert from "node:assert/strict";
import { test } from "node:test";
import { makePhoto } from "../../viz/page/js/draw/photo.js";
import { PICTURE } from "../../viz/page/js/draw/picture.js";
import { makeStrip } from "../../viz/page/js/draw/strip.js";
import { texts } from "./page.mjs";
import { boot, panels, scene } from "./samples.mjs";

// A photo of 10 × 20 patches that end in the middle of the last row.
const here = { ...scene, grid: [20, 20], photoGrid: [10, 20], photoSpan: [9.5, 20] };
const look = { scene: here, roles: { windowed: "teal", global: "purple", query: "blue" }, marks: [], under: {}, overlay: 1, type: 14, measure: () => 0, toFirst: ([row, col]) => [row + 1, col] };
const view = { image: { width: 200, height: 95 }, box: { width: 400, height: 400 }, map: null, told: null, query: [2, 3], hover: null, zoom: 1, layers: { grid: false, windows: true, map: true }, window: null, span: null };

function shown(more) {
  const done = [];
  const photo = makePhoto(texts, { hover: (patch) => done.push(["hover", patch]), pin: (kind, patch) => done.push([kind, patch]), tell() {} });
  photo.draw(look, { ...view, ...more });
  return { canvas: photo.canvas, drawn: photo.canvas.drawn, done };
}

test("a click pins, with shift the key, with alt the second query; the right button pins the key", () => {
  const { canvas, done } = shown();
  const at = { offsetX: 20 * 7 + 10, offsetY: 20 * 4 + 10 };
  for (const held of [{}, { shiftKey: true }, { altKey: true }]) canvas.fire("click", { ...at, ...held });
  canvas.fire("contextmenu", at);
  canvas.fire("contextmenu", { offsetX: 10, offsetY: 200 }); // below the photo
  assert.deepEqual(done, [[null, [4, 7]], ["key", [4, 7]], ["against_query", [4, 7]], ["key", [4, 7]]]);
});

test("windows are drawn where they lie, and what the query sees is framed, both in the colour of the block's kind", () => {
  const { drawn } = shown({ window: 4, span: [4, 8, 4, 4] });
  const moved = drawn.filter(({ name }) => name === "moveTo");
  assert.ok(moved.length && moved.every(({ colour }) => colour === "teal"));
  const [across, down] = [0, 1].map((axis) => moved.map(({ given }) => given).filter((place) => place[1 - axis] === 0).map((place) => Math.floor(place[axis])));
  assert.deepEqual([across, down], [[0, 80, 160, 240, 320, 400], [0, 80, 160]]);
  const frame = drawn.filter(({ name }) => name === "strokeRect").at(-1);
  assert.deepEqual([frame.colour, ...frame.given], ["teal", 160, 80, 80, 80]);
  const all = shown({ window: null, span: [0, 0, 20, 20] }).drawn;
  assert.equal(all.filter(({ name }) => name === "strokeRect").at(-1).colour, "purple");
  assert.ok(!all.some(({ name }) => name === "moveTo"));
});

test("a click on a picture of the patch grid pins its patch, on A's grid", () => {
  const picked = [];
  const picture = PICTURE.create({ pick: (fields) => picked.push(fields) });
  const panel = { ...panels.find(({ kind }) => kind === "Picture"), onGrid: true, title: "t", note: "" };
  const box = { width: 200, height: 1000 };
  picture.update({ panel, image: {} }, box, look);
  const [, canvas] = picture.element.children.slice(1);
  canvas.fire("click", { offsetX: 10 * 7 + 5, offsetY: 10 * 4 + 5 });
  assert.deepEqual(picked, [{ query: [5, 7] }]);
});

test("in the strip each block has the colour of its kind, and a step the shape that it has in such a block", () => {
  const more = ["blocks", "neck.0"].map((id) => ({ ...boot.nodes[0], id, stage: "softmax" }));
  const strip = makeStrip({ ...boot, texts, nodes: [...boot.nodes, ...more] }, { node() {}, block() {} });
  const shapes = { "softmax.windowed": "6·196²", "softmax.global": "6·4096²" };
  const buttons = (element) => [...(element.dataset?.block === undefined ? [] : [element]), ...(element.children ?? []).flatMap(buttons)];
  const words = (element) => [element.textContent ?? "", ...(element.children ?? []).flatMap(words)].join(" ");
  for (const [block, kind, own, other] of [[1, "windowed", "6·196²", "6·4096²"], [2, "global", "6·4096²", "6·196²"]]) {
    strip.show({ ...here, shapes }, { block, compare: "off" }, { stage: "softmax", view: "heads", title: "", node: "" });
    assert.deepEqual(buttons(strip.element).map(({ dataset }) => dataset.kind), ["windowed", "windowed", "global"]);
    assert.deepEqual(buttons(strip.element).map(({ names }) => names.has("sx-lit")), [0, 1, 2].map((index) => index === block));
    assert.equal(strip.element.dataset.kind, kind);
    assert.ok(words(strip.element).includes(own) && !words(strip.element).includes(other));
  }
});
