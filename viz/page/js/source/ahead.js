// Questions that are asked before anybody wished for their answers: the first look, while the page's words still travel.

/** @typedef {import("./server.js").Source} Source */

/**
 * The source, with the first `open` and the first `view` under way already. Only the page's own first wish, for the same
 * link, takes them; the view only if it was there at once, and nothing else has been opened meanwhile.
 * @param {Source} source  @param {Record<string, string>} fields What the link says.
 * @returns {Source}
 */
export function askedAhead(source, fields) {
  const begun = ["open", "view"].map((name) => {
    const answer = source.ask(name, { selection: fields });
    answer.catch(() => {}); // whoever takes it hears of its failure
    return /** @type {[string, Promise<any>]} */ ([name, answer]);
  });
  const ahead = new Map(begun);
  /** @param {string} name */
  function take(name) {
    const found = ahead.get(name);
    ahead.delete(name);
    return found;
  }
  return {
    ...source,
    async ask(name, question, signal, onArriving) {
      const first = take(name);
      if (name === "open" && !first) ahead.clear();
      const answer = await (first ?? source.ask(name, question, signal, onArriving));
      signal?.throwIfAborted();
      if (!first || name === "open" || answer.state === "ready") return answer;
      return source.ask(name, question, signal, onArriving);
    },
  };
}
