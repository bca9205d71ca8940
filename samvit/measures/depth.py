"""Attention across depth: one patch's weights in every head of every block, and what each head does on the whole."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from samvit.measures.bands import Band, attention_bands
from samvit.measures.similarity import norms
from samvit.progress import Progress, tell
from samvit.tracing import Trace

# A head's kind is the first of these whose rule holds; `head_kinds` has the rules, and these are their limits.
KINDS = ("padding", "broad", "local", "positional", "same_content", "mixed")
PADDING_SHARE = 0.5  # of the weight
BROAD_SHARE = 0.9  # of the highest possible entropy
LOCAL_PATCHES = 2.5  # mean distance
POSITIONAL_SHARE = 0.5  # of the weight that moves without rel-pos
CACHED_ENTRIES = 2**18  # scores that are worked on at once: 1 MB
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


def _head_facts(trace: Trace, progress: Progress | None) -> HeadFacts:
    by_head, by_block = [], []
    for block in range(trace.depth):
        of_heads, of_block = _kept_facts(trace, block)
        by_head.append(of_heads)
        by_block.append(of_block)
        tell(progress, f"block {block}", block + 1, trace.depth)
    return HeadFacts(*torch.stack(by_head, 1), *torch.stack(by_block, 1))


def _kept_facts(trace: Trace, block: int) -> tuple[Float[Tensor, "facts heads"], Float[Tensor, " limits"]]:
    """One block's means, kept: who was stopped on the way goes on where it was."""
    return trace.replay.get(trace, ("head facts", block), lambda: _block_facts(trace, block))


@torch.no_grad()
def _block_facts(trace: Trace, block: int) -> tuple[Float[Tensor, "facts heads"], Float[Tensor, " limits"]]:
    """One block's means: of each head in the order of `HeadFacts`, and those that are the same for all heads."""
    photo = ~trace.image_padding()
    tokens = trace.stream[block] - trace.stream[block][photo].mean(0)
    unit = tokens / norms(tokens).clamp_min(1e-12)[..., None]
    sums, limits = torch.zeros(7, trace.heads), torch.zeros(3)
    for band in attention_bands(trace, block, photo):
        asked = photo[band.queries].flatten()
        distances = _distances(band, trace.patch_size)
        sums += _sums(band, _counted(band, distances, photo, unit))[..., asked].sum(-1)
        limits += _limits(band, distances[:, photo[band.span.slices].flatten()])[:, asked].sum(-1)
    return sums / photo.sum(), limits / photo.sum()


def _counted(
    band: Band,
    distances: Float[Tensor, "queries patches"],
    photo: Bool[Tensor, "grid_h grid_w"],
    unit: Float[Tensor, "grid_h grid_w dim"],
) -> Float[Tensor, "queries 4 keys"]:
    """What weights are summed over: distance, cosine and one, each on patches that hold photo; and one on all keys.

    Args:
        unit: Tokens of length 1, whose products are cosines.
    """
    (rows, cols), (key_rows, key_cols) = band.span.inside, band.span.size
    on_photo = photo[band.span.slices].float()
    cosines = unit[band.queries].flatten(0, 1) @ unit[band.span.slices].flatten(0, 1).T
    counted = torch.zeros(len(cosines), 4, key_rows, key_cols)
    torch.mul(distances.view(-1, rows, cols), on_photo, out=counted[:, 0, :rows, :cols])
    torch.mul(cosines.view(-1, rows, cols), on_photo, out=counted[:, 1, :rows, :cols])
    counted[:, 2, :rows, :cols] = on_photo
    counted[:, 3] = 1
    return counted.flatten(2)


def _sums(band: Band, counted: Float[Tensor, "queries 4 keys"]) -> Float[Tensor, "facts heads queries"]:
    """What each query of a band does, in the order of `HeadFacts`; some heads at a time, so that caches hold them."""
    content = band.content.flatten(3).flatten(1, 2)  # (heads, queries, keys)
    step = max(1, CACHED_ENTRIES // content[0].numel())
    buffers = content.new_empty(3, min(step, len(content)), *content.shape[1:])  # fresh ones cost more than the sums
    parts = []
    for first in range(0, len(content), step):
        heads = slice(first, first + step)
        of_heads = content[heads]
        scores, *weights = buffers[:, : len(of_heads)]
        by_place = scores.view(band.content[heads].shape)
        torch.add(band.content[heads], band.rel_h[heads][..., None], out=by_place)
        by_place += band.rel_w[heads][..., None, :]
        parts.append(_of_heads((scores, of_heads), weights, counted))
    return torch.cat(parts, 1)


def _of_heads(
    both: tuple[Float[Tensor, "heads queries keys"], Float[Tensor, "heads queries keys"]],
    buffers: list[Float[Tensor, "heads queries keys"]],
    counted: Float[Tensor, "queries 4 keys"],
) -> Float[Tensor, "facts heads queries"]:
    """`_sums` of some heads.

    Exponentials are never divided by their sums, and every sum over keys is one pass.

    Args:
        both: The scores, and content alone; both are overwritten.
        buffers: Two, which are overwritten.
    """
    facts, found = [], []
    for scores, weights in zip(both, buffers, strict=True):
        highest = scores.amax(-1, keepdim=True)
        torch.sub(scores, highest, out=weights).exp_()  # each weight times their sum
        distance, cosine, on_photo, whole = (weights.transpose(0, 1) @ counted.transpose(1, 2)).permute(2, 1, 0)
        mean_score = scores.mul_(weights).sum(-1) / whole
        # the logarithm of softmax's denominator less the mean score: no logarithm of any weight is needed
        facts += [distance / on_photo, (whole.log() + highest[..., 0] - mean_score) / math.log(2)]
        found.append((whole, cosine / on_photo, 1 - on_photo / whole))
    (whole, likeness, padding), (content_whole, _, _) = found
    weights, content_weights = buffers
    content_weights *= (whole / content_whole)[..., None]
    apart = torch.linalg.vector_norm(weights.sub_(content_weights), ord=1, dim=-1)
    moved = apart / (2 * whole)  # both sum to 1: half of all differences is what lies elsewhere
    even = (counted[:, 1].sum(1) / counted[:, 2].sum(1)).expand_as(likeness)
    return torch.stack([*facts, moved, padding, likeness - even])


def _limits(band: Band, distances: Float[Tensor, "queries patches"]) -> Float[Tensor, "limits queries"]:
    """What equal weights give each query, mean distance and entropy, and how far its farthest patch is.

    Args:
        distances: Of the span's patches that hold photo.
    """
    entropy = torch.full((len(distances),), math.log2(band.span.size[0] * band.span.size[1]))
    return torch.stack([distances.mean(1), entropy, distances.amax(1)])


def _distances(band: Band, patch_size: int) -> Float[Tensor, "queries patches"]:
    """From every query of a band to every patch of its span, in pixels."""

    def places(rows: slice, cols: slice) -> Float[Tensor, "places 2"]:
        return torch.cartesian_prod(*(torch.arange(part.start, part.stop).float() for part in (rows, cols)))

    apart = places(*band.queries)[:, None] - places(*band.span.slices)
    return torch.hypot(*apart.unbind(-1)) * patch_size
