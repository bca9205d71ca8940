"""The task: do two patches show the same thing? Its loss, its score, and the baseline that colour alone reaches."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from training.scenes import NO_SHAPE

TEMPERATURE = 0.1
LEAST_DIRECTIONS = 12  # that vectors of a batch should take: with more nothing is gained
MOST_COMMON = 0.5  # share of the squared length that all patches may have in common: up to it it costs nothing


def contrastive_loss(
    features: Float[Tensor, "scenes patches dim"],
    owners: Int[Tensor, "scenes patches"],
    temperature: float = TEMPERATURE,
) -> Float[Tensor, ""]:
    """Supervised contrastive loss within each scene: patches of one thing together, all others apart.

    Patches of the background are apart from the things, but neither together nor apart among themselves.

    Args:
        features: One vector for each patch, of any length (they are scaled to unit length here).
        owners: The patch's thing; those of `NO_SHAPE` take no part.

    Returns:
        Mean over scenes of the mean over patches that have a partner; a scene where none has counts 0.

    Source: Khosla et al., Supervised Contrastive Learning, arXiv 2004.11362, eq. 2 (L_out).
    """
    unit = F.normalize(features.float(), dim=-1)
    itself = torch.eye(owners.shape[1], dtype=torch.bool, device=owners.device)
    scores = (unit @ unit.mT / temperature).masked_fill(itself | (owners == NO_SHAPE)[:, None], -1e9)
    partner = (owners[:, :, None] == owners[:, None]) & (owners >= 0)[:, None] & ~itself
    partners = partner.sum(-1)
    of_each = -(scores.log_softmax(-1) * partner).sum(-1) / partners.clamp(min=1)
    return (of_each.sum(-1) / (partners > 0).sum(-1).clamp(min=1)).mean()


def directions_loss(
    features: Float[Tensor, "scenes patches dim"], owners: Int[Tensor, "scenes patches"]
) -> Float[Tensor, ""]:
    """How alike the vectors of all scenes of a batch are: the mean squared cosine of two patches, less 1/12.

    Its inverse counts the directions that the vectors take: told apart within each scene alone, they would need few,
    and a PCA of them would show one scene's things in the colours of another's.

    Args:
        features: One vector for each patch, of any length.
        owners: The patch's thing; those of `NO_SHAPE` don't count.

    Source: the participation ratio of the second moment, tr(M)² / tr(M²).
    """
    counted = (owners != NO_SHAPE).float()
    unit = F.normalize(features.float(), dim=-1) * counted[..., None]
    moment = torch.einsum("spd,spe->de", unit, unit) / counted.sum().clamp(min=1)
    return F.relu(moment.square().sum() - 1 / LEAST_DIRECTIONS)


def common_loss(stream: Float[Tensor, "batch grid_h grid_w dim"]) -> Float[Tensor, ""]:
    """How much more of the squared length all patches of a batch have in common than `MOST_COMMON`.

    A LayerNorm takes the length away, so nothing else keeps a block from adding one and the same long vector to every
    patch, beside which what tells patches apart is rounded off.
    """
    flat = stream.float().flatten(0, 2)
    return F.relu(flat.mean(0).square().sum() / flat.square().sum(1).mean() - MOST_COMMON)


def seam_loss(
    features: Float[Tensor, "batch grid_h grid_w dim"], owners: Int[Tensor, "batch grid_h grid_w"], window_size: int
) -> Float[Tensor, ""]:
    """How much more neighbours of one thing differ across window borders than inside windows; 0 at no seams.

    The background counts as a thing here. Differences are distances of unit-length vectors, as shares of how far these
    are spread, so that nothing is gained by making all patches alike. Only those across borders are pushed: those
    inside windows serve as the measure, so that nothing is gained by spoiling them either.

    Args:
        window_size: Side of a window in tokens; scenes with no border cost nothing.
    """
    unit = F.normalize(features.float(), dim=-1)
    border, inside = [], []
    for axis in (1, 2):
        length = unit.shape[axis] - 1
        difference = (unit.narrow(axis, 1, length) - unit.narrow(axis, 0, length)).square().sum(-1)
        first, second = owners.narrow(axis, 0, length), owners.narrow(axis, 1, length)
        of_one_shape = (first == second) & (first != NO_SHAPE)
        at_border = torch.arange(1, length + 1, device=unit.device) % window_size == 0
        at_border = at_border[:, None] if axis == 1 else at_border[None, :]
        # A square root has no slope at 0, where many neighbours are.
        distance = (difference + 1e-6).sqrt()
        border.append(distance[of_one_shape & at_border])
        inside.append(distance[of_one_shape & ~at_border])
    across, within = torch.cat(border), torch.cat(inside)
    if not len(across) or not len(within):
        return features.new_zeros((), dtype=torch.float32)
    vectors = unit.flatten(0, 2)
    spread = (vectors - vectors.mean(0)).square().sum(1).mean().clamp(min=1e-6).sqrt()
    return F.relu(across.mean() / spread / (within.mean() / spread).detach() - 1)


def same_thing_auc(similarity: Float[Tensor, "pairs"], same: Tensor) -> float:
    """Chance that a pair of one shape is more similar than a pair of two: area under the ROC curve, ties half.

    Args:
        same: Boolean for each pair.

    Raises:
        ValueError: If one of the two sorts of pair is absent.
    """
    positives, negatives = int(same.sum()), int((~same).sum())
    if positives == 0 or negatives == 0:
        raise ValueError(f"pairs of both sorts are needed, got {positives} of one shape and {negatives} of two")
    values, place = torch.unique(similarity.double(), return_inverse=True)
    counts = torch.bincount(place, minlength=len(values)).double()
    mean_rank = counts.cumsum(0) - (counts - 1) / 2  # ranks from 1; equal values share their mean
    rank_sum = mean_rank[place[same]].sum()
    return float((rank_sum - positives * (positives + 1) / 2) / (positives * negatives))


def colour_features(pixels: Float[Tensor, "rows cols 3"], patch_size: int = 16) -> Float[Tensor, "grid_h grid_w 6"]:
    """The baseline: mean and standard deviation of each patch's three channels, on the scale of `pixels`."""
    rows, cols = pixels.shape[0] // patch_size, pixels.shape[1] // patch_size
    patches = pixels.view(rows, patch_size, cols, patch_size, 3).transpose(1, 2).reshape(rows, cols, -1, 3)
    return torch.cat([patches.mean(2), patches.std(2, correction=0)], -1)
