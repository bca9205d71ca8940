"""The model card's pictures: neck PCA and the heads of one query on a photo, and the relative position tables."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from torch import Tensor

from samvit.preprocess import ModelImage


def principal_colours(features: Float[Tensor, "rows cols dim"]) -> Float[np.ndarray, "rows cols 3"]:
    """The first three principal components as red, green and blue, each stretched to its 1st…99th percentile.

    The sign of each component is free; it is chosen so that the entry of largest weight is positive.
    """
    rows, cols, dim = features.shape
    centred = (features - features.mean((0, 1))).reshape(-1, dim)
    _, axes = torch.linalg.eigh(centred.T @ centred)
    axes = axes[:, -3:].flip(1)
    axes = axes * axes.gather(0, axes.abs().argmax(0, keepdim=True)).sign()
    scores = centred @ axes
    low, high = (torch.quantile(scores, level, dim=0) for level in (0.01, 0.99))
    return ((scores - low) / (high - low).clamp(min=1e-6)).clamp(0, 1).reshape(rows, cols, 3).numpy()


def photo_picture(
    image: ModelImage,
    embedding: Float[Tensor, "grid_h grid_w dim"],
    weights: dict[int, Float[Tensor, "heads grid_h grid_w"]],
    query: tuple[int, int],
    target: Path,
) -> None:
    """Draw photo, neck PCA, cosine to the query, and below the attention weights of every head of some blocks.

    Args:
        weights: Of the one query, by block number.
        query: The query patch (row, col); drawn as a cross.
    """
    rows, cols = image.geometry.photo_grid
    patch = image.geometry.patch_size
    heads = next(iter(weights.values())).shape[0]
    figure = _figure(float(heads), 2 * 1.06 + len(weights) * rows / cols)
    grid = figure.add_gridspec(2 + len(weights), heads)
    photo = figure.add_subplot(grid[:2, : heads // 3])
    photo.imshow(image.pixels, extent=(0, image.pixels.shape[1] / patch, image.pixels.shape[0] / patch, 0))
    photo.set_title("photo and query", fontsize=8)
    pca = figure.add_subplot(grid[:2, heads // 3 : 2 * heads // 3])
    pca.imshow(principal_colours(embedding[:rows, :cols]), interpolation="nearest", extent=(0, cols, rows, 0))
    pca.set_title("neck: first three PCA components", fontsize=8)
    unit = torch.nn.functional.normalize(embedding[:rows, :cols], dim=-1)
    alike = figure.add_subplot(grid[:2, 2 * heads // 3 :])
    cosine = (unit @ unit[query]).numpy()
    alike.imshow(cosine, cmap="viridis", vmin=-0.2, vmax=1, interpolation="nearest", extent=(0, cols, rows, 0))
    alike.set_title("neck: cosine to the query's patch", fontsize=8)
    panels = [photo, pca, alike]
    for line, (block, of_heads) in enumerate(weights.items()):
        for head, values in enumerate(of_heads[:, :rows, :cols]):
            panel = figure.add_subplot(grid[2 + line, head])
            # The brightest half percent is cut: a few sinks would leave the rest black.
            top = float(torch.quantile(values, 0.995))
            panel.imshow(
                values.numpy(), cmap="magma", vmin=0, vmax=top, interpolation="nearest", extent=(0, cols, rows, 0)
            )
            panel.set_title(f"block {block} head {head}", fontsize=7)
            panels.append(panel)
    for panel in panels:
        panel.plot(query[1] + 0.5, query[0] + 0.5, "+", color="cyan", markersize=7, markeredgewidth=1.2)
        panel.set_axis_off()
    _save(figure, target)


def table_picture(tables: Sequence[tuple[str, Tensor]], target: Path) -> None:
    """Draw relative position tables: distance across, head channel down, one symmetric colour scale for each."""
    columns = 2
    lines = -(-len(tables) // columns)
    figure = _figure(9.0, 1.4 * lines)
    axes = figure.subplots(lines, columns, squeeze=False)
    for panel, (name, table) in zip(axes.flat, tables, strict=True):
        reach = table.shape[0] // 2
        limit = table.detach().abs().max().item()
        extent = (-reach - 0.5, reach + 0.5, table.shape[1] - 0.5, -0.5)
        panel.imshow(
            table.detach().T.numpy(),
            cmap="RdBu_r",
            vmin=-limit,
            vmax=limit,
            aspect="auto",
            interpolation="nearest",
            extent=extent,
        )
        panel.set_title(f"{name}, ±{limit:.2f}", fontsize=7)
        panel.tick_params(labelsize=6)
    _save(figure, target)


def _figure(width: float, height: float) -> Figure:
    """A figure of its own, in inches, that no global state of matplotlib knows of."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _save(figure: Figure, target: Path) -> None:
    """Write a JPEG of at most 150 kB."""
    for quality in (88, 80, 70, 55):
        figure.savefig(target, dpi=110, pil_kwargs={"quality": quality, "optimize": True})
        if target.stat().st_size <= 150_000:
            return
    raise ValueError(f"{target.name} must be at most 150 kB, got {target.stat().st_size // 1000}")
