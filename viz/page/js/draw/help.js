// The help: every key, what a pointer or a finger does, and which version this is.

import { KEYS, MOUSE, TOUCH } from "../act/keys.js";
import { make } from "./dom.js";
import { fill } from "./text.js";

/** @param {import("../types.js").Boot} boot */
export function makeHelp({ texts, version }) {
  const row = (/** @type {string} */ shown, /** @type {string} */ text) => make("tr", {}, make("td", {}, make("kbd", {}, shown)), make("td", {}, texts[text]));
  const keys = [...KEYS.map(({ shown, text }) => row(shown, text)), ...MOUSE.map(([shown, text]) => row(shown, text))];
  const element = make(
    "dialog",
    { class: "sx-help", "aria-label": texts["ui.help"] },
    make("h2", {}, texts["ui.help"]),
    make("ul", { class: "sx-touch-help" }, TOUCH.map((text) => make("li", {}, texts[text]))),
    make("table", { class: "sx-key-help" }, make("tbody", {}, keys)),
    make("p", { class: "sx-quiet" }, texts["ui.upload.kept"]),
    make("p", { class: "sx-quiet" }, fill(texts["ui.version"], { version })),
    make("button", { class: "sx-button", onclick: () => element.close() }, texts["ui.close"]),
  );
  return {
    element,
    /** @param {boolean} open */
    toggle(open) {
      if (open && !element.open) element.showModal();
      else if (!open && element.open) element.close();
    },
  };
}
