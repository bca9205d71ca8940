// Everything that can change while the page is open, in one object with one way to change it.

/**
 * @template {object} State
 * @param {State} initial
 */
export function makeStore(initial) {
  let state = initial;
  /** @type {((now: State, before: State) => void)[]} */
  const listeners = [];
  let telling = false;
  /** @type {[State, State][]} */
  const untold = [];

  // A change made by a listener is told after the one that it answers, so that all hear of both in order.
  function tell() {
    if (telling) return;
    telling = true;
    try {
      for (let one = untold.shift(); one; one = untold.shift()) for (const listener of listeners) listener(...one);
    } finally {
      telling = false;
    }
  }

  return {
    get now() {
      return state;
    },
    /** @param {Partial<State>} changes */
    set(changes) {
      const names = /** @type {(keyof State)[]} */ (Object.keys(changes));
      if (names.every((name) => Object.is(state[name], changes[name]))) return;
      const before = state;
      state = { ...state, ...changes };
      untold.push([state, before]);
      tell();
    },
    /** @param {(now: State, before: State) => void} listener */
    subscribe(listener) {
      listeners.push(listener);
    },
  };
}

/**
 * @template {object} State
 * @typedef {{readonly now: State, set(changes: Partial<State>): void, subscribe(listener: (now: State, before: State) => void): void}} Store
 */
