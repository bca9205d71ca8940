"""Panels are a closed set of frozen records whose arrays have the shapes they promise."""

from dataclasses import FrozenInstanceError
from typing import get_args

import numpy as np
import pytest
from jaxtyping import TypeCheckError

from tests.viz.sample_panels import EVERY_KIND
from tests.viz.views.forward import GLOBAL, QUERY, scene
from viz.panel import Curve, Maps, Matrix, Number, Numbers, Panel, Picture, Places, Scale, Table, spoken
from viz.selection import Selection
from viz.texts import LANGUAGES, catalogue
from viz.views import view_by_id
from viz.words import symbol

SCALE = Scale("sequential", 0.0, 1.0)


def test_samples_cover_every_kind():
    assert {type(panel) for panel in EVERY_KIND.values()} == set(get_args(Panel))


@pytest.mark.parametrize("name", EVERY_KIND)
def test_a_panel_cannot_be_changed(name):
    with pytest.raises(FrozenInstanceError):
        EVERY_KIND[name].title = "another"


@pytest.mark.parametrize(
    "make",
    [
        lambda: Maps("t", np.zeros((4, 4), np.float32), (SCALE,), ("",)),
        lambda: Maps("t", np.zeros((1, 4, 4), np.int64), (SCALE,), ("",)),
        lambda: Picture("t", np.zeros((4, 4), np.uint8)),
        lambda: Picture("t", np.zeros((4, 4, 3), np.float32)),
        lambda: Matrix("t", np.zeros(4, np.float32), SCALE, "", ""),
        lambda: Curve("t", np.zeros(3, np.float32), np.zeros(4, np.float32)),
        lambda: Curve("t", np.zeros((3, 1), np.float32), np.zeros((3, 1), np.float32)),
        lambda: Scale("rainbow", 0.0, 1.0),
    ],
)
def test_an_array_of_another_shape_or_type_is_refused(make):
    with pytest.raises(TypeCheckError):
        make()


def test_defaults_show_a_map_over_the_photo_with_a_plain_scale():
    panel = Maps("t", np.zeros((1, 2, 2), np.float32), (SCALE,), ("",))
    assert panel.over_photo and panel.notes == () and panel.chosen is None and panel.picks == ""
    assert not SCALE.log and SCALE.categories == ()


def test_spoken_writes_every_text_and_leaves_arrays_alone():
    values = np.zeros((1, 2, 2), np.float32)
    maps = Maps(symbol("A"), values, (Scale("sequential", 0, 1, symbol("u"), symbol("n")),), (symbol("l"),))
    said = spoken(maps, "en")
    assert (said.title, said.labels, said.scales[0].unit, said.scales[0].note) == ("A", ("l",), "u", "n")
    assert said.values is values


def test_places_of_a_table_are_spoken_as_the_stages_names():
    table = spoken(Table(symbol("t"), (symbol("c"),), ((Places(("norm1", "mlp")),),)), "en")
    cell = table.rows[0][0]
    assert cell.stages == ("norm1", "mlp")
    assert str(cell) == f"{catalogue('en')['stage.norm1']} · {catalogue('en')['stage.mlp']}"


def test_a_number_is_written_once_in_its_form():
    numbers = (Number(symbol("a"), 0.0109, form="percent"), Number(symbol("b"), float("nan")), Number(symbol("c"), -2))
    assert [one.text for one in spoken(Numbers(symbol("t"), numbers), "en").numbers] == ["1.09 %", "–", "−2"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("view", ["pair", "rel_pos", "regions", "token_norms", "embedding", "filters"])
def test_the_page_leaves_out_a_lone_map_s_name_just_where_the_title_says_it(view, lang):
    made, selection = scene(), Selection.of(block=GLOBAL, query=QUERY, head=1)
    shown = spoken(view_by_id(view).panels(made, selection), lang)
    lone = [panel for panel in shown if isinstance(panel, Maps) and len(panel.labels) == 1]
    assert lone
    for panel in lone:
        assert panel.titled == (panel.labels[0].lower() in panel.title.lower()), panel.title
