// The keyboard: one table that both listens and writes the help.

/** @typedef {{keys: string[], shown: string, text: string, act?: string}} Key */

/** @type {Key[]} */
export const KEYS = [
  { keys: ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"], shown: "← ↑ → ↓", text: "key.arrows", act: "move" },
  { keys: [], shown: "⇧ ← ↑ → ↓", text: "key.shift_arrows" },
  { keys: ["[", "]"], shown: "[  ]", text: "key.block", act: "block" },
  { keys: [",", "."], shown: ",  .", text: "key.head", act: "head" },
  { keys: ["PageUp", "PageDown"], shown: "PgUp  PgDn", text: "key.step", act: "step" },
  { keys: ["v"], shown: "v", text: "key.view", act: "nextTab" },
  { keys: ["n", "N"], shown: "n  ⇧ n", text: "key.page", act: "page" },
  { keys: ["h"], shown: "h", text: "key.heads", act: "nextHeads" },
  { keys: ["s"], shown: "s", text: "key.scale", act: "nextScale" },
  { keys: ["t"], shown: "t", text: "key.terms", act: "nextTerms" },
  { keys: ["<", ">"], shown: "<  >", text: "key.channel", act: "channel" },
  { keys: ["o", "O"], shown: "o  ⇧ o", text: "key.own", act: "ownChoice" },
  { keys: ["w"], shown: "w", text: "key.what_if", act: "whatIf" },
  { keys: ["e"], shown: "e", text: "key.example", act: "nextExample" },
  { keys: ["b", "B"], shown: "b  ⇧ b", text: "key.compare", act: "compare" },
  { keys: ["g"], shown: "g", text: "key.tour", act: "tour" },
  { keys: [], shown: "Space  PgDn  PgUp", text: "key.tour_step" },
  { keys: ["a"], shown: "a", text: "key.add", act: "addToTour" },
  { keys: ["i"], shown: "i", text: "key.more", act: "drawer" },
  { keys: ["c"], shown: "c", text: "key.tools", act: "tools" },
  { keys: ["u"], shown: "u", text: "key.undo", act: "undo" },
  { keys: ["+", "-"], shown: "+  −", text: "key.zoom", act: "zoom" },
  { keys: ["p"], shown: "p", text: "key.present", act: "present" },
  { keys: ["f"], shown: "f", text: "key.fullscreen", act: "fullscreen" },
  { keys: ["d"], shown: "d", text: "key.dark", act: "dark" },
  { keys: ["l"], shown: "l", text: "key.link", act: "copyLink" },
  { keys: ["?"], shown: "?", text: "key.help", act: "help" },
  { keys: ["Escape"], shown: "Esc", text: "key.escape", act: "escape" },
];

export const MOUSE = [
  ["click", "mouse.click"],
  ["⇧ click", "mouse.shift"],
  ["alt click", "mouse.alt"],
];

export const TOUCH = ["touch.tap", "touch.pin", "touch.swipe"];

/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const BACKWARDS = new Set(["[", ",", "PageUp", "-", "N", "<", "B", "O"]);

/** @type {Record<string, number>} */
const ON = { " ": 1, PageDown: 1, PageUp: -1 };

/** Whether a key is typed into something, or meant for a slider. @param {KeyboardEvent} event */
function typed({ target, ctrlKey, metaKey, altKey }) {
  const { tagName, type } = /** @type {any} */ (target) ?? {};
  return ctrlKey || metaKey || altKey || tagName === "SELECT" || tagName === "TEXTAREA" || (tagName === "INPUT" && type !== "checkbox");
}

/**
 * What a key press, or a presenter's remote, asks for at a stop of the tour before it has its usual meaning: so many
 * stops on. A button that was reached by the keyboard keeps its space bar.
 * @param {KeyboardEvent} event @returns {number | null}
 */
export function meaningInTour(event) {
  if (typed(event) || !(event.key in ON)) return null;
  const target = /** @type {any} */ (event.target);
  if (event.key === " " && target?.matches?.("button:focus-visible, summary:focus-visible")) return null;
  return event.shiftKey && event.key === " " ? -1 : ON[event.key];
}

/**
 * What a key press asks for, or null. Typing, sliders and modifiers are left alone.
 * @param {KeyboardEvent} event
 * @returns {{act: string, value: any, shift: boolean} | null}
 */
export function meaning(event) {
  if (typed(event)) return null;
  const target = /** @type {any} */ (event.target);
  const row = KEYS.find(({ keys }) => keys.includes(event.key));
  if (!row?.act) return null;
  if (row.act === "move" && target?.closest?.(".sx-scroll, .sx-explain, pre")) return null;
  const value = STEPS[event.key] ?? (BACKWARDS.has(event.key) ? -1 : 1);
  return { act: row.act, value, shift: event.shiftKey };
}
