// Messages as the server sends them, small enough to be read; schema.test.mjs holds them to the schema.

const floats = (values) => ({ data: Buffer.from(Float32Array.from(values).buffer).toString("base64"), type: "f4", factor: 1 });

export const scale = { kind: "sequential", low: 0, high: 1, unit: "attention weight", note: "", log: false, percent: true, categories: [] };
export const signedScale = { ...scale, kind: "signed", low: -2, high: 2, percent: false, unit: "score" };

export const field = (name, part, kind, more = {}) => ({
  name, part, kind, default: null, choices: [], low: null, high: null, limit: "", control: "", always: false, alias: [], ...more,
});

export const FIELDS = [
  field("image", "subject", "name", { default: "chelsea", always: true }),
  field("model", "subject", "name", { default: "vit_tiny", control: "select" }),
  field("size", "subject", "choice", { default: 1024, choices: [512, 768, 1024], control: "select" }),
  field("view", "", "name", { default: "heads" }),
  field("block", "focus", "whole", { default: 11, limit: "depth", always: true }),
  field("head", "focus", "whole", { default: 0, limit: "heads", control: "slider" }),
  field("query", "focus", "patch", { default: [18, 20], limit: "grid", always: true }),
  field("key", "focus", "patch", { limit: "grid" }),
  field("compare", "against", "choice", { default: "off", choices: ["off", "one", "own"] }),
  field("against_image", "against", "name"),
  field("against_block", "against", "whole", { limit: "depth" }),
  field("against_query", "against", "patch", { limit: "grid", alias: ["other"] }),
  field("heads", "look", "choice", { default: "all", choices: ["all", "one", "mean", "max"], control: "segmented" }),
  field("scale", "look", "choice", { default: "linear", choices: ["linear", "log", "clip"], control: "segmented" }),
  field("overlay", "look", "whole", { default: 75, low: 0, high: 100, control: "slider" }),
  field("channel", "look", "whole", { low: 0, control: "number" }),
  field("terms", "look", "letters", { default: "chw", choices: ["c", "h", "w"], control: "toggles" }),
  field("stop", "look", "whole", { default: 0, low: 0, limit: "stops" }),
];

export const boot = {
  texts: {
    "ui.between_sentences": ". ", "ui.failed": "failed", "ui.gone": "gone", "ui.uploading": "uploading", "ui.too_large": "{size} MB is too much",
    "ui.one_file": "{count} files", "ui.no_link": "no link", "pair.content": "content",
    "tip.weight": "patch {query} → {patch}, {map}: {value}", "tip.value": "{patch}, {map}: {value}",
  },
  fields: FIELDS,
  stages: ["photo", "qkv", "softmax"],
  nodes: [{ id: "photo", stage: "photo", shape: { axes: "pixels", of: "photo" }, windowed: null, view: "", panel: null }],
  inner: [
    { id: "softmax", stage: "softmax", shape: { axes: "scores", of: "grid" }, windowed: { axes: "scores", of: "window" }, view: "", panel: 0 },
    { id: "far", stage: "softmax", shape: null, windowed: null, view: "reach", panel: null },
  ],
  blockStages: ["qkv", "softmax"],
  flow: [],
  views: [
    { id: "photo", stage: "photo", uses: [], live: true, windowed: false },
    { id: "heads", stage: "softmax", uses: ["block", "head", "query", "key", "overlay"], live: true, windowed: false },
    { id: "reach", stage: "softmax", uses: ["block", "query"], live: false, windowed: true },
  ],
  examples: [{ name: "chelsea", query: [14, 21], credit: "", src: "" }, { name: "coffee", query: [20, 34], credit: "", src: "" }],
};

export const scene = {
  photo: "data:image/jpeg;base64,", grid: [4, 4], photoGrid: [3, 4], photoSpan: [2.5, 4], depth: 12, heads: 6,
  windows: [14, 14, null], weights: "trained here", whatIf: "", notices: [], reading: [], pages: 1, bands: 3, random: false, shapes: { photo: "300×451" },
};

const stop = (number, fields, more = {}) => ({
  fields: { terms: "chw", channel: 0, against_query: null, stop: number, ...fields }, title: `stop ${number}`, words: "words", notes: "", lit: "panels", asks: false, ...more,
});

export const tour = {
  title: "a tour",
  stops: [stop(1, { view: "photo" }), stop(2, { view: "heads", block: 0, query: [2, 3] }, { asks: true }), stop(3, { view: "reach" })],
};

export const guess = { stop: 2, question: "where?", options: ["here", "there"], right: [1], answer: "there, by 3" };

export const pair = {
  query: [1, 2], key: [2, 2], chosen: false, head: 3, block: 2, span: [0, 0, 4, 4], windowPadding: 0, imagePadding: 0.01,
  outside: false, content: 4.12, relH: -0.31, relW: 0.87, score: 4.68, weight: 0.0193,
};

export const maps = {
  kind: "Maps", title: "Where the pinned patch looks", ...floats([...Array(16).keys()].map((value) => value / 100).concat([...Array(16).keys()].map((value) => 1 - value / 100))),
  shape: [2, 4, 4], scales: [scale, { ...scale, high: 0.5 }], labels: ["head 0", "head 1"], notes: ["", ""], overPhoto: true, picks: "head", chosen: 1, rows: [], cols: [], sight: null, whole: [], titled: false,
};

export const panels = [
  maps,
  { kind: "Picture", title: "pixels", src: "data:image/png;base64,", onGrid: true, note: "", rows: 4, cols: 4 },
  { kind: "Curves", title: "curves", curves: [{ label: "one", x: [0, 1, 2], y: [null, 1, 3], colour: "#000000", patches: [], colours: [], square: false }], yNames: [], xLabel: "x", yLabel: "y", marks: [[1, "here"]], points: false },
  { kind: "Matrix", title: "matrix", ...floats([1, 2, 3, 4, 5, 6]), shape: [2, 3], scale: signedScale, rowLabel: "row", colLabel: "col", rowMark: 1, colMark: null, numbers: true },
  { kind: "Table", title: "table", columns: ["name", "acts in"], rows: [["patch_size", { stages: ["patches"], texts: ["Patch embedding"] }]], marked: [0] },
  { kind: "Numbers", title: "numbers", numbers: [{ label: "weight", text: "–", unit: "", role: "query" }], note: "" },
];
