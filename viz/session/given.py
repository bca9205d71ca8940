"""A trace that is there already, for a page that opens on it from a notebook or a program."""

from dataclasses import dataclass, replace

import numpy as np
from torch import Tensor

from samvit.preprocess import ModelImage
from samvit.tracing import Trace
from viz.selection import Selection, Subject


@dataclass(frozen=True, eq=False)
class Given:
    """A trace, and what is looked at in it first."""

    trace: Trace
    first: Selection

    @property
    def model_image(self) -> ModelImage | Tensor:
        """What the encoder was shown, before any what-if changed it."""
        return self.trace.image if self.trace.true_image is None else self.trace.true_image

    @property
    def pixels(self) -> np.ndarray | None:
        """The photo as the encoder saw it, in its channels; None where the trace was made of a bare tensor."""
        return self.model_image.pixels if isinstance(self.model_image, ModelImage) else None

    def image(self, subject: Subject, channels: int) -> ModelImage | Tensor | None:
        """The trace's own model image where a subject asks for the same one, of so many channels; else None."""
        own, image = self.first.subject, self.model_image
        same = replace(subject, model=own.model, what_if=own.what_if) == own
        count = image.channels if isinstance(image, ModelImage) else image.shape[1]
        return image if same and count == channels else None
