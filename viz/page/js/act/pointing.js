// Patches that are pointed at and pinned: on the photo, on maps, and on the other one of two sides.

import { isComparing, ofOther, placedIn } from "../model/comparing.js";

/** @typedef {import("../types.js").Patch} Patch */

/**
 * @param {object} parts
 * @param {import("../model/store.js").Store<import("../model/state.js").State>} parts.store
 * @param {import("../model/looking.js").Looking} parts.looking
 * @param {(fields: object) => void} parts.change
 */
export function makePointing({ store, looking, change }) {
  const chosenOn = (/** @type {string} */ side, /** @type {object} */ fields) => (side === "b" ? ofOther(fields, store.now.selection) : fields);
  return {
    hover: looking.hover,
    pin: (/** @type {string | null} */ kind, /** @type {Patch} */ patch) => change({ [kind ?? store.now.pinKind]: patch }),
    pinKey: (/** @type {Patch} */ patch, /** @type {object} */ fields, side = "a") => change({ key: patch, ...chosenOn(side, fields) }),
    pick: (/** @type {object} */ fields, side = "a") => change(chosenOn(side, fields)),
    point: (/** @type {Patch | null} */ patch) => store.set({ pointed: isComparing(store.now.selection) ? patch : null }),
    pinKind: (/** @type {import("../model/state.js").State["pinKind"]} */ pinKind) => store.set({ pinKind }),
    onOther: {
      hover(/** @type {Patch | null} */ patch) {
        const { selection, scene, otherScene } = store.now;
        const own = selection.against_query;
        looking.hover(own ? patch : placedIn(patch, otherScene, scene), own ? "against_query" : "query");
      },
      pin(/** @type {string | null} */ kind, /** @type {Patch} */ patch) {
        const { selection, scene, otherScene, pinKind } = store.now;
        const name = kind ?? pinKind;
        const own = name === "against_query" || (name === "query" && selection.against_query);
        change(own ? { against_query: patch } : { [name]: placedIn(patch, otherScene, scene) });
      },
    },
  };
}
