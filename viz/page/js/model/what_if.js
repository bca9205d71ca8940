// What is changed in the encoder or the photo, as a link has it: `rel_pos_off,head_off.8.2`.

/** @typedef {{kind: string, numbers: string[], group: string}} Kind A kind of change: which numbers it takes, and of which group only one can be. */
/** @typedef {{kind: string, numbers: number[]}} Change */

/** @param {string} text @returns {Change[]} */
export function changesOf(text) {
  return text ? text.split(",").map((part) => ({ kind: part.split(".")[0], numbers: part.split(".").slice(1).map(Number) })) : [];
}

/** @param {Change[]} changes */
export function textOf(changes) {
  return changes.map(({ kind, numbers }) => [kind, ...numbers].join(".")).join(",");
}

/** A change's numbers by their names, to be said. @param {Change} change @param {Kind[]} kinds @returns {Record<string, number>} */
export function valuesOf({ kind, numbers }, kinds) {
  const names = kinds.find((one) => one.kind === kind)?.numbers ?? [];
  return Object.fromEntries(names.map((name, index) => [name, numbers[index]]));
}

/** With one more change; what can't be true beside it goes. @param {string} text @param {Change} change @param {Kind[]} kinds */
export function withChange(text, change, kinds) {
  const groupOf = (/** @type {string} */ kind) => kinds.find((one) => one.kind === kind)?.group || null;
  const added = textOf([change]);
  const others = changesOf(text).filter((one) => textOf([one]) !== added && (!groupOf(one.kind) || groupOf(one.kind) !== groupOf(change.kind)));
  return textOf([...others, change]);
}

/** Without one of its changes. @param {string} text @param {Change} change */
export function withoutChange(text, change) {
  return textOf(changesOf(text).filter((one) => textOf([one]) !== textOf([change])));
}
