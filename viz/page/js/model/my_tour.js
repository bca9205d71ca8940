// A tour of one's own: views that a person collects, and the file that they become.

/** @typedef {{link: string, title: string, words: string}} MyStop */

const KEPT_AS = "sx-my-tour";

/** A text as TOML writes it: as JSON does, but for one sign. @param {string} text */
const quoted = (text) => JSON.stringify(text).replaceAll("\u007f", "\\u007f");

/** The file: docs/tours.md says what else may stand in it. @param {string} title @param {MyStop[]} stops */
export function tourText(title, stops) {
  const parts = stops.map((stop) => ["[[stop]]", ...["link", "title", "words"].map((name) => `${name} = ${quoted(stop[/** @type {keyof MyStop} */ (name)])}`)].join("\n"));
  return [`title = ${quoted(title)}`, ...parts].join("\n\n") + "\n";
}

/** Kept in the browser until it is emptied. @param {Storage | null} storage */
export function makeMyTour(storage) {
  /** @type {MyStop[]} */
  let stops = read();
  function read() {
    try {
      const found = JSON.parse(storage?.getItem(KEPT_AS) ?? "[]");
      return Array.isArray(found) ? found : [];
    } catch {
      return [];
    }
  }
  function keep(/** @type {MyStop[]} */ next) {
    stops = next;
    storage?.setItem(KEPT_AS, JSON.stringify(stops));
  }
  return {
    stops: () => stops,
    add: (/** @type {MyStop} */ stop) => keep([...stops, stop]),
    empty: () => keep([]),
  };
}
