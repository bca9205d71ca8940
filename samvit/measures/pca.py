"""Principal components: the directions in which vectors differ most, and pictures whose colours they are.

The sign of a principal component is free: v and −v explain the same variance. Left to the solver it turns over between
photos that differ by a few grey levels, and with it a colour turns into its negative. Here it is fixed by one of two
rules. With something known of each point (`rising_with`; for patches their place, see `place`), a component's scores
rise with it. Without, the signed squares of the vectors along the component, not centred, add up to more than zero
(Bro, Acar and Kolda 2008, "Resolving the sign ambiguity in the singular value decomposition").

Measured at 512 px: the bundled examples against brightened, darkened, shifted, noisy and higher-contrast copies, three
components of 16 tensors each, by vit_tiny's weights of two commits, and random ones. Of 4,183 components that
stayed within 26° of their own axis, `place` turned 63 around, the patches' brightness 84. With those of a186d35
alone it was 9 of 1,408 by place, 24 by brightness, 28 by the mean vector, 35 by the scores' skewness, 37 by signed
squares and 58 by the largest loading. No rule can make it zero: a continuous choice between v and
−v vanishes somewhere.
"""

from dataclasses import dataclass
from functools import cache

import torch
from jaxtyping import Float, UInt8
from threadpoolctl import ThreadpoolController
from torch import Tensor

from samvit.measures.finite import check_finite

COLOURS = 3  # components that become red, green and blue
PERCENTILES = (1, 99)  # of the scores: where a colour channel is black and full
RIGHT = 0.3  # what one step to the right counts beside one step down, each in spreads of its own coordinate
GREY = 128  # image padding, and a component that doesn't exist or vary


@dataclass(frozen=True, eq=False)
class Basis:
    """The principal components of some vectors. What is shown in one basis can be compared, by hue too.

    Attributes:
        mean: Of the vectors.
        components: Unit vectors, the one that explains most first.
        variance: Share of the vectors' whole variance that each component explains; zeros where nothing varies.
        low, high: The 1st and 99th percentile of the vectors' scores on each component: a colour's range.
    """

    mean: Float[Tensor, " dim"]
    components: Float[Tensor, "components dim"]
    variance: Float[Tensor, " components"]
    low: Float[Tensor, " components"]
    high: Float[Tensor, " components"]

    def scores(self, vectors: Float[Tensor, "*positions dim"]) -> Float[Tensor, "*positions components"]:
        """How far each vector lies from the mean along each component."""
        return (vectors - self.mean) @ self.components.T

    def colours(self, vectors: Float[Tensor, "*positions dim"]) -> UInt8[Tensor, "*positions rgb"]:
        """RGB by the first three components, in this basis' range; whoever shares the basis shares the colours."""
        return score_colours(self.scores(vectors), self.low, self.high)


@torch.no_grad()
def principal_components(
    vectors: Float[Tensor, "points dim"], count: int, rising_with: Float[Tensor, " points"] | None = None
) -> Basis:
    """The first principal components of vectors, by scikit-learn, in float64 inside.

    Args:
        count: How many components are wanted; fewer come back where there are fewer points or dimensions.
        rising_with: Something known of each point; it fixes the components' signs (see above).

    Raises:
        ValueError: If count is below 1, there is no vector, or a number isn't finite.
    """
    if count < 1 or not len(vectors):
        raise ValueError(f"expected a count and a number of vectors of at least 1, got {count} and {len(vectors)}")
    check_finite(vectors)
    count, precise = min(count, *vectors.shape), vectors.double()
    mean = precise.mean(0)
    if bool((vectors == vectors[0]).all()):
        components, variance = torch.eye(count, vectors.shape[1], dtype=torch.float64), torch.zeros(count)
    else:
        with _pools().limit(limits=1, user_api="blas"):  # BLAS's threads and torch's would fight for the same cores
            from sklearn.decomposition import PCA  # 0.7 s that start-up, and who needs no components, go without

            pca = PCA(count, svd_solver="covariance_eigh").fit(precise.numpy())
        components, variance = torch.from_numpy(pca.components_), torch.from_numpy(pca.explained_variance_ratio_)
        components = components * component_signs(precise, components, rising_with)[:, None]
    low, high = score_range((precise - mean) @ components.T)
    return Basis(*(tensor.to(vectors.dtype) for tensor in (mean, components, variance, low, high)))


@cache
def _pools() -> ThreadpoolController:
    """The libraries' pools of threads, looked for once: that takes as long as a small fit."""
    return ThreadpoolController()


@torch.no_grad()
def component_signs(
    vectors: Float[Tensor, "points dim"],
    components: Float[Tensor, "components dim"],
    rising_with: Float[Tensor, " points"] | None = None,
) -> Float[Tensor, " components"]:
    """1 where a component points the way that the rule of signs asks for, −1 where it must be turned around."""
    if rising_with is None or bool((rising_with == rising_with[0]).all()):
        along = vectors @ components.T  # (points, components), not centred
        which_way = (along * along.abs()).sum(0)
    else:
        which_way = (rising_with.to(vectors.dtype) - rising_with.mean()) @ (vectors - vectors.mean(0)) @ components.T
    return torch.where(which_way < 0, -1.0, 1.0).to(vectors.dtype)


def score_range(
    scores: Float[Tensor, "*positions components"],
) -> tuple[Float[Tensor, " components"], Float[Tensor, " components"]]:
    """The 1st and the 99th percentile of each component's scores, between neighbours linearly."""
    shares = torch.tensor(PERCENTILES, dtype=scores.dtype) / 100
    low, high = torch.quantile(scores.reshape(-1, scores.shape[-1]), shares, dim=0)
    return low, high


def score_colours(
    scores: Float[Tensor, "*positions components"],
    low: Float[Tensor, " components"],
    high: Float[Tensor, " components"],
) -> UInt8[Tensor, "*positions rgb"]:
    """RGB of the first three scores: `low` is 0, `high` is 255; grey where a component is missing or doesn't vary."""
    varies = high > low
    unit = ((scores - low) / torch.where(varies, high - low, 1)).clamp(0, 1)
    levels = torch.where(varies, (unit * 255).round(), GREY).to(torch.uint8)
    colours = torch.full((*scores.shape[:-1], COLOURS), GREY, dtype=torch.uint8)
    colours[..., : levels.shape[-1]] = levels[..., :COLOURS]
    return colours


def photo_basis(
    tokens: Float[Tensor, "grid_h grid_w dim"],
    photo_grid: tuple[int, int],
    count: int = COLOURS,
) -> Basis:
    """The principal components of the patches that hold photo, their signs by `place`; image padding takes no part.

    Args:
        photo_grid: The (rows, cols) of patches that hold photo, from the top left.
    """
    rows, cols = photo_grid
    return principal_components(tokens[:rows, :cols].flatten(0, 1), count, place(photo_grid).flatten())


def photo_colours(
    tokens: Float[Tensor, "grid_h grid_w dim"], photo_grid: tuple[int, int], basis: Basis
) -> UInt8[Tensor, "grid_h grid_w rgb"]:
    """Patches as RGB in a basis, their own or one that pictures share; image padding is grey."""
    rows, cols = photo_grid
    colours = torch.full((*tokens.shape[:2], COLOURS), GREY, dtype=torch.uint8)
    colours[:rows, :cols] = basis.colours(tokens[:rows, :cols])
    return colours


def place(grid: tuple[int, int]) -> Float[Tensor, "rows cols"]:
    """How far down a patch lies, and a little how far right: what components rise with, whatever the photo shows.

    Args:
        grid: How many (rows, cols) of patches there are.
    """
    down, right = (torch.arange(side) - (side - 1) / 2 for side in grid)
    down, right = (along / along.std(correction=0).clamp_min(0.5) for along in (down, right))
    return down[:, None] + RIGHT * right[None]
