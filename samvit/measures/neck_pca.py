"""The neck's steps as colours: of the whole photo or of its foreground, in a basis of their own or of two photos."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from samvit.errors import SaidError
from samvit.measures.finite import check_finite
from samvit.measures.pca import photo_colours, place, principal_components
from samvit.measures.similarity import cosines
from samvit.measures.tensor_pca import TensorPca, patch_vectors
from samvit.tracing import Trace

FOREGROUNDS = ("all", "component", "likeness")  # which patches take part: see `foreground`
STEPS = ("neck.0", "neck.1", "neck.2", "neck.3")
BACKGROUND = 0  # black


@dataclass(frozen=True, eq=False)
class Ground:
    """Which patches take part.

    Attributes:
        wanted: True for those; never for image padding.
        threshold: What they lie above (or below, if the pinned patch does); None where all take part.
        above: Whether it is above.
    """

    wanted: Bool[Tensor, "grid_h grid_w"]
    threshold: float | None = None
    above: bool = True


@dataclass(frozen=True, eq=False)
class NeckPca:
    """Each step's components and colours, and which patches took part in them."""

    ground: Ground
    steps: tuple[TensorPca, ...]


def foreground(trace: Trace, query: tuple[int, int], rule: str) -> Ground:
    """The patches that a rule sets apart, in the image embedding.

    all: every patch that holds photo. component: those on the pinned patch's side of a threshold on the first principal
    component. likeness: those whose cosine with the pinned patch, the photo's mean taken off, lies above a threshold.
    Both thresholds are Otsu's.

    Args:
        query: The pinned patch (row, col).

    Raises:
        ValueError: If there is no such rule.

    Source: DINOv2, arXiv 2304.07193, fig. 1, thresholds the first component, by hand; Otsu 1979.
    """
    rows, cols = trace.photo_grid
    wanted = ~trace.image_padding()
    if rule == "all":
        return Ground(wanted)
    vectors = trace.embedding.detach().permute(1, 2, 0)
    on_photo = vectors[:rows, :cols]
    check_finite(on_photo)
    if rule == "component":
        values = principal_components(on_photo.flatten(0, 1), 1, place((rows, cols)).flatten()).scores(vectors)[..., 0]
    elif rule == "likeness":
        centred = vectors - on_photo.mean((0, 1))
        values = cosines(centred, query).nan_to_num(0.0)  # the mean itself points nowhere
    else:
        raise SaidError("measure.foreground", rules=", ".join(FOREGROUNDS), got=rule)
    threshold = otsu(values[:rows, :cols].flatten())
    above = rule == "likeness" or bool(values[query] > threshold)
    return Ground(wanted & ((values > threshold) == above), threshold, above)


def otsu(values: Float[Tensor, " values"]) -> float:
    """The threshold that parts values into two groups whose means lie farthest apart, each weighed by its size.

    Halfway between two neighbouring values; where all are the same, below them.

    Source: Otsu 1979, "A threshold selection method from gray-level histograms"; here without a histogram.
    """
    ordered = values.double().sort().values
    if bool(ordered[0] == ordered[-1]):
        return float(ordered[0]) - 1
    count = torch.arange(1, len(ordered), dtype=torch.float64)
    below = ordered.cumsum(0)[:-1]
    means = below / count, (ordered.sum() - below) / (len(ordered) - count)
    between = count * (len(ordered) - count) * (means[1] - means[0]).square()
    between[ordered[1:] == ordered[:-1]] = -1  # no threshold fits between equal values
    best = int(between.argmax())
    return float((ordered[best] + ordered[best + 1]) / 2)


def neck_pca(trace: Trace, query: tuple[int, int], rule: str, count: int) -> NeckPca:
    """Each step in the components of the patches that take part.

    Args:
        query: The pinned patch (row, col).
        rule: One of `FOREGROUNDS`.
        count: How many components are wanted.

    Raises:
        ValueError: If there is no such rule.
    """
    return shared_neck_pca(((trace, query),), rule, count)[0]


def shared_neck_pca(photos: tuple[tuple[Trace, tuple[int, int]], ...], rule: str, count: int) -> tuple[NeckPca, ...]:
    """The same of several photos in one basis: the components of all their patches together, so that hues compare.

    Args:
        photos: Traces of one encoder, each with its pinned patch.

    Raises:
        ValueError: If there is no such rule, or the steps are of different widths.
    """
    grounds = [foreground(trace, query, rule) for trace, query in photos]
    traces = [trace for trace, _ in photos]
    steps: list[list[TensorPca]] = [[] for _ in photos]
    for name in STEPS:
        vectors = [patch_vectors(trace, name) for trace in traces]
        if len({one.shape[-1] for one in vectors}) > 1:
            raise ValueError(f"{name} must be of one width, got {', '.join(str(one.shape[-1]) for one in vectors)}")
        taking_part, places = [], []
        for one, ground, trace in zip(vectors, grounds, traces, strict=True):
            (rows, cols), wanted = trace.photo_grid, ground.wanted
            taking_part.append(one[wanted])
            places.append(place((rows, cols))[wanted[:rows, :cols]])
        basis = principal_components(torch.cat(taking_part), count, torch.cat(places))
        for found, one, ground, trace in zip(steps, vectors, grounds, traces, strict=True):
            colours = photo_colours(one, trace.photo_grid, basis)
            colours[~ground.wanted & ~trace.image_padding()] = BACKGROUND
            found.append(TensorPca(name, basis.scores(one), basis, colours))
    return tuple(NeckPca(ground, tuple(found)) for ground, found in zip(grounds, steps, strict=True))
