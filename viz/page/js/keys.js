// The keyboard: one table that both listens and writes the help.

import { make } from "./dom.js";

export const KEYS = [
  { keys: ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"], shown: "← ↑ → ↓", text: "key.arrows", act: "move" },
  { keys: [], shown: "⇧ ← ↑ → ↓", text: "key.shift_arrows" },
  { keys: ["[", "]"], shown: "[  ]", text: "key.block", act: "block" },
  { keys: [",", "."], shown: ",  .", text: "key.head", act: "head" },
  { keys: ["PageUp", "PageDown"], shown: "PgUp  PgDn", text: "key.step", act: "step" },
  { keys: ["v"], shown: "v", text: "key.view", act: "nextView" },
  { keys: ["h"], shown: "h", text: "key.heads", act: "nextHeads" },
  { keys: ["u"], shown: "u", text: "key.undo", act: "undo" },
  { keys: ["+", "-"], shown: "+  −", text: "key.zoom", act: "zoom" },
  { keys: ["p"], shown: "p", text: "key.present", act: "present" },
  { keys: ["f"], shown: "f", text: "key.fullscreen", act: "fullscreen" },
  { keys: ["d"], shown: "d", text: "key.dark", act: "dark" },
  { keys: ["l"], shown: "l", text: "key.link", act: "copyLink" },
  { keys: ["?"], shown: "?", text: "key.help", act: "help" },
  { keys: ["Escape"], shown: "Esc", text: "key.escape", act: "escape" },
];

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const BACKWARDS = new Set(["[", ",", "PageUp", "-"]);

// What a key press asks for: {act, value, shift}, or null. Typing, sliders and modifiers are left alone.
export function meaning(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const tag = event.target?.tagName;
  if (tag === "SELECT" || tag === "TEXTAREA" || (tag === "INPUT" && event.target.type !== "checkbox")) return null;
  const row = KEYS.find(({ keys }) => keys.includes(event.key));
  if (!row) return null;
  const scrolls = event.target?.closest?.(".sx-scroll, pre");
  if (scrolls && row.act === "move") return null;
  const value = STEPS[event.key] ?? (BACKWARDS.has(event.key) ? -1 : 1);
  return { act: row.act, value, shift: event.shiftKey };
}

export function helpOverlay(texts, close) {
  const mouse = [
    ["click", "mouse.click"],
    ["⇧ click", "mouse.shift"],
    ["alt click", "mouse.alt"],
  ];
  const rows = [...KEYS.map(({ shown, text }) => [shown, text]), ...mouse].map(([shown, text]) =>
    make("tr", {}, make("td", {}, make("kbd", {}, shown)), make("td", {}, texts[text])),
  );
  const button = make("button", { class: "sx-button", onclick: close }, texts["ui.close"]);
  return make(
    "dialog",
    { class: "sx-help", "aria-label": texts["ui.help"], oncancel: close },
    make("h2", {}, texts["ui.help"]),
    make("table", {}, make("tbody", {}, rows)),
    button,
  );
}
