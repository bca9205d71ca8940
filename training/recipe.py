"""What a run learns by: its length, its rates and the weights of its losses."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what a run learns, apart from its scenes.

    Args:
        steps: Length of the run in steps, for a run that must come out the same twice; None when time decides.
        minutes: Length of the run in minutes of training, over all its parts; None when steps decide.
        matrix_rate: Muon's rate, for the blocks' matrices.
        rate, table_rate: AdamW's rates, for the rest and for the position tables.
        attention_decay: Weight decay of the matrices that make queries, keys and values, so that scores stay mild.
        decay_from: The progress at which rates begin to fall.
        stream: Weight of the task on the last block's output, the neck's being 1.
        pixels: Weight of the mean absolute error of masked patches' pixels.
        teaching: Weight of `attention_losses.teaching_loss` on two heads of each global block.
        telling: Weight of `attention_losses.telling_loss` on the other heads of the global blocks.
        balance: Weight of `attention_losses.balance_loss` on all heads of the global blocks.
        likeness: Weight of `attention_losses.likeness_loss` on all heads of the global blocks.
        likeness_from: The progress at which it begins: few steps are enough.
        seams: Weight of `same_thing.seam_loss`, on the neck's output and on the last block's.
        seams_from: The progress at which it begins: before there is something to see, it makes all patches alike.
        directions: Weight of `same_thing.directions_loss` on the neck's output.
        common: Weight of `same_thing.common_loss` on the last block's output.
        smoothness: Weight of the squared difference of neighbouring rows of the position tables.
        scenes_from: The progress at which scenes begin, in their sizes and kinds, when weights are trained on.
        scenes: How many times the scenes of `batches.LAYOUTS` a batch has: a GPU makes a larger one in the same time.
        average: Decay of the exponential average of the weights, each step.
    """

    steps: int | None = None
    minutes: float | None = None
    seed: int = 0
    matrix_rate: float = 3e-3
    rate: float = 1e-3
    table_rate: float = 1e-3
    weight_decay: float = 0.05
    attention_decay: float = 0.1
    warm_up: float = 0.02
    decay_from: float = 0.33
    stream: float = 0.3
    pixels: float = 0.5
    teaching: float = 0.2
    telling: float = 0.1
    balance: float = 0.15
    likeness: float = 4.0
    likeness_from: float = 0.92
    seams: float = 0.15
    seams_from: float = 0.3
    directions: float = 1.0
    common: float = 1.0
    smoothness: float = 5e-4
    scenes_from: float = 0.0
    scenes: int = 1
    average: float = 0.995
    bfloat16: bool = True

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.minutes is None):
            raise ValueError(f"give either steps or minutes, got steps {self.steps} and minutes {self.minutes}")

    def progress(self, step: int, elapsed_s: float) -> float:
        """How much of the run is over, 0..1."""
        done = elapsed_s / (60 * self.minutes) if self.minutes is not None else step / (self.steps or 1)
        return min(done, 1.0)

    def of_scenes(self, progress: float) -> float:
        """The progress by which scenes get their sizes and kinds."""
        return self.scenes_from + (1 - self.scenes_from) * progress

    def rate_factor(self, progress: float) -> float:
        """The learning rates' factor: a linear rise, level till `decay_from`, then a straight fall to 0.02."""
        if progress < self.warm_up:
            return max(progress / self.warm_up, 0.02)
        return 1 - 0.98 * max(0.0, progress - self.decay_from) / (1 - self.decay_from)


# A short second part that goes on from finished weights: low rates that fall from the start, all terms, later scenes.
# A few scenes at a time show few things, so that they aren't asked for many directions.
SETTLING: dict[str, Any] = {
    "seed": 1,
    "matrix_rate": 1e-3,
    "rate": 3e-4,
    "table_rate": 3e-4,
    "decay_from": 0.02,
    "seams": 0.8,
    "seams_from": 0.0,
    "likeness_from": 0.0,
    "directions": 0.0,
    "scenes_from": 0.6,
    "average": 0.98,
}
