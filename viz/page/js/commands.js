// What the keyboard and the buttons of the header ask for, by the names that keys.js gives.

import { movedPatch } from "./geometry.js";

const ZOOMS = [1, 2, 4];

// `state` is the page's; `act` has change(fields), block(index), stage(stage), draw(), redraw(), present(on), help(open)
// and copyLink().
export function makeCommands(boot, state, act) {
  const viewNow = () => boot.views.find(({ id }) => id === state.selection.view);
  const bounded = (index, count) => Math.min(Math.max(index, 0), count - 1);
  return {
    move(value, shift) {
      const { query, key } = state.selection;
      const from = shift ? (key ?? state.shown?.pair?.key ?? query) : query;
      act.change({ [shift ? "key" : "query"]: movedPatch(from, ...value, state.scene.photoGrid) });
    },
    block: (value) => act.block(bounded(state.selection.block + value, state.scene.depth)),
    head: (value) => act.change({ head: bounded(state.selection.head + value, state.scene.heads) }),
    step(value) {
      const stages = boot.stages.filter((stage) => boot.views.some((view) => view.stage === stage));
      const stage = stages[stages.indexOf(viewNow().stage) + value];
      if (stage) act.stage(stage);
    },
    nextView() {
      const own = boot.views.filter(({ stage }) => stage === viewNow().stage);
      act.change({ view: own[(own.indexOf(viewNow()) + 1) % own.length].id });
    },
    nextHeads() {
      const { heads } = boot.choices;
      act.change({ heads: heads[(heads.indexOf(state.selection.heads) + 1) % heads.length] });
    },
    undo: () => history.back(),
    zoom(value) {
      state.zoom = ZOOMS[bounded(ZOOMS.indexOf(state.zoom) + value, ZOOMS.length)];
      act.draw();
    },
    present: () => act.present(!state.presenting),
    fullscreen: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
    dark() {
      document.body.classList.toggle("dark");
      act.redraw();
    },
    copyLink: () => act.copyLink(),
    help: () => act.help(true),
    escape: () => act.escape(),
  };
}
