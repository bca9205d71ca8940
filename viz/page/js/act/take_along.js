// Taking the view along: its link, or itself as a file.

import { decodeBytes } from "../draw/decode.js";
import { make } from "../draw/dom.js";

/** @param {Record<string, string>} texts @param {(message: import("../model/state.js").Message) => void} say */
export async function copyLink(texts, say) {
  const link = location.href; // in a Space's frame as well: the frame's own address opens without the frame
  try {
    await navigator.clipboard.writeText(link);
    say({ kind: "notice", text: texts["ui.copied"] });
  } catch {
    // A frame may not be allowed to write, and may not open a prompt either.
    const box = make("input", { class: "sx-link", readonly: true, value: link, "aria-label": texts["ui.link"] });
    say({ kind: "notice", text: texts["ui.copy_by_hand"], more: box });
    box.select();
  }
}

/** @param {{name: string, type: string, data: string}} file What the server's `export` gave. */
export function saveFile({ name, type, data }) {
  saveBlob(new Blob([decodeBytes(data)], { type }), name);
}

/** @param {string} name @param {string} text */
export function saveText(name, text) {
  saveBlob(new Blob([text], { type: "application/toml" }), name);
}

/** @param {Blob} blob @param {string} name */
export function saveBlob(blob, name) {
  const url = URL.createObjectURL(blob);
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
