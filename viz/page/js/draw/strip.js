// The forward pass as a strip of buttons, with live shapes; the selected block unfolds below.

import { keyed, make, setAttribute, setPressed, setText } from "./dom.js";
import { fill } from "./text.js";

/** @typedef {import("../types.js").Boot} Boot */
/** @typedef {import("../types.js").Scene} Scene */

const ROW = 16; // so many blocks at most in a row: ViT-L's 24 stand in two of 12, ViT-H's 32 in two of 16

/** @param {Boot} boot @param {{stage: (stage: string) => void, block: (block: number) => void}} act */
export function makeStrip(boot, act) {
  const { texts } = boot;
  const withViews = new Set(boot.views.map((view) => view.stage));
  /** @type {HTMLButtonElement[]} */
  const nodes = [];

  /** @param {{id: string, stage: string}} one @param {string} [look] */
  function node({ id, stage }, look = "") {
    const usable = withViews.has(stage);
    const button = make(
      "button",
      { class: `sx-node ${look}`, data: { node: id, stage }, disabled: !usable, title: usable ? texts[`stage.${stage}`] : texts["ui.no_view"], onclick: () => act.stage(stage) },
      make("b", {}, texts[`node.${id}`]),
      make("span", { class: "sx-shape" }),
    );
    nodes.push(button);
    return button;
  }

  const blockRow = make("div", { class: "sx-block-row" });
  const blockShape = make("span", {});
  const key = (/** @type {string} */ kind) => [make("i", { class: "sx-key", data: { kind } }), texts[`ui.${kind}`]];
  const blocks = make("div", { class: "sx-blocks" }, blockRow, make("div", { class: "sx-shape" }, ...key("windowed"), ...key("global"), blockShape));
  const neckNodes = boot.nodes.filter(({ id }) => id.startsWith("neck."));
  const neckShape = make("span", { class: "sx-shape" });
  const neck = make("div", { class: "sx-blocks" }, make("div", { class: "sx-node-row" }, neckNodes.map((one) => node(one, "sx-bare"))), neckShape);
  const outerParts = boot.nodes
    .filter(({ id }) => !/^neck\.[123]$/.test(id))
    .map((one) => (one.id === "blocks" ? blocks : one.id === "neck.0" ? neck : node(one)));
  const outer = make("div", { class: "sx-row" }, joined(outerParts));
  const innerName = make("b", { class: "sx-inner-name" });
  const inner = make("div", { class: "sx-row sx-inner" }, innerName, joined(boot.inner.map((one) => node(one, "sx-small"))));
  const here = make("p", { class: "sx-here" });
  const element = make("nav", { class: "sx-strip", "aria-label": texts["ui.pipeline"] }, here, make("div", { class: "sx-scroll-row" }, outer), make("div", { class: "sx-scroll-row" }, inner));

  /** @param {{window: number | null, index: number}} block */
  function makeBlock({ window, index }) {
    const kind = window ? "windowed" : "global";
    const name = `${fill(texts["label.block"], { block: index })}, ${texts[`ui.${kind}`]}`;
    const data = { block: index, kind };
    return { element: make("button", { class: "sx-block", data, title: name, "aria-label": name, onclick: () => act.block(index) }, String(index)) };
  }

  /** @param {Scene} scene @param {{block: number}} selection @param {{stage: string, title: string}} view */
  function show(scene, selection, { stage, title }) {
    const kind = scene.windows[selection.block] ? "windowed" : "global";
    const inBlock = boot.blockStages.includes(stage);
    const block = fill(texts["label.block"], { block: selection.block });
    element.dataset.kind = kind;
    setText(here, [inBlock ? `${block} · ${texts[`ui.${kind}`]}` : "", title].filter(Boolean).join(" · "));
    const all = scene.windows.map((window, index) => ({ window, index }));
    const columns = Math.ceil(all.length / Math.ceil(all.length / ROW));
    blockRow.style.gridTemplateColumns = `repeat(${columns}, auto)`;
    blockRow.dataset.dense = String(columns > 12);
    for (const { element: button } of keyed(blockRow, all, ({ window, index }) => `${index}:${window}`, makeBlock)) {
      const lit = Number(button.dataset.block) === selection.block;
      button.classList.toggle("sx-lit", lit);
      setPressed(button, lit);
    }
    for (const button of nodes) {
      const { node: id = "", stage: own } = button.dataset;
      button.classList.toggle("sx-lit", own === stage);
      setAttribute(button, "aria-current", own === stage ? "step" : null);
      setText(/** @type {Element} */ (button.querySelector(".sx-shape")), scene.shapes[id] ?? scene.shapes[`${id}.${kind}`] ?? "");
    }
    setText(blockShape, scene.shapes.blocks);
    setText(neckShape, scene.shapes["neck.0"]);
    setText(innerName, block);
    inner.classList.toggle("sx-dim", !inBlock);
    for (const row of [outer, inner]) intoSight(row);
  }

  /** While a photo is encoded: the blocks that are done. @param {number} done */
  function progress(done) {
    blockRow.querySelectorAll(".sx-block").forEach((button, index) => button.classList.toggle("sx-done", index < done));
  }

  /** Light up the nodes of stages. @param {string[]} stages */
  function pointAt(stages) {
    for (const button of nodes) button.classList.toggle("sx-pointed", stages.includes(button.dataset.stage ?? ""));
    blockRow.classList.toggle("sx-pointed", stages.some((stage) => boot.blockStages.includes(stage)));
  }
  return { element, show, progress, pointAt };
}

/** On a narrow screen each row scrolls by itself: what is chosen in its middle. @param {HTMLElement} row */
function intoSight(row) {
  const frame = row.parentElement;
  const lit = /** @type {HTMLElement | null} */ (row.querySelector(".sx-node.sx-lit") ?? row.querySelector(".sx-block.sx-lit"));
  if (!frame || !lit || frame.scrollWidth <= frame.clientWidth) return;
  const inside = lit.getBoundingClientRect().left - frame.getBoundingClientRect().left + frame.scrollLeft;
  frame.scrollLeft = inside - (frame.clientWidth - lit.offsetWidth) / 2;
}

/** @param {HTMLElement[]} parts */
function joined(parts) {
  return parts.flatMap((part, index) => (index ? [make("i", { class: "sx-arrow", "aria-hidden": "true" }, "▸"), part] : [part]));
}
