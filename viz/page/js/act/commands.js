// What the keyboard and the buttons ask for, by the names that keys.js gives.

import { movedPatch } from "../draw/geometry.js";
import { LONGEST } from "../draw/controls.js";
import { isComparing, swapped, toggled } from "../model/comparing.js";
import { isInBlock, viewOf } from "../model/views.js";

/** @typedef {import("../model/state.js").State} State */

const ZOOMS = [1, 2, 4];
const OWN = ["regions", "foreground", "plane", "way"]; // what only one view lets choose
const SECOND = ["dots", "basis"]; // the second such choice of a view
const TERMS = ["chw", "c", "h", "w", "hw"]; // all, each on its own, position alone

/**
 * @param {object} parts
 * @param {import("../types.js").Boot} parts.boot
 * @param {import("../model/store.js").Store<State>} parts.store
 * @param {ReturnType<typeof import("./selecting.js").makeSelecting>} parts.selecting
 * @param {(fields: object, how?: {quiet?: boolean, name?: string}) => void} parts.change
 * @param {{undo(): void, flag(name: string, value: string | null): void}} parts.link
 * @param {(name: string) => void} parts.example
 * @param {() => number} parts.pages How many pages of panels there are.
 * @param {(open: boolean) => void} parts.help
 * @param {() => boolean} parts.helpIsOpen
 * @param {() => void} parts.copyLink
 * @param {() => void} parts.repaint
 * @param {{toggle(): void, leave(): void}} parts.touring
 * @param {() => void} parts.addToTour
 * @param {() => void} parts.whatIf Opens or closes its menu.
 */
export function makeCommands({ boot, store, selecting, change, link, example, pages, help, helpIsOpen, copyLink, repaint, touring, addToTour, whatIf }) {
  const bounded = (/** @type {number} */ index, /** @type {number} */ count) => Math.min(Math.max(index, 0), count - 1);
  const choicesOf = (/** @type {string} */ name) => boot.fields.find((field) => field.name === name)?.choices ?? [];
  const next = (/** @type {any[]} */ all, /** @type {any} */ one) => all[(all.indexOf(one) + 1) % all.length];
  const full = () => document.documentElement;

  return {
    /** @param {[number, number]} by  @param {boolean} shift */
    move(by, shift) {
      const { selection, scene, shown } = store.now;
      if (!scene) return;
      const from = shift ? (selection.key ?? shown?.pair?.key ?? selection.query) : selection.query;
      const name = shift ? "key" : "query";
      change({ [name]: movedPatch(from, ...by, scene.photoGrid) }, { name });
    },
    block(/** @type {number} */ by) {
      const { selection, scene } = store.now;
      change(selecting.block(bounded(selection.block + by, scene?.depth ?? 1), selection));
    },
    head(/** @type {number} */ by) {
      const { selection, scene } = store.now;
      change({ head: bounded(selection.head + by, scene?.heads ?? 1) });
    },
    step: (/** @type {number} */ by) => change(selecting.step(by, store.now.selection)),
    nextTab: () => change(selecting.nextTab(store.now.selection)),
    nextHeads: () => change({ heads: next(choicesOf("heads"), store.now.selection.heads) }),
    nextScale: () => change({ scale: next(choicesOf("scale"), store.now.selection.scale) }),
    nextTerms: () => change({ terms: next(TERMS, store.now.selection.terms) }),
    /** The next choice of the view's own control; backwards, of its second one. @param {number} by */
    ownChoice(by) {
      const { selection } = store.now;
      const { stage, uses } = viewOf(boot, selection);
      const usable = (/** @type {string} */ name) => (name === "way" ? stage === "photo" : uses.includes(name) && (name !== "basis" || isComparing(selection)));
      const name = (by > 0 ? OWN : SECOND).find(usable);
      if (name) change({ [name]: next(choicesOf(name), selection[name]) });
    },
    /**
     * Of a view that goes step by step the step, of tables for other grids the grid's side (0 is its own); else the
     * channel, from the chosen one or the view's own.
     * @param {number} by
     */
    channel(by) {
      const { selection, pinned, scene } = store.now;
      const { uses } = viewOf(boot, selection);
      if (uses.includes("step")) return change({ step: bounded(selection.step + by, boot.flow.length) }, { name: "step" });
      if (uses.includes("length") && scene) {
        const own = (isInBlock(boot, selection) && scene.windows[selection.block]) || scene.grid[0];
        const side = 1 + bounded((selection.length || own) + by - 1, LONGEST);
        return change({ length: side === own ? 0 : side }, { name: "length" });
      }
      const from = selection.channel ?? pinned?.channel ?? 0;
      change({ channel: Math.max(0, from + by) }, { name: "channel" });
    },
    nextExample() {
      const names = boot.examples.map(({ name }) => name);
      example(next(names, store.now.selection.image));
    },
    /** Begin and end to compare; backwards, A becomes B. @param {number} by */
    compare(by) {
      const { selection } = store.now;
      if (by > 0) change(toggled(selection, boot));
      else if (isComparing(selection)) change(swapped(selection, boot));
    },
    page(/** @type {number} */ by) {
      store.set({ page: bounded(store.now.page + by, pages()) });
    },
    tour: () => touring.toggle(),
    addToTour,
    drawer: () => store.set({ drawer: !store.now.drawer }),
    tools: () => store.set({ tools: !store.now.tools }),
    undo: () => link.undo(),
    zoom(/** @type {number} */ by) {
      store.set({ zoom: ZOOMS[bounded(ZOOMS.indexOf(store.now.zoom) + by, ZOOMS.length)] });
    },
    /** The same page, larger; leaving full screen doesn't leave it. */
    present() {
      const presenting = !store.now.presenting;
      store.set({ presenting, tools: false });
      link.flag("present", presenting ? "1" : null);
    },
    fullscreen() {
      if (document.fullscreenElement) document.exitFullscreen();
      else full().requestFullscreen?.().catch(() => {}); // a frame may forbid it: then nothing happens
    },
    dark() {
      const dark = document.body.classList.toggle("dark");
      link.flag("__theme", dark ? "dark" : "light");
      repaint();
    },
    /** The other language, with all texts asked for anew; the link has everything else. */
    language() {
      link.flag("lang", next(choicesOf("lang"), store.now.selection.lang));
      location.reload();
    },
    copyLink,
    whatIf,
    help: () => help(true),
    /** Close what is open, from the top: help, explanation, tour, presentation. */
    escape() {
      if (helpIsOpen()) help(false);
      else if (store.now.message) store.set({ message: null });
      else if (store.now.drawer) store.set({ drawer: false });
      else if (store.now.selection.stop) touring.leave();
      else if (store.now.presenting) this.present();
    },
  };
}
