"""Two things of the same shape beside each other: how alike they are, and where they differ most."""

import torch
from jaxtyping import Float
from torch import Tensor


@torch.no_grad()
def correlation(one: Float[Tensor, "..."], other: Float[Tensor, "..."]) -> float:
    """Pearson's correlation over the places where both have a value; NaN where either doesn't vary there.

    In float64 inside, since attention weights are small and their squares smaller.

    Raises:
        ValueError: If the shapes differ.
    """
    first, second = _shared_values(one, other)
    if not len(first) or bool((first == first[0]).all()) or bool((second == second[0]).all()):
        return float("nan")  # a constant's rounding isn't a direction
    first, second = first - first.mean(), second - second.mean()
    return float((first @ second / (first.norm() * second.norm())).clamp(-1, 1))


@torch.no_grad()
def farthest_apart(one: Float[Tensor, "..."], other: Float[Tensor, "..."]) -> tuple[float, tuple[int, ...]] | None:
    """The difference (one less other) of the largest magnitude, and its place; None where no place has both.

    Of several places the first in row-major order.

    Raises:
        ValueError: If the shapes differ.
    """
    _check_shapes(one, other)
    difference = one.double() - other.double()
    sizes = difference.abs().nan_to_num(nan=-1.0, posinf=-1.0)
    at = int(sizes.argmax()) if sizes.numel() else -1
    if at < 0 or float(sizes.flatten()[at]) < 0:
        return None
    place = tuple(int(index) for index in torch.unravel_index(torch.tensor(at), one.shape))
    return float(difference[place]), place


def _shared_values(one: Tensor, other: Tensor) -> tuple[Tensor, Tensor]:
    """The values at the places where both are finite, in a row, in float64."""
    _check_shapes(one, other)
    both = one.isfinite() & other.isfinite()
    return one[both].double(), other[both].double()


def _check_shapes(one: Tensor, other: Tensor) -> None:
    """Raise ValueError unless the shapes are equal."""
    if one.shape != other.shape:
        raise ValueError(f"both must have the same shape, got {tuple(one.shape)} and {tuple(other.shape)}")
