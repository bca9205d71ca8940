"""All queries at once, in bands: the same numbers as row by row."""

import pytest
import torch

from samvit.preprocess import preprocess
from samvit.tracing import trace
from tests.viz.photos import noise_photo

WINDOWED, GLOBAL = 0, 1


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize("use_rel_pos", [True, False])
def test_bands_are_the_rows_of_all_queries(small_encoder, block, use_rel_pos):
    for each in small_encoder.blocks:
        each.attn.use_rel_pos = use_rel_pos
    traced = trace(small_encoder, preprocess(noise_photo(rows=65, cols=100), img_size=160))
    bands = list(traced.attention_rows(block))
    assert [band.row for band in bands] == list(range(10))
    for band in bands:
        for col in range(10):
            row = traced.attention(block, (band.row, col))
            for name in ("content", "rel_h", "rel_w", "weights", "scores"):
                seen, expected = getattr(band, name)[:, col], getattr(row, name)
                assert torch.allclose(seen, expected, rtol=1e-4, atol=1e-5, equal_nan=True), name
            for name in ("log_denominator", "window_padding", "image_padding"):
                assert torch.allclose(getattr(band, name)[:, col], getattr(row, name), rtol=1e-4, atol=1e-5), name
    assert traced.attention(block, (9, 9)).window_padding.max() > 0 or block == GLOBAL


def test_a_band_says_its_sizes_in_one_line(small_encoder, small_image):
    band = next(trace(small_encoder, small_image).attention_rows(GLOBAL))
    assert repr(band) == "AttentionBand(row 0, 10 queries, 3 heads, grid 10×10)"


def test_a_block_that_does_not_exist_is_refused_before_anything_is_computed(small_encoder, small_image):
    with pytest.raises(ValueError, match=r"^block must be in 0\.\.3, got 4$"):
        next(trace(small_encoder, small_image).attention_rows(4))
