"""Window padding masked: against −∞ written into segment-anything's own scores, and everything rebuilt follows."""

from dataclasses import replace
from functools import cache

import pytest
import torch
from torch import nn

from samvit.encoder import build_encoder
from samvit.masked import masks_padding
from samvit.measures.bands import attention_bands, softmax
from samvit.measures.padding import padding_weights
from samvit.measures.reach import influence
from samvit.measures.scores import pair_score, span_scores, weights_from_terms
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.tracing import trace
from samvit.what_if import WhatIf
from tests.samvit.measures.test_reach import by_autograd
from tests.samvit.reference import difference, segment_anything, segment_anything_encoder
from tests.small import SMALL
from tests.viz.photos import noise_photo

WINDOWED = 0
QUERIES = [(0, 0), (3, 9), (9, 0), (9, 9), (6, 8)]  # whole windows, and those with padding on each side and on both
BARE = {"use_rel_pos": False, "qkv_bias": False}


@cache
def masked(**changes):
    """A trace with window padding masked; the photo is 6.5 × 10 patches on a grid of 10 × 10, windows of 4."""
    encoder = fill_random(build_encoder(replace(SMALL, **changes)))
    image = preprocess(noise_photo(65, 100), SMALL.img_size)
    return trace(encoder, image, what_if=WhatIf.parse("padding_masked"))


def plain_weights(attn: nn.Module, x):
    """segment-anything's scores of all windows, −∞ where a key is padding, after softmax: (windows, heads, 16, 16)."""
    theirs = segment_anything()
    windows, rows, cols, _ = x.shape
    qkv = attn.qkv(x).reshape(windows, rows * cols, 3, attn.num_heads, -1).permute(2, 0, 3, 1, 4)
    q, k, v = qkv.reshape(3, windows * attn.num_heads, rows * cols, -1).unbind(0)
    scores = (q * attn.scale) @ k.transpose(-2, -1)
    if attn.use_rel_pos:
        size = (rows, cols)
        scores = theirs.add_decomposed_rel_pos(scores, q, attn.rel_pos_h, attn.rel_pos_w, size, size)
    patches, _ = theirs.window_partition(torch.ones(1, 10, 10, 1), rows)
    scores = scores.view(windows, attn.num_heads, rows * cols, rows * cols)
    scores = scores.masked_fill(patches.view(windows, 1, 1, -1) == 0, -torch.inf)
    return scores.softmax(-1), v.view(windows, attn.num_heads, rows * cols, -1)


def masked_by_hand(attn: nn.Module):
    """What stands in for segment-anything's `Attention.forward` in a windowed block."""

    def forward(x):
        weights, v = plain_weights(attn, x)
        return attn.proj((weights @ v).transpose(1, 2).reshape(x.shape))

    return forward


@pytest.mark.parametrize("changes", [{}, {"use_rel_pos": False}, {"qkv_bias": False}])
@torch.no_grad()
def test_the_embedding_is_segment_anything_s_with_minus_infinity_where_keys_are_padding(changes):
    made = masked(**changes)
    theirs = segment_anything_encoder(made.true_encoder)
    true = theirs(made.model_image())[0]
    for block in theirs.blocks:
        if block.window_size:
            block.attn.forward = masked_by_hand(block.attn)
    assert difference(made.embedding, theirs(made.model_image())[0]) < 1e-4
    assert difference(made.embedding, true) > 1e-3


@pytest.mark.parametrize("changes", [{}, BARE])
@pytest.mark.parametrize("query", QUERIES)
def test_a_row_is_that_of_the_whole_masked_softmax(query, changes):
    made = masked(**changes)
    block = made.encoder.blocks[WINDOWED]
    with torch.no_grad():
        x, _ = segment_anything().window_partition(block.norm1(made.stream[WINDOWED][None]), 4)
        every, _ = plain_weights(block.attn, x)
    window, place = query[0] // 4 * 3 + query[1] // 4, query[0] % 4 * 4 + query[1] % 4
    expected = every[window, :, place].view(3, 4, 4)
    row = made.attention(WINDOWED, query)
    rows, cols = row.span.inside
    torch.testing.assert_close(row.weights[:, *row.span.slices], expected[:, :rows, :cols], rtol=1e-4, atol=1e-6)
    assert not row.window_padding.any() and row.span.padding_tokens == 0 and row.span.size == row.span.inside
    torch.testing.assert_close(row.weights.nansum((1, 2)), torch.ones(3))
    assert made.proof(WINDOWED, query).holds


def test_all_queries_at_once_have_the_rows_that_each_has_alone():
    made = masked()
    bands = list(made.attention_rows(WINDOWED))
    for query in QUERIES:
        row, band = made.attention(WINDOWED, query), bands[query[0]]
        torch.testing.assert_close(band.weights[:, query[1]], row.weights, equal_nan=True, rtol=1e-4, atol=1e-6)
        assert not band.window_padding.any()
    for band in attention_bands(made, WINDOWED):
        corner = (band.queries[0].start, band.queries[1].start)
        row = made.attention(WINDOWED, corner)
        weights = band.inside(softmax(band.scores))[:, 0]
        torch.testing.assert_close(weights, row.weights[:, *row.span.slices].flatten(1), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("query", QUERIES)
def test_scores_and_their_terms_are_of_the_keys_that_are_left(query):
    made = masked()
    row = made.attention(WINDOWED, query)
    scores = span_scores(made, WINDOWED, query)
    torch.testing.assert_close(scores, row.scores[:, *row.span.slices])
    pair = pair_score(made, WINDOWED, 1, query, query)
    assert pair.keys == row.span.inside[0] * row.span.inside[1] and pair.table_rows == (3, 3)
    by_content = weights_from_terms(made, WINDOWED, query, "c")
    assert not by_content.window_padding.any()
    alone = row.content[:, *row.span.slices].flatten(1).softmax(1)
    torch.testing.assert_close(by_content.on_grid[:, *row.span.slices].flatten(1), alone)


def test_nobody_gives_window_padding_a_share_and_image_padding_has_the_rows_own():
    made = masked()
    window, image = padding_weights(made, WINDOWED)
    assert window.queries == 0 and window.weight.isnan().all()
    for query in [(5, 9), (6, 8), (7, 3), (9, 9)]:
        row = made.attention(WINDOWED, query)
        torch.testing.assert_close(image.weight[:, *query], row.image_padding, rtol=1e-4, atol=1e-5)
    assert image.keys[6, 8] == pytest.approx(2 / 8)  # of rows 4 to 7 one row holds no photo; columns 8 and 9 are left


@pytest.mark.parametrize("query", [(4, 6), (6, 9)])
def test_influence_is_the_gradient_that_autograd_finds(query):
    made = masked()
    expected = by_autograd(made, query)
    torch.testing.assert_close(influence(made, query), expected, rtol=1e-3, atol=1e-4 * float(expected.max()))


def test_only_blocks_with_windows_are_masked_and_a_grid_without_padding_stays_as_it_was():
    made = masked()
    assert [masks_padding(block) for block in made.encoder.blocks] == [True, False, True, False]
    assert not any(masks_padding(block) for block in made.true_encoder.blocks)
    encoder, image = fill_random(build_encoder(SMALL)), torch.randn(1, 3, 128, 128)
    plain, same = (trace(encoder, image, what_if=WhatIf.parse(text)) for text in ("", "padding_masked"))
    assert difference(same.embedding, plain.embedding) < 1e-5
