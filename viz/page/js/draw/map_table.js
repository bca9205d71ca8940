// Maps that stand in named rows and columns, such as blocks and heads: rows side by side in groups, so that all fit.

import { keyed, make, setText } from "./dom.js";
import { LINE } from "./frame.js";

/** @typedef {import("../types.js").Look} Look */
/** @typedef {import("../types.js").MapsPanel} MapsPanel */
/** @typedef {import("../types.js").Size} Size */
/** @typedef {{groups: number, each: number, cell: number, row: number, nameWidth: number, nameHeight: number, columns: number}} Table */

export const TABLE_GAP = 3; // between maps
const BETWEEN = 16; // groups

/**
 * In how many groups rows stand, and how large a map becomes.
 * @param {Pick<MapsPanel, "rows" | "cols">} panel  @param {number} aspect A map's width over its height.
 * @param {Size} area  @param {Pick<Look, "measure" | "type">} look
 * @returns {Table}
 */
export function tableOf({ rows, cols }, aspect, area, { measure, type }) {
  const nameWidth = Math.ceil(Math.max(...rows.map((name) => measure(name, true))) + 6);
  const nameHeight = Math.ceil(LINE * type);
  let best = { groups: 1, each: rows.length, cell: 0 };
  for (let groups = 1; groups <= rows.length; groups++) {
    const each = Math.ceil(rows.length / groups);
    const across = (area.width - (groups - 1) * BETWEEN) / groups - nameWidth;
    const down = area.height - nameHeight;
    const cell = Math.min(across / cols.length - TABLE_GAP, (down / each - TABLE_GAP) * aspect);
    if (cell > best.cell) best = { groups: Math.ceil(rows.length / each), each, cell };
  }
  const cell = Math.max(1, Math.floor(best.cell));
  return { ...best, cell, row: Math.max(1, Math.floor(cell / aspect)), nameWidth, nameHeight, columns: cols.length };
}

/** How large the whole table is. @param {Table} table @returns {Size} */
export function tableSize({ groups, each, cell, row, nameWidth, nameHeight, columns }) {
  return { width: groups * (nameWidth + columns * (cell + TABLE_GAP)) + (groups - 1) * BETWEEN, height: nameHeight + each * (row + TABLE_GAP) };
}

/** Where a map stands, by its number; a column of −1 is its row's name, a row of −1 its column's. @param {Table} table @param {number} row @param {number} col */
export function placeInTable({ groups, each, cell, row: tall, nameWidth, nameHeight, columns }, row, col) {
  const wide = cell + TABLE_GAP;
  const group = row < 0 ? Math.min(groups - 1, Math.floor(col / columns)) : Math.floor(row / each);
  const inside = row < 0 ? col % columns : col;
  const left = group * (nameWidth + columns * wide + BETWEEN);
  return { x: left + (col < 0 ? 0 : nameWidth + inside * wide), y: row < 0 ? 0 : nameHeight + (row % each) * (tall + TABLE_GAP) };
}

/** The names of rows and columns, above every group; those of the chosen map are lit. */
export function makeTableNames() {
  const element = make("div", { class: "sx-map-names", "aria-hidden": "true" });
  const create = () => ({ element: make("span", {}) });
  /** @param {MapsPanel} panel @param {Table | null} table */
  function show({ rows, cols, chosen }, table) {
    element.hidden = !table;
    if (!table) return;
    const [row, col] = chosen === null ? [-1, -1] : [Math.floor(chosen / cols.length), chosen % cols.length];
    const names = [
      ...rows.map((name, index) => ({ name, lit: index === row, at: placeInTable(table, index, -1) })),
      ...Array.from({ length: table.groups * cols.length }, (_, index) => ({ name: cols[index % cols.length], lit: index % cols.length === col, at: placeInTable(table, -1, index) })),
    ];
    keyed(element, names, (_, index) => String(index), create, ({ element: span }, { name, lit, at }) => {
      setText(span, name);
      span.classList.toggle("sx-lit-name", lit);
      Object.assign(span.style, { left: `${at.x}px`, top: `${at.y}px` });
    });
  }
  return { element, show };
}
