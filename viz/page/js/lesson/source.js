// Panels from a lesson: a file that holds the tokens of some blocks. It answers what the server answers.

import { decodeFloats } from "../draw/decode.js";
import { fill, percent } from "../draw/text.js";
import { attentionRow } from "./rows.js";

/** @typedef {import("../types.js").Patch} Patch */
/** @typedef {import("./rows.js").Block} Block */
/** @typedef {import("./rows.js").Row} Row */
/** What a lesson's file holds, but for the tokens. @typedef {{boot: any, scene: any, selection: any, lang: string, layers: Record<string, any>, stored: Record<string, {fields: Record<string, any>, panels: any[]}[]>, template: any, explained: Record<string, any>, tour?: any, guesses?: any[]}} Lesson */

/**
 * @param {Lesson} lesson
 * @param {(block: number) => Promise<Uint8Array>} bytesOf A block's tokens as they lie in the file.
 * @returns {import("../source/server.js").Source}
 */
export function makeLesson(lesson, bytesOf) {
  const { boot, scene } = lesson;
  const { texts } = boot;
  const blocks = Object.keys(lesson.layers).map(Number);
  /** @type {Map<number, Promise<Block>>} */
  const opened = new Map();
  const open = (/** @type {number} */ block) => {
    if (!opened.has(block)) opened.set(block, bytesOf(block).then((bytes) => blockOf(lesson.layers[block], bytes)));
    return /** @type {Promise<Block>} */ (opened.get(block));
  };

  /** A selection from texts, inside what is here. @param {Record<string, string>} given */
  function read(given) {
    const selection = { ...lesson.selection };
    for (const { name, kind } of boot.fields) {
      const text = given[name];
      if (text === undefined || boot.locked.includes(name)) continue;
      selection[name] = kind === "whole" ? Number(text) : kind === "patch" || kind === "wholes" ? text.split(",").map(Number) : text;
    }
    for (const name of ["query", "key", "against_query"]) {
      const patch = selection[name];
      if (patch) selection[name] = patch.map((/** @type {number} */ index, /** @type {number} */ axis) => Math.min(Math.max(index || 0, 0), scene.photoGrid[axis] - 1));
    }
    selection.head = Math.min(Math.max(selection.head || 0, 0), scene.heads - 1);
    if (!boot.views.some((/** @type {any} */ { id }) => id === selection.view)) selection.view = lesson.selection.view;
    return selection;
  }

  /** @param {any} selection */
  async function view(selection) {
    const stored = lesson.stored[selection.view];
    const found = stored?.find(({ fields }) => isSeen(fields, selection));
    if (stored && !found) return refusal("lesson.one_look", { looks: stored.map(({ fields }) => lookText(fields)).join("; ") });
    const inBlock = !stored || boot.blockStages.includes(boot.views.find((/** @type {any} */ { id }) => id === selection.view).stage);
    const here = blocks.includes(selection.block);
    if (found && !(inBlock && here)) return { state: "ready", panels: found.panels, pair: null };
    if (!here) return refusal("lesson.blocks", { block: selection.block, blocks: blocks.join(texts["ui.between_names"]) });
    const block = await open(selection.block);
    const rowOf = (/** @type {Patch} */ query) => attentionRow(block, scene.grid, scene.photoGrid, query);
    const row = rowOf(selection.query);
    const pair = pairOf(row, selection, scene.grid);
    if (found) return { state: "ready", panels: found.panels, pair };
    const panelOf = (/** @type {Row} */ one, /** @type {string} */ title) => ({ ...lesson.template, ...headsPanel(one, selection, scene, texts, texts[title]) });
    const panels = [panelOf(row, "panel.heads.title")];
    if (selection.against_query) panels.push(panelOf(rowOf(selection.against_query), "panel.heads.other"));
    return { state: "ready", panels, pair };
  }

  /** The question of a stop, as long as one looks at what it is about. @param {any} selection */
  function guess(selection) {
    const stop = lesson.tour?.stops[selection.stop - 1];
    return stop && isSeen(stop.fields, selection) ? lesson.guesses?.[selection.stop - 1] : { question: "" };
  }

  /** @param {string} key @param {object} values */
  const refusal = (key, values) => ({ error: fill(texts[key], values) });

  return {
    boot: async () => boot,
    async ask(name, question) {
      const selection = read(/** @type {any} */ (question).selection ?? {});
      if (name === "view") return view(selection);
      if (name === "explain") return explained(lesson.explained[selection.view], selection.block);
      if (name === "tour" && lesson.tour) return lesson.tour;
      if (name === "guess") return guess(selection);
      if (["proof", "film", "tour"].includes(name)) return { state: "gone" }; // they take all of the encoder
      if (name !== "open") return refusal("lesson.no_server", {});
      const here = lesson.stored[selection.view] || blocks.includes(selection.block);
      const problems = here ? [] : [fill(texts["lesson.blocks"], { block: selection.block, blocks: blocks.join(texts["ui.between_names"]) })];
      return { state: "ready", selection: here ? selection : { ...selection, block: lesson.selection.block }, problems, scene };
    },
    upload: async () => refusal("lesson.no_server", {}),
    leave: () => {},
  };
}

/** Whether a selection looks at just what was stored. @param {Record<string, any>} fields @param {any} selection */
function isSeen(fields, selection) {
  return Object.entries(fields).every(([name, value]) => String(selection[name] ?? "") === String(value ?? ""));
}

/** What was stored, as a link says it. @param {Record<string, any>} fields */
function lookText(fields) {
  return ["block", "head", "query", "step"].filter((name) => name in fields).map((name) => `${name}=${fields[name]}`).join("&");
}

/** A view's explanation, of the block in view. @param {any} message @param {number} block */
function explained(message, block) {
  const shapes = message.shapes.map((/** @type {any} */ { name, shape }) => ({ name: name.replace(/^blocks\.\d+/, `blocks.${block}`), shape }));
  return { ...message, shapes };
}

/**
 * A block's tokens from two planes of bytes, channel after channel: the low bytes of all numbers, then the high ones.
 * Signs are folded in (0, −1, 1, −2 … are 0, 1, 2, 3 …), so that high bytes are mostly 0.
 * @param {any} layer @param {Uint8Array} bytes @returns {Block}
 */
export function blockOf(layer, bytes) {
  const { dim } = layer;
  const count = bytes.length / 2 / dim;
  const tokens = new Int16Array(count * dim);
  for (let channel = 0; channel < dim; channel++) {
    for (let at = 0; at < count; at++) {
      const place = channel * count + at;
      const folded = bytes[place] | (bytes[count * dim + place] << 8);
      tokens[at * dim + channel] = (folded >> 1) ^ -(folded & 1);
    }
  }
  const decoded = Object.entries(layer.arrays).map(([name, message]) => [name, message && decodeFloats(/** @type {any} */ (message))]);
  return { ...layer, ...Object.fromEntries(decoded), tokens };
}

/** The pinned pair in numbers; the same as `viz.session.pair`. @param {Row} row @param {any} selection @param {Patch} grid */
export function pairOf(row, selection, grid) {
  const { query, head, block } = selection;
  const size = grid[0] * grid[1];
  const weights = row.weights.subarray(head * size, (head + 1) * size);
  let best = -1;
  weights.forEach((weight, at) => (best = weight > (weights[best] ?? -Infinity) ? at : best)); // NaN is never larger
  const key = selection.key ?? [Math.floor(best / grid[1]), best % grid[1]];
  const at = head * size + key[0] * grid[1] + key[1];
  const message = { query, key, chosen: Boolean(selection.key), head, block, span: [row.span.row, row.span.col, ...row.span.inside], windowPadding: row.windowPadding[head], imagePadding: row.imagePadding[head] };
  if (Number.isNaN(row.weights[at])) return { ...message, outside: true };
  const [content, relH, relW] = [row.content[at], row.relH[head * grid[0] + key[0]], row.relW[head * grid[1] + key[1]]];
  return { ...message, outside: false, content, relH, relW, score: content + relH + relW, weight: row.weights[at] };
}

/** Values of all heads, of one, or their mean or maximum; NaN stays. @param {Float32Array} values @param {number} heads @param {any} selection */
function pooled(values, heads, { heads: how, head }) {
  const size = values.length / heads;
  if (how === "all") return values;
  if (how === "one") return values.slice(head * size, (head + 1) * size);
  return Float32Array.from({ length: size }, (_, at) => {
    const all = Array.from({ length: heads }, (_, index) => values[index * size + at]);
    return how === "max" ? Math.max(...all) : all.reduce((sum, one) => sum + one, 0) / heads;
  });
}

/** One map's colours; as `viz.views.scales.weight_scales`. @param {Float32Array} values @param {string} how @param {Record<string, string>} texts */
function scaleOf(values, how, texts) {
  const finite = values.filter((value) => !Number.isNaN(value)).sort();
  let top = finite[finite.length - 1] || 1;
  if (how === "clip") {
    const place = 0.99 * (finite.length - 1);
    const below = finite[Math.floor(place)];
    top = below + (finite[Math.ceil(place)] - below) * (place % 1) || 1;
  }
  const note = texts[how === "linear" ? "scale.per_map" : `scale.${how}`];
  return { kind: "sequential", low: how === "log" ? top * 1e-4 : 0, high: top, unit: texts["unit.weight"], note, log: how === "log", percent: true, categories: [] };
}

/** One query's weights as the panel that the server makes of them. @param {Row} row @param {any} selection @param {any} scene @param {Record<string, string>} texts @param {string} title */
function headsPanel(row, selection, scene, texts, title) {
  const { heads, grid, photoGrid } = scene;
  const [values, toWindow, toImage] = [row.weights, row.windowPadding, row.imagePadding].map((part) => pooled(part, heads, selection));
  const size = grid[0] * grid[1];
  const count = values.length / size;
  const maps = Array.from({ length: count }, (_, index) => values.subarray(index * size, (index + 1) * size));
  const share = (/** @type {string} */ key, /** @type {number} */ value) => fill(texts[key], { share: percent(value) });
  const padded = row.span.size[0] * row.span.size[1] > row.span.inside[0] * row.span.inside[1];
  const cropped = String(photoGrid) !== String(grid);
  const notes = maps.map((map, index) => {
    const onKey = selection.key ? map[selection.key[0] * grid[1] + selection.key[1]] : NaN;
    return [Number.isNaN(onKey) ? "" : share("note.heads.key", onKey), padded ? share("note.window_padding", toWindow[index]) : "", cropped ? share("note.image_padding", toImage[index]) : ""].filter(Boolean).join(" · ");
  });
  const single = { one: fill(texts["label.head"], { head: selection.head }), mean: texts["label.mean"], max: texts["label.max"] };
  const labels = maps.map((_, head) => /** @type {any} */ (single)[selection.heads] ?? fill(texts["label.head"], { head }));
  const all = selection.heads === "all";
  const sight = sightOf(row, grid, texts);
  return { title, shape: [count, ...grid], type: "here", factor: 1, data: values, scales: maps.map((map) => scaleOf(map, selection.scale, texts)), labels, notes, picks: all ? "head" : "", chosen: all ? selection.head : null, sight };
}

/** The query's window; as `viz.views.scales.window_sight`. @param {Row} row @param {Patch} grid @param {Record<string, string>} texts */
function sightOf({ span: { row, col, size, inside } }, grid, texts) {
  if (String(inside) === String(grid)) return null;
  const words = fill(texts[String(inside) === String(size) ? "label.sight" : "label.sight.padded"], { top: row, bottom: row + inside[0] - 1, left: col, right: col + inside[1] - 1 });
  return { row, col, rows: size[0], cols: size[1], words };
}
