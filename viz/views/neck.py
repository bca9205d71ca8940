"""The neck: its four steps as vector lengths and likeness, as principal components, and channel by channel."""

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from samvit.common import LayerNorm2d
from samvit.encoder import ImageEncoderViT
from samvit.measures.neck_pca import NeckPca, neck_pca, shared_neck_pca
from samvit.measures.similarity import channel_correlations, cosines, norms, relative_spread
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Numbers, Panel, Picture, Table
from viz.selection import Selection
from viz.views.scales import cosine_scale, on_photo, sequential_scale, signed_scale
from viz.views.view import View
from viz.words import Words, joined, number, say, symbol

LAYERS = (say("label.neck.0"), say("label.neck.1"), say("label.neck.2"), say("label.neck.3"))
COMPONENTS_SHOWN = 10
GAP_PX = 3  # between the wall's tiles
WALL_PX = 720  # of a side of the wall at most: what a screen has room for
PERCENTILE = 99.5  # of all channels' magnitudes: where the wall turns white or black


def neck_steps_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """What goes into the neck and its four steps: vector lengths, cosines with the pinned patch, and a table."""
    channels_last = (step.permute(1, 2, 0) for step in trace.neck_steps().values())
    steps = (trace.stream[-1], *channels_last)  # (grid_h, grid_w, chans) each
    lengths = [norms(step) for step in steps]
    labels = (say("label.neck_steps.input"), *LAYERS)
    unit, note = say("unit.neck.norm"), say("scale.per_map")
    return [
        Maps(
            say("panel.neck_steps.norms"),
            torch.stack(lengths).numpy(),
            tuple(sequential_scale(on_photo(one.numpy(), trace), unit, note) for one in lengths),
            labels,
            notes=tuple(
                say("note.neck_steps.spread", share=float(relative_spread(on_photo(one, trace)))) for one in lengths
            ),
        ),
        Maps(
            say("panel.neck_steps.cosines"),
            torch.stack([cosines(step, selection.focus.query) for step in steps]).numpy(),
            (cosine_scale(),),
            labels,
        ),
        _layer_table(trace),
    ]


def _layer_table(trace: Trace) -> Table:
    """Each layer of the neck: what it looks at, what comes out, what it learned."""
    rows = []
    for layer, name, output in zip(trace.encoder.neck, LAYERS, trace.neck_steps().values(), strict=True):
        if isinstance(layer, nn.Conv2d):
            one_patch = layer.kernel_size == (1, 1)
            looks_at = say("label.neck_steps.one_patch") if one_patch else say("label.neck_steps.neighbours")
        else:
            looks_at = say("label.neck_steps.norm")
        parameters = sum(parameter.numel() for parameter in layer.parameters())
        rows.append((name, looks_at, symbol("×".join(map(str, output.shape))), number(parameters, "count")))
    columns = (
        say("column.neck_steps.layer"),
        say("column.neck_steps.mixes"),
        say("column.neck_steps.shape"),
        say("column.neck_steps.parameters"),
    )
    return Table(say("panel.neck_steps.table"), columns, tuple(rows))


def neck_pca_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Each step's first three components as red, green and blue, and how much of the variance each holds."""
    found = neck_pca(trace, selection.focus.query, selection.look.foreground, COMPONENTS_SHOWN)
    return _pca_panels(found, selection, shared=False)


def neck_pca_of_two(one: tuple[Trace, Selection], other: tuple[Trace, Selection]) -> tuple[list[Panel], list[Panel]]:
    """The same of two photos in one basis; in each photo's own where two encoders made them."""
    sides = (one, other)
    if one[1].subject.model != other[1].subject.model:
        ours, theirs = (neck_pca_panels(trace, selection) for trace, selection in sides)
        return [*ours[:4], _two_encoders(), *ours[4:]], [*theirs[:4], _two_encoders(), *theirs[4:]]
    photos = tuple((trace, selection.focus.query) for trace, selection in sides)
    found = shared_neck_pca(photos, one[1].look.foreground, COMPONENTS_SHOWN)
    ours, theirs = (_pca_panels(pca, side[1], shared=True) for pca, side in zip(found, sides, strict=True))
    return ours, theirs


def _pca_panels(found: NeckPca, selection: Selection, shared: bool) -> list[Panel]:
    """Pictures, curves, and by which rule patches take part, where not all do or two photos share the basis."""
    pictures: list[Panel] = []
    curves = []
    for label, step in zip(LAYERS, found.steps, strict=True):
        variance = step.variance.numpy()
        shares = joined(*(number(share, "percent") for share in variance[:3].tolist()), by=" + ")
        note = joined(_rule(found, selection.look.foreground, "short"), say("panel.neck_pca.variance", shares=shares))
        pictures.append(Picture(label, step.colours.numpy(), on_grid=True, note=note))
        curves.append(Curve(label, np.arange(len(variance), dtype=np.float32), variance * 100))
    rules = (_rule(found, selection.look.foreground, "note"), say("note.neck_pca.shared") if shared else None)
    return [
        *pictures,
        *([Numbers(say("panel.neck_pca.part"), (), joined(*rules, by=" "))] if any(rules) else []),
        Curves(say("panel.neck_pca.curves"), tuple(curves), say("axis.component"), say("axis.variance")),
    ]


def _rule(found: NeckPca, rule: str, how: str) -> Words | None:
    """Which patches take part, and why, in `short` or as a `note`; None where all do."""
    ground = found.ground
    if ground.threshold is None:
        return None
    counts = {"count": int(ground.wanted.sum()), "threshold": ground.threshold}
    which = rule if rule == "likeness" else "above" if ground.above else "below"
    return say(f"{how}.neck_pca.{which}", **counts)


def _two_encoders() -> Numbers:
    """Why two sides have no basis in common."""
    return Numbers(say("panel.neck_pca.part"), (), say("note.neck_pca.two_encoders"))


def neck_channels_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Every channel of the embedding as one tile of a wall; the chosen one large, beside its most and least alike."""
    count, channel = trace.embedding.shape[0], NECK_CHANNELS.channel_of(trace, selection)
    embedding = on_photo(trace.embedding, trace)
    correlations = channel_correlations(embedding, channel)
    wall, across, side, top = channel_wall(embedding, channel)
    shown = {channel: say("label.neck_channels.chosen", channel=channel)}
    others = [other for other in range(count) if other != channel and not correlations[other].isnan()]
    if len(others) > 1:
        alike, opposite = (int(pick(others, key=correlations.__getitem__)) for pick in (max, min))
        shown[alike] = say("label.neck_channels.alike", channel=alike)
        shown[opposite] = say("label.neck_channels.opposite", channel=opposite)
    order = say("panel.neck_channels.order", across=across, channel=channel, top=top)
    pooled = say("panel.neck_channels.pooled", side=side) if side > 1 else None
    maps = trace.embedding[list(shown)].numpy()
    return [
        Picture(say("panel.neck_channels.wall", count=count), wall, note=joined(order, pooled, by=" ")),
        Maps(
            say("panel.neck_channels.chosen", channel=channel, last=count - 1),
            maps,
            (signed_scale(on_photo(maps, trace), say("unit.neck.channel"), say("scale.shared")),),
            labels=tuple(shown.values()),
            notes=tuple(say("note.neck_channels.correlation", value=float(correlations[index])) for index in shown),
        ),
    ]


def channel_wall(
    channels: Float[Tensor, "chans rows cols"], chosen: int
) -> tuple[UInt8[np.ndarray, "wall_h wall_w 3"], int, int, float]:
    """Tiles of all channels: mid-grey is zero, white positive, black negative.

    Returns:
        The wall, with a black frame around the chosen tile; how many tiles stand in a row; the side in patches of what
        one pixel averages, 1 unless the wall would be larger than a screen; and the magnitude from which tiles are
        white or black, one for all.
    """
    side, count = 1, len(channels)
    while True:
        rows, cols = (-(-length // side) for length in channels.shape[1:])
        tall, wide = rows + GAP_PX, cols + GAP_PX
        # Tiles rarely are square: as many in a row as make the whole wall about square.
        across = max(1, min(count, round(float(np.sqrt(count * tall / wide)))))
        down = -(-count // across)
        if max(down * tall, across * wide) <= WALL_PX or rows == cols == 1:
            break
        side += 1
    tiles = F.avg_pool2d(channels[None], side, ceil_mode=True)[0].numpy()
    top = max(float(np.percentile(np.abs(tiles), PERCENTILE)), 1e-12)
    grey = np.round(np.clip(tiles / top, -1, 1) * 127 + 128).astype(np.uint8)
    wall = np.full((down * tall + GAP_PX, across * wide + GAP_PX), 255, np.uint8)
    for index, tile in enumerate(grey):
        y, x = index // across * tall, index % across * wide
        if index == chosen:
            wall[y : y + tall + GAP_PX, x : x + wide + GAP_PX] = 0
        wall[y + GAP_PX : y + tall, x + GAP_PX : x + wide] = tile
    return np.repeat(wall[:, :, None], 3, axis=2), across, side, top


NECK_STEPS = View(
    id="neck_steps",
    stage="neck",
    panels=neck_steps_panels,
    source=(LayerNorm2d, ImageEncoderViT.forward),
    tensors=("blocks.{last}", "neck.0", "neck.1", "neck.2", "neck.3"),
    uses=frozenset({"query", "overlay"}),
    symbols=(
        ("e", "map:4"),
        ("LN.second", "map:4"),
        ("conv_3×3", "map:3"),
        ("LN.first", "map:2"),
        ("conv_1×1", "map:1"),
        ("x.last", "map:0"),
    ),
)
NECK_PCA = View(
    id="neck_pca",
    stage="neck",
    panels=neck_pca_panels,
    source=(LayerNorm2d,),
    tensors=("blocks.{last}", "neck.0", "neck.1", "neck.2", "neck.3"),
    uses=frozenset({"query", "foreground", "basis"}),
    live=False,
    of_two=neck_pca_of_two,
    symbols=(("e.step", "panel:0"), ("e.mean", "panel:0"), ("V", "panel:4"), ("Λ", "panel:4")),
)
NECK_CHANNELS = View(
    id="neck_channels",
    stage="neck",
    panels=neck_channels_panels,
    source=(ImageEncoderViT.forward, LayerNorm2d),
    tensors=("neck.3",),
    uses=frozenset({"channel", "overlay"}),
    channels=lambda trace: trace.embedding.shape[0],
    live=False,
    symbols=(("e", "panel:0"), ("C.neck", "panel:0"), ("H", "map:0"), ("W.columns", "map:0")),
)
VIEWS = (NECK_STEPS, NECK_PCA, NECK_CHANNELS)
