// Two sides, A and B: what differs between them stands in the selection's fields named against_…

/** @typedef {import("../types.js").Patch} Patch */
/** @typedef {import("../types.js").Scene} Scene */
/** @typedef {import("../types.js").Selection} Selection */

const DIFFERS = "against_";

/** Whether two sides are compared. @param {Selection} selection */
export function isComparing({ compare }) {
  return (compare ?? "off") !== "off";
}

/** The field of both sides that a field of the comparison stands for; "" for any other field. @param {string} name */
export function comparedField(name) {
  return name.startsWith(DIFFERS) ? name.slice(DIFFERS.length) : "";
}

/** @param {import("../types.js").Field[]} fields */
const differing = (fields) => fields.map(({ name }) => name).filter((name) => comparedField(name));

/** Whether changes ask for other traces than those on screen. @param {string[]} changed @param {string[]} subject The names of a subject's fields. @param {Selection} before @param {Selection} after */
export function asksForOthers(changed, subject, before, after) {
  if (isComparing(before) !== isComparing(after)) return true;
  return changed.some((name) => subject.includes(name) || (isComparing(after) && subject.includes(comparedField(name))));
}

/**
 * Begin to compare, with another example if nothing differs yet; or leave, and only a second query stays.
 * @param {Selection} selection  @param {{fields: import("../types.js").Field[], examples: {name: string}[]}} boot
 */
export function toggled(selection, { fields, examples }) {
  if (isComparing(selection)) {
    const gone = differing(fields).filter((name) => name !== `${DIFFERS}query`);
    return { compare: "off", ...Object.fromEntries(gone.map((name) => [name, null])) };
  }
  if (differing(fields).some((name) => (selection[name] ?? null) !== null)) return { compare: "one" };
  const names = examples.map(({ name }) => name);
  return { compare: "one", [`${DIFFERS}image`]: names[(names.indexOf(selection.image) + 1) % names.length] };
}

/** The other way round: what was B becomes A. @param {Selection} selection @param {{fields: import("../types.js").Field[]}} boot */
export function swapped(selection, { fields }) {
  const pairs = differing(fields).filter((name) => (selection[name] ?? null) !== null);
  return Object.fromEntries(pairs.flatMap((name) => [[comparedField(name), selection[name]], [name, selection[comparedField(name)] ?? null]]));
}

/** What is chosen on B's side: B's own where it has its own, else what both share. @param {Record<string, any>} fields @param {Selection} selection */
export function ofOther(fields, selection) {
  const named = (/** @type {string} */ name) => ((selection[`${DIFFERS}${name}`] ?? null) === null ? name : `${DIFFERS}${name}`);
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [named(name), value]));
}

/** The patch at the same place of another scene: the same one where the grids are of one size. @param {Patch | null} patch @param {Scene | null} from @param {Scene | null} to @returns {Patch | null} */
export function placedIn(patch, from, to) {
  if (!patch || !from || !to) return null;
  const at = (/** @type {number} */ axis) => Math.min(Math.floor((patch[axis] * to.grid[axis]) / from.grid[axis]), to.photoGrid[axis] - 1);
  return [at(0), at(1)];
}
