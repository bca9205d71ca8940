"""Where the pinned patch's output can come from, and how much each patch of the input moves it."""

import numpy as np

from samvit.encoder import Block, PatchEmbed
from samvit.measures.reach import first_reached, influence, influence_shares
from samvit.tracing import Trace
from samvit.windows import window_partition
from viz.panel import Curve, Curves, Maps, Number, Numbers, Panel, Scale
from viz.selection import Selection
from viz.views.scales import own_scales
from viz.views.view import View
from viz.words import Words, say


def influence_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """From which block on each patch can have had a say; how large its say is; and both in numbers."""
    query, rows_cols = selection.focus.query, trace.photo_grid
    moves = influence(trace, query)
    photo = moves[: rows_cols[0], : rows_cols[1]]
    shares = influence_shares(trace, query)
    return [
        _reach_map(trace, query, selection.focus.block),
        Maps(
            say("panel.influence.gradient"),
            moves[None].numpy(),
            own_scales(photo[None].numpy(), selection, say("unit.influence.gradient")),
            (say("label.influence.gradient"),),
        ),
        _growth(trace, query, selection.focus.block),
        Numbers(
            say("panel.influence.shares"),
            (
                Number(say("label.influence.own"), shares.own, role="query"),
                Number(say("label.influence.window"), shares.window),
                Number(say("label.influence.padding"), shares.padding),
            ),
            say("note.influence.shares"),
        ),
    ]


def _reach_map(trace: Trace, query: tuple[int, int], block: int) -> Maps:
    """Each patch by the first block that lets it in; those that no block up to the chosen one lets in are empty."""
    first = first_reached(trace, query)
    blocks = [int(one) for one in first[~first.isnan()].unique()]  # −1, the patch itself, comes first
    values = np.full(trace.grid, np.nan, np.float32)
    for place, one in enumerate(blocks):
        if one <= block:
            values[first.numpy() == one] = place
    names: tuple[Words, ...] = tuple(
        say("label.influence.itself") if one < 0 else say("label.influence.from", block=one) for one in blocks
    )
    scale = Scale("categorical", 0, max(len(blocks) - 1, 1), categories=names)
    after = say("note.influence.after", block=block, count=int((first <= block).sum()))
    return Maps(say("panel.influence.reach"), values[None], (scale,), (say("label.influence.reach"),), (after,))


def _growth(trace: Trace, query: tuple[int, int], block: int) -> Curves:
    """How many patches can have had a say after each block; the chosen one is marked."""
    first = first_reached(trace, query).numpy()
    blocks = np.arange(trace.depth, dtype=np.float32)
    counts = np.array([(first <= block).sum() for block in blocks], np.float32)
    return Curves(
        say("panel.influence.growth"),
        (Curve(say("label.influence.count"), blocks, counts, "query"),),
        say("axis.influence.block"),
        say("axis.influence.count"),
        ((float(block), say("label.block", block=block)),),
    )


INFLUENCE = View(
    id="influence",
    stage="network",
    panels=influence_panels,
    source=(Block.forward, window_partition, PatchEmbed),
    tensors=("image", "blocks.0.input", "blocks.{last}"),
    uses=frozenset({"block", "query", "scale", "overlay"}),
    live=False,
    symbols=(("g_patch", "map:1"), ("x_L", "photo"), ("pixels", "photo")),
)
VIEWS = (INFLUENCE,)
