"""The encoders ours is held against: segment-anything's and transformers', with the same weights."""

import importlib
import importlib.util
import sys
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from types import ModuleType

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from samvit.config import LAYER_NORM_EPS, EncoderConfig
from samvit.encoder import ImageEncoderViT

# ours -> transformers, where a name differs (first match of each counts)
TRANSFORMERS_NAMES = {
    "blocks.": "layers.",
    ".norm1.": ".layer_norm1.",
    ".norm2.": ".layer_norm2.",
    "patch_embed.proj.": "patch_embed.projection.",
    "neck.0.": "neck.conv1.",
    "neck.1.": "neck.layer_norm1.",
    "neck.2.": "neck.conv2.",
    "neck.3.": "neck.layer_norm2.",
}


@cache
def segment_anything() -> ModuleType:
    """segment-anything's image_encoder module, without its package, which imports torchvision at the top."""
    package_spec = importlib.util.find_spec("segment_anything")
    if package_spec is None or package_spec.origin is None:
        raise ModuleNotFoundError("parity tests need segment-anything 1.0: pip install --group dev")
    package = ModuleType("segment_anything_modeling")
    package.__path__ = [str(Path(package_spec.origin).parent / "modeling")]  # for its `from .common import …`
    sys.modules[package.__name__] = package
    return importlib.import_module(f"{package.__name__}.image_encoder")


def segment_anything_encoder(ours: ImageEncoderViT, config: EncoderConfig | None = None) -> nn.Module:
    """segment-anything's encoder of the same sizes, sharing our weights' memory."""
    config = config or ours.config
    assert config is not None
    arguments = dict(config.encoder_arguments())
    norm_layer = partial(nn.LayerNorm, eps=LAYER_NORM_EPS)
    with torch.device("meta"):
        encoder = segment_anything().ImageEncoderViT(**arguments, norm_layer=norm_layer)
    encoder.load_state_dict(ours.state_dict(), strict=True, assign=True)
    return encoder.eval()


def resized_segment_anything_encoder(ours: ImageEncoderViT, grid: tuple[int, int]) -> nn.Module:
    """segment-anything's encoder for a patch grid (rows, cols) it wasn't made for.

    Its `get_rel_pos` stretches its tables by itself; its pos_embed is replaced here as ViTDet's get_abs_pos would.
    """
    encoder = segment_anything_encoder(ours)
    table = encoder.pos_embed.permute(0, 3, 1, 2)
    table = F.interpolate(table, size=grid, mode="bicubic", align_corners=False)
    encoder.pos_embed = nn.Parameter(table.permute(0, 2, 3, 1))
    return encoder


def transformers_name(name: str) -> str:
    """transformers' name of one of our parameters."""
    for old, new in TRANSFORMERS_NAMES.items():
        name = name.replace(old, new, 1)
    return name


def transformers_encoder(ours: ImageEncoderViT, attention: str = "eager") -> nn.Module:
    """transformers' SamVisionEncoder of the same sizes, sharing our weights' memory.

    Args:
        attention: `eager` or `sdpa`.
    """
    from transformers import SamVisionConfig
    from transformers.models.sam.modeling_sam import SamVisionEncoder

    config = ours.config
    assert config is not None
    theirs = SamVisionConfig(
        hidden_size=config.embed_dim,
        output_channels=config.out_chans,
        num_hidden_layers=config.depth,
        num_attention_heads=config.num_heads,
        num_channels=config.in_chans,
        image_size=config.img_size,
        patch_size=config.patch_size,
        layer_norm_eps=LAYER_NORM_EPS,
        qkv_bias=config.qkv_bias,
        mlp_dim=config.mlp_dim,
        mlp_ratio=config.mlp_ratio,
        use_abs_pos=config.use_abs_pos,
        use_rel_pos=config.use_rel_pos,
        window_size=config.window_size,
        global_attn_indexes=list(config.global_attn_indexes),
        attn_implementation=attention,
    )
    with torch.device("meta"):
        encoder = SamVisionEncoder(theirs)
    weights = {transformers_name(name): tensor for name, tensor in ours.state_dict().items()}
    encoder.load_state_dict(weights, strict=True, assign=True)
    return encoder.eval()


def two_blocks(config: EncoderConfig, img_size: int) -> EncoderConfig:
    """The first two blocks of an encoder at its true width: one windowed, one global."""
    return replace(config, name=f"{config.name}_slice", depth=2, global_attn_indexes=(1,), img_size=img_size)


def difference(ours: Tensor, theirs: Tensor) -> float:
    """Largest difference, in standard deviations of the reference output."""
    assert ours.shape == theirs.shape
    return ((ours - theirs).abs().max() / theirs.std()).item()
