// Asking with patience: every way an answer can fail, and what is done about it.

import { Failure } from "../source/failure.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const BROKEN_TRIES = 4; // a server that answers nonsense this often in a row won't get better by being asked
const TURN_WAIT_MS = 500; // while others' photos are before one's own
const SILENT_MS = 8_000; // a line that swallows everything never says that it is cut
const WATCHED = ["boot", "open", "view"]; // what is answered soon: at least with word of how far it has come

/** The server said in a sentence why it can't be: asking again would get the same. */
export class Refused extends Error {}

/** How long to wait after so many failures in a row: doubled each time, and never the same for two browsers. */
export function backOff(/** @type {number} */ failures, random = Math.random) {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
  return longest * (0.5 + 0.5 * random());
}

/**
 * @typedef {{kind: "unreachable" | "silent" | "broken" | "busy", text?: string}} Trouble
 * @typedef {{step: string, done: number, total: number, before: number, seconds: number, kilobytes?: number}} Progress
 * @typedef {{wait(ms: number, signal?: AbortSignal): Promise<void>, random?(): number}} Clock
 */

/**
 * `report` is told of trouble while it lasts, and null when it is over. After `tries` broken answers in a row it gives up.
 * @param {{source: {ask: import("../source/server.js").Source["ask"]}, clock: Clock, report: (trouble: Trouble | null) => void, tries?: number}} parts
 */
export function makeAsk({ source, clock, report, tries = BROKEN_TRIES }) {
  /**
   * One answer; that it doesn't come is said as well, until something of it comes.
   * @param {string} name  @param {object} question  @param {AbortSignal} [signal]  @param {(arrived: import("../source/server.js").Arrived) => void} [onArriving]
   * @returns {Promise<any>}
   */
  async function watched(name, question, signal, onArriving) {
    if (!WATCHED.includes(name)) return source.ask(name, question, signal, onArriving);
    let silent = false;
    const late = setTimeout(() => {
      silent = true;
      report({ kind: "silent" });
    }, SILENT_MS);
    function heard() {
      clearTimeout(late);
      if (silent) report(null);
      silent = false;
    }
    function arriving(/** @type {import("../source/server.js").Arrived} */ arrived) {
      heard();
      onArriving?.(arrived);
    }
    return source.ask(name, question, signal, arriving).finally(heard);
  }

  /**
   * The answer, however long it takes; rejects with `Refused`, or with the signal's abortion.
   * @param {string} name  @param {object} question
   * @param {{signal?: AbortSignal, onWorking?: (progress: Progress) => void, onArriving?: (arrived: import("../source/server.js").Arrived) => void}} [more]
   */
  return async function ask(name, question, { signal, onWorking = () => {}, onArriving } = {}) {
    let failures = 0;
    let broken = 0;
    for (;;) {
      /** @type {any} */
      let answer = null;
      /** @type {Trouble | null} */
      let trouble = null;
      try {
        answer = await watched(name, question, signal, onArriving);
        broken = 0;
        if (answer.state === "busy") trouble = { kind: "busy", text: answer.error };
      } catch (failure) {
        if (signal?.aborted || !(failure instanceof Failure)) throw failure;
        trouble = { kind: failure.kind };
        broken = failure.kind === "broken" ? broken + 1 : 0;
        if (broken === tries) throw new Refused("");
      }
      signal?.throwIfAborted();
      if (trouble) {
        failures += 1;
        report(trouble);
        await clock.wait(backOff(failures, clock.random), signal);
        continue;
      }
      if (failures) report(null);
      failures = 0;
      if (answer.state === "working") {
        onWorking(answer);
        if (answer.before) await clock.wait(TURN_WAIT_MS, signal);
        continue;
      }
      if (answer.error) throw new Refused(answer.error);
      return answer;
    }
  };
}

/**
 * A clock of the browser's own; a wait ends early when the network is back.
 * @returns {Clock}
 */
export function browserClock() {
  return {
    wait: (ms, signal) =>
      new Promise((resolve, reject) => {
        const done = (/** @type {() => void} */ settle) => {
          clearTimeout(timer);
          window.removeEventListener("online", onLine);
          signal?.removeEventListener("abort", onAbort);
          settle();
        };
        const onLine = () => done(resolve);
        const onAbort = () => done(() => reject(signal?.reason));
        const timer = setTimeout(onLine, ms);
        window.addEventListener("online", onLine);
        signal?.addEventListener("abort", onAbort);
      }),
  };
}

/**
 * The newest wish wins: one that is under way is broken off, and what it would still have brought is dropped.
 * A wish that `follows` the one under way (a hover, a run of arrow presses) lets it finish first instead; of those that
 * come meanwhile only the newest is kept.
 * @template Wish
 * @param {(wish: Wish, signal: AbortSignal) => Promise<void>} run
 * @param {(wish: Wish, before: Wish) => boolean} [follows]
 * @param {(error: unknown) => void} [onError]
 */
export function newest(run, follows = () => false, onError = (error) => console.error(error)) {
  /** @type {{wish: Wish, abort: AbortController} | null} */
  let busy = null;
  /** @type {{wish: Wish} | null} */
  let next = null;

  /** @param {Wish} wish */
  async function begin(wish) {
    const mine = { wish, abort: new AbortController() };
    busy = mine;
    try {
      await run(wish, mine.abort.signal);
    } catch (error) {
      if (!mine.abort.signal.aborted) onError(error); // one that fails must not hold up the next
    }
    if (busy !== mine) return;
    busy = null;
    if (next) {
      const { wish: following } = next;
      next = null;
      begin(following);
    }
  }

  /** Break off what is under way. */
  function drop() {
    busy?.abort.abort();
    busy = next = null;
  }

  return {
    get busy() {
      return busy !== null;
    },
    /** @param {Wish} wish */
    wish(wish) {
      if (busy && follows(wish, busy.wish)) {
        next = { wish };
        return;
      }
      drop();
      begin(wish);
    },
    drop,
  };
}
