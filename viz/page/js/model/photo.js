// Which photo is looked at: an example, or one that a person brings. The last choice always wins.

import { newest, Refused } from "./ask.js";
import { fill } from "../draw/text.js";

const MAX_UPLOAD_MB = 40;

/**
 * @param {object} parts
 * @param {import("../types.js").Boot} parts.boot
 * @param {import("./store.js").Store<import("./state.js").State>} parts.store
 * @param {ReturnType<typeof import("./ask.js").makeAsk>} parts.ask Asks the source's `upload` with patience.
 * @param {(fields: object) => void} parts.change
 */
export function makePhotoChoice({ boot, store, ask, change }) {
  const { texts } = boot;
  const refuse = (/** @type {string} */ text) => store.set({ message: { kind: "failure", text } });

  const uploading = newest(async (/** @type {Blob} */ file, signal) => {
    store.set({ message: { kind: "doing", text: texts["ui.uploading"] } });
    try {
      const { image } = await ask("upload", file, { signal });
      store.set({ message: null });
      change({ image, key: null, against_query: null });
    } catch (error) {
      if (signal.aborted || !(error instanceof Refused)) throw error;
      refuse(error.message || texts["ui.failed"]);
    }
  });

  return {
    /** @param {Blob} file */
    upload(file) {
      const megabytes = Math.ceil(file.size / 2 ** 20);
      if (megabytes > MAX_UPLOAD_MB) refuse(fill(texts["ui.too_large"], { size: megabytes }));
      else uploading.wish(file);
    },
    /** What was dropped or pasted: one file is taken, anything else gets a sentence. @param {DataTransfer | null} data */
    take(data) {
      const files = [...(data?.files ?? [])];
      if (files.length === 1) this.upload(files[0]);
      else if (files.length > 1) refuse(fill(texts["ui.one_file"], { count: files.length }));
      else if (data?.types.includes("text/uri-list")) refuse(texts["ui.no_link"]);
    },
    /** @param {string} name */
    example(name) {
      const example = boot.examples.find((one) => one.name === name);
      if (!example) return;
      uploading.drop();
      if (store.now.message?.kind === "doing") store.set({ message: null });
      const query = example.query.map((index) => Math.floor((index * store.now.selection.size) / 1024));
      change({ image: name, query, key: null, against_query: null });
    },
  };
}
