"""What is asked of attention: two heads of a global block are taught, the others must tell, and none may stare."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from training.same_thing import contrastive_loss
from training.scenes import NO_SHAPE

# The first heads of each global block and what they are taught; the others are free.
TAUGHT = ("whole thing", "near part")
NEAR_TOKENS = 4.0  # standard deviation of the near part
ELSEWHERE_TOKENS = 3  # what a head brings from further off than this must tell things apart


def teaching_loss(
    rows: Float[Tensor, "heads queries tokens"],
    queries: Int[Tensor, " queries"],
    owners: Int[Tensor, "grid_h grid_w"],
) -> Float[Tensor, ""]:
    """Cross-entropy of the taught heads' attention with where it should go: to the query's own thing.

    Head 0 spreads over the whole thing evenly, head 1 over the part that lies near. Weights are taken over patches
    with an owner or of the background, the query itself left out, so that neither what mixed patches get nor what the
    query keeps for itself costs anything.

    Args:
        rows: Attention weights of some queries of one scene.
        queries: Their row-major patch numbers; those that own nothing teach nothing.

    Returns:
        Mean over the taught heads and the queries with a partner; 0 if none has.
    """
    flat, grid_w = owners.flatten(), owners.shape[1]
    key = torch.arange(len(flat))
    others = (flat != NO_SHAPE) & (key != queries[:, None])
    own = (others & (flat[queries][:, None] == flat) & (flat[queries] >= 0)[:, None]).float()
    has_partner = own.sum(1) > 0
    if not has_partner.any():
        return rows.new_zeros(())
    apart = (key // grid_w - (queries // grid_w)[:, None]).square() + (
        key % grid_w - (queries % grid_w)[:, None]
    ).square()
    near = own * torch.exp(-apart / (2 * NEAR_TOKENS**2)) + 1e-6 * own  # a thing's far parts count a little
    targets = torch.stack([own, near])[:, has_partner]
    targets = targets / targets.sum(-1, keepdim=True)
    chosen = rows[: len(TAUGHT), has_partner].float() * others[has_partner]
    log_share = torch.log(chosen + 1e-7) - torch.log(chosen.sum(-1, keepdim=True) + 1e-7)
    return -(targets * log_share).sum(-1).mean()


def telling_loss(
    rows: Float[Tensor, "heads queries tokens"],
    values: Float[Tensor, "heads tokens head_dim"],
    queries: Int[Tensor, " queries"],
    owners: Int[Tensor, "grid_h grid_w"],
) -> Float[Tensor, ""]:
    """Contrastive loss on what each free head brings its queries from elsewhere: it must tell things apart.

    Elsewhere is further than `ELSEWHERE_TOKENS` off; those weights are scaled up to 1. Where a head looks is its own
    choice, but a far corner brings all queries the same, and the query itself doesn't count.

    Args:
        rows: Attention weights of some queries of one scene.
        values: What the keys bring.
        queries: Row-major patch numbers of the queries.

    Returns:
        Mean over the heads that aren't taught and the queries with a partner; 0 if none has.
    """
    grid_w = owners.shape[1]
    key, own = torch.arange(owners.numel()), owners.flatten()[queries]
    apart = torch.maximum(
        (key // grid_w - (queries // grid_w)[:, None]).abs(), (key % grid_w - (queries % grid_w)[:, None]).abs()
    )
    far = rows[len(TAUGHT) :] * (apart > ELSEWHERE_TOKENS)
    brought = (far / (far.sum(-1, keepdim=True) + 1e-6)) @ values[len(TAUGHT) :]
    losses = [contrastive_loss(of_head, own) for of_head in brought]
    return torch.stack(losses).mean() if losses else rows.new_zeros(())


def balance_loss(
    rows: Float[Tensor, "heads queries tokens"], queries: Int[Tensor, " queries"], padding: Bool[Tensor, " tokens"]
) -> Float[Tensor, ""]:
    """How far the patches of a photo are from being looked at equally often, all of a head's queries together.

    A head that sends every query to the same few spots costs up to log(patches); one in which each patch looks at
    itself, at its neighbourhood or at its own thing costs nothing. It says nothing about who looks at whom.

    Args:
        rows: Attention weights of some queries of one scene, spread over it evenly.
        queries: Their row-major patch numbers; those in padding are left out.
        padding: Patches that hold no photo; what they get is lost.

    Returns:
        Mean over heads of log(patches) less the entropy of what is looked at, less the log of what the photo gets.
    """
    looked_at = rows[:, ~padding[queries]][:, :, ~padding].float().mean(1)  # (heads, patches)
    if looked_at.numel() == 0 or padding[queries].all():
        return rows.new_zeros(())
    of_photo = looked_at.sum(-1, keepdim=True).clamp(min=1e-6)
    share = looked_at / of_photo
    entropy = -(share * torch.log(share + 1e-9)).sum(-1)
    patches = torch.tensor(float(looked_at.shape[-1]))
    return (patches.log() - entropy - of_photo.squeeze(-1).log()).mean()
