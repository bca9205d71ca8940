"""Configuration: what the constructor was told, where each argument acts, and the four sizes side by side."""

import inspect
from typing import Any

import numpy as np

from samvit.config import CONFIGS, EncoderConfig
from samvit.encoder import ImageEncoderViT, build_encoder
from samvit.measures.parameters import (
    Sized,
    argument_tensors,
    argument_values,
    block_matrix_parameters,
    encoder_without_memory,
    global_blocks,
    norm_eps,
    parameters_by_part,
    windowed_blocks,
)
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Number, Numbers, Panel, Places, Table
from viz.selection import Selection
from viz.views.view import View
from viz.words import Words, joined, number, say, symbol

# Stages of the forward pass that an argument changes, the first one that reads it first.
ACTS_IN = {
    "img_size": ("position", "scores"),
    "patch_size": ("patches",),
    "in_chans": ("patches",),
    "embed_dim": ("patches", "position", "residual"),
    "depth": ("residual",),
    "num_heads": ("qkv", "scores"),
    "mlp_ratio": ("mlp",),
    "out_chans": ("neck", "embedding"),
    "qkv_bias": ("qkv",),
    "norm_layer": ("norm1",),
    "act_layer": ("mlp",),
    "use_abs_pos": ("position",),
    "use_rel_pos": ("scores",),
    "rel_pos_zero_init": ("scores",),
    "window_size": ("windows", "scores"),
    "global_attn_indexes": ("windows", "scores"),
}
UNITS = {
    "img_size": "panel.arguments.px",
    "patch_size": "panel.arguments.px",
    "window_size": "panel.arguments.token_side",
}
PART_NAMES = {
    "patches": "panel.sizes.part.patches",
    "position": "panel.sizes.part.position",
    "rel_pos": "panel.sizes.part.rel_pos",
    "attention": "panel.sizes.part.attention",
    "mlp": "panel.sizes.part.mlp",
    "norms": "panel.sizes.part.norms",
    "neck": "panel.sizes.part.neck",
}


def argument_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Every constructor argument with its value, its stages and a tensor that shows it; and what follows from them."""
    values, seen, eps = argument_values(trace.encoder), argument_tensors(trace), norm_eps(trace.encoder)
    rows = []
    for name in inspect.signature(ImageEncoderViT.__init__).parameters:
        if name == "self":
            continue
        value = _value(name, values[name])
        if name == "norm_layer" and eps is not None:
            value = say("panel.arguments.norm", layer=value, eps=eps)
        where = say("panel.arguments.zero_init") if name == "rel_pos_zero_init" else _tensor(seen[name])
        rows.append((symbol(name), value, Places(ACTS_IN[name]), where))
    columns = (
        say("panel.arguments.argument"),
        say("panel.arguments.value"),
        say("panel.arguments.acts_in"),
        say("panel.arguments.seen_in"),
    )
    return [
        Table(say("panel.arguments.table"), columns, tuple(rows)),
        Numbers(say("panel.arguments.follows"), _derived(trace), say("panel.arguments.derived")),
    ]


def _value(name: str, value: Any) -> Words:
    """A constructor argument's value, as it would be written in Python, with its unit."""
    if value is None:
        return say("panel.arguments.not_kept")
    if name in UNITS:
        return say(UNITS[name], value=value)
    return say("panel.arguments.ratio", value=value) if isinstance(value, float) else symbol(str(value))


def _tensor(sized: Sized | None) -> Words:
    """A tensor's name and shape."""
    if sized is None:
        return say("panel.arguments.no_tensor")
    name, shape = sized
    return joined(symbol(name), symbol("×".join(map(str, shape))), by=" ")


def _derived(trace: Trace) -> tuple[Number, ...]:
    """Sizes that nobody passes: they follow from the arguments."""
    (rows, cols), patch = trace.grid, trace.patch_size
    heads, _, _, head_dim = trace.q[0].shape
    return (
        Number(say("panel.arguments.grid_rows", img=rows * patch, patch=patch), float(rows)),
        Number(say("panel.arguments.tokens", rows=rows, cols=cols), float(rows * cols)),
        Number(say("panel.arguments.head_dim", dim=heads * head_dim, heads=heads), float(head_dim)),
        Number(say("panel.arguments.mlp_dim"), float(trace.encoder.blocks[0].mlp.lin1.out_features)),
    )


def size_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The named sizes and this encoder: where their global blocks are, their widths, and what holds the parameters."""
    own = trace.encoder
    models = {symbol(name): encoder_without_memory(config) for name, config in CONFIGS.items()}
    name = say("panel.sizes.this") if own.config is None else symbol(own.config.name)
    models[name] = own  # its parameters are counted, not those of the size it is named after
    marked = (list(models).index(name),)
    parts = {model: parameters_by_part(encoder) for model, encoder in models.items()}
    shares = (
        (model, *(number(count / sum(counts.values()), "percent") for count in counts.values()))
        for model, counts in parts.items()
    )
    widths = ((model, *_widths(encoder)) for model, encoder in models.items())
    columns = (
        *map(symbol, ("embed_dim", "depth", "num_heads", "head_dim", "mlp_dim")),
        say("panel.sizes.parameters"),
        say("panel.sizes.in_formula"),
    )
    model = say("panel.sizes.model")
    return [
        _kinds_of_blocks(models),
        Table(say("panel.sizes.table"), (model, *columns), tuple(widths), marked),
        Table(say("panel.sizes.shares"), (model, *map(say, PART_NAMES.values())), tuple(shares), marked),
    ]


def _widths(encoder: ImageEncoderViT) -> tuple[Words, ...]:
    """One encoder's line in the table of widths."""
    block, dim = encoder.blocks[0], encoder.patch_embed.proj.out_channels
    heads, total = block.attn.num_heads, sum(parameters_by_part(encoder).values())
    counts = (dim, len(encoder.blocks), heads, dim // heads, block.mlp.lin1.out_features, total)
    in_formula = block_matrix_parameters(encoder)
    share = say("panel.sizes.of_all", count=in_formula, share=in_formula / total)
    return *(number(count, "count") for count in counts), share


def _kinds_of_blocks(models: dict[Words, ImageEncoderViT]) -> Curves:
    """A dot for each block of each size, windowed or global by colour."""
    kinds = (
        ("windowed", say("panel.sizes.windowed"), windowed_blocks),
        ("global", say("panel.sizes.global"), global_blocks),
    )
    curves = []
    for role, label, blocks_of in kinds:
        dots = [(index, line) for line, encoder in enumerate(models.values()) for index in blocks_of(encoder)]
        blocks, lines = np.array(dots, np.float32).reshape(-1, 2).T
        curves.append(Curve(label, blocks, lines, role=role))
    return Curves(
        say("panel.sizes.blocks"),
        tuple(curves),
        x_label=say("panel.sizes.block"),
        y_label="",
        points=True,
        y_names=tuple(models),
    )


ARGUMENTS = View(
    id="arguments",
    stage="config",
    panels=argument_panels,
    source=(ImageEncoderViT, EncoderConfig),
    tensors=("image", "neck.3"),
    uses=frozenset(),
    live=False,
    symbols=(
        ("grid", "panel:1"),
        ("head_dim", "panel:1"),
        ("img_size", "panel:0"),
        ("patch_size", "panel:0"),
        ("embed_dim", "panel:0"),
        ("num_heads", "panel:0"),
    ),
)
SIZES = View(
    id="sizes",
    stage="config",
    panels=size_panels,
    source=(EncoderConfig, build_encoder),
    tensors=("image", "neck.3"),
    uses=frozenset(),
    live=False,
    symbols=(("depth", "panel:1"), ("mlp_ratio", "panel:2"), ("embed_dim", "panel:1")),
)
VIEWS = (ARGUMENTS, SIZES)
