// The page: holds the selection, asks the server, and gives everything else its part to draw.

import { newestOnly, storageOrNull, visitorSecret } from "./asking.js";
import { makeCommands } from "./commands.js";
import { drawControls } from "./controls.js";
import { decodeBytes } from "./decode.js";
import { fill, loadImage, make } from "./dom.js";
import { makeExplanation } from "./explain.js";
import { assemble, makeFrame } from "./frame.js";
import { meaning } from "./keys.js";
import { dimmed } from "./maps.js";
import { makeMessages } from "./messages.js";
import { drawPair, drawProof } from "./pair.js";
import { drawPanels, mapForStage, preparePanels, sizes } from "./panels.js";
import { makePipeline } from "./pipeline.js";
import { allFields, changedFields, fromSearch, toSearch } from "./query.js";
import { makeServer } from "./source/server.js";
import { makePhotoChoice, makeStage } from "./stage.js";
import { copyLink, saveFile } from "./take_along.js";

const TRACE_FIELDS = ["image", "model", "size"];
const PAIR_FIELDS = ["block", "head", "query", "key"];
const MAX_UPLOAD_MB = 40;

export async function start(element) {
  const root = element.querySelector(".sx");
  const visitor = visitorSecret(storageOrNull());
  const server = quietly(makeServer(document.baseURI, visitor));
  const boot = await server.ask("boot", {});
  if (!boot || boot.error) {
    root.textContent = boot?.error ?? "The server didn’t answer. Reload the page.";
    return;
  }
  const { texts } = boot;
  const palette = {
    sequential: decodeBytes(boot.colours.sequential),
    signed: decodeBytes(boot.colours.signed),
    categories: boot.categories,
  };
  const messages = makeMessages();
  const { say } = messages;
  const viewById = new Map(boot.views.map((view) => [view.id, view]));
  const lastView = new Map(); // the view last shown of each stage
  const state = {
    selection: { ...boot.defaults },
    scene: null, photo: null, dimmedPhoto: null,
    pinned: null, // prepared panels and pair of the pinned selection
    shown: null, // what is on screen now: pinned, or a hover's
    hover: null, pinKind: "query", zoom: 1, showGrid: true, showWindows: true, mapHere: true, presenting: false,
  };

  // — what a person may change —

  function change(fields, quiet = false) {
    const before = state.selection;
    if (fields.view && fields.view !== before.view) fields = { channel: 0, ...fields }; // counts other things there
    const after = { ...before, ...fields };
    const changed = changedFields(before, after);
    if (!changed.length) return;
    state.selection = after;
    lastView.set(viewById.get(after.view).stage, after.view);
    const search = toSearch(after, boot.defaults, location.search);
    history[quiet ? "replaceState" : "pushState"](history.state, "", `${location.pathname}${search}${location.hash}`);
    if (changed.some((name) => TRACE_FIELDS.includes(name))) openTrace(allFields(after));
    else refresh(changed);
  }

  function refresh(changed) {
    const view = viewById.get(state.selection.view);
    const needsView = changed.includes("view") || changed.some((name) => view.uses.includes(name) && name !== "overlay");
    const needsPair = changed.some((name) => PAIR_FIELDS.includes(name));
    drawFrame();
    if (needsView || needsPair) askView({ selection: state.selection, hover: false });
    else drawShown();
    if (changed.includes("view") || changed.includes("block")) askExplanation(state.selection);
    if (needsPair) askProof(state.selection);
  }

  function goToStage(stage) {
    const views = boot.views.filter((view) => view.stage === stage);
    if (!views.length) return;
    change({ view: lastView.get(stage) ?? views[0].id });
  }

  const act = {
    stage: goToStage,
    block(block) {
      const stage = viewById.get(state.selection.view).stage;
      const fields = boot.blockStages.includes(stage) ? {} : { view: lastView.get("softmax") ?? "heads" };
      change({ block, ...fields });
    },
    hover(patch) {
      if (String(patch) === String(state.hover)) return;
      state.hover = patch;
      const view = viewById.get(state.selection.view);
      if (patch && view.live && view.uses.includes("query")) {
        askView({ selection: { ...state.selection, query: patch }, hover: true });
      } else if (!patch && state.pinned) {
        askView({ restore: true });
      }
      drawStage();
    },
    pin(kind, patch) {
      state.hover = null;
      change({ [kind ?? state.pinKind]: patch });
    },
    tell: messages.tell,
    pinKind(kind) {
      state.pinKind = kind;
      drawFrame();
    },
    toggle(field) {
      state[field] = !state[field];
      drawStage();
      return state[field];
    },
    example(example) {
      const scaled = example.query.map((index) => Math.floor((index * state.selection.size) / 1024));
      change({ image: example.name, query: scaled, key: null, against_query: null });
    },
    upload: (file) => upload(file),
  };

  // — asking the server —

  const openTrace = newestOnly(async (fields, superseded) => {
    root.dataset.state = "working";
    for (;;) {
      const answer = await server.ask("open", { selection: fields });
      if (superseded()) return;
      if (!answer || answer.error) {
        root.dataset.state = "error";
        say(answer?.error ?? texts["ui.failed"], true);
        page.progress.hidden = true;
        if (!state.scene) openTrace({});
        else revertTraceFields();
        return;
      }
      if (answer.state === "ready") {
        await show(answer);
        return;
      }
      showProgress(answer);
      if (answer.before) await new Promise((resolve) => setTimeout(resolve, 500)); // a class may be waiting as well
    }
  });

  // What failed to open isn't on screen; the selection goes back to what is.
  function revertTraceFields() {
    if (!state.opened) return;
    for (const name of TRACE_FIELDS) state.selection[name] = state.opened[name];
    const search = toSearch(state.selection, boot.defaults, location.search);
    history.replaceState(history.state, "", `${location.pathname}${search}${location.hash}`);
    root.dataset.state = "ready";
    drawFrame();
  }

  async function show({ selection, scene, problems }) {
    const photo = await loadImage(scene.photo);
    Object.assign(state, { selection, scene, photo, dimmedPhoto: dimmed(photo), hover: null, opened: selection });
    page.progress.hidden = true;
    pipeline.progress(0); // the blocks in their own colours again
    lastView.set(viewById.get(selection.view).stage, selection.view);
    if (problems.length) say(problems.join(". "), true);
    drawFrame();
    askView({ selection, hover: false });
    askExplanation(selection);
    askProof(selection);
  }

  function showProgress({ step, done, total, before }) {
    page.progress.hidden = false;
    page.progressText.textContent = before
      ? fill(texts["ui.waiting"], { count: before })
      : fill(texts["ui.working"], { step: step || "…" });
    page.progressBar.style.width = total ? `${(100 * done) / total}%` : "0";
    pipeline.progress(done);
  }

  const askView = newestOnly(async (wish, superseded) => {
    if (wish.restore) {
      state.shown = state.pinned;
      drawShown();
      return;
    }
    const { selection, hover } = wish;
    if (!hover) root.dataset.state = "working";
    const answer = await server.ask("view", { selection: allFields(selection) });
    if (superseded() && !hover) return;
    if (answer?.state === "gone") {
      say(texts["ui.gone"]);
      openTrace(allFields(state.selection));
      return;
    }
    if (!answer || answer.error) {
      say(answer?.error ?? texts["ui.failed"], true);
      root.dataset.state = "ready";
      return;
    }
    const reply = { panels: preparePanels(answer.panels, palette), pair: answer.pair, selection };
    if (!hover) state.pinned = reply;
    if (hover && !state.hover) return; // the pointer has left meanwhile
    state.shown = reply;
    drawShown();
    root.dataset.shown = `${selection.view}:${selection.block}:${selection.query}:${selection.key ?? ""}`;
    if (!hover) root.dataset.state = "ready";
  });

  const askExplanation = newestOnly(async (selection) => {
    const answer = await server.ask("explain", { selection: allFields(selection) });
    if (answer && !answer.error && answer.view) explanation.show(answer);
  });

  const askProof = newestOnly(async (selection) => {
    page.proof.textContent = `${texts["pair.proof"]} ${texts["pair.proof.running"]}`;
    page.proof.dataset.holds = "";
    await new Promise((resolve) => setTimeout(resolve, 250)); // the picture first
    const answer = await server.ask("proof", { selection: allFields(selection) });
    if (!answer || answer.error || answer.state === "gone") {
      page.proof.textContent = "";
      return;
    }
    drawProof(page.proof, answer, texts);
  });

  async function upload(file) {
    if (file.size > MAX_UPLOAD_MB * 2 ** 20) {
      say(fill(texts["ui.too_large"], { size: Math.ceil(file.size / 2 ** 20) }), true);
      return;
    }
    say(texts["ui.uploading"]);
    const answer = await server.upload(file);
    if (!answer || answer.error) {
      say(answer?.error ?? texts["ui.failed"], true);
      return;
    }
    say("");
    change({ image: answer.image, key: null, against_query: null });
  }

  // — drawing —

  function marks() {
    const { selection, hover } = state;
    const list = [{ patch: hover ?? selection.query, colour: boot.roles.query }];
    if (hover) list.unshift({ patch: selection.query, colour: "rgba(255,255,255,0.6)" });
    const key = (inBlock() && state.shown?.pair?.key) || selection.key;
    if (key) list.push({ patch: key, colour: boot.roles.key, dashed: true });
    if (selection.against_query) list.push({ patch: selection.against_query, colour: boot.roles.other });
    return list;
  }

  function drawStage() {
    if (!state.scene) return;
    const map = state.shown ? mapForStage(state.shown.panels) : null;
    const span = inBlock() ? state.shown?.pair?.span : null;
    stage.draw({ ...state, height: panelHeight(), map, marks: marks(), span, overlay: state.selection.overlay / 100, roles: boot.roles });
  }

  function inBlock() {
    return boot.blockStages.includes(viewById.get(state.selection.view).stage);
  }

  function drawShown() {
    if (!state.shown || !state.scene) return;
    const room = (page.panels.clientWidth || 640) - 4;
    drawPanels(page.panels, state.shown.panels, {
      scene: state.scene, texts, palette, roles: boot.roles, dimmedPhoto: state.dimmedPhoto, marks: marks(),
      overlay: state.selection.overlay / 100,
      ...sizes(state.shown.panels, room, panelHeight(), state.presenting ? 20 : 14),
      tell: messages.tell,
      pinKey: (patch, fields) => change({ key: patch, ...fields }),
      pick: (fields) => change(fields),
      isStage: (name) => boot.stages.some((stage) => texts[`stage.${stage}`] === name),
      pointAt: (names) => pipeline.pointAt(names),
    });
    drawStage();
    if (state.shown.pair) drawPair(page.pair, state.shown.pair, texts);
    root.dataset.painted = String(Number(root.dataset.painted ?? 0) + 1); // what tests and benchmarks wait for
  }

  // The stage; while presenting, when nothing else is there, the view and the block as well.
  function heading(view) {
    const stage = texts[`stage.${view.stage}`];
    if (!state.presenting) return stage;
    const block = inBlock() ? ` · ${fill(texts["label.block"], { block: state.selection.block })}` : "";
    return `${texts[`view.${view.id}.title`]}${block}`;
  }

  // What is left of the window under header and pipeline; bounded, since a frame may grow with its content.
  function panelHeight() {
    const window_ = Math.min(window.innerHeight, screen.availHeight || 1080);
    return state.presenting ? Math.max(400, window_ - 150) : Math.min(Math.max(window_ - 360, 340), 760);
  }

  // Everything around the panels: pipeline, tabs, controls, headings.
  function drawFrame() {
    const { selection, scene } = state;
    if (!scene) return;
    const view = viewById.get(selection.view);
    pipeline.show(scene, selection, view.stage);
    root.classList.toggle("sx-alone", state.presenting && !view.uses.includes("query")); // nothing to follow on the photo
    const tabs = boot.views.filter(({ stage: own }) => own === view.stage);
    page.tabs.replaceChildren(
      make("h2", {}, heading(view)),
      ...tabs.map(({ id }) =>
        make("button", { "aria-pressed": String(id === view.id), data: { view: id }, onclick: () => change({ view: id }) }, texts[`view.${id}.title`]),
      ),
    );
    drawControls(page.controls, { boot, view, scene, selection, change });
    page.weights.textContent = scene.weights;
    page.weights.classList.toggle("sx-warn", scene.random);
    page.model.value = selection.model;
    page.size.value = String(selection.size);
    choice.show(selection.image);
    for (const button of page.tools.querySelectorAll("button[data-value]")) {
      button.setAttribute("aria-pressed", String(button.dataset.value === state.pinKind));
    }
    page.pairBox.hidden = !inBlock();
    drawStage();
  }

  // — the rest of what a person can do —

  // Only stage and view, large; leaving full screen leaves it as well.
  function present(on) {
    state.presenting = on;
    if (on && document.fullscreenEnabled) document.documentElement.requestFullscreen().catch(() => {});
    else if (document.fullscreenElement) document.exitFullscreen();
    root.classList.toggle("sx-presenting", on);
    drawFrame();
    drawShown();
  }

  async function exportAs(format) {
    page.exportMenu.open = false;
    say(texts["ui.exporting"]);
    const answer = await server.ask("export", { selection: allFields(state.selection), format });
    if (!answer || answer.error || !answer.data) {
      say(answer?.error ?? texts["ui.failed"], true);
      return;
    }
    say("");
    saveFile(answer);
  }

  function toggleHelp(open) {
    if (open && !page.help.open) page.help.showModal();
    else page.help.close();
  }

  const commands = makeCommands(boot, state, {
    ...act, change, present,
    draw: drawStage,
    redraw: drawShown,
    help: toggleHelp,
    copyLink: () => copyLink(texts, say),
    escape() {
      if (page.help.open) toggleHelp(false);
      else if (state.presenting) present(false);
    },
  });
  const stage = makeStage(texts, act);
  const choice = makePhotoChoice(texts, boot.examples, act);
  const pipeline = makePipeline(boot, act);
  const explanation = makeExplanation(texts);
  const page = makeFrame(boot, { ...act, change, resize, exportAs, help: toggleHelp, keys: commands }, messages);
  root.replaceChildren(...assemble(page, { stage, choice, pipeline, explanation }));
  document.addEventListener("keydown", (event) => {
    const asked = meaning(event);
    if (!asked || !state.scene || (page.help.open && asked.act !== "escape")) return;
    event.preventDefault();
    commands[asked.act](asked.value, asked.shift);
  });
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement && state.presenting) present(false);
  });
  window.addEventListener("popstate", () => openTrace(fromSearch(location.search, boot.defaults)));
  let width = page.main.clientWidth;
  new ResizeObserver(() => {
    if (page.main.clientWidth === width) return; // panels of another view change the height only
    width = page.main.clientWidth;
    requestAnimationFrame(drawShown);
  }).observe(page.main);
  root.addEventListener("dragover", (event) => event.preventDefault());
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) upload(event.dataTransfer.files[0]);
  });
  openTrace(fromSearch(location.search, boot.defaults));

  // Another input size has another grid: pinned patches keep their place on the photo.
  function resize(size) {
    const moved = (patch) => patch && patch.map((index) => Math.floor((index * size) / state.selection.size));
    const { query, key, against_query: other } = state.selection;
    change({ size, query: moved(query), key: moved(key), against_query: moved(other) });
  }
}

// What fails on the way is no answer.
function quietly(source) {
  const nothing = () => undefined;
  return { ask: (...all) => source.ask(...all).catch(nothing), upload: (file) => source.upload(file).catch(nothing) };
}
