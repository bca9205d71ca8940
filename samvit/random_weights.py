"""Random weights that bite: every parameter matters, so that a mistake in any of them shows in the output."""

import torch
from torch import Tensor, nn

from samvit.common import LayerNorm2d
from samvit.encoder import Attention, ImageEncoderViT
from samvit.provenance import Provenance

POS_EMBED_STD = 1.0
BRANCH_STD = 0.5  # what attention and MLP add to the stream, against a stream of about 1
NORM_SPREAD = 0.1  # norms' weights around 1 and biases around 0
BIAS_STD = 0.25
SHARED_BY_TOKENS = 1.2  # tokens have part of their vector in common, and so vary less than independent ones would


@torch.no_grad()
def fill_random(encoder: ImageEncoderViT, seed: int = 0, score_std: float = 2.0) -> ImageEncoderViT:
    """Fill an encoder, in place, with random weights that make its attention choose between keys.

    torch's initial weights give almost flat softmaxes and rel-pos tables of zeros: such an encoder hardly notices a
    wrong scale or a swapped table. Here the content term, rel_h and rel_w each have a standard deviation of about
    `score_std`, in windowed and global blocks alike; no bias, table or position embedding is zero.

    Args:
        encoder: Encoder of any size; every one of its parameters is overwritten.
        seed: The same seed gives the same weights on every device and for every dtype (up to rounding).
        score_std: Standard deviation wanted of each of the three terms of the attention scores.

    Returns:
        The same encoder.

    Raises:
        ValueError: If score_std isn't above 0.
    """
    if not score_std > 0:
        raise ValueError(f"score_std must be above 0, got {score_std}")
    generator = torch.Generator().manual_seed(seed)
    if encoder.pos_embed is not None:
        _draw(encoder.pos_embed, generator, POS_EMBED_STD)
    for module in encoder.modules():
        if isinstance(module, nn.LayerNorm | LayerNorm2d):
            _draw(module.weight, generator, NORM_SPREAD, mean=1.0)
            _draw(module.bias, generator, NORM_SPREAD)
        elif isinstance(module, nn.Linear | nn.Conv2d):
            _fill_layer(module, generator)
    # Attention is filled again over its plain layers: how large q and k are decides how far its scores spread.
    for block in encoder.blocks:
        _fill_attention(block.attn, generator, score_std)
        _scale_branch(block.attn.proj)
        _scale_branch(block.mlp.lin2)
    if encoder.config is not None:
        encoder.provenance = Provenance("random", encoder.config)
    return encoder


def _draw(parameter: Tensor, generator: torch.Generator, std: float, mean: float = 0.0) -> None:
    """Overwrite a tensor with normal numbers drawn on the CPU, so that every device gets the same."""
    parameter.copy_(torch.randn(parameter.shape, generator=generator) * std + mean)


def _fill_layer(layer: nn.Linear | nn.Conv2d, generator: torch.Generator) -> None:
    """Weights that turn inputs of std 1 into outputs of std about 1, and biases that are not zero."""
    fan_in = layer.weight[0].numel()
    _draw(layer.weight, generator, fan_in**-0.5)
    if layer.bias is not None:
        _draw(layer.bias, generator, BIAS_STD)


def _fill_attention(attn: Attention, generator: torch.Generator, score_std: float) -> None:
    """Queries, keys and √head_dim · tables of one std, whose square is that of each of the scores' three terms.

    For independent entries: std(q·k/√head_dim) = std(q)·std(k), and std(q·table) = std(q)·std(table)·√head_dim.
    """
    dim = attn.proj.in_features
    qk_std = (SHARED_BY_TOKENS * score_std) ** 0.5
    attn.qkv.weight[: 2 * dim] *= qk_std
    if attn.qkv.bias is not None:
        attn.qkv.bias[: 2 * dim] *= qk_std
    if attn.use_rel_pos:
        table_std = qk_std * (dim // attn.num_heads) ** -0.5
        _draw(attn.rel_pos_h, generator, table_std)
        _draw(attn.rel_pos_w, generator, table_std)


def _scale_branch(layer: nn.Linear) -> None:
    """Keep a branch's share of the residual stream small enough that what came before stays visible."""
    layer.weight.mul_(BRANCH_STD)
    layer.bias.mul_(BRANCH_STD)
