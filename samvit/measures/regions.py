"""Regions of the photo: patches whose image embeddings are alike, found without any label."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from threadpoolctl import threadpool_limits
from torch import Tensor

from samvit.errors import SaidError
from samvit.measures.finite import check_finite
from samvit.tracing import Trace

STARTS = 3  # times that k-means begins anew; the best end is taken
SEED = 0


@dataclass(frozen=True, eq=False)
class Regions:
    """The patches that hold photo, divided into regions.

    Attributes:
        index: Each patch's region, the largest region first.
        centres: Each region's mean vector.
        explained: Share of the vectors' whole variance that lies between regions.
    """

    index: Int[Tensor, "photo_h photo_w"]
    centres: Float[Tensor, "regions dim"]
    explained: float

    @property
    def sizes(self) -> Int[Tensor, " regions"]:
        """How many patches each region has."""
        return torch.bincount(self.index.flatten(), minlength=len(self.centres))


def embedding_regions(trace: Trace, count: int) -> Regions:
    """K-means over the image embedding of the patches that hold photo. Kept in the trace's replay.

    Args:
        count: How many regions.

    Raises:
        ValueError: If there are fewer patches than regions, or count is below 1.
    """
    rows, cols = trace.photo_grid
    vectors = trace.embedding[:, :rows, :cols].permute(1, 2, 0).contiguous()
    return trace.replay.get(trace, ("regions", count), lambda: regions(vectors, count))


@torch.no_grad()
def regions(vectors: Float[Tensor, "rows cols dim"], count: int) -> Regions:
    """K-means by scikit-learn, the same each time: seeded, and regions numbered by their size.

    Raises:
        ValueError: If there are fewer vectors than regions, count is below 1, or a number isn't finite.

    Source: scikit-learn, sklearn.cluster.KMeans; Arthur and Vassilvitskii 2007, k-means++, for its starts.
    """
    points = vectors.flatten(0, 1)
    if not 1 <= count <= len(points):
        raise SaidError("measure.regions", most=len(points), got=count)
    check_finite(points)
    with threadpool_limits(1):  # scikit-learn's threads and torch's would fight for the same cores
        from sklearn.cluster import KMeans  # late, as in pca.py

        found = KMeans(count, n_init=STARTS, random_state=SEED).fit(points.numpy())
    labels = torch.from_numpy(found.labels_).long()
    order = torch.bincount(labels, minlength=count).argsort(descending=True, stable=True)
    index = torch.empty_like(order)
    index[order] = torch.arange(count)
    whole = float((points - points.mean(0)).square().sum())
    explained = 1 - float(found.inertia_) / whole if whole > 0 else 0.0
    centres = torch.from_numpy(found.cluster_centers_).to(vectors.dtype)[order]
    return Regions(index[labels].view(vectors.shape[:2]), centres, explained)
