// What a change of step, block, view or size means for the selection: pure, from what is to what is wished.

/** @typedef {import("../types.js").Boot} Boot */
/** @typedef {import("../types.js").Patch} Patch */
/** @typedef {import("../types.js").Scene} Scene */
/** @typedef {import("../types.js").Selection} Selection */

const USUAL = "heads"; // the view that a block opens, from outside of any block

/** The nearest block with windows, one before if there is any. @param {Scene} scene @param {number} block */
function nearestWindowed({ windows }, block) {
  for (let index = block - 1; index >= 0; index--) if (windows[index]) return index;
  const after = windows.findIndex(Boolean);
  return after < 0 ? null : after;
}

/** @param {Boot} boot */
export function makeSelecting(boot) {
  /** @type {Map<string, string>} */
  const last = new Map(); // the view last shown of each stage
  /** @type {Map<string, string>} */
  const ways = new Map(); // how photos were made ready for each model
  const usualWay = boot.fields.find(({ name }) => name === "way")?.default;
  /** @type {{block: number, there: number} | null} */
  let away = null; // the block that one came from, and the one that a view of windows was opened on instead
  const stageOf = (/** @type {string} */ view) => boot.views.find(({ id }) => id === view)?.stage ?? "";
  const order = boot.stages.flatMap((stage) => boot.views.filter((view) => view.stage === stage).map(({ id }) => id));

  return {
    stageOf,
    /** Remember a view as its stage's. @param {string} view */
    seen(view) {
      last.set(stageOf(view), view);
    },
    /**
     * A view that is about windows opens on the nearest block before that has some; the next view is again of the block
     * that one came from.
     * @param {Partial<Selection>} fields  @param {Selection} selection  @param {Scene | null} scene
     */
    placed(fields, { block }, scene) {
      if (!scene || !fields.view) return fields;
      const windowed = boot.views.find(({ id }) => id === fields.view)?.windowed;
      const back = away && away.there === block && !windowed ? away.block : null;
      if (!windowed) away = null;
      if ("block" in fields) return fields;
      if (back !== null) return { ...fields, block: back };
      const there = windowed && !scene.windows[block] ? nearestWindowed(scene, block) : null;
      if (there === null) return fields;
      away = { block, there };
      return { ...fields, block: there };
    },
    /** Another model: photos are made ready as they last were for it, since that is how its checkpoint was trained. @param {string} model @param {Selection} selection */
    model(model, selection) {
      ways.set(selection.model, selection.way);
      return { model, way: ways.get(model) ?? usualWay };
    },
    tabs: (/** @type {string} */ view) => boot.views.filter(({ stage }) => stage === stageOf(view)),
    /** A step of the strip opens the view that is its own, else the one last seen of its stage that is no other step's. @param {import("../types.js").Node} node */
    node({ stage, view }) {
      if (view) return { view };
      const taken = [...boot.nodes, ...boot.inner].map((node) => node.view);
      const free = boot.views.filter((one) => one.stage === stage && !taken.includes(one.id));
      const seen = free.find(({ id }) => id === last.get(stage)) ?? free[0];
      return seen ? { view: seen.id } : {};
    },
    /** @param {number} block  @param {Selection} selection */
    block(block, { view }) {
      if (boot.blockStages.includes(stageOf(view))) return { block };
      return { block, view: last.get(stageOf(USUAL)) ?? USUAL };
    },
    /** The next view, or the one before, through all steps; none after the last. @param {number} by @param {Selection} selection */
    step(by, { view }) {
      const next = order[order.indexOf(view) + by];
      return next ? { view: next } : {};
    },
    /** The next view of this step; after the last comes the first. @param {Selection} selection */
    nextTab({ view }) {
      const own = this.tabs(view);
      return { view: own[(own.findIndex(({ id }) => id === view) + 1) % own.length].id };
    },
    /** Another input size has another grid: pinned patches keep their place on the photo. @param {number} size @param {Selection} selection */
    resize(size, selection) {
      const moved = (/** @type {Patch | null} */ patch) => patch && patch.map((index) => Math.floor((index * size) / selection.size));
      const { query, key, against_query } = selection;
      return { size, query: moved(query), key: moved(key), against_query: moved(against_query ?? null) };
    },
  };
}
