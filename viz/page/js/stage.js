// The photo: grid, windows, pinned patches, hover, zoom, and the chosen map over it.

import { fill, make, sizeCanvas } from "./dom.js";
import { patchAt, rectangle, wholePhoto, zoomed } from "./geometry.js";
import { drawTile, drawUnder, framePatch, valueText } from "./maps.js";

// `act` has hover(patch or null), pin(kind, patch), tell(event, text).
export function makeStage(texts, act) {
  const canvas = make("canvas", { class: "sx-photo", tabindex: "0", role: "application", "aria-label": texts["ui.photo_label"] });
  const element = make("div", { class: "sx-stage-box" }, canvas);
  let shown = null; // what was drawn last, with its sizes

  function patchOf(event) {
    if (!shown) return null;
    return patchAt(event.offsetX, event.offsetY, shown.width, shown.height, shown.sight, shown.scene.photoGrid);
  }
  canvas.addEventListener("pointermove", (event) => {
    const patch = patchOf(event);
    if (event.pointerType !== "touch") act.hover(patch);
    act.tell(event, patch && `(${patch})${shown.map ? ` ${valueText(shown.map, patch)}` : ""}`);
  });
  canvas.addEventListener("pointerleave", (event) => {
    act.hover(null);
    act.tell(event, null);
  });
  canvas.addEventListener("click", (event) => {
    const patch = patchOf(event);
    if (patch) act.pin(event.shiftKey ? "key" : event.altKey ? "against_query" : null, patch);
  });
  canvas.addEventListener("contextmenu", (event) => {
    const patch = patchOf(event);
    if (!patch) return;
    event.preventDefault();
    act.pin("key", patch);
  });

  function draw(state) {
    const { scene } = state;
    const sight = state.zoom > 1 ? zoomed(scene, state.zoom, state.selection.query) : wholePhoto(scene);
    const room = element.clientWidth || 560;
    const aspect = sight.cols / sight.rows;
    const width = Math.round(Math.min(room, state.height * aspect));
    const height = Math.round(width / aspect);
    const context = sizeCanvas(canvas, width, height);
    const map = state.mapHere ? state.map : null;
    shown = { scene, sight, width, height, map: state.map };
    drawUnder(context, map ? state.dimmedPhoto : state.photo, sight, scene, width, height);
    if (map) drawTile(context, map.tile, sight, width, height, state.overlay);
    const window = scene.windows[state.selection.block];
    if (state.showGrid) lines(context, 1, "rgba(255,255,255,0.2)", 1, shown);
    if (state.showWindows && window) lines(context, window, state.roles.windowed, 2, shown);
    if (state.showWindows && state.span) frameSpan(context, state.span, window ? state.roles.windowed : state.roles.global, shown);
    for (const mark of state.marks) framePatch(context, mark.patch, mark.colour, sight, width, height, mark.dashed);
    canvas.dataset.query = String(state.hover ?? state.selection.query);
  }
  return { element, canvas, draw };
}

function lines(context, step, colour, thickness, { sight, width, height }) {
  context.strokeStyle = colour;
  context.lineWidth = thickness;
  context.beginPath();
  for (let row = Math.ceil(sight.row / step) * step; row <= sight.row + sight.rows; row += step) {
    const { y } = rectangle(row, 0, 1, 1, width, height, sight);
    context.moveTo(0, Math.round(y) + 0.5);
    context.lineTo(width, Math.round(y) + 0.5);
  }
  for (let col = Math.ceil(sight.col / step) * step; col <= sight.col + sight.cols; col += step) {
    const { x } = rectangle(0, col, 1, 1, width, height, sight);
    context.moveTo(Math.round(x) + 0.5, 0);
    context.lineTo(Math.round(x) + 0.5, height);
  }
  context.stroke();
}

// What the query can see: its window, or everything.
function frameSpan(context, [row, col, rows, cols], colour, { sight, width, height }) {
  const box = rectangle(row, col, rows, cols, width, height, sight);
  const left = Math.max(box.x, 2);
  const top = Math.max(box.y, 2);
  const right = Math.min(box.x + box.width, width - 2);
  const bottom = Math.min(box.y + box.height, height - 2);
  for (const [thickness, ink] of [[6, "rgba(255,255,255,0.85)"], [3, colour]]) {
    context.lineWidth = thickness;
    context.strokeStyle = ink;
    context.strokeRect(left, top, right - left, bottom - top);
  }
}

// Examples and upload, under the photo.
export function makePhotoChoice(texts, examples, act) {
  const input = make("input", { type: "file", accept: "image/*", class: "sx-file", id: "sx-upload", "aria-label": texts["ui.upload"] });
  input.addEventListener("change", () => {
    if (input.files.length) act.upload(input.files[0]);
    input.value = "";
  });
  const buttons = examples.map((example) =>
    make(
      "button",
      { class: "sx-example", data: { image: example.name }, title: example.name, onclick: () => act.example(example) },
      make("img", { src: example.src, alt: example.name, width: 48, height: 48 }),
    ),
  );
  const credit = make("span", { class: "sx-quiet" });
  const element = make(
    "div",
    { class: "sx-examples" },
    buttons,
    make("label", { for: "sx-upload", class: "sx-button" }, texts["ui.upload"]),
    input,
    credit,
  );
  return {
    element,
    show(image) {
      for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.image === image));
      const example = examples.find(({ name }) => name === image);
      credit.textContent = example ? fill(texts["ui.credit"], example) : texts["ui.yours"];
    },
  };
}
