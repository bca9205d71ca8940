// The header: what is looked at, and what can be done with the whole page.

import { make, setPressed, setText } from "./dom.js";
import { iconSvg } from "./icons.js";
import { fill, firstSentence } from "./text.js";

/** @typedef {import("../types.js").Boot} Boot */

const FORMATS = ["png", "screen", "svg", "pdf", "npz", "safetensors", "pptx", "html", "html_tour"]; // "screen" is drawn here, the others by the server

/** @param {string} name @param {string} label @param {() => void} action */
export function iconButton(name, label, action) {
  return make("button", { class: "sx-icon", title: label, "aria-label": label, onclick: action, html: iconSvg(name) });
}

/** @param {string} letter @param {string} label @param {() => void} action */
export function signButton(letter, label, action) {
  return make("button", { class: "sx-icon", title: label, "aria-label": label, onclick: action }, letter);
}

/** Into the tour, and what makes one of one's own. @param {Record<string, string>} texts @param {any} act */
function makeTourMenu(texts, act) {
  const item = (/** @type {string} */ text, /** @type {() => void} */ action) =>
    make(
      "button",
      {
        onclick() {
          menu.open = false;
          action();
        },
      },
      text,
    );
  const start = item(`▶ ${texts["ui.tour.start"]}`, () => act.commands.tour());
  start.classList.add("sx-tour-start");
  const mine = make("span", { class: "sx-quiet" });
  const menu = make(
    "details",
    { class: "sx-menu", ontoggle: () => setText(mine, fill(texts["ui.tour.views"], { count: act.myTour.count() })) },
    make("summary", { class: "sx-icon" }, `${texts["ui.tour"]} ▾`),
    make(
      "div",
      {},
      start,
      item(texts["ui.presenter"], () => act.presenterWindow()),
      mine,
      item(`+ ${texts["ui.tour.add"]}`, () => act.commands.addToTour()),
      item(texts["ui.tour.save"], () => act.myTour.save()),
      item(texts["ui.tour.empty"], () => act.myTour.empty()),
    ),
  );
  return menu;
}

/**
 * @param {Boot} boot
 * @param {{model: (name: string) => void, resize: (size: number) => void, exportAs: (format: string) => void, commands: Record<string, (...all: any[]) => void>}} act
 */
export function makeHeader(boot, act) {
  const { texts } = boot;
  const models = boot.models.map(({ name, available, reason }) => {
    const short = texts[`model.short.${name}`] ?? name;
    const text = available ? short : `${short} (${texts["ui.unavailable"]}: ${reason})`;
    return make("option", { value: name, disabled: !available, title: reason }, text);
  });
  const sizeOption = (/** @type {number} */ size) => make("option", { value: String(size) }, `${size} px`);
  const model = make("select", { "aria-label": texts["ui.model"], onchange: () => act.model(model.value) }, models);
  const size = make("select", { "aria-label": texts["ui.size"], onchange: () => act.resize(Number(size.value)) });
  const weights = make("button", { class: "sx-weights", id: "sx-weights", "aria-expanded": "false", onclick: () => whole(!element.classList.contains("sx-whole")) });
  const toggle = signButton("⋯", texts["ui.tools"], () => element.classList.toggle("sx-open"));
  toggle.classList.add("sx-toggle");
  let said = "";
  /** What is said about the weights: all of it, or its first sentence where all has no room, until it is pressed. @param {boolean} shown */
  function whole(shown) {
    element.classList.toggle("sx-whole", shown);
    weights.setAttribute("aria-expanded", String(shown));
    setText(weights, said);
    if (!shown && isCut()) setText(weights, firstSentence(said));
  }
  const isCut = () => weights.scrollHeight > weights.clientHeight + 2 || weights.scrollWidth > weights.clientWidth + 2;
  let toldFor = "";
  /** @param {string} text */
  function tellWeights(text) {
    const key = `${text} ${element.clientWidth} ${getComputedStyle(weights).fontSize}`;
    if (key === toldFor) return;
    [toldFor, said] = [key, text];
    weights.title = text;
    whole(element.classList.contains("sx-whole"));
  }
  const menu = make(
    "details",
    { class: "sx-menu" },
    make("summary", { class: "sx-icon" }, `${texts["ui.export"]} ▾`),
    make("div", {}, FORMATS.map((format) => make("button", { data: { format }, onclick: () => exportAs(format) }, texts[`ui.export.${format}`]))),
  );
  const tourMenu = makeTourMenu(texts, act);
  function exportAs(/** @type {string} */ format) {
    menu.open = false;
    act.exportAs(format);
  }
  const { commands } = act;
  const icons = make(
    "div",
    { class: "sx-icons" },
    tourMenu,
    menu,
    iconButton("compare", texts["ui.compare"], () => commands.compare(1)),
    iconButton("link", texts["ui.link"], () => commands.copyLink()),
    iconButton("dark", texts["ui.dark"], () => commands.dark()),
    iconButton("present", texts["ui.present"], () => commands.present()),
    iconButton("fullscreen", texts["ui.fullscreen"], () => commands.fullscreen()),
    signButton("文A", texts["ui.language"], () => commands.language()),
    signButton("?", texts["ui.help"], () => commands.help()),
  );
  const element = make("header", { class: "sx-top" }, make("h1", {}, texts["ui.title"]), model, size, weights, toggle, icons);
  return {
    element,
    /** @param {any} selection @param {import("../types.js").Scene | null} scene */
    show(selection, scene) {
      model.value = selection.model;
      // The model's own size comes first; one that a link asked for stands beside those that are offered.
      const offered = boot.models.find(({ name }) => name === selection.model)?.sizes ?? [];
      const sizes = offered.includes(selection.size) ? offered : [...offered, selection.size];
      if (size.dataset.sizes !== sizes.join()) {
        size.replaceChildren(...sizes.map(sizeOption));
        size.dataset.sizes = sizes.join();
      }
      size.value = String(selection.size);
      tellWeights(scene?.weights ?? "");
      weights.classList.toggle("sx-warn", scene?.random ?? false);
    },
    /** One more menu, before the others. @param {HTMLElement} more */
    addMenu: (more) => icons.prepend(more),
    closeMenu() {
      menu.open = false;
    },
  };
}

/**
 * Under the photo: what a click pins, what lies over the photo, zoom, undo; and which photo it is.
 * @param {Boot} boot
 * @param {{pinKind: (kind: string) => void, toggle: (layer: string) => void, example: (name: string) => void, upload: (file: Blob) => void, commands: Record<string, (...all: any[]) => void>}} act
 */
export function makeTools(boot, act) {
  const { texts } = boot;
  const pins = ["query", "key", "against_query"].map((kind) => make("button", { data: { role: kind, value: kind }, onclick: () => act.pinKind(kind) }, texts[`ui.pin.${kind}`]));
  const pinning = make("div", { class: "sx-segmented", role: "group", "aria-label": texts["ui.pin.label"], title: texts["ui.pin.label"] }, make("div", { class: "sx-buttons" }, pins));
  const layers = [["grid", "ui.grid"], ["windows", "ui.windows"], ["map", "ui.map_here"]].map(([layer, text]) => make("button", { data: { layer }, onclick: () => act.toggle(layer) }, texts[text]));
  const moves = [
    signButton("+", texts["ui.zoom_in"], () => act.commands.zoom(1)),
    signButton("−", texts["ui.zoom_out"], () => act.commands.zoom(-1)),
    iconButton("undo", texts["ui.undo"], () => act.commands.undo()),
  ];
  const input = make("input", { type: "file", accept: "image/*,.tif,.tiff,.jp2,.dcm", class: "sx-file", id: "sx-upload", "aria-label": texts["ui.upload"] });
  input.addEventListener("change", () => {
    if (input.files?.length) act.upload(input.files[0]);
    input.value = "";
  });
  const examples = boot.examples.map(({ name, src, credit }) =>
    make("button", { class: "sx-example", data: { image: name }, title: `${name} · ${credit}`, onclick: () => act.example(name) }, make("img", { src, alt: name, width: 40, height: 40 })),
  );
  const credit = make("span", { class: "sx-quiet sx-credit" });
  const choice = make("div", { class: "sx-examples" }, examples, make("label", { for: "sx-upload", class: "sx-button", title: texts["ui.upload.kept"] }, texts["ui.upload"]), input, credit);
  const element = make("div", { class: "sx-tools" }, make("div", { class: "sx-tool-row" }, pinning, make("div", { class: "sx-buttons" }, layers), make("div", { class: "sx-buttons" }, moves)), choice);
  return {
    element,
    /** @param {import("../model/state.js").State} state */
    show({ selection, scene, pinKind, layers: on }) {
      for (const button of pins) setPressed(button, button.dataset.value === pinKind);
      for (const button of layers) setPressed(button, on[/** @type {"grid"} */ (button.dataset.layer)]);
      for (const button of examples) setPressed(button, button.dataset.image === selection.image);
      const example = boot.examples.find(({ name }) => name === selection.image);
      const whose = example ? texts["ui.credit"].replace("{credit}", example.credit) : texts["ui.yours"];
      setText(credit, [whose, ...(scene?.reading ?? [])].join(" · "));
      credit.title = credit.textContent ?? "";
    },
  };
}
