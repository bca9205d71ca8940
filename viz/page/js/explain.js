// Under the picture: words, formula, source lines, shapes, and what it doesn't prove.

import { make } from "./dom.js";

export function makeExplanation(texts) {
  const element = make("section", { class: "sx-explain", "aria-label": texts["ui.what"] });

  function show(message) {
    const sources = message.source.map((source) =>
      make(
        "details",
        { class: "sx-source" },
        make("summary", {}, make("code", {}, source.name), ` ${source.file}:${source.line}`),
        make("pre", { tabindex: "0" }, make("code", {}, source.code)),
      ),
    );
    const shapes = message.shapes.flatMap(({ name, shape }, index) => [
      index ? make("i", { "aria-hidden": "true" }, " → ") : null,
      make("span", { class: "sx-tensor" }, make("code", {}, name), ` ${shape}`),
    ]);
    element.replaceChildren(
      make(
        "div",
        { class: "sx-explain-text" },
        make("h2", {}, message.title),
        make("p", {}, message.what),
        make("div", { class: "sx-formula" }, message.formula.map((svg) => make("div", { html: svg }))),
        make("p", { class: "sx-not" }, make("b", {}, `${texts["ui.not"]}: `), message.not),
      ),
      make(
        "div",
        { class: "sx-explain-code" },
        shapes.length ? make("div", { class: "sx-shapes" }, make("b", {}, `${texts["ui.shapes"]}: `), shapes) : null,
        sources.length ? make("div", {}, make("b", {}, texts["ui.source"]), sources) : null,
      ),
    );
    element.dataset.view = message.view;
  }
  return { element, show };
}
