"""The neck: its four steps, seen through the first three principal components of their channels."""

import numpy as np
from jaxtyping import Float
from sklearn.decomposition import PCA

from samvit.encoder import LayerNorm2d
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Panel, Picture
from viz.selection import Selection
from viz.texts import text
from viz.views.view import View

STEPS = ("1×1 conv", "LayerNorm2d", "3×3 conv", "LayerNorm2d")
COMPONENTS_SHOWN = 10


def neck_pca_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Each step's first three components as red, green and blue, and how much of the variance each holds."""
    lang = selection.lang
    pictures: list[Panel] = []
    curves = []
    for step, tensor in trace.neck_steps().items():
        colours, variance = pca_colours(tensor.numpy(), trace.photo_grid)
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
    channels: Float[np.ndarray, "chans grid_h grid_w"], photo_grid: tuple[int, int]
) -> tuple[np.ndarray, Float[np.ndarray, " components"]]:
    """The first three principal components of the patches that hold photo, as RGB; image padding is grey.

    Signs are free in PCA; here each component's largest loading is positive (scikit-learn's svd_flip), so that the
    same features always give the same colours. Each component runs from its 1st to its 99th percentile.

    Returns:
        uint8 RGB on the whole grid, and the share of the variance that each of the first components explains.
    """
    chans, grid_h, grid_w = channels.shape
    rows, cols = photo_grid
    patches = channels[:, :rows, :cols].reshape(chans, -1).T
    count = min(COMPONENTS_SHOWN, *patches.shape)
    pca = PCA(count, svd_solver="covariance_eigh").fit(patches.astype(np.float64))
    scores = pca.transform(patches.astype(np.float64))[:, :3]
    low, high = np.percentile(scores, (1, 99), axis=0)
    unit = np.clip((scores - low) / np.where(high > low, high - low, 1), 0, 1)
    colours = np.full((grid_h, grid_w, 3), 128, np.uint8)
    colours[:rows, :cols, : unit.shape[1]] = np.round(unit * 255).reshape(rows, cols, -1)
    return colours, pca.explained_variance_ratio_.astype(np.float32)


NECK_PCA = View(
    id="neck_pca",
    stage="neck",
    panels=neck_pca_panels,
    source=(LayerNorm2d,),
    tensors=("blocks.{last}", "neck.0", "neck.1", "neck.2", "neck.3"),
    uses=frozenset(),
    live=False,
)
VIEWS = (NECK_PCA,)
