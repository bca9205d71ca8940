"""LayerNorm taken apart, against torch's own."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from samvit.encoder import LayerNorm2d
from samvit.measures.norm import as_layer_norm, norm_steps, spreads

TOKEN = torch.randn(24, generator=torch.Generator().manual_seed(5)) * 3 + 1


def filled(norm):
    """A norm whose scale and shift were learned."""
    generator = torch.Generator().manual_seed(6)
    with torch.no_grad():
        norm.weight.copy_(torch.randn(24, generator=generator))
        norm.bias.copy_(torch.randn(24, generator=generator))
    return norm


@pytest.mark.parametrize("norm", [filled(nn.LayerNorm(24, eps=1e-2)), filled(LayerNorm2d(24, eps=1e-2))])
def test_steps_lead_to_what_torch_computes(norm):
    steps = norm_steps(norm, TOKEN)
    torch.testing.assert_close(steps.final, F.layer_norm(TOKEN, (24,), norm.weight, norm.bias, 1e-2).detach())
    torch.testing.assert_close(steps.standard, F.layer_norm(TOKEN, (24,), eps=1e-2))
    assert float(steps.mean) == pytest.approx(sum(TOKEN.tolist()) / 24, rel=1e-5)
    assert float(steps.variance) == pytest.approx(sum((x - float(steps.mean)) ** 2 for x in TOKEN.tolist()) / 24)


def test_a_norm_that_learns_nothing_has_scale_1_and_shift_0():
    steps = norm_steps(nn.LayerNorm(24, elementwise_affine=False), TOKEN)
    assert (steps.weight == 1).all() and (steps.bias == 0).all()


def test_layer_norm_2d_is_layer_norm_at_each_position():
    norm = filled(LayerNorm2d(24))
    maps = torch.randn(1, 24, 3, 2, generator=torch.Generator().manual_seed(7))
    with torch.no_grad():
        torch.testing.assert_close(as_layer_norm(norm, maps[0, :, 2, 1]), norm(maps)[0, :, 2, 1])


def test_spreads_divide_by_the_number_of_channels():
    tokens = TOKEN.view(2, 3, 4)
    for row in range(2):
        for col in range(3):
            mean = float(tokens[row, col].mean())
            expected = (sum((x - mean) ** 2 for x in tokens[row, col].tolist()) / 4) ** 0.5
            assert float(spreads(tokens)[row, col]) == pytest.approx(expected, rel=1e-5)
