"""What is asked of attention: two heads of a block are taught, the others must tell, none may stare, all must differ.

Teaching and telling read scores by content alone, the product of query and key without the relative positions: near
patches are mostly of the query's own thing, so position alone would lower such losses, and is learned faster.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor

from training.same_thing import contrastive_loss
from training.scenes import NO_SHAPE

# The first heads of each global block and what they are taught; the others are free.
TAUGHT = ("own thing", "own thing")
MOST_ALIKE = 0.4  # mean correlation of the maps of one block's heads: up to it they cost nothing
ELSEWHERE_TOKENS = 3  # what a head brings from further off than this must tell things apart


def teaching_loss(
    content: Float[Tensor, "batch heads queries tokens"],
    queries: Int[Tensor, " queries"],
    owners: Int[Tensor, "batch grid_h grid_w"],
    asking: Bool[Tensor, "batch queries"],
) -> Float[Tensor, ""]:
    """Cross-entropy of the taught heads' attention by content with the query's own thing, all of it evenly.

    Weights are taken over patches with an owner or of the background, the query itself left out, so that neither what
    mixed patches get nor what the query keeps for itself costs anything.

    Args:
        content: Scores by content, before softmax, of some queries of each scene.
        queries: Their row-major patch numbers.
        asking: Queries that count; of these, those that own nothing teach nothing.

    Returns:
        Mean over the taught heads and all queries with a partner; 0 if none has.
    """
    flat = owners.flatten(1)
    key = torch.arange(flat.shape[1], device=flat.device)
    others = (flat != NO_SHAPE)[:, None] & (key != queries[:, None])
    of_query = flat[:, queries]
    own = others & (of_query[..., None] == flat[:, None]) & ((of_query >= 0) & asking)[..., None]
    partners = own.sum(-1)  # (batch, queries)
    log_share = content[:, : len(TAUGHT)].masked_fill(~others[:, None], -1e9).log_softmax(-1)
    of_each = -(log_share * own[:, None]).sum(-1) / partners.clamp(min=1)[:, None]
    return of_each.mean(1).sum() / (partners > 0).sum().clamp(min=1)


def telling_loss(
    content: Float[Tensor, "batch heads queries tokens"],
    values: Float[Tensor, "batch heads tokens head_dim"],
    queries: Int[Tensor, " queries"],
    owners: Int[Tensor, "batch grid_h grid_w"],
    asking: Bool[Tensor, "batch queries"],
) -> Float[Tensor, ""]:
    """Contrastive loss on what each free head brings its queries from elsewhere by content: it must tell things apart.

    Elsewhere is further than `ELSEWHERE_TOKENS` off. Where a head looks is its own choice, but a far corner brings all
    queries the same, and the query itself doesn't count.

    Args:
        content: Scores by content, before softmax, of some queries of each scene.
        values: What the keys bring.
        queries: Row-major patch numbers of the queries.
        asking: Queries that count.

    Returns:
        Mean over scenes and the heads that aren't taught; 0 if there are none.
    """
    free = content.shape[1] - len(TAUGHT)
    if free <= 0:
        return content.new_zeros(())
    grid_w = owners.shape[2]
    key = torch.arange(owners.shape[1] * grid_w, device=owners.device)
    apart = torch.maximum(
        (key // grid_w - (queries // grid_w)[:, None]).abs(), (key % grid_w - (queries % grid_w)[:, None]).abs()
    )
    far = content[:, -free:].masked_fill(apart <= ELSEWHERE_TOKENS, -1e9).softmax(-1)
    brought = far @ values[:, -free:]
    own = owners.flatten(1)[:, queries].masked_fill(~asking, NO_SHAPE)
    return contrastive_loss(brought.flatten(0, 1), own.repeat_interleave(free, 0))


def balance_loss(
    rows: Float[Tensor, "batch heads queries tokens"],
    queries: Int[Tensor, " queries"],
    padding: Bool[Tensor, "batch tokens"],
) -> Float[Tensor, ""]:
    """How far the patches of a photo are from being looked at equally often, all of a head's queries together.

    A head that sends every query to the same few spots costs up to log(patches); one in which each patch looks at
    itself, at its neighbourhood or at its own thing costs nothing. It says nothing about who looks at whom.

    Args:
        rows: Attention weights of some queries of each scene, spread over it evenly.
        queries: Their row-major patch numbers; those in padding are left out.
        padding: Patches that hold no photo; what they get is lost.

    Returns:
        Mean over scenes and heads of log(patches) less the entropy of what is looked at, less the log of what the photo
        gets; scenes without a query in the photo count 0.
    """
    photo, asking = (~padding).float(), (~padding[:, queries]).float()
    looked_at = torch.einsum("bhqn,bq->bhn", rows, asking) / asking.sum(1).clamp(min=1)[:, None, None]
    looked_at = looked_at * photo[:, None]
    of_photo = looked_at.sum(-1, keepdim=True).clamp(min=1e-6)
    share = looked_at / of_photo
    entropy = -(share * torch.log(share + 1e-9)).sum(-1)  # (batch, heads)
    of_each = photo.sum(1).clamp(min=1).log()[:, None] - entropy - of_photo.squeeze(-1).log()
    return (of_each * asking.any(1)[:, None]).mean()


def likeness_loss(
    rows: Float[Tensor, "batch heads queries tokens"],
    queries: Int[Tensor, " queries"],
    padding: Bool[Tensor, "batch tokens"],
) -> Float[Tensor, ""]:
    """How much more alike the heads of a block are than `MOST_ALIKE`: the mean correlation of two heads' maps.

    Args:
        rows: Attention weights of some queries of each scene.
        queries: Their row-major patch numbers; those in padding are left out.
        padding: Patches that hold no photo.

    Returns:
        Mean over scenes; scenes without a query in the photo and blocks of one head cost nothing.
    """
    heads, asking = rows.shape[1], (~padding[:, queries]).float()
    unit = F.normalize(rows - rows.mean(-1, keepdim=True), dim=-1)
    of_pairs = torch.einsum("bhqn,bgqn,bq->bhg", unit, unit, asking) / asking.sum(1).clamp(min=1)[:, None, None]
    between = of_pairs.sum((1, 2)) - of_pairs.diagonal(dim1=1, dim2=2).sum(1)
    return F.relu(between / max(heads * (heads - 1), 1) - MOST_ALIKE).mean()
