"""Padding's share: how much of every query's attention weight goes to tokens that hold no photo."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from samvit.attention import padding_shares, value_bias
from samvit.encoder import Attention
from samvit.tracing import Trace
from samvit.windows import window_partition, window_unpartition
from viz.panel import Maps, Number, Numbers, Panel, Scale, Table
from viz.selection import Selection
from viz.texts import text
from viz.views.view import View


@dataclass(frozen=True, eq=False)
class Share:
    """One kind of padding (`window` or `image`).

    Attributes:
        weight: Weight that each query gives to it, by head; NaN for queries that can't see any.
        keys: Share of each query's keys that it makes up: what even weights would give.
    """

    kind: str
    weight: Float[Tensor, "heads grid_h grid_w"]
    keys: Float[Tensor, "grid_h grid_w"]


def padding_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Maps of the weight that goes to window and to image padding, and by head the numbers beside even weights."""
    lang = selection.lang
    shares = [share for share in padding_of(trace, selection.focus.block) if bool((share.keys > 0).any())]
    if not shares:
        return [Numbers(text(lang, "panel.padding.none"), (), text(lang, "panel.padding.none_note"))]
    return [
        *(_maps(trace, selection, share) for share in shares),
        _head_table(trace, selection, shares),
        _counts(trace, selection, shares),
    ]


# Of each trace the block in view. A global block takes as long as its attention did; the shares themselves are small.
_in_view: WeakKeyDictionary[Trace, tuple[int, tuple[Tensor, Tensor]]] = WeakKeyDictionary()


def padding_of(trace: Trace, block: int) -> tuple[Share, Share]:
    """What each query gives to window padding and to image padding in one block."""
    keys = padding_keys(trace, trace.encoder.blocks[block].window_size)
    known = _in_view.get(trace)
    if not any(bool(key.any()) for key in keys):  # nobody sees any: nothing to compute
        known = (block, (trace.q[block].new_zeros(len(trace.q[block]), *trace.grid),) * 2)
    elif known is None or known[0] != block:
        shares = padding_shares(trace.encoder.blocks[block], trace.stream[block], trace.image_padding())
        known = _in_view[trace] = (block, shares)
    window, image = (
        Share(kind, weight.where(key > 0, torch.nan), key)
        for kind, weight, key in zip(("window", "image"), known[1], keys, strict=True)
    )
    return window, image


def padding_keys(trace: Trace, window: int) -> tuple[Float[Tensor, "grid_h grid_w"], Float[Tensor, "grid_h grid_w"]]:
    """For every query the share of its keys that are window padding, and that are image padding."""
    image = trace.image_padding().float()
    if window == 0:
        return torch.zeros(trace.grid), image.mean().expand(trace.grid)
    kinds = torch.stack([torch.ones(trace.grid), image], -1)[None]  # is a patch, is image padding
    windows, padded = window_partition(kinds, window)
    of_windows = windows.mean((1, 2), keepdim=True).expand_as(windows).contiguous()
    patches, image = window_unpartition(of_windows, window, padded, trace.grid)[0].unbind(-1)
    return (1 - patches).where(patches < 1, 0.0), image


def _maps(trace: Trace, selection: Selection, share: Share) -> Maps:
    """One kind's share of the weight, a map for each head or for their mean or maximum, on one scale."""
    lang, values = selection.lang, share.weight.numpy()
    labels = tuple(text(lang, "label.head", head=head) for head in range(len(values)))
    chosen: int | None = selection.focus.head
    if selection.look.heads == "one":
        values, labels, chosen = values[[selection.focus.head]], (labels[selection.focus.head],), None
    elif selection.look.heads in {"mean", "max"}:
        pooled = np.mean if selection.look.heads == "mean" else np.max
        values, labels, chosen = (
            pooled(values, axis=0, keepdims=True),
            (text(lang, f"label.{selection.look.heads}"),),
            None,
        )
    rows, cols = trace.photo_grid
    photo = values[:, :rows, :cols]
    top = float(np.nanmax(photo)) if np.isfinite(photo).any() else 0.0
    return Maps(
        text(lang, f"panel.padding.{share.kind}"),
        values,
        (Scale("sequential", 0.0, top if top > 0 else 1.0, text(lang, "unit.padding"), text(lang, "scale.shared")),),
        labels,
        notes=tuple(
            text(
                lang,
                "note.padding.shares",
                pinned=_percent(float(one[selection.focus.query])),
                mean=_percent(_mean(one_photo)),
            )
            for one, one_photo in zip(values, photo, strict=True)
        ),
        picks="head" if selection.look.heads == "all" else "",
        chosen=chosen,
    )


def _head_table(trace: Trace, selection: Selection, shares: list[Share]) -> Table:
    """By head: what the pinned patch and the photo's patches on average give away; last, what even weights would."""
    lang, (rows, cols) = selection.lang, trace.photo_grid
    columns, cells = [text(lang, "label.padding.head")], []
    for share in shares:
        columns += [text(lang, f"label.padding.{share.kind}_{which}") for which in ("pinned", "mean")]
        sees = share.keys > 0
        by_head = [*share.weight, share.keys.where(sees, torch.nan)]
        cells.append([(float(one[selection.focus.query]), _mean(one[:rows, :cols].numpy())) for one in by_head])
    names = [str(head) for head in range(len(cells[0]) - 1)] + [text(lang, "label.padding.even")]
    return Table(
        text(lang, "panel.padding.table"),
        tuple(columns),
        tuple(
            (name, *(_percent(value) for kind in cells for value in kind[index])) for index, name in enumerate(names)
        ),
        marked=(selection.focus.head, len(names) - 1),
    )


def _counts(trace: Trace, selection: Selection, shares: list[Share]) -> Numbers:
    """How many of the grid's queries see padding, and how long window padding's value is."""
    lang = selection.lang
    numbers = [
        Number(text(lang, f"label.padding.{share.kind}_queries"), float((share.keys > 0).sum())) for share in shares
    ]
    numbers.insert(0, Number(text(lang, "label.padding.queries"), float(trace.grid[0] * trace.grid[1])))
    if shares[0].kind == "window":
        value = value_bias(trace.encoder.blocks[selection.focus.block].attn)[selection.focus.head]
        lengths = trace[f"blocks.{selection.focus.block}.attn.v"][selection.focus.head].norm(dim=-1)
        numbers += [
            Number(text(lang, "label.padding.value", head=selection.focus.head), float(value.norm())),
            Number(text(lang, "label.padding.values", head=selection.focus.head), float(lengths.mean())),
        ]
    return Numbers(text(lang, "panel.padding.counts"), tuple(numbers), text(lang, "panel.padding.counts_note"))


def _mean(values: np.ndarray) -> float:
    """The mean over the queries that see any; NaN where none does."""
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if finite.size else float("nan")


def _percent(value: float) -> str:
    """A share as a person reads it; a dash where there is no padding to look at."""
    return f"{value:.1%}" if np.isfinite(value) else "–"


PADDING = View(
    id="padding",
    stage="softmax",
    panels=padding_panels,
    source=(padding_shares, Attention.fused_attention, window_partition),
    tensors=("blocks.{block}.attn.q", "blocks.{block}.attn.k"),
    uses=frozenset({"block", "head", "heads", "query", "overlay"}),
    live=False,
)
VIEWS = (PADDING,)
