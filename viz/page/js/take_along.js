// Taking the view along: its link, or itself as a file.

import { decodeBytes } from "./decode.js";
import { make } from "./dom.js";

export async function copyLink(texts, say) {
  const link = location.href; // in a Space's frame as well: the frame's own address opens without the frame
  try {
    await navigator.clipboard.writeText(link);
    say(texts["ui.copied"]);
  } catch {
    // A frame may not be allowed to write, and may not open a prompt either.
    const box = make("input", { class: "sx-link", readonly: true, value: link, "aria-label": texts["ui.link"] });
    say(texts["ui.copy_by_hand"], false, box);
    box.select();
  }
}

// `answer` is what the server's `export` gave: name, type and base64 data.
export function saveFile(answer) {
  const url = URL.createObjectURL(new Blob([decodeBytes(answer.data)], { type: answer.type }));
  make("a", { href: url, download: answer.name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
