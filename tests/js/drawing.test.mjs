import assert from "node:assert/strict";
import { test } from "node:test";
import { dotAt, dotOf, extent, ringed, ticks } from "../../viz/page/js/draw/curves.js";
import { flowRows } from "../../viz/page/js/draw/frame.js";
import { legendHeight, scalesShown } from "../../viz/page/js/draw/legend.js";
import { mapTip, strongest, valueText } from "../../viz/page/js/draw/map_words.js";
import { leastWritten, matrixSize } from "../../viz/page/js/draw/matrix.js";
import { sumText } from "../../viz/page/js/draw/pair.js";
import { mapForPhoto } from "../../viz/page/js/draw/panels.js";
import { shareWidth } from "../../viz/page/js/draw/tables.js";
import { fill, percent, signedText, tickText, written } from "../../viz/page/js/draw/text.js";
import { boot, maps, pair, scale, signedScale } from "./samples.mjs";

const map = { values: Float32Array.from([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]), rows: 2, cols: 3, scale, label: "head 3", note: "" };

test("a map's value is the one at row and column, not at column and row", () => {
  assert.equal(valueText(map, [1, 0]), "40.0 %");
  assert.equal(valueText(map, [0, 1]), "20.0 %");
  assert.equal(valueText({ ...map, values: Float32Array.from([NaN]) }, [0, 0]), "–");
  assert.equal(valueText({ ...map, scale: { ...scale, kind: "categorical", categories: ["a", "b"] }, values: Float32Array.from([1]) }, [0, 0]), "b");
});

test("a tip says whose weight on what; a value that is no weight has no query", () => {
  assert.equal(mapTip(map, [1, 0], [5, 7], boot.texts), "patch (5, 7) → (1, 0), head 3: 40.0 %");
  assert.equal(mapTip({ ...map, scale: signedScale }, [1, 0], [5, 7], boot.texts), "(1, 0), head 3: 0.400");
  assert.equal(mapTip(map, [1, 0], null, boot.texts), "(1, 0), head 3: 40.0 %");
});

test("a map's strongest patch is sought where the photo is, and NaN is never strongest", () => {
  assert.deepEqual(strongest(map, [2, 3]), [1, 2]);
  assert.deepEqual(strongest(map, [1, 3]), [0, 2]);
  assert.deepEqual(strongest(map, [2, 1]), [1, 0]);
  assert.equal(strongest({ ...map, values: Float32Array.from([NaN, NaN]) }, [2, 3]), null);
});

test("the sum names each term with its own value", () => {
  assert.equal(sumText(pair, boot.texts), "content 4.12 − 0.310 rel_h + 0.870 rel_w = 4.68 →");
});

test("the big photo carries the chosen map of the first panel over the photo", () => {
  const [first, second] = [{ label: "head 0" }, { label: "head 1" }];
  const alone = { panel: { ...maps, overPhoto: false }, maps: [{ label: "no" }] };
  assert.equal(mapForPhoto([alone, { panel: maps, maps: [first, second] }]), second);
  assert.equal(mapForPhoto([{ panel: { ...maps, chosen: null }, maps: [first, second] }]), first);
  assert.equal(mapForPhoto([alone]), null);
});

test("each scale has one legend; many scales have the chosen map's", () => {
  assert.deepEqual(scalesShown({ ...maps, scales: [scale] }), [{ scale, names: "" }]);
  const two = scalesShown(maps);
  assert.deepEqual(two.map(({ names }) => names), ["head 0", "head 1"]);
  const units = scalesShown({ ...maps, scales: [scale, signedScale] });
  assert.deepEqual(units.map(({ names }) => names), ["", ""]);
  const many = [1, 2, 3, 4, 5].map((high) => ({ ...scale, high }));
  assert.deepEqual(scalesShown({ ...maps, scales: many, labels: ["a", "b", "c", "d", "e"], chosen: 3 }), [{ scale: many[3], names: "d" }]);
});

test("a legend is as high as its lines: one where name, colours and words fit beside each other", () => {
  const look = { type: 10, measure: (text) => 5 * text.length };
  const [one, two] = [400, 250].map((width) => legendHeight({ ...scale, note: "own scale" }, "head 0", width, look));
  assert.equal(two - one, 16);
});

test("ticks are round, inside the range and about as many as asked", () => {
  assert.deepEqual(ticks(0, 63, 8), [0, 10, 20, 30, 40, 50, 60]);
  assert.deepEqual(ticks(-1, 1, 4), [-1, -0.5, 0, 0.5, 1]);
  assert.deepEqual(ticks(2, 2, 4), [2]);
  assert.deepEqual(ticks(-1.74, 1.16, 2), [-1, 0, 1], "not 0 alone: one number is no scale");
});

test("a curve's extent leaves gaps out and is never empty", () => {
  assert.deepEqual(extent([{ x: [0, 1, 2], y: [null, 1, 3] }], "y"), [1, 3]);
  assert.deepEqual(extent([{ x: [0, 1, 2], y: [null, 1, 3] }], "x"), [1, 2]);
  assert.deepEqual(extent([{ x: [0, 1], y: [2, 2] }], "y"), [1.5, 2.5]);
  assert.deepEqual(extent([{ x: [], y: [] }], "y"), [0, 1]);
});

test("numbers in a matrix's cells never run into each other", () => {
  const look = { type: 14, measure: (text) => 8 * text.length };
  assert.equal(leastWritten(Float32Array.from([1, 12]), look), 2.7 * 14);
  assert.ok(leastWritten(Float32Array.from([1, 0.978]), look) > 8 * "0.978".length + 6);
});

test("a matrix stays in its room: square cells, numbers large enough, no threads", () => {
  assert.deepEqual(matrixSize(27, 24, { width: 330, height: 1000 }, 14, false), { width: 330, height: 371 });
  assert.deepEqual(matrixSize(127, 24, { width: 330, height: 420 }, 14, false), { width: 168, height: 420 });
  assert.deepEqual(matrixSize(3, 3, { width: 330, height: 400 }, 14, true), { width: 142, height: 142 });
});

test("things that don't fit beside each other begin a new row", () => {
  assert.equal(flowRows([50, 50], 110, 10), 1);
  assert.equal(flowRows([50, 50], 109, 10), 2);
  assert.equal(flowRows([250], 100, 10), 3);
  assert.equal(flowRows([], 100, 10), 0);
});

test("of a table's columns the widest give way first", () => {
  assert.deepEqual(shareWidth([50, 60], 200), [50, 60]);
  assert.deepEqual(shareWidth([50, 300, 100], 300).map(Math.round), [50, 150, 100]);
  assert.deepEqual(shareWidth([50, 300, 250], 300, [50, 60, 160]).map(Math.round), [50, 90, 160]);
  assert.deepEqual(shareWidth([300, 300], 300, [200, 200]).map(Math.round), [150, 150]);
  assert.deepEqual(shareWidth([300, 300], 300, [200, 200], true), [200, 200]);
});

test("places in a text are filled, unknown ones stay", () => {
  assert.equal(fill("block {block} of {depth}", { block: 3 }), "block 3 of {depth}");
});

test("numbers are written with the digits that matter", () => {
  const table = [[0, "0"], [4.1234, "4.12"], [-0.31234, "−0.312"], [12, "12"], [16777216, "16\u202f777\u202f216"], [0.00002, "2.0e−5"], [123456.7, "1.2e5"], [NaN, "–"], [null, "–"]];
  for (const [value, text] of table) assert.equal(written(value), text);
  assert.equal(signedText(-0.31), "− 0.310");
  assert.equal(signedText(0.87), "+ 0.870");
  assert.equal(tickText(-0.5), "−0.5");
});

test("shares are written in percent, and the smallest are not written as zero", () => {
  const table = [[0.0193, "1.93 %"], [0.25, "25.0 %"], [0.00001, "< 0.01 %"], [0, "0.00 %"], [-0.0043, "−0.43 %"]];
  for (const [share, text] of table) assert.equal(percent(share), text);
});

test("a dot knows its patch, and a patch its dot", () => {
  const place = { atX: (x) => 10 * x, atY: (y) => 100 - 10 * y, type: 12 };
  const panel = { curves: [{ label: "keys", x: [0, 1, 2, 3, null, 5], y: [0, 1, 2, 3, 4, 5], patches: [2, 3, 2, 0, 0] }, { label: "one", x: [9], y: [9], patches: [] }] };
  assert.deepEqual(dotAt(panel, [31, 72], place), { label: "keys", patch: [2, 0] });
  assert.equal(dotAt(panel, [31, 95], place), null);
  assert.equal(dotAt(panel, [90, 10], place), null);
  assert.deepEqual([[0, 4], [2, 0], [1, 0], [4, 0], [0, 6]].map((patch) => dotOf([2, 3, 2, 0, 0], patch)), [2, 3, -1, -1, -1]);
  assert.deepEqual([[5, 7], [6, 7], [4, 7]].map((patch) => dotOf([1, 1, 1, 5, 7], patch)), [0, -1, -1]);
});

test("a patch that has no dot of its own rings those of the nearest one that has", () => {
  const thinned = { label: "keys", x: [], y: [], colour: "", colours: [], square: false, patches: [2, 3, 2, 0, 0] };
  const pinned = { ...thinned, patches: [1, 1, 1, 3, 3] };
  assert.deepEqual([[2, 4], [3, 3], [1, 3], [9, 9]].map((patch) => ringed({ curves: [thinned, pinned] }, patch)), [[2, 4], [3, 3], [2, 4], [2, 4]]);
  assert.deepEqual(ringed({ curves: [thinned] }, [3, 1]), [2, 2]);
});
