// The elements of the page that are made once: header, message, tabs, tools. Others fill them.

import { segmented } from "./controls.js";
import { make } from "./dom.js";
import { iconSvg } from "./icons.js";
import { helpOverlay } from "./keys.js";

const FORMATS = ["png", "svg", "pdf", "npz"];

// `act` has change(fields), resize(size), exportAs(format), pinKind(kind), toggle(field), help(open), and the acts of
// the keyboard under `keys`.
export function makeFrame(boot, act, messages) {
  const { texts } = boot;
  const parts = {
    ...makeHeader(boot, act),
    ...makeProgress(),
    message: messages.element,
    tabs: make("div", { class: "sx-tabs" }),
    controls: make("div", { class: "sx-controls" }),
    panels: make("div", { class: "sx-panels" }),
    pair: make("div", { class: "sx-pair-line", "aria-live": "polite" }),
    proof: make("div", { class: "sx-proof" }),
    tip: messages.tip,
    help: helpOverlay(texts, () => act.help(false)),
    tools: makeTools(texts, act),
  };
  parts.pairBox = make("div", { class: "sx-pair" }, parts.pair, parts.proof);
  return parts;
}

// Put the frame's parts and the makers' elements together.
export function assemble(parts, { stage, choice, pipeline, explanation }) {
  parts.main = make(
    "div",
    { class: "sx-main" },
    make("div", { class: "sx-left" }, stage.element, parts.tools, choice.element),
    make("div", { class: "sx-right" }, make("div", { class: "sx-bar-row" }, parts.tabs, parts.controls), parts.panels),
  );
  const { header, message, progress, main, pairBox, tip, help } = parts;
  return [header, message, progress, pipeline.element, main, pairBox, explanation.element, tip, help];
}

function icon(name, label, action) {
  return make("button", { class: "sx-icon", title: label, "aria-label": label, onclick: action, html: iconSvg(name) });
}

function sign(letter, label, action) {
  return make("button", { class: "sx-icon", title: label, "aria-label": label, onclick: action }, letter);
}

function makeHeader(boot, act) {
  const { texts } = boot;
  const models = boot.models.map(({ name, available, reason }) => {
    const short = texts[`model.short.${name}`] ?? name;
    const text = available ? short : `${short} (${texts["ui.unavailable"]}: ${reason})`;
    return make("option", { value: name, disabled: !available, title: reason }, text);
  });
  const sizes = boot.choices.size.map((size) => make("option", { value: String(size) }, `${size} px`));
  const model = make("select", { "aria-label": texts["ui.model"], onchange: () => act.change({ model: model.value }) }, models);
  const size = make("select", { "aria-label": texts["ui.size"], onchange: () => act.resize(Number(size.value)) }, sizes);
  const weights = make("span", { class: "sx-weights", id: "sx-weights" });
  const exportMenu = make(
    "details",
    { class: "sx-menu" },
    make("summary", { class: "sx-icon" }, `${texts["ui.export"]} ▾`),
    make(
      "div",
      {},
      FORMATS.map((format) =>
        make("button", { data: { format }, onclick: () => act.exportAs(format) }, texts[`ui.export.${format}`]),
      ),
    ),
  );
  const icons = make(
    "div",
    { class: "sx-icons" },
    exportMenu,
    icon("link", texts["ui.link"], () => act.keys.copyLink()),
    icon("dark", texts["ui.dark"], () => act.keys.dark()),
    icon("present", texts["ui.present"], () => act.keys.present()),
    icon("fullscreen", texts["ui.fullscreen"], () => act.keys.fullscreen()),
    sign("?", texts["ui.help"], () => act.keys.help()),
  );
  const header = make("header", { class: "sx-top" }, make("h1", {}, texts["ui.title"]), model, size, weights, icons);
  return { header, model, size, weights, exportMenu };
}

function makeProgress() {
  const progressText = make("span", {});
  const progressBar = make("i", {});
  const bar = make("div", {}, progressBar);
  return { progressText, progressBar, progress: make("div", { class: "sx-progress", role: "status", hidden: true }, progressText, bar) };
}

// Under the photo: what a click pins, what lies over the photo, zoom, undo.
function makeTools(texts, act) {
  const kinds = ["query", "key", "against_query"].map((value) => ({ value, text: texts[`ui.pin.${value}`] }));
  const pins = segmented(texts["ui.pin.label"], kinds, "query", act.pinKind);
  for (const button of pins.querySelectorAll("button")) button.dataset.role = button.dataset.value;
  const toggle = (name, field) => {
    const button = make("button", { "aria-pressed": "true" }, texts[name]);
    button.addEventListener("click", () => button.setAttribute("aria-pressed", String(act.toggle(field))));
    return button;
  };
  const layers = [toggle("ui.grid", "showGrid"), toggle("ui.windows", "showWindows"), toggle("ui.map_here", "mapHere")];
  const moves = [
    sign("+", texts["ui.zoom_in"], () => act.keys.zoom(1)),
    sign("−", texts["ui.zoom_out"], () => act.keys.zoom(-1)),
    icon("undo", texts["ui.undo"], () => act.keys.undo()),
  ];
  const group = (parts) => make("div", { class: "sx-segmented" }, parts);
  return make("div", { class: "sx-stage-tools" }, pins, group(layers), group(moves));
}
