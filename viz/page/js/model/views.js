// The view that a selection asks for, and where it stands in the forward pass.

/** @typedef {import("../types.js").Boot} Boot */
/** @typedef {import("../types.js").Selection} Selection */

/** @param {Boot} boot @param {Selection} selection */
export function viewOf(boot, selection) {
  return boot.views.find(({ id }) => id === selection.view) ?? boot.views[0];
}

/** Whether what is shown lies inside the chosen block. @param {Boot} boot @param {Selection} selection */
export function isInBlock(boot, selection) {
  return boot.blockStages.includes(viewOf(boot, selection).stage);
}
