"""Values through proj, head by head and patch by patch, against proj itself."""

import pytest
import torch

from samvit.measures.values import arriving_lengths, head_additions, shares_along, window_padding_length
from tests.viz.views.forward import GLOBAL, QUERY, WINDOWED, forward_pass, on_grid, scene

EDGE = (9, 9)  # its window holds window padding


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_heads_additions_are_projs_of_each_head_alone(block):
    made = scene()
    attn, window = made.encoder.blocks[block].attn, made.encoder.blocks[block].window_size
    before, after = (on_grid(x, window, made.grid)[QUERY] for x in forward_pass(made)[f"blocks.{block}.attn.proj"])
    parts = head_additions(attn, before.view(3, 12))
    for head in range(3):
        alone = torch.zeros_like(before)
        alone[12 * head : 12 * head + 12] = before[12 * head : 12 * head + 12]
        with torch.inference_mode():
            torch.testing.assert_close(parts[head], attn.proj(alone) - attn.proj.bias, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(parts.sum(0) + attn.proj.bias.detach(), after, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_what_arrives_is_each_patchs_weighted_value_through_proj(block):
    made = scene()
    attn, weights = made.encoder.blocks[block].attn, made.attention(block, QUERY).weights[2]
    v = made[f"blocks.{block}.attn.v"][2]
    lengths = arriving_lengths(made, block, 2, QUERY)
    assert torch.equal(lengths.isnan(), weights.isnan())
    for row, col in (QUERY, (4, 4), (7, 7)):
        alone = torch.zeros(36)
        alone[24:] = weights[row, col] * v[row, col]
        with torch.no_grad():
            expected = float((attn.proj(alone) - attn.proj.bias).norm())
        assert float(lengths[row, col]) == pytest.approx(expected, rel=1e-3, abs=1e-6)


def test_window_padding_brings_its_weight_times_the_values_bias():
    made = scene()
    share = float(made.attention(WINDOWED, EDGE).window_padding[1])
    bias = made.encoder.blocks[WINDOWED].attn.qkv.bias.detach()[2 * 36 + 12 : 2 * 36 + 24]
    assert share > 0
    assert float(window_padding_length(made, WINDOWED, 1, EDGE)) == pytest.approx(share * float(bias.norm()), rel=1e-5)


def test_shares_add_up_to_one_and_a_part_against_the_sum_is_negative():
    parts = torch.tensor([[3.0, 0], [0, 1], [-1, 0]])
    shares = shares_along(parts, parts.sum(0))
    assert shares.tolist() == pytest.approx([6 / 5, 1 / 5, -2 / 5])
    assert shares_along(parts, torch.zeros(2)).isnan().all()
