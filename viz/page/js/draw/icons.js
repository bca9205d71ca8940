// Drawn here, so that no font and no network is needed for them.

/** @type {Record<string, string>} */
const PATHS = {
  link: "M7 11a3.5 3.5 0 0 0 5 0l3-3a3.5 3.5 0 0 0-5-5L9 4M9 7a3.5 3.5 0 0 0-5 0L1 10a3.5 3.5 0 0 0 5 5l1-1",
  compare: "M1.5 3h5.5v10H1.5zM9 3h5.5v10H9z",
  dark: "M8 1.5a6.5 6.5 0 1 0 0 13zM8 1.5a6.5 6.5 0 0 1 0 13",
  present: "M1.5 2.5h13v9h-13zM5 15l3-3.5 3 3.5",
  fullscreen: "M1.5 5.5v-4h4M10.5 1.5h4v4M14.5 10.5v4h-4M5.5 14.5h-4v-4",
  undo: "M5.5 2 2 5.5 5.5 9M2.5 5.5H10a4 4 0 0 1 0 8H6",
};

/** The inside of a button: an icon that follows the text colour. @param {string} name */
export function iconSvg(name) {
  const filled = name === "dark" ? '<path d="M8 1.5a6.5 6.5 0 0 1 0 13z" fill="currentColor"/>' : "";
  return `<svg viewBox="0 0 16 16" width="18" height="18" fill="none" stroke="currentColor" stroke-width="1.7" aria-hidden="true"><path d="${PATHS[name]}"/>${filled}</svg>`;
}
