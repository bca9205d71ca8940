// A stop of the tour, where the view's sentence stands otherwise: progress, words, a question, and the way on.

import { keyed, make, setAttribute, setPressed, setText } from "./dom.js";
import { fill } from "./text.js";

/** @typedef {import("../model/state.js").State} State */

/** @param {Record<string, string>} texts @param {{step: (by: number) => void, leave: () => void, back: () => void, choose: (option: number) => void, away: () => boolean}} touring */
export function makeTourBar(texts, touring) {
  const button = (/** @type {string} */ sign, /** @type {string} */ text, /** @type {() => void} */ action) => make("button", { class: "sx-icon", title: texts[text], "aria-label": texts[text], onclick: action }, sign);
  const before = button("◀", "ui.tour.before", () => touring.step(-1));
  const next = button("▶", "ui.tour.next", () => touring.step(1));
  const count = make("span", {});
  const bar = make("i", {});
  const progress = make("div", { class: "sx-tour-progress", role: "group", "aria-label": texts["ui.tour"] }, before, make("div", {}, count, make("div", { class: "sx-tour-line" }, bar)), next);
  const title = make("b", {});
  const words = make("span", {});
  const said = make("p", { class: "sx-tour-words", "aria-live": "polite" }, title, " ", words);
  const question = make("span", {});
  const options = make("span", { class: "sx-buttons" });
  const answer = make("span", { class: "sx-tour-answer", role: "status" });
  const guess = make("div", { class: "sx-tour-guess", hidden: true }, question, options, answer);
  const back = make("button", { class: "sx-tour-back", onclick: () => touring.back() }, `↩ ${texts["ui.tour.back"]}`);
  const leave = button("×", "ui.tour.leave", () => touring.leave());
  const element = make("section", { class: "sx-tour", tabindex: "-1", "aria-label": texts["ui.tour"], hidden: true }, progress, make("div", { class: "sx-tour-said" }, said, guess), make("div", { class: "sx-tour-ends" }, back, leave));

  /** @param {State["guess"]} asked */
  function showGuess(asked) {
    guess.hidden = !asked;
    if (!asked) return;
    setText(question, asked.question);
    const choices = asked.options.map((text, option) => ({ text, option }));
    const create = (/** @type {{option: number}} */ { option }) => ({ element: make("button", { onclick: () => touring.choose(option) }) });
    keyed(options, choices, ({ option }) => String(option), create, (part, { text, option }) => {
      setText(part.element, asked.shown && asked.right.includes(option) ? `${text} ✓` : text);
      setPressed(part.element, option === asked.chosen);
      setAttribute(part.element, "data-right", asked.shown ? String(asked.right.includes(option)) : null);
    });
    const verdict = asked.chosen === null ? "" : texts[asked.right.includes(asked.chosen) ? "ui.tour.right" : "ui.tour.wrong"];
    setText(answer, asked.shown ? [verdict, asked.answer].filter(Boolean).join(" ") : "");
  }

  return {
    element,
    /** @param {State} state */
    show({ selection, tour, guess: asked }) {
      const stop = tour?.stops[selection.stop - 1];
      const wasHidden = element.hidden;
      element.hidden = !selection.stop || !stop;
      if (!tour || !stop) return;
      const all = tour.stops.length;
      setText(count, fill(texts["ui.tour.count"], { stop: selection.stop, all }));
      bar.style.width = `${(100 * selection.stop) / all}%`;
      before.disabled = selection.stop === 1;
      next.disabled = selection.stop === all && (!asked || asked.shown);
      setText(title, stop.title);
      setText(words, stop.words);
      showGuess(asked);
      back.hidden = !touring.away();
      if (wasHidden) element.focus({ preventScroll: true }); // so that the space bar presses no button that was pressed before
    },
  };
}
