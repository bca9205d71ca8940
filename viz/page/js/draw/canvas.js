// Canvases: their size, the photo under a map, a map's tile over it, and frames around patches.

import { make } from "./dom.js";
import { rectangle } from "./geometry.js";

/** @typedef {import("../types.js").Sight} Sight */
/** @typedef {import("../types.js").Size} Size */

/** A canvas of a size in CSS pixels, sharp on dense screens; drawing uses CSS pixels. @param {HTMLCanvasElement} canvas @param {Size} size */
export function sizeCanvas(canvas, { width, height }) {
  const density = window.devicePixelRatio || 1;
  const [across, down] = [width, height].map((side) => Math.max(1, Math.round(side * density)));
  if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down });
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = contextOf(canvas);
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** @param {HTMLCanvasElement} canvas */
export function contextOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}

/** @param {string} name A custom property of the page's style. */
export function cssColour(name) {
  const root = document.querySelector(".sx");
  return root ? getComputedStyle(root).getPropertyValue(name).trim() : "";
}

/** @param {string} src @returns {Promise<HTMLImageElement>} */
export function loadImage(src) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error("a picture could not be decoded"));
    image.src = src;
  });
}

/**
 * The grey photo that colour lies over: dark under values that grow from nothing, light under signed ones, whose zero is
 * white. Made by compositing, since not every browser has `context.filter`.
 * @param {HTMLImageElement} photo  @param {"dark" | "light"} kind
 */
export function greyed(photo, kind) {
  const canvas = make("canvas", { width: photo.width, height: photo.height });
  const context = contextOf(canvas);
  context.drawImage(photo, 0, 0);
  context.globalCompositeOperation = "saturation";
  context.fillStyle = "#808080"; // no saturation at all
  context.fillRect(0, 0, photo.width, photo.height);
  context.globalCompositeOperation = "source-over";
  context.fillStyle = kind === "dark" ? "rgb(0 0 0 / 55%)" : "rgb(255 255 255 / 62%)";
  context.fillRect(0, 0, photo.width, photo.height);
  return canvas;
}

/** @type {WeakMap<CanvasImageSource, Map<string, HTMLCanvasElement>>} */
const scaled = new WeakMap(); // of each photo the last few sizes it was drawn at: a hover redraws many maps over it
const SIZES_KEPT = 4;

/**
 * The photo, or what was made of it, under a map.
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLImageElement | HTMLCanvasElement} image
 * @param {Sight} sight  @param {{photoSpan: [number, number]}} scene  @param {Size} size
 */
export function drawUnder(context, image, sight, scene, size) {
  const density = window.devicePixelRatio || 1;
  const kept = scaled.get(image) ?? new Map();
  scaled.set(image, kept);
  const name = [sight.row, sight.col, sight.rows, sight.cols, size.width, size.height, density].join();
  let small = kept.get(name);
  if (!small) {
    const down = image.height / scene.photoSpan[0];
    const across = image.width / scene.photoSpan[1];
    small = make("canvas");
    const place = [sight.col * across, sight.row * down, sight.cols * across, sight.rows * down];
    const [x, y, width, height] = place;
    sizeCanvas(small, size).drawImage(image, x, y, width, height, 0, 0, size.width, size.height);
    if (kept.size === SIZES_KEPT) kept.delete(kept.keys().next().value);
    kept.set(name, small);
  }
  context.drawImage(small, 0, 0, size.width, size.height);
}

const BETWEEN = 6; // pixels from one line of a hatching to the next

/** Hatch what of a sight lies beyond the grid: window padding. @param {CanvasRenderingContext2D} context @param {Sight} sight @param {[number, number]} grid @param {Size} size */
export function hatchBeyond(context, sight, [rows, cols], { width, height }) {
  const { x, y } = rectangle(rows, cols, 0, 0, width, height, sight);
  if (x >= width && y >= height) return;
  context.save();
  context.beginPath();
  context.rect(x, 0, Math.max(0, width - x), height);
  context.rect(0, y, Math.min(x, width), Math.max(0, height - y));
  context.clip();
  context.fillStyle = "#9aa0a6";
  context.fillRect(0, 0, width, height);
  context.strokeStyle = "#5c6369";
  context.beginPath();
  for (let at = 0; at < width + height; at += BETWEEN) {
    context.moveTo(at, 0);
    context.lineTo(at - height, height);
  }
  context.stroke();
  context.restore();
}

/**
 * A tile has one pixel for each patch; `over` is how it mixes with what is there.
 * @param {CanvasRenderingContext2D} context
 * @param {CanvasImageSource} tile  @param {Sight} sight  @param {Size} size
 * @param {{opacity?: number, multiply?: boolean}} [over]
 */
export function drawTile(context, tile, sight, { width, height }, { opacity = 1, multiply = false } = {}) {
  context.save();
  context.imageSmoothingEnabled = false;
  context.globalAlpha = opacity;
  if (multiply) context.globalCompositeOperation = "multiply";
  context.drawImage(tile, sight.col, sight.row, sight.cols, sight.rows, 0, 0, width, height);
  context.restore();
}

/**
 * A thin frame around a patch, outside of it so that it hides nothing; dark at its edges so that it shows on any colour.
 * @param {CanvasRenderingContext2D} context
 * @param {import("../types.js").Mark} mark  @param {Sight} sight  @param {Size} size
 */
export function framePatch(context, { patch, colour, dashed = false, quiet = false }, sight, size) {
  const box = rectangle(patch[0], patch[1], 1, 1, size.width, size.height, sight);
  const line = quiet ? 1.25 : 2;
  const away = line / 2 + Math.max(quiet ? 0.5 : 1, (7 - box.width) / 2); // never smaller than can be seen
  context.save();
  context.lineWidth = line + (quiet ? 1.5 : 2);
  context.strokeStyle = "rgba(0,0,0,0.7)";
  const place = /** @type {[number, number, number, number]} */ ([box.x - away, box.y - away, box.width + 2 * away, box.height + 2 * away]);
  context.strokeRect(...place);
  context.setLineDash(dashed ? [3, 2] : []);
  context.lineWidth = line;
  context.strokeStyle = colour;
  context.strokeRect(...place);
  context.restore();
}
