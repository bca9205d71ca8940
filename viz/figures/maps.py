"""Maps and pictures on the patch grid: the dimmed photo, the values over it, the marked patches, the legends."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, ListedColormap, LogNorm, Normalize
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from viz.figures.colour import MISSING, lut, opacity
from viz.figures.page import Page, Part, Swatch, draw_legend, legend_rows
from viz.figures.typesetting import INK, LABEL, QUIET, SMALL, elide, line_height, text_width, wrap
from viz.numbers import number_text
from viz.palette import ROLES
from viz.panel import Maps, Picture, Scale

BRIGHTNESS = 0.45  # of the grey photo under a map
WHITE = 0.62  # of the photo under a signed map, whose zero is white
GREY = (0.299, 0.587, 0.114)  # what red, green and blue add to brightness (ITU-R BT.601)
BAR = 0.09  # thickness of a colour bar, in inches
BETWEEN = 0.16  # between maps of one panel, in inches
SMALLEST_WIDTH = 2.4  # of a part, so that its title has room, in inches
LONGEST = 16  # of a map's two sides, over the other
MARK_POINTS, HALO_POINTS = 1.6, 0.7  # a frame's line, and the white on each side of it


@dataclass(frozen=True)
class Marks:
    """Where things lie on the patch grid, in patches (row, col).

    Attributes:
        query, key, other: Patches outlined in their role's colour; None outlines nothing.
        grid: The patch grid (rows, cols). Maps of another size, such as filters, get no marks. None marks all.
        photo_extent: How many patches (rows, cols) the photo covers, with fractions; what lies beyond is image padding
            and cropped. None keeps the whole grid.
        names: What the legend calls query, key and other.
    """

    query: tuple[int, int] | None = None
    key: tuple[int, int] | None = None
    other: tuple[int, int] | None = None
    grid: tuple[int, int] | None = None
    photo_extent: tuple[float, float] | None = None
    names: tuple[str, str, str] = ("query", "key", "second query")

    @property
    def patches(self) -> list[tuple[str, str, tuple[int, int]]]:
        """Role, name and patch of each mark that is set; the query last, so that it lies on top."""
        found = zip(("query", "key", "other"), self.names, (self.query, self.key, self.other), strict=True)
        return [(role, name, patch) for role, name, patch in found if patch is not None][::-1]


@dataclass(frozen=True, eq=False)
class Scene:
    """What all of a figure's maps have in common.

    Attributes:
        photo: The resized photo without image padding; it covers `marks.photo_extent`.
        overlay: How strongly a map covers the photo, in percent.
    """

    photo: UInt8[np.ndarray, "rows cols 3"] | None = None
    marks: Marks = field(default_factory=Marks)
    overlay: int = 75


def colours_of(scale: Scale) -> tuple[Colormap, Normalize]:
    """The colour map and norm of one scale. NaN has no colour; values beyond the ends take the end's.

    Raises:
        ValueError: If the scale's ends are in the wrong order, or a logarithmic one reaches 0.
    """
    table = lut(scale.kind) / 255.0
    if scale.kind == "categorical":
        count = len(scale.categories) or int(scale.high) + 1
        return ListedColormap(table[:count]).with_extremes(bad=(0, 0, 0, 0)), Normalize(-0.5, count - 0.5, clip=True)
    if not (0 < scale.low < scale.high if scale.log else scale.low <= scale.high):
        wanted = "0 < low < high, its scale being logarithmic" if scale.log else "low <= high"
        raise ValueError(f"scale must have {wanted}, got {scale.low} and {scale.high}")
    norm = LogNorm(scale.low, scale.high, clip=True) if scale.log else Normalize(scale.low, scale.high, clip=True)
    return ListedColormap(table).with_extremes(bad=(0, 0, 0, 0)), norm


def dimmed(photo: UInt8[np.ndarray, "rows cols 3"]) -> UInt8[np.ndarray, "rows cols 3"]:
    """The photo as a map's background: grey, at `BRIGHTNESS`."""
    grey = np.round(photo @ np.array(GREY) * BRIGHTNESS).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def lightened(photo: UInt8[np.ndarray, "rows cols 3"]) -> UInt8[np.ndarray, "rows cols 3"]:
    """The photo as a signed map's background: grey and mostly white, so that zero looks as neutral as in the legend."""
    grey = np.round(photo @ np.array(GREY) * (1 - WHITE) + 255 * WHITE).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def maps_part(panel: Maps, unit: float, most: float, scene: Scene) -> Part:
    """Small multiples in a block that is at most `most` inches wide; `unit` scales every map."""
    count = len(panel.values)
    _, _, rows, cols = seen = seen_of(panel, scene)
    side = unit * (3.6 if count == 1 else 2.6 if count <= 4 else 2.0)
    width, height = map_size(side, rows, cols, most)
    if panel.cols:  # a table's rows stay whole
        width = min(width, (most + BETWEEN) / len(panel.cols) - BETWEEN)
        height = width * rows / cols
    across = len(panel.cols) or max(1, min(count, int((most + BETWEEN) / (width + BETWEEN))))
    across = math.ceil(count / math.ceil(count / across)) if count else 1  # rows of equal length
    cell_width = max(width, SMALLEST_WIDTH) if across == 1 else width
    own_scales = len(panel.scales) == count and panel.scales[0].kind != "categorical"
    one_unit = len({(scale.unit, scale.note) for scale in panel.scales}) == 1
    labels = any(panel.labels) and line_height(LABEL)
    note_lines = [wrap(str(note), width, SMALL, most=6) for note in panel.notes]
    under = max(map(len, note_lines), default=0) * line_height(SMALL) + 0.03
    if own_scales:
        under += BAR + 1.4 * line_height(SMALL) + (0 if one_unit else line_height(SMALL))
    cell_height = labels + height + under + BETWEEN
    block = max(across * (cell_width + BETWEEN) - BETWEEN, min(SMALLEST_WIDTH, most))
    shared = [] if own_scales or not panel.scales else [panel.scales[0]]
    swatches = legend_rows(category_swatches(shared[0]), block) if shared and shared[0].kind == "categorical" else []
    legend = len(swatches) * line_height(SMALL) if swatches else len(shared) * (BAR + line_height(SMALL))

    def draw(page: Page, left: float, top: float) -> None:
        for index in range(count):
            x = left + index % across * (cell_width + BETWEEN)
            y = top + index // across * cell_height
            chosen = panel.chosen == index
            if labels:
                page.text(x, y, elide(str(panel.labels[index]), width, LABEL, chosen), LABEL, bold=chosen)
            axes = page.axes(x, y + labels, width, height)
            scale = panel.scales[index] if own_scales else panel.scales[0]
            draw_map(axes, panel.values[index], scale, scene, panel.over_photo, width, seen_of_map(panel, index, seen))
            if chosen and count > 1:
                axes.spines[:].set(visible=True, color=INK, linewidth=1.8)
            y += labels + height
            if own_scales:
                unit_name = "" if one_unit else str(scale.unit)
                y = draw_bar(page, x, y + 0.4 * line_height(SMALL), width, scale, panel.values[index], unit_name)
            if note_lines:
                page.text(x, y + 0.03, note_lines[index], SMALL, QUIET)
        y = top + math.ceil(count / across) * cell_height
        if swatches:
            draw_legend(page, left, y, swatches)
        elif shared:
            draw_bar(page, left, y, min(block, 4.0), shared[0], panel.values)

    subtitle = legend_words(panel.scales[0]) if panel.scales and one_unit else ""
    title = f"{panel.title} · {panel.sight.words}" if panel.sight else str(panel.title)
    return Part(title, subtitle, block, math.ceil(count / across) * cell_height + legend, draw)


def seen_of(panel: Maps, scene: Scene) -> tuple[float, float, float, float]:
    """Which part of the grid (row, col, rows, cols) is drawn, in patches: a window, the photo, or all of it.

    Where some maps are cut and others whole, it is what the whole ones show.
    """
    if panel.sight and not panel.whole:
        return panel.sight.row, panel.sight.col, panel.sight.rows, panel.sight.cols
    extent = scene.marks.photo_extent if panel.over_photo else None
    return 0, 0, *(extent or panel.values.shape[1:])


def seen_of_map(panel: Maps, index: int, seen: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """The part of the grid that one map shows: `seen`, or of that shape around the window that the map is cut to.

    Around it, so that all maps have one shape; as far as it goes, the window's middle stays in the map's.
    """
    if not panel.sight or not panel.whole or index in panel.whole:
        return seen
    _, _, all_rows, all_cols = seen
    part = panel.sight
    rows = max(part.rows, part.cols * all_rows / all_cols)
    cols = rows * all_cols / all_rows
    row = max(0.0, min(part.row - (rows - part.rows) / 2, max(all_rows, part.row + part.rows) - rows))
    col = max(0.0, min(part.col - (cols - part.cols) / 2, max(all_cols, part.col + part.cols) - cols))
    return row, col, rows, cols


def map_size(side: float, rows: float, cols: float, most: float) -> tuple[float, float]:
    """Width and height in inches of a grid whose area is about side², no wider than `most`.

    What is more than `LONGEST` times as long as wide is drawn as if it weren't: a strip of 2 × 3000 pixels would be a
    line without width on a page without end.
    """
    aspect = min(max(cols / rows, 1 / LONGEST), LONGEST)
    width = min(side * math.sqrt(min(max(aspect, 1 / 4), 4)), most)
    return width, width / aspect


class MapImage(AxesImage):
    """Values as colours whose opacities reach every file.

    SVG and PDF take an image as it is, one pixel a patch, and matplotlib forgets an array of opacities on that way: the
    photo under the map would be gone.
    """

    def to_rgba(self, x: np.ndarray, alpha: Any = None, bytes: bool = False, norm: bool = True) -> np.ndarray:
        rgba = np.array(super().to_rgba(x, alpha, bytes, norm))
        opacities = self.get_alpha()
        if norm and isinstance(opacities, np.ndarray):  # resampled for pixels, the caller brings opacities in itself
            rgba[..., 3] = np.round(rgba[..., 3] * opacities) if bytes else rgba[..., 3] * opacities
        return rgba


def draw_map(
    axes: Axes,
    values: Float[np.ndarray, "grid_h grid_w"],
    scale: Scale,
    scene: Scene,
    over_photo: bool,
    width: float,
    seen: tuple[float, float, float, float],
) -> None:
    """One map, over the dimmed photo or alone; axes count patches, edges included, and show the part that is `seen`."""
    grid_h, grid_w = values.shape
    row, col, rows, cols = seen
    axes.set_facecolor(MISSING)
    axes.patch.set_visible(True)
    if row + rows > grid_h or col + cols > grid_w:
        axes.patch.set(hatch="////", edgecolor=QUIET, linewidth=0)  # window padding
    colours, norm = colours_of(scale)
    alpha: float | np.ndarray = 1.0
    if over_photo and scene.photo is not None:
        place = np.ma.filled(np.clip(norm(np.ma.masked_invalid(values)), 0, 1), 0.0)
        alpha = scene.overlay / 100 * opacity(np.asarray(place, np.float64), scale.kind)
        under = (lightened if scale.kind == "signed" else dimmed)(scene.photo)
        photo_rows, photo_cols = scene.marks.photo_extent or (grid_h, grid_w)
        axes.imshow(under, extent=(0, photo_cols, photo_rows, 0), aspect="auto", interpolation="auto", zorder=1)
    image = MapImage(axes, cmap=colours, norm=norm, interpolation="none", extent=(0, grid_w, grid_h, 0), zorder=2)
    image.set_data(values)
    image.set_alpha(alpha)
    image.set_clip_path(axes.patch)
    axes.add_image(image)
    axes.set(xlim=(col, col + cols), ylim=(row + rows, row))
    draw_marks(axes, scene.marks, (grid_h, grid_w), width / cols)


def draw_marks(axes: Axes, marks: Marks, grid: tuple[int, int], patch: float) -> None:
    """Frames just outside the marked patches, which so stay visible; `patch` is a patch's side in inches."""
    if marks.grid is not None and marks.grid != grid:
        return
    outset = (MARK_POINTS / 2 + HALO_POINTS) / 72 / patch
    for role, _, (row, col) in marks.patches:
        frame = Rectangle(
            (col - outset, row - outset),
            1 + 2 * outset,
            1 + 2 * outset,
            fill=False,
            edgecolor=ROLES[role],
            linewidth=MARK_POINTS,
            gid=role,
            zorder=4,
        )
        frame.set_path_effects([patheffects.withStroke(linewidth=MARK_POINTS + 2 * HALO_POINTS, foreground="white")])
        axes.add_patch(frame)


def picture_part(panel: Picture, unit: float, most: float, scene: Scene) -> Part:
    """Colours that are the values themselves; on the grid they are cropped and marked as maps are."""
    pixel_rows, pixel_cols, _ = panel.pixels.shape
    rows, cols = (scene.marks.photo_extent if panel.on_grid else None) or (pixel_rows, pixel_cols)
    small = max(pixel_rows, pixel_cols) <= 32 and not panel.on_grid
    width, height = map_size(unit * (1.9 if small else 3.0 if panel.on_grid else 3.6), rows, cols, most)
    block = max(width, min(SMALLEST_WIDTH, most))
    note = wrap(str(panel.note), block, SMALL)

    def draw(page: Page, left: float, top: float) -> None:
        axes = page.axes(left, top, width, height)
        # Single pixels stay sharp where each is a patch or the picture is tiny; a photo is resampled.
        method = "none" if panel.on_grid or small else "auto"
        axes.imshow(panel.pixels, extent=(0, pixel_cols, pixel_rows, 0), aspect="auto", interpolation=method)
        axes.set(xlim=(0, cols), ylim=(rows, 0))
        if panel.on_grid:
            draw_marks(axes, scene.marks, (pixel_rows, pixel_cols), width / cols)
        page.text(left, top + height + 0.05, note, SMALL, QUIET)

    return Part(str(panel.title), "", block, height + 0.05 + len(note) * line_height(SMALL), draw)


def draw_bar(
    page: Page, left: float, top: float, width: float, scale: Scale, values: Float[np.ndarray, "..."], unit: str = ""
) -> float:
    """A colour bar with the values at its ends (and 0 in the middle of a signed one); returns the top below it.

    Where values lie beyond an end, its number says ≤ or ≥.
    """
    axes = page.axes(left, top, width, BAR)
    colours, norm = colours_of(scale)
    steps = np.geomspace(scale.low, scale.high, 256) if scale.log else np.linspace(scale.low, scale.high, 256)
    axes.imshow(steps[None], cmap=colours, norm=norm, aspect="auto", interpolation="none", extent=(0, 1, 0, 1))
    finite = values[np.isfinite(values)]
    slack = 1e-6 * (scale.high - scale.low)  # float32 values against float64 ends
    below, above = bool((finite < scale.low - slack).any()), bool((finite > scale.high + slack).any())
    low, high = ("≤ " if below else "") + number_text(scale.low), ("≥ " if above else "") + number_text(scale.high)
    top += BAR + 0.02
    page.text(left, top, low, SMALL, QUIET)
    page.text(left + width, top, high, SMALL, QUIET, align="right")
    ends = text_width(low, SMALL) + text_width(high, SMALL)
    if scale.kind == "signed" and width - ends > 0.4:
        page.text(left + width / 2, top, "0", SMALL, QUIET, align="center")
    top += line_height(SMALL)
    return page.text(left, top, elide(unit, width, SMALL), SMALL, QUIET) if unit else top


def category_swatches(scale: Scale) -> list[Swatch]:
    """A categorical scale's legend."""
    colours = lut("categorical")
    return [Swatch(str(name), "#{:02X}{:02X}{:02X}".format(*colours[i])) for i, name in enumerate(scale.categories)]


def legend_words(scale: Scale) -> str:
    """What a legend says beside its numbers: unit and note."""
    return " · ".join(part for part in (str(scale.unit), str(scale.note)) if part)
