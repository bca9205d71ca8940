"""Files: the same bytes twice, text that is text, and numbers that come back as they were."""

import base64
import io
import re
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from PIL import Image

from tests.viz.sample_panels import EVERY_KIND, HOSTILE, NUMBERS, PICTURE, TABLE, curves, maps, matrix
from viz.figures.export import About, npz, pdf, png, readable, svg
from viz.figures.figure import figure
from viz.figures.maps import Marks

PHOTO = np.random.default_rng(2).integers(0, 256, (70, 128, 3), dtype=np.uint8)
SVG = "{http://www.w3.org/2000/svg}"


def drawn():
    """A figure of one panel of each family."""
    return figure([maps(), curves(), TABLE], PHOTO, "a caption", Marks(query=(1, 2)))


@pytest.mark.parametrize("write", [png, svg, pdf])
def test_the_same_figure_is_the_same_bytes_twice(write):
    once = drawn()
    first = write(once)
    assert write(once) == first
    assert write(drawn()) == first


def test_a_png_has_300_pixels_an_inch():
    made = drawn()
    with Image.open(io.BytesIO(png(made))) as image:
        assert image.size == tuple(int(side * 300) for side in made.get_size_inches())
        assert np.asarray(image.convert("L")).std() > 1


def test_a_file_says_what_it_shows_who_made_it_and_what_of():
    about, made = About("Heads", subject="what patch (1, 2) looks at – 90 % <of> it\x00"), drawn()
    with Image.open(io.BytesIO(png(made, about))) as image:
        assert (image.text["Title"], image.text["Author"]) == ("Heads", "SAM Encoder Explorer")
        assert image.text["Description"] == "what patch (1, 2) looks at – 90 % <of> it"
    said = " ".join(ElementTree.fromstring(svg(made, about)).itertext())
    assert all(words in said for words in ("Heads", "SAM Encoder Explorer", "– 90 % <of> it"))
    written = pdf(made, about)
    assert b"/Title (Heads)" in written and b"/Author (SAM Encoder Explorer)" in written and b"/Subject" in written


def images_in_svg(data: bytes) -> list[np.ndarray]:
    """The pictures in an SVG, RGBA."""
    links = re.findall(rb'href="data:image/png;base64,([^"]+)"', data)
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(link))).convert("RGBA")) for link in links]


@pytest.mark.parametrize("overlay", [0, 60])
def test_vector_files_let_the_photo_through_a_map_as_much_as_pixels_do(overlay):
    made = figure([maps(1)], PHOTO, overlay=overlay)
    (shown,) = [image for axes in made.axes for image in axes.images if image.get_array().shape == (5, 8)]
    expected = np.where(shown.get_array().mask, 0, np.asarray(shown.get_alpha()) * 255)
    (overlaid,) = [image for image in images_in_svg(svg(made)) if image.shape[:2] == (5, 8)]
    assert np.abs(overlaid[:, :, 3] - expected).max() <= 1
    assert expected.max() == pytest.approx(overlay * 2.55)
    assert b"/SMask" in pdf(made)


@pytest.mark.parametrize("shape", [(2, 1024), (1024, 2)])
def test_a_photo_that_is_a_thin_strip_is_drawn_on_a_page_of_ordinary_size(shape):
    extent = (shape[0] / 16, shape[1] / 16)
    made = figure([maps(6)], np.zeros((*shape, 3), np.uint8), marks=Marks(photo_extent=extent))
    assert max(made.get_size_inches()) < 25


def test_text_in_svg_is_text():
    root = ElementTree.fromstring(svg(drawn()))
    texts = {"".join(element.itertext()) for element in root.iter(f"{SVG}text")}
    assert {"Where the pinned patch looks", "head 0", "a caption", "query (1, 2)"} <= texts


def test_maps_in_svg_keep_one_pixel_a_patch():
    root = ElementTree.fromstring(svg(figure([maps(1)])))
    sizes = {(image.get("width"), image.get("height")) for image in root.iter(f"{SVG}image")}
    assert ("8", "5") in sizes


def test_strange_words_cannot_break_an_svg():
    text = svg(figure([EVERY_KIND["hostile words"]], caption=HOSTILE + " \x00\x1b\ud800\uffff")).decode()
    ElementTree.fromstring(text)
    assert "<script" not in text


@pytest.mark.parametrize("write", [svg, pdf])
def test_no_date_is_written(write):
    assert not re.search(rb"CreationDate|dc:date|ModDate", write(drawn()))


def test_writing_leaves_matplotlibs_settings_alone():
    before = dict(matplotlib.rcParams)
    svg(drawn())
    assert dict(matplotlib.rcParams) == before


def loaded(panels) -> dict[str, np.ndarray]:
    with np.load(io.BytesIO(npz(panels)), allow_pickle=False) as arrays:
        return dict(arrays)


def test_data_comes_back_as_it_was():
    panels = [maps(notes=("a", "b", "c")), PICTURE, curves(), matrix(), TABLE, NUMBERS]
    arrays = loaded(panels)
    name = "0_where_the_pinned_patch_looks"
    assert np.array_equal(arrays[f"{name}.values"], panels[0].values, equal_nan=True)
    assert arrays[f"{name}.values"].dtype == np.float32
    assert arrays[f"{name}.labels"].tolist() == ["head 0", "head 1", "head 2"]
    assert arrays[f"{name}.notes"].tolist() == ["a", "b", "c"]
    assert arrays[f"{name}.ranges"].tolist() == [[scale.low, scale.high] for scale in panels[0].scales]
    assert np.array_equal(arrays["1_picture.pixels"], PICTURE.pixels)
    assert np.array_equal(arrays["2_two_curves.0.y"], panels[2].curves[0].y, equal_nan=True)
    assert np.array_equal(arrays["2_two_curves.1.x"], panels[2].curves[1].x)
    assert np.array_equal(arrays["3_matrix.values"], panels[3].values, equal_nan=True)
    assert arrays["4_table.columns"].tolist() == list(TABLE.columns)
    assert arrays["4_table.rows"].tolist() == [list(row) for row in TABLE.rows]
    assert arrays["5_numbers.labels"].tolist() == ["weight", "bytes", "none"]
    assert arrays["5_numbers.values"][:2].tolist() == [0.0123456, 1048576.0]
    assert arrays["5_numbers.units"].tolist() == ["", "B", ""]


@pytest.mark.parametrize("name", EVERY_KIND)
def test_every_kind_is_exported_and_loads_without_pickle(name):
    assert loaded([EVERY_KIND[name]])


def test_data_is_the_same_bytes_twice_and_same_titles_do_not_clash():
    panels = [maps(), maps()]
    assert npz(panels) == npz(panels)
    assert len(loaded(panels)) == 2 * len(loaded(panels[:1]))


@pytest.mark.parametrize(
    ("title", "name"),
    [("Where it looks", "where_it_looks"), ("../../etc", "etc"), ("q·k/√d", "q_k_d"), ("头 0", "头_0"), ("—", "")],
)
def test_titles_become_names_of_letters_and_underscores(title, name):
    assert readable(title) == name
