"""Bands: together they are the whole attention of a block, each query once."""

import pytest
import torch

import samvit.measures.bands as bands
from samvit.measures.bands import attention_bands, softmax
from tests.viz.views.forward import GLOBAL, QUERY, SCENES, WINDOWED, scene


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize(
    ("name", "entries"), [("landscape photo", 1), *((name, bands.BAND_ENTRIES) for name in SCENES)]
)
def test_every_query_has_the_row_that_is_rebuilt_for_it_alone(name, block, entries, monkeypatch):
    monkeypatch.setattr(bands, "BAND_ENTRIES", entries)
    made, seen = scene(name), torch.zeros(scene(name).grid)
    for band in attention_bands(made, block):
        seen[band.queries] += 1
        scores, weights = band.inside(band.scores), band.inside(softmax(band.scores))
        rows, cols = (range(part.start, part.stop) for part in band.queries)
        patches = [(row, col) for row in rows for col in cols]
        for index, query in ((0, patches[0]), (len(patches) - 1, patches[-1])):
            row = made.attention(block, query)
            for whole, own in ((row.scores, scores), (row.weights, weights)):
                expected = whole[:, *row.span.slices].flatten(1)
                torch.testing.assert_close(own[:, index], expected, rtol=1e-4, atol=1e-5)
    assert (seen == 1).all()


def test_bands_without_a_wanted_query_are_left_out():
    wanted = torch.zeros(scene().grid, dtype=torch.bool)
    wanted[QUERY] = True
    (band,) = attention_bands(scene(), WINDOWED, wanted)
    assert band.queries == scene().attention(WINDOWED, QUERY).span.slices
