"""What if: one thing changed in the encoder or the photo, and how far every layer comes from the true one."""

import numpy as np

from samvit.encoder import Block, ImageEncoderViT
from samvit.measures.padding import photo_mean
from samvit.measures.what_if import Change, cosines_with_true
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Number, Numbers, Panel
from viz.selection import Selection
from viz.views.scales import scale_from_zero
from viz.views.view import View
from viz.words import Words, say

UNPLACED = {
    "rel_pos_off": say("ui.what_if.rel_pos_off"),
    "rel_h_off": say("ui.what_if.rel_h_off"),
    "rel_w_off": say("ui.what_if.rel_w_off"),
    "abs_pos_off": say("ui.what_if.abs_pos_off"),
    "windows_8": say("ui.what_if.windows_8"),
    "windows_16": say("ui.what_if.windows_16"),
    "all_global": say("ui.what_if.all_global"),
    "none_global": say("ui.what_if.none_global"),
    "grey": say("ui.what_if.grey"),
}  # changes that name no block, head or patch


def what_if_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """How much every token turns, layer by layer; the mean over the photo through depth; and the embedding's."""
    focus, (rows, cols) = selection.focus, trace.photo_grid
    change = Change(selection.look.what_if, focus.block, focus.head, focus.query)
    turned = 1 - cosines_with_true(trace, change)  # (blocks + 1, grid_h, grid_w)
    photo = turned[:, :rows, :cols].flatten(1)
    layers = np.arange(trace.depth, dtype=np.float32)
    name = provenance(change)
    return [
        Maps(
            say("panel.what_if.maps", change=name),
            turned.numpy(),
            (scale_from_zero(photo.numpy(), say("unit.what_if.turned"), say("scale.shared")),),
            (*(say("label.block", block=block) for block in range(trace.depth)), say("label.what_if.embedding")),
        ),
        Curves(
            say("panel.what_if.depth", change=name),
            (
                Curve(say("label.what_if.mean"), layers, photo.nanmean(1).numpy()[:-1]),
                Curve(say("label.what_if.pinned"), layers, turned[(slice(-1), *focus.query)].numpy(), "query"),
            ),
            say("axis.what_if.block"),
            say("unit.what_if.turned"),
        ),
        Numbers(
            say("panel.what_if.embedding"),
            (
                Number(say("label.what_if.mean"), float(photo_mean(turned[-1], trace.photo_grid)), role="result"),
                Number(say("label.what_if.pinned"), float(turned[(-1, *focus.query)]), role="query"),
            ),
            say("note.what_if.untrained", change=name),
        ),
    ]


def provenance(change: Change) -> Words:
    """What was changed, to stand wherever its result is shown."""
    match change.kind:
        case "head_off":
            return say("label.what_if.head", block=change.block, head=change.head)
        case "block_off":
            return say("label.what_if.block", block=change.block)
        case "covered":
            return say("label.what_if.covered", patch=change.patch)
    return UNPLACED[change.kind]


WHAT_IF = View(
    id="what_if",
    stage="network",
    panels=what_if_panels,
    source=(Block.forward, ImageEncoderViT.forward),
    tensors=("image", "blocks.{block}", "neck.3"),
    uses=frozenset({"what_if", "block", "head", "query", "overlay"}),
    live=False,
)
VIEWS = (WHAT_IF,)
