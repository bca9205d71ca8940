"""Figures by their artists: titles, extents, arrays, norms, marks; and that drawing changes nothing."""

import threading
from dataclasses import fields

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from tests.viz.sample_panels import CATEGORICAL, EVERY_KIND, HOSTILE, NUMBERS, TABLE, curves, maps, matrix
from viz.figures.colour import lut
from viz.figures.export import png
from viz.figures.figure import SLIDE, figure
from viz.figures.maps import BRIGHTNESS, Marks, colours_of
from viz.palette import CATEGORIES, ROLES
from viz.panel import Curve, Picture, Scale, Sight

PHOTO = np.random.default_rng(1).integers(0, 256, (70, 128, 3), dtype=np.uint8)
EXTENT = (4.375, 8.0)  # 70 × 128 px in patches of 16


def words(drawn: Figure) -> list[str]:
    """Every text that lies on the page itself."""
    return [text.get_text() for text in drawn.texts]


def map_axes(drawn: Figure, grid: tuple[int, int] = (5, 8)) -> list[Axes]:
    """Axes that hold a map of the grid's size."""
    return [axes for axes in drawn.axes if any(image.get_array().shape == grid for image in axes.images)]


def bar_axes(drawn: Figure) -> list[Axes]:
    """Axes that hold a colour bar."""
    return [axes for axes in drawn.axes if any(image.get_array().shape == (1, 256) for image in axes.images)]


def frames(axes: Axes) -> dict[str, Rectangle]:
    """Outlined patches by role."""
    return {patch.get_gid(): patch for patch in axes.patches if isinstance(patch, Rectangle)}


# --- maps ---


def test_a_map_holds_the_panels_values_over_the_whole_grid():
    panel = maps()
    shown = map_axes(figure([panel], PHOTO, marks=Marks(photo_extent=EXTENT)))
    assert len(shown) == 3
    for axes, values in zip(shown, panel.values, strict=True):
        image = axes.images[-1]
        assert np.array_equal(image.get_array().filled(np.nan), values, equal_nan=True)
        assert list(image.get_extent()) == [0, 8, 5, 0]
        assert image.get_interpolation() == "none"


def test_titles_labels_units_notes_and_captions_are_on_the_page():
    drawn = figure([maps(notes=("12.3% to padding",) * 3)], PHOTO, caption="chelsea · vit_tiny")
    shown = words(drawn)
    for expected in (
        "Where the pinned patch looks",
        "attention weight · own",
        "head 0",
        "head 2",
        "chelsea · vit_tiny",
    ):
        assert expected in shown
    assert shown.count("12.3% to padding") == 3


def test_image_padding_is_cropped_at_a_fraction_of_a_patch():
    drawn = figure([maps()], PHOTO, marks=Marks(photo_extent=EXTENT))
    for axes in map_axes(drawn):
        assert axes.get_xlim() == (0, 8)
        assert axes.get_ylim() == (4.375, 0)
        assert axes.images[0].get_extent() == [0, 8, 4.375, 0]
        box = axes.get_position()
        width, height = box.width * drawn.get_figwidth(), box.height * drawn.get_figheight()
        assert width / height == pytest.approx(8 / 4.375)


def test_maps_that_are_cut_to_a_window_show_that_part_and_say_which():
    drawn = figure([maps(sight=Sight(2, 4, 4, 4, "a window"))], PHOTO, marks=Marks(photo_extent=EXTENT))
    assert "Where the pinned patch looks · a window" in words(drawn)
    for axes in map_axes(drawn):
        assert (axes.get_xlim(), axes.get_ylim()) == ((4, 8), (6, 2))
        assert axes.images[0].get_extent() == [0, 8, 4.375, 0]
        assert axes.patch.get_hatch()  # of rows beyond the grid's five


def test_beside_whole_maps_a_window_is_widened_to_their_shape_and_stays_inside_the_photo():
    drawn = figure([maps(sight=Sight(0, 2, 2, 2, "a window"), whole=(0,))], PHOTO, marks=Marks(photo_extent=EXTENT))
    whole, cut, *_ = map_axes(drawn)
    assert (whole.get_xlim(), whole.get_ylim()) == ((0, 8), (4.375, 0))
    cols = 2 * 8 / 4.375
    assert cut.get_xlim() == pytest.approx((3 - cols / 2, 3 + cols / 2)) and cut.get_ylim() == (2, 0)
    last = maps(sight=Sight(2, 6, 2, 2, "a window"), whole=(0,))
    at_the_end = figure([last], PHOTO, marks=Marks(photo_extent=EXTENT))
    assert map_axes(at_the_end)[1].get_xlim() == pytest.approx((8 - cols, 8))


def test_a_map_that_stands_alone_keeps_the_whole_grid():
    drawn = figure([maps(over_photo=False)], PHOTO, marks=Marks(photo_extent=EXTENT))
    for axes in map_axes(drawn):
        assert axes.get_ylim() == (5, 0)
        assert len(axes.images) == 1
        assert axes.images[0].get_alpha() == 1.0


@pytest.mark.parametrize("overlay", [0, 40, 100])
def test_the_photo_lies_dimmed_and_grey_under_a_map_of_the_chosen_opacity(overlay):
    drawn = figure([maps()], PHOTO, marks=Marks(photo_extent=EXTENT), overlay=overlay)
    photo, values = map_axes(drawn)[0].images
    pixels = photo.get_array()
    assert (pixels[:, :, 0] == pixels[:, :, 1]).all() and (pixels[:, :, 1] == pixels[:, :, 2]).all()
    brightness = PHOTO @ np.array([0.299, 0.587, 0.114])
    assert np.abs(pixels[:, :, 0] - brightness * BRIGHTNESS).max() <= 0.5 + 1e-6
    alpha = values.get_alpha()
    data, (low, high) = np.asarray(values.get_array().filled(np.nan)), values.get_clim()
    strength = np.clip((data - low) / (high - low), 0, 1)
    seen = np.isfinite(data)
    # What is near nothing lets the photo through; from three tenths of the scale on a colour covers it as chosen.
    assert alpha[seen] == pytest.approx(overlay / 100 * np.minimum(1, 0.1 + 3 * strength[seen]))
    assert photo.get_zorder() < values.get_zorder()


def test_nan_has_no_colour_so_that_the_photo_shows():
    colours, norm = colours_of(Scale("sequential", 0, 1))
    assert colours(norm(np.ma.masked_invalid([np.nan])))[0, 3] == 0
    assert colours(norm([0.5]))[0, 3] == 1


@pytest.mark.parametrize("kind", ["sequential", "signed"])
def test_colours_are_the_tables_from_low_to_high_and_the_ends_beyond(kind):
    colours, norm = colours_of(Scale(kind, -2.0, 2.0))
    painted = np.round(colours(norm([-5.0, -2.0, 2.0, 5.0]))[:, :3] * 255)
    assert np.array_equal(painted, lut(kind)[[0, 0, 255, 255]])
    if kind == "signed":
        assert np.array_equal(np.round(colours(norm([0.0]))[0, :3] * 255), lut(kind)[128])


def test_a_log_scale_colours_by_the_logarithm():
    panel = maps(scales=tuple(Scale("sequential", 1e-6, 1e-2, "weight", "logarithmic", log=True) for _ in range(3)))
    drawn = figure([panel], PHOTO)
    norm = map_axes(drawn)[0].images[-1].norm
    assert isinstance(norm, LogNorm)
    assert float(norm(1e-4)) == pytest.approx(0.5)
    assert float(norm(0.0)) == 0.0
    assert "weight · logarithmic" in words(drawn)


@pytest.mark.parametrize("scale", [Scale("sequential", 0.0, 1.0, log=True), Scale("sequential", 1.0, 0.0)])
def test_a_scale_whose_ends_make_no_sense_is_refused(scale):
    with pytest.raises(ValueError, match=r"^scale must have .*, got "):
        figure([maps(count=1, scales=(scale,))])


def test_each_map_has_a_legend_with_its_own_values():
    panel = maps(scales=tuple(Scale("sequential", 0.0, top, "weight") for top in (0.012, 0.0345, 1.0)))
    drawn = figure([panel], PHOTO)
    assert len(bar_axes(drawn)) == 3
    assert {"0.0120", "0.0345", "1"} <= set(words(drawn))


def test_maps_that_share_a_scale_share_a_legend_with_zero_in_its_middle():
    drawn = figure([maps(scales=(Scale("signed", -0.5, 0.5, "score"),))], PHOTO)
    assert len(bar_axes(drawn)) == 1
    assert {"−0.500", "0", "0.500"} <= set(words(drawn))
    norms = [axes.images[-1].norm for axes in map_axes(drawn)]
    assert all((norm.vmin, norm.vmax) == (-0.5, 0.5) for norm in norms)


def test_a_legend_says_when_values_lie_beyond_its_ends():
    values = np.float32([[[0.0, 1.0], [2.0, 3.0]]])
    drawn = figure([maps(1, values=values, scales=(Scale("sequential", 0.5, 2.5),), labels=("",))])
    assert {"≤ 0.500", "≥ 2.50"} <= set(words(drawn))
    inside = figure([maps(1, values=values, scales=(Scale("sequential", 0.0, 3.0),), labels=("",))])
    assert not any("≤" in word or "≥" in word for word in words(inside))


def test_categories_have_a_swatch_and_a_name_each_instead_of_a_bar():
    drawn = figure([CATEGORICAL])
    assert bar_axes(drawn) == []
    assert {"sky", "grass", "cat"} <= set(words(drawn))
    swatches = [to_hex(patch.get_facecolor()).upper() for patch in drawn.findobj(Rectangle) if patch.axes is None]
    assert set(CATEGORIES[:3]) <= set(swatches)
    image = map_axes(drawn, (2, 3))[0].images[-1]
    painted = image.cmap(image.norm(np.float32([0, 1, 2])))[:, :3]
    assert np.array_equal(np.round(painted * 255), lut("categorical")[:3])


def test_the_chosen_map_stands_out():
    drawn = figure([maps(chosen=1)], PHOTO)
    framed = [axes.spines["top"].get_visible() for axes in map_axes(drawn)]
    assert framed == [False, True, False]
    weights = {text.get_text(): text.get_fontweight() for text in drawn.texts}
    assert (weights["head 0"], weights["head 1"]) == ("normal", "bold")


# --- marks ---


def test_query_key_and_other_are_outlined_in_their_colours_on_every_map():
    marks = Marks(query=(3, 4), key=(1, 2), other=(0, 7), grid=(5, 8))
    drawn = figure([maps()], PHOTO, marks=marks)
    for axes in map_axes(drawn):
        shown = frames(axes)
        assert set(shown) == {"query", "key", "other"}
        for role, (row, col) in (("query", (3, 4)), ("key", (1, 2)), ("other", (0, 7))):
            frame = shown[role]
            assert to_hex(frame.get_edgecolor()).upper() == ROLES[role]
            assert not frame.get_fill()
            centre = frame.get_x() + frame.get_width() / 2, frame.get_y() + frame.get_height() / 2
            assert centre == pytest.approx((col + 0.5, row + 0.5))
            assert frame.get_width() > 1  # around the patch, not over it
    assert {"query (3, 4)", "key (1, 2)", "second query (0, 7)"} <= set(words(drawn))


def test_maps_of_another_grid_get_no_marks():
    drawn = figure([maps(grid=(3, 3))], marks=Marks(query=(1, 1), grid=(5, 8)))
    assert all(frames(axes) == {} for axes in map_axes(drawn, (3, 3)))


def test_pictures_on_the_grid_are_cropped_and_marked_and_others_are_not():
    pixels = np.zeros((5, 8, 3), np.uint8)
    marks = Marks(query=(3, 4), grid=(5, 8), photo_extent=EXTENT)
    on_grid, alone = (figure([Picture("P", pixels, on_grid=flag)], marks=marks).axes[0] for flag in (True, False))
    assert on_grid.get_ylim() == (4.375, 0)
    assert set(frames(on_grid)) == {"query"}
    assert alone.get_ylim() == (5, 0)
    assert frames(alone) == {}


def test_without_the_grid_no_legend_speaks_of_marks():
    assert not any("query (" in word for word in words(figure([TABLE], marks=Marks(query=(3, 4)))))


# --- the other kinds ---


def test_curves_keep_their_points_their_gaps_and_their_roles_colour():
    panel = curves()
    drawn = figure([panel])
    lines = {line.get_gid(): line for line in drawn.axes[0].lines if line.get_gid()}
    assert set(lines) == {"free", "of the query"}
    for curve in panel.curves:
        assert np.array_equal(lines[curve.label].get_xdata(), curve.x)
        assert np.array_equal(lines[curve.label].get_ydata(), curve.y, equal_nan=True)
    assert lines["of the query"].get_color() == ROLES["query"]
    assert lines["free"].get_color() == CATEGORIES[1]  # the first one, a blue, would look like the query's
    assert {"free", "of the query"} <= set(words(drawn))
    assert (drawn.axes[0].get_xlabel(), drawn.axes[0].get_ylabel()) == ("column", "score")


def test_words_of_neighbouring_marks_stand_on_different_lines():
    drawn = figure([curves()])
    places = {text.get_text(): text.xyann[1] for text in drawn.axes[0].texts}
    assert places["query's row"] != places["query's column"]
    assert [line.get_xdata()[0] for line in drawn.axes[0].lines[2:]] == [2.0, 2.5]


def test_points_are_dots_without_lines():
    lines = [line for line in figure([curves(points=True)]).axes[0].lines if line.get_gid()]
    assert all(line.get_linestyle() == "None" and line.get_marker() == "o" for line in lines)


def test_dots_have_colours_of_their_own_and_squares_stand_apart():
    x, rgb = np.arange(3, dtype=np.float32), np.array([[255, 0, 0], [0, 128, 0], [0, 0, 51]], np.uint8)
    panel = curves(points=True, marks=(), curves=(Curve("q", x, x, colours=rgb), Curve("k", x, -x, square=True)))
    axes = figure([panel]).axes[0]
    (dots,) = axes.collections
    assert np.array_equal(dots.get_offsets(), np.stack([x, x], -1))
    assert [to_hex(colour) for colour in dots.get_facecolors()] == ["#ff0000", "#008000", "#000033"]
    assert [line.get_marker() for line in axes.lines if line.get_gid()] == ["none", "s"]


def test_a_matrix_counts_rows_down_from_0_and_frames_what_is_marked():
    panel = matrix()
    axes = figure([panel]).axes[0]
    assert np.array_equal(axes.images[0].get_array().filled(np.nan), panel.values, equal_nan=True)
    assert axes.get_ylim() == (1.5, -0.5)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("key", "query")
    shown = frames(axes)
    assert shown["query"].get_bbox().bounds == (-0.5, 0.5, 3, 1)
    assert shown["key"].get_bbox().bounds == (1.5, -0.5, 1, 2)


def test_a_small_matrix_can_show_its_numbers():
    axes = figure([matrix(numbers=True)]).axes[0]
    assert [text.get_text() for text in axes.texts] == ["0", "−2", "1", "–", "0.500", "2"]
    assert not list(figure([matrix()]).axes[0].texts)


def test_tables_and_numbers_show_every_cell():
    shown = words(figure([TABLE, NUMBERS]))
    assert {"name", "shape", "MB", "q", "6×64×64×24", "2.36", "−0.5"} <= set(shown)
    assert {"0.0123", "weight", "1\u202f048\u202f576 B", "–", "a sentence"} <= set(shown)


# --- the page ---


@pytest.mark.parametrize("count", [1, 2, 6, 12, 16, 32])
def test_maps_are_legible_however_many_there_are(count):
    drawn = figure([maps(count, grid=(64, 64), notes=("12.3% to window padding",) * count)], PHOTO)
    shown = map_axes(drawn, (64, 64))
    assert len(shown) == count
    sides = [axes.get_position().width * drawn.get_figwidth() for axes in shown]
    assert min(sides) >= 1.4  # inches: at 64 patches and 150 dpi, three pixels a patch


def test_a_figure_fits_a_slide_and_grows_only_when_it_must():
    few = figure([maps(6)], PHOTO)
    many = figure([maps(32), maps(32)], PHOTO)
    assert few.get_figwidth() <= SLIDE[0] + 1e-6 and few.get_figheight() <= SLIDE[1] + 1e-6
    growth = max(many.get_figwidth() / SLIDE[0], many.get_figheight() / SLIDE[1])
    assert 1 < growth < 3


THREE_KINDS = [list(EVERY_KIND)[first::5] for first in range(5)]  # every kind once, beside and below two others


@pytest.mark.filterwarnings("ignore:Glyph")
@pytest.mark.parametrize("names", [*THREE_KINDS, ["maps", "curves", "maps of 12 heads"]], ids=" · ".join)
def test_nothing_overlaps_and_nothing_leaves_the_page(names):
    panels = [EVERY_KIND[name] if name in EVERY_KIND else maps(12) for name in names]
    drawn = figure(panels, PHOTO, "caption " * 60, Marks(query=(1, 1)))
    boxes = [axes.get_position() for axes in drawn.axes]
    for index, box in enumerate(boxes):
        assert min(box.x0, box.y0) >= 0 and max(box.x1, box.y1) <= 1
        for other in boxes[:index]:
            apart = box.x1 <= other.x0 or other.x1 <= box.x0 or box.y1 <= other.y0 or other.y1 <= box.y0
            assert apart or np.allclose(box.bounds, other.bounds)
    renderer = drawn.canvas.get_renderer()
    page = drawn.bbox
    for text in drawn.texts:
        extent = text.get_window_extent(renderer)
        assert extent.x0 >= 0 and extent.y0 >= 0 and extent.x1 <= page.x1 and extent.y1 <= page.y1, text.get_text()


def test_a_long_caption_wraps_and_loses_no_word():
    caption = " ".join(f"word{index}" for index in range(80))
    shown = " ".join(words(figure([maps()], caption=caption)))
    assert caption in shown


def test_no_text_is_read_as_mathtext():
    drawn = figure([maps(title="$x$"), curves(x_label="$y$", marks=((1.0, "$z$"),))], caption=r"$\broken{ and $more")
    assert not any(text.get_parse_math() for text in drawn.texts)
    drawn.canvas.draw()


@pytest.mark.parametrize("name", EVERY_KIND)
def test_every_kind_is_drawn_without_a_photo(name):
    assert png(figure([EVERY_KIND[name]], None), dpi=40)[:4] == b"\x89PNG"


@pytest.mark.parametrize("name", EVERY_KIND)
def test_every_kind_is_drawn_over_a_photo_and_neither_changes(name):
    panel, photo = EVERY_KIND[name], PHOTO.copy()
    before = {field.name: getattr(panel, field.name) for field in fields(panel)}
    copies = {key: value.copy() for key, value in before.items() if isinstance(value, np.ndarray)}
    drawn = png(figure([panel], photo, HOSTILE, Marks(query=(1, 1), photo_extent=EXTENT)), dpi=40)
    assert drawn[:4] == b"\x89PNG"
    assert np.array_equal(photo, PHOTO)
    for key, copy in copies.items():
        assert np.array_equal(before[key], copy, equal_nan=copy.dtype.kind == "f")


def test_drawing_leaves_matplotlibs_settings_alone_and_needs_no_pyplot():
    before = dict(matplotlib.rcParams)
    figure([maps(), curves(), matrix(), TABLE, NUMBERS], PHOTO)
    assert dict(matplotlib.rcParams) == before


def test_threads_draw_the_same_as_one_alone():
    panels = [[EVERY_KIND[name]] for name in ("maps", "curves", "matrix", "table")]
    alone = [png(figure(some, PHOTO), dpi=50) for some in panels]
    together: dict[int, bytes] = {}
    threads = [
        threading.Thread(target=lambda i=i: together.__setitem__(i, png(figure(panels[i], PHOTO), dpi=50)))
        for i in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[index] for index in range(4)] == alone


def test_a_figure_of_nothing_is_refused():
    with pytest.raises(ValueError, match="^a figure needs at least one panel, got none$"):
        figure([])


@pytest.mark.parametrize("overlay", [-1, 101])
def test_an_opacity_outside_0_to_100_is_refused(overlay):
    with pytest.raises(ValueError, match=rf"^overlay must be in 0\.\.100, got {overlay}$"):
        figure([maps()], overlay=overlay)


@pytest.mark.filterwarnings("ignore:Glyph")
@pytest.mark.parametrize("names", THREE_KINDS, ids=" · ".join)
def test_a_figure_for_a_paper_is_as_wide_as_asked_and_all_of_it_is_on_the_page(names):
    panels = [*(EVERY_KIND[name] for name in names), maps(6)]
    drawn = figure(panels, PHOTO, "caption " * 40, Marks(query=(1, 1)), width_in=3.25)
    assert drawn.get_figwidth() == pytest.approx(3.25)
    assert len(map_axes(drawn)) >= 6
    sizes = [text.get_fontsize() for text in drawn.texts]
    assert min(sizes) >= 5 and max(sizes) <= 12
    renderer = drawn.canvas.get_renderer()
    for text in drawn.texts:
        extent = text.get_window_extent(renderer)
        assert extent.x0 >= 0 and extent.y0 >= 0 and extent.x1 <= drawn.bbox.x1 and extent.y1 <= drawn.bbox.y1


@pytest.mark.parametrize("width", [0, 1.9, 21, float("nan")])
def test_a_paper_s_width_that_no_paper_has_is_refused(width):
    with pytest.raises(ValueError, match=r"^width_in must be in 2\.\.20 inches, got "):
        figure([maps()], width_in=width)


def test_a_signed_map_lies_on_a_light_photo_which_shows_where_the_value_is_near_zero():
    values = np.float32([[[-2.0, 0.0, 2.0]]])
    panel = maps(1, values=values, scales=(Scale("signed", -2.0, 2.0),), labels=("",))
    photo, shown = map_axes(figure([panel], PHOTO), (1, 3))[0].images
    assert photo.get_array().min() > 127
    low, zero, high = shown.get_alpha()[0]
    assert zero < 0.2 * low and low == high


def test_a_logarithmic_bar_runs_evenly_through_the_colours():
    panel = maps(1, scales=(Scale("sequential", 1e-6, 1e-2, log=True),), labels=("",))
    (bar,) = bar_axes(figure([panel]))[0].images
    assert np.asarray(bar.norm(bar.get_array()))[0] == pytest.approx(np.linspace(0, 1, 256), abs=1e-6)


def test_no_map_stands_out_where_none_is_chosen():
    drawn = figure([maps()], PHOTO)
    assert not any(axes.spines["top"].get_visible() for axes in map_axes(drawn))
