"""Relative position: the learned tables, how get_rel_pos reads and stretches them, and where they are used."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from samvit.attention import AttentionRow, row_biases, span_of
from samvit.encoder import Block
from samvit.rel_pos import decomposed_rel_pos, get_rel_pos, relative_coords, resize_rel_pos
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Matrix, Number, Numbers, Panel, Scale, Table
from viz.selection import Selection
from viz.texts import text
from viz.views.scales import signed_scale
from viz.views.scores import moved_share, term_maps, weights_from_terms
from viz.views.view import View

LONGEST = 256  # tokens of a grid side that tables are stretched to: 4096 px at 16 px a patch
BY_HAND = 3  # tokens on a side in the worked example
BY_HAND_UNEQUAL = (4, 2)  # queries and keys where they differ


def rel_pos_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Both tables, the pinned query's rel_h and rel_w in one head, and their sum over the photo."""
    lang = selection.lang
    attn = trace.encoder.blocks[selection.focus.block].attn
    if not attn.use_rel_pos:
        return no_rel_pos_panels(lang)
    row = trace.attention(selection.focus.block, selection.focus.query)
    _, rel_h, rel_w = term_maps(row, selection.focus.head)
    bias = (rel_h + rel_w).numpy()[None]
    tables = [table.detach().numpy() for table in (attn.rel_pos_h, attn.rel_pos_w)]
    scale = signed_scale(np.concatenate(tables), text(lang, "unit.table"), text(lang, "scale.shared"))
    return [
        Maps(
            text(lang, "panel.rel_pos.sum", head=selection.focus.head),
            bias,
            (signed_scale(bias, text(lang, "unit.score")),),
            labels=("rel_h + rel_w",),
        ),
        bias_curves(row, selection, text(lang, "panel.rel_pos.curves", head=selection.focus.head)),
        *(
            Matrix(
                f"{name} {table.shape[0]}×{table.shape[1]}",
                table,
                scale,
                text(lang, "axis.distance"),
                text(lang, "axis.head_dim"),
                row_mark=(len(table) - 1) // 2,
            )
            for name, table in zip(("rel_pos_h", "rel_pos_w"), tables, strict=True)
        ),
    ]


def bias_curves(row: AttentionRow, selection: Selection, title: str) -> Curves:
    """The pinned query's rel_h over key rows and rel_w over key columns; NaN outside its window."""
    lang = selection.lang
    curves = (
        Curve(text(lang, key), np.arange(bias.shape[1], dtype=np.float32), bias[selection.focus.head].numpy())
        for key, bias in (("label.rel_h", row.rel_h), ("label.rel_w", row.rel_w))
    )
    marks = (
        (selection.focus.query[0], text(lang, "label.query_row")),
        (selection.focus.query[1], text(lang, "label.query_col")),
    )
    return Curves(title, tuple(curves), text(lang, "axis.key_row_or_col"), text(lang, "unit.score"), marks)


def no_rel_pos_panels(lang: str) -> list[Panel]:
    """What stands for relative position where the encoder has none."""
    return [
        Numbers(text(lang, "panel.rel_pos.none"), (Number("use_rel_pos", 0),), text(lang, "error.no_rel_pos")),
    ]


def get_rel_pos_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The table, which of its rows each pair reads, what the pinned query gathers; and the same by hand."""
    lang, attn = selection.lang, trace.encoder.blocks[selection.focus.block].attn
    if not attn.use_rel_pos:
        return no_rel_pos_panels(lang)
    span = span_of(selection.focus.query, trace.grid, trace.encoder.blocks[selection.focus.block].window_size)
    side, place = span.size[0], selection.focus.query[0] - span.row
    with torch.no_grad():
        learned = attn.rel_pos_h.detach()
        table = resize_rel_pos(learned, 2 * side - 1).numpy()
        gathered = get_rel_pos(side, side, learned)[place].numpy()
    title = "panel.get_rel_pos.table" if len(table) == len(learned) else "panel.get_rel_pos.stretched"
    entries = signed_scale(table, text(lang, "unit.table"), text(lang, "scale.shared"))
    unequal = relative_coords(*BY_HAND_UNEQUAL)
    return [
        Matrix(
            text(lang, title, rows=len(table), side=side, learned=len(learned)),
            table,
            entries,
            text(lang, "axis.distance"),
            text(lang, "axis.head_dim"),
            row_mark=side - 1,
        ),
        _indexes(lang, text(lang, "panel.get_rel_pos.index", side=side), side, side, row_mark=place),
        Matrix(
            text(lang, "panel.get_rel_pos.gather", row=place, side=side),
            gathered,
            entries,
            text(lang, "axis.get_rel_pos.key_row"),
            text(lang, "axis.head_dim"),
            row_mark=place,
        ),
        _indexes(
            lang,
            text(lang, "panel.get_rel_pos.small", side=BY_HAND, rows=2 * BY_HAND - 1),
            BY_HAND,
            BY_HAND,
        ),
        _indexes(
            lang,
            text(
                lang,
                "panel.get_rel_pos.unequal",
                q=BY_HAND_UNEQUAL[0],
                k=BY_HAND_UNEQUAL[1],
                stretch=unequal.shape[0] / unequal.shape[1],
            ),
            *BY_HAND_UNEQUAL,
        ),
    ]


def _indexes(lang: str, title: str, q_size: int, k_size: int, row_mark: int | None = None) -> Matrix:
    """Which table row each query–key pair reads; written out where there are few."""
    coords = relative_coords(q_size, k_size).numpy().astype(np.float32)
    return Matrix(
        title,
        coords,
        Scale("sequential", 0, max(2 * max(q_size, k_size) - 2, 1), text(lang, "axis.get_rel_pos.table_row")),
        text(lang, "axis.get_rel_pos.query_row"),
        text(lang, "axis.get_rel_pos.key_row"),
        row_mark=row_mark,
        numbers=coords.size <= 16,
    )


def rel_pos_resize_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The block's tables stretched to another grid side: read by the pinned query, and as heat maps."""
    lang, block = selection.lang, trace.encoder.blocks[selection.focus.block]
    attn = block.attn
    if not attn.use_rel_pos:
        return no_rel_pos_panels(lang)
    if not 0 <= selection.look.length <= LONGEST:
        raise ValueError(f"length must be in 0..{LONGEST}, got {selection.look.length}")
    own = span_of(selection.focus.query, trace.grid, block.window_size).size
    shown = (selection.look.length, selection.look.length) if selection.look.length else own
    learned = (attn.rel_pos_h.detach(), attn.rel_pos_w.detach())
    with torch.no_grad():
        stretched = [resize_rel_pos(table, 2 * side - 1) for table, side in zip(learned, shown, strict=True)]
    scale = signed_scale(learned[0].numpy(), text(lang, "unit.table"), text(lang, "scale.shared"))
    titles = (
        text(lang, "panel.rel_pos_resize.before", rows=len(learned[0]), side=(len(learned[0]) + 1) // 2),
        text(lang, "panel.rel_pos_resize.after", rows=len(stretched[0]), side=shown[0]),
    )
    axes = text(lang, "axis.distance"), text(lang, "axis.head_dim")
    return [
        *(_read_by_query(trace, selection, *tables) for tables in zip("hw", learned, stretched, strict=True)),
        *(
            Matrix(title, table.numpy(), scale, *axes, row_mark=(len(table) - 1) // 2)
            for title, table in zip(titles, (learned[0], stretched[0]), strict=True)
        ),
        _verdict(lang, learned, own, shown),
    ]


def _read_by_query(trace: Trace, selection: Selection, axis: str, learned: Tensor, stretched: Tensor) -> Curves:
    """The pinned query times every row of a table, before and after stretching; once if the two are the same."""
    lang, query = selection.lang, trace.q[selection.focus.block][selection.focus.head][selection.focus.query]
    tables = [("label.rel_pos_resize.before", learned)]
    if len(stretched) != len(learned):
        tables.append(("label.rel_pos_resize.after", stretched))
    with torch.no_grad():
        curves = tuple(
            Curve(text(lang, label), learned_distances(len(table), len(learned)), (table @ query).numpy())
            for label, table in tables
        )
    title = text(lang, f"panel.rel_pos_resize.curve_{axis}", head=selection.focus.head)
    return Curves(title, curves, text(lang, "axis.rel_pos_resize.distance"), text(lang, "unit.score"), points=True)


def learned_distances(rows: int, learned_rows: int) -> Float[np.ndarray, " rows"]:
    """Where the rows of a stretched table lie among the learned ones: distances in the learned table's steps.

    Source: torch.nn.functional.interpolate, mode="linear", align_corners=False; beyond the ends the end's row is taken.
    """
    places = (np.arange(rows, dtype=np.float32) + 0.5) * (learned_rows / rows) - 0.5
    return np.clip(places, 0, learned_rows - 1) - np.float32((learned_rows - 1) / 2)


def _verdict(lang: str, learned: tuple[Tensor, Tensor], own: tuple[int, int], shown: tuple[int, int]) -> Numbers:
    """Whether what is shown is what the block does on this image."""
    if shown != own:
        note = text(lang, "note.rel_pos_resize.what_if", side=own[0])
    elif all(len(table) == 2 * side - 1 for table, side in zip(learned, own, strict=True)):
        note = text(lang, "note.rel_pos_resize.fits")
    else:
        note = text(lang, "note.rel_pos_resize.stretched")
    sides = (("learned", (len(learned[0]) + 1) // 2), ("own", own[0]), ("shown", shown[0]))
    return Numbers(
        text(lang, "panel.rel_pos_resize.verdict"),
        tuple(Number(text(lang, f"label.rel_pos_resize.{name}"), side) for name, side in sides),
        note,
    )


def rel_pos_blocks_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Every block's kind, span and tables, and how far the bias spreads the pinned query's scores in each."""
    lang, blocks = selection.lang, trace.encoder.blocks
    if not blocks[0].attn.use_rel_pos:
        return no_rel_pos_panels(lang)
    content, bias, moved, rows = [], [], [], []
    for index, block in enumerate(blocks):
        row = trace.attention(index, selection.focus.query)
        inside = row.content[:, *row.span.slices].flatten(1)
        both = (row.scores - row.content)[:, *row.span.slices].flatten(1)
        content.append(float(inside.std(1, correction=0).mean()))
        bias.append(float(both.std(1, correction=0).mean()))
        moved.append(float(moved_share(row, weights_from_terms(trace, index, row, "c")).mean()))
        tables = len(block.attn.rel_pos_h), len(block.attn.rel_pos_w)
        rows.append(
            (
                str(index),
                text(lang, "label.rel_pos_blocks.windowed" if block.window_size else "label.rel_pos_blocks.global"),
                "{}×{}".format(*row.span.size),
                "{}\u00a0+\u00a0{}".format(*tables),
                f"{content[-1]:.2f}",
                f"{bias[-1]:.2f}",
                f"{moved[-1]:.0%}",
            )
        )
    columns = ("block", "kind", "span", "rows", "content", "bias", "moved")
    return [
        _spreads(lang, [block.window_size > 0 for block in blocks], bias),
        Table(
            text(lang, "panel.rel_pos_blocks.table"),
            tuple(text(lang, f"column.rel_pos_blocks.{name}") for name in columns),
            tuple(rows),
            marked=(selection.focus.block,),
        ),
    ]


def _spreads(lang: str, windowed: list[bool], spreads: list[float]) -> Curves:
    """Dots over the blocks: how far the bias spreads the scores, by kind of block."""
    blocks, curves = np.arange(len(spreads), dtype=np.float32), []
    for kind, of_kind in (("windowed", np.array(windowed)), ("global", ~np.array(windowed))):
        if of_kind.any():
            label = text(lang, "label.rel_pos_blocks.bias", kind=text(lang, f"label.rel_pos_blocks.{kind}"))
            curves.append(Curve(label, blocks[of_kind], np.array(spreads, np.float32)[of_kind], role=kind))
    axes = text(lang, "axis.rel_pos_blocks.block"), text(lang, "axis.rel_pos_blocks.spread")
    return Curves(text(lang, "panel.rel_pos_blocks.spread"), tuple(curves), *axes, points=True)


REL_POS = View(
    id="rel_pos",
    stage="scores",
    panels=rel_pos_panels,
    source=(get_rel_pos, decomposed_rel_pos),
    tensors=("blocks.{block}.attn.q",),
    uses=frozenset({"block", "head", "query", "overlay"}),
)
GET_REL_POS = View(
    id="get_rel_pos",
    stage="scores",
    panels=get_rel_pos_panels,
    source=(get_rel_pos, relative_coords),
    tensors=("blocks.{block}.attn.q",),
    uses=frozenset({"block", "query"}),
)
REL_POS_RESIZE = View(
    id="rel_pos_resize",
    stage="scores",
    panels=rel_pos_resize_panels,
    source=(resize_rel_pos,),
    tensors=("blocks.{block}.attn.q",),
    uses=frozenset({"block", "head", "query", "length"}),
)
REL_POS_BLOCKS = View(
    id="rel_pos_blocks",
    stage="scores",
    panels=rel_pos_blocks_panels,
    source=(Block, row_biases),
    tensors=("blocks.{block}.attn.q", "blocks.{block}.attn.k"),
    uses=frozenset({"block", "query"}),
    live=False,
)
VIEWS = (REL_POS, GET_REL_POS, REL_POS_RESIZE, REL_POS_BLOCKS)
