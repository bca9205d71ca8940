// Two windows of one lecture: what one selects, the other shows; the presenter's one has the notes.

/** @typedef {import("./state.js").State} State */
/** @typedef {{postMessage(said: any): void, onmessage: any}} Channel What BroadcastChannel has. */

/**
 * Keep two windows on the same selection and the same answer of a question, whichever of them changed it.
 * @param {object} parts
 * @param {import("./codec.js").Codec} parts.codec
 * @param {import("./store.js").Store<State>} parts.store
 * @param {(fields: object) => void} parts.change
 * @param {Channel} channel Between these two windows only.
 */
export function keepTogether({ codec, store, change }, channel) {
  let hearing = false;
  const tell = (/** @type {State} */ { settled, guess }) => settled && channel.postMessage({ selection: settled, shown: guess?.shown ? guess.chosen : undefined });
  channel.onmessage = (/** @type {{data: any}} */ { data }) => {
    if (data.hello) return tell(store.now);
    const { settled, guess } = store.now;
    if (!settled) return;
    hearing = true;
    const other = codec.changed(settled, data.selection);
    if (other.length) change(Object.fromEntries(other.map((name) => [name, data.selection[name] ?? null])));
    else if (guess && data.shown !== undefined && !guess.shown) store.set({ guess: { ...guess, chosen: data.shown, shown: true } });
    hearing = false;
  };
  store.subscribe((now, before) => {
    if (hearing) return;
    const changed = before.settled && now.settled && codec.changed(before.settled, now.settled).length > 0;
    if (changed || (now.guess?.shown && !before.guess?.shown)) tell(now);
  });
  channel.postMessage({ hello: true });
}
