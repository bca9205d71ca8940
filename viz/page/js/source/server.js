// Panels from the app's own server. Any other source (a worker, a stored file) offers the same two functions.

/** A failure on the way: the network is cut ("unreachable"), or the server answered what isn't an answer ("broken"). */
export class Failure extends Error {
  /** @param {"unreachable" | "broken"} kind  @param {string} what */
  constructor(kind, what) {
    super(what);
    this.kind = kind;
  }
}

/**
 * @param {string} address Where the page lives; its folder is the app's root.
 * @param {string} visitor
 */
export function makeServer(address, visitor) {
  /** @param {string} path  @param {RequestInit} request */
  async function send(path, request) {
    let response;
    try {
      response = await fetch(new URL(path, address), { method: "POST", ...request });
    } catch (error) {
      if (request.signal?.aborted) throw error;
      throw new Failure("unreachable", String(error));
    }
    const answer = await response.json().catch(() => null);
    if (answer === null || typeof answer !== "object" || response.status >= 500) {
      throw new Failure("broken", `${path}: ${response.status}`);
    }
    return answer;
  }
  return {
    /** @param {string} name  @param {object} question  @param {AbortSignal} [signal] */
    ask: (name, question, signal) =>
      send(`ask/${name}`, {
        body: JSON.stringify({ visitor, ...question }),
        headers: { "Content-Type": "application/json" },
        signal,
      }),
    /** @param {Blob} file  @param {AbortSignal} [signal] */
    upload: (file, signal) => send("ask/upload", { body: file, headers: { "X-Visitor": visitor }, signal }),
  };
}
