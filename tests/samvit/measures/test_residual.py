"""What blocks add, against what a plain forward pass adds."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from samvit.measures.residual import (
    additions_by_block,
    block_additions,
    lengths_by_block,
    photo_median,
    size_against,
)
from tests.viz.views.forward import GLOBAL, QUERY, WINDOWED, forward_pass, on_grid, scene


def test_nothing_has_no_size_to_compare_with():
    sizes = size_against(torch.ones(3, 4), torch.tensor([[2.0] * 4, [0.0] * 4, [1.0] * 4]))
    assert sizes.tolist() == [0.5, float("inf"), 1.0]


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_attention_comes_first_and_the_mlp_second(block):
    made, seen = scene(), forward_pass(scene())
    x, between = seen[f"blocks.{block}"][0][0], seen[f"blocks.{block}.norm2"][0][0]
    attn = on_grid(seen[f"blocks.{block}.attn"][1], made.encoder.blocks[block].window_size, made.grid)
    sizes, cosines = block_additions(made, block)
    for index, (part, base) in enumerate(((attn, x), (seen[f"blocks.{block}.mlp"][1][0], between))):
        torch.testing.assert_close(sizes[index], part.norm(dim=-1) / base.norm(dim=-1), rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(cosines[index], F.cosine_similarity(part, base, dim=-1), rtol=1e-4, atol=1e-5)


def test_a_block_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match=r"block must be in 0\.\.3, got 4"):
        block_additions(scene(), 4)


def test_additions_and_lengths_follow_one_patch_through_the_blocks():
    made, seen = scene(), forward_pass(scene())
    sizes, cosines = additions_by_block(made, QUERY)
    own, median = lengths_by_block(made, QUERY)
    rows, cols = made.photo_grid
    for block in range(4):
        x, output = (tokens[0] for tokens in seen[f"blocks.{block}"])
        added = output[QUERY] - x[QUERY]
        assert float(sizes[block]) == pytest.approx(float(added.norm() / x[QUERY].norm()), rel=1e-4)
        assert float(cosines[block]) == pytest.approx(float(F.cosine_similarity(added, x[QUERY], dim=0)), abs=1e-5)
        assert float(own[block]) == pytest.approx(float(x[QUERY].norm()), rel=1e-4)
        expected = np.median(x[:rows, :cols].norm(dim=-1).numpy())
        assert float(median[block]) == pytest.approx(float(expected), rel=1e-4)
    assert len(own) == len(median) == 5


def test_the_median_leaves_padding_and_nan_out():
    values = torch.tensor([[[1.0, 2, 99], [float("nan"), 4, 99], [99, 99, 99]]])
    assert photo_median(values, (2, 2)).tolist() == [2.0]
    assert photo_median(torch.arange(4.0).view(2, 2), (2, 2)).item() == 1.5
