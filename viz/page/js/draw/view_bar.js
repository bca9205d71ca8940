// Over the panels: the step, its views as tabs, and the controls of the one that is shown.

import { viewOf } from "../model/views.js";
import { ofThePhoto, showControls } from "./controls.js";
import { keyed, make, setPressed, setText } from "./dom.js";

/** @typedef {import("../types.js").Boot} Boot */
/** @typedef {import("../types.js").View} View */

/** @param {Boot} boot @param {{change: (fields: object) => void}} act @param {(view: string) => View[]} tabsOf */
export function makeViewBar(boot, act, tabsOf) {
  const { texts } = boot;
  const heading = make("h2", {});
  const tabs = make("div", { class: "sx-tabs", role: "group", "aria-label": texts["ui.views"] });
  const controls = make("div", { class: "sx-controls" });
  const element = make("div", { class: "sx-view-bar" }, make("div", { class: "sx-tab-row" }, heading, tabs), controls);
  const makeTab = (/** @type {View} */ { id }) => ({ element: make("button", { data: { view: id }, onclick: () => act.change({ view: id }) }, texts[`view.${id}.title`]) });

  /** @param {import("../types.js").Scene} scene @param {import("../model/state.js").State} state */
  function show(scene, { selection, pinned }) {
    const view = viewOf(boot, selection);
    setText(heading, texts[`stage.${view.stage}`]);
    keyed(tabs, tabsOf(view.id), ({ id }) => id, makeTab, (part, { id }) => setPressed(part.element, id === view.id));
    /** @type {HTMLElement | null} */ (tabs.querySelector('[aria-pressed="true"]'))?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
    const inBlock = boot.blockStages.includes(view.stage); // there the strip chooses the block
    const uses = [...view.uses.filter((name) => name !== "block" || !inBlock), ...ofThePhoto(view.stage, scene)];
    showControls(controls, { fields: boot.fields, uses, scene, selection: { ...selection, channel: selection.channel ?? pinned?.channel ?? 0 }, texts, change: act.change });
  }
  return { element, show };
}
