// What goes wrong on the way to an answer.

/** The network is cut ("unreachable"), or what came isn't an answer ("broken"). */
export class Failure extends Error {
  /** @param {"unreachable" | "broken"} kind  @param {string} what */
  constructor(kind, what) {
    super(what);
    this.kind = kind;
  }
}
