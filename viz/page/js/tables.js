// Pictures, tables and numbers.

import { withMinus, written } from "./colour.js";
import { make, sizeCanvas } from "./dom.js";
import { patchAt, wholePhoto } from "./geometry.js";
import { drawTile, framePatch } from "./maps.js";

// One Picture; those on the grid are laid out, hovered and clicked like a map.
export function picturePanel(panel, view) {
  const small = panel.cols * panel.rows < 5000;
  if (!panel.onGrid) {
    const width = Math.round(Math.min(view.pictureWidth, small ? 192 : Math.max(240, Math.min(panel.cols, 560))));
    return figurePanel(panel, make("img", { src: panel.src, alt: panel.title, width, class: small ? "sx-crisp" : "" }), width);
  }
  const sight = wholePhoto(view.scene);
  const width = view.gridPictureWidth;
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
  return figurePanel(panel, canvas, width);
}

function figurePanel(panel, picture, width) {
  return make(
    "section",
    { class: "sx-panel sx-picture", style: `max-width:${Math.max(width, 200)}px` },
    make("h3", {}, panel.title),
    picture,
    panel.note ? make("div", { class: "sx-quiet sx-note" }, panel.note) : null,
  );
}

// A row that names stages of the forward pass lights them up in the pipeline while it is pointed at.
export function tablePanel(panel, view) {
  const head = make("tr", {}, panel.columns.map((name) => make("th", { scope: "col" }, breakable(name))));
  const rows = panel.rows.map((cells, index) => {
    const stages = cells.flatMap((cell) => cell.split(" · ")).filter((name) => view.isStage(name));
    const point = stages.length && { onpointerenter: () => view.pointAt(stages), onpointerleave: () => view.pointAt([]) };
    const focus = stages.length && { tabindex: "0", onfocus: () => view.pointAt(stages), onblur: () => view.pointAt([]) };
    return make(
      "tr",
      { class: panel.marked.includes(index) ? "sx-marked" : "", ...point, ...focus },
      cells.map((cell) => make("td", {}, breakable(withMinus(cell)))),
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

// A dotted name may break after a dot.
function breakable(text) {
  return text.split(/(?<=\.)(?=[A-Za-z])/).flatMap((part, index) => (index ? [make("wbr"), part] : [part]));
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
