"""Padding's share: equal to the padding keys' part of whole softmaxes, query by query."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from samvit.measures.padding import PaddingShare, padding_keys, padding_weights, photo_mean, value_lengths
from samvit.replay import Replay
from tests.viz.views.forward import (
    GLOBAL,
    SCENES,
    WINDOWED,
    attention_weights,
    forward_pass,
    fresh_scene,
    on_grid,
    scene,
)

CORNER = (5, 9)  # landscape photo: 6 of 10 rows hold photo; this one sees both kinds of padding


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
    for share, expected in zip(padding_weights(made, block), shares_of_whole_softmax(made, block), strict=True):
        sees = (share.keys > 0).expand_as(expected)
        torch.testing.assert_close(share.weight[sees], expected[sees], rtol=1e-4, atol=1e-5)
        assert share.weight[~sees].isnan().all()
        assert (expected[~sees] == 0).all()


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize("name", SCENES)
def test_even_weights_give_padding_its_part_of_the_keys(name, block):
    made = scene(name)
    window = made.encoder.blocks[block].window_size
    for keys, kind in zip(padding_keys(made, block), kinds_of_keys(made, window), strict=True):
        of_windows = kind.float().mean((1, 2))[:, None, None, None].expand(*kind.shape, 1)
        torch.testing.assert_close(keys, on_grid(of_windows, window, made.grid)[..., 0])


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_the_pinned_patchs_shares_are_those_of_its_row(block):
    made = scene()
    row = made.attention(block, CORNER)
    window, image = padding_weights(made, block)
    torch.testing.assert_close(image.weight[:, CORNER[0], CORNER[1]], row.image_padding, rtol=1e-4, atol=1e-5)
    if block == WINDOWED:
        torch.testing.assert_close(window.weight[:, CORNER[0], CORNER[1]], row.window_padding, rtol=1e-4, atol=1e-5)
        assert (row.window_padding > 0).all()


def test_no_softmax_is_computed_where_nobody_sees_padding(monkeypatch):
    monkeypatch.setattr("samvit.measures.padding.padding_shares", None)  # calling it is an error
    for share in padding_weights(fresh_scene("square photo"), GLOBAL):
        assert share.weight.isnan().all() and not share.keys.any() and share.queries == 0


def test_shares_are_kept_in_the_replay_and_two_blocks_do_not_evict_each_other(monkeypatch):
    made = replace(fresh_scene("landscape photo"), replay=Replay())
    first, other = padding_weights(made, WINDOWED), padding_weights(made, WINDOWED + 2)
    assert made.replay.nbytes > 0
    assert not torch.allclose(other[1].weight, first[1].weight, equal_nan=True)
    monkeypatch.setattr("samvit.measures.padding.padding_shares", None)  # calling it again is an error
    assert padding_weights(made, WINDOWED) is first and padding_weights(made, WINDOWED + 2) is other


@pytest.mark.parametrize("measure", [padding_weights, padding_keys, value_lengths])
@pytest.mark.parametrize("block", [-1, 4])
def test_a_block_that_is_not_there_is_refused(measure, block):
    with pytest.raises(ValueError, match=rf"^block must be in 0\.\.3, got {block}$"):
        measure(scene(), block)


def test_even_weights_and_queries_count_only_those_who_see_padding():
    keys = torch.tensor([[0.0, 0.25], [0.5, 0.0]])
    share = PaddingShare(torch.zeros(1, 2, 2), keys)
    assert share.queries == 2
    torch.testing.assert_close(share.even, torch.tensor([[torch.nan, 0.25], [0.5, torch.nan]]), equal_nan=True)


def test_the_photos_mean_leaves_out_image_padding_and_what_is_no_number():
    values = torch.tensor([[[1.0, torch.nan, 9.0], [3.0, 8.0, 9.0], [9.0, 9.0, 9.0]], [[torch.nan] * 3] * 3])
    torch.testing.assert_close(photo_mean(values, (2, 2)), torch.tensor([4.0, torch.nan]), equal_nan=True)


def test_paddings_value_is_qkvs_bias_and_nothing_without_one():
    made = scene()
    of_padding, of_patches = value_lengths(made, WINDOWED)
    layer, x = made.encoder.blocks[WINDOWED].attn.qkv, forward_pass(made)[f"blocks.{WINDOWED}.norm1"][1][0]
    for head in range(made.heads):
        part = slice(2 * 36 + 12 * head, 2 * 36 + 12 * (head + 1))  # of width 36: v comes third, 12 channels a head
        bias = layer.bias.detach()[part]
        assert float(of_padding[head]) == pytest.approx(float(bias.norm()), rel=1e-5)
        lengths = [float(v.norm()) for v in F.linear(x, layer.weight.detach()[part], bias).flatten(0, 1)]
        assert float(of_patches[head]) == pytest.approx(sum(lengths) / len(lengths), rel=1e-4)
    assert value_lengths(scene("no rel-pos, position or qkv bias"), WINDOWED)[0].tolist() == [0] * 3
