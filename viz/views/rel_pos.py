"""Decomposed relative position: the learned tables, and the biases that the pinned query reads from them."""

import numpy as np

from samvit.rel_pos import decomposed_rel_pos, get_rel_pos
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Matrix, Panel
from viz.selection import Selection
from viz.texts import text
from viz.views.scales import signed_scale
from viz.views.view import View


def rel_pos_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Both tables, the pinned query's rel_h and rel_w in one head, and their sum over the photo."""
    lang = selection.lang
    attn = trace.encoder.blocks[selection.block].attn
    if not attn.use_rel_pos:
        raise ValueError(text(lang, "error.no_rel_pos"))
    row = trace.attention(selection.block, selection.query)
    rel_h, rel_w = row.rel_h[selection.head].numpy(), row.rel_w[selection.head].numpy()
    bias = (rel_h[:, None] + rel_w[None, :])[None]
    curves = (
        Curve(text(lang, "label.rel_h"), np.arange(len(rel_h), dtype=np.float32), rel_h),
        Curve(text(lang, "label.rel_w"), np.arange(len(rel_w), dtype=np.float32), rel_w),
    )
    tables = [table.detach().numpy() for table in (attn.rel_pos_h, attn.rel_pos_w)]
    scale = signed_scale(np.concatenate(tables), text(lang, "unit.table"), text(lang, "scale.shared"))
    return [
        Maps(
            text(lang, "panel.rel_pos.sum", head=selection.head),
            bias,
            (signed_scale(bias, text(lang, "unit.score")),),
            labels=("rel_h + rel_w",),
        ),
        Curves(
            text(lang, "panel.rel_pos.curves", head=selection.head),
            curves,
            text(lang, "axis.key_row_or_col"),
            text(lang, "unit.score"),
            marks=(
                (selection.query[0], text(lang, "label.query_row")),
                (selection.query[1], text(lang, "label.query_col")),
            ),
        ),
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


REL_POS = View(
    id="rel_pos",
    stage="scores",
    panels=rel_pos_panels,
    source=(get_rel_pos, decomposed_rel_pos),
    tensors=("blocks.{block}.attn.q",),
    uses=frozenset({"block", "head", "query", "overlay"}),
)
VIEWS = (REL_POS,)
