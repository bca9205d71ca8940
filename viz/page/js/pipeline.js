// The forward pass as a strip of buttons, with live shapes; the selected block unfolds below.

import { fill, make } from "./dom.js";

// `act` has stage(stage, view), block(index).
export function makePipeline(boot, act) {
  const { texts } = boot;
  const withViews = new Set(boot.views.map((view) => view.stage));
  const element = make("nav", { class: "sx-pipe", "aria-label": texts["ui.pipeline"] });
  const outer = make("div", { class: "sx-row" });
  const inner = make("div", { class: "sx-row sx-inner" });
  element.append(outer, inner);
  let drawn = null; // the scene that the buttons were made for
  let buttons = [];

  function node({ id, stage }, extra = "") {
    const usable = withViews.has(stage);
    const button = make(
      "button",
      {
        class: `sx-node ${extra}`,
        data: { node: id, stage },
        disabled: !usable,
        title: usable ? texts[`stage.${stage}`] : texts["ui.no_view"],
        onclick: () => act.stage(stage),
      },
      make("b", {}, texts[`node.${id}`]),
      make("span", { class: "sx-shape" }),
    );
    buttons.push(button);
    return button;
  }

  function build(scene) {
    buttons = [];
    const blocks = scene.windows.map((window, index) => {
      const kind = window ? "windowed" : "global";
      const name = `${fill(texts["label.block"], { block: index })}, ${texts[`ui.${kind}`]}`;
      return make(
        "button",
        {
          class: "sx-block",
          data: { block: index, kind },
          title: name,
          "aria-label": name,
          onclick: () => act.block(index),
        },
        String(index),
      );
    });
    const columns = blockColumns(blocks.length);
    const group = make(
      "div",
      { class: "sx-blocks" },
      make("div", { class: "sx-block-row", data: { dense: String(columns > 12) }, style: `grid-template-columns:repeat(${columns}, auto)` }, blocks),
      make(
        "div",
        { class: "sx-shape" },
        make("i", { class: "sx-key", data: { kind: "windowed" } }), texts["ui.windowed"],
        make("i", { class: "sx-key", data: { kind: "global" } }), texts["ui.global"],
        make("span", { data: { shape: "blocks" } }),
      ),
    );
    const neck = make(
      "div",
      { class: "sx-blocks" },
      make("div", { class: "sx-node-row" }, boot.nodes.filter(({ id }) => id.startsWith("neck.")).map((one) => node(one, "sx-bare"))),
      make("div", { class: "sx-shape" }, make("span", { data: { shape: "neck.0" } })),
    );
    const parts = boot.nodes
      .filter(({ id }) => !/^neck\.[123]$/.test(id))
      .map((one) => (one.id === "blocks" ? group : one.id === "neck.0" ? neck : node(one)));
    outer.replaceChildren(...joined(parts, "sx-arrow"));
    inner.replaceChildren(make("b", { class: "sx-inner-name" }), ...joined(boot.inner.map((one) => node(one, "sx-small")), "sx-arrow"));
    drawn = scene;
  }

  function show(scene, selection, stage) {
    if (drawn?.windows.join() !== scene.windows.join()) build(scene);
    const kind = scene.windows[selection.block] ? "windowed" : "global";
    element.dataset.kind = kind;
    for (const button of buttons) {
      const { node: id, stage: own } = button.dataset;
      button.classList.toggle("sx-lit", own === stage);
      if (own === stage) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
      button.querySelector(".sx-shape").textContent = scene.shapes[id] ?? scene.shapes[`${id}.${kind}`] ?? "";
    }
    const inBlock = boot.blockStages.includes(stage);
    for (const button of outer.querySelectorAll(".sx-block")) {
      const here = Number(button.dataset.block) === selection.block;
      button.classList.toggle("sx-lit", here);
      button.classList.toggle("sx-open", here && inBlock);
      button.setAttribute("aria-pressed", String(here));
    }
    for (const shape of outer.querySelectorAll("[data-shape]")) shape.textContent = scene.shapes[shape.dataset.shape];
    inner.querySelector(".sx-inner-name").textContent = fill(texts["label.block"], { block: selection.block });
    inner.classList.toggle("sx-dim", !inBlock);
    const lit = element.querySelector(".sx-node.sx-lit") ?? outer.querySelector(".sx-block.sx-lit");
    if (lit) element.scrollLeft = lit.offsetLeft - element.offsetLeft - (element.clientWidth - lit.offsetWidth) / 2; // on a phone
  }

  // While a photo is encoded: the blocks that are done.
  function progress(done) {
    outer.querySelectorAll(".sx-block").forEach((button, index) => button.classList.toggle("sx-done", index < done));
  }

  // Light up the nodes of stages, by their names.
  function pointAt(names) {
    const inBlocks = names.some((name) => boot.blockStages.some((stage) => texts[`stage.${stage}`] === name));
    for (const button of buttons) button.classList.toggle("sx-pointed", names.includes(texts[`stage.${button.dataset.stage}`]));
    outer.querySelector(".sx-block-row").classList.toggle("sx-pointed", inBlocks);
  }

  return { element, show, progress, pointAt };
}

// ViT-L's 24 blocks stand in two rows of 12, ViT-H's 32 in two of 16: global blocks, evenly spaced, then share columns.
function blockColumns(depth) {
  return Math.ceil(depth / Math.ceil(depth / 16));
}

function joined(parts, arrow) {
  return parts.flatMap((part, index) => (index ? [make("i", { class: arrow, "aria-hidden": "true" }, "▸"), part] : [part]));
}
