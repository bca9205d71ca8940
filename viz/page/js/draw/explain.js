// The drawer: words, formula, source lines, shapes, and what a picture doesn't prove.

import { make } from "./dom.js";

/** @param {Record<string, string>} texts @param {() => void} close */
export function makeExplanation(texts, close) {
  const body = make("div", { class: "sx-explain-body" });
  const button = make("button", { class: "sx-close", "aria-label": texts["ui.close"], title: texts["ui.close"], onclick: close }, "×");
  const element = make("aside", { class: "sx-explain", "aria-label": texts["ui.what"], tabindex: "-1" }, button, body);

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
      make("div", { class: "sx-formula" }, message.formula.map((/** @type {string} */ svg) => make("div", { html: svg }))),
      make("p", { class: "sx-not" }, make("b", {}, `${texts["ui.not"]}: `), message.not),
      ...(shapes.length ? [make("div", { class: "sx-shapes" }, make("b", {}, `${texts["ui.shapes"]}: `), shapes)] : []),
      ...(sources.length ? [make("div", {}, make("b", {}, texts["ui.source"]), sources)] : []),
    );
    body.scrollTop = 0;
    element.dataset.view = message.view;
  }
  return { element, show };
}
