// One drawer for each kind of panel.

import { curvesPanel, matrixPanel } from "./charts.js";
import { mapsPanel, prepareMaps } from "./maps.js";
import { numbersPanel, picturePanel, tablePanel } from "./tables.js";

// Decode what must be decoded once, before anything is drawn.
export function preparePanels(panels, palette) {
  return panels.map((panel) => (panel.kind === "Maps" ? prepareMaps(panel, palette) : { panel }));
}

const DRAWERS = {
  Maps: (prepared, view) => mapsPanel(prepared, view),
  Picture: ({ panel }, view) => picturePanel(panel, view),
  Curves: ({ panel }, view) => curvesPanel(panel, view),
  Matrix: ({ panel }, view) => matrixPanel(panel, view),
  Table: ({ panel }, view) => tablePanel(panel, view),
  Numbers: ({ panel }) => numbersPanel(panel),
};

// How large each kind of panel may be beside the others of its view, in pixels; `type` is the size of letters.
export function sizes(prepared, room, height, type) {
  const count = (kind, ...more) => prepared.filter(({ panel }) => panel.kind === kind && more.every((name) => panel[name])).length;
  const part = (parts) => (room > 620 ? Math.floor((room - 12 * (parts - 1)) / parts) : room);
  const [charts, onGrid] = [count("Curves"), count("Picture", "onGrid")];
  const pictures = count("Picture") - onGrid;
  const paired = charts > 1 && charts === pictures; // each picture beside its chart
  return {
    width: room,
    height: count("Maps") > 1 ? Math.max(300, 0.6 * height) : height,
    type,
    leastCell: 7 * type,
    chartWidth: part(charts > 1 ? 2 : 1),
    matrixWidth: part(count("Matrix") > 1 ? 2 : 1),
    pictureWidth: part(paired ? 2 : 1),
    gridPictureWidth: onGrid > 1 ? part(onGrid === 3 ? 3 : 2) : Math.min(room, 560),
  };
}

export function drawPanels(container, prepared, view) {
  container.replaceChildren(...prepared.map((one) => DRAWERS[one.panel.kind](one, view)));
}

// The map that the big photo carries: the chosen one of the first panel that lies over the photo.
export function mapForStage(prepared) {
  const found = prepared.find(({ panel }) => panel.kind === "Maps" && panel.overPhoto);
  return found ? found.maps[found.panel.chosen ?? 0] : null;
}
