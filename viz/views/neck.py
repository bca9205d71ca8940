"""The neck: its four steps as vector lengths and likeness, as principal components, and channel by channel."""

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from samvit.encoder import ImageEncoderViT, LayerNorm2d
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Panel, Picture, Scale, Table
from viz.selection import Selection
from viz.texts import grouped, text
from viz.views.components import principal_components
from viz.views.scales import sequential_scale, signed_scale
from viz.views.view import View

STEPS = ("1×1 conv", "LayerNorm2d", "3×3 conv", "LayerNorm2d")
COMPONENTS_SHOWN = 10
GAP_PX = 3  # between the wall's tiles
PERCENTILE = 99.5  # of all channels' magnitudes: where the wall turns white or black


def neck_steps_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """What goes into the neck and its four steps: vector lengths, cosines with the pinned patch, and a table."""
    lang = selection.lang
    features = (trace.stream[-1].permute(2, 0, 1), *trace.neck_steps().values())
    maps = [norms_and_cosines(step, selection.focus.query) for step in features]
    norms, cosines = (np.stack([one.numpy() for one in kind]) for kind in zip(*maps, strict=True))
    labels = (text(lang, "label.neck_steps.input"), *(f"{index} {name}" for index, name in enumerate(STEPS)))
    return [
        Maps(
            text(lang, "panel.neck_steps.norms"),
            norms,
            tuple(
                sequential_scale(on_photo(one, trace), text(lang, "unit.neck.norm"), text(lang, "scale.per_map"))
                for one in norms
            ),
            labels=labels,
            notes=tuple(_relative_spread(lang, on_photo(one, trace)) for one in norms),
        ),
        Maps(
            text(lang, "panel.neck_steps.cosines"),
            cosines,
            (cosine_scale(lang),),
            labels=labels,
        ),
        _table(trace, lang),
    ]


@torch.no_grad()
def norms_and_cosines(
    channels: Float[Tensor, "chans grid_h grid_w"], patch: tuple[int, int]
) -> tuple[Float[Tensor, "grid_h grid_w"], Float[Tensor, "grid_h grid_w"]]:
    """The length of every patch's vector, and its cosine with one patch's (row, col); 0 where a vector is all zeros."""
    vector = channels[:, patch[0], patch[1]]
    norms = torch.linalg.vector_norm(channels, dim=0)
    products = torch.einsum("crw,c->rw", channels, vector)
    return norms, products / (norms * norms[patch]).clamp_min(1e-12)


def cosine_scale(lang: str) -> Scale:
    """Cosines run from −1 to 1, whatever the photo."""
    return Scale("signed", -1, 1, text(lang, "unit.neck.cosine"), text(lang, "scale.shared"))


def on_photo(
    values: Float[np.ndarray, "*chans grid_h grid_w"], trace: Trace
) -> Float[np.ndarray, "*chans photo_h photo_w"]:
    """The patches that hold some photo."""
    return values[..., : trace.photo_grid[0], : trace.photo_grid[1]]


def _relative_spread(lang: str, norms: np.ndarray) -> str:
    """How much the patches' vectors differ in length, against their mean."""
    return text(lang, "note.neck_steps.spread", share=f"{norms.std() / max(float(norms.mean()), 1e-12):.1%}")


def _table(trace: Trace, lang: str) -> Table:
    """Each layer of the neck: what it looks at, what comes out, what it learned."""
    rows = []
    for index, layer in enumerate(trace.encoder.neck):
        if isinstance(layer, nn.Conv2d):
            looks_at = "one_patch" if layer.kernel_size == (1, 1) else "neighbours"
        else:
            looks_at = "norm"
        parameters = sum(parameter.numel() for parameter in layer.parameters())
        shape = "×".join(map(str, trace.neck_steps()[str(index)].shape))
        rows.append((str(index), STEPS[index], text(lang, f"label.neck_steps.{looks_at}"), shape, grouped(parameters)))
    columns = ("step", "layer", "mixes", "shape", "parameters")
    return Table(
        text(lang, "panel.neck_steps.table"),
        tuple(text(lang, f"column.neck_steps.{name}") for name in columns),
        tuple(rows),
    )


def neck_pca_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Each step's first three components as red, green and blue, and how much of the variance each holds."""
    lang = selection.lang
    pictures: list[Panel] = []
    curves = []
    for step, tensor in trace.neck_steps().items():
        colours, variance = pca_colours(tensor, trace.photo_grid)
        name = f"neck.{step} {STEPS[int(step)]}"
        shares = " + ".join(f"{share:.0%}" for share in variance[:3])
        pictures.append(Picture(name, colours, on_grid=True, note=text(lang, "panel.neck_pca.variance", shares=shares)))
        curves.append(Curve(name, np.arange(len(variance), dtype=np.float32), variance * 100))
    return [
        *pictures,
        Curves(
            text(lang, "panel.neck_pca.curves"),
            tuple(curves),
            text(lang, "axis.component"),
            text(lang, "axis.variance"),
        ),
    ]


def pca_colours(
    channels: Float[Tensor, "chans grid_h grid_w"], photo_grid: tuple[int, int]
) -> tuple[UInt8[np.ndarray, "grid_h grid_w 3"], Float[np.ndarray, " components"]]:
    """The first three principal components of the patches that hold photo, as RGB; image padding is grey.

    Each component runs from its 1st to its 99th percentile.

    Returns:
        RGB on the whole grid, and the share of the variance that each of the first components explains.
    """
    chans, grid_h, grid_w = channels.shape
    rows, cols = photo_grid
    patches = channels[:, :rows, :cols].reshape(chans, -1).T.numpy()
    components, shares = principal_components(patches, COMPONENTS_SHOWN)
    scores = (patches - patches.mean(0)) @ components[:3].T
    low, high = np.percentile(scores, (1, 99), axis=0)
    unit = np.clip((scores - low) / np.where(high > low, high - low, 1), 0, 1)
    colours = np.full((grid_h, grid_w, 3), 128, np.uint8)
    colours[:rows, :cols, : unit.shape[1]] = np.round(unit * 255).reshape(rows, cols, -1)
    return colours, shares


def neck_channels_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Every channel of the embedding as one tile of a wall; the chosen one large, beside its most and least alike."""
    lang, count = selection.lang, trace.embedding.shape[0]
    channel = selection.look.channel
    embedding = on_photo(trace.embedding.numpy(), trace)
    wall, across, top = channel_wall(embedding, channel)
    correlations = channel_correlations(embedding, channel)
    others = np.delete(np.arange(count), channel)
    shown = {"chosen": channel}
    if count > 2:
        shown["alike"] = int(others[correlations[others].argmax()])
        shown["opposite"] = int(others[correlations[others].argmin()])
    indexes = list(shown.values())
    scale = signed_scale(embedding[indexes], text(lang, "unit.neck.channel"), text(lang, "scale.shared"))
    return [
        Picture(
            text(lang, "panel.neck_channels.wall", count=count),
            wall,
            note=text(lang, "panel.neck_channels.order", across=across, channel=channel, top=top),
        ),
        Maps(
            text(lang, "panel.neck_channels.chosen", channel=channel, last=count - 1),
            trace.embedding.numpy()[indexes],
            (scale,),
            labels=tuple(text(lang, f"label.neck_channels.{name}", channel=index) for name, index in shown.items()),
            notes=tuple(
                text(lang, "note.neck_channels.correlation", value=float(correlations[index])) for index in indexes
            ),
        ),
    ]


def channel_correlations(channels: Float[np.ndarray, "chans rows cols"], chosen: int) -> Float[np.ndarray, " chans"]:
    """Pearson correlation of every channel's map with one channel's; 0 where a map doesn't vary."""
    flat = channels.reshape(len(channels), -1)
    centred = flat - flat.mean(1, keepdims=True)
    norms = np.sqrt((centred**2).sum(1))
    return (centred * centred[chosen]).sum(1) / np.maximum(norms * norms[chosen], 1e-12)


def channel_wall(
    channels: Float[np.ndarray, "chans rows cols"], chosen: int
) -> tuple[UInt8[np.ndarray, "wall_h wall_w 3"], int, float]:
    """Tiles of all channels, a pixel for each patch: mid-grey is zero, white positive, black negative.

    Returns:
        The wall, with a black frame around the chosen tile; how many tiles stand in a row; and the magnitude from
        which tiles are white or black, one for all.
    """
    count, rows, cols = channels.shape
    # Tiles rarely are square: as many in a row as make the whole wall about square.
    across = max(1, min(count, round(float(np.sqrt(count * (rows + GAP_PX) / (cols + GAP_PX))))))
    down = -(-count // across)
    top = max(float(np.percentile(np.abs(channels), PERCENTILE)), 1e-12)
    grey = np.round(np.clip(channels / top, -1, 1) * 127 + 128).astype(np.uint8)
    tall, wide = rows + GAP_PX, cols + GAP_PX
    wall = np.full((down * tall + GAP_PX, across * wide + GAP_PX), 255, np.uint8)
    for index, tile in enumerate(grey):
        y, x = index // across * tall, index % across * wide
        if index == chosen:
            wall[y : y + tall + GAP_PX, x : x + wide + GAP_PX] = 0
        wall[y + GAP_PX : y + tall, x + GAP_PX : x + wide] = tile
    return np.repeat(wall[:, :, None], 3, axis=2), across, top


NECK_STEPS = View(
    id="neck_steps",
    stage="neck",
    panels=neck_steps_panels,
    source=(LayerNorm2d, ImageEncoderViT.forward),
    tensors=("blocks.{last}", "neck.0", "neck.1", "neck.2", "neck.3"),
    uses=frozenset({"query", "overlay"}),
)
NECK_PCA = View(
    id="neck_pca",
    stage="neck",
    panels=neck_pca_panels,
    source=(LayerNorm2d,),
    tensors=("blocks.{last}", "neck.0", "neck.1", "neck.2", "neck.3"),
    uses=frozenset(),
    live=False,
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
)
VIEWS = (NECK_STEPS, NECK_PCA, NECK_CHANNELS)
