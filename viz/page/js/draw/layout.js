// How the screen is shared: photo and view beside each other as large as the room allows, and panels in it, in pages.

/** @typedef {import("../types.js").Size} Size */
/** @typedef {import("../types.js").Fit} Fit */
/** Where a panel stands, and which of its rows, where not all. @typedef {Size & {index: number, x: number, y: number, part?: [number, number]}} Place */
/** @typedef {{places: Place[], score: number, ok: boolean, areas: number[]}} Packed */

const GAP = 14;
const SHARES = [0.3, 0.4, 0.5, 0.6, 0.7];
const AT_ONCE = 4; // panels on one page: more are looked at one after the other
const HERO_WORTH = 2.6; // against the photo
const HERO_KEEPS = 0.2; // of its area, when others come beside it

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
 * How much of a length the photo takes: what makes photo and hero largest together. `across` is whether they stand
 * beside each other; `worth` is how much the photo matters to the view.
 * @param {{room: Size, aspect: number, tools: number, bar: number, hero: (box: Size) => Fit, across: boolean, worth: number}} parts
 */
export function photoShare({ room, aspect, tools, bar, hero, across, worth }) {
  let best = { share: 0.4, score: -1 };
  for (let share = across ? 0.26 : worth < 1 ? 0.24 : 0.36; share <= 0.5; share += 0.02) {
    const left = across ? { width: room.width * share, height: room.height - tools } : { width: room.width, height: room.height * share - tools };
    const right = across ? { width: room.width * (1 - share) - GAP, height: room.height - bar } : { width: room.width, height: room.height * (1 - share) - bar - GAP };
    const width = Math.max(0, Math.min(left.width, left.height * aspect));
    const { area, ok } = hero(right);
    const score = worth * Math.sqrt((width * width) / aspect) + HERO_WORTH * Math.sqrt(Math.max(area, 0)) * (ok ? 1 : 0.5);
    if (score > best.score) best = { share, score };
  }
  return best.share;
}

/**
 * Panels in a box, in their order: cut once, across or down, and each part again. Scores by what is drawn, so that no
 * panel is large at the cost of another that can't be read.
 * @param {((box: Size) => Fit)[]} fits  @param {number} from  @param {number} count  @param {Size} box
 * @param {{x: number, y: number}} [at]
 * @returns {Packed}
 */
export function pack(fits, from, count, box, at = { x: 0, y: 0 }) {
  if (count === 1) {
    const { width, height, ok, area } = fits[from](box);
    const place = { index: from, ...at, width: box.width, height: box.height };
    const inside = width <= box.width + 1 && height <= box.height + 1;
    return { places: [place], score: Math.sqrt(Math.max(area, 0)), ok: ok && inside, areas: [area] };
  }
  /** @type {Packed} */
  let best = { places: [], score: -1, ok: false, areas: [] };
  for (let first = 1; first < count; first++) {
    for (const across of [true, false]) {
      for (const share of SHARES) {
        const one = part(fits, from, first, box, at, across, share);
        if (!one.packed.ok) continue;
        const rest = across ? { width: box.width - one.used - GAP, height: box.height } : { width: box.width, height: box.height - one.used - GAP };
        if (rest.width < 80 || rest.height < 40) continue;
        const there = across ? { x: at.x + one.used + GAP, y: at.y } : { x: at.x, y: at.y + one.used + GAP };
        const other = pack(fits, from + first, count - first, rest, there);
        const score = one.packed.score + other.score;
        if (other.ok && score > best.score) best = { places: [...one.packed.places, ...other.places], score, ok: true, areas: [...one.packed.areas, ...other.areas] };
      }
    }
  }
  return best;
}

/**
 * The first part of a cut: it gets a share of the box and gives back what it doesn't use.
 * @param {((box: Size) => Fit)[]} fits  @param {number} from  @param {number} count  @param {Size} box
 * @param {{x: number, y: number}} at  @param {boolean} across  @param {number} share
 */
function part(fits, from, count, box, at, across, share) {
  const mine = across ? { width: (box.width - GAP) * share, height: box.height } : { width: box.width, height: (box.height - GAP) * share };
  const packed = pack(fits, from, count, mine, at);
  let used = across ? mine.width : mine.height;
  if (count === 1) {
    const fit = fits[from](mine);
    const less = Math.min(used, Math.ceil(across ? fit.width : fit.height) + 1);
    const still = fits[from](across ? { ...mine, width: less } : { ...mine, height: less });
    if (still.ok && still.height <= mine.height && still.area >= 0.95 * fit.area) used = less; // its texts may take more lines now
    const [place] = packed.places;
    packed.places = [{ ...place, ...(across ? { width: used } : { height: used }) }];
  }
  return { packed, used };
}

/**
 * All panels in pages of a box: the first is the hero and stays large; others come beside it where they can be read. One
 * that fits nowhere whole stands on several pages, if `partsOf` knows how.
 * @param {((box: Size) => Fit)[]} fits  @param {Size} box  @param {(index: number, box: Size) => [number, number][]} [partsOf]
 * @returns {Place[][]}
 */
export function pagesOf(fits, box, partsOf = () => []) {
  const pages = [];
  for (let from = 0; from < fits.length; ) {
    const alone = pack(fits, from, 1, box);
    let chosen = alone;
    for (let count = Math.min(AT_ONCE, fits.length - from); count > 1; count--) {
      const packed = pack(fits, from, count, box);
      const keeps = from > 0 || packed.areas[0] >= HERO_KEEPS * alone.areas[0];
      if (packed.ok && keeps) {
        chosen = packed;
        break;
      }
    }
    const parts = chosen.ok ? [] : partsOf(from, box);
    if (parts.length) pages.push(...parts.map((part) => [{ ...chosen.places[0], part }]));
    else pages.push(chosen.places);
    from += chosen.places.length;
  }
  return pages;
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
    const two = beside(group.slice(0, 2), fits, box);
    if (group.length < 3) return [two.places];
    const three = beside(group, fits, box);
    if (three.ok && three.areas[0] >= TOGETHER * two.areas[0]) return [three.places];
    return [two.places, beside(group.slice(2), fits, box).places];
  });
}

/** Panels in equal parts of a box, across or down: what is larger. @param {number[]} group @param {((box: Size) => Fit)[]} fits @param {Size} box @returns {Packed} */
function beside(group, fits, box) {
  const [across, down] = [true, false].map((isAcross) => {
    const room = (isAcross ? box.width : box.height) - GAP * (group.length - 1);
    const part = Math.floor(room / group.length);
    const size = isAcross ? { width: part, height: box.height } : { width: box.width, height: part };
    const found = group.map((index) => fits[index](size));
    const places = group.map((index, at) => ({ index, x: isAcross ? at * (part + GAP) : 0, y: isAcross ? 0 : at * (part + GAP), ...size }));
    const ok = found.every((fit) => fit.ok && fit.width <= size.width + 1 && fit.height <= size.height + 1);
    const areas = found.map(({ area }) => area);
    return { places, ok, areas, score: Math.sqrt(Math.max(0, Math.min(...areas))) * (ok ? 1 : 0.5) };
  });
  return down.score > across.score ? down : across;
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
