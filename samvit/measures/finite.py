"""What a measure does with numbers that are none, as a damaged encoder computes them: it says so."""

from jaxtyping import Shaped
from torch import Tensor

from samvit.errors import SaidError


def check_finite(values: Shaped[Tensor, "*shape"]) -> None:
    """Raise SaidError if NaN or infinity is among the values."""
    if not bool(values.isfinite().all()):
        raise SaidError("measure.finite")
