"""LayerNorm taken apart: a token's mean and spread, and its channels before and after scale and shift."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from samvit.common import LayerNorm2d


@dataclass(frozen=True, eq=False)
class NormSteps:
    """One token on its way through a LayerNorm: final = standard · weight + bias.

    Attributes:
        mean, variance: Over the token's channels; the variance divides by their number, as LayerNorm does.
        standard: The token less its mean, over √(variance + ε).
        weight, bias: What the layer learned; ones and zeros where it learned nothing.
    """

    mean: Float[Tensor, ""]
    variance: Float[Tensor, ""]
    standard: Float[Tensor, " dim"]
    weight: Float[Tensor, " dim"]
    bias: Float[Tensor, " dim"]

    @property
    def final(self) -> Float[Tensor, " dim"]:
        """What leaves the layer."""
        return self.standard * self.weight + self.bias


@torch.no_grad()
def norm_steps(norm: nn.LayerNorm | LayerNorm2d, token: Float[Tensor, " dim"]) -> NormSteps:
    """One token through a norm, step by step. Source: Ba, Kiros and Hinton 2016, arXiv 1607.06450."""
    mean, variance = token.mean(), token.var(correction=0)
    weight = torch.ones_like(token) if norm.weight is None else norm.weight.detach()
    bias = torch.zeros_like(token) if norm.bias is None else norm.bias.detach()
    return NormSteps(mean, variance, (token - mean) / torch.sqrt(variance + norm.eps), weight, bias)


@torch.no_grad()
def as_layer_norm(norm: LayerNorm2d, position: Float[Tensor, " chans"]) -> Float[Tensor, " chans"]:
    """One position's channels through torch's LayerNorm, with the parameters of a LayerNorm2d."""
    return F.layer_norm(position, position.shape, norm.weight, norm.bias, norm.eps)


@torch.no_grad()
def spreads(tokens: Float[Tensor, "*positions dim"]) -> Float[Tensor, "*positions"]:
    """Each token's standard deviation over its channels, dividing by their number as LayerNorm does."""
    return (tokens - tokens.mean(-1, keepdim=True)).square().mean(-1).sqrt()
