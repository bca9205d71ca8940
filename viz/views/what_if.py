"""What if: something changed in the encoder or the photo, and how far all layers and a patch's weights then differ."""

import numpy as np

from samvit.attention import attention_row
from samvit.encoder import Block, ImageEncoderViT
from samvit.measures.padding import photo_mean
from samvit.measures.scores import moved_share, weight_change, weights_of
from samvit.measures.what_if import cosines_with_true, true_attention
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Number, Numbers, Panel
from viz.selection import Selection
from viz.views.scales import on_photo, padding_note, scale_from_zero, signed_scale
from viz.views.view import View
from viz.what_if import what_if_words
from viz.words import say


def what_if_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """How much every token turns, layer by layer, and in the embedding; and what changes in one head's attention."""
    query = selection.focus.query
    turned = 1 - cosines_with_true(trace)  # (blocks + 1, grid_h, grid_w)
    mean = photo_mean(turned, trace.photo_grid)
    layers = np.arange(trace.depth, dtype=np.float32)
    return [
        Maps(
            say("panel.what_if.maps"),
            turned.numpy(),
            (scale_from_zero(on_photo(turned.numpy(), trace), say("unit.what_if.turned"), say("scale.shared")),),
            (*(say("label.block", block=block) for block in range(trace.depth)), say("label.what_if.embedding")),
        ),
        _attention(trace, selection),
        Curves(
            say("panel.what_if.depth"),
            (
                Curve(say("label.what_if.mean"), layers, mean[:-1].numpy()),
                Curve(say("label.what_if.pinned"), layers, turned[(slice(-1), *query)].numpy(), "query"),
            ),
            say("axis.what_if.block"),
            say("unit.what_if.turned"),
        ),
        Numbers(
            say("panel.what_if.embedding"),
            (
                Number(say("label.what_if.mean"), float(mean[-1]), role="result"),
                Number(say("label.what_if.pinned"), float(turned[(-1, *query)]), role="query"),
            ),
            what_if_words(trace.what_if) or say("note.what_if.nothing"),
        ),
    ]


def _attention(trace: Trace, selection: Selection) -> Maps:
    """What the pinned patch looks at in one head, in the true encoder and with the changes, and the difference."""
    block, head, query = selection.focus.block, selection.focus.head, selection.focus.query
    rows = true_attention(trace, block, query), trace.attention(block, query)
    before, after = map(weights_of, rows)
    both = np.stack([weights.on_grid[head].numpy() for weights in (before, after)])
    difference = weight_change(after, before)[head].numpy()
    shared = scale_from_zero(both, say("unit.weight"), say("scale.both.linear"), percent=True)
    return Maps(
        say("panel.what_if.attention", block=block, head=head),
        np.stack([*both, difference]),
        (shared, shared, signed_scale(difference, say("unit.what_if.weight"), percent=True)),
        (say("label.what_if.true"), say("label.what_if.changed"), say("label.what_if.difference")),
        (
            *(padding_note(trace, row, row.window_padding[head], row.image_padding[head]) or "" for row in rows),
            say("note.what_if.moved", share=float(moved_share(after, before)[head])),
        ),
    )


WHAT_IF = View(
    id="what_if",
    stage="network",
    panels=what_if_panels,
    source=(Block.forward, ImageEncoderViT.forward, attention_row),
    tensors=("image", "blocks.{block}", "neck.3"),
    uses=frozenset({"block", "head", "query", "overlay"}),
    live=False,
    symbols=(("turned_l", "panel:0"), ("x_l", "photo"), ("x′_l", "photo")),
)
VIEWS = (WHAT_IF,)
