"""Attention across depth: one patch's weights in every head of every block, and what each head does on the whole."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from samvit.looking import Progress
from samvit.measures.bands import Band, attention_bands, softmax
from samvit.measures.similarity import norms
from samvit.tracing import Trace

# A head's kind is the first of these whose rule holds; `head_kinds` has the rules, and these are their limits.
KINDS = ("padding", "broad", "local", "positional", "same_content", "mixed")
PADDING_SHARE = 0.5  # of the weight
BROAD_SHARE = 0.9  # of the highest possible entropy
LOCAL_PATCHES = 2.5  # mean distance
POSITIONAL_SHARE = 0.5  # of the weight that moves without rel-pos
LIKENESS = 0.1  # how much more alike, in cosine, than a key chosen at random


@dataclass(frozen=True, eq=False)
class HeadFacts:
    """What every head does on average over the queries that hold photo.

    Distances are in pixels of the model image and count weight on patches that hold photo, as `mean_distances` does;
    entropies are in bits, over all keys with padding's among them.

    Attributes:
        distance, entropy: As the encoder computed it.
        content_distance, content_entropy: With rel_h and rel_w left out of the softmax.
        moved: Share of the weight that lies on other keys when rel_h and rel_w are left out.
        padding: Share of the weight on window padding and image padding.
        likeness: Mean cosine of query and key, each key counted by its weight, less the mean with equal weights. Of
            the block's input, its mean taken off.
        even_distance, even_entropy: What equal weights would give; this entropy is the highest possible.
        farthest: Mean distance of the farthest patch that a query can look at: no head can look farther.
    """

    distance: Float[Tensor, "blocks heads"]
    entropy: Float[Tensor, "blocks heads"]
    content_distance: Float[Tensor, "blocks heads"]
    content_entropy: Float[Tensor, "blocks heads"]
    moved: Float[Tensor, "blocks heads"]
    padding: Float[Tensor, "blocks heads"]
    likeness: Float[Tensor, "blocks heads"]
    even_distance: Float[Tensor, " blocks"]
    even_entropy: Float[Tensor, " blocks"]
    farthest: Float[Tensor, " blocks"]


def weights_through_depth(trace: Trace, query: tuple[int, int]) -> Float[Tensor, "blocks heads grid_h grid_w"]:
    """One patch's attention weights in every head of every block; NaN outside its window.

    Args:
        query: Patch (row, col).

    Raises:
        ValueError: If the patch doesn't exist.
    """
    return torch.stack([trace.attention(block, query).weights for block in range(trace.depth)])


def head_facts(trace: Trace, progress: Progress | None = None) -> HeadFacts:
    """What every head does on average: all rows of all blocks, a band of queries at a time. Kept in the replay.

    Takes about three times as long as the attention of the forward pass did.

    Args:
        progress: Called after each block with its name, the number done and the total.

    Source: ViT, arXiv 2010.11929, appendix D.7, attention distance; entropy as in Clark et al., arXiv 1906.04341.
    """
    return trace.replay.get(trace, "head facts", lambda: _head_facts(trace, progress))


def head_kinds(facts: HeadFacts, patch_size: int) -> Int[Tensor, "blocks heads"]:
    """Each head's kind, as an index into `KINDS`: the first rule that holds.

    padding: more than half of the weight lies on padding. broad: entropy above 90 % of the highest possible.
    local: mean distance up to 2.5 patches. positional: without rel-pos more than half of the weight would lie on other
    keys. same_content: what it looks at is more like the query than a random key, by more than 0.1 in cosine.
    mixed: nothing of these. The limits are ours: no paper gives them.

    Args:
        patch_size: Side of a patch in pixels.
    """
    rules = (
        facts.padding > PADDING_SHARE,
        facts.entropy > BROAD_SHARE * facts.even_entropy[:, None],
        facts.distance <= LOCAL_PATCHES * patch_size,
        facts.moved > POSITIONAL_SHARE,
        facts.likeness > LIKENESS,
    )
    kinds = torch.full(facts.distance.shape, len(rules))
    for index, holds in reversed(list(enumerate(rules))):
        kinds[holds] = index
    return kinds


@torch.no_grad()
def _head_facts(trace: Trace, progress: Progress | None) -> HeadFacts:
    by_head, by_block = [], []
    for block in range(trace.depth):
        of_heads, of_block = _block_facts(trace, block)
        by_head.append(of_heads)
        by_block.append(of_block)
        if progress:
            progress(f"block {block}", block + 1, trace.depth)
    return HeadFacts(*torch.stack(by_head, 1), *torch.stack(by_block, 1))


def _block_facts(trace: Trace, block: int) -> tuple[Float[Tensor, "facts heads"], Float[Tensor, " limits"]]:
    """One block's means: of each head in the order of `HeadFacts`, and those that are the same for all heads."""
    photo = ~trace.image_padding()
    tokens = trace.stream[block] - trace.stream[block][photo].mean(0)
    unit = tokens / norms(tokens).clamp_min(1e-12)[..., None]
    sums, limits = torch.zeros(7, trace.heads), torch.zeros(3)
    for band in attention_bands(trace, block, photo):
        asked = photo[band.queries].flatten()
        sums += _sums(band, photo, unit, trace.patch_size)[..., asked].sum(-1)
        limits += _limits(band, photo, trace.patch_size)[:, asked].sum(-1)
    return sums / photo.sum(), limits / photo.sum()


def _sums(
    band: Band, photo: Bool[Tensor, "grid_h grid_w"], unit: Float[Tensor, "grid_h grid_w dim"], patch_size: int
) -> Float[Tensor, "facts heads queries"]:
    """What each query of a band does, in the order of `HeadFacts`.

    Args:
        unit: Tokens of length 1, whose products are cosines.
    """
    on_photo, distances = photo[band.span.slices].flatten().float(), _distances(band, patch_size)
    cosines = unit[band.queries].flatten(0, 1) @ unit[band.span.slices].flatten(0, 1).T
    counted = torch.stack([distances, cosines, torch.ones_like(cosines)], -1) * on_photo[:, None]
    facts, both = [], []
    for scores in (band.scores, band.content):
        weights = softmax(scores)
        # (queries, heads, keys) times (queries, keys, 3): sums over keys in one pass, without another tensor their size
        by_query = band.inside(weights).transpose(0, 1) @ counted
        distance, likeness, on_keys = by_query.permute(2, 1, 0)
        facts += [distance / on_keys, _entropy(scores, weights).flatten(1)]
        both.append((weights, likeness / on_keys, 1 - on_keys))
    (weights, likeness, padding), (content_weights, _, _) = both
    moved = 1 - torch.minimum(weights, content_weights).sum((3, 4)).flatten(1)
    moved = moved.clamp_min(0)  # against rounding
    return torch.stack([*facts, moved, padding, likeness - (cosines @ on_photo) / on_photo.sum()])


def _entropy(
    scores: Float[Tensor, "*queries key_rows key_cols"], weights: Float[Tensor, "*queries key_rows key_cols"]
) -> Float[Tensor, "*queries"]:
    """In bits: the logarithm of softmax's denominator less the mean score; so no logarithm of any weight is needed."""
    scores, weights = scores.flatten(-2), weights.flatten(-2)
    log_denominator = scores.amax(-1) - weights.amax(-1).log()
    return (log_denominator - torch.linalg.vecdot(weights, scores)) / math.log(2)


def _limits(band: Band, photo: Bool[Tensor, "grid_h grid_w"], patch_size: int) -> Float[Tensor, "limits queries"]:
    """What equal weights give each query, mean distance and entropy, and how far its farthest patch is."""
    distances = _distances(band, patch_size)[:, photo[band.span.slices].flatten()]
    entropy = torch.full((len(distances),), math.log2(band.span.size[0] * band.span.size[1]))
    return torch.stack([distances.mean(1), entropy, distances.amax(1)])


def _distances(band: Band, patch_size: int) -> Float[Tensor, "queries patches"]:
    """From every query of a band to every patch of its span, in pixels."""

    def places(rows: slice, cols: slice) -> Float[Tensor, "places 2"]:
        return torch.cartesian_prod(*(torch.arange(part.start, part.stop).float() for part in (rows, cols)))

    apart = places(*band.queries)[:, None] - places(*band.span.slices)
    return torch.hypot(*apart.unbind(-1)) * patch_size
