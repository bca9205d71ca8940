"""Panels as JSON: what the browser decodes is what the view made, to half-float precision."""

import base64
import io
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image

from tests.viz.sample_panels import EVERY_KIND, HOSTILE, NUMBERS, PICTURE, TABLE, curves, maps, matrix
from viz.page import wire
from viz.page.wire import floats, panel_message, picture_url
from viz.palette import ROLES
from viz.panel import Curve, Scale


def decoded(message: dict[str, object]) -> np.ndarray:
    """What the browser makes of an array's message."""
    values = np.frombuffer(base64.b64decode(str(message["data"])), f"<{message['type']}").reshape(message["shape"])
    return values.astype(np.float64) * float(message["factor"])


@pytest.fixture
def all_large(monkeypatch):
    """Every array counts as a large one, which travels as half floats."""
    monkeypatch.setattr(wire, "EXACT_UP_TO", 0)


def refuse(constant: str) -> None:
    """JSON of NaN and Infinity isn't JSON: browsers refuse it."""
    raise ValueError(f"{constant} is not JSON")


def through_json(panel) -> dict:
    """A panel's message as the browser parses it."""
    return json.loads(json.dumps(panel_message(panel)), parse_constant=refuse)


@given(arrays(np.float32, array_shapes(max_dims=3, max_side=8), elements=st.floats(width=32, allow_infinity=False)))
def test_large_arrays_come_back_within_half_float_precision_and_nan_as_nan(values):
    with np.errstate(over="ignore", under="ignore"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(wire, "EXACT_UP_TO", 0)
        back = decoded(floats(values))
    assert np.array_equal(np.isnan(back), np.isnan(values))
    largest = np.nanmax(np.abs(values), initial=0)
    # Eleven bits of each value's own; below 2⁻¹⁴ of the largest they run out evenly, in steps of 2⁻²⁴.
    bound = np.maximum(np.abs(values.astype(np.float64)) * 2.0**-11, largest * 2.0**-24)
    seen = ~np.isnan(values)
    assert (np.abs(back - values)[seen] <= bound[seen] * (1 + 1e-6)).all()


@pytest.mark.parametrize("scale", [1e-30, 1e-8, 1.0, 1e30])
def test_small_and_large_values_keep_their_digits(scale, all_large):
    values = np.linspace(0.1, 1, 50, dtype=np.float32) * np.float32(scale)
    assert np.allclose(decoded(floats(values)), values, rtol=1e-3, atol=0)


@pytest.mark.parametrize("values", [np.zeros((2, 3), np.float32), np.full((2, 3), np.nan, np.float32)])
def test_arrays_without_a_magnitude_come_back_too(values):
    assert np.array_equal(decoded(floats(values)), values, equal_nan=True)


def test_small_arrays_come_back_exactly():
    values = np.float32([[0.1, np.nan], [1e-30, 5.0]])
    assert np.array_equal(decoded(floats(values)), values.astype(np.float64), equal_nan=True)


def test_infinities_do_not_spoil_the_other_values():
    back = decoded(floats(np.float32([1.0, np.inf, -np.inf, 0.25])))
    assert back.tolist() == [1.0, np.inf, -np.inf, 0.25]


@pytest.mark.parametrize("name", EVERY_KIND)
def test_every_kind_becomes_json_that_names_its_drawer(name):
    panel = EVERY_KIND[name]
    message = through_json(panel)
    assert message["kind"] == type(panel).__name__
    assert message["title"] == panel.title


def test_maps_keep_values_scales_labels_and_options():
    panel = maps(notes=("a", HOSTILE, "c"), picks="head", chosen=2, over_photo=False)
    message = through_json(panel)
    assert np.allclose(decoded(message), panel.values, rtol=1e-3, atol=1e-9, equal_nan=True)
    assert message["labels"] == ["head 0", "head 1", "head 2"]
    assert message["notes"] == ["a", HOSTILE, "c"]
    assert (message["overPhoto"], message["picks"], message["chosen"]) == (False, "head", 2)
    for sent, scale in zip(message["scales"], panel.scales, strict=True):
        assert {**sent, "categories": tuple(sent["categories"])} == vars(scale)


@pytest.mark.parametrize(("log", "percent"), [(True, False), (False, True)])
def test_a_scale_says_whether_it_is_logarithmic_and_whether_of_shares(log, percent):
    scale = Scale("sequential", 1e-6, 0.01, "weight", log=log, percent=percent)
    (sent,) = panel_message(maps(1, scales=(scale,)))["scales"]
    assert (sent["log"], sent["percent"], sent["low"], sent["high"]) == (log, percent, 1e-6, 0.01)


def test_a_picture_comes_back_pixel_by_pixel():
    message = through_json(PICTURE)
    assert (message["rows"], message["cols"], message["onGrid"], message["note"]) == (5, 8, True, "a note")
    head, data = message["src"].split(",", 1)
    assert head == "data:image/png;base64"
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
        assert np.array_equal(np.asarray(image), PICTURE.pixels)


def test_a_photo_can_be_a_webp_that_is_close_to_it():
    smooth = np.tile(np.linspace(0, 255, 64, dtype=np.uint8)[None, :, None], (64, 1, 3))
    url = picture_url(smooth, quality=90)
    assert url.startswith("data:image/webp;base64,")
    with Image.open(io.BytesIO(base64.b64decode(url.split(",", 1)[1]))) as image:
        assert np.abs(np.asarray(image).astype(int) - smooth).max() < 12


def test_curves_have_null_where_there_is_no_number():
    message = through_json(curves())
    assert message["curves"][0]["y"] == [0, 1, None, 3, 4, 5]
    assert [curve["colour"] for curve in message["curves"]] == ["#E69F00", ROLES["query"]]
    assert message["marks"] == [[2.0, "query's row"], [2.5, "query's column"]]
    assert (message["xLabel"], message["yLabel"], message["points"]) == ("column", "score", False)


def test_dots_say_their_colours_and_their_shape():
    rgb, x = np.array([[255, 0, 1], [9, 9, 9]], np.uint8), np.float32([0, 1])
    one = Curve("c", x, x, colours=rgb, square=True)
    (dots,) = through_json(curves(points=True, curves=(one,)))["curves"]
    assert (dots["colours"], dots["square"], dots["patches"]) == (["ff0001", "090909"], True, [])
    assert all((line["colours"], line["square"]) == ([], False) for line in through_json(curves())["curves"])


def test_curves_keep_six_digits():
    panel = curves(curves=(curves().curves[0].__class__("c", np.float64([0]), np.float64([math.pi * 1e-7])),))
    assert through_json(panel)["curves"][0]["y"] == [3.14159e-07]


def test_a_matrix_keeps_its_marks_and_labels():
    message = through_json(matrix(numbers=True))
    assert np.allclose(decoded(message), matrix().values, equal_nan=True)
    assert (message["rowMark"], message["colMark"], message["numbers"]) == (1, 2, True)
    assert (message["rowLabel"], message["colLabel"]) == ("query", "key")
    assert message["scale"]["kind"] == "signed"


def test_tables_and_numbers_keep_words_and_values():
    message = through_json(TABLE)
    assert message["columns"] == list(TABLE.columns)
    assert message["rows"] == [list(row) for row in TABLE.rows]
    assert message["marked"] == [1]
    sent = through_json(NUMBERS)["numbers"]
    assert [number["text"] for number in sent] == ["0.0123", "1\u202f048\u202f576", "–"]
    assert sent[0] == {"label": "weight", "text": "0.0123", "unit": "", "role": "query"}


@pytest.mark.parametrize("name", EVERY_KIND)
def test_sending_changes_no_panel(name):
    panel = EVERY_KIND[name]
    before = {key: value.copy() for key, value in vars(panel).items() if isinstance(value, np.ndarray)}
    panel_message(panel)
    for key, copy in before.items():
        assert np.array_equal(getattr(panel, key), copy, equal_nan=copy.dtype.kind == "f")
