"""Padding's share: equal to the padding keys' part of whole softmaxes, query by query."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from samvit.config import EncoderConfig
from samvit.encoder import build_encoder
from samvit.random_weights import fill_random
from samvit.tracing import trace
from tests.viz.views.forward import (
    GLOBAL,
    QUERY,
    SCENES,
    WINDOWED,
    attention_weights,
    forward_pass,
    fresh_scene,
    on_grid,
    scene,
)
from viz.panel import Maps, Numbers, Table
from viz.selection import Selection
from viz.views import view_by_id
from viz.views.padding import padding_keys, padding_of

PADDING = view_by_id("padding")
CORNER = (5, 9)  # landscape photo: 6 of 10 rows hold photo; this one sees both kinds of padding


def padding(made, block=WINDOWED, query=CORNER, **chosen):
    return PADDING.panels(made, Selection.of(block=block, query=query, **chosen))


def kinds_of_keys(made, window):
    """On the padded grid, cut as attention gets it: True for window padding, and True for image padding."""
    rows, cols = made.grid
    side = (-rows % window, -cols % window) if window else (0, 0)
    image = torch.ones(rows, cols, dtype=torch.bool)
    image[: made.photo_grid[0], : made.photo_grid[1]] = False
    image = F.pad(image, (0, side[1], 0, side[0]))
    beyond = F.pad(torch.zeros(rows, cols, dtype=torch.bool), (0, side[1], 0, side[0]), value=True)
    if not window:
        return beyond[None], image[None]
    cut = [
        torch.stack([part for band in kind.split(window, 0) for part in band.split(window, 1)])
        for kind in (beyond, image)
    ]
    return cut[0], cut[1]


def shares_of_whole_softmax(made, block):
    """Window and image padding's part of every query's row, (heads, grid_h, grid_w) each."""
    module = made.encoder.blocks[block]
    weights = attention_weights(module, forward_pass(made)[f"blocks.{block}.attn"][0])
    shares = []
    for kind in kinds_of_keys(made, module.window_size):
        share = torch.einsum("nhrcij,nij->nrch", weights, kind.float())
        shares.append(on_grid(share, module.window_size, made.grid).permute(2, 0, 1))
    return shares


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize("name", SCENES)
def test_shares_are_the_padding_keys_part_of_the_whole_softmax(name, block):
    made = scene(name)
    for share, expected in zip(padding_of(made, block), shares_of_whole_softmax(made, block), strict=True):
        sees = (share.keys > 0).expand_as(expected)
        torch.testing.assert_close(share.weight[sees], expected[sees], rtol=1e-4, atol=1e-5)
        assert share.weight[~sees].isnan().all()
        assert (expected[~sees] == 0).all()


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize("name", SCENES)
def test_even_weights_give_padding_its_part_of_the_keys(name, block):
    made = scene(name)
    window = made.encoder.blocks[block].window_size
    for keys, kind in zip(padding_keys(made, window), kinds_of_keys(made, window), strict=True):
        of_windows = kind.float().mean((1, 2))[:, None, None, None].expand(*kind.shape, 1)
        torch.testing.assert_close(keys, on_grid(of_windows, window, made.grid)[..., 0])


def test_at_1024_px_960_of_4096_queries_see_window_padding():
    config = EncoderConfig("four numbers", 4, 1, 1, ())
    made = trace(fill_random(build_encoder(config)), torch.randn(1, 3, 1024, 1024))
    numbers = PADDING.panels(made, Selection.of(block=0, query=(60, 60)))[-1]
    assert {n.label: n.value for n in numbers.numbers}["see window padding"] == 960
    assert {n.label: n.value for n in numbers.numbers}["queries"] == 4096


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_the_pinned_patchs_shares_are_those_of_its_row(block):
    made = scene()
    row = made.attention(block, CORNER)
    window, image = padding_of(made, block)
    torch.testing.assert_close(image.weight[:, CORNER[0], CORNER[1]], row.image_padding, rtol=1e-4, atol=1e-5)
    if block == WINDOWED:
        torch.testing.assert_close(window.weight[:, CORNER[0], CORNER[1]], row.window_padding, rtol=1e-4, atol=1e-5)
        assert (row.window_padding > 0).all()


def test_a_windowed_block_shows_both_kinds_on_scales_from_zero():
    made = scene()
    window, image, table, numbers = padding(made)
    assert [type(panel) for panel in (window, image, table, numbers)] == [Maps, Maps, Table, Numbers]
    np.testing.assert_array_equal(window.values, padding_of(made, WINDOWED)[0].weight.numpy())
    np.testing.assert_array_equal(image.values, padding_of(made, WINDOWED)[1].weight.numpy())
    rows, cols = made.photo_grid
    for maps in (window, image):
        (scale,) = maps.scales
        assert scale.low == 0 and scale.high == pytest.approx(np.nanmax(maps.values[:, :rows, :cols]))
        assert maps.picks == "head" and maps.chosen == 0


def test_a_global_block_has_image_padding_only():
    maps, table, numbers = padding(scene(), GLOBAL)
    assert maps.title == "Weight on image padding"
    assert np.isfinite(maps.values).all()
    assert table.columns == ("head", "image, pinned patch", "image, mean")
    assert [n.label for n in numbers.numbers] == ["queries", "see image padding"]


def test_without_any_padding_there_is_nothing_but_a_sentence():
    (panel,) = padding(scene("square photo"), GLOBAL)
    assert isinstance(panel, Numbers)
    assert panel.numbers == ()
    assert "fills the model image" in panel.note


def test_no_softmax_is_computed_where_nobody_sees_padding(monkeypatch):
    monkeypatch.setattr("viz.views.padding.padding_shares", None)  # calling it is an error
    for share in padding_of(fresh_scene("square photo"), GLOBAL):
        assert share.weight.isnan().all() and not share.keys.any()


def test_the_table_gives_each_heads_share_beside_even_weights():
    made = scene()
    table = padding(made, head=2)[2]
    window, image = shares_of_whole_softmax(made, WINDOWED)
    beyond, empty = padding_keys(made, 4)
    rows, cols = made.photo_grid

    def percent(text):
        return float(text.rstrip("%")) / 100

    for head, cells in enumerate(table.rows[:3]):
        assert cells[0] == str(head)
        expected = []
        for share, keys in ((window, beyond), (image, empty)):
            sees = keys[:rows, :cols] > 0
            expected += [share[head][CORNER], share[head, :rows, :cols][sees].mean()]
        assert [percent(cell) for cell in cells[1:]] == pytest.approx([float(e) for e in expected], abs=6e-4)
    # The corner's window: 4×4 tokens, 2 columns of them beyond the grid; 2 of its 4 rows hold no photo.
    assert table.rows[3][0] == "if weights were even"
    assert percent(table.rows[3][1]) == 0.5 and percent(table.rows[3][3]) == 0.25
    assert table.marked == (2, 3)


def test_a_patch_that_sees_no_padding_has_a_dash():
    window, image, table, _ = padding(scene(), query=(0, 0))
    assert all(row[1] == row[3] == "–" for row in table.rows)
    assert all(note.startswith("pinned –") for note in (*window.notes, *image.notes))


@pytest.mark.parametrize(("heads", "pooled"), [("mean", np.mean), ("max", np.max)])
def test_heads_are_pooled_into_one_map(heads, pooled):
    made = scene()
    maps = padding(made, heads=heads)[0]
    expected = pooled(padding_of(made, WINDOWED)[0].weight.numpy(), axis=0)
    np.testing.assert_allclose(maps.values[0], expected, rtol=1e-6)
    assert maps.labels == (f"{heads} of heads",) and maps.chosen is None


def test_one_head_is_shown_alone():
    made = scene()
    maps = padding(made, heads="one", head=2)[0]
    np.testing.assert_array_equal(maps.values, padding_of(made, WINDOWED)[0].weight.numpy()[2:3])
    assert maps.labels == ("head 2",) and maps.picks == ""


def test_paddings_value_is_qkvs_bias_and_nothing_without_one():
    made = scene()
    numbers = {n.label: n.value for n in padding(made, head=1)[-1].numbers}
    bias = made.encoder.blocks[WINDOWED].attn.qkv.bias.detach()[2 * 36 + 12 : 2 * 36 + 24]
    assert numbers["length of padding's value, head 1"] == pytest.approx(float(bias.norm()), rel=1e-5)
    v = F.linear(
        forward_pass(made)[f"blocks.{WINDOWED}.norm1"][1][0],
        made.encoder.blocks[WINDOWED].attn.qkv.weight.detach()[2 * 36 + 12 : 2 * 36 + 24],
        bias,
    )
    assert numbers["mean length of patches' values, head 1"] == pytest.approx(float(v.norm(dim=-1).mean()), rel=1e-4)

    bare = padding(scene("no rel-pos, position or qkv bias"), query=(9, 5))[-1]
    assert {n.label: n.value for n in bare.numbers}["length of padding's value, head 0"] == 0


def test_shares_are_kept_for_the_block_in_view_only():
    made = fresh_scene("landscape photo")
    first = padding_of(made, WINDOWED)[1].weight
    torch.testing.assert_close(padding_of(made, WINDOWED)[1].weight, first, rtol=0, atol=0, equal_nan=True)
    other = padding_of(made, WINDOWED + 2)[1].weight
    assert not torch.allclose(other, first, equal_nan=True)
    torch.testing.assert_close(padding_of(made, WINDOWED)[1].weight, first, rtol=0, atol=0, equal_nan=True)


def test_nothing_of_the_trace_is_changed():
    made = fresh_scene("landscape photo")
    before = [tensor.clone() for tensor in (*made.stream, *made.q, *made.k)]
    padding(made, query=QUERY)
    assert all(torch.equal(a, b) for a, b in zip(before, (*made.stream, *made.q, *made.k), strict=True))
