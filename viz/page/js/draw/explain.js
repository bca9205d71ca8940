// The drawer: words, formula, source lines, shapes, and what a picture doesn't prove.

import { make, setText } from "./dom.js";

/** @param {Record<string, string>} texts @param {() => void} close @param {(place: string) => void} pointAt Light a place of the screen; "" lights none. */
export function makeExplanation(texts, close, pointAt) {
  const body = make("div", { class: "sx-explain-body" });
  const button = make("button", { class: "sx-close", "aria-label": texts["ui.close"], title: texts["ui.close"], onclick: close }, "×");
  const element = make("aside", { class: "sx-explain", "aria-label": texts["ui.what"], tabindex: "-1" }, button, body);

  const meaning = make("p", { class: "sx-meaning", role: "status" });
  let unfolded = false; // whether one wants details, in whatever view

  /** The longest of a view's three lengths, folded until somebody asks for it. @param {string} more */
  function detailsOf(more) {
    const element = make("details", { class: "sx-more-words", open: unfolded, ontoggle: () => (unfolded = element.open) }, make("summary", {}, texts["ui.in_detail"]), make("p", {}, more));
    return element;
  }

  /** The formula, its symbols explained and lit in the picture while they are pointed at. @param {any} message */
  function formulaOf({ formula, symbols }) {
    const element = make("div", { class: "sx-formula" }, formula.map((/** @type {string} */ svg) => make("div", { html: svg })));
    setText(meaning, symbols.length ? texts["ui.symbols"] : "");
    for (const drawn of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll(".sx-symbol"))) {
      const known = symbols.find((/** @type {any} */ { name }) => name === drawn.dataset.symbol);
      for (const [name, value] of [["tabindex", "0"], ["role", "img"], ["aria-label", known.meaning]]) drawn.setAttribute(name, value);
      const tell = () => {
        setText(meaning, known.meaning);
        pointAt(known.place);
      };
      for (const type of ["pointerenter", "focus"]) drawn.addEventListener(type, tell);
      for (const type of ["pointerleave", "blur"]) drawn.addEventListener(type, () => pointAt(""));
    }
    return element;
  }

  /** @param {any} message */
  function show(message) {
    const sources = message.source.map((/** @type {any} */ source) =>
      make(
        "details",
        { class: "sx-source" },
        make("summary", {}, make("code", {}, source.name), ` ${source.file}:${source.line}`),
        make("pre", { tabindex: "0" }, make("code", {}, source.code)),
      ),
    );
    const shapes = message.shapes.flatMap((/** @type {any} */ { name, shape }, /** @type {number} */ index) => [
      index ? make("i", { "aria-hidden": "true" }, " → ") : null,
      make("span", { class: "sx-tensor" }, make("code", {}, name), ` ${shape}`),
    ]);
    body.replaceChildren(
      make("h2", {}, message.title),
      make("p", {}, message.what),
      formulaOf(message),
      meaning,
      detailsOf(message.more),
      make("p", { class: "sx-not" }, make("b", {}, `${texts["ui.not"]} `), message.not),
      ...(shapes.length ? [make("div", { class: "sx-shapes" }, make("b", {}, `${texts["ui.shapes"]} `), shapes)] : []),
      ...(sources.length ? [make("div", {}, make("b", {}, texts["ui.source"]), sources)] : []),
    );
    body.scrollTop = 0;
    element.dataset.view = message.view;
  }
  return { element, show };
}
