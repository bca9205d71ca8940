// The menu of what can be changed in the encoder or the photo, and the line that says what is.

import { changesOf, textOf, valuesOf, withChange, withoutChange } from "../model/what_if.js";
import { make, setText } from "./dom.js";
import { fill } from "./text.js";

/** @typedef {import("../model/what_if.js").Change} Change */

const OF_THE_PHOTO = ["shifted", "grey", "covered"];
const SHIFT_PX = 8; // half a patch

/** @param {import("../types.js").Boot} boot @param {(fields: object) => void} change */
export function makeWhatIf(boot, change) {
  const { texts, changes: kinds } = boot;
  let selection = /** @type {any} */ (boot.defaults);
  const called = (/** @type {Change} */ one) => fill(texts[`change.${one.kind}`] ?? one.kind, valuesOf(one, kinds));

  /** What a button adds: the numbers are those of the selected block, head and patch. @param {string} kind @returns {Change} */
  function here(kind) {
    const { block, head, query } = selection;
    const numbers = { block_off: [block], head_off: [block, head], covered: query, shifted: [0, SHIFT_PX] }[kind] ?? [];
    return { kind, numbers };
  }
  const toggle = (/** @type {Change} */ one) =>
    change({ what_if: has(one) ? withoutChange(selection.what_if, one) : withChange(selection.what_if, one, kinds) });
  const has = (/** @type {Change} */ one) => changesOf(selection.what_if).some((other) => textOf([other]) === textOf([one]));

  const buttons = kinds.map(({ kind }) => make("button", { data: { change: kind }, onclick: () => toggle(here(kind)) }));
  const ofThe = (/** @type {boolean} */ photo) => buttons.filter(({ dataset }) => OF_THE_PHOTO.includes(dataset.change ?? "") === photo);
  const list = make("div", { class: "sx-present-changes" });
  const menu = make(
    "details",
    { class: "sx-menu sx-changes" },
    make("summary", { class: "sx-icon" }, `${texts["ui.what_if"]} ▾`),
    make("div", {}, list, make("b", {}, texts["ui.what_if.encoder"]), ofThe(false), make("b", {}, texts["ui.what_if.photo"]), ofThe(true)),
  );
  const sentence = make("span", {});
  const back = make("button", { onclick: () => change({ what_if: "", against_what_if: null }) }, texts["ui.what_if.true"]);
  const beside = make("button", { onclick: () => change({ compare: "one", against_what_if: "" }) }, texts["ui.what_if.beside"]);
  const line = make("div", { class: "sx-what-if", role: "status", hidden: true }, sentence, beside, back);

  return {
    menu,
    line,
    toggle: () => (menu.open = !menu.open),
    /** `other` is the second of two sides that are compared. @param {any} now @param {import("../types.js").Scene | null} scene @param {import("../types.js").Scene | null} other */
    show(now, scene, other) {
      selection = now;
      for (const button of buttons) {
        const one = here(button.dataset.change ?? "");
        setText(button, called(one));
        button.setAttribute("aria-pressed", String(has(one)));
      }
      const of = other ? [["A: ", scene], ["B: ", other]] : [["", scene]];
      const said = /** @type {[string, import("../types.js").Scene | null][]} */ (of).filter(([, one]) => one?.whatIf).map(([side, one]) => `${side}${one?.whatIf}`);
      line.hidden = !said.length;
      setText(sentence, said.join(" "));
      beside.hidden = Boolean(other) || !scene?.whatIf;
      const present = changesOf(selection.what_if);
      if (list.dataset.shown === selection.what_if) return;
      list.dataset.shown = selection.what_if;
      const off = (/** @type {Change} */ one) => {
        const label = fill(texts["ui.what_if.take_back"], { change: called(one) });
        return make("button", { title: label, "aria-label": label, onclick: () => toggle(one) }, `${called(one)} ×`);
      };
      list.replaceChildren(...present.map(off));
    },
  };
}
