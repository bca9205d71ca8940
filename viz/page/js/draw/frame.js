// What all panels have: a heading, a note, and room for what is drawn.

import { make, setText } from "./dom.js";

export const LINE = 1.4; // of the type's size

/** How many lines a text takes, broken between words. @param {string} text @param {number} width @param {import("../types.js").Look} look @param {boolean} [bold] */
export function lines(text, width, look, bold = false) {
  if (!text) return 0;
  const { whole, space, words } = widthsOf(text, look.measure, bold);
  if (whole <= width) return 1;
  let [count, x] = [1, 0];
  for (const across of words) {
    if (x && x + across > width) [count, x] = [count + 1, 0];
    if (across > width) count += Math.ceil(across / width) - 1; // a word too long is broken anywhere
    x += Math.min(across, width) + space;
  }
  return count;
}

/** @typedef {{whole: number, space: number, words: number[]}} Widths Of a text, a space, and each of its words. */
/** @type {WeakMap<import("../types.js").Look["measure"], Map<string, Widths>[]>} By what measures; plain, then bold. */
const remembered = new WeakMap();
const REMEMBERED = 2000; // texts

/** How wide a text and its words are: hundreds of boxes are tried for one view. @param {string} text @param {import("../types.js").Look["measure"]} measure @param {boolean} bold */
function widthsOf(text, measure, bold) {
  const both = remembered.get(measure) ?? [new Map(), new Map()];
  remembered.set(measure, both);
  const known = both[Number(bold)];
  const found = known.get(text);
  if (found) return found;
  if (known.size > REMEMBERED) known.clear();
  const words = text.split(" ").map((word) => 1.01 * measure(word, bold));
  const made = { whole: 1.01 * measure(text, bold), space: measure(" ", bold), words };
  known.set(text, made);
  return made;
}

/** How many lines short texts take, one after the other, each broken within itself if it is too long; a number is the width of something else. @param {(string | number)[]} parts @param {number} width @param {number} gap @param {import("../types.js").Look} look */
export function flowLines(parts, width, gap, look) {
  let [rows, x] = [0, Infinity];
  for (const part of parts) {
    const across = typeof part === "number" ? part : 1.01 * look.measure(part);
    if (x + gap + across > width) [rows, x] = [rows + (typeof part === "number" ? 1 : lines(part, width, look)), 0];
    x += (x ? gap : 0) + across;
  }
  return rows;
}

/** How many rows things of these widths take, one after the other. @param {number[]} widths @param {number} width @param {number} gap */
export function flowRows(widths, width, gap) {
  let [rows, x] = [0, Infinity];
  for (const one of widths) {
    if (x + gap + one > width) [rows, x] = [rows + Math.max(1, Math.ceil(one / width)), 0];
    x += (x ? gap : 0) + one;
  }
  return rows;
}

/** Height of a panel's heading and note, in pixels. @param {{title: string, note?: string}} panel @param {number} width @param {import("../types.js").Look} look */
export function frameHeight({ title, note = "" }, width, look) {
  return Math.ceil((lines(title, width, look, true) + lines(note, width, look)) * LINE * look.type + 7 + (note ? 4 : 0));
}

/** The element of a panel, with what it holds between heading and note. @param {string} kind @param {...HTMLElement} parts */
export function makePanel(kind, ...parts) {
  const heading = make("h3", {});
  const note = make("p", { class: "sx-note" });
  const element = make("section", { class: "sx-panel", data: { kind } }, heading, ...parts, note);
  return {
    element,
    /** @param {{title: string, note?: string}} panel */
    name(panel) {
      setText(heading, panel.title);
      setText(note, panel.note ?? "");
      note.hidden = !panel.note;
    },
  };
}
