// The guided tour: at which stop one is, what it asks, and the way on, back, out and in again.

import { newest } from "./ask.js";

/** @typedef {import("../types.js").Selection} Selection */
/** @typedef {import("../types.js").Tour} Tour */
/** @typedef {import("./state.js").State} State */

/**
 * @param {object} parts
 * @param {import("./codec.js").Codec} parts.codec
 * @param {import("./store.js").Store<State>} parts.store
 * @param {ReturnType<typeof import("./ask.js").makeAsk>} parts.ask
 * @param {(fields: Partial<Selection>) => void} parts.change
 */
export function makeTouring({ codec, store, ask, change }) {
  const followed = [...codec.part("subject"), ...codec.part("focus")]; // what stays a person's own at stops that don't name it
  let moving = false;
  /** @type {Partial<Selection>} */
  let own = {};

  const stopOf = (/** @type {State} */ { selection, tour }) => (selection.stop && tour?.stops[selection.stop - 1]) || null;

  /** @type {((tour: Tour) => void)[]} */
  let waiting = [];
  const loading = newest(async (/** @type {Selection} */ selection, signal) => {
    const tour = await ask("tour", { selection: codec.texts(selection) }, { signal });
    if (!tour.stops) return; // put away just now: the next scene asks again
    store.set({ tour });
    for (const use of waiting.splice(0)) use(tour);
  });
  const asking = newest(async (/** @type {Selection} */ selection, signal) => {
    const guess = await ask("guess", { selection: codec.texts(selection) }, { signal });
    store.set({ guess: guess.question ? { ...guess, chosen: null, shown: false } : null });
  });

  /** @param {Tour} tour @param {number} number */
  function arrive(tour, number) {
    const at = Math.min(Math.max(number, 1), tour.stops.length);
    moving = true;
    change({ ...own, ...tour.stops[at - 1].fields });
    moving = false;
  }

  /** Go to a stop, counted from 1. @param {number} number */
  function go(number) {
    const { tour, selection, settled } = store.now;
    if (!settled) return;
    if (!selection.stop) own = picked(selection);
    if (tour) return arrive(tour, number);
    waiting = [(loaded) => arrive(loaded, number)];
    loading.wish(selection);
  }

  const picked = (/** @type {Selection} */ selection) => Object.fromEntries(followed.map((name) => [name, selection[name] ?? null]));

  /** What a person changes at a stop is kept for the stops that leave it open. @param {State} now @param {State} before */
  function remember(now, before) {
    if (moving || !now.selection.stop) return;
    if (!before.selection.stop) own = picked(now.selection);
    const named = stopOf(now)?.fields ?? {};
    for (const name of codec.changed(before.selection, now.selection)) {
      if (followed.includes(name) && !(name in named && String(named[name]) === String(now.selection[name]))) own[name] = now.selection[name] ?? null;
    }
  }

  store.subscribe((now, before) => {
    if (now.scene !== before.scene) {
      store.set({ tour: null, guess: null });
      if (now.selection.stop) loading.wish(now.selection);
    }
    if (now.selection !== before.selection) {
      remember(now, before);
      if (before.selection.stop && !now.selection.stop) store.set({ left: before.selection.stop });
    }
    const asks = stopOf(now)?.asks && now.settled === now.selection;
    const { settled, tour } = before;
    if (asks && (now.tour !== tour || now.settled !== settled) && (!store.now.guess || now.tour !== tour || differs(now.selection, settled))) asking.wish(now.selection);
    if (!stopOf(now)?.asks && now.guess) {
      asking.drop();
      store.set({ guess: null });
    }
  });

  /** Whether what a question is about is another. @param {Selection} now @param {Selection | null} before */
  function differs(now, before) {
    return !before || codec.changed(before, now).some((name) => name === "stop" || followed.includes(name));
  }

  return {
    go,
    stop: () => stopOf(store.now),
    /** On or back; what a stop asks is answered before it goes on. @param {number} by */
    step(by) {
      const { selection, guess } = store.now;
      if (by > 0 && guess && !guess.shown) store.set({ guess: { ...guess, shown: true } });
      else go(selection.stop + by);
    },
    /** The view of this stop again, after one has looked around. */
    back: () => go(store.now.selection.stop),
    leave: () => change({ stop: 0 }),
    /** In, at the stop where one was; or out. */
    toggle() {
      if (store.now.selection.stop) change({ stop: 0 });
      else go(store.now.left || 1);
    },
    /** @param {number} option */
    choose(option) {
      const { guess } = store.now;
      if (guess) store.set({ guess: { ...guess, chosen: option, shown: true } });
    },
    /** Whether one looks at something else than this stop's view. */
    away() {
      const stop = stopOf(store.now);
      const { selection } = store.now;
      return !!stop && codec.changed(selection, { ...selection, ...stop.fields }).length > 0;
    },
  };
}
