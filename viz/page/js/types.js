// The shapes of things, for the type checker and the reader. What messages hold is in messages.schema.json.

/** A patch of the grid: [row, col], from 0. @typedef {[number, number]} Patch */

/** What is looked at, flat as in the link; null where a field may be absent. @typedef {Record<string, any>} Selection */

/**
 * One field of a selection, as the server's table describes it.
 * @typedef {object} Field
 * @property {string} name
 * @property {"subject"|"focus"|"against"|"look"|""} part
 * @property {"name"|"whole"|"wholes"|"patch"|"choice"|"letters"} kind
 * @property {any} default
 * @property {any[]} choices
 * @property {number | null} low
 * @property {number | null} high
 * @property {string} limit
 * @property {string} control
 * @property {boolean} always In the link even when it is the default.
 * @property {string[]} alias Names that old links have for it.
 */

/**
 * @typedef {object} View
 * @property {string} id
 * @property {string} stage
 * @property {string[]} uses
 * @property {boolean} live
 * @property {boolean} windowed Whether it opens on a block with windows.
 */

/** What the numbers of a shape count, and what has this shape. @typedef {{axes: string, of: string}} Counted */

/** A step in the strip. @typedef {{id: string, stage: string, shape: Counted | null, windowed: Counted | null, view: string, panel: number | null}} Node */

/**
 * What the page needs before any photo.
 * @typedef {object} Boot
 * @property {Record<string, string>} texts
 * @property {string} version Of the program.
 * @property {Field[]} fields
 * @property {Selection} defaults
 * @property {string[]} stages
 * @property {Node[]} nodes
 * @property {Node[]} inner
 * @property {string[]} blockStages
 * @property {string[]} flow The node of the strip at which each step of a patch's way through a block stands.
 * @property {View[]} views
 * @property {{name: string, available: boolean, reason: string, sizes: number[]}[]} models
 * @property {{name: string, query: Patch, credit: string, src: string}[]} examples
 * @property {import("./model/what_if.js").Kind[]} changes
 * @property {{sequential: string, signed: string}} colours
 * @property {number[][]} categories
 * @property {Record<string, string>} roles
 */

/**
 * What stays the same while a person looks around in one trace.
 * @typedef {object} Scene
 * @property {string} photo
 * @property {Patch} grid
 * @property {Patch} photoGrid
 * @property {Patch} photoSpan
 * @property {number} depth
 * @property {number} heads
 * @property {(number | null)[]} windows
 * @property {string} weights
 * @property {string[]} notices What must be known before any picture is believed.
 * @property {string} whatIf What is changed in the encoder or the photo, in a sentence; empty where nothing is.
 * @property {number} pages How many pages or frames the photo's file has.
 * @property {number} bands How many bands the photo has.
 * @property {string[]} reading How the photo's file was read, where that isn't plain.
 * @property {boolean} random
 * @property {Record<string, string>} shapes
 */

/**
 * @typedef {object} Scale
 * @property {"sequential"|"signed"|"categorical"} kind
 * @property {number} low
 * @property {number} high
 * @property {string} unit
 * @property {string} note
 * @property {boolean} log
 * @property {boolean} percent
 * @property {string[]} categories
 */

/** @typedef {{data: string, type: string, factor: number, shape: number[]}} Floats */

/** @typedef {Floats & {kind: "Maps", title: string, scales: Scale[], labels: string[], notes: string[], overPhoto: boolean, picks: string, chosen: number | null, rows: string[], cols: string[], sight: (Sight & {words: string}) | null, whole: number[], titled: boolean}} MapsPanel */
/** @typedef {{kind: "Picture", title: string, src: string, onGrid: boolean, note: string, rows: number, cols: number}} PicturePanel */
/** @typedef {{label: string, x: (number|null)[], y: (number|null)[], colour: string, patches: number[], colours: string[], square: boolean}} Curve `patches` of dots: rows, cols, step, top and left of the grid of patches that they are; `colours` one for each dot, RRGGBB, or none. */
/** @typedef {{kind: "Curves", title: string, curves: Curve[], xLabel: string, yLabel: string, marks: [number, string][], points: boolean, yNames: string[]}} CurvesPanel */
/** @typedef {Floats & {kind: "Matrix", title: string, scale: Scale, rowLabel: string, colLabel: string, rowMark: number | null, colMark: number | null, numbers: boolean}} MatrixPanel */
/** A cell that names stages of the forward pass lights them up while it is pointed at. @typedef {string | {stages: string[], texts: string[]}} Cell */
/** @typedef {{kind: "Table", title: string, columns: string[], rows: Cell[][], marked: number[]}} TablePanel */
/** @typedef {{kind: "Numbers", title: string, numbers: {label: string, text: string, unit: string, role: string}[], note: string}} NumbersPanel */
/** @typedef {MapsPanel | PicturePanel | CurvesPanel | MatrixPanel | TablePanel | NumbersPanel} Panel */

/** The sum behind one weight. @typedef {{query: Patch, key: Patch, chosen: boolean, head: number, block: number, span: [number, number, number, number], outside: boolean, content?: number, relH?: number, relW?: number, score?: number, weight?: number, windowPadding: number, imagePadding: number}} Pair */

/** One map, decoded. @typedef {{values: Float32Array, rows: number, cols: number, tile: HTMLCanvasElement, scale: Scale, label: string, note: string}} OneMap */

/** A panel made ready to be drawn; `image` of a Picture is there when it has loaded. @typedef {{panel: any, maps?: OneMap[], values?: Float32Array, tile?: HTMLCanvasElement, image?: HTMLImageElement, look?: Look, partner?: Prepared, side?: "a" | "b" | "difference"}} Prepared */

/** The second of two sides: its panels, which of each side's are a pair, and what lies between them. @typedef {{panels: Prepared[], pair: Pair | null, selection: Selection, pairs: [number | null, number | null][], differences: (Prepared | null)[], summary: string}} OtherSide */

/** One answer on screen, with the selection that it answers and the channel that it shows. @typedef {{panels: Prepared[], pair: Pair | null, channel: number | null, selection: Selection, against?: OtherSide | null}} Shown */

/**
 * One stop of a guided tour, in the photo and model on screen.
 * @typedef {{fields: Record<string, any>, title: string, words: string, notes: string, lit: string, asks: boolean}} Stop
 */

/** @typedef {{title: string, stops: Stop[]}} Tour */

/** What a stop asks, and what was chosen; `shown` once the answer is. @typedef {{stop: number, question: string, options: string[], right: number[], answer: string, chosen: number | null, shown: boolean}} Guess */

/** @typedef {{sequential: Uint8Array, signed: Uint8Array, categories: number[][]}} Palette */

/** @typedef {{width: number, height: number}} Size */

/** The part of the grid in sight, in patches. @typedef {{row: number, col: number, rows: number, cols: number}} Sight */

/** @typedef {{patch: Patch, colour: string, dashed?: boolean, quiet?: boolean}} Mark */

/**
 * What drawers know of the page besides their panel.
 * @typedef {object} Look
 * @property {Scene} scene
 * @property {Record<string, string>} texts
 * @property {Palette} palette
 * @property {Record<string, string>} roles
 * @property {{dark: HTMLCanvasElement, light: HTMLCanvasElement}} under The photo made grey, for maps to lie over.
 * @property {Mark[]} marks
 * @property {number} overlay 0 to 1.
 * @property {number} type The size of letters, in pixels.
 * @property {Patch | null} query Whose weights the maps show, where they show weights.
 * @property {(patch: Patch) => Patch} toFirst The patch at the same place of the first of two sides; where there is one, itself.
 * @property {boolean} [tapped] Whether what can be pressed is as large as a finger.
 * @property {(text: string, bold?: boolean) => number} measure How wide a text is, in pixels.
 */

/**
 * What a person can do with a panel.
 * @typedef {object} PanelActs
 * @property {(event: PointerEvent, text: string | null) => void} tell
 * @property {(patch: Patch, fields: object, side?: string) => void} pinKey
 * @property {(fields: object, side?: string) => void} pick
 * @property {(stages: string[]) => void} pointAt
 * @property {(patch: Patch | null) => void} hover A patch is pointed at by its dot.
 * @property {(patch: Patch | null) => void} point A patch of the first side that is pointed at in a small map.
 */

/** How large a panel becomes in a box; `ok` if it can be read there, `parted` if it can in parts, on several pages; `area` of what is drawn. @typedef {Size & {ok: boolean, area: number, parted?: boolean}} Fit */

/**
 * One kind of panel: how it fills a box, and an element that is updated in place.
 * @typedef {object} Drawer
 * @property {(prepared: Prepared, box: Size, look: Look) => Fit} fit
 * @property {(acts: PanelActs) => {element: HTMLElement, update(prepared: Prepared, box: Size, look: Look, part?: [number, number]): void}} create
 * @property {(prepared: Prepared, box: Size, look: Look) => [number, number][]} [parts] What of it stands on each of the pages that it needs.
 */

export {};
