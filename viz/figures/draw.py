"""One drawer for each kind of panel."""

from viz.figures.curves import curves_part
from viz.figures.maps import Scene, maps_part, picture_part
from viz.figures.matrix import matrix_part
from viz.figures.page import Part
from viz.figures.table import numbers_part, table_part
from viz.panel import Curves, Maps, Matrix, Numbers, Panel, Picture, Table


def panel_part(panel: Panel, unit: float, most: float, scene: Scene) -> Part:
    """Make one panel ready for a page; `unit` scales what can grow, `most` is the width it may take, in inches."""
    match panel:
        case Maps():
            return maps_part(panel, unit, most, scene)
        case Picture():
            return picture_part(panel, unit, most, scene)
        case Curves():
            return curves_part(panel, unit, most)
        case Matrix():
            return matrix_part(panel, unit, most)
        case Table():
            return table_part(panel, most)
        case Numbers():
            return numbers_part(panel, most)
