// The page: its parts put together, and drawn anew wherever the state has changed.

import { greyed } from "./canvas.js";
import { ofThePhoto, showControls } from "./controls.js";
import { keyed, make, setPressed, setText } from "./dom.js";
import { makeExplanation } from "./explain.js";
import { makeHeader, makeTools } from "./header.js";
import { makeHelp } from "./help.js";
import { formOf, photoShare, typeOf } from "./layout.js";
import { makeMessages } from "./messages.js";
import { makePair } from "./pair.js";
import { fitsOf, makePanels, mapForPhoto } from "./panels.js";
import { makePhoto } from "./photo.js";
import { makeStrip } from "./strip.js";
import { makeMeasure } from "./measure.js";

/** @typedef {import("../model/state.js").State} State */
/** @typedef {import("../types.js").Look} Look */
/** @typedef {import("../types.js").Mark} Mark */

/**
 * How the hero fills a box: the first panel, or the first two where they are two of a kind, to be compared.
 * @param {import("../types.js").Prepared[]} prepared  @param {Look} look
 */
function heroOf(prepared, look) {
  const [first, second] = fitsOf(prepared, look);
  const [one, other] = prepared.map(({ panel }) => `${panel.kind} ${panel.shape}`);
  if (!second || one !== other || prepared[0].panel.kind !== "Maps") return first;
  return (/** @type {import("../types.js").Size} */ { width, height }) => {
    const { area, ok, ...size } = first({ width, height: height / 2 });
    return { ...size, area: 2 * area, ok };
  };
}

/**
 * @param {object} parts
 * @param {HTMLElement} parts.root
 * @param {import("../types.js").Boot} parts.boot
 * @param {import("../types.js").Palette} parts.palette
 * @param {import("../model/store.js").Store<State>} parts.store
 * @param {any} parts.act Everything that a person can do.
 * @param {ReturnType<typeof import("../act/selecting.js").makeSelecting>} parts.selecting
 */
export function makePage({ root, boot, palette, store, act, selecting }) {
  const { texts } = boot;
  const messages = makeMessages(texts, () => store.set({ message: null }));
  const tell = messages.tell;
  const header = makeHeader(boot, act);
  const strip = makeStrip(boot, act);
  const photo = makePhoto(texts, { ...act, tell });
  const tools = makeTools(boot, act);
  const panels = makePanels(texts, { ...act, tell, pointAt: strip.pointAt }, (page) => store.set({ page }));
  const pair = makePair(texts);
  const explanation = makeExplanation(texts, () => store.set({ drawer: false }));
  const help = makeHelp(texts);
  const measure = makeMeasure();

  const heading = make("h2", {});
  const tabs = make("div", { class: "sx-tabs", role: "group", "aria-label": texts["ui.views"] });
  const controls = make("div", { class: "sx-controls" });
  const bar = make("div", { class: "sx-view-bar" }, make("div", { class: "sx-tab-row" }, heading, tabs), controls);
  const left = make("div", { class: "sx-left" }, photo.element, tools.element);
  const right = make("div", { class: "sx-right" }, bar, panels.element, panels.pager);
  const main = make("div", { class: "sx-main" }, left, right);
  const sentence = make("p", { class: "sx-sentence" });
  const more = make("button", { class: "sx-more", "aria-expanded": "false", onclick: () => act.commands.drawer() }, `${texts["ui.more"]} ▸`);
  const foot = make("footer", { class: "sx-foot" }, pair.element, make("div", { class: "sx-say" }, sentence, more));
  const body = make("div", { class: "sx-body" }, main, explanation.element);
  root.replaceChildren(header.element, strip.element, messages.progress, body, foot, messages.element, messages.tip, help.element);

  /** @type {{image: HTMLImageElement | null, dark: HTMLCanvasElement, light: HTMLCanvasElement} | null} */
  let under = null;
  const viewOf = (/** @type {State} */ { selection }) => boot.views.find(({ id }) => id === selection.view) ?? boot.views[0];
  const screenNow = () => ({ width: root.clientWidth, height: Math.min(window.innerHeight, screen.availHeight || 1080) });
  const isInBlock = (/** @type {State} */ state) => boot.blockStages.includes(viewOf(state).stage);

  /** @param {State} state @returns {Mark[]} */
  function marksOf(state) {
    const { selection, hover, shown } = state;
    /** @type {Mark[]} */
    const marks = [{ patch: hover ?? selection.query, colour: boot.roles.query }];
    if (hover) marks.unshift({ patch: selection.query, colour: "rgba(255,255,255,0.75)" });
    const key = (isInBlock(state) && shown?.pair?.key) || selection.key;
    if (key) marks.push({ patch: key, colour: boot.roles.key, dashed: true });
    if (selection.against_query) marks.push({ patch: selection.against_query, colour: boot.roles.other });
    return marks;
  }

  /** @param {State} state @param {number} type @returns {Look} */
  function lookOf(state, type) {
    if (under?.image !== state.photo && state.photo) under = { image: state.photo, dark: greyed(state.photo, "dark"), light: greyed(state.photo, "light") };
    const query = viewOf(state).uses.includes("query") ? (state.shown?.selection.query ?? null) : null;
    return /** @type {Look} */ ({ scene: state.scene, texts, palette, roles: boot.roles, under, marks: marksOf(state), overlay: state.selection.overlay / 100, type, query, measure: measure(type), tapped: ["side", "phone"].includes(root.dataset.form ?? "") });
  }

  // Everything around the panels.
  /** @param {State} state */
  function drawFrame(state) {
    const { selection, scene } = state;
    header.show(selection, scene);
    tools.show(state);
    if (!scene) return;
    const view = viewOf(state);
    const title = texts[`view.${view.id}.title`];
    strip.show(scene, /** @type {any} */ (selection), { stage: view.stage, title });
    setText(heading, texts[`stage.${view.stage}`]);
    keyed(tabs, selecting.tabs(view.id), ({ id }) => id, ({ id }) => ({ element: make("button", { data: { view: id }, onclick: () => act.change({ view: id }) }, texts[`view.${id}.title`]) }), (part, { id }) => setPressed(part.element, id === view.id));
    /** @type {HTMLElement | null} */ (tabs.querySelector('[aria-pressed="true"]'))?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
    showControls(controls, { fields: boot.fields, uses: [...view.uses, ...ofThePhoto(view.stage, scene)], scene, selection, texts, change: act.change });
    setText(sentence, texts[`view.${view.id}.what`].split(/(?<=[.?!]) /)[0]);
    pair.element.hidden = !isInBlock(state);
  }

  /** Which form the window gets, and how large letters are. @param {State} state */
  function shape(state) {
    const window_ = screenNow();
    const form = formOf(window_);
    const type = typeOf(window_, state.presenting);
    root.dataset.form = form;
    root.style.setProperty("--type", `${type}px`);
    root.style.setProperty("--height", `${window_.height}px`);
    root.classList.toggle("sx-presenting", state.presenting);
    root.classList.toggle("sx-with-tools", state.tools);
    root.classList.toggle("sx-with-drawer", state.drawer);
    more.setAttribute("aria-expanded", String(state.drawer));
    return { form, type, window: window_ };
  }

  /** @param {import("../types.js").Size} room @param {boolean} across */
  function divide(room, across) {
    const pixels = Math.floor((across ? room.width : room.height) * shareOf.share);
    main.style.gridTemplateColumns = across ? `${pixels}px minmax(0, 1fr)` : "";
    main.style.gridTemplateRows = across ? "" : `${pixels}px minmax(0, 1fr)`;
  }

  /** @param {State} state */
  function drawAll(state) {
    const { form, type, window: window_ } = shape(state);
    drawFrame(state);
    if (!state.scene || !state.shown) return;
    const look = lookOf(state, type);
    const prepared = state.shown.panels;
    const scrolls = form === "side" || form === "phone";
    const view = viewOf(state);
    const room = { width: main.clientWidth, height: main.clientHeight };
    const hero = heroOf(prepared, look);
    const aspect = state.scene.photoSpan[1] / state.scene.photoSpan[0];
    const speaks = view.uses.includes("query") || prepared.some(({ panel }) => panel.overPhoto);
    if (!scrolls) {
      const across = form === "wide";
      const key = [view.id, state.selection.heads, room.width, room.height, prepared.length, aspect].join();
      if (key !== shareOf.key || state.shown === state.pinned) {
        // Twice, since tools and tabs take more lines in a narrower column.
        for (let times = 0; times < 2; times++) {
          const [toolsHeight, barHeight] = [tools.element, bar].map(({ offsetHeight }) => (offsetHeight ? offsetHeight + 8 : 0));
          const share = photoShare({ room, aspect, tools: toolsHeight, bar: barHeight, hero, across, worth: speaks ? 1 : 0.3 });
          shareOf = { key, share };
          divide(room, across);
        }
      }
    } else {
      main.style.gridTemplateColumns = main.style.gridTemplateRows = "";
    }
    const height = scrolls ? Math.max(260, 0.72 * window_.height) : panels.element.clientHeight;
    const box = { width: panels.element.clientWidth, height };
    const hovered = state.shown !== state.pinned;
    const pages = panels.show({ prepared, box, look, page: state.page, scrolls, key: hovered ? lastKey : (lastKey = `${view.id} ${measureKey(state)}`) });
    if (state.page >= pages) store.set({ page: pages - 1 });
    drawPhoto(state, look);
    if (state.shown.pair) pair.show(state.shown.pair);
    const { selection } = state.shown;
    root.dataset.shown = `${selection.view}:${selection.block}:${selection.query}:${selection.key ?? ""}`;
    root.dataset.painted = String(Number(root.dataset.painted ?? 0) + 1); // what tests and benchmarks wait for
  }
  let shareOf = { key: "", share: 0.4 };
  let lastKey = "";
  const measureKey = (/** @type {State} */ { selection }) => [selection.block, selection.heads, selection.scale].join();

  /** @param {State} state @param {Look} [look] */
  function drawPhoto(state, look = lookOf(state, typeOf(screenNow(), state.presenting))) {
    if (!state.scene || !state.shown || !state.photo) return;
    const pair_ = isInBlock(state) ? state.shown.pair : null;
    photo.draw(look, {
      image: state.photo,
      box: photoBox(),
      map: mapForPhoto(state.shown.panels),
      told: state.pinned && mapForPhoto(state.pinned.panels),
      query: state.selection.query,
      hover: state.hover,
      zoom: state.zoom,
      layers: state.layers,
      window: isInBlock(state) ? state.scene.windows[state.selection.block] || null : null,
      span: pair_?.span ?? null,
    });
  }

  function photoBox() {
    const { clientWidth: width, clientHeight: height } = photo.element;
    const form = root.dataset.form;
    if (form === "phone") return { width, height: 0.34 * window.innerHeight };
    return { width, height: form === "side" ? Math.max(120, window.innerHeight - 60) : height };
  }

  /** @type {(keyof State)[]} */
  const DRAWN_ALL = ["shown", "pinned", "scene", "selection", "page", "presenting", "tools", "drawer", "layers", "pinKind"];
  /** @param {State} now @param {State} before */
  function render(now, before) {
    const changed = (/** @type {(keyof State)[]} */ ...names) => names.some((name) => now[name] !== before[name]);
    if (changed("status")) root.dataset.state = now.status;
    if (changed("message")) messages.show(now.message);
    if (changed("progress")) {
      messages.showProgress(now.progress);
      strip.progress(now.progress?.done ?? 0);
    }
    if (changed("explanation") && now.explanation) explanation.show(now.explanation);
    if (changed("proof")) pair.showProof(now.proof);
    if (changed(...DRAWN_ALL)) drawAll(now);
    else if (changed("hover", "zoom")) drawPhoto(now);
  }
  store.subscribe(render);
  root.dataset.state = store.now.status;
  messages.show(store.now.message);
  drawAll(store.now);

  return {
    help,
    main,
    panels: panels.element,
    pages: panels.pages,
    repaint: () => drawAll(store.now),
    scrolls: () => ["side", "phone"].includes(root.dataset.form ?? ""),
  };
}
