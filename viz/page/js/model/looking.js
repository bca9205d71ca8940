// From a wish to what is on screen: changes of the selection become questions, and answers become the state.

import { newest, Refused } from "./ask.js";
import { asksForOthers, comparedField, isComparing } from "./comparing.js";
import { viewOf } from "./views.js";

/** @typedef {import("../types.js").Selection} Selection */
/** @typedef {import("../types.js").Boot} Boot */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("./state.js").State} State */
/** @typedef {import("./ask.js").Progress} Progress */

const PAIR_FIELDS = ["block", "head", "query", "key"];
const FILM_AFTER_MS = 300; // after the first picture and its proof
const PROOF_AFTER_MS = 250; // the picture first

/**
 * @param {object} parts
 * @param {Boot} parts.boot
 * @param {import("./codec.js").Codec} parts.codec
 * @param {import("./store.js").Store<State>} parts.store
 * @param {ReturnType<typeof import("./ask.js").makeAsk>} parts.ask
 * @param {{write(selection: Selection, how?: {quiet?: boolean, name?: string}): void, read(): Record<string, string>}} parts.link
 * @param {import("./ask.js").Clock} parts.clock
 * @param {(question: object) => void} parts.leave
 * @param {(src: string) => Promise<any>} parts.loadImage
 * @param {(panels: any[]) => Promise<import("../types.js").Prepared[]>} parts.prepare
 */
export function makeLooking({ boot, codec, store, ask, link, clock, leave, loadImage, prepare }) {
  const { texts } = boot;
  const subject = codec.part("subject");

  /** @param {unknown} error */
  function failed(error) {
    if (!(error instanceof Refused)) throw error;
    store.set({ message: { kind: "failure", text: error.message || texts["ui.failed"] } });
  }
  function succeeded() {
    if (store.now.message && store.now.message.kind !== "notice") store.set({ message: null });
  }

  /**
   * One view's answer, made ready to draw; null if its trace is gone.
   * @param {Selection} selection  @param {AbortSignal} signal  @param {(progress: Progress) => void} [onWorking] Told of a look that takes long, to compute or to come.
   */
  async function look(selection, signal, onWorking) {
    const onArriving = onWorking && ((/** @type {import("../source/server.js").Arrived} */ { share, kilobytes }) => onWorking({ step: "", done: share, total: 1, before: 0, seconds: 0, kilobytes }));
    const answer = await ask("view", { selection: codec.texts(selection) }, { signal, onWorking, onArriving });
    if (answer.state === "gone") return null;
    const [panels, against] = await Promise.all([prepare(answer.panels), answer.against ? otherSide(answer.against) : null]);
    signal.throwIfAborted();
    return /** @type {Shown} */ ({ panels, pair: answer.pair, channel: answer.channel, selection, against });
  }

  /** The second of two sides, and how both differ, made ready to draw. @param {any} against */
  async function otherSide({ panels, differences, ...more }) {
    const there = differences.filter((/** @type {any} */ one) => one);
    const [own, between] = await Promise.all([prepare(panels), prepare(there)]);
    return { ...more, panels: own, differences: differences.map((/** @type {any} */ one) => one && between[there.indexOf(one)]) };
  }

  const tellLook = (/** @type {Progress} */ looking) => store.set({ progress: null, looking });

  // A trace's scene and its first view come on screen together: until then the old ones stay. Where nothing is on screen
  // yet and the view takes long, the photo comes first.
  const opening = newest(async (/** @type {Record<string, string>} */ fields, signal) => {
    viewing.drop();
    store.set({ status: "working", looking: null });
    try {
      for (;;) {
        const onWorking = (/** @type {Progress} */ progress) => store.set({ progress });
        const answer = await ask("open", { selection: fields }, { signal, onWorking });
        const { selection, scene, problems, against } = answer;
        const otherScene = against?.scene ?? null;
        const photos = Promise.all([scene, ...(against ? [otherScene] : [])].map((one) => loadImage(one.photo)));
        const photoFirst = (/** @type {any[]} */ [photo]) => {
          if (!signal.aborted && !store.now.scene && !isComparing(selection)) store.set({ selection, scene, photo });
        };
        const onLooking = (/** @type {Progress} */ progress) => {
          tellLook(progress);
          photos.then(photoFirst, () => {}); // whoever waits for it below hears of its failure
        };
        const [shown, [photo, otherPhoto = null]] = await Promise.all([look(selection, signal, onLooking), photos]);
        signal.throwIfAborted();
        if (!shown) continue; // put away again already: others' photos are many
        succeeded();
        if (problems.length) store.set({ message: { kind: "notice", text: problems.join(texts["ui.between_sentences"]) } });
        store.set({ selection, settled: selection, scene, photo, otherScene, otherPhoto, pointed: null, film: null, pinned: shown, shown, hover: null, progress: null, looking: null, page: 0, status: "ready" });
        link.write(selection, { quiet: true });
        explaining.wish(selection);
        proving.wish(selection);
        filming.wish(selection);
        return;
      }
    } catch (error) {
      if (!signal.aborted) return notOpened(fields, error);
      leave({ selection: fields });
      throw error;
    }
  });

  // What failed to open isn't on screen; the whole selection goes back to what is.
  function notOpened(/** @type {Record<string, string>} */ fields, /** @type {unknown} */ error) {
    const { settled, message: before } = store.now;
    store.set({ progress: null, looking: null, status: settled ? "ready" : "error" });
    if (settled) {
      store.set({ selection: settled });
      link.write(settled, { quiet: true });
    }
    failed(error);
    const { message } = store.now;
    if (settled || !message) return;
    const { lang, ...asked } = fields;
    if (Object.keys(asked).length) {
      // A link that can't be opened: what anybody sees first, in the link's language, and why it isn't what was asked for.
      store.set({ message: { ...message, kind: "notice" } });
      opening.wish({ lang });
    } else if (before?.kind === "notice" && before.text !== message.text) {
      store.set({ message: { ...message, text: [before.text, message.text].join(texts["ui.between_sentences"]) } }); // both: neither could be opened
    }
  }

  const viewing = newest(
    async (/** @type {Selection} */ selection, signal) => {
      store.set({ status: "working", looking: null });
      try {
        const shown = await look(selection, signal, tellLook);
        if (!shown) {
          store.set({ message: { kind: "doing", text: texts["ui.gone"] } });
          opening.wish(codec.texts(store.now.selection));
          return;
        }
        succeeded();
        const elsewhere = store.now.hover && store.now.shown !== store.now.pinned;
        const turned = store.now.pinned?.selection.view !== selection.view;
        store.set({ pinned: shown, ...(elsewhere ? {} : { shown }), ...(turned ? { page: 0, shown } : {}), looking: null, status: "ready" });
      } catch (error) {
        if (signal.aborted) throw error;
        store.set({ looking: null, status: "ready" });
        failed(error);
      }
    },
    (wish, before) => wish.view === before.view && viewOf(boot, wish).live, // as while an arrow key is held down
  );

  // A hovered patch's maps: dropped without a word when anything fails, for the pointer moves on.
  const hovering = newest(
    async (/** @type {Selection} */ selection, signal) => {
      const shown = await look(selection, signal);
      if (shown && store.now.hover && store.now.settled?.view === selection.view) store.set({ shown });
    },
    () => true,
    () => {},
  );

  const explaining = newest(async (/** @type {Selection} */ selection, signal) => {
    const answer = await ask("explain", { selection: codec.texts(selection) }, { signal });
    if (answer.view) store.set({ explanation: answer });
  });

  const proving = newest(
    async (/** @type {Selection} */ selection, signal) => {
      store.set({ proof: "running" });
      await clock.wait(PROOF_AFTER_MS, signal);
      const answer = await ask("proof", { selection: codec.texts(selection) }, { signal });
      store.set({ proof: answer.state === "gone" ? null : answer });
    },
    () => false,
    () => store.set({ proof: null }),
  );

  // The strip's small pictures, of one trace whatever is looked at in it; without them the strip has its numbers still.
  const filming = newest(
    async (/** @type {Selection} */ selection, signal) => {
      await clock.wait(PROOF_AFTER_MS + FILM_AFTER_MS, signal);
      const answer = await ask("film", { selection: codec.texts(selection) }, { signal });
      if (answer.blocks) store.set({ film: answer });
    },
    () => false,
    () => {},
  );

  /** @param {string[]} changed */
  function refresh(changed) {
    const { selection } = store.now;
    const view = viewOf(boot, selection);
    const needsPair = changed.some((name) => PAIR_FIELDS.includes(name));
    const compares = (/** @type {string} */ name) => isComparing(selection) && (name === "compare" || comparedField(name) !== "");
    const needsView = changed.some((name) => name === "view" || compares(name) || (view.uses.includes(name) && name !== "overlay"));
    store.set({ settled: selection });
    if (needsView || needsPair) viewing.wish(selection);
    if (changed.includes("view") || changed.includes("block")) explaining.wish(selection);
    if (needsPair) proving.wish(selection);
  }

  return {
    /**
     * Wish for something else. `quiet` or a named run of changes replaces the link instead of adding to the history.
     * @param {Partial<Selection>} fields  @param {{quiet?: boolean, name?: string}} [how]
     */
    change(fields, how) {
      const before = store.now.selection;
      // A channel of one view is nothing in another, whose channels are other things.
      const after = { ...before, ...(fields.view && fields.view !== before.view ? { channel: null } : {}), ...fields };
      const changed = codec.changed(before, after);
      if (!changed.length) return;
      hovering.drop();
      store.set({ selection: after, hover: null });
      link.write(after, how);
      if (opening.busy || !store.now.scene || asksForOthers(changed, subject, before, after)) opening.wish(codec.texts(after));
      else refresh(changed);
    },
    /** Show what the link says: at the start, and when a person goes back or forward. */
    followLink() {
      hovering.drop();
      opening.wish({ lang: codec.defaults.lang, ...link.read() }); // a link without a language is in the reader's own
    },
    /** The page is being closed: a photo that is waited for need not be encoded. */
    leave() {
      if (opening.busy || store.now.looking) leave({ selection: codec.texts(store.now.selection) });
    },
    /**
     * The maps of the patch under the pointer; null brings the pinned patch back.
     * @param {import("../types.js").Patch | null} patch  @param {string} [name] Whose patch it is: the query, or the other side's own.
     */
    hover(patch, name = "query") {
      const { hover, selection, pinned } = store.now;
      if (String(patch) === String(hover)) return;
      const view = viewOf(boot, selection);
      if (patch && view.live && view.uses.includes("query") && pinned) {
        store.set({ hover: patch });
        hovering.wish({ ...selection, [name]: patch });
        return;
      }
      hovering.drop();
      store.set({ hover: patch, ...(patch ? {} : { shown: pinned }) });
    },
  };
}

/** @typedef {ReturnType<typeof makeLooking>} Looking */
