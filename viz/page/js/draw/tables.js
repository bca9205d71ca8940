// Tables and named numbers.

import { keyed, make, setText } from "./dom.js";
import { frameHeight, LINE, lines, makePanel } from "./frame.js";

/** @typedef {import("../types.js").Look} Look */
/** @typedef {import("../types.js").Size} Size */
/** @typedef {import("../types.js").TablePanel} TablePanel */
/** @typedef {import("../types.js").Cell} Cell */
/** @typedef {import("../types.js").NumbersPanel} NumbersPanel */

const MOST_GROUPS = 3; // a long table stands in at most so many columns of rows
const GROUP_GAP = 18;

/** A table is tried in many widths, and its words are measured for the first. @type {WeakMap<TablePanel, {measure: Look["measure"], wanted: number[], words: number[]}>} */
const columnsKnown = new WeakMap();

/** @param {Cell} cell */
function textOf(cell) {
  return typeof cell === "string" ? cell : cell.texts.join(" · ");
}

/**
 * What columns get of a width: what they want, or the widest ones give until all fit; none gets less than its longest word,
 * if that can be had, or if the table may go on beyond the width.
 * @param {number[]} wanted  @param {number} width  @param {number[]} [words]  @param {boolean} [goesOn]
 */
export function shareWidth(wanted, width, words = wanted.map(() => 0), goesOn = false) {
  const sum = (/** @type {number[]} */ all) => all.reduce((total, one) => total + one, 0);
  if (sum(wanted) <= width) return wanted;
  if (goesOn && sum(words) > width) return words;
  const least = sum(words) <= width ? words : wanted.map(() => 0);
  const upTo = (/** @type {number} */ most) => wanted.map((one, index) => Math.max(least[index], Math.min(one, most)));
  let [low, high] = [0, Math.max(...wanted)];
  for (let times = 0; times < 20; times++) {
    const most = (low + high) / 2;
    if (sum(upTo(most)) > width) high = most;
    else low = most;
  }
  return upTo(low);
}

/** What each column wants to be as wide as, and its longest word. @param {TablePanel} panel @param {Look} look */
function columnsOf(panel, look) {
  const found = columnsKnown.get(panel);
  if (found?.measure === look.measure) return found;
  const widest = (/** @type {string[]} */ texts) => Math.ceil(Math.max(...texts.map((text) => look.measure(text, true))) + paddingOf(look));
  const columns = panel.columns.map((name, col) => [name, ...panel.rows.map((row) => textOf(row[col]))]);
  const words = columns.map((texts) => widest(texts.flatMap((text) => text.split(/ |(?<=\.)(?=[A-Za-z])/))));
  const made = { measure: look.measure, wanted: columns.map(widest), words };
  columnsKnown.set(panel, made);
  return made;
}

/** @param {Look} look */
const paddingOf = (look) => 1.3 * look.type + 2;

/** How wide a table's columns are in a width, and how high its rows. @param {TablePanel} panel @param {number} width @param {Look} look */
export function tablePlan(panel, width, look) {
  const padding = paddingOf(look);
  const { wanted, words } = columnsOf(panel, look);
  const widths = shareWidth(wanted, width, words, look.tapped).map(Math.floor);
  const most = (/** @type {string[]} */ texts) => Math.max(...texts.map((text, col) => lines(text, widths[col] - padding + 2, look, true)));
  return {
    all: wanted.reduce((sum, one) => sum + one, 0),
    whole: words.every((word, col) => word <= widths[col] + 1), // no word is broken
    widths,
    rowHeights: panel.rows.map((row) => most(row.map(textOf)) * LINE * look.type + 8),
    headHeight: most(panel.columns) * LINE * look.type + 8,
  };
}

/** How many groups of rows stand side by side, and how high that is. @param {TablePanel} panel @param {Size} box @param {Look} look */
export function tableGroups(panel, box, look) {
  const above = frameHeight(panel, box.width, look) + 8;
  let best = { groups: 1, height: Infinity, perGroup: panel.rows.length };
  for (let groups = 1; groups <= Math.min(MOST_GROUPS, Math.max(1, panel.rows.length)); groups++) {
    const width = (box.width - GROUP_GAP * (groups - 1)) / groups;
    const { all, rowHeights, headHeight } = tablePlan(panel, width, look);
    if (groups > 1 && all > width) break;
    const perGroup = Math.ceil(panel.rows.length / groups);
    const heights = Array.from({ length: groups }, (_, group) => rowHeights.slice(group * perGroup, (group + 1) * perGroup).reduce((sum, one) => sum + one, headHeight));
    const height = Math.max(...heights) + above;
    if (height < best.height && (groups === 1 || best.height > box.height)) best = { groups, height, perGroup };
  }
  return best;
}

/** @type {import("../types.js").Drawer["fit"]} */
function fitTable({ panel }, box, look) {
  const { groups, height } = tableGroups(panel, box, look);
  const { all, whole } = tablePlan(panel, (box.width - GROUP_GAP * (groups - 1)) / groups, look);
  const width = Math.min(box.width, groups * all + GROUP_GAP * (groups - 1));
  const readable = whole && box.width >= Math.min(all, 22 * look.type);
  const high = height > box.height;
  return { width, height: Math.min(height, box.height), ok: readable && !high, parted: readable && high, area: width * Math.min(height, box.height) };
}

/** Rows in parts of at most a height. @param {number[]} rowHeights @param {number} most @returns {[number, number][]} */
function cutRows(rowHeights, most) {
  /** @type {[number, number][]} */
  const parts = [];
  let [first, height] = [0, 0];
  rowHeights.forEach((rowHeight, row) => {
    if (row > first && height + rowHeight > most) {
      parts.push([first, row]);
      [first, height] = [row, 0];
    }
    height += rowHeight;
  });
  return [...parts, [first, rowHeights.length]];
}

/** A long table's rows for each of the pages it needs, about as many on each. @type {NonNullable<import("../types.js").Drawer["parts"]>} */
export function tableParts({ panel }, box, look) {
  const { rowHeights, headHeight } = tablePlan(panel, box.width, look);
  const most = box.height - frameHeight(panel, box.width, look) - 8 - headHeight;
  let parts = cutRows(rowHeights, most);
  for (let less = most - look.type; less > 0; less -= look.type) {
    const evener = cutRows(rowHeights, less);
    if (evener.length > parts.length) break;
    parts = evener;
  }
  return parts;
}

/** A dotted name may break after a dot; a number may not. @param {string} text @returns {(string | HTMLElement)[]} */
function breakable(text) {
  return text.split(/(?<=\.)(?=[A-Za-z])/).flatMap((part, index) => (index ? [make("wbr"), part] : [part]));
}

/** @type {import("../types.js").Drawer["create"]} */
function createTable(acts) {
  const tables = make("div", { class: "sx-tables" });
  const scroll = make("div", { class: "sx-scroll", tabindex: "0", role: "region" }, tables);
  const frame = makePanel("Table", scroll);

  /** @type {(prepared: any, box: Size, look: Look, part?: [number, number]) => void} */
  function update({ panel: whole }, box, look, [first, last] = [0, whole.rows.length]) {
    const panel = { ...whole, rows: whole.rows.slice(first, last), marked: whole.marked.map((/** @type {number} */ row) => row - first) };
    frame.name(panel);
    scroll.setAttribute("aria-label", panel.title);
    scroll.style.maxHeight = `${Math.floor(box.height - frameHeight(panel, box.width, look))}px`;
    const { groups, perGroup } = tableGroups(panel, box, look);
    const { widths } = tablePlan(whole, (box.width - GROUP_GAP * (groups - 1)) / groups, look);
    const parts = Array.from({ length: groups }, (_, group) => panel.rows.slice(group * perGroup, (group + 1) * perGroup));
    const marked = new Set(panel.marked);
    keyed(tables, parts, (_, index) => String(index), () => makeTable(acts), (part, rows, index) => part.update({ panel, rows, widths, isMarked: (/** @type {number} */ row) => marked.has(index * perGroup + row) }));
  }
  return { element: frame.element, update };
}

/** @param {import("../types.js").PanelActs} acts */
function makeTable(acts) {
  const head = make("tr", {});
  const body = make("tbody", {});
  const element = make("table", {}, make("thead", {}, head), body);
  return {
    element,
    /** @param {{panel: TablePanel, rows: Cell[][], widths: number[], isMarked: (row: number) => boolean}} what */
    update({ panel, rows, widths, isMarked }) {
      element.style.width = `${widths.reduce((sum, one) => sum + one, 0)}px`;
      const heads = keyed(head, panel.columns, (_, index) => String(index), () => ({ element: make("th", { scope: "col" }) }));
      heads.forEach(({ element: cell }, index) => {
        replaceText(cell, panel.columns[index]);
        cell.style.width = `${widths[index]}px`;
      });
      const made = keyed(body, rows, (_, index) => String(index), () => makeRow(acts));
      made.forEach((row, index) => row.update(rows[index], isMarked(index)));
    },
  };
}

/** @param {Element} element @param {string} text */
function replaceText(element, text) {
  if (element.textContent !== text) element.replaceChildren(...breakable(text));
}

/** A row that names stages of the forward pass lights them up in the strip while it is pointed at. @param {import("../types.js").PanelActs} acts */
function makeRow(acts) {
  const element = make("tr", {});
  /** @type {string[]} */
  let stages = [];
  for (const name of ["pointerenter", "focus"]) element.addEventListener(name, () => stages.length && acts.pointAt(stages));
  for (const name of ["pointerleave", "blur"]) element.addEventListener(name, () => stages.length && acts.pointAt([]));
  return {
    element,
    /** @param {Cell[]} cells @param {boolean} marked */
    update(cells, marked) {
      stages = cells.flatMap((cell) => (typeof cell === "string" ? [] : cell.stages));
      element.classList.toggle("sx-marked", marked);
      if (stages.length) element.tabIndex = 0;
      else element.removeAttribute("tabindex");
      const parts = keyed(element, cells, (_, index) => String(index), () => ({ element: make("td", {}) }));
      parts.forEach((part, index) => replaceText(part.element, textOf(cells[index])));
    },
  };
}

/** @type {import("../types.js").Drawer["fit"]} */
function fitNumbers({ panel }, box, look) {
  const gap = 8;
  let [x, rows, most, more] = [0, 1, 0, 0];
  for (const { label, text, unit } of panel.numbers) {
    const needed = Math.max(look.measure(label), 1.2 * look.measure(`${text} ${unit}`, true));
    const width = Math.min(box.width, needed + 28);
    more += Math.max(0, lines(label, box.width - 28, look) - 1) * LINE * look.type;
    if (x && x + width > box.width) [x, rows] = [0, rows + 1];
    x += width + gap;
    most = Math.max(most, x - gap);
  }
  const height = frameHeight(panel, box.width, look) + rows * (3.2 * look.type + 14 + gap) + more + 6;
  return { width: most, height, ok: height <= box.height && box.width >= 14 * look.type, area: most * height };
}

/** @type {import("../types.js").Drawer["create"]} */
function createNumbers() {
  const numbers = make("div", { class: "sx-numbers" });
  const frame = makePanel("Numbers", numbers);
  /** @type {(prepared: any, box: Size, look: Look) => void} */
  function update({ panel }) {
    frame.name(panel);
    keyed(numbers, panel.numbers, (_, index) => String(index), makeNumber, (part, number) => part.update(number));
  }
  return { element: frame.element, update };
}

function makeNumber() {
  const value = make("b", {});
  const label = make("span", {});
  const element = make("div", { class: "sx-number" }, value, label);
  return {
    element,
    /** @param {NumbersPanel["numbers"][number]} number */
    update(number) {
      element.dataset.role = number.role;
      setText(value, `${number.text} ${number.unit}`.trim());
      setText(label, number.label);
    },
  };
}

/** @type {import("../types.js").Drawer} */
export const TABLE = { fit: fitTable, create: createTable, parts: tableParts };
/** @type {import("../types.js").Drawer} */
export const NUMBERS = { fit: fitNumbers, create: createNumbers };
