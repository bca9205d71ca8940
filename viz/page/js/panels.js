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

export function drawPanels(container, prepared, view) {
  container.replaceChildren(...prepared.map((one) => DRAWERS[one.panel.kind](one, view)));
}

// The map that the big photo carries: the chosen one of the first panel that lies over the photo.
export function mapForStage(prepared) {
  const found = prepared.find(({ panel }) => panel.kind === "Maps" && panel.overPhoto);
  return found ? found.maps[found.panel.chosen ?? 0] : null;
}
