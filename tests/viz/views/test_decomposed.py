"""The decomposed bias: bands, plaid and the weights without it equal the plain formula on a forward pass."""

import numpy as np
import pytest
import torch

from tests.viz.views.forward import GLOBAL, QUERY, SCENES, WINDOWED, scene
from tests.viz.views.plain_scores import corner_patch, plain_scores
from tests.viz.views.reading import assert_has_texts, assert_pure, english, fields_read
from viz.numbers import percent_text
from viz.panel import Curves, Maps, Numbers
from viz.selection import Selection
from viz.views import view_by_id
from viz.words import say

DECOMPOSED = view_by_id("decomposed")
WITH_TABLES = [name for name in SCENES if not name.startswith("no rel-pos")]


def show(made, block=WINDOWED, query=QUERY, **others):
    return english(DECOMPOSED.panels(made, Selection.of(block=block, query=query, head=1, **others)))


def close(values, expected):
    torch.testing.assert_close(torch.as_tensor(values), expected, rtol=1e-4, atol=1e-4, equal_nan=True)


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize("name", WITH_TABLES)
@pytest.mark.parametrize("where", ["inside", "corner"])
def test_bands_add_up_to_the_bias_and_without_it_only_content_is_left(name, block, where):
    made = scene(name)
    query = QUERY if where == "inside" else corner_patch(made)
    plain = plain_scores(made, block, query)
    bands, weights, curves, _ = show(made, block, query)

    assert isinstance(bands, Maps) and isinstance(weights, Maps) and isinstance(curves, Curves)
    terms = plain.on_grid(torch.stack([plain.total(terms)[1] for terms in ("h", "w", "hw")]))
    photo = terms[:, : made.photo_grid[0], : made.photo_grid[1]]
    counted = terms if photo.isnan().all() else photo
    close(bands.values, terms - counted.nanmean((1, 2), keepdim=True))
    computed, without = plain.weights()[1], plain.weights("c")[1]
    close(weights.values, plain.on_grid(torch.stack([computed, without, computed - without])))
    rows = slice(plain.corner[0], plain.corner[0] + plain.inside[0])
    close(curves.curves[0].y[rows], plain.rel_h[1, : plain.inside[0]])
    cols = slice(plain.corner[1], plain.corner[1] + plain.inside[1])
    close(curves.curves[1].y[cols], plain.rel_w[1, : plain.inside[1]])


def test_rel_h_is_the_same_along_a_row_and_rel_w_along_a_column():
    bands = show(scene(), GLOBAL)[0].values
    assert np.ptp(bands[0], axis=1).max() == np.ptp(bands[1], axis=0).max() == 0
    np.testing.assert_allclose(bands[0] + bands[1], bands[2], atol=1e-5)
    assert np.ptp(bands[0], axis=0).min() > 0.1 and np.ptp(bands[1], axis=1).min() > 0.1


def test_bands_share_a_scale_and_so_do_the_weights_with_and_without():
    bands, weights, *_ = show(scene(), GLOBAL)
    assert len(bands.scales) == 1 and bands.scales[0].kind == "signed"
    assert weights.scales[0] == weights.scales[1] != weights.scales[2]
    assert weights.scales[0].high == pytest.approx(weights.values[:2].max())


def test_the_weights_without_are_called_a_what_if():
    assert str(say("note.decomposed.without")) in show(scene())[1].notes[1]


def test_window_padding_takes_its_share_with_the_bias_and_without():
    made, query = scene(), corner_patch(scene())
    plain = plain_scores(made, WINDOWED, query)
    for terms, note in zip(("chw", "c"), show(made, WINDOWED, query)[1].notes[:2], strict=True):
        share = 1 - plain.weights(terms)[1, : plain.inside[0], : plain.inside[1]].sum()
        assert f"{percent_text(float(share))} to window padding" in note


@pytest.mark.parametrize("block, side", [(WINDOWED, 4), (GLOBAL, 10)])
def test_two_tables_need_fewer_rows_than_one_of_every_offset(block, side):
    numbers = show(scene(), block)[-1]
    assert isinstance(numbers, Numbers)
    rows = 2 * side - 1
    assert [n.value for n in numbers.numbers] == [2 * rows, rows**2, pytest.approx(rows / 2), 2 * rows * 12]
    # Every offset that a query and a key can have, counted one by one.
    ends = [(r, c) for r in range(side) for c in range(side)]
    assert len({(a - c, b - d) for a, b in ends for c, d in ends}) == numbers.numbers[1].value


def test_an_encoder_without_rel_pos_is_told_apart_in_words():
    (panel,) = show(scene("no rel-pos, position or qkv bias"))
    assert panel.note == str(say("error.no_rel_pos"))


def test_the_view_reads_what_it_says_and_changes_nothing():
    selection = Selection.of(block=WINDOWED, query=QUERY)
    assert fields_read(DECOMPOSED, scene(), selection) == DECOMPOSED.uses - {"overlay"}
    assert_pure(DECOMPOSED, scene(), selection)
    assert_has_texts(DECOMPOSED)
