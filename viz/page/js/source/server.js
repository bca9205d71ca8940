// Panels from the app's own server. Any other source (a worker, a stored file) offers the same functions.

import { Failure } from "./failure.js";

const WITH_ARRAYS = "application/octet-stream"; // how an answer comes whose arrays lie behind its JSON
const NOBODY_THERE = [502, 503, 504]; // a proxy says so while the app behind it starts again
const LONG_MS = 600; // an answer that takes longer to come is told of on its way

/** So much of an answer has come: a share of 1, and how much all of it is. @typedef {{share: number, kilobytes: number}} Arrived */

/**
 * @typedef {object} Source
 * @property {(language: string | null) => Promise<any>} boot
 * @property {(name: string, question: object, signal?: AbortSignal, onArriving?: (arrived: Arrived) => void) => Promise<any>} ask
 * @property {(question: object) => void} leave Says that nobody waits for a selection's photo any more.
 * @property {(file: Blob, language: string, signal?: AbortSignal) => Promise<any>} upload
 */

/** An answer, piece by piece: on a thin line it takes seconds. @param {Response} response @param {(arrived: Arrived) => void} told */
async function read(response, told) {
  if (response.headers.get("Content-Type") === WITH_ARRAYS) return withArrays(await response.arrayBuffer());
  const [length, packed] = ["X-Length", "Content-Length"].map((name) => Number(response.headers.get(name)));
  if (!length || !response.body) return response.json();
  const all = new Uint8Array(length);
  let come = 0;
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    all.set(value, come);
    come += value.length;
    if (come < length) told({ share: come / length, kilobytes: Math.ceil((packed || length) / 1000) });
  }
  return JSON.parse(new TextDecoder().decode(all));
}

/** JSON, and arrays behind it as they are: its length in 4 bytes, the JSON, the arrays. @param {ArrayBuffer} buffer */
export function withArrays(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const array = (/** @type {{at: number, bytes: number}} */ { at, bytes }) => new Uint8Array(buffer, 4 + length + at, bytes);
  const text = new TextDecoder().decode(new Uint8Array(buffer, 4, length));
  return JSON.parse(text, (name, value) => (name === "data" && value?.bytes !== undefined ? array(value) : value));
}

/**
 * @param {string} address Where the page lives; the app's routes lie beside it.
 * @param {string} visitor
 * @returns {Source}
 */
export function makeServer(address, visitor) {
  /** @param {string} path  @param {RequestInit} request  @param {(arrived: Arrived) => void} [onArriving] */
  async function send(path, request, onArriving) {
    const begun = performance.now();
    let response;
    try {
      response = await fetch(new URL(path, address), { method: "POST", credentials: "same-origin", ...request });
    } catch (error) {
      if (request.signal?.aborted) throw error;
      throw new Failure("unreachable", String(error));
    }
    if (NOBODY_THERE.includes(response.status)) throw new Failure("unreachable", `${path}: ${response.status}`);
    const told = (/** @type {Arrived} */ arrived) => performance.now() - begun > LONG_MS && onArriving?.(arrived);
    const answer = await read(response, told).catch(() => null);
    request.signal?.throwIfAborted();
    if (answer === null || typeof answer !== "object" || response.status >= 500) {
      throw new Failure("broken", `${path}: ${response.status}`);
    }
    return answer;
  }
  return {
    boot: (language) => send(language ? `ask/boot?lang=${language}` : "ask/boot", { method: "GET" }),
    ask: (name, question, signal, onArriving) =>
      send(`ask/${name}`, { body: JSON.stringify({ visitor, ...question }), headers: { "Content-Type": "application/json", Accept: `${WITH_ARRAYS}, application/json` }, signal }, onArriving),
    leave(question) {
      const body = new Blob([JSON.stringify({ visitor, ...question })], { type: "application/json" });
      navigator.sendBeacon(new URL("ask/leave", address), body); // it goes out even while the page is being closed
    },
    upload: (file, language, signal) => send("ask/upload", { body: file, headers: { "X-Visitor": visitor, "X-Language": language }, signal }),
  };
}
