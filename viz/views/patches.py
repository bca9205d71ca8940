"""Patch embedding: the photo as a grid of patches."""

import numpy as np

from samvit.encoder import PatchEmbed
from samvit.tracing import Trace
from viz.panel import Maps, Panel, Picture, Scale
from viz.selection import Selection
from viz.texts import text
from viz.views.photo import patch_pixels, photo_pixels
from viz.views.view import View


def patch_grid_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The photo cut into patches, the pinned patch enlarged, and which patches are image padding."""
    patch = patch_pixels(trace, selection.query)
    kinds = trace.image_padding().numpy().astype(np.float32)[None]
    names = (text(selection.lang, "label.photo"), text(selection.lang, "label.image_padding"))
    return [
        Picture(text(selection.lang, "panel.patch_grid.cut"), cut_apart(trace)),
        Picture(text(selection.lang, "panel.patch_grid.pinned"), patch),
        Maps(
            text(selection.lang, "panel.patch_grid.padding"),
            kinds,
            (Scale("categorical", 0, 1, categories=names),),
            labels=("",),
            over_photo=False,
        ),
    ]


def cut_apart(trace: Trace, gap_px: int = 3) -> np.ndarray:
    """The photo's patches with white gaps between them, uint8 RGB. Only those that hold some photo."""
    rows, cols = trace.photo_grid
    patch = trace.encoder.patch_embed.proj.kernel_size[0]
    pixels = photo_pixels(trace)[: rows * patch, : cols * patch]
    apart = np.full((rows * (patch + gap_px) - gap_px, cols * (patch + gap_px) - gap_px, 3), 255, np.uint8)
    for row in range(rows):
        for col in range(cols):
            cut = pixels[row * patch : (row + 1) * patch, col * patch : (col + 1) * patch]
            top, left = row * (patch + gap_px), col * (patch + gap_px)
            apart[top : top + patch, left : left + patch] = cut
    return apart


PATCH_GRID = View(
    id="patch_grid",
    stage="patches",
    panels=patch_grid_panels,
    source=(PatchEmbed,),
    tensors=("image", "patch_embed"),
    uses=frozenset({"query"}),
)
VIEWS = (PATCH_GRID,)
