import assert from "node:assert/strict";
import { test } from "node:test";
import { firstPanels, formOf, pack, pagesOf, photoShare, stacked, typeOf } from "../../viz/page/js/draw/layout.js";
import { mapsPlan } from "../../viz/page/js/draw/maps.js";
import { TABLE } from "../../viz/page/js/draw/tables.js";
import { scale } from "./samples.mjs";

// A panel of an aspect that can be read from a width on, and one that takes all it gets.
const still = (aspect, least = 100) => ({ width, height }) => {
  const across = Math.min(width, height * aspect);
  return { width: across, height: across / aspect, ok: across >= least, area: (across * across) / aspect };
};
const flexible = ({ width, height }) => ({ width, height, ok: width > 150 && height > 100, area: width * height });
const box = { width: 700, height: 400 };

function overlap(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

for (const [name, fits] of Object.entries({ two: [still(1.5), still(1.5)], mixed: [still(1.5), flexible, still(0.5)], four: [still(1), still(2), flexible, still(3)] })) {
  test(`panels on a page lie inside it and don't overlap: ${name}`, () => {
    const { places, ok } = pack(fits, 0, fits.length, box);
    assert.ok(ok);
    assert.deepEqual(places.map(({ index }) => index), fits.map((_, index) => index));
    for (const one of places) {
      assert.ok(one.x >= 0 && one.y >= 0 && one.x + one.width <= box.width + 1 && one.y + one.height <= box.height + 1);
      for (const other of places) if (one !== other) assert.ok(!overlap(one, other));
    }
  });
}

test("what can't be read beside the hero comes on a page of its own, and none is lost", () => {
  const pages = pagesOf([still(1.7, 600), still(1.7, 600), still(1.5), still(1.5)], box);
  assert.deepEqual(pages.map((places) => places.map(({ index }) => index)), [[0], [1], [2, 3]]);
});

const kin = (/** @type {number[]} */ ...alike) => (/** @type {number} */ index) => (alike.includes(index) ? "shape" : "nothing");

test("tables that are alike are as large as each other, and what comes before them has its own size", () => {
  const curves = ({ width, height }) => ({ width, height, ok: width > 238 && height > 200, area: width * (height - 60) });
  const table = ({ width, height }) => ({ width: Math.min(width, 160), height, ok: width > 150 && height > 160, area: Math.min(width, 160) * (height - 100) });
  const areas = (/** @type {number[]} */ ...alike) => pagesOf([still(1, 250), curves, table, table], { width: 700, height: 600 }, () => [], kin(...alike))[0].slice(2).map((place) => table(place).area);
  const [one, other] = areas();
  assert.ok(Math.max(one, other) > 2 * Math.min(one, other), "alone each would be as large as it can");
  assert.equal(...areas(3));
});

test("four pictures that are alike stand in two full rows, close together, and keep together", () => {
  const picture = still(1, 100);
  const [places] = pagesOf([picture, picture, picture, picture, flexible], { width: 900, height: 500 }, () => [], kin(1, 2, 3));
  assert.deepEqual(places.map(({ index }) => index), [0, 1, 2, 3]);
  const side = 243;
  assert.deepEqual(places.map((place) => picture(place).width), Array(4).fill(side));
  assert.deepEqual(places.map(({ x, y }) => [Math.floor(x / side), Math.floor(y / side)]), [[0, 0], [1, 0], [0, 1], [1, 1]]);
  assert.ok(places[1].x - side < 20);
});

test("pictures that would be too small together come on pages of their own", () => {
  const pages = pagesOf([still(1, 400), still(1, 400)], { width: 700, height: 420 }, () => [], kin(1));
  assert.deepEqual(pages.map((places) => places.length), [1, 1]);
});

test("the hero isn't made small for others", () => {
  const pages = pagesOf([still(1.75, 100), still(0.3, 300)], box);
  assert.deepEqual(pages.map((places) => places.length), [1, 1]);
});

test("a panel that fits nowhere is shown all the same", () => {
  assert.deepEqual(pagesOf([still(1, 5000)], box).map((places) => places.length), [1]);
});

const shared = { room: { width: 1256, height: 500 }, aspect: 1.5, tools: { width: 0, height: 80 }, bar: 70, across: true, worth: 1 };

test("the photo takes less where the view needs the room, and where it matters less", () => {
  const narrow = photoShare({ ...shared, view: still(0.5) }).share;
  const wide = photoShare({ ...shared, view: flexible }).share;
  assert.ok(wide < narrow);
  assert.ok(photoShare({ ...shared, view: flexible, worth: 0.3 }).share <= wide);
});

test("a high photo is larger with its tools beside it, a wide one with its tools below", () => {
  const scoreOf = (aspect, tools) => photoShare({ ...shared, aspect, tools, view: still(aspect < 1 ? 1 : 1.8) }).score;
  const beside = { width: 160, height: 0 };
  assert.ok(scoreOf(0.6, beside) > scoreOf(0.6, { width: 0, height: 160 }));
  assert.ok(scoreOf(3, beside) < scoreOf(3, { width: 0, height: 160 }));
});

test("what a view fills are its first panels, and all others must fit as well", () => {
  const { area, ok } = firstPanels([still(1.5), still(1.5)], box);
  assert.ok(ok && area > still(1.5)({ width: 343, height: 400 }).area);
  assert.ok(!firstPanels([still(1.7, 600), still(1, 450)], box).ok);
});

const scene = { photoSpan: [64, 64], photoGrid: [64, 64], grid: [64, 64], heads: 6 };
const look = { type: 14, scene, measure: (text) => 7.5 * text.length };
const sixMaps = (notes = "") => ({
  title: "Where the pinned patch looks", shape: [6, 64, 64], overPhoto: true, picks: "head", chosen: 0, rows: [], cols: [], sight: null, whole: [], titled: false,
  labels: [0, 1, 2, 3, 4, 5].map((head) => `head ${head}`), notes: Array(6).fill(notes),
  scales: [1, 2, 3, 4, 5, 6].map((high) => ({ ...scale, high: high / 100, note: "each map has its own scale" })),
});

test("on a projector six square maps stand in two rows, with their legend beside them", () => {
  const { columns, cell, around } = mapsPlan(sixMaps(), { width: 880, height: 400 }, look);
  assert.equal(columns, 3);
  assert.ok(cell > 155 && around.width > 0);
  assert.equal(mapsPlan(sixMaps(), { width: 520, height: 400 }, look).around.width, 0);
});

test("notes stay away where they would take much from the maps", () => {
  const note = "0.28 % to image padding";
  assert.ok(mapsPlan(sixMaps(note), { width: 1200, height: 750 }, look).shown.notes);
  assert.ok(!mapsPlan(sixMaps(note), { width: 520, height: 320 }, look).shown.notes);
});

test("on a screen that scrolls panels follow each other", () => {
  const places = stacked([still(1), still(2)], 300, 500);
  assert.deepEqual(places.map(({ y, height }) => [y, height]), [[0, 301], [315, 151]]);
});

test("each window has its form, and letters grow with it while presenting", () => {
  const forms = [[1280, 720, "wide"], [1024, 640, "wide"], [1920, 1080, "wide"], [820, 1180, "tall"], [390, 844, "phone"], [844, 390, "side"]];
  for (const [width, height, form] of forms) assert.equal(formOf({ width, height }), form);
  assert.deepEqual([720, 1080].map((height) => typeOf({ width: 1.78 * height, height }, true)), [16, 24]);
  for (const [width, height] of forms) assert.ok(typeOf({ width, height }, false) >= 14);
});

test("panels of several pages are shared out evenly, however many the first page could hold", () => {
  const small = still(1, 150);
  const pages = pagesOf([still(1, 250), small, small, small, small, small], box);
  assert.deepEqual(pages.map((places) => places.length), [3, 3]);
  const oneKind = pagesOf([still(1, 250), small, small, small, small, small], box, () => [], (index) => (index < 4 ? "kind" : "nothing"));
  assert.deepEqual(oneKind.map((places) => places.length), [4, 2], "but panels of one kind stay together");
});

test("a panel that fits few shares of the box is never lost when pages are evened out", () => {
  const alone = (/** @type {{width: number, height: number}} */ size) => size.width === box.width && size.height === box.height;
  const hero = (size) => ({ ...size, ok: alone(size) || Math.abs(size.width - 0.35 * 686) < 1, area: Math.min(size.width, 240) * size.height });
  const pages = pagesOf([hero, flexible, flexible, flexible, flexible], box);
  assert.deepEqual(pages.map((places) => places.map(({ index }) => index)), [[0, 1, 2], [3, 4]]);
});

const words = { kind: "Table", title: "table", columns: ["name", "deviation"], marked: [], rows: Array.from({ length: 9 }, (_, row) => [`row ${row}`, "windowed"]) };

test("a table whose words would break can't be read; one that is too high can, in parts about as long", () => {
  const fit = (width, height) => TABLE.fit({ panel: words }, { width, height }, look);
  assert.deepEqual([fit(280, 400), fit(280, 200)].map(({ ok, parted }) => [ok, parted]), [[true, false], [false, true]]);
  assert.deepEqual([fit(120, 900)].map(({ ok, parted }) => [ok, parted]), [[false, false]]);
  assert.deepEqual(TABLE.parts({ panel: words }, { width: 280, height: 250 }, look), [[0, 5], [5, 9]]);
});

test("maps that are cut to a window are drawn in its form, whatever the photo's", () => {
  const cut = { ...sixMaps(), sight: { row: 14, col: 28, rows: 14, cols: 14, words: "a window" } };
  const wide = { ...look, scene: { ...scene, photoSpan: [32, 64] } };
  const { size, sight } = mapsPlan(cut, { width: 880, height: 400 }, wide);
  assert.deepEqual([size.width, sight.row, sight.col], [size.height, 14, 28]);
});
