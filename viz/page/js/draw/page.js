// The page: its parts put together, and drawn anew wherever the state has changed.

import { isComparing, placedIn } from "../model/comparing.js";
import { isInBlock, viewOf } from "../model/views.js";
import { hasTwoPhotos, makeCompareBar } from "./compare_bar.js";
import { makeAside } from "./aside.js";
import { attach, make } from "./dom.js";
import { hasPatches } from "./curves.js";
import { makeExplanation } from "./explain.js";
import { makeFoot } from "./foot.js";
import { makeGuide } from "./guide.js";
import { makeHeader, makeTools } from "./header.js";
import { makeHelp } from "./help.js";
import { makeLook } from "./look.js";
import { makeMessages, makeNotices } from "./messages.js";
import { makeNotes } from "./notes.js";
import { makePanels } from "./panels.js";
import { makePhoto } from "./photo.js";
import { applyShape, scrolls } from "./shape.js";
import { otherState } from "./sides.js";
import { makeStage, overPhoto, photoBox } from "./stage.js";
import { makeStrip } from "./strip.js";
import { makeViewBar } from "./view_bar.js";
import { makeWhatIf } from "./what_if.js";

/** @typedef {import("../model/state.js").State} State */
/** @typedef {import("../types.js").Boot} Boot */
/** @typedef {import("../model/store.js").Store<State>} Store */
/** @typedef {ReturnType<typeof import("../act/selecting.js").makeSelecting>} Selecting */

/** @type {(keyof State)[]} */
const DRAWN_ALL = ["shown", "pinned", "scene", "selection", "page", "presenting", "tools", "drawer", "layers", "pinKind", "tour", "guess", "node", "otherScene", "pointed", "film"];

/** Open a step of the strip, and remember that it was this one: several may share a view. @param {import("../types.js").Node} one @param {Store} store @param {any} act */
function openedBy(one, store, act) {
  act.node(one);
  store.set({ node: one.id });
}

/** Everything on the page, put into its root. @param {HTMLElement} root @param {Boot} boot @param {Store} store @param {any} act @param {Selecting} selecting */
function build(root, boot, store, act, selecting) {
  const { texts } = boot;
  const messages = makeMessages(texts, () => store.set({ message: null }));
  const { tell } = messages;
  const header = makeHeader(boot, act);
  const notices = makeNotices(texts);
  const whatIf = makeWhatIf(boot, act.change);
  header.addMenu(whatIf.menu);
  const strip = makeStrip(boot, { ...act, node: (/** @type {import("../types.js").Node} */ one) => openedBy(one, store, act) });
  const photo = makePhoto(texts, { ...act, tell });
  const otherPhoto = makePhoto(texts, { ...act.onOther, tell });
  const compareBar = makeCompareBar(boot, act);
  const tools = makeTools(boot, act);
  const viewBar = makeViewBar(boot, act, selecting.tabs);
  const panels = makePanels(texts, { ...act, tell, pointAt: strip.pointAt }, (page) => store.set({ page }));
  const foot = makeFoot(boot, () => act.commands.drawer(), act.touring);
  const explanation = makeExplanation(texts, () => store.set({ drawer: false }), act.pointAt);
  const notes = makeNotes(texts, act.presenter);
  const help = makeHelp(boot);

  const aside = makeAside(boot);
  const left = make("div", { class: "sx-left" }, make("div", { class: "sx-photos" }, photo.element, aside.element), tools.element);
  const right = make("div", { class: "sx-right" }, viewBar.element, panels.element, panels.pager, messages.looking);
  const main = make("div", { class: "sx-main" }, left, right);
  const body = make("div", { class: "sx-body" }, main, explanation.element, notes.element);
  root.replaceChildren(header.element, notices.element, strip.element, whatIf.line, messages.progress, body, foot.element, messages.element, messages.tip, help.element);
  return { messages, header, notices, whatIf, strip, photo, otherPhoto, aside, compareBar, tools, viewBar, panels, foot, explanation, notes, help, main };
}

/**
 * @param {object} how
 * @param {HTMLElement} how.root
 * @param {Boot} how.boot
 * @param {import("../types.js").Palette} how.palette
 * @param {Store} how.store
 * @param {any} how.act Everything that a person can do.
 * @param {Selecting} how.selecting
 */
export function makePage({ root, boot, palette, store, act, selecting }) {
  const parts = build(root, boot, store, act, selecting);
  const { messages, header, notices, whatIf, strip, photo, otherPhoto, aside, compareBar, tools, viewBar, panels, foot, explanation, notes, help, main } = parts;
  const lookOf = makeLook(boot, palette);
  const otherLookOf = makeLook(boot, palette, (patch) => placedIn(patch, store.now.otherScene, store.now.scene) ?? patch);
  const stage = makeStage(boot, { main, bar: viewBar.element, tools: tools.element, panels });
  const guide = makeGuide(root, boot, panels, (page) => store.set({ page }));
  let shape = applyShape(root, store.now);
  /** What had the keyboard's focus when presenting began: it is out of sight meanwhile. @type {Element | null} */
  let leftBehind = null;

  /** Everything around the panels. @param {State} state */
  function drawFrame(state) {
    const { selection, scene } = state;
    header.show(selection, scene);
    whatIf.show(selection, scene, isComparing(selection) ? state.otherScene : null);
    tools.show(state);
    compareBar.show(state);
    attach(compareBar.element, strip.element, isComparing(selection));
    attach(otherPhoto.element, photo.element, hasTwoPhotos(selection));
    root.classList.toggle("sx-comparing", isComparing(selection));
    foot.show(state);
    notes.show(state);
    notices.show([...(scene?.notices ?? []), ...(state.otherScene?.notices ?? []).map((notice) => `B: ${notice}`)]);
    if (!scene) return;
    const view = viewOf(boot, selection);
    strip.show(scene, /** @type {any} */ (selection), { stage: view.stage, view: view.id, title: boot.texts[`view.${view.id}.title`], node: state.node });
    strip.showFilm(state.film, scene);
    viewBar.show(scene, state);
  }

  /** @param {State} state */
  function drawAll(state) {
    shape = applyShape(root, state);
    drawFrame(state);
    if (!state.scene) return drawPreview(state);
    if (!state.shown) return drawPhoto(state); // its first view is still being computed
    const look = lookOf(state, shape);
    const compared = Boolean(state.shown.against && state.otherScene);
    const looks = { a: look, b: compared ? otherLookOf(otherState(state), shape) : look };
    const pages = guide.around(state, () => stage.show(state, looks, shape));
    if (state.page >= pages) store.set({ page: pages - 1 });
    drawPhoto(state, look);
    guide.show(state);
    const { selection } = state.shown;
    root.dataset.shown = `${selection.view}:${selection.block}:${selection.query}:${selection.key ?? ""}`;
    root.dataset.painted = String(Number(root.dataset.painted ?? 0) + 1); // what tests and benchmarks wait for
  }

  /** Nothing is encoded yet: an example's picture has come with the page. @param {State} state */
  function drawPreview({ selection }) {
    const example = boot.examples.find(({ name }) => name === selection.image);
    if (example) photo.preview(example.src, photoBox(photo.element, shape));
  }

  /** @param {State} state @param {import("../types.js").Look} [look] */
  function drawPhoto(state, look = lookOf(state, shape)) {
    if (!state.scene || !state.photo) return;
    const over = overPhoto(boot, state, isInBlock(boot, state.selection));
    photo.draw(look, { image: state.photo, box: photoBox(photo.element, shape), ...over });
    aside.show(state, photo.canvas, shape);
    const other = otherState(state);
    if (!otherPhoto.element.isConnected || !other.scene || !other.shown || !other.photo) return;
    const otherOver = overPhoto(boot, other, isInBlock(boot, state.selection));
    otherPhoto.draw(otherLookOf(other, shape), { image: other.photo, box: photoBox(otherPhoto.element, shape), ...otherOver });
  }

  /** @param {State} now @param {State} before */
  function render(now, before) {
    const focused = document.activeElement;
    const changed = (/** @type {(keyof State)[]} */ ...names) => names.some((name) => now[name] !== before[name]);
    if (changed("status")) root.dataset.state = now.status;
    if (changed("message")) messages.show(now.message);
    if (changed("progress")) {
      messages.showProgress(now.progress);
      strip.progress(now.progress?.done ?? 0);
    }
    if (changed("looking")) messages.showLooking(now.looking, boot.texts[`view.${now.selection.view}.title`]);
    if (changed("explanation") && now.explanation) explanation.show(now.explanation);
    if (changed("proof")) foot.pair.showProof(now.proof);
    if (changed(...DRAWN_ALL)) drawAll(now);
    else if (changed("hover") && now.shown?.panels.some(({ panel }) => panel.kind === "Curves" && hasPatches(panel))) drawAll(now); // dots light up too
    else if (changed("hover", "zoom")) drawPhoto(now);
    if (!changed("presenting")) return;
    if (now.presenting) leftBehind = focused;
    else if (focused === document.body && leftBehind instanceof HTMLElement) leftBehind.focus();
  }
  /** Where the page scrolls, another view begins at its top. @param {State} now @param {State} before */
  function toTheTop({ pinned }, { pinned: last }) {
    const other = pinned && last && pinned.selection.view !== last.selection.view;
    if (other && scrolls(root) && main.getBoundingClientRect().top < 0) main.scrollIntoView({ block: "start" });
  }
  store.subscribe(render);
  store.subscribe(toTheTop);
  store.subscribe(({ selection, node }, before) => {
    if (node && node === before.node && selection.view !== before.selection.view) store.set({ node: "" });
  });
  root.dataset.state = store.now.status;
  messages.show(store.now.message);
  drawAll(store.now);

  return {
    help,
    whatIf,
    main,
    panels: panels.element,
    pages: panels.pages,
    repaint: () => drawAll(store.now),
    pointAt: (/** @type {string} */ place) => guide.pointAt(place, store.now),
    scrolls: () => scrolls(root),
  };
}
