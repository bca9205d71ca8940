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
  { keys: ["e"], shown: "e", text: "key.example", act: "nextExample" },
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
const BACKWARDS = new Set(["[", ",", "PageUp", "-", "N", "<"]);

/**
 * What a key press asks for, or null. Typing, sliders and modifiers are left alone.
 * @param {KeyboardEvent} event
 * @returns {{act: string, value: any, shift: boolean} | null}
 */
export function meaning(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const target = /** @type {any} */ (event.target);
  const tag = target?.tagName;
  if (tag === "SELECT" || tag === "TEXTAREA" || (tag === "INPUT" && target.type !== "checkbox")) return null;
  const row = KEYS.find(({ keys }) => keys.includes(event.key));
  if (!row?.act) return null;
  if (row.act === "move" && target?.closest?.(".sx-scroll, .sx-explain, pre")) return null;
  const value = STEPS[event.key] ?? (BACKWARDS.has(event.key) ? -1 : 1);
  return { act: row.act, value, shift: event.shiftKey };
}
