// The forward pass as a strip of buttons, with live shapes; the selected block unfolds below.

import { keyed, make, setAttribute, setPressed, setText } from "./dom.js";
import { fill } from "./text.js";

/** @typedef {import("../types.js").Boot} Boot */
/** @typedef {import("../types.js").Counted} Counted */
/** @typedef {import("../types.js").Node} Node */
/** @typedef {import("../types.js").Scene} Scene */

/** @typedef {{stage: string, view: string, title: string, node: string}} Opened What is on screen. */

const ROW = 16; // so many blocks at most in a row: ViT-L's 24 stand in two of 12, ViT-H's 32 in two of 16

/** A live shape, and what it is the shape of: for whoever points at it, and in a word where there is room. @param {Record<string, string>} texts */
function makeShape(texts) {
  const numbers = make("span", {});
  const of = make("span", { class: "sx-of" });
  const element = make("span", { class: "sx-shape" }, numbers, of);
  /** @param {string} shape @param {Counted | null} counted @param {string} title What the whole tooltip is of. */
  function show(shape, counted, title) {
    const short = counted && texts[`of.short.${counted.of}`];
    setText(numbers, shape);
    setText(of, shape && short ? ` ${short}` : "");
    element.hidden = !shape;
    return shape && counted ? fill(texts["strip.shape"], { title, shape, axes: texts[`axes.${counted.axes}`], of: texts[`of.${counted.of}`] }) : title;
  }
  return { element, show };
}

/** One step of the forward pass as a button. @param {Boot} boot @param {Node} one @param {(one: Node) => void} open @param {string} look */
function makeNode(boot, one, open, look) {
  const { texts } = boot;
  const { id, stage } = one;
  const usable = boot.views.some((view) => view.stage === stage);
  const shape = makeShape(texts);
  const element = make("button", { class: `sx-node ${look}`, data: { node: id, stage }, disabled: !usable, onclick: () => open(one) }, make("b", {}, texts[`node.${id}`]), shape.element);
  /** @param {Scene} scene @param {"windowed" | "global"} kind @param {boolean} lit */
  function show({ shapes }, kind, lit) {
    element.classList.toggle("sx-lit", lit);
    setAttribute(element, "aria-current", lit ? "step" : null);
    const counted = (kind === "windowed" && one.windowed) || one.shape;
    const title = shape.show(shapes[id] ?? shapes[`${id}.${kind}`] ?? "", counted, texts[counted ? `node.${id}` : `stage.${stage}`]);
    setAttribute(element, "title", usable ? title : texts["ui.no_view"]);
  }
  return { one, element, show };
}

/** @param {Boot} boot @param {{node: (one: Node) => void, block: (block: number) => void}} act */
export function makeStrip(boot, act) {
  const { texts } = boot;
  /** @type {ReturnType<typeof makeNode>[]} */
  const nodes = [];

  /** @param {Node} one @param {string} [look] */
  function node(one, look = "") {
    nodes.push(makeNode(boot, one, act.node, look));
    return nodes[nodes.length - 1].element;
  }

  const blockRow = make("div", { class: "sx-block-row" });
  const blockShape = makeShape(texts);
  const key = (/** @type {string} */ kind) => [make("i", { class: "sx-key", data: { kind } }), texts[`ui.${kind}`]];
  const side = make("b", { hidden: true, title: texts["ui.strip.side"] }, "A ·");
  const blocks = make("div", { class: "sx-blocks" }, blockRow, make("div", { class: "sx-shape" }, side, ...key("windowed"), ...key("global"), blockShape.element));
  const neckNodes = boot.nodes.filter(({ id }) => id.startsWith("neck."));
  const neckShape = makeShape(texts);
  const neckRow = make("div", { class: "sx-node-row" }, neckNodes.map((one) => node(one, "sx-bare")));
  for (const button of neckRow.children) button.append(make("i", { class: "sx-film", hidden: true }));
  const neck = make("div", { class: "sx-blocks" }, neckRow, neckShape.element);
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
    return { element: make("button", { class: "sx-block", data, title: name, "aria-label": name, onclick: () => act.block(index) }, String(index), make("i", { class: "sx-film", hidden: true })) };
  }

  /** Which nodes a view lights: the one that it was opened by, else the one that is the view's own, else all of its stage. @param {string} view @param {string} stage @param {string} opener @returns {(one: Node) => boolean} */
  function litBy(view, stage, opener) {
    if (nodes.some(({ one }) => one.id === opener && one.stage === stage)) return ({ id }) => id === opener;
    const alone = nodes.some(({ one }) => one.view === view);
    return (one) => (one.view ? one.view === view : !alone && one.stage === stage);
  }

  const countedOf = (/** @type {string} */ id) => boot.nodes.find((one) => one.id === id)?.shape ?? null;

  /** @param {Scene} scene @param {{block: number, compare: string}} selection @param {Opened} opened */
  function show(scene, selection, { stage, view, title, node: opener }) {
    const kind = scene.windows[selection.block] ? "windowed" : "global";
    const inBlock = boot.blockStages.includes(stage);
    const block = fill(texts["label.block"], { block: selection.block });
    element.dataset.kind = kind;
    side.hidden = selection.compare === "off"; // of two sides it shows the first
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
    const isLit = litBy(view, stage, opener);
    for (const one of nodes) one.show(scene, kind, isLit(one.one));
    blocks.title = blockShape.show(scene.shapes.blocks, countedOf("blocks"), texts["node.blocks"]);
    neck.title = neckShape.show(scene.shapes["neck.0"], countedOf("neck.0"), texts["stage.neck"]);
    setText(innerName, block);
    inner.classList.toggle("sx-dim", !inBlock);
    for (const row of [outer, inner]) {
      sayOf(row);
      intoSight(row);
    }
  }

  /** What each block and each of the neck's steps made of the photo; null until that has come. @param {import("../model/state.js").State["film"]} film @param {Scene} scene */
  function showFilm(film, { photoGrid: [rows, cols] }) {
    for (const [row, pictures] of /** @type {[HTMLElement, string[] | undefined][]} */ ([[blockRow, film?.blocks], [neckRow, film?.neck]])) {
      row.querySelectorAll(".sx-film").forEach((one, index) => {
        const picture = /** @type {HTMLElement} */ (one);
        picture.hidden = false; // its room is there before it comes, so that nothing moves then
        picture.style.backgroundImage = pictures ? `url("${pictures[index]}")` : "";
        picture.style.aspectRatio = `${cols} / ${rows}`;
      });
    }
    if (film) blocks.title = `${blocks.title}\n${texts["strip.film.blocks"]}`;
    if (film) neck.title = `${neck.title}\n${texts["strip.film.neck"]}`;
  }

  /** While a photo is encoded: the blocks that are done. @param {number} done */
  function progress(done) {
    blockRow.querySelectorAll(".sx-block").forEach((button, index) => button.classList.toggle("sx-done", index < done));
  }

  /** Light up the nodes of stages. @param {string[]} stages */
  function pointAt(stages) {
    for (const { element: button, one } of nodes) button.classList.toggle("sx-pointed", stages.includes(one.stage));
    blockRow.classList.toggle("sx-pointed", stages.some((stage) => boot.blockStages.includes(stage)));
  }
  return { element, show, showFilm, progress, pointAt };
}

/**
 * What each shape is of, in a word: of all nodes where the row has room, else of the lit one, else of none. Where the page
 * doesn't scroll and room still lacks, only the lit node has its shape, and then nodes stand closer.
 * @param {HTMLElement} row
 */
function sayOf(row) {
  const frame = row.parentElement;
  const page = /** @type {HTMLElement | null} */ (row.closest(".sx"));
  const key = `${page?.className} ${frame?.clientWidth} ${row.textContent} ${row.querySelector(".sx-lit")?.textContent}`;
  if (!frame || row.dataset.said === key) return;
  row.dataset.said = key;
  for (const said of ["all", "lit", "none", ...(page?.dataset.form === "wide" ? ["bare", "tight"] : [])]) {
    row.dataset.of = said;
    if (frame.scrollWidth <= frame.clientWidth) return;
  }
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
