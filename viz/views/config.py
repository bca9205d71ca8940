"""Configuration: what the constructor was told, where each argument acts, and the four sizes side by side."""

import inspect
from functools import cache

import numpy as np
import torch
from torch import Tensor

from samvit.config import CONFIGS, EncoderConfig
from samvit.encoder import ImageEncoderViT, build_encoder
from samvit.tracing import Trace
from samvit.windows import window_partition
from viz.panel import Curve, Curves, Number, Numbers, Panel, Table
from viz.selection import Selection
from viz.texts import grouped, text
from viz.views.view import View

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

# Parts of an encoder, and how the names of their parameters begin after `blocks.N.`; the first that fits counts.
PARTS = {
    "patches": ("patch_embed.",),
    "position": ("pos_embed",),
    "rel_pos": ("attn.rel_pos",),
    "attention": ("attn.",),
    "mlp": ("mlp.",),
    "norms": ("norm1.", "norm2."),
    "neck": ("neck.",),
}


def argument_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Every constructor argument with its value, its stages and a tensor that shows it; and what follows from them."""
    lang, encoder = selection.lang, trace.encoder
    values, seen = argument_values(encoder), argument_tensors(trace)
    rows = []
    for name in inspect.signature(ImageEncoderViT.__init__).parameters:
        if name == "self":
            continue
        stages = " · ".join(text(lang, f"stage.{stage}") for stage in ACTS_IN[name])
        where = seen[name] or text(lang, "panel.arguments.no_tensor")
        if name == "rel_pos_zero_init":
            where = text(lang, "panel.arguments.zero_init")
        rows.append((name, values[name] or text(lang, "panel.arguments.not_kept"), stages, where))
    columns = tuple(text(lang, f"panel.arguments.{column}") for column in ("argument", "value", "acts_in", "seen_in"))
    return [
        Table(text(lang, "panel.arguments.table"), columns, tuple(rows)),
        Numbers(text(lang, "panel.arguments.follows"), _derived(trace, lang), text(lang, "panel.arguments.derived")),
    ]


def argument_values(encoder: ImageEncoderViT) -> dict[str, str]:
    """Each constructor argument as this encoder's modules show it; "" where no module keeps it."""
    block = encoder.blocks[0]
    windows = [block.window_size for block in encoder.blocks]
    global_blocks = [str(index) for index, window in enumerate(windows) if window == 0]
    return {
        "img_size": f"{encoder.img_size} px",
        "patch_size": f"{encoder.patch_embed.proj.kernel_size[0]} px",
        "in_chans": f"{encoder.patch_embed.proj.in_channels}",
        "embed_dim": f"{encoder.patch_embed.proj.out_channels}",
        "depth": f"{len(encoder.blocks)}",
        "num_heads": f"{block.attn.num_heads}",
        "mlp_ratio": f"{block.mlp.lin1.out_features / block.mlp.lin1.in_features:g}",
        "out_chans": f"{encoder.neck[0].out_channels}",
        "qkv_bias": f"{block.attn.qkv.bias is not None}",
        "norm_layer": f"{type(block.norm1).__name__}, eps {getattr(block.norm1, 'eps', 0):g}",
        "act_layer": type(block.mlp.act).__name__,
        "use_abs_pos": f"{encoder.pos_embed is not None}",
        "use_rel_pos": f"{block.attn.use_rel_pos}",
        "rel_pos_zero_init": "" if encoder.config is None else f"{encoder.config.rel_pos_zero_init}",
        "window_size": f"{max(windows)} tokens",
        "global_attn_indexes": ", ".join(global_blocks) or "()",
    }


def argument_tensors(trace: Trace) -> dict[str, str]:
    """A tensor whose shape each argument decides, by its name and shape in this encoder; "" where there is none."""
    encoder, depth = trace.encoder, trace.depth
    parameters = dict(encoder.named_parameters())
    windowed = [index for index, block in enumerate(encoder.blocks) if block.window_size]
    global_blocks = [index for index, block in enumerate(encoder.blocks) if not block.window_size]

    def shape(name: str) -> str:
        return f"{name} {_times(parameters[name])}" if name in parameters else ""

    windows = ""
    if windowed:
        tokens = torch.empty(1, *trace.stream[0].shape, device="meta")
        cut, _ = window_partition(tokens, encoder.blocks[windowed[0]].window_size)
        windows = f"window_partition → {_times(cut)}"
    table = shape("pos_embed") or (shape(f"blocks.{global_blocks[0]}.attn.rel_pos_h") if global_blocks else "")
    return {
        "img_size": table,
        "patch_size": shape("patch_embed.proj.weight"),
        "in_chans": shape("patch_embed.proj.weight"),
        "embed_dim": f"blocks.0.input {_times(trace.stream[0])}",
        "depth": f"blocks.0 … blocks.{depth - 1}",
        "num_heads": f"blocks.0.attn.q {_times(trace.q[0])}",
        "mlp_ratio": shape("blocks.0.mlp.lin1.weight"),
        "out_chans": shape("neck.0.weight"),
        "qkv_bias": shape("blocks.0.attn.qkv.bias"),
        "norm_layer": shape("blocks.0.norm1.weight"),
        "act_layer": "blocks.0.mlp.act",
        "use_abs_pos": shape("pos_embed"),
        "use_rel_pos": shape("blocks.0.attn.rel_pos_h"),
        "rel_pos_zero_init": shape("blocks.0.attn.rel_pos_h"),
        "window_size": windows,
        "global_attn_indexes": shape(f"blocks.{global_blocks[0]}.attn.rel_pos_h") if global_blocks else "",
    }


def _times(tensor: Tensor) -> str:
    """A shape as a person reads it."""
    return "×".join(map(str, tensor.shape))


def _derived(trace: Trace, lang: str) -> tuple[Number, ...]:
    """Sizes that nobody passes: they follow from the arguments."""
    rows, cols = trace.grid
    heads, _, _, head_dim = trace.q[0].shape
    patch = trace.patch_size
    return (
        Number(text(lang, "panel.arguments.grid_rows", img=rows * patch, patch=patch), float(rows)),
        Number(text(lang, "panel.arguments.tokens", rows=rows, cols=cols), float(rows * cols)),
        Number(text(lang, "panel.arguments.head_dim", dim=heads * head_dim, heads=heads), float(head_dim)),
        Number(text(lang, "panel.arguments.mlp_dim"), float(trace.encoder.blocks[0].mlp.lin1.out_features)),
    )


def size_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The named sizes and this encoder: where their global blocks are, their widths, and what holds the parameters."""
    lang, own = selection.lang, trace.encoder
    models = {name: _on_meta(config) for name, config in CONFIGS.items()}
    name = text(lang, "panel.sizes.this") if own.config is None else own.config.name
    models[name] = own  # its parameters are counted, not those of the size it is named after
    marked = (list(models).index(name),)
    parts = {model: parameters_by_part(encoder) for model, encoder in models.items()}
    widths, shares = [], []
    for model, encoder in models.items():
        block, total = encoder.blocks[0], sum(parts[model].values())
        widths.append(
            (
                model,
                str(encoder.patch_embed.proj.out_channels),
                str(len(encoder.blocks)),
                str(block.attn.num_heads),
                str(encoder.patch_embed.proj.out_channels // block.attn.num_heads),
                str(block.mlp.lin1.out_features),
                grouped(total),
            )
        )
        shares.append((model, *(f"{count / total:.1%}" for count in parts[model].values())))
    columns = ("embed_dim", "depth", "num_heads", "head_dim", "mlp_dim", text(lang, "panel.sizes.parameters"))
    part_names = tuple(text(lang, f"panel.sizes.part.{part}") for part in PARTS)
    model = text(lang, "panel.sizes.model")
    return [
        _kinds_of_blocks(models, lang),
        Table(text(lang, "panel.sizes.table"), (model, *columns), tuple(widths), marked),
        Table(text(lang, "panel.sizes.shares"), (model, *part_names), tuple(shares), marked),
    ]


@cache
def _on_meta(config: EncoderConfig) -> ImageEncoderViT:
    """An encoder whose tensors have shapes but no memory: ViT-H would need 2.5 GB."""
    with torch.device("meta"):
        return build_encoder(config)


def parameters_by_part(encoder: ImageEncoderViT) -> dict[str, int]:
    """How many numbers each part holds, counted from the tensors' shapes; together all there are."""
    counts = dict.fromkeys(PARTS, 0)
    for name, parameter in encoder.named_parameters():
        local = name.split(".", 2)[2] if name.startswith("blocks.") else name
        part = next(part for part, starts in PARTS.items() if local.startswith(starts))
        counts[part] += parameter.numel()
    return counts


def _kinds_of_blocks(models: dict[str, ImageEncoderViT], lang: str) -> Curves:
    """A dot for each block of each size, windowed or global by colour."""
    dots: dict[str, list[tuple[int, int]]] = {"windowed": [], "global": []}
    for line, encoder in enumerate(models.values()):
        for index, block in enumerate(encoder.blocks):
            dots["windowed" if block.window_size else "global"].append((index, line))
    curves = []
    for kind, places in dots.items():
        blocks, models_at = np.array(places, np.float32).reshape(-1, 2).T
        curves.append(Curve(text(lang, f"panel.sizes.{kind}"), blocks, models_at, role=kind))
    return Curves(
        text(lang, "panel.sizes.blocks"),
        tuple(curves),
        x_label=text(lang, "panel.sizes.block"),
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
)
SIZES = View(
    id="sizes",
    stage="config",
    panels=size_panels,
    source=(EncoderConfig, build_encoder),
    tensors=("image", "neck.3"),
    uses=frozenset(),
    live=False,
)
VIEWS = (ARGUMENTS, SIZES)
