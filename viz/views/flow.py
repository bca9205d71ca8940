"""One patch through one block, step by step, on its own numbers: from its pixels to what the block hands on."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from samvit.attention import span_of
from samvit.config import COLOURS
from samvit.encoder import Attention, Block
from samvit.masked import masks_padding
from samvit.measures.flow import MetKeys, flow_vectors, met_keys
from samvit.measures.norm import norm_steps
from samvit.measures.patches import patch_product
from samvit.measures.photo import patch_levels, patch_pixels, patch_values
from samvit.measures.qkv import token_qkv
from samvit.measures.windows import place_in_windows
from samvit.tracing import Trace
from viz.panel import Maps, Matrix, Number, Numbers, Panel, Picture, Scale, Table
from viz.selection import FLOW_STEPS, Selection
from viz.views.pictures import channel_names
from viz.views.scales import signed_scale, weight_scales
from viz.views.view import View
from viz.words import Words, number, say, symbol

Made = Callable[[Trace, Selection], list[Panel]]


def flow_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The panels of the selected step."""
    return STEPS[FLOW_STEPS[selection.look.step]](trace, selection)


def step_title(name: str) -> Words:
    """A step's name with its number, from 1 as a person counts."""
    return say("panel.flow.step", step=FLOW_STEPS.index(name) + 1, name=say(f"flow.{name}"))


def as_rows(trace: Trace, vector: Tensor) -> np.ndarray:
    """A vector as rows as wide as a head, so that it is seen as attention will cut it."""
    return vector.reshape(-1, vector.numel() // rows_of(trace, vector)).numpy()


def rows_of(trace: Trace, vector: Tensor) -> int:
    """How many rows a vector is drawn in: one for each head, or a multiple of that."""
    dim = trace.stream[0].shape[-1]
    return trace.heads * (vector.numel() // dim)


def vectors(trace: Trace, *named: tuple[Words, Tensor]) -> list[Panel]:
    """Vectors on one scale, each as rows as wide as a head."""
    scale = signed_scale(torch.cat([vector for _, vector in named]).numpy(), say("unit.flow.entry"))
    return [
        Matrix(title, as_rows(trace, vector), scale, say("axis.flow.row"), say("axis.flow.entry"))
        for title, vector in named
    ]


def numbers(name: str, *given: tuple[Words, float], **values: object) -> Numbers:
    """A step's numbers, put into its formula, the last one being the result; and the step in a sentence."""
    roles = [""] * (len(given) - 1) + ["result"]
    made = tuple(Number(label, value, role=role) for (label, value), role in zip(given, roles, strict=True))
    return Numbers(say("panel.flow.numbers"), made, say(f"note.flow.{name}", **values))


def one_vector(name: str, step: str, *before: str) -> Made:
    """A step that shows vectors of `flow_vectors`: those before a sum, and what it gives; entry 0 in numbers."""

    def panels(trace: Trace, selection: Selection) -> list[Panel]:
        found = flow_vectors(trace, selection.focus.block, selection.focus.query)
        named = [(say(f"label.flow.{one}"), found[one]) for one in before]
        entries = [(say("label.flow.entry", of=say(f"label.flow.{one}")), float(found[one][0])) for one in before]
        entries.append((say("label.flow.entry", of=say(f"label.flow.{step}")), float(found[step][0])))
        note = numbers(name, *entries, block=selection.focus.block, count=found[step].numel())
        return [*vectors(trace, (step_title(name), found[step]), *named), note]

    return panels


def pixels(trace: Trace, selection: Selection) -> list[Panel]:
    """The patch as a person sees it."""
    query = selection.focus.query
    patch, levels = patch_pixels(trace, query).numpy(), patch_levels(trace, query).numpy()
    side, _, count = levels.shape
    named = zip(channel_names(count), levels[side // 2, side // 2].tolist(), strict=True)
    middle = tuple((name, float(level)) for name, level in named)
    said = "pixels" if count == COLOURS else "levels"
    return [Picture(step_title("pixels"), patch), numbers(said, *middle, side=side, channels=count)]


def values(trace: Trace, selection: Selection) -> list[Panel]:
    """What the encoder gets of the patch: its channels side by side."""
    given = patch_values(trace, selection.focus.query)
    laid = given.permute(1, 0, 2).flatten(1).numpy()  # (patch, in_chans · patch)
    shown = Matrix(
        step_title("values"),
        laid,
        signed_scale(laid, say("panel.patch_product.value")),
        say("panel.patch_product.row"),
        say("panel.patch_product.col"),
    )
    return [shown, numbers("values", (say("label.flow.first"), float(given[0, 0, 0])), count=given.numel())]


def token(trace: Trace, selection: Selection) -> list[Panel]:
    """The patch embedding's product, entry 0 in numbers."""
    both = patch_product(trace, selection.focus.query)
    given = (
        (say("label.flow.product"), float(both.product[0])),
        (say("label.flow.bias"), float(both.bias[0])),
        (say("label.flow.entry", of=say("label.flow.token")), float(both.by_convolution[0])),
    )
    shown = vectors(trace, (step_title("token"), both.by_convolution))
    return [*shown, numbers("token", *given, values=both.values.numel(), dim=len(both.product))]


def norm(name: str, before: str, after: str) -> Made:
    """A LayerNorm, entry 0 in numbers."""

    def panels(trace: Trace, selection: Selection) -> list[Panel]:
        block = selection.focus.block
        found = flow_vectors(trace, block, selection.focus.query)
        layer = getattr(trace.encoder.blocks[block], after)
        assert isinstance(layer, nn.LayerNorm)
        steps = norm_steps(layer, found[before])
        given = (
            (say("label.flow.entry", of=say(f"label.flow.{before}")), float(found[before][0])),
            (say("label.flow.mean"), float(steps.mean)),
            (say("label.flow.spread"), float((steps.variance + layer.eps).sqrt())),
            (say("label.flow.scale"), float(steps.weight[0])),
            (say("label.flow.shift"), float(steps.bias[0])),
            (say("label.flow.entry", of=symbol(after)), float(found[after][0])),
        )
        return [*vectors(trace, (step_title(name), found[after])), numbers(name, *given, block=block)]

    return panels


def window(trace: Trace, selection: Selection) -> list[Panel]:
    """Which keys the patch will meet, and its place in the batch of windows."""
    block, query, side = selection.focus.block, selection.focus.query, trace.windows[selection.focus.block]
    row = trace.attention(block, query)
    seen = row.weights[:1] * 0 + 1  # NaN stays NaN
    scale = Scale("categorical", 0.0, 1.0, categories=(say("label.flow.unseen"), say("label.flow.seen")))
    where = Maps(step_title("window"), seen.numpy(), (scale,), (say("label.block", block=block),))
    if side is None:
        keys = (say("label.flow.keys"), float(trace.grid[0] * trace.grid[1]))
        return [where, numbers("no_window", keys, block=block)]
    place, padding = place_in_windows(query, trace.grid, side), span_of(query, trace.grid, side).padding_tokens
    given = (
        (say("label.flow.window_index"), float(place.index)),
        (say("label.flow.window_row"), float(place.row)),
        (say("label.flow.window_col"), float(place.col)),
        (say("label.windows.padding_tokens"), float(padding)),
        (say("label.flow.keys"), float(row.span.size[0] * row.span.size[1])),
    )
    holding = "window_masked" if masks_padding(trace.encoder.blocks[block]) else "window"
    note = holding if padding else "window_whole"
    return [where, numbers(note, *given, side=side, padding=padding)]


def qkv(trace: Trace, selection: Selection) -> list[Panel]:
    """The token's three vectors, cut into heads."""
    parts = token_qkv(trace, selection.focus.block, selection.focus.query)
    scale, (_, heads, head_dim) = signed_scale(parts.numpy(), say("unit.qkv")), parts.shape
    axes, mark = (say("axis.qkv.head"), say("axis.head_dim")), selection.focus.head
    shown: list[Panel] = [
        Matrix(say(key, heads=heads, head_dim=head_dim), part.numpy(), scale, *axes, row_mark=mark)
        for key, part in zip(("panel.qkv.q", "panel.qkv.k", "panel.qkv.v"), parts, strict=True)
    ]
    lengths = zip(("|q|", "|k|", "|v|"), parts[:, mark].norm(dim=-1).tolist(), strict=True)
    given = tuple((symbol(name), length) for name, length in lengths)
    return [*shown, numbers("qkv", *given, head=mark, count=parts.numel())]


def met(trace: Trace, selection: Selection) -> MetKeys:
    """The keys that are shown: the pinned one and the strongest."""
    focus = selection.focus
    return met_keys(trace, focus.block, focus.head, focus.query, focus.key)


def scores(trace: Trace, selection: Selection) -> list[Panel]:
    """The sum behind each score of a few keys; the first one's put into the formula."""
    keys, head = met(trace, selection), selection.focus.head
    columns = (keys.content, keys.rel_h, keys.rel_w, keys.scores)
    head_dim = trace.q[0].shape[-1]
    names = (
        say("label.pair.content", head_dim=head_dim),
        symbol("+ rel_h"),
        symbol("+ rel_w"),
        say("label.pair.score"),
    )
    given = tuple((name, float(column[0])) for name, column in zip(names, columns, strict=True))
    shown = _key_table("scores", keys, names, columns)
    return [shown, numbers("scores", *given, key=keys.patches[0], head=head), _weight_map(trace, selection)]


def softmax(trace: Trace, selection: Selection) -> list[Panel]:
    """From the scores of a few keys to their weights; the first one's put into the formula."""
    keys = met(trace, selection)
    names = (say("label.pair.score"), say("label.pair.exp"), say("label.flow.weight"))
    shown = _key_table("softmax", keys, names, (keys.scores, keys.exps, keys.weights), percent=True)
    given = (
        (say("label.pair.highest"), keys.highest),
        (say("label.pair.exp"), float(keys.exps[0])),
        (say("label.pair.denominator"), keys.denominator),
        (say("label.pair.weight"), float(keys.weights[0])),
    )
    note = numbers("softmax", *given, key=keys.patches[0], shown=len(keys.patches), share=float(keys.weights.sum()))
    return [shown, note, _weight_map(trace, selection)]


def _key_table(
    name: str, keys: MetKeys, names: tuple[Words, ...], columns: tuple[Tensor, ...], percent: bool = False
) -> Table:
    """One row a key; the last column in percent where it is a weight."""
    forms = ["number"] * (len(columns) - 1) + ["percent" if percent else "number"]
    rows = tuple(
        (
            say("label.flow.key", key=patch),
            *(number(float(column[index]), form) for column, form in zip(columns, forms, strict=True)),
        )
        for index, patch in enumerate(keys.patches)
    )
    return Table(step_title(name), (say("axis.flow.key"), *names), rows, marked=(0,))


def _weight_map(trace: Trace, selection: Selection) -> Maps:
    """Where all the keys lie, by their weights."""
    focus = selection.focus
    weights = trace.attention(focus.block, focus.query).weights[focus.head][None].numpy()
    scales = weight_scales(weights, selection.changed(scale="linear"))
    return Maps(say("panel.flow.weights"), weights, scales, (say("label.head", head=focus.head),))


def mixed(trace: Trace, selection: Selection) -> list[Panel]:
    """What a few keys bring, what all others bring, and the sum: one head's output."""
    keys, head = met(trace, selection), selection.focus.head
    total = keys.weighted.sum(0) + keys.rest
    rows = torch.cat([keys.weighted, keys.rest[None], total[None]]).numpy()
    shown = Matrix(
        step_title("mixed"),
        rows,
        signed_scale(rows, say("unit.values.entry")),
        say("axis.flow.brings"),
        say("axis.head_dim"),
        row_mark=len(rows) - 1,
    )
    given = (
        *(
            (say("label.flow.key", key=patch), float(part[0]))
            for patch, part in zip(keys.patches, keys.weighted, strict=True)
        ),
        (say("label.flow.rest"), float(keys.rest[0])),
        (say("label.flow.sum"), float(total[0])),
    )
    return [shown, numbers("mixed", *given, head=head, shown=len(keys.patches))]


STEPS: dict[str, Made] = {
    "pixels": pixels,
    "values": values,
    "token": token,
    "input": one_vector("input", "input", "token", "position"),
    "norm1": norm("norm1", "input", "norm1"),
    "window": window,
    "qkv": qkv,
    "scores": scores,
    "softmax": softmax,
    "mixed": mixed,
    "joined": one_vector("joined", "joined"),
    "proj": one_vector("proj", "attn"),
    "add_attn": one_vector("add_attn", "residual", "input", "attn"),
    "norm2": norm("norm2", "residual", "norm2"),
    "lin1": one_vector("lin1", "lin1"),
    "gelu": one_vector("gelu", "act", "lin1"),
    "lin2": one_vector("lin2", "mlp"),
    "add_mlp": one_vector("add_mlp", "output", "residual", "mlp"),
}
assert tuple(STEPS) == FLOW_STEPS

FLOW = View(
    id="flow",
    stage="residual",
    panels=flow_panels,
    source=(Block.forward, Attention.forward),
    tensors=("patch_embed", "blocks.{block}.input", "blocks.{block}.attn", "blocks.{block}"),
    uses=frozenset({"block", "head", "query", "key", "step"}),
    symbols=(("s", "node:scores"), ("v", "node:values"), ("r", "node:add_attn"), ("y", "node:add_mlp")),
)
VIEWS = (FLOW,)
