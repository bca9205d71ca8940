"""Batches of scenes for a training step: each is a function of the run's seed and the step, whoever makes it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset

from samvit.config import PIXEL_MEAN, PIXEL_STD
from training.scenes import NO_SHAPE, make_scene, patch_owners

PATCH_PX = 16


@dataclass(frozen=True)
class Layout:
    """One sort of batch: the patch grid of its scenes, how many, and how often such a step comes."""

    grid: tuple[int, int]
    scenes: int
    share: float


# 22, 36 and 64 rows or columns all pad by 6 to whole windows of 14, as full size does. 14 pads by none and is by far
# the cheapest: most of what there is to learn about texture is learned there. The strips teach every row of the 64-long
# relative position tables for a fifth of a full scene's cost. A run begins with the small mix and ends with the large
# one, which has more window borders and comes nearer to a photo's 4096 tokens.
_GRIDS = (((14, 14), 8), ((22, 22), 6), ((64, 14), 2), ((14, 64), 2), ((36, 36), 2), ((64, 64), 2))
LAYOUTS = {
    mix: tuple(Layout(grid, scenes, share) for (grid, scenes), share in zip(_GRIDS, shares, strict=True))
    for mix, shares in {
        "small": (0.48, 0.28, 0.08, 0.08, 0.06, 0.02),
        "large": (0.25, 0.47, 0.07, 0.07, 0.10, 0.04),
    }.items()
}


@dataclass(frozen=True)
class Batch:
    """Normalised scenes, the owner of each patch, and their corner (row, col) in the absolute position table."""

    images: Float[Tensor, "batch 3 rows cols"]
    owners: Int[Tensor, "batch grid_h grid_w"]
    corner: tuple[int, int]


class SceneBatches(Dataset):
    """Batch number `step` of a run; the same for the same seed.

    Args:
        table_side: Side of the absolute position table, in tokens.
        hard_share: Chance that a scene is of the hard kind.
        padded_share: Chance that a scene ends in zero rows or columns, as photos do that aren't square.
        known_patches: Patches of one scene that keep their owner, at most, so that large scenes' pairs stay few.
        part: (which, of how many): the share of each batch's scenes to make, when processes split the work.
    """

    def __init__(
        self,
        seed: int,
        photos: Sequence[Image.Image],
        layouts: Sequence[Layout] = LAYOUTS["small"],
        table_side: int = 64,
        hard_share: float = 0.65,
        padded_share: float = 0.25,
        known_patches: int = 1024,
        part: tuple[int, int] = (0, 1),
    ) -> None:
        self.seed, self.photos, self.layouts, self.table_side = seed, photos, layouts, table_side
        self.hard_share, self.padded_share = hard_share, padded_share
        self.known_patches, self.part = known_patches, part
        self.shares = np.array([layout.share for layout in layouts]) / sum(layout.share for layout in layouts)

    def __getitem__(self, step: int) -> Batch:
        rng = np.random.default_rng((self.seed, step))
        layout = self.layouts[rng.choice(len(self.layouts), p=self.shares)]
        mine = range(self.part[0], layout.scenes, self.part[1])
        scenes = [self._scene(np.random.default_rng((self.seed, step, number)), layout.grid) for number in mine]
        corner = tuple(int(rng.integers(self.table_side - side + 1)) for side in layout.grid)
        images, owners = zip(*scenes, strict=True)
        return Batch(torch.stack(images), torch.stack(owners), corner)

    def _scene(self, rng: np.random.Generator, grid: tuple[int, int]) -> tuple[Tensor, Tensor]:
        """One normalised scene (3, rows, cols), perhaps padded with zeros, and its patch owners."""
        size = (grid[0] * PATCH_PX, grid[1] * PATCH_PX)
        kind = "hard" if rng.random() < self.hard_share else "easy"
        scene = make_scene(rng, size, kind, self.photos)
        image, owner = normalise(scene.pixels), scene.owner.copy()
        if rng.random() < self.padded_share:
            axis = int(rng.integers(2))
            end = int(size[axis] * rng.uniform(0.4, 1.0))
            beyond = (slice(end, None), slice(None)) if axis == 0 else (slice(None), slice(end, None))
            image[:, beyond[0], beyond[1]] = 0  # zeros after normalising, as segment-anything's preprocess
            owner[beyond] = owner.max() + 1  # padding is a thing of its own
        owners = patch_owners(owner, PATCH_PX)
        surplus = rng.permutation(owners.size)[self.known_patches :]
        owners.flat[surplus] = NO_SHAPE
        return image, torch.from_numpy(owners)


def normalise(pixels: np.ndarray) -> Float[Tensor, "3 rows cols"]:
    """Pixels (rows, cols, 3) on the 0–255 scale, less the mean and over the standard deviation of each channel."""
    scaled = (pixels.astype(np.float32) - np.float32(PIXEL_MEAN)) / np.float32(PIXEL_STD)
    return torch.from_numpy(np.ascontiguousarray(scaled.transpose(2, 0, 1)))
