"""The view of rollout: it shows the measure, and says what padding took."""

import pytest
import torch

from samvit.measures.rollout import rollout
from tests.viz.views.forward import QUERY, scene
from tests.viz.views.reading import assert_has_texts, assert_pure, english, fields_read
from viz.numbers import percent_text
from viz.selection import Selection
from viz.views import view_by_id

ROLLOUT = view_by_id("rollout")


def test_two_maps_and_what_padding_took_of_each():
    made = scene()
    maps, own = english(ROLLOUT.panels(made, Selection.of(query=QUERY)))
    shares = rollout(made, QUERY)
    assert torch.equal(torch.from_numpy(maps.values), shares)
    assert maps.labels == ("with the residual", "attention alone")
    for note, one in zip(maps.notes, shares, strict=True):
        to_photo = float(one[:6].sum())
        dropped, image = percent_text(1 - float(one.sum())), percent_text(float(one.sum()) - to_photo)
        assert note == f"{dropped} dropped with window padding · {image} to image padding"
    assert [number.value for number in own.numbers] == [pytest.approx(float(one[QUERY])) for one in shares]
    assert "power of 4, 6.25 %" in own.note


def test_nothing_is_said_of_image_padding_where_there_is_none():
    maps, _ = english(ROLLOUT.panels(scene("square photo"), Selection.of(query=QUERY)))
    assert not any("image padding" in note for note in maps.notes)


def test_it_reads_what_it_says_and_changes_nothing():
    made, selection = scene(), Selection.of(query=QUERY)
    assert fields_read(ROLLOUT, made, selection) == ROLLOUT.uses - {"overlay"}
    assert_pure(ROLLOUT, made, selection)
    assert_has_texts(ROLLOUT)
