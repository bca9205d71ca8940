"""One patch's way through one block: the vectors that it becomes, and a few of the keys that it meets."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from samvit.measures.finite import check_finite
from samvit.measures.scores import span_scores
from samvit.tracing import Trace


@dataclass(frozen=True, eq=False)
class MetKeys:
    """What one query's head makes of some keys; the last three add up as the softmax does it.

    Attributes:
        patches: The keys (row, col), the one with the largest weight first unless another was asked for.
        content, rel_h, rel_w: The terms of each score.
        scores: Their sums.
        highest: The highest score among all keys of the query, window padding included.
        exps: exp(score − highest); 0 where that is too small a number for float32.
        denominator: The sum of these over all keys of the query, window padding included.
        weights: exps / denominator.
        weighted: Each key's value times its weight.
        rest: What all other keys bring together, window padding included: with `weighted` it is the head's output.
    """

    patches: tuple[tuple[int, int], ...]
    content: Float[Tensor, " keys"]
    rel_h: Float[Tensor, " keys"]
    rel_w: Float[Tensor, " keys"]
    scores: Float[Tensor, " keys"]
    highest: float
    exps: Float[Tensor, " keys"]
    denominator: float
    weights: Float[Tensor, " keys"]
    weighted: Float[Tensor, "keys head_dim"]
    rest: Float[Tensor, " head_dim"]


def strongest_keys(
    weights: Float[Tensor, "grid_h grid_w"], count: int, first: tuple[int, int] | None = None
) -> tuple[tuple[int, int], ...]:
    """The patches (row, col) with the largest weights, falling; NaN is never among them.

    Args:
        first: A patch that comes before all, if it has a weight.
    """
    flat = weights.flatten().nan_to_num(-1.0)
    order = flat.sort(descending=True, stable=True).indices[: min(count, int((flat >= 0).sum()))].tolist()
    found = [(index // weights.shape[1], index % weights.shape[1]) for index in order]
    if first is not None and not bool(weights[first].isnan()):
        found = [first, *(patch for patch in found if patch != first)]
    return tuple(found[:count])


def met_keys(
    trace: Trace, block: int, head: int, query: tuple[int, int], first: tuple[int, int] | None = None, count: int = 5
) -> MetKeys:
    """A few of the keys that one query's head looks at, from their scores to what they bring.

    Args:
        query: Patch (row, col).
        first: A key that is among them, if it takes part in the softmax.

    Raises:
        ValueError: If there is no such block or query.
    """
    row = trace.attention(block, query)
    every = span_scores(trace, block, query)[head]
    check_finite(every)
    patches = strongest_keys(row.weights[head], count, first)
    rows, cols = torch.tensor(patches).T
    highest = float(every.max())
    scores, weights = row.scores[head, rows, cols], row.weights[head, rows, cols]
    weighted = weights[:, None] * trace[f"blocks.{block}.attn.v"][head, rows, cols]
    return MetKeys(
        patches=patches,
        content=row.content[head, rows, cols],
        rel_h=row.rel_h[head, rows],
        rel_w=row.rel_w[head, cols],
        scores=scores,
        highest=highest,
        exps=(scores - highest).exp(),
        denominator=float((every - highest).exp().sum()),
        weights=weights,
        weighted=weighted,
        rest=trace.attention_output(block, query)[head] - weighted.sum(0),
    )


def flow_vectors(trace: Trace, block: int, patch: tuple[int, int]) -> dict[str, Float[Tensor, " width"]]:
    """The vectors that one patch (row, col) is on its way into a block and through it, in the forward pass's order.

    `token` and `position` (zeros without one) are those before the first block; `input` is the block's. `joined` is
    weights · v with the heads side by side, `attn` what leaves proj, `residual` input + attn, `output` residual + mlp.

    Raises:
        ValueError: If there is no such block.
    """
    trace.check_block(block)
    token, steps = trace["patch_embed"][patch], trace.block_steps(block)
    position = trace["pos_embed"][patch] if trace.encoder.pos_embed is not None else torch.zeros_like(token)
    names = {"norm1": "norm1", "joined": "attn.heads", "attn": "attn", "residual": "residual", "norm2": "norm2"}
    names |= {"lin1": "mlp.lin1", "act": "mlp.act", "mlp": "mlp"}
    inside = {name: steps[step][patch] for name, step in names.items()}
    first, last = trace.stream[block][patch], trace.stream[block + 1][patch]
    return {"token": token, "position": position, "input": first, **inside, "output": last}
