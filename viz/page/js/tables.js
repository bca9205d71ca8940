// Pictures, tables and numbers.

import { withMinus, written } from "./colour.js";
import { make, sizeCanvas } from "./dom.js";
import { patchAt, wholePhoto } from "./geometry.js";
import { drawTile, framePatch } from "./maps.js";

// One Picture; those on the grid are laid out, hovered and clicked like a map.
export function picturePanel(panel, view) {
  const small = panel.cols * panel.rows < 5000;
  if (!panel.onGrid) {
    const width = Math.min(view.width, small ? 192 : Math.max(240, Math.min(panel.cols, 560)));
    const image = make("img", { src: panel.src, alt: panel.title, width: Math.round(width), class: small ? "sx-crisp" : "" });
    return figurePanel(panel, image);
  }
  const sight = wholePhoto(view.scene);
  const width = Math.min(view.gridPictureWidth, view.width);
  const height = Math.round((width * sight.rows) / sight.cols);
  const canvas = make("canvas", { role: "img", "aria-label": panel.title });
  const context = sizeCanvas(canvas, width, height);
  const image = new Image();
  image.onload = () => {
    drawTile(context, image, sight, width, height, 1);
    for (const mark of view.marks) framePatch(context, mark.patch, mark.colour, sight, width, height, mark.dashed);
  };
  image.src = panel.src;
  canvas.addEventListener("click", (event) => {
    const patch = patchAt(event.offsetX, event.offsetY, width, height, sight, view.scene.photoGrid);
    if (patch) view.pick({ query: patch });
  });
  return figurePanel(panel, canvas);
}

function figurePanel(panel, picture) {
  return make(
    "section",
    { class: "sx-panel sx-picture" },
    make("h3", {}, panel.title),
    picture,
    panel.note ? make("div", { class: "sx-quiet sx-note" }, panel.note) : null,
  );
}

// A row that names stages of the forward pass lights them up in the pipeline while it is pointed at.
export function tablePanel(panel, view) {
  const head = make("tr", {}, panel.columns.map((name) => make("th", { scope: "col" }, name)));
  const rows = panel.rows.map((cells, index) => {
    const stages = cells.flatMap((cell) => cell.split(" · ")).filter((name) => view.isStage(name));
    const point = stages.length && { onpointerenter: () => view.pointAt(stages), onpointerleave: () => view.pointAt([]) };
    const focus = stages.length && { tabindex: "0", onfocus: () => view.pointAt(stages), onblur: () => view.pointAt([]) };
    return make(
      "tr",
      { class: panel.marked.includes(index) ? "sx-marked" : "", ...point, ...focus },
      cells.map((cell) => make("td", {}, withMinus(cell))),
    );
  });
  return make(
    "section",
    { class: "sx-panel sx-wide" },
    make("h3", {}, panel.title),
    make(
      "div",
      { class: "sx-scroll", tabindex: "0", role: "region", "aria-label": panel.title },
      make("table", {}, make("thead", {}, head), make("tbody", {}, rows)),
    ),
  );
}

export function numbersPanel(panel) {
  return make(
    "section",
    { class: "sx-panel sx-wide" },
    make("h3", {}, panel.title),
    make(
      "div",
      { class: "sx-numbers" },
      panel.numbers.map(({ label, value, unit, role }) =>
        make("div", { class: "sx-number", data: { role } }, make("b", {}, `${written(value)} ${unit}`.trim()), make("span", {}, label)),
      ),
    ),
    panel.note ? make("p", { class: "sx-note" }, panel.note) : null,
  );
}
