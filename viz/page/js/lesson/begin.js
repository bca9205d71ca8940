// A lesson's start: the page on what its own file holds, without a server.

import { decodeBytes } from "../draw/decode.js";
import { run, useTheme } from "../main.js";
import { browserClock } from "../model/ask.js";
import { makeLesson } from "./source.js";

/** What lies in an element: base64 of gzip. @param {string} id @returns {Promise<Response>} */
async function unpacked(id) {
  const { textContent } = /** @type {HTMLElement} */ (document.getElementById(id));
  const stream = new Blob([decodeBytes(/** @type {string} */ (textContent))]).stream();
  return new Response(stream.pipeThrough(new DecompressionStream("gzip")));
}

/** @typedef {import("./source.js").Lesson} Lesson */

/** @returns {Promise<Lesson>} */
async function read() {
  return (await unpacked("sx-lesson")).json();
}

/** The source that this file is. @param {Lesson} [lesson] */
export async function openLesson(lesson) {
  lesson ??= await read();
  return makeLesson(lesson, async (block) => new Uint8Array(await (await unpacked(`sx-tokens-${block}`)).arrayBuffer()));
}

export async function beginLesson() {
  const root = /** @type {HTMLElement} */ (document.querySelector(".sx"));
  root.classList.add("sx-lesson");
  useTheme();
  const lesson = await read();
  root.classList.toggle("sx-with-tour", Boolean(lesson.tour));
  const source = await openLesson(lesson);
  run(root, await source.boot(null), source, browserClock());
}
