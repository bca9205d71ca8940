"""The MLP's hidden layer, its neurons: how strongly each takes part in one token, and what they write together."""

import torch
from jaxtyping import Float
from torch import Tensor

from samvit.common import MLPBlock


@torch.no_grad()
def written_lengths(mlp: MLPBlock, hidden: Float[Tensor, " hidden"]) -> Float[Tensor, " hidden"]:
    """Length of the vector that each neuron writes into the stream: what makes a neuron strong for one token.

    A neuron writes its value after the activation, times its column of lin2.

    Args:
        hidden: The token's hidden layer after the activation.
    """
    return hidden.abs() * mlp.lin2.weight.norm(dim=0)


def strongest_neurons(written: Float[Tensor, " hidden"], count: int) -> list[int]:
    """Indexes of the neurons that write most, the strongest first."""
    return written.argsort(descending=True, stable=True)[:count].tolist()


def neurons_for_half(written: Float[Tensor, " hidden"]) -> int:
    """How many of the strongest neurons write half of the sum of all lengths."""
    falling = written.sort(descending=True).values.cumsum(0)
    return int((falling < falling[-1] / 2).sum()) + 1


@torch.no_grad()
def sum_of_neurons(mlp: MLPBlock, hidden: Float[Tensor, " hidden"]) -> Float[Tensor, " dim"]:
    """What all neurons write together, plus lin2's bias: the MLP's output for a token."""
    return mlp.lin2.weight @ hidden + mlp.lin2.bias


@torch.no_grad()
def activation_curve(
    mlp: MLPBlock, low: float, high: float, points: int
) -> tuple[Float[Tensor, " points"], Float[Tensor, " points"]]:
    """The activation's input and output at evenly spaced points from low to high."""
    x = torch.linspace(low, high, points, dtype=mlp.lin1.weight.dtype)
    return x, mlp.act(x)
