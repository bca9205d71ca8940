"""What if: something changed in the encoder or the photo, and how far every layer comes from the true one."""

import numpy as np

from samvit.encoder import Block, ImageEncoderViT
from samvit.measures.padding import photo_mean
from samvit.measures.what_if import cosines_with_true
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Number, Numbers, Panel
from viz.selection import Selection
from viz.views.scales import scale_from_zero
from viz.views.view import View
from viz.what_if import what_if_words
from viz.words import say


def what_if_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """How much every token turns, layer by layer; the mean over the photo through depth; and the embedding's."""
    query, (rows, cols) = selection.focus.query, trace.photo_grid
    turned = 1 - cosines_with_true(trace)  # (blocks + 1, grid_h, grid_w)
    photo = turned[:, :rows, :cols].flatten(1)
    layers = np.arange(trace.depth, dtype=np.float32)
    return [
        Maps(
            say("panel.what_if.maps"),
            turned.numpy(),
            (scale_from_zero(photo.numpy(), say("unit.what_if.turned"), say("scale.shared")),),
            (*(say("label.block", block=block) for block in range(trace.depth)), say("label.what_if.embedding")),
        ),
        Curves(
            say("panel.what_if.depth"),
            (
                Curve(say("label.what_if.mean"), layers, photo.nanmean(1).numpy()[:-1]),
                Curve(say("label.what_if.pinned"), layers, turned[(slice(-1), *query)].numpy(), "query"),
            ),
            say("axis.what_if.block"),
            say("unit.what_if.turned"),
        ),
        Numbers(
            say("panel.what_if.embedding"),
            (
                Number(say("label.what_if.mean"), float(photo_mean(turned[-1], trace.photo_grid)), role="result"),
                Number(say("label.what_if.pinned"), float(turned[(-1, *query)]), role="query"),
            ),
            what_if_words(trace.what_if) or say("note.what_if.nothing"),
        ),
    ]


WHAT_IF = View(
    id="what_if",
    stage="network",
    panels=what_if_panels,
    source=(Block.forward, ImageEncoderViT.forward),
    tensors=("image", "blocks.{block}", "neck.3"),
    uses=frozenset({"query", "overlay"}),
    live=False,
)
VIEWS = (WHAT_IF,)
