"""What a run learns by: its length, its rates and the weights of its losses."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what a run learns, apart from its scenes.

    Args:
        steps: Length of the run in steps, for a run that must come out the same twice; None when time decides.
        minutes: Length of the run in minutes of training, over all its parts; None when steps decide.
        optimizer: "muon" for the blocks' matrices, or "adamw" for all.
        smoothness: Weight of the squared difference of neighbouring rows of the position tables.
        auxiliary: Weight of the same loss on the stream that enters the last third of the blocks.
        seams: Weight of `same_thing.seam_loss`, on the neck's output and on the last block's.
        attention: Weight of `same_thing.attention_loss` on some heads of the last two global blocks.
        taught_heads: How many, from head 0 on; the others are left alone.
        mix: Which of `batches.LAYOUTS` the scenes have.
    """

    steps: int | None = None
    minutes: float | None = None
    seed: int = 0
    optimizer: str = "muon"
    matrix_rate: float = 5e-3
    rate: float = 1.5e-3
    table_rate: float = 3e-3
    weight_decay: float = 0.05
    warm_up: float = 0.02
    smoothness: float = 1e-3
    auxiliary: float = 0.3
    seams: float = 0.1
    attention: float = 0.1
    taught_heads: int = 4
    mix: str = "small"
    average: float = 0.995
    bfloat16: bool = True

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.minutes is None):
            raise ValueError(f"give either steps or minutes, got steps {self.steps} and minutes {self.minutes}")

    def progress(self, step: int, elapsed_s: float) -> float:
        """How much of the run is over, 0..1."""
        done = elapsed_s / (60 * self.minutes) if self.minutes is not None else step / (self.steps or 1)
        return min(done, 1.0)

    def rate_factor(self, progress: float) -> float:
        """The learning rates' factor: a linear rise, then a cosine that ends at 0.02."""
        if progress < self.warm_up:
            return max(progress / self.warm_up, 0.02)
        after = (progress - self.warm_up) / (1 - self.warm_up)
        return 0.02 + 0.98 * (1 + math.cos(math.pi * after)) / 2
