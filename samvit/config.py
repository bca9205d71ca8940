"""The sizes of one encoder, and the four that have names."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from samvit.errors import CheckpointError

# Mean and standard deviation of each RGB channel on the 0–255 scale (segment-anything, build_sam.py).
PIXEL_MEAN = (123.675, 116.28, 103.53)
PIXEL_STD = (58.395, 57.12, 57.375)
COLOURS = len(PIXEL_MEAN)

# build_sam passes this to every LayerNorm; torch's own default is 1e-5.
LAYER_NORM_EPS = 1e-6


def pixel_constants(channels: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation by which each channel of an encoder with so many is normalised.

    Red, green and blue have segment-anything's own. Any other channel has their averages, since no checkpoint says what
    it was trained with: each one where there are fewer than three, and those beyond three.
    """
    first = COLOURS if channels >= COLOURS else 0  # how many of the channels are colours
    mean, std = (known[:first] + (sum(known) / COLOURS,) * (channels - first) for known in (PIXEL_MEAN, PIXEL_STD))
    return mean, std


@dataclass(frozen=True)
class EncoderConfig:
    """The constructor arguments of one `ImageEncoderViT`, under segment-anything's names.

    Lengths of the image are in pixels, of windows in tokens. Source: segment-anything build_sam.py, _build_sam.
    """

    name: str
    embed_dim: int
    depth: int
    num_heads: int
    global_attn_indexes: tuple[int, ...]
    img_size: int = 1024
    patch_size: int = 16
    in_chans: int = 3
    mlp_ratio: float = 4.0
    out_chans: int = 256
    qkv_bias: bool = True
    use_abs_pos: bool = True
    use_rel_pos: bool = True
    rel_pos_zero_init: bool = True
    window_size: int = 14

    @property
    def grid_size(self) -> int:
        """Side of the patch grid at `img_size`, in tokens."""
        return self.img_size // self.patch_size

    @property
    def head_dim(self) -> int:
        """Width of one attention head."""
        return self.embed_dim // self.num_heads

    @property
    def mlp_dim(self) -> int:
        """Width of the MLP's hidden layer."""
        return int(self.embed_dim * self.mlp_ratio)

    def is_global(self, block: int) -> bool:
        """Whether `block` (counted from 0) attends over the whole grid instead of inside windows."""
        return self.window_size == 0 or block in self.global_attn_indexes

    def encoder_arguments(self) -> Iterator[tuple[str, Any]]:
        """Every argument that `ImageEncoderViT` takes from this config, with its value."""
        for field in fields(self):
            if field.name != "name":
                yield field.name, getattr(self, field.name)


VIT_TINY = EncoderConfig("vit_tiny", embed_dim=144, depth=12, num_heads=6, global_attn_indexes=(2, 5, 8, 11))
VIT_B = EncoderConfig("vit_b", embed_dim=768, depth=12, num_heads=12, global_attn_indexes=(2, 5, 8, 11))
VIT_L = EncoderConfig("vit_l", embed_dim=1024, depth=24, num_heads=16, global_attn_indexes=(5, 11, 17, 23))
VIT_H = EncoderConfig("vit_h", embed_dim=1280, depth=32, num_heads=16, global_attn_indexes=(7, 15, 23, 31))

CONFIGS = {config.name: config for config in (VIT_TINY, VIT_B, VIT_L, VIT_H)}

# What a checkpoint's shapes may leave open, and a person then answers.
ANSWERS = ("num_heads", "window_size", "global_attn_indexes", "img_size")


def parse_config(text: str) -> dict[str, Any]:
    """What a person says of an encoder's sizes, as fields of `EncoderConfig`.

    Args:
        text: A known encoder's name, of which heads, window and global blocks count; `field=value` for
            `num_heads`, `window_size`, `global_attn_indexes` (numbers with + between, or none) or `img_size`;
            or several of these with commas between: `vit_b,window_size=16`.

    Raises:
        CheckpointError: If a name or a field is unknown, or a value isn't a whole number.
    """
    answers: dict[str, Any] = {}
    for part in text.replace(" ", "").split(","):
        name, equals, value = part.partition("=")
        if not equals and name in CONFIGS:
            answers |= {field: getattr(CONFIGS[name], field) for field in ANSWERS if field != "img_size"}
            continue
        numbers = [] if value in ("", "none") else value.split("+")
        wanted = name in ANSWERS and all(number.isdecimal() for number in numbers)
        if not wanted or (name != "global_attn_indexes" and len(numbers) != 1):
            raise CheckpointError("config.unknown", configs=", ".join(CONFIGS), fields="=, ".join(ANSWERS), got=part)
        indexes = tuple(int(number) for number in numbers)
        answers[name] = indexes if name == "global_attn_indexes" else indexes[0]
    return answers
