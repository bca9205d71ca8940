// Patches and pixels. A patch is [row, col]; x and y exist only here, where a pointer hands them over.

/** @typedef {import("../types.js").Patch} Patch */
/** @typedef {import("../types.js").Sight} Sight */

/** The whole photo, in patches: fractions where it ends inside one. @param {{photoSpan: Patch}} scene @returns {Sight} */
export function wholePhoto(scene) {
  return { row: 0, col: 0, rows: scene.photoSpan[0], cols: scene.photoSpan[1] };
}

/**
 * The patch under a pointer, or null outside the photo.
 * @param {number} x  @param {number} y  @param {number} width  @param {number} height  @param {Sight} sight  @param {number[]} photoGrid
 * @returns {Patch | null}
 */
export function patchAt(x, y, width, height, sight, photoGrid) {
  const row = Math.floor(sight.row + (y / height) * sight.rows);
  const col = Math.floor(sight.col + (x / width) * sight.cols);
  const inside = x >= 0 && y >= 0 && x < width && y < height && row < photoGrid[0] && col < photoGrid[1];
  return inside ? [Math.max(row, 0), Math.max(col, 0)] : null;
}

/**
 * Where a rectangle of patches is drawn, in pixels.
 * @param {number} row  @param {number} col  @param {number} rows  @param {number} cols  @param {number} width  @param {number} height
 * @param {Sight} sight
 */
export function rectangle(row, col, rows, cols, width, height, sight) {
  const down = height / sight.rows;
  const across = width / sight.cols;
  return {
    x: (col - sight.col) * across,
    y: (row - sight.row) * down,
    width: cols * across,
    height: rows * down,
  };
}

/** @param {Patch} patch  @param {number} rows  @param {number} cols  @param {Patch} photoGrid @returns {Patch} */
export function movedPatch(patch, rows, cols, photoGrid) {
  const inside = (/** @type {number} */ value, /** @type {number} */ count) => Math.min(Math.max(value, 0), count - 1);
  return [inside(patch[0] + rows, photoGrid[0]), inside(patch[1] + cols, photoGrid[1])];
}

/**
 * A part of the photo widened to the shape of another: its middle stays where it is unless the photo ends before.
 * @param {Sight} part  @param {Sight} like  @param {{photoSpan: Patch}} scene  @returns {Sight}
 */
export function widened(part, like, { photoSpan }) {
  const aspect = like.cols / like.rows;
  const rows = Math.max(part.rows, part.cols / aspect);
  const cols = rows * aspect;
  const begin = (/** @type {number} */ first, /** @type {number} */ length, /** @type {number} */ wide, /** @type {number} */ all) =>
    Math.max(0, Math.min(first - (wide - length) / 2, Math.max(all, first + length) - wide));
  return { row: begin(part.row, part.rows, rows, photoSpan[0]), col: begin(part.col, part.cols, cols, photoSpan[1]), rows, cols };
}

/** Zoom towards a patch: the sight is 1/zoom of the photo and stays inside it. @param {{photoSpan: Patch}} scene @param {number} zoom @param {Patch} centre @returns {Sight} */
export function zoomed(scene, zoom, centre) {
  const [allRows, allCols] = scene.photoSpan;
  const rows = allRows / zoom;
  const cols = allCols / zoom;
  const start = (/** @type {number} */ middle, /** @type {number} */ size, /** @type {number} */ all) => Math.min(Math.max(middle + 0.5 - size / 2, 0), all - size);
  return { row: start(centre[0], rows, allRows), col: start(centre[1], cols, allCols), rows, cols };
}

/**
 * How many columns let `count` cells of an aspect (width over height) be largest in an area; `caption` is the height of
 * what stands with each. A cell's width is what both directions allow. Columns are a multiple of `step`, and no narrower
 * than `least` where that can be; of those whose cells are nearly as large (`nearly` of the largest), the most columns
 * are taken.
 * @param {number} count  @param {number} aspect  @param {import("../types.js").Size} area  @param {number} gap  @param {number} caption
 */
export function bestColumns(count, aspect, area, gap, caption, step = 1, nearly = 1, least = 0) {
  const all = [{ columns: step, rows: Math.ceil(count / step), cell: 0 }];
  for (let columns = step; columns <= count; columns += step) {
    const rows = Math.ceil(count / columns);
    const byWidth = (area.width - gap * (columns - 1)) / columns;
    if (columns > step && byWidth < least) break;
    const byHeight = ((area.height - gap * (rows - 1)) / rows - caption) * aspect;
    all.push({ columns, rows, cell: Math.min(byWidth, byHeight) });
  }
  const largest = Math.max(...all.map(({ cell }) => cell));
  const good = all.filter(({ cell }) => cell >= nearly * largest - 0.5);
  return good[nearly < 1 ? good.length - 1 : 0];
}
