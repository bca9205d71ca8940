"""Relative position: the learned tables, how get_rel_pos reads and stretches them, and where they are used."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from samvit.attention import row_biases
from samvit.encoder import Block
from samvit.measures.rel_pos import learned_distances, products_with_query, score_spreads, tables_at
from samvit.measures.scores import centred, position_shares, sum_of_terms
from samvit.rel_pos import decomposed_rel_pos, get_rel_pos, relative_coords, resize_rel_pos
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Matrix, Number, Numbers, Panel, Scale, Table
from viz.selection import Selection
from viz.views.scales import bias_curves, centred_scale, dots_by_kind, no_rel_pos_panels, signed_scale, window_sight
from viz.views.view import View
from viz.words import Words, number, say, symbol

BY_HAND = 3  # tokens on a side in the worked example
BY_HAND_UNEQUAL = (4, 2)  # queries and keys where they differ

Tables = tuple[Float[Tensor, "rows_h head_dim"], Float[Tensor, "rows_w head_dim"]]


def learned_tables(trace: Trace, block: int) -> Tables | None:
    """A block's rel_pos_h and rel_pos_w; None where the encoder has none."""
    attn = trace.encoder.blocks[block].attn
    return (attn.rel_pos_h.detach(), attn.rel_pos_w.detach()) if attn.use_rel_pos else None


def rel_pos_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Both tables, the pinned query's rel_h and rel_w in one head, and their sum over the photo."""
    tables, head = learned_tables(trace, selection.focus.block), selection.focus.head
    if tables is None:
        return no_rel_pos_panels()
    row = trace.attention(selection.focus.block, selection.focus.query)
    bias = centred(sum_of_terms(row, "hw")[head], trace.image_padding())[None].numpy()
    scale = signed_scale(torch.cat(tables).numpy(), say("unit.table"), say("scale.shared"))
    return [
        Maps(
            say("panel.rel_pos.sum", head=head),
            bias,
            (centred_scale(trace, bias, say("scale.rel_pos.centred")),),
            labels=(symbol("rel_h + rel_w"),),
            sight=window_sight(trace, row),
            titled=True,
        ),
        bias_curves(row, selection, say("panel.rel_pos.curves", head=head)),
        *(
            _table(say("panel.rel_pos.table", name=name, rows=len(table), head_dim=table.shape[1]), table, scale)
            for name, table in zip(("rel_pos_h", "rel_pos_w"), tables, strict=True)
        ),
    ]


def _table(title: Words, table: Float[Tensor, "rows head_dim"], scale: Scale) -> Matrix:
    """A table as a heat map; the row of distance 0, its middle, is marked."""
    axes = say("axis.distance"), say("axis.head_dim")
    return Matrix(title, table.numpy(), scale, *axes, row_mark=(len(table) - 1) // 2)


def get_rel_pos_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The table, which of its rows each pair reads, what the pinned query gathers; and the same by hand."""
    tables, query = learned_tables(trace, selection.focus.block), selection.focus.query
    if tables is None:
        return no_rel_pos_panels()
    learned, span = tables[0], trace.attention(selection.focus.block, query).span
    side, place = span.window[0], query[0] - span.row
    table, _ = tables_at(tables, span.window)
    if len(table) == len(learned):
        title = say("panel.get_rel_pos.table", rows=len(table), side=side)
    else:
        title = say("panel.get_rel_pos.stretched", rows=len(table), learned=len(learned), side=side)
    entries = signed_scale(table.numpy(), say("unit.table"), say("scale.shared"))
    return [
        _table(title, table, entries),
        _indexes(say("panel.get_rel_pos.index", side=side), side, side, row_mark=place),
        Matrix(
            say("panel.get_rel_pos.gather", row=place, side=side),
            get_rel_pos(side, side, learned)[place].numpy(),
            entries,
            say("axis.get_rel_pos.key_row"),
            say("axis.head_dim"),
            row_mark=place,
        ),
        *_by_hand(),
    ]


def _by_hand() -> tuple[Matrix, Matrix]:
    """Two examples small enough to check in one's head: as many queries as keys, and more queries than keys."""
    queries, keys = BY_HAND_UNEQUAL
    equal = say("panel.get_rel_pos.small", side=BY_HAND, rows=2 * BY_HAND - 1)
    unequal = say("panel.get_rel_pos.unequal", queries=queries, keys=keys, factor=queries / keys)
    return _indexes(equal, BY_HAND, BY_HAND), _indexes(unequal, queries, keys)


def _indexes(title: Words, q_size: int, k_size: int, row_mark: int | None = None) -> Matrix:
    """Which table row each query–key pair reads; written out where there are few."""
    coords = relative_coords(q_size, k_size).numpy().astype(np.float32)
    return Matrix(
        title,
        coords,
        Scale("sequential", 0, max(2 * max(q_size, k_size) - 2, 1), say("axis.get_rel_pos.table_row")),
        say("axis.get_rel_pos.query_row"),
        say("axis.get_rel_pos.key_row"),
        row_mark=row_mark,
        numbers=coords.size <= 16,
    )


def rel_pos_resize_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The block's tables stretched to another grid side: read by the pinned query, and as heat maps."""
    learned, length = learned_tables(trace, selection.focus.block), selection.look.length
    if learned is None:
        return no_rel_pos_panels()
    own = trace.attention(selection.focus.block, selection.focus.query).span.window
    shown = (length, length) if length else own
    stretched, head = tables_at(learned, shown), selection.focus.head
    scale = signed_scale(learned[0].numpy(), say("unit.table"), say("scale.shared"))
    before = say("panel.rel_pos_resize.before", rows=len(learned[0]), side=(len(learned[0]) + 1) // 2)
    after = say("panel.rel_pos_resize.after", rows=len(stretched[0]), side=shown[0])
    return [
        _read_by_query(trace, selection, say("panel.rel_pos_resize.curve_h", head=head), learned[0], stretched[0]),
        _read_by_query(trace, selection, say("panel.rel_pos_resize.curve_w", head=head), learned[1], stretched[1]),
        _table(before, learned[0], scale),
        _table(after, stretched[0], scale),
        _verdict(learned, own, shown),
    ]


def _read_by_query(trace: Trace, selection: Selection, title: Words, learned: Tensor, stretched: Tensor) -> Curves:
    """The pinned query times every row of a table, before and after stretching; once if the two are the same."""
    tables = [(say("label.rel_pos_resize.before"), learned)]
    if len(stretched) != len(learned):
        tables.append((say("label.rel_pos_resize.after"), stretched))
    focus = selection.focus
    curves = tuple(
        Curve(
            label,
            learned_distances(len(table), len(learned)).numpy(),
            products_with_query(trace, focus.block, focus.head, focus.query, table).numpy(),
        )
        for label, table in tables
    )
    return Curves(title, curves, say("axis.rel_pos_resize.distance"), say("unit.score"), points=True)


def _verdict(learned: Tables, own: tuple[int, int], shown: tuple[int, int]) -> Numbers:
    """Whether what is shown is what the block does on this image."""
    if shown != own:
        note = say("note.rel_pos_resize.what_if", side=own[0])
    elif all(len(table) == 2 * side - 1 for table, side in zip(learned, own, strict=True)):
        note = say("note.rel_pos_resize.fits")
    else:
        note = say("note.rel_pos_resize.stretched")
    return Numbers(
        say("panel.rel_pos_resize.verdict"),
        (
            Number(say("label.rel_pos_resize.learned"), (len(learned[0]) + 1) // 2),
            Number(say("label.rel_pos_resize.own"), own[0]),
            Number(say("label.rel_pos_resize.shown"), shown[0]),
        ),
        note,
    )


def rel_pos_blocks_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Every block's kind, span and tables, and how far the bias spreads the pinned query's scores in each."""
    if learned_tables(trace, selection.focus.block) is None:
        return no_rel_pos_panels()
    query, spreads, rows = selection.focus.query, [], []
    for block, window in enumerate(trace.windows):
        row, attn = trace.attention(block, query), trace.encoder.blocks[block].attn
        content, bias = (float(spread.mean()) for spread in score_spreads(row))
        spreads.append(bias)
        rows.append(
            (
                number(block, "count"),
                say("label.rel_pos_blocks.global") if window is None else say("label.rel_pos_blocks.windowed"),
                say("label.rel_pos_blocks.span", rows=row.span.size[0], cols=row.span.size[1]),
                say("label.rel_pos_blocks.rows", high=len(attn.rel_pos_h), wide=len(attn.rel_pos_w)),
                number(content),
                number(bias),
                number(float(position_shares(trace, block, query).mean()), "percent"),
            )
        )
    columns = (
        say("column.rel_pos_blocks.block"),
        say("column.rel_pos_blocks.kind"),
        say("column.rel_pos_blocks.span"),
        say("column.rel_pos_blocks.rows"),
        say("column.rel_pos_blocks.content"),
        say("column.rel_pos_blocks.bias"),
        say("column.rel_pos_blocks.moved"),
    )
    table = Table(say("panel.rel_pos_blocks.table"), columns, tuple(rows), marked=(selection.focus.block,))
    return [_spreads(trace, spreads), table]


def _spreads(trace: Trace, spreads: list[float]) -> Curves:
    """Dots over the blocks: how far the bias spreads the scores, by kind of block."""
    dots = dots_by_kind(
        trace,
        np.array(spreads, np.float32),
        say("label.rel_pos_blocks.bias_windowed"),
        say("label.rel_pos_blocks.bias_global"),
    )
    axes = say("axis.rel_pos_blocks.block"), say("axis.rel_pos_blocks.spread")
    return Curves(say("panel.rel_pos_blocks.spread"), tuple(dots), *axes, points=True)


REL_POS = View(
    id="rel_pos",
    stage="scores",
    panels=rel_pos_panels,
    source=(get_rel_pos, decomposed_rel_pos),
    tensors=("blocks.{block}.attn.q",),
    uses=frozenset({"block", "head", "query", "overlay"}),
    symbols=(("q", "photo"), ("rel_h", "panel:1"), ("rel_w", "panel:1"), ("R", "panel:2")),
)
GET_REL_POS = View(
    id="get_rel_pos",
    stage="scores",
    panels=get_rel_pos_panels,
    source=(get_rel_pos, relative_coords),
    tensors=("blocks.{block}.attn.q",),
    uses=frozenset({"block", "query"}),
    symbols=(
        ("index.table", "panel:1"),
        ("r.query", "photo"),
        ("r′", "photo"),
        ("S", "panel:1"),
        ("R.pair", "panel:2"),
        ("table", "panel:0"),
    ),
)
REL_POS_RESIZE = View(
    id="rel_pos_resize",
    stage="scores",
    panels=rel_pos_resize_panels,
    source=(resize_rel_pos,),
    tensors=("blocks.{block}.attn.q",),
    uses=frozenset({"block", "head", "query", "length"}),
    symbols=(
        ("R′_j", "panel:3"),
        ("t", "panel:0"),
        ("R_i", "panel:2"),
        ("S_0", "panel:2"),
        ("j", "panel:3"),
        ("S", "panel:3"),
    ),
)
REL_POS_BLOCKS = View(
    id="rel_pos_blocks",
    stage="scores",
    panels=rel_pos_blocks_panels,
    source=(Block, row_biases),
    tensors=("blocks.{block}.attn.q", "blocks.{block}.attn.k"),
    uses=frozenset({"block", "query"}),
    live=False,
    symbols=(("rows", "panel:1"), ("S", "panel:1")),
)
VIEWS = (REL_POS, GET_REL_POS, REL_POS_RESIZE, REL_POS_BLOCKS)
