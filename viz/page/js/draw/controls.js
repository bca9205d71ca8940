// The controls that the current view uses, and only those; which kind each is says the table of fields.

import { keyed, make, setPressed, setText } from "./dom.js";
import { makePlay } from "./play.js";
import { makePlayer } from "./player.js";

export const LONGEST = 128; // tokens: the side of a grid for which tables are shown
const PLAY_MS = 500; // on each block while they play

/** @typedef {import("../types.js").Field} Field */
/** @typedef {import("../types.js").Scene} Scene */
/** @typedef {{field: Field, value: any, scene: Scene, texts: Record<string, string>, change: (fields: object, how?: {quiet?: boolean, name?: string}) => void}} Control */

/** A row of buttons of which one is chosen. @param {string} label @param {(value: any) => void} pick */
export function makeSegmented(label, pick) {
  const name = make("span", { class: "sx-control-name" }, label);
  const buttons = make("div", { class: "sx-buttons" });
  const element = make("div", { class: "sx-segmented", role: "group", "aria-label": label }, name, buttons);
  return {
    element,
    /** @param {{value: any, text: string}[]} choices @param {any} chosen */
    update(choices, chosen) {
      const create = (/** @type {{value: any}} */ { value }) => ({ element: make("button", { data: { value }, onclick: () => pick(value) }) });
      keyed(buttons, choices, ({ value }) => String(value), create, (part, { value, text }) => {
        setText(part.element, text);
        setPressed(part.element, value === chosen);
      });
    },
  };
}

/** @param {Control} control @param {(c: Control) => {value: any, text: string}[]} choicesOf */
function segmented({ field: { name }, texts, change }, choicesOf) {
  const part = makeSegmented(texts[`ui.${name}`], (value) => change({ [name]: value }));
  return { element: part.element, update: (/** @type {Control} */ control) => part.update(choicesOf(control), control.value) };
}

/** @param {Control} control */
function heads({ scene }) {
  return Array.from({ length: scene.heads }, (_, head) => ({ value: head, text: String(head) }));
}

/** @param {Control} control */
function named({ field: { name, choices }, texts }) {
  return choices.map((value) => ({ value, text: texts[`ui.${name}.${value}`] ?? String(value) }));
}

/** @param {Control} control */
function numberBox({ field: { name, low }, texts, change }) {
  const input = make("input", { type: "number", min: low, "aria-label": texts[`ui.${name}`] });
  input.addEventListener("change", () => {
    const wanted = Math.round(Number(input.value));
    if (Number.isFinite(wanted)) change({ [name]: Math.max(wanted, low ?? wanted) });
  });
  const element = make("label", { class: "sx-control" }, make("span", { class: "sx-control-name" }, texts[`ui.${name}`]), input);
  const update = (/** @type {Control} */ { value }) => {
    if (document.activeElement !== input) input.value = String(value);
  };
  return { element, update };
}

/** Some numbers with commas between them, as in 4,3,2; nothing typed is the default. @param {Control} control */
function numbersBox({ field: { name }, texts, change }) {
  const input = make("input", { type: "text", size: 7, inputmode: "numeric", placeholder: texts[`ui.${name}.example`], "aria-label": texts[`ui.${name}`] });
  input.addEventListener("change", () => {
    const typed = input.value.trim();
    change({ [name]: typed ? typed.split(",").map((part) => part.trim()) : null });
  });
  const element = make("label", { class: "sx-control" }, make("span", { class: "sx-control-name" }, texts[`ui.${name}`]), input);
  const update = (/** @type {Control} */ { value }) => {
    if (document.activeElement !== input) input.value = value?.join(",") ?? "";
  };
  return { element, update };
}

/** Which fields of the subject can be chosen in a stage: those of the photo, where it has more to choose from. @param {string} stage @param {Scene} scene */
export function ofThePhoto(stage, scene) {
  if (stage !== "photo") return [];
  return [...(scene.pages > 1 ? ["page"] : []), ...(scene.bands > 3 ? ["bands"] : []), "way"];
}

/** @param {Control} first @param {(value: number, texts: Record<string, string>) => string} written @param {(control: Control) => number} highOf */
function slider(first, written, highOf) {
  const { field: { name, low }, texts, change } = first;
  const output = make("output", {});
  const input = make("input", { type: "range", min: low ?? 0, max: highOf(first), "aria-label": texts[`ui.${name}`] });
  input.addEventListener("input", () => change({ [name]: Number(input.value) }, { quiet: true }));
  const element = make("label", { class: "sx-control" }, make("span", { class: "sx-control-name" }, texts[`ui.${name}`]), input, output);
  const update = (/** @type {Control} */ control) => {
    const { value } = control;
    input.max = String(highOf(control)); // another model has another depth
    if (Number(input.value) !== value) input.value = String(value);
    setText(output, written(value, texts));
  };
  return { element, update };
}

/** The slider over depth, which plays: from block to block as fast as their pictures come, and no faster than one can look. @param {Control} first */
function depth(first) {
  const { texts, change } = first;
  let [now, last] = [first.value, first.scene.depth - 1];
  const { element, update } = slider(first, String, ({ scene }) => scene.depth - 1);
  const shown = () => Number(/** @type {HTMLElement | null} */ (element.closest(".sx"))?.dataset.shown?.split(":")[1]);
  const go = (/** @type {number} */ block) => change({ block }, { quiet: true });
  const play = makePlay({ texts, pace: PLAY_MS, at: () => now, last: () => last, go, ready: () => shown() === now, once: "ui.block.on" });
  element.querySelector("input")?.addEventListener("pointerdown", play.pause);
  return {
    element: make("div", { class: "sx-control" }, element, play.element),
    update(/** @type {Control} */ control) {
      [now, last] = [control.value, control.scene.depth - 1];
      update(control);
    },
  };
}

/** Letters that are on or off, one box each. @param {Control} control */
function toggles({ field: { name, choices }, texts, change }) {
  const letters = /** @type {string[]} */ (choices);
  const boxes = letters.map((letter) => {
    const box = make("input", { type: "checkbox", data: { letter } });
    box.addEventListener("change", () => change({ [name]: letters.filter((_, index) => boxes[index].box.checked).join("") }));
    return { box, label: make("label", {}, box, texts[`ui.${name}.${letter}`]) };
  });
  const element = make("div", { class: "sx-segmented", role: "group", "aria-label": texts[`ui.${name}`] }, boxes.map(({ label }) => label));
  const update = (/** @type {Control} */ { value }) => boxes.forEach(({ box }, index) => (box.checked = value.includes(letters[index])));
  return { element, update };
}

/** @param {Control} control */
function create(control) {
  const { name } = control.field;
  if (name === "head") return segmented(control, heads);
  if (name === "block") return depth(control);
  if (name === "length") return slider(control, (value, texts) => (value ? String(value) : texts["ui.length.own"]), () => LONGEST);
  if (control.field.control === "player") return makePlayer(control);
  if (control.field.control === "toggles") return toggles(control);
  if (control.field.control === "number") return numberBox(control);
  if (control.field.control === "text") return numbersBox(control);
  if (control.field.control === "slider") return slider(control, (value) => `${value} %`, ({ field }) => field.high ?? 100);
  return segmented(control, named);
}

/** @param {HTMLElement} element @param {{fields: Field[], uses: string[], scene: Scene, selection: any, texts: Record<string, string>, change: Control["change"]}} now */
export function showControls(element, { fields, uses, scene, selection, texts, change }) {
  const compared = selection.compare !== "off"; // only two sides have a basis to share
  const used = fields.filter(({ name, control }) => control && uses.includes(name) && (name !== "basis" || compared) && !(name === "head" && uses.includes("heads") && selection.heads !== "one"));
  const controls = used.map((field) => ({ field, value: selection[field.name], scene, texts, change }));
  keyed(element, controls, ({ field }) => field.name, create, (part, control) => part.update(control));
}
