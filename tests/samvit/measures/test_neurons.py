"""Neurons of an MLP, each run through lin2 alone."""

import pytest
import torch
from torch import nn

from samvit.encoder import MLPBlock
from samvit.measures.neurons import (
    activation_curve,
    neurons_for_half,
    strongest_neurons,
    sum_of_neurons,
    written_lengths,
)

TOKEN = torch.randn(6, generator=torch.Generator().manual_seed(8))


@pytest.fixture
def mlp():
    torch.manual_seed(9)
    return MLPBlock(6, 24)


def hidden_of(mlp):
    with torch.no_grad():
        return mlp.act(mlp.lin1(TOKEN))


def test_a_neuron_writes_what_lin2_makes_of_it_alone(mlp):
    hidden = hidden_of(mlp)
    for neuron, length in enumerate(written_lengths(mlp, hidden)):
        alone = torch.zeros(24)
        alone[neuron] = hidden[neuron]
        with torch.no_grad():
            assert float(length) == pytest.approx(float((mlp.lin2(alone) - mlp.lin2.bias).norm()), abs=1e-6)


def test_all_neurons_and_the_bias_make_the_mlps_output(mlp):
    with torch.no_grad():
        torch.testing.assert_close(sum_of_neurons(mlp, hidden_of(mlp)), mlp(TOKEN))


def test_the_strongest_come_first_and_equal_ones_in_order():
    assert strongest_neurons(torch.tensor([1.0, 3, 2, 3, 0]), 4) == [1, 3, 2, 0]


@pytest.mark.parametrize(
    ("written", "half"), [([4.0, 1, 1, 1, 1], 1), ([1.0, 1, 1, 1], 2), ([1.0, 1, 1], 2), ([5.0], 1)]
)
def test_half_of_the_writing_is_counted_from_the_strongest(written, half):
    assert neurons_for_half(torch.tensor(written)) == half


def test_the_curve_is_the_blocks_own_activation():
    x, y = activation_curve(MLPBlock(6, 24, act=nn.ReLU), -1, 1, 5)
    assert x.tolist() == [-1, -0.5, 0, 0.5, 1]
    assert y.tolist() == [0, 0, 0, 0.5, 1]
