"""Attention rollout: the pinned patch's share of every patch of the input, through all blocks."""

from samvit.attention import attention_row
from samvit.encoder import Block
from samvit.measures.rollout import rollout
from samvit.tracing import Trace
from viz.panel import Maps, Number, Numbers, Panel
from viz.selection import Selection
from viz.views.scales import weight_scales
from viz.views.view import View
from viz.words import joined, say


def rollout_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Rollout with the residual and without it; under each map what padding took."""
    query, padding = selection.focus.query, trace.image_padding()
    shares = rollout(trace, query)
    values = shares.numpy()
    labels = (say("label.rollout.with"), say("label.rollout.without"))
    photo_fills_grid = not bool(padding.any())
    return [
        Maps(
            say("panel.rollout.maps"),
            values,
            weight_scales(values, selection),
            labels,
            notes=tuple(
                joined(
                    say("note.rollout.dropped", share=max(1 - float(one.sum()), 0.0)),
                    None if photo_fills_grid else say("note.image_padding", share=float(one[padding].sum())),
                )
                for one in shares
            ),
        ),
        Numbers(
            say("panel.rollout.own"),
            tuple(
                Number(label, float(one[query]), role="query", form="percent")
                for label, one in zip(labels, shares, strict=True)
            ),
            say("note.rollout.own", depth=trace.depth, residual=0.5**trace.depth),
        ),
    ]


ROLLOUT = View(
    id="rollout",
    stage="network",
    panels=rollout_panels,
    source=(attention_row, Block.forward),
    tensors=("blocks.0.attn.q", "blocks.0.attn.k", "blocks.{last}.attn.q", "blocks.{last}.attn.k"),
    uses=frozenset({"query", "scale", "overlay"}),
    live=False,
    symbols=(("r.share", "panel:0"), ("e_query.row", "photo"), ("A.tilde", "blocks"), ("A.mean", "map:0")),
)
VIEWS = (ROLLOUT,)
