// How the screen is shared: photo and view beside each other as large as the room allows, and panels in it, in pages.

/** @typedef {import("../types.js").Size} Size */
/** @typedef {import("../types.js").Fit} Fit */
/** Where a panel stands, and which of its rows, where not all. @typedef {Size & {index: number, x: number, y: number, part?: [number, number]}} Place */
/** `needs` is how much of the box a grid takes. @typedef {{places: Place[], score: number, ok: boolean, areas: number[], needs?: Size}} Packed */
/** What a panel has in common with the one before. @typedef {"nothing" | "kind" | "shape"} Kin */
/** Which shares of a box are tried, how much of the screen the first panel has at least, and which panels are alike. @typedef {{shares: number[], least: number, kinOf: (index: number) => Kin}} How */

const GAP = 14;
const SHARES = [0.3, 0.4, 0.5, 0.6, 0.7];
const FEW_SHARES = [0.35, 0.5, 0.65]; // where many boxes are tried
const AT_ONCE = 4; // panels on one page: more are looked at one after the other
const QUICKLY = 3; // of them, where many boxes are tried
const VIEW_WORTH = 2.6; // against the photo
const HERO_KEEPS = 0.33; // of its area, when others come beside it
const ALIKE_KEEP = 0.75; // of that, together, where the first panels are alike
const GAPS_WORTH = 0.9; // of a grid whose last row isn't full
const HERO_WORTH = 1.5; // against any other panel of its page
const STRANGERS = /** @returns {Kin} */ () => "nothing";
const TOGETHER_WORTH = 0.3; // of their area, for each panel that stands on the first page with the hero

/** Which of the page's forms a window gets. @param {Size} window @returns {"wide" | "tall" | "side" | "phone"} */
export function formOf({ width, height }) {
  if (width >= 900 && height >= 560) return "wide";
  if (width >= 700 && height >= 900) return "tall";
  return width > height && width >= 640 ? "side" : "phone";
}

/** The size of letters. @param {Size} window @param {boolean} presenting */
export function typeOf({ width, height }, presenting) {
  if (presenting) return Math.max(16, Math.round(0.0223 * height));
  return Math.min(width, 1.78 * height) >= 1600 ? 16 : 14;
}

/**
 * How much of a length the photo takes, with its tools: what makes photo and view largest together. `across` is whether
 * they stand beside each other; `worth` is how much the photo matters to the view. Tools take height below the photo, or
 * width beside it.
 * @param {{room: Size, aspect: number, tools: Size, bar: number, view: (box: Size) => Pick<Fit, "area" | "ok">, across: boolean, worth: number}} parts
 * @returns {{share: number, width: number, score: number}} `width` is the photo's.
 */
export function photoShare({ room, aspect, tools, bar, view, across, worth }) {
  let best = { share: 0.4, width: 0, score: -1 };
  let before = 0;
  const [least, most] = across ? [0.26, 0.5 + tools.width / room.width] : [worth < 1 ? 0.24 : 0.36, 0.5];
  for (let share = least; share <= most; share += 0.02) {
    const left = across ? { width: room.width * share, height: room.height } : { width: room.width, height: room.height * share };
    const right = across ? { width: room.width - left.width - GAP, height: room.height - bar } : { width: room.width, height: room.height - left.height - bar - GAP };
    const width = Math.max(0, Math.min(left.width - tools.width, (left.height - tools.height) * aspect));
    if (width > 0 && width === before) break; // a larger share would stay empty around the photo
    before = width;
    const { area, ok } = view(right);
    const score = worth * Math.sqrt((width * width) / aspect) + VIEW_WORTH * Math.sqrt(Math.max(area, 0)) * (ok ? 1 : 0.5);
    if (score > best.score) best = { share, width, score };
  }
  return best;
}

/**
 * Panels in a box, in their order: cut once, across or down, and each part again; those that are alike, as the steps of the
 * neck, are never cut apart, but stand in a grid. Scores by what is drawn, so that no panel is large at the cost of another
 * that can't be read.
 * @param {((box: Size) => Fit)[]} fits  @param {number} from  @param {number} count  @param {Size} box
 * @param {How} [how]  @param {{x: number, y: number}} [at]
 * @returns {Packed}
 */
export function pack(fits, from, count, box, how = { shares: SHARES, least: 0, kinOf: STRANGERS }, at = { x: 0, y: 0 }) {
  if (areAlike(from, count, how)) {
    const packed = inGrid(Array.from({ length: count }, (_, index) => from + index), fits, box, at);
    const sides = packed.areas.map((area) => Math.sqrt(Math.max(area, 0)));
    const score = sides.reduce((sum, side) => sum + side, (from > 0 ? 0 : HERO_WORTH - 1) * sides[0]);
    const least = count > 1 ? (ALIKE_KEEP * how.least) / count : how.least; // together they are the hero
    return { ...packed, score, ok: packed.ok && packed.areas[0] >= least };
  }
  /** @type {Packed} */
  let best = { places: [], score: -1, ok: false, areas: [] };
  for (let first = 1; first < count; first++) {
    if (how.kinOf(from + first) === "shape") continue;
    for (const across of [true, false]) {
      for (const share of how.shares) {
        const one = part(fits, from, first, box, how, at, across, share);
        if (!one.packed.ok) continue;
        const rest = across ? { width: box.width - one.used - GAP, height: box.height } : { width: box.width, height: box.height - one.used - GAP };
        if (rest.width < 80 || rest.height < 40) continue;
        const there = across ? { x: at.x + one.used + GAP, y: at.y } : { x: at.x, y: at.y + one.used + GAP };
        const other = pack(fits, from + first, count - first, rest, { ...how, least: 0 }, there);
        const score = one.packed.score + other.score;
        if (other.ok && score > best.score) best = { places: [...one.packed.places, ...other.places], score, ok: true, areas: [...one.packed.areas, ...other.areas] };
      }
    }
  }
  return best;
}

/** Whether each of some panels is like the one before; one alone is. @param {number} from @param {number} count @param {Pick<How, "kinOf">} how */
function areAlike(from, count, { kinOf }) {
  for (let index = from + 1; index < from + count; index++) if (kinOf(index) !== "shape") return false;
  return true;
}

/**
 * The first part of a cut: it gets a share of the box and gives back what it doesn't use.
 * @param {((box: Size) => Fit)[]} fits  @param {number} from  @param {number} count  @param {Size} box
 * @param {How} how  @param {{x: number, y: number}} at  @param {boolean} across  @param {number} share
 */
function part(fits, from, count, box, how, at, across, share) {
  const mine = across ? { width: (box.width - GAP) * share, height: box.height } : { width: box.width, height: (box.height - GAP) * share };
  const packed = pack(fits, from, count, mine, how, at);
  const used = across ? mine.width : mine.height;
  if (!packed.ok || !packed.needs) return { packed, used };
  const less = Math.min(used, Math.ceil(across ? packed.needs.width : packed.needs.height) + 1);
  const still = pack(fits, from, count, across ? { ...mine, width: less } : { ...mine, height: less }, how, at);
  return isAsLarge(still, packed) ? { packed: still, used: less } : { packed, used };
}

/**
 * As many panels as can be read together; the first of all, the hero, stays large.
 * @param {((box: Size) => Fit)[]} fits  @param {number} from  @param {Size} box  @param {How["kinOf"]} kinOf  @param {number} [most]  @param {number[]} [shares]
 */
function fullest(fits, from, box, kinOf, most = AT_ONCE, shares = SHARES) {
  const alone = pack(fits, from, 1, box);
  const least = from > 0 ? 0 : HERO_KEEPS * alone.areas[0];
  for (let count = Math.min(most, fits.length - from); count > 1; count--) {
    const packed = pack(fits, from, count, box, { shares, least, kinOf });
    if (packed.ok) return packed;
  }
  return alone;
}

/** How much of a box the first panels of a view fill; `ok` if each of the others fits there as well, on a page of its own or in parts on several. @param {((box: Size) => Fit)[]} fits @param {Size} box @param {How["kinOf"]} [kinOf] */
export function firstPanels(fits, box, kinOf = STRANGERS) {
  const most = areAlike(0, Math.min(AT_ONCE, fits.length), { kinOf }) ? AT_ONCE : QUICKLY; // a grid is soon tried
  const { areas, ok } = fullest(fits, 0, box, kinOf, most, FEW_SHARES);
  const others = fits.slice(areas.length).every((fit, index) => pack(fits, areas.length + index, 1, box).ok || fit(box).parted);
  const area = areas.reduce((sum, area) => sum + Math.max(area, 0), 0);
  return { area: area * (1 + TOGETHER_WORTH * (areas.length - 1)), ok: ok && others };
}

/**
 * All panels in pages of a box: the first is the hero and stays large; others come beside it where they can be read. One
 * that fits nowhere whole stands on several pages, if `partsOf` knows how.
 * @param {((box: Size) => Fit)[]} fits  @param {Size} box  @param {(index: number, box: Size) => [number, number][]} [partsOf]
 * @param {How["kinOf"]} [kinOf]
 * @returns {Place[][]}
 */
export function pagesOf(fits, box, partsOf = () => [], kinOf = STRANGERS) {
  const pages = [];
  let inParts = false;
  for (let from = 0; from < fits.length; ) {
    const chosen = fullest(fits, from, box, kinOf);
    const parts = chosen.ok ? [] : partsOf(from, box);
    if (parts.length) pages.push(...parts.map((part) => [{ ...chosen.places[0], part }]));
    else pages.push(chosen.places);
    inParts ||= parts.length > 1;
    from += chosen.places.length;
  }
  return inParts || pages.length < 2 ? pages : evenly(fits, box, pages, kinOf);
}

/**
 * The same panels on as many pages, but none crowded while another is nearly empty: cut between panels of different kinds,
 * if that can be, and where all are largest together.
 * @param {((box: Size) => Fit)[]} fits  @param {Size} box  @param {Place[][]} pages  @param {How["kinOf"]} kinOf
 * @returns {Place[][]}
 */
function evenly(fits, box, pages, kinOf) {
  const hero = HERO_KEEPS * pack(fits, 0, 1, box).areas[0];
  /** @typedef {{torn: number, score: number, counts: number[]}} Cut `torn`: how often between panels of one kind. */
  /** The best cut of the panels from one on into so many pages. @type {(from: number, left: number) => Cut | null} */
  const best = (from, left) => {
    if (!left) return from === fits.length ? { torn: 0, score: 0, counts: [] } : null;
    /** @type {Cut | null} */
    let found = null;
    for (let count = 1; count <= Math.min(AT_ONCE, fits.length - from - left + 1); count++) {
      const rest = best(from + count, left - 1);
      if (!rest) continue;
      const page = pack(fits, from, count, box, { shares: FEW_SHARES, least: from || count === 1 ? 0 : hero, kinOf });
      const cut = { torn: rest.torn + Number(from > 0 && kinOf(from) !== "nothing"), score: rest.score + page.score, counts: [count, ...rest.counts] };
      if (page.ok && (!found || cut.torn < found.torn || (cut.torn === found.torn && cut.score > found.score))) found = cut;
    }
    return found;
  };
  const counts = best(0, pages.length)?.counts ?? [];
  if (!counts.length || counts.every((count, index) => count === pages[index].length)) return pages;
  const starts = counts.map((_, index) => counts.slice(0, index).reduce((sum, one) => sum + one, 0));
  const shares = [...SHARES, ...FEW_SHARES]; // those that were tried as well, or a page might be empty
  return counts.map((count, index) => pack(fits, starts[index], count, box, { shares, least: index || count === 1 ? 0 : hero, kinOf }).places);
}

const TOGETHER = 0.45; // of its area alone with its partner each panel must keep, for a third one to come beside both

/**
 * Panels that belong together in pages of a box: two beside each other, or one above the other where they are larger so;
 * and what lies between them as the third, or on a page of its own.
 * @param {number[][]} groups Indexes of one to three panels each.  @param {((box: Size) => Fit)[]} fits  @param {Size} box
 * @returns {Place[][]}
 */
export function pairPages(groups, fits, box) {
  return groups.flatMap((group) => {
    const two = inGrid(group.slice(0, 2), fits, box);
    if (group.length < 3) return [two.places];
    const three = inGrid(group, fits, box);
    if (three.ok && three.areas[0] >= TOGETHER * two.areas[0]) return [three.places];
    return [two.places, inGrid(group.slice(2), fits, box).places];
  });
}

/**
 * Panels in equal cells of a box: as many to a row as make the smallest of them largest.
 * @param {number[]} group Their indexes.  @param {((box: Size) => Fit)[]} fits  @param {Size} box  @param {{x: number, y: number}} [at]
 * @returns {Packed & {needs: Size}}
 */
function inGrid(group, fits, box, at) {
  const grids = group.map((_, index) => {
    const columns = group.length - index;
    const rows = Math.ceil(group.length / columns);
    const cell = { width: (box.width - GAP * (columns - 1)) / columns, height: (box.height - GAP * (rows - 1)) / rows };
    const loose = inCells(group, fits, cell, columns, at);
    if (columns === 1) return loose;
    const width = Math.min(cell.width, Math.ceil((loose.needs.width - GAP * (columns - 1)) / columns) + 1);
    const close = inCells(group, fits, { ...cell, width }, columns, at); // else pictures that are as high as can be stand far apart
    return isAsLarge(close, loose) ? close : loose;
  });
  return grids.reduce((best, grid) => (grid.score > best.score ? grid : best));
}

/** Panels in cells of a size, row by row. @param {number[]} group @param {((box: Size) => Fit)[]} fits @param {Size} cell @param {number} columns @param {{x: number, y: number}} [at] @returns {Packed & {needs: Size}} */
function inCells(group, fits, cell, columns, { x, y } = { x: 0, y: 0 }) {
  const found = group.map((index) => fits[index](cell));
  const places = group.map((index, order) => ({ index, x: x + (order % columns) * (cell.width + GAP), y: y + Math.floor(order / columns) * (cell.height + GAP), ...cell }));
  const ok = found.every((fit) => fit.ok && fit.width <= cell.width + 1 && fit.height <= cell.height + 1);
  const areas = found.map(({ area }) => area);
  const rows = Math.ceil(group.length / columns);
  const [width, height] = [Math.max(...found.map((fit) => fit.width)), Math.max(...found.map((fit) => fit.height))];
  const needs = { width: columns * (width + GAP) - GAP, height: rows * (height + GAP) - GAP };
  const worth = (ok ? 1 : 0.5) * (group.length % columns ? GAPS_WORTH : 1);
  return { places, ok, areas, needs, score: worth * Math.sqrt(Math.max(0, Math.min(...areas))) };
}

/** Whether panels are still as large, though they have less room: their texts may take more lines in it. @param {Packed} close @param {Packed} loose */
function isAsLarge(close, loose) {
  return close.ok && Math.min(...close.areas) >= 0.95 * Math.min(...loose.areas);
}

/** Panels below each other, on a screen that scrolls: each as wide as it is, and no higher than can be seen at once. @param {((box: Size) => Fit)[]} fits @param {number} width @param {number} height @returns {Place[]} */
export function stacked(fits, width, height) {
  let y = 0;
  return fits.map((fit, index) => {
    const used = fit({ width, height });
    const place = { index, x: 0, y, width, height: Math.ceil(used.height) + 1 };
    y += place.height + GAP;
    return place;
  });
}
