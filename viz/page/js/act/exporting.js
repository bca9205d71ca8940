// What leaves the page as a file: the view from the server, or the screen as it is seen.

import { snapshot } from "../draw/snapshot.js";
import { newest, Refused } from "../model/ask.js";
import { saveBlob, saveFile } from "./take_along.js";

/**
 * @param {object} parts
 * @param {import("../types.js").Boot} parts.boot
 * @param {import("../model/codec.js").Codec} parts.codec
 * @param {import("../model/store.js").Store<import("../model/state.js").State>} parts.store
 * @param {ReturnType<typeof import("../model/ask.js").makeAsk>} parts.ask
 * @param {HTMLElement} parts.root Its styles are the picture's.
 * @param {() => HTMLElement} parts.main What a picture of the screen shows: all but header and strip.
 * @returns {(format: string) => void}
 */
export function makeExporting({ boot: { texts }, codec, store, ask, root, main }) {
  async function pictureOfPage() {
    try {
      return await snapshot(root, main());
    } catch {
      throw new Refused(texts["ui.no_snapshot"]);
    }
  }

  const exporting = newest(async (/** @type {string} */ format, signal) => {
    store.set({ message: { kind: "doing", text: texts["ui.exporting"] } });
    try {
      if (format === "screen") saveBlob(await pictureOfPage(), `sam-encoder_${store.now.selection.view}_screen.png`);
      else saveFile(await ask("export", { selection: codec.texts(store.now.selection), format }, { signal }));
      const half = format.startsWith("html") && store.now.selection.compare !== "off"; // a lesson has no room for two sides
      store.set({ message: half ? { kind: "notice", text: texts["ui.lesson.one_side"] } : null });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      store.set({ message: { kind: "failure", text: error.message || texts["ui.failed"] } });
    }
  });
  return exporting.wish;
}
