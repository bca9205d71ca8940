// Over the stage while two sides are compared: in what B differs, whose colours, the other way round, and the end.

import { comparedField, isComparing } from "../model/comparing.js";
import { keyed, make, setAttribute, setPressed, setText } from "./dom.js";
import { firstSentence, patchText } from "./text.js";

/** @typedef {import("../types.js").Boot} Boot */
/** @typedef {import("../types.js").Scene} Scene */
/** @typedef {import("../types.js").Selection} Selection */
/** @typedef {{value: any, text: string}} Choice */

const SHOWN = ["image", "model", "size", "block", "head"]; // fields that have a menu, in this order
const UPLOAD = "upload-";

/** What B can have in one field. @param {string} field @param {Boot} boot @param {Selection} selection @param {Scene | null} other @returns {Choice[]} */
export function choicesOf(field, { examples, models, texts }, selection, other) {
  const counted = (/** @type {number} */ count) => Array.from({ length: count }, (_, index) => ({ value: index, text: String(index) }));
  const chosen = selection[`against_${field}`];
  if (field === "image") {
    const uploads = [...new Set([selection.image, chosen])].filter((name) => name?.startsWith(UPLOAD));
    return [...examples.map(({ name }) => ({ value: name, text: name })), ...uploads.map((value) => ({ value, text: texts["ui.compare.upload"] }))];
  }
  if (field === "model") return models.filter(({ available }) => available).map(({ name }) => ({ value: name, text: texts[`model.short.${name}`] ?? name }));
  if (field === "size") {
    const sizes = models.find(({ name }) => name === (selection.against_model ?? selection.model))?.sizes ?? [];
    return [...new Set([...sizes, ...(chosen ? [chosen] : [])])].map((size) => ({ value: size, text: `${size} px` }));
  }
  return counted((field === "block" ? other?.depth : other?.heads) ?? 0);
}

/** One field's menu; its first entry is what both sides share. @param {string} field @param {Boot} boot @param {(fields: object) => void} change */
function makeMenu(field, { texts }, change) {
  const name = `against_${field}`;
  /** @type {Choice[]} */
  let choices = [];
  const menu = make("select", { "aria-label": `B, ${texts[`ui.compare.${field}`]}`, data: { field }, onchange: () => change({ [name]: choices[menu.selectedIndex - 1]?.value ?? null }) });
  const element = make("label", { class: "sx-control" }, make("span", { class: "sx-control-name" }, texts[`ui.compare.${field}`]), menu);
  return {
    element,
    /** @param {Choice[]} now @param {any} chosen */
    show(now, chosen) {
      choices = now;
      const all = [{ value: "", text: texts["ui.compare.same"] }, ...now];
      keyed(menu, all, ({ value }) => String(value), ({ value, text }) => ({ element: make("option", { value }, text) }));
      menu.selectedIndex = 1 + now.findIndex(({ value }) => value === chosen);
    },
  };
}

/** @param {Boot} boot @param {{change: (fields: object) => void, commands: Record<string, (...all: any[]) => void>}} act */
export function makeCompareBar(boot, { change, commands }) {
  const { texts } = boot;
  const menus = SHOWN.map((field) => ({ field, menu: makeMenu(field, boot, change) }));
  const patch = make("button", { class: "sx-compare-patch", title: texts["ui.compare.query.how"], onclick: () => change({ against_query: null }) });
  const scale = make("button", { class: "sx-one-scale", title: texts["ui.compare.scales"], onclick: () => change({ compare: scale.dataset.other }) }, texts["ui.compare.one"]);
  const swap = make("button", { class: "sx-swap", title: texts["ui.compare.swap"], "aria-label": texts["ui.compare.swap"], onclick: () => commands.compare(-1) }, "A ⇄ B");
  const leave = make("button", { class: "sx-leave", title: texts["ui.compare.leave"], "aria-label": texts["ui.compare.leave"], onclick: () => commands.compare(1) }, "×");
  const weights = make("span", { class: "sx-compare-weights sx-quiet" });
  const element = make(
    "div",
    { class: "sx-compare", role: "group", "aria-label": texts["ui.compare"] },
    make("b", {}, texts["ui.compare.b"]), menus.map(({ menu }) => menu.element), patch, scale, swap, weights, leave,
  );

  /** @param {import("../model/state.js").State} state */
  function show({ selection, otherScene }) {
    if (!isComparing(selection)) return;
    for (const { field, menu } of menus) menu.show(choicesOf(field, boot, selection, otherScene), selection[`against_${field}`] ?? null);
    const own = selection.against_query;
    setText(patch, `${texts["ui.compare.query"]}: ${own ? `${patchText(own)} ×` : texts["ui.compare.same"]}`);
    setAttribute(patch, "disabled", !own);
    setPressed(scale, selection.compare === "one");
    scale.dataset.other = selection.compare === "one" ? "own" : "one";
    setText(weights, otherScene ? `B: ${firstSentence(otherScene.weights)}` : "");
    weights.title = otherScene?.weights ?? "";
    weights.classList.toggle("sx-warn", otherScene?.random ?? false);
  }
  return { element, show };
}

/** Whether the two sides are of different photos, as they lie on the patch grid. @param {Selection} selection */
export function hasTwoPhotos(selection) {
  return isComparing(selection) && ["image", "size", "page", "way", "model"].some((field) => (selection[`against_${field}`] ?? null) !== null && comparedField(`against_${field}`) !== "");
}
