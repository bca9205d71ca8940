// Panels from the app's own server. Any other source (a worker, a stored file) offers the same functions.

import { Failure } from "./failure.js";

/**
 * @typedef {object} Source
 * @property {(language: string | null) => Promise<any>} boot
 * @property {(name: string, question: object, signal?: AbortSignal) => Promise<any>} ask
 * @property {(question: object) => void} leave Says that nobody waits for a selection's photo any more.
 * @property {(file: Blob, language: string, signal?: AbortSignal) => Promise<any>} upload
 */

/**
 * @param {string} address Where the page lives; the app's routes lie beside it.
 * @param {string} visitor
 * @returns {Source}
 */
export function makeServer(address, visitor) {
  /** @param {string} path  @param {RequestInit} request */
  async function send(path, request) {
    let response;
    try {
      response = await fetch(new URL(path, address), { method: "POST", credentials: "same-origin", ...request });
    } catch (error) {
      if (request.signal?.aborted) throw error;
      throw new Failure("unreachable", String(error));
    }
    const answer = await response.json().catch(() => null);
    request.signal?.throwIfAborted();
    if (answer === null || typeof answer !== "object" || response.status >= 500) {
      throw new Failure("broken", `${path}: ${response.status}`);
    }
    return answer;
  }
  return {
    boot: (language) => send(language ? `ask/boot?lang=${language}` : "ask/boot", { method: "GET" }),
    ask: (name, question, signal) =>
      send(`ask/${name}`, {
        body: JSON.stringify({ visitor, ...question }),
        headers: { "Content-Type": "application/json" },
        signal,
      }),
    leave(question) {
      const body = new Blob([JSON.stringify({ visitor, ...question })], { type: "application/json" });
      navigator.sendBeacon(new URL("ask/leave", address), body); // it goes out even while the page is being closed
    },
    upload: (file, language, signal) => send("ask/upload", { body: file, headers: { "X-Visitor": visitor, "X-Language": language }, signal }),
  };
}
