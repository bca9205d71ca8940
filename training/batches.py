"""Batches of scenes for a training step: each is a function of the run's seed and the step, whoever makes it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset

from samvit.config import PIXEL_MEAN, PIXEL_STD
from training.pool import Pool
from training.scenes import Scene, make_scene, patch_owners
from training.things import photo_scene, thing_scene, things_on_leaves

PATCH_PX = 16


@dataclass(frozen=True)
class Layout:
    """One sort of batch: the patch grid of its scenes, how many, and how often such a step comes, first and last."""

    grid: tuple[int, int]
    scenes: int
    first_share: float
    last_share: float


# 22, 36, 50 and 64 rows or columns all pad by 6 to whole windows of 14. Small grids teach what things look like for
# little time, but attention learned on 484 patches doesn't carry to 4096, so large ones come from the beginning and
# more and more. Strips reach every row of the relative position tables at a tenth of a full scene's cost.
LAYOUTS = (
    Layout((22, 22), 8, 0.45, 0.15),
    Layout((64, 14), 4, 0.05, 0.05),
    Layout((14, 64), 4, 0.05, 0.05),
    Layout((36, 36), 4, 0.30, 0.30),
    Layout((50, 50), 2, 0.05, 0.10),
    Layout((64, 64), 2, 0.10, 0.35),
)


@dataclass(frozen=True)
class Mix:
    """What scenes are made of from a share of the run on.

    Args:
        since: Progress, 0..1, at which it begins.
        sorts: How often a scene is of which sort.
        hard_share: Chance that a scene of dead leaves is of the hard kind.
    """

    since: float
    sorts: dict[str, float]
    hard_share: float


# Textures take longest to learn, and colours are half forgotten over them: so they come back in the second half.
MIXES = (
    Mix(0.0, {"leaves": 0.62, "things on leaves": 0.10, "things": 0.25, "photo": 0.03}, 0.85),
    Mix(0.47, {"leaves": 0.72, "things on leaves": 0.10, "things": 0.15, "photo": 0.03}, 0.50),
)


@dataclass(frozen=True)
class Batch:
    """Normalised scenes with what is known of each patch.

    Attributes:
        owners: The thing that each patch shows, `NO_SHAPE` or `BACKGROUND`.
        padding: Patches that lie beyond the picture.
        hidden: Patches that the encoder isn't shown.
        corner: Where the scenes lie (row, col) in the absolute position table.
        compared: Patch numbers, row-major, for the loss that compares each with each.
    """

    images: Float[Tensor, "batch 3 rows cols"]
    owners: Int[Tensor, "batch grid_h grid_w"]
    padding: Bool[Tensor, "batch grid_h grid_w"]
    hidden: Bool[Tensor, "batch grid_h grid_w"]
    corner: tuple[int, int]
    compared: Int[Tensor, " compared"]

    def to(self, device: torch.device) -> "Batch":
        """The batch on a device."""
        return replace(
            self,
            images=self.images.to(device),
            owners=self.owners.to(device),
            padding=self.padding.to(device),
            hidden=self.hidden.to(device),
            compared=self.compared.to(device),
        )


class SceneBatches(Dataset[Batch]):
    """Batch number `step` of a run; the same for the same seed, step and progress.

    Args:
        pool: Photographs and things; None for scenes of dead leaves alone.
        textures: Further photos that surfaces of dead leaves are cut from.
        table_side: Side of the absolute position table, in tokens.
        mixes: What scenes are made of, in the order in which they begin.
        padded_share: Chance that a scene ends in zero rows or columns, as photos do that aren't square.
        hidden_share: Chance that patches of a scene are hidden.
        most_compared: Patches that are compared with each other, at most.
        part: (which, of how many): the share of each batch's scenes to make, when processes split the work.
    """

    def __init__(
        self,
        seed: int,
        pool: Pool | None,
        textures: Sequence[Image.Image] = (),
        layouts: Sequence[Layout] = LAYOUTS,
        table_side: int = 64,
        mixes: Sequence[Mix] = MIXES,
        padded_share: float = 0.3,
        hidden_share: float = 0.4,
        most_compared: int = 1024,
        part: tuple[int, int] = (0, 1),
    ) -> None:
        self.seed, self.pool, self.layouts, self.table_side = seed, pool, layouts, table_side
        self.textures = [*textures, *(pool.photos if pool else ())]
        self.mixes, self.padded_share, self.hidden_share = mixes, padded_share, hidden_share
        self.most_compared, self.part = most_compared, part

    def __getitem__(self, key: tuple[int, float]) -> Batch:
        step, progress = key
        rng = np.random.default_rng((self.seed, step))
        shares = np.array([one.first_share + progress * (one.last_share - one.first_share) for one in self.layouts])
        layout = self.layouts[rng.choice(len(self.layouts), p=shares / shares.sum())]
        top, left = (int(rng.integers(self.table_side - side + 1)) for side in layout.grid)
        compared = rng.permutation(layout.grid[0] * layout.grid[1])[: self.most_compared]
        mine = range(self.part[0], layout.scenes, self.part[1])
        mix = [one for one in self.mixes if one.since <= progress][-1]
        scenes = [self._scene(np.random.default_rng((self.seed, step, number)), layout.grid, mix) for number in mine]
        images, owners, padding, hidden = (torch.stack(parts) for parts in zip(*scenes, strict=True))
        return Batch(images, owners, padding, hidden, (top, left), torch.from_numpy(compared))

    def _scene(
        self, rng: np.random.Generator, grid: tuple[int, int], mix: Mix
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """One normalised scene (3, rows, cols), perhaps padded with zeros; its patches' owners, padding and mask."""
        size = (grid[0] * PATCH_PX, grid[1] * PATCH_PX)
        scene = self._picture(rng, size, mix)
        image, owner = normalise(scene.pixels), scene.owner.copy()
        padding = np.zeros(grid, dtype=bool)
        if rng.random() < self.padded_share:
            axis = int(rng.integers(2))
            end = int(size[axis] * rng.uniform(0.4, 1.0))
            beyond = (slice(end, None), slice(None)) if axis == 0 else (slice(None), slice(end, None))
            image[:, beyond[0], beyond[1]] = 0  # zeros after normalising, as segment-anything's preprocess
            owner[beyond] = owner.max() + 1 if owner.max() >= 0 else 0  # padding is a thing of its own
            first = -(-end // PATCH_PX)
            padding[(slice(first, None), slice(None)) if axis == 0 else (slice(None), slice(first, None))] = True
        hidden = np.zeros(grid, dtype=bool)
        if rng.random() < self.hidden_share:
            hidden = hide_blocks(rng, grid) & ~padding
        owners = torch.from_numpy(patch_owners(owner, PATCH_PX))
        return image, owners, torch.from_numpy(padding), torch.from_numpy(hidden)

    def _picture(self, rng: np.random.Generator, size: tuple[int, int], mix: Mix) -> Scene:
        """A scene of one of the mix's sorts; of dead leaves if there are no photographs."""
        pool = self.pool
        sort = "leaves" if pool is None else rng.choice(list(mix.sorts), p=list(mix.sorts.values()))
        if pool is None or sort == "leaves":
            return make_scene(rng, size, "hard" if rng.random() < mix.hard_share else "easy", self.textures)
        if sort == "things on leaves":
            return things_on_leaves(rng, size, pool, self.textures)
        if sort == "things":
            return thing_scene(rng, size, pool)
        return photo_scene(rng, size, pool.photos)


def hide_blocks(rng: np.random.Generator, grid: tuple[int, int]) -> Bool[np.ndarray, "grid_h grid_w"]:
    """Hide a quarter to 70 % of the patches, in squares of 1 to a seventh of the shorter side."""
    hidden = np.zeros(grid, dtype=bool)
    largest = max(min(grid) // 7, 1)
    share = rng.uniform(0.25, 0.7)
    while hidden.mean() < share:
        side = int(rng.integers(1, largest + 1))
        for top, left in zip(*(rng.integers(1 - side, length, 32) for length in grid), strict=True):
            hidden[max(top, 0) : top + side, max(left, 0) : left + side] = True
            if hidden.mean() >= share:
                break
    return hidden


def normalise(pixels: np.ndarray) -> Float[Tensor, "3 rows cols"]:
    """Pixels (rows, cols, 3) on the 0–255 scale, less the mean and over the standard deviation of each channel."""
    scaled = (pixels.astype(np.float32) - np.array(PIXEL_MEAN, np.float32)) / np.array(PIXEL_STD, np.float32)
    return torch.from_numpy(np.ascontiguousarray(scaled.transpose(2, 0, 1)))
