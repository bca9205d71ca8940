// The controls that the current view uses, and only those.

import { make } from "./dom.js";

// A row of buttons of which one is chosen.
export function segmented(label, choices, chosen, pick) {
  return make(
    "div",
    { class: "sx-segmented", role: "group", "aria-label": label },
    make("span", { class: "sx-control-name" }, label),
    choices.map(({ value, text }) =>
      make("button", { "aria-pressed": String(value === chosen), data: { value }, onclick: () => pick(value) }, text),
    ),
  );
}

function stepper(label, value, low, high, pick) {
  const input = make("input", { type: "number", min: low, max: high ?? undefined, value, "aria-label": label });
  input.addEventListener("change", () => {
    const wanted = Math.round(Number(input.value));
    if (Number.isFinite(wanted)) pick(Math.min(Math.max(wanted, low), high ?? wanted));
  });
  return make("label", { class: "sx-control" }, make("span", { class: "sx-control-name" }, label), input);
}

function slider(label, value, low, high, written, pick) {
  const output = make("output", {}, written(value));
  const input = make("input", { type: "range", min: low, max: high, value, "aria-label": label });
  input.addEventListener("input", () => {
    output.textContent = written(Number(input.value));
    pick(Number(input.value));
  });
  return make("label", { class: "sx-control" }, make("span", { class: "sx-control-name" }, label), input, output);
}

function termSwitches(texts, terms, pick) {
  const boxes = [..."chw"].map((term) => {
    const box = make("input", { type: "checkbox", checked: terms.includes(term) });
    box.addEventListener("change", () => {
      const on = [..."chw"].filter((one) => (one === term ? box.checked : terms.includes(one)));
      pick(on.join(""));
    });
    return make("label", {}, box, texts[`ui.terms.${term}`]);
  });
  return make("div", { class: "sx-segmented", role: "group", "aria-label": texts["ui.terms"] }, boxes);
}

// `change(fields, quiet)` changes the selection; quiet ones replace the link instead of adding to history.
export function drawControls(container, { boot, view, scene, selection, change }) {
  const { texts, choices } = boot;
  const uses = new Set(view.uses);
  const named = (kind) => choices[kind].map((value) => ({ value, text: texts[`ui.${kind}.${value}`] }));
  const parts = [];
  if (uses.has("heads")) parts.push(segmented(texts["ui.heads"], named("heads"), selection.heads, (heads) => change({ heads })));
  if (uses.has("head") && (!uses.has("heads") || selection.heads === "one")) {
    const heads = Array.from({ length: scene.heads }, (_, head) => ({ value: head, text: String(head) }));
    parts.push(segmented(texts["ui.head"], heads, selection.head, (head) => change({ head })));
  }
  if (uses.has("scale")) parts.push(segmented(texts["ui.scale"], named("scale"), selection.scale, (scale) => change({ scale })));
  if (uses.has("terms")) parts.push(termSwitches(texts, selection.terms, (terms) => change({ terms })));
  if (uses.has("channel")) {
    parts.push(stepper(texts["ui.channel"], selection.channel, 0, null, (channel) => change({ channel })));
  }
  if (uses.has("length")) {
    const side = (value) => (value ? `${value}` : texts["ui.length.own"]);
    parts.push(slider(texts["ui.length"], selection.length, 0, 128, side, (length) => change({ length }, true)));
  }
  if (uses.has("overlay")) {
    parts.push(slider(texts["ui.overlay"], selection.overlay, 0, 100, (value) => `${value} %`, (overlay) => change({ overlay }, true)));
  }
  const focused = document.activeElement;
  const keep = container.contains(focused) && focused.tagName === "INPUT" && focused.type === "range";
  if (!keep) container.replaceChildren(...parts); // a slider being dragged stays as it is
}
