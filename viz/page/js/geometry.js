// Patches and pixels. A patch is [row, col]; x and y exist only here, where a pointer hands them over.

// The part of the grid in sight, in patches: {row, col, rows, cols}; fractions where the photo ends inside a patch.
export function wholePhoto(scene) {
  return { row: 0, col: 0, rows: scene.photoSpan[0], cols: scene.photoSpan[1] };
}

// The patch under a pointer, or null outside the photo.
export function patchAt(x, y, width, height, sight, photoGrid) {
  const row = Math.floor(sight.row + (y / height) * sight.rows);
  const col = Math.floor(sight.col + (x / width) * sight.cols);
  const inside = x >= 0 && y >= 0 && x < width && y < height && row < photoGrid[0] && col < photoGrid[1];
  return inside ? [Math.max(row, 0), Math.max(col, 0)] : null;
}

// Where a rectangle of patches is drawn: {x, y, width, height} in pixels.
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

export function movedPatch(patch, rows, cols, photoGrid) {
  const inside = (value, count) => Math.min(Math.max(value, 0), count - 1);
  return [inside(patch[0] + rows, photoGrid[0]), inside(patch[1] + cols, photoGrid[1])];
}

// Zoom towards a patch: the sight is 1/zoom of the photo and stays inside it.
export function zoomed(scene, zoom, centre) {
  const [allRows, allCols] = scene.photoSpan;
  const rows = allRows / zoom;
  const cols = allCols / zoom;
  const start = (middle, size, all) => Math.min(Math.max(middle + 0.5 - size / 2, 0), all - size);
  return { row: start(centre[0], rows, allRows), col: start(centre[1], cols, allCols), rows, cols };
}

// How many columns let `count` cells of an aspect (width over height) be largest in an area; each as wide as `least` if
// the width allows, and then the rows go on below the area.
export function bestColumns(count, aspect, width, height, gap, captionHeight, least = 0) {
  let best = { columns: 1, cell: 0, worth: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const byWidth = (width - gap * (columns - 1)) / columns;
    if (columns > 1 && byWidth < least) break;
    const byHeight = ((height - gap * (rows - 1)) / rows - captionHeight) * aspect;
    const cell = Math.min(byWidth, byHeight);
    const worth = (cell * count) / (columns * rows); // holes in the last row cost
    if (worth > best.worth) best = { columns, cell, worth };
  }
  return { columns: best.columns, cell: Math.max(best.cell, Math.min(least, width)) };
}
