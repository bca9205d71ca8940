// The page's start: asks what it needs, and puts model, source and drawing together.

import { makeCommands } from "./act/commands.js";
import { makeSelecting } from "./act/selecting.js";
import { makeLecture } from "./act/lecture.js";
import { listen } from "./act/listening.js";
import { makeExporting } from "./act/exporting.js";
import { makePointing } from "./act/pointing.js";
import { copyLink } from "./act/take_along.js";
import { loadImage } from "./draw/canvas.js";
import { decodeBytes } from "./draw/decode.js";
import { makePage } from "./draw/page.js";
import { preparePanels } from "./draw/panels.js";
import { browserClock, makeAsk } from "./model/ask.js";
import { makeCodec } from "./model/codec.js";
import { makeLink } from "./model/link.js";
import { makeLooking } from "./model/looking.js";
import { makePhotoChoice } from "./model/photo.js";
import { makeState } from "./model/state.js";
import { makeTouring } from "./model/touring.js";
import { storageOrNull, visitorSecret } from "./model/visitor.js";
import { askedAhead } from "./source/ahead.js";
import { makeServer } from "./source/server.js";

/** @typedef {import("./types.js").Boot} Boot */

/** @type {Record<string, string>} */
const LANGUAGE_TAGS = { en: "en", zh: "zh-Hans" };
const LATER_MS = 300; // after the first picture, and then Gradio's own scripts may come

/** Start on the root that the served page has: before Gradio, whose scripts are asked for once the first picture is there. */
export async function begin() {
  const root = /** @type {HTMLElement} */ (document.querySelector(".sx"));
  const asked = useTheme();
  const wished = { lang: root.lang, ...Object.fromEntries(asked) }; // the served page is in the browser's own language
  const server = askedAhead(makeServer(document.baseURI, visitorSecret(storageOrNull())), wished);
  const clock = browserClock();
  const source = { ask: () => server.boot(asked.get("lang")) };
  /** @type {Boot} */
  const boot = await makeAsk({ source, clock, report: troubleBefore(root), tries: Infinity })("boot", {});
  run(root, boot, server, clock);
}

/** Says trouble on the page as it is served, which has the words for that along. @param {HTMLElement} root */
function troubleBefore(root) {
  const words = /** @type {HTMLElement} */ (root.querySelector("p"));
  const waiting = words.textContent;
  return (/** @type {import("./model/ask.js").Trouble | null} */ trouble) => {
    words.textContent = trouble ? (root.dataset.trouble ?? "") : waiting;
  };
}

/** Light or dark, as the address or else the system has it; what the address asks for. */
export function useTheme() {
  const asked = new URLSearchParams(location.search);
  const theme = asked.get("__theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  document.body.classList.toggle("dark", theme === "dark");
  return asked;
}

/** Move the page to where Gradio has its place for it, and the keyboard's focus with it. @param {HTMLElement} element */
export async function place(element) {
  while (!element.getClientRects().length) await new Promise(requestAnimationFrame); // Gradio still builds its frame
  const root = /** @type {HTMLElement} */ (document.querySelector(".sx"));
  const there = /** @type {HTMLElement} */ (element.querySelector(".sx-place"));
  const focused = root.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
  there.replaceWith(root);
  for (let frames = 0; focused && frames < 100 && document.activeElement === document.body; frames++) {
    focused.focus({ preventScroll: true }); // in vain as long as Gradio's frame is hidden
    await new Promise(requestAnimationFrame);
  }
  document.title = root.querySelector("h1")?.textContent ?? document.title;
}

function loadGradio() {
  for (const template of /** @type {NodeListOf<HTMLTemplateElement>} */ (document.querySelectorAll("template.sx-later"))) {
    const [kept] = template.content.children;
    const fresh = document.createElement(kept.tagName); // a script runs only when it is made anew
    for (const { name, value } of kept.attributes) fresh.setAttribute(name, value);
    template.replaceWith(fresh);
  }
}

/**
 * The two ways to ask: a question, and a photo that is sent. Trouble is told on the page, and taken back when it is over.
 * @param {Record<string, string>} texts
 * @param {import("./model/store.js").Store<import("./model/state.js").State>} store
 * @param {import("./source/server.js").Source} server
 * @param {import("./model/ask.js").Clock} clock
 */
function makeAsking(texts, store, server, clock) {
  function report(/** @type {import("./model/ask.js").Trouble | null} */ trouble) {
    if (trouble) store.set({ message: { kind: "trouble", text: trouble.text ?? texts[`ui.${trouble.kind}`] } });
    else if (store.now.message?.kind === "trouble") store.set({ message: null });
  }
  const upload = (/** @type {string} */ _, /** @type {any} */ file, /** @type {AbortSignal | undefined} */ signal) => server.upload(file, store.now.selection.lang, signal);
  return { ask: makeAsk({ source: server, clock, report }), sending: makeAsk({ source: { ask: upload }, clock, report }) };
}

/** The page on a source. @param {HTMLElement} root @param {Boot} boot @param {import("./source/server.js").Source} server @param {import("./model/ask.js").Clock} clock */
export function run(root, boot, server, clock) {
  const { texts } = boot;
  const codec = makeCodec(boot.fields, boot.defaults);
  const link = makeLink(codec, window);
  const palette = { sequential: decodeBytes(boot.colours.sequential), signed: decodeBytes(boot.colours.signed), categories: boot.categories };
  const presenting = new URLSearchParams(location.search).get("present") === "1";
  const store = makeState({ ...codec.defaults, ...codec.values(link.read()) }, { presenting });
  const selecting = makeSelecting(boot);
  root.lang = LANGUAGE_TAGS[store.now.selection.lang]; // the document's own is set by Gradio

  const { ask, sending } = makeAsking(texts, store, server, clock);
  const looking = makeLooking({ boot, codec, store, ask, link, clock, leave: server.leave, loadImage, prepare: (panels) => preparePanels(panels, palette) });
  const change = (/** @type {Partial<import("./types.js").Selection>} */ fields, /** @type {{quiet?: boolean, name?: string}} */ how = {}) =>
    looking.change(selecting.placed(fields, store.now.selection, store.now.scene), how);
  const lecture = makeLecture({ boot, codec, store, change });
  const pointing = makePointing({ store, looking, change });
  const touring = makeTouring({ codec, store, ask, change });
  const choice = makePhotoChoice({ boot, store, ask: sending, change });

  const exportAs = makeExporting({ boot, codec, store, ask, root, main: () => page.main });
  const commands = makeCommands({
    boot, store, selecting, change, link,
    example: choice.example,
    pages: () => page.pages(),
    help: (open) => page.help.toggle(open),
    helpIsOpen: () => page.help.element.open,
    copyLink: () => copyLink(texts, (message) => store.set({ message })),
    repaint: () => page.repaint(),
    touring,
    addToTour: lecture.addToTour,
    whatIf: () => page.whatIf.toggle(),
  });
  const act = {
    commands,
    touring,
    presenter: lecture.isPresenter,
    presenterWindow: lecture.presenterWindow,
    pointAt: (/** @type {string} */ place) => page.pointAt(place),
    myTour: lecture.myTour,
    change,
    ...pointing,
    node: (/** @type {import("./types.js").Node} */ node) => change(selecting.node(node)),
    block: (/** @type {number} */ block) => change(selecting.block(block, store.now.selection)),
    model: (/** @type {string} */ name) => change(selecting.model(name, store.now.selection)),
    resize: (/** @type {number} */ size) => change(selecting.resize(size, store.now.selection)),
    toggle: (/** @type {"grid" | "windows" | "map"} */ layer) => store.set({ layers: { ...store.now.layers, [layer]: !store.now.layers[layer] } }),
    example: choice.example,
    upload: choice.upload,
    exportAs,
  };
  store.subscribe(({ selection }) => selecting.seen(selection.view));
  store.subscribe(({ status }, before) => {
    if (before.status !== status && (status === "ready" || status === "error")) setTimeout(loadGradio, LATER_MS);
  });
  const page = makePage({ root, boot, palette, store, act, selecting });
  listen({ root, store, commands, touring, page, choice, followLink: looking.followLink, leave: looking.leave });
  lecture.begin();
  looking.followLink();
}
