// The page as a person sees it, as a picture: its elements and their styles inside an SVG, each canvas as an image.

import { contextOf, loadImage } from "./canvas.js";
import { make } from "./dom.js";

const LOOKS = ["display", "outline", "outline-offset", "background", "border", "border-radius", "opacity"]; // of a canvas, on its picture

/** The rules that shape the page, and none of Gradio's. */
function styleRules() {
  return [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].map(({ cssText }) => cssText)).filter((rule) => rule.includes(".sx"));
}

/** A copy that looks the same without scripts: pictures for canvases, and what was typed and chosen as attributes. @param {HTMLElement} root */
function lookalike(root) {
  const copy = /** @type {HTMLElement} */ (root.cloneNode(true));
  const canvases = [...root.querySelectorAll("canvas")];
  copy.querySelectorAll("canvas").forEach((canvas, index) => {
    const { offsetWidth, offsetHeight } = canvases[index];
    const looks = getComputedStyle(canvases[index]);
    const image = make("img", { src: canvases[index].toDataURL(), class: canvas.className, alt: "" });
    Object.assign(image.style, Object.fromEntries(LOOKS.map((name) => [name, looks.getPropertyValue(name)])));
    Object.assign(image.style, { width: `${offsetWidth}px`, height: `${offsetHeight}px` });
    canvas.replaceWith(image);
  });
  const inputs = [...root.querySelectorAll("input")];
  copy.querySelectorAll("input").forEach((input, index) => {
    input.setAttribute("value", inputs[index].type === "file" ? "" : inputs[index].value);
    input.toggleAttribute("checked", inputs[index].checked);
  });
  return copy;
}

/**
 * A part of the page as PNG, at the screen's own resolution; rejects where the browser lets no page be read as a picture.
 * @param {HTMLElement} root @param {HTMLElement} part @returns {Promise<Blob>}
 */
export async function snapshot(root, part) {
  const density = window.devicePixelRatio || 1;
  const [whole, cut] = [root, part].map((element) => element.getBoundingClientRect());
  const body = make("div", { class: document.body.classList.contains("dark") ? "dark" : "" }, make("style", {}, styleRules().join("\n")), lookalike(root));
  const inside = new XMLSerializer().serializeToString(body);
  const size = `width="${whole.width}" height="${whole.height}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size}><foreignObject ${size}>${inside}</foreignObject></svg>`;
  const image = await loadImage(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`);
  const canvas = make("canvas", { width: Math.round(cut.width * density), height: Math.round(cut.height * density) });
  const context = contextOf(canvas);
  context.scale(density, density);
  context.fillStyle = getComputedStyle(root).backgroundColor;
  context.fillRect(0, 0, cut.width, cut.height);
  context.drawImage(image, whole.left - cut.left, whole.top - cut.top, whole.width, whole.height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
}
