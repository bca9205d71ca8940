"""The proof that a rebuilt attention row is the encoder's own."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Proof:
    """One attention output twice: rebuilt from the row, and as a forward hook saw it leave `attn`.

    Attributes:
        tolerance: How far the two may be apart, relative to the largest value seen: rounding in the number format that
            the encoder computes in.
    """

    rebuilt: Float[Tensor, " dim"]
    seen: Float[Tensor, " dim"]
    tolerance: float

    def __repr__(self) -> str:
        """What it says, on one line."""
        verdict, most = "holds" if self.holds else "fails", float(self.seen.abs().max())
        return f"Proof({verdict}: largest difference {self.largest_difference:.1e}, largest value {most:.3g})"

    @property
    def largest_difference(self) -> float:
        """Over all channels, absolute."""
        return float((self.rebuilt - self.seen).abs().max())

    @property
    def holds(self) -> bool:
        """Whether the two agree within the tolerance."""
        return self.largest_difference <= self.tolerance * max(float(self.seen.abs().max()), 1e-6)
