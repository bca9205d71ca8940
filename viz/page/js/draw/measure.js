// How wide texts are, as the browser sets them: panels are laid out before they are drawn.

import { contextOf } from "./canvas.js";
import { make } from "./dom.js";

export function makeMeasure() {
  const context = contextOf(make("canvas"));
  /** @type {Map<string, number>} */
  const known = new Map();
  /** @type {Map<number, (text: string, bold?: boolean) => number>} One for each size of letters: `lines` remembers by it. */
  const bySize = new Map();
  return (/** @type {number} */ type) => {
    const measure = bySize.get(type) ?? ((/** @type {string} */ text, bold = false) => {
      const key = `${bold}${text}`;
      let width = known.get(key);
      if (width === undefined) {
        if (known.size > 5000) known.clear();
        context.font = `${bold ? "600 " : ""}100px system-ui, sans-serif`;
        width = context.measureText(text).width / 100;
        known.set(key, width);
      }
      return width * type;
    });
    bySize.set(type, measure);
    return measure;
  };
}
