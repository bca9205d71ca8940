// Colours that are the values themselves; those on the grid are laid out, hovered and clicked like a map.

import { drawTile, framePatch, sizeCanvas } from "./canvas.js";
import { make, setAttribute } from "./dom.js";
import { frameHeight, makePanel } from "./frame.js";
import { patchAt, wholePhoto } from "./geometry.js";

/** @typedef {import("../types.js").PicturePanel} PicturePanel */
/** @typedef {import("../types.js").Look} Look */
/** @typedef {import("../types.js").Size} Size */

const SMALL = 5000; // pixels: a picture of fewer is of cells, and shown in crisp squares

/** @param {PicturePanel} panel @param {Size} box @param {Look} look */
export function pictureSize(panel, box, look) {
  const sight = wholePhoto(look.scene);
  const aspect = panel.onGrid ? sight.cols / sight.rows : panel.cols / panel.rows;
  const around = frameHeight(panel, box.width, look);
  const height = Math.max(1, Math.min(box.height - around, box.width / aspect));
  return { width: Math.floor(height * aspect), height: Math.floor(height), around };
}

/** @type {import("../types.js").Drawer["fit"]} */
function fit({ panel }, box, look) {
  const { width, height, around } = pictureSize(panel, box, look);
  const most = panel.onGrid || panel.cols * panel.rows < SMALL ? Infinity : 2.25 * panel.cols * panel.rows;
  const readable = Math.min(width, height) >= 5 * look.type;
  return { width: Math.max(width, Math.min(box.width, 10 * look.type)), height: height + around, ok: readable, area: Math.min(width * height, most) };
}

/** @type {import("../types.js").Drawer["create"]} */
function create(acts) {
  const image = make("img", { alt: "" });
  const canvas = make("canvas", { role: "img" });
  const frame = makePanel("Picture", image, canvas);
  frame.element.classList.add("sx-picture");
  /** @type {{panel: PicturePanel, size: Size, look: Look} | null} */
  let now = null;
  canvas.addEventListener("click", ({ offsetX, offsetY }) => {
    if (!now) return;
    const { size, look } = now;
    const patch = patchAt(offsetX, offsetY, size.width, size.height, wholePhoto(look.scene), look.scene.photoGrid);
    if (patch) acts.pick({ query: look.toFirst(patch) });
  });

  /** @type {(prepared: any, box: Size, look: Look) => void} */
  function update({ panel, image: pixels }, box, look) {
    const size = pictureSize(panel, box, look);
    now = { panel, size, look };
    frame.name(panel);
    image.hidden = panel.onGrid;
    canvas.hidden = !panel.onGrid;
    if (!panel.onGrid) {
      setAttribute(image, "src", panel.src);
      setAttribute(image, "alt", panel.title);
      Object.assign(image.style, { width: `${size.width}px`, height: `${size.height}px` });
      image.classList.toggle("sx-crisp", panel.cols * panel.rows < SMALL);
      return;
    }
    setAttribute(canvas, "aria-label", panel.title);
    const sight = wholePhoto(look.scene);
    const context = sizeCanvas(canvas, size);
    drawTile(context, pixels, sight, size);
    for (const mark of look.marks) framePatch(context, { ...mark, quiet: true }, sight, size);
  }
  return { element: frame.element, update };
}

/** @type {import("../types.js").Drawer} */
export const PICTURE = { fit, create };
