"""Layers that the encoder shares with the rest of SAM, as in segment-anything's common.py."""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class LayerNorm2d(nn.Module):
    """LayerNorm over the channels at each position of a (batch, channels, rows, cols) tensor.

    Source: segment-anything common.py, LayerNorm2d.
    """

    def __init__(self, num_channels: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(num_channels))
        self.bias = nn.Parameter(torch.zeros(num_channels))
        self.eps = eps

    def forward(self, x: Float[Tensor, "batch chans grid_h grid_w"]) -> Float[Tensor, "batch chans grid_h grid_w"]:
        mean = x.mean(1, keepdim=True)
        variance = (x - mean).pow(2).mean(1, keepdim=True)
        x = (x - mean) / torch.sqrt(variance + self.eps)
        return self.weight[:, None, None] * x + self.bias[:, None, None]


class MLPBlock(nn.Module):
    """Two linear layers with an activation between. Source: segment-anything common.py, MLPBlock."""

    def __init__(self, embedding_dim: int, mlp_dim: int, act: type[nn.Module] = nn.GELU) -> None:
        super().__init__()
        self.lin1 = nn.Linear(embedding_dim, mlp_dim)
        self.lin2 = nn.Linear(mlp_dim, embedding_dim)
        self.act = act()

    def forward(self, x: Float[Tensor, "*positions dim"]) -> Float[Tensor, "*positions dim"]:
        return self.lin2(self.act(self.lin1(x)))
