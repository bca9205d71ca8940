// A place on the screen that is lit, by its name: of a tour's stop, or of a symbol in a formula.

const LIT = "sx-lit-place";

/** @type {Record<string, string>} */
const NAMED = {
  photo: ".sx-photo",
  panels: ".sx-panels",
  controls: ".sx-controls",
  pair: ".sx-pair",
  strip: ".sx-strip",
  blocks: ".sx-block-row",
};

/** The element of a place; null if it isn't on the screen. @param {HTMLElement} root @param {string} place @returns {HTMLElement | null} */
export function placeOf(root, place) {
  const [kind, name] = place.split(":");
  if (kind === "node") {
    const nodes = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[data-node]")]);
    return nodes.find(({ dataset }) => dataset.node === name) ?? null;
  }
  if (kind === "panel") return root.querySelector(`.sx-panel[data-index="${Number(name)}"]`);
  if (kind === "map") return /** @type {HTMLElement[]} */ ([...root.querySelectorAll(".sx-panel .sx-map")])[Number(name)] ?? null;
  return NAMED[kind] ? root.querySelector(NAMED[kind]) : null;
}

/** Light one place, and no other; an empty name lights none. @param {HTMLElement} root @param {string} place */
export function light(root, place) {
  const found = place ? placeOf(root, place) : null;
  for (const lit of root.querySelectorAll(`.${LIT}`)) if (lit !== found) lit.classList.remove(LIT);
  found?.classList.add(LIT);
  return found;
}
