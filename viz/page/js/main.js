// The page's start: asks what it needs, and puts model, source and drawing together.

import { makeCommands } from "./act/commands.js";
import { meaning, meaningInTour } from "./act/keys.js";
import { makeSelecting } from "./act/selecting.js";
import { listenToFingers } from "./act/fingers.js";
import { copyLink, saveBlob, saveFile, saveText } from "./act/take_along.js";
import { loadImage } from "./draw/canvas.js";
import { decodeBytes } from "./draw/decode.js";
import { makePage } from "./draw/page.js";
import { preparePanels } from "./draw/panels.js";
import { snapshot } from "./draw/snapshot.js";
import { fill } from "./draw/text.js";
import { browserClock, makeAsk, newest, Refused } from "./model/ask.js";
import { isComparing, ofOther, placedIn } from "./model/comparing.js";
import { makeCodec } from "./model/codec.js";
import { makeLink } from "./model/link.js";
import { makeLooking } from "./model/looking.js";
import { makePhotoChoice } from "./model/photo.js";
import { makeMyTour, tourText } from "./model/my_tour.js";
import { keepTogether } from "./model/presenter.js";
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
  const boot = await makeAsk({ source, clock, report: (trouble) => (root.dataset.trouble = trouble?.kind ?? "") })("boot", {});
  run(root, boot, server, clock);
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

  /** @param {import("./model/ask.js").Trouble | null} trouble */
  function report(trouble) {
    if (trouble) store.set({ message: { kind: "trouble", text: trouble.text ?? texts[`ui.${trouble.kind}`] } });
    else if (store.now.message?.kind === "trouble") store.set({ message: null });
  }
  const ask = makeAsk({ source: server, clock, report });
  const sending = makeAsk({ source: { ask: (_, file, signal) => server.upload(/** @type {Blob} */ (file), store.now.selection.lang, signal) }, clock, report });
  const looking = makeLooking({ boot, codec, store, ask, link, clock, leave: server.leave, loadImage, prepare: (panels) => preparePanels(panels, palette) });
  const change = (/** @type {Partial<import("./types.js").Selection>} */ fields, /** @type {{quiet?: boolean, name?: string}} */ how = {}) =>
    looking.change(selecting.placed(fields, store.now.selection, store.now.scene), how);
  const lecture = new URLSearchParams(location.search).get("presenter"); // the name that two windows share
  /** @type {string | null} */
  let joined = null;
  function together(/** @type {string} */ name) {
    if (joined === null) keepTogether({ codec, store, change }, new BroadcastChannel(`sx-${(joined = name)}`));
  }
  const touring = makeTouring({ codec, store, ask, change });
  const myTour = makeMyTour(storageOrNull());
  const choice = makePhotoChoice({ boot, store, ask: sending, change });

  const exporting = newest(async (/** @type {string} */ format, signal) => {
    store.set({ message: { kind: "doing", text: texts["ui.exporting"] } });
    try {
      if (format === "screen") saveBlob(await pictureOfPage(), `sam-encoder_${store.now.selection.view}_screen.png`);
      else saveFile(await ask("export", { selection: codec.texts(store.now.selection), format }, { signal }));
      store.set({ message: null });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      store.set({ message: { kind: "failure", text: error.message || texts["ui.failed"] } });
    }
  });

  /** What is on screen, but for the header and the strip. */
  async function pictureOfPage() {
    try {
      return await snapshot(root, page.main);
    } catch {
      throw new Refused(texts["ui.no_snapshot"]);
    }
  }

  const chosenOn = (/** @type {string} */ side, /** @type {object} */ fields) => (side === "b" ? ofOther(fields, store.now.selection) : fields);
  const commands = makeCommands({
    boot, store, selecting, change, link,
    example: choice.example,
    pages: () => page.pages(),
    help: (open) => page.help.toggle(open),
    helpIsOpen: () => page.help.element.open,
    copyLink: () => copyLink(texts, (message) => store.set({ message })),
    repaint: () => page.repaint(),
    touring,
    addToTour() {
      const { view, ...selection } = store.now.selection;
      const what = texts[`view.${view}.what`].split(/(?<=[.?!]) /)[0];
      myTour.add({ link: codec.write({ ...selection, view, stop: 0 }, "").slice(1), title: texts[`view.${view}.title`], words: what });
      store.set({ message: { kind: "notice", text: fill(texts["ui.tour.added"], { count: myTour.stops().length }) } });
    },
    whatIf: () => page.whatIf.toggle(),
  });
  const act = {
    commands,
    touring,
    presenter: Boolean(lecture),
    presenterWindow() {
      const name = lecture ?? Math.random().toString(36).slice(2);
      together(name);
      const address = new URL(location.href);
      address.searchParams.set("presenter", name);
      window.open(address, "sx-presenter", "width=1280,height=720");
    },
    pointAt: (/** @type {string} */ place) => page.pointAt(place),
    myTour: {
      count: () => myTour.stops().length,
      empty: myTour.empty,
      save: () => saveText("tour.toml", tourText(texts["ui.tour.mine"], myTour.stops())),
    },
    change,
    hover: looking.hover,
    node: (/** @type {import("./types.js").Node} */ node) => change(selecting.node(node)),
    block: (/** @type {number} */ block) => change(selecting.block(block, store.now.selection)),
    resize: (/** @type {number} */ size) => change(selecting.resize(size, store.now.selection)),
    pin: (/** @type {string | null} */ kind, /** @type {import("./types.js").Patch} */ patch) => change({ [kind ?? store.now.pinKind]: patch }),
    pinKey: (/** @type {import("./types.js").Patch} */ patch, /** @type {object} */ fields, side = "a") => change({ key: patch, ...chosenOn(side, fields) }),
    pick: (/** @type {object} */ fields, side = "a") => change(chosenOn(side, fields)),
    point: (/** @type {import("./types.js").Patch | null} */ patch) => store.set({ pointed: isComparing(store.now.selection) ? patch : null }),
    onOther: {
      hover(/** @type {import("./types.js").Patch | null} */ patch) {
        const { selection, scene, otherScene } = store.now;
        const own = selection.against_query;
        looking.hover(own ? patch : placedIn(patch, otherScene, scene), own ? "against_query" : "query");
      },
      pin(/** @type {string | null} */ kind, /** @type {import("./types.js").Patch} */ patch) {
        const { selection, scene, otherScene, pinKind } = store.now;
        const name = kind ?? pinKind;
        const own = name === "against_query" || (name === "query" && selection.against_query);
        change(own ? { against_query: patch } : { [name]: placedIn(patch, otherScene, scene) });
      },
    },
    pinKind: (/** @type {import("./model/state.js").State["pinKind"]} */ pinKind) => store.set({ pinKind }),
    toggle: (/** @type {"grid" | "windows" | "map"} */ layer) => store.set({ layers: { ...store.now.layers, [layer]: !store.now.layers[layer] } }),
    example: choice.example,
    upload: choice.upload,
    exportAs: (/** @type {string} */ format) => exporting.wish(format),
  };
  store.subscribe(({ selection }) => selecting.seen(selection.view));
  store.subscribe(({ status }, before) => {
    if (before.status !== status && (status === "ready" || status === "error")) setTimeout(loadGradio, LATER_MS);
  });
  const page = makePage({ root, boot, palette, store, act, selecting });
  listen({ root, store, commands, touring, page, choice, followLink: looking.followLink, leave: looking.leave });
  if (lecture) together(lecture);
  looking.followLink();
}

/** Keys, fingers, history, the window's size, and photos that are dropped or pasted. @param {any} parts */
function listen({ root, store, commands, touring, page, choice, followLink, leave }) {
  document.addEventListener("keydown", (event) => {
    const on = store.now.selection.stop && !page.help.element.open ? meaningInTour(event) : null;
    if (on) {
      event.preventDefault();
      touring.step(on);
      return;
    }
    const asked = meaning(event);
    if (!asked || !store.now.scene || (page.help.element.open && asked.act !== "escape")) return;
    event.preventDefault();
    commands[asked.act](asked.value, asked.shift);
  });
  listenToFingers(page.panels, (by) => commands.page(by));
  window.addEventListener("popstate", followLink);
  window.addEventListener("pagehide", leave);
  let size = "";
  const changed = () => {
    const { clientWidth, clientHeight } = page.main;
    const now = `${clientWidth}x${page.scrolls() ? window.innerWidth : clientHeight}x${window.innerHeight}`;
    if (now === size) return; // where the page scrolls, panels of another view change the height only
    size = now;
    requestAnimationFrame(page.repaint);
  };
  new ResizeObserver(changed).observe(page.main);
  window.addEventListener("resize", changed);
  root.addEventListener("dragover", (/** @type {DragEvent} */ event) => event.preventDefault());
  root.addEventListener("drop", (/** @type {DragEvent} */ event) => {
    event.preventDefault();
    choice.take(event.dataTransfer);
  });
  document.addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) choice.take(event.clipboardData);
  });
}
