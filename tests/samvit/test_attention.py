"""Rows of attention rebuilt from q and k, against the whole softmax of segment-anything's own functions."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from samvit.attention import attention_row, key_bias, padding_shares, span_of, value_bias
from samvit.encoder import Block, ImageEncoderViT, build_encoder
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.tracing import Trace, trace
from tests.samvit.reference import segment_anything
from tests.small import SMALL
from tests.viz.photos import noise_photo

CORNERS = [(0, 0), (0, 9), (9, 0), (9, 9)]
INSIDE = [(3, 4), (4, 3), (8, 7), (5, 5)]  # on both sides of window borders, and inside the padded windows
WINDOWED, GLOBAL = 0, 1  # two of the small encoder's blocks


def full_weights(block: Block, x: Tensor) -> Tensor:
    """The whole attention matrix of one block: (windows, heads, rows, cols, rows, cols), padding tokens included."""
    theirs = segment_anything()
    tokens = block.norm1(x[None])
    if block.window_size:
        tokens, _ = theirs.window_partition(tokens, block.window_size)
    windows, rows, cols, _ = tokens.shape
    attn = block.attn
    qkv = attn.qkv(tokens).reshape(windows, rows * cols, 3, attn.num_heads, -1).permute(2, 0, 3, 1, 4)
    q, k, _ = qkv.reshape(3, windows * attn.num_heads, rows * cols, -1).unbind(0)
    scores = (q * attn.scale) @ k.transpose(-2, -1)
    if attn.use_rel_pos:
        size = (rows, cols)
        scores = theirs.add_decomposed_rel_pos(scores, q, attn.rel_pos_h, attn.rel_pos_w, size, size)
    return scores.softmax(-1).view(windows, attn.num_heads, rows, cols, rows, cols)


@torch.inference_mode()
def full_row(block: Block, x: Tensor, query: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """One query's row of the whole matrix: weights on the grid, NaN outside its window; and on window padding."""
    grid_h, grid_w, _ = x.shape
    weights = full_weights(block, x)
    side = block.window_size
    if not side:
        return weights[0, :, query[0], query[1]], torch.zeros(weights.shape[1])
    across = -(-grid_w // side)
    window = query[0] // side * across + query[1] // side
    row = weights[window, :, query[0] % side, query[1] % side]  # (heads, side, side)
    top, left = query[0] // side * side, query[1] // side * side
    down, right = min(side, grid_h - top), min(side, grid_w - left)
    on_grid = torch.full((len(row), grid_h, grid_w), torch.nan)
    on_grid[:, top : top + down, left : left + right] = row[:, :down, :right]
    return on_grid, row.sum((1, 2)) - row[:, :down, :right].sum((1, 2))


@pytest.fixture(params=["with rel-pos", "without rel-pos", "without qkv bias", "every block global"])
def encoder(request: pytest.FixtureRequest) -> ImageEncoderViT:
    """The small encoder, and those in which one part of attention is missing."""
    changed = {
        "with rel-pos": {},
        "without rel-pos": {"use_rel_pos": False},
        "without qkv bias": {"qkv_bias": False},
        "every block global": {"window_size": 0},
    }
    return fill_random(build_encoder(replace(SMALL, **changed[request.param])))


@pytest.mark.parametrize("query", CORNERS + INSIDE)
@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_a_row_equals_the_row_of_the_full_softmax(encoder, small_image, block, query):
    traced = trace(encoder, small_image)
    row = traced.attention(block, query)
    weights, window_padding = full_row(encoder.blocks[block], traced.stream[block], query)
    torch.testing.assert_close(row.weights, weights, rtol=0, atol=1e-5, equal_nan=True)
    torch.testing.assert_close(row.window_padding, window_padding, rtol=0, atol=1e-5)


@pytest.mark.parametrize("query", [(0, 0), (5, 9), (4, 13), (2, 7), (5, 0)])
@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_a_row_equals_the_full_softmax_on_a_grid_that_is_not_square(small_encoder, block, query):
    """Six rows and fourteen columns: every window padded differently, and the global tables stretched."""
    traced = trace(small_encoder, torch.randn(1, 3, 96, 224, generator=torch.Generator().manual_seed(2)))
    row = traced.attention(block, query)
    weights, window_padding = full_row(small_encoder.blocks[block], traced.stream[block], query)
    torch.testing.assert_close(row.weights, weights, rtol=0, atol=1e-5, equal_nan=True)
    torch.testing.assert_close(row.window_padding, window_padding, rtol=0, atol=1e-5)


@pytest.mark.parametrize("query", CORNERS + INSIDE)
@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_weights_and_the_share_of_window_padding_add_up_to_1(small_encoder, small_image, block, query):
    row = trace(small_encoder, small_image).attention(block, query)
    total = row.weights.nansum((1, 2)) + row.window_padding
    torch.testing.assert_close(total, torch.ones(3), rtol=0, atol=1e-6)


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_scores_are_the_sum_of_three_terms_and_give_the_weights(small_encoder, small_image, block):
    row = trace(small_encoder, small_image).attention(block, (9, 8))
    q, k = (t[block] for t in (trace(small_encoder, small_image).q, trace(small_encoder, small_image).k))
    content = torch.einsum("hd,hrcd->hrc", q[:, 9, 8], k) / 12**0.5
    seen = row.weights.isfinite()
    torch.testing.assert_close(row.content[seen], content[seen], rtol=1e-5, atol=1e-5)
    scores = row.content + row.rel_h[:, :, None] + row.rel_w[:, None, :]
    torch.testing.assert_close(row.scores, scores, rtol=0, atol=0, equal_nan=True)
    weights = (row.scores - row.log_denominator[:, None, None]).exp()
    torch.testing.assert_close(row.weights, weights, rtol=1e-5, atol=1e-7, equal_nan=True)


def test_a_row_without_rel_pos_has_biases_of_zero(small_image):
    encoder = fill_random(build_encoder(replace(SMALL, use_rel_pos=False)))
    row = trace(encoder, small_image).attention(GLOBAL, (2, 3))
    assert not row.rel_h.any() and not row.rel_w.any()
    torch.testing.assert_close(row.scores, row.content)


def test_only_a_querys_own_window_has_weights(small_encoder, small_image):
    row = trace(small_encoder, small_image).attention(WINDOWED, (9, 5))
    seen = torch.zeros(10, 10, dtype=torch.bool)
    seen[8:10, 4:8] = True
    assert torch.equal(row.weights.isfinite(), seen.expand(3, -1, -1))
    assert torch.equal(row.content.isfinite(), seen.expand(3, -1, -1))
    assert torch.equal(row.rel_h.isfinite(), seen.any(1).expand(3, -1))
    assert torch.equal(row.rel_w.isfinite(), seen.any(0).expand(3, -1))


@pytest.mark.parametrize(
    ("query", "corner", "inside", "padding"),
    [
        ((0, 0), (0, 0), (4, 4), 0),
        ((3, 4), (0, 4), (4, 4), 0),
        ((4, 9), (4, 8), (4, 2), 8),
        ((9, 0), (8, 0), (2, 4), 8),
        ((9, 9), (8, 8), (2, 2), 12),
    ],
)
def test_the_span_of_a_query_is_its_window(query, corner, inside, padding):
    span = span_of(query, (10, 10), window_size=4)
    assert (span.row, span.col) == corner
    assert span.size == (4, 4)
    assert span.inside == inside
    assert span.padding_tokens == padding


def test_the_span_of_a_query_in_a_global_block_is_the_whole_grid():
    span = span_of((9, 3), (10, 12), window_size=0)
    assert span.slices == (slice(0, 10), slice(0, 12))
    assert span.padding_tokens == 0


def test_at_1024_px_960_of_4096_queries_see_window_padding():
    spans = [span_of((row, col), (64, 64), 14) for row in range(64) for col in range(64)]
    assert sum(span.padding_tokens > 0 for span in spans) == 960


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ((10, 0), r"row must be in 0\.\.9, got 10"),
        ((-1, 0), r"row must be in 0\.\.9, got -1"),
        ((0, 10), r"col must be in 0\.\.9, got 10"),
    ],
)
def test_a_query_outside_the_grid_is_refused_in_one_sentence(small_encoder, small_image, query, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        trace(small_encoder, small_image).attention(WINDOWED, query)


def test_the_key_and_value_of_window_padding_are_the_biases(small_encoder):
    attn = small_encoder.blocks[WINDOWED].attn
    _, k, v = attn.qkv(torch.zeros(36)).view(3, 3, 12).unbind(0)
    torch.testing.assert_close(key_bias(attn), k)
    torch.testing.assert_close(value_bias(attn), v)


@pytest.fixture(scope="module")
def photo_trace() -> Trace:
    """The small encoder on a photo of 6.5 × 10 patches: image padding below, half a row of patches with both."""
    encoder = fill_random(build_encoder(SMALL))
    return trace(encoder, preprocess(noise_photo(rows=65, cols=100), img_size=160))


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_padding_shares_of_all_queries_equal_their_rows(photo_trace, block):
    window, image = padding_shares(
        photo_trace.encoder.blocks[block], photo_trace.stream[block], photo_trace.image_padding()
    )
    for row in range(10):
        for col in range(10):
            one = photo_trace.attention(block, (row, col))
            torch.testing.assert_close(window[:, row, col], one.window_padding, rtol=0, atol=1e-5)
            torch.testing.assert_close(image[:, row, col], one.image_padding, rtol=0, atol=1e-5)


def test_image_padding_takes_weight_in_both_kinds_of_block(photo_trace):
    assert photo_trace.photo_grid == (7, 10)
    for block in (WINDOWED, GLOBAL):
        row = photo_trace.attention(block, (6, 3))
        below = row.weights[:, 7:].nansum((1, 2))
        torch.testing.assert_close(row.image_padding, below, rtol=0, atol=1e-6)
        assert (row.image_padding > 0.01).any()


def test_a_query_whose_window_is_all_photo_gives_no_weight_to_padding(photo_trace):
    row = photo_trace.attention(WINDOWED, (1, 2))
    assert not row.window_padding.any()
    assert not row.image_padding.any()


def test_a_row_leaves_q_and_k_alone(small_encoder, small_image):
    traced = trace(small_encoder, small_image)
    before = traced.q[WINDOWED].clone(), traced.k[WINDOWED].clone()
    with torch.inference_mode():
        row = attention_row(small_encoder.blocks[WINDOWED], traced.q[WINDOWED], traced.k[WINDOWED], (9, 9))
        row.weights.zero_()
    assert torch.equal(traced.q[WINDOWED], before[0])
    assert torch.equal(traced.k[WINDOWED], before[1])


def test_a_row_a_proof_and_a_model_image_are_one_line_in_a_notebook(small_encoder):
    image = preprocess(noise_photo(rows=65, cols=100), img_size=160)
    made = trace(small_encoder, image)
    assert repr(made.attention(0, (3, 9))) == "AttentionRow(query (3, 9), 4×4 keys, 3 heads, grid 10×10)"
    assert repr(image) == "ModelImage(photo 65×100 px, resized 104×160 in 160×160, segment-anything)"
    assert repr(made.proof(0, (3, 9))).startswith("Proof(holds: largest difference ")
