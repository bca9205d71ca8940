"""What the trained encoder must show, in numbers: same-thing AUC, attention on the own shape, tables, seams."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from samvit.encoder import Attention, ImageEncoderViT
from training.crops import relative_rows
from training.same_thing import same_thing_auc
from training.scenes import NO_SHAPE

# Variance of a table that starts as segment-anything's tables would if rel_pos_zero_init were False (std 0.02).
# Ours start at zero, and any number is infinitely more than that.
START_ENERGY = 0.02**2


def pair_auc(
    similarity: Float[Tensor, "patches patches"],
    owners: Int[Tensor, "grid_h grid_w"],
    apart_tokens: int = 1,
    chosen: Int[Tensor, "chosen"] | None = None,
) -> float | None:
    """AUC over one scene's pairs of patches that have an owner and lie at least `apart_tokens` apart.

    Args:
        similarity: Larger means more alike; patches row-major.
        apart_tokens: Least distance between the two, the larger of rows and columns.
        chosen: Row-major numbers of the patches to pair, each once; None for all.

    Returns:
        The AUC, or None if the scene lacks pairs of one shape or of two.
    """
    patch = torch.arange(owners.numel()) if chosen is None else chosen
    row, col = patch // owners.shape[1], patch % owners.shape[1]
    distance = torch.maximum((row[:, None] - row).abs(), (col[:, None] - col).abs())
    flat = owners.flatten()[patch]
    known = flat != NO_SHAPE
    of_a_thing = (flat[:, None] >= 0) | (flat >= 0)  # two of the background may be anything
    pairs = (known[:, None] & known & of_a_thing & (distance >= apart_tokens)).triu(1)
    same = (flat[:, None] == flat)[pairs]
    if same.all() or not same.any():
        return None
    return same_thing_auc(similarity[patch[:, None], patch][pairs], same)


def cosine_similarity(features: Float[Tensor, "patches dim"]) -> Float[Tensor, "patches patches"]:
    """Cosine of every two patches."""
    unit = F.normalize(features, dim=-1)
    return unit @ unit.T


@contextmanager
def attention_inputs(encoder: ImageEncoderViT, blocks: tuple[int, ...]) -> Iterator[dict[int, Tensor]]:
    """Collect what enters the attention of some blocks while the encoder runs; the hooks are gone afterwards."""
    seen: dict[int, Tensor] = {}

    def keep(index: int) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        return lambda module, arguments: seen.__setitem__(index, arguments[0].detach())

    hooks = [encoder.blocks[index].attn.register_forward_pre_hook(keep(index)) for index in blocks]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


@torch.no_grad()
def attention_rows(
    attention: Attention, x: Float[Tensor, "1 rows cols dim"], queries: Int[Tensor, "queries"]
) -> Float[Tensor, "heads queries tokens"]:
    """Attention weights of some queries, every head.

    Args:
        x: What enters the attention; a grid smaller than the tables reads their middle, as in training.
        queries: Row-major token numbers.
    """
    _, rows, cols, dim = x.shape
    heads = attention.num_heads
    q, k, _ = attention.qkv(x).view(rows * cols, 3, heads, dim // heads).permute(1, 2, 0, 3).unbind(0)
    q = q[:, queries]  # (heads, queries, head_dim)
    table_h = relative_rows(attention.rel_pos_h, rows)[queries // cols]  # (queries, head_dim, rows)
    table_w = relative_rows(attention.rel_pos_w, cols)[queries % cols]  # (queries, head_dim, cols)
    rel_h = torch.einsum("hqc,qck->hqk", q, table_h)
    rel_w = torch.einsum("hqc,qck->hqk", q, table_w)
    scores = (q * attention.scale) @ k.transpose(1, 2)
    scores = scores.view(heads, -1, rows, cols) + rel_h[..., :, None] + rel_w[..., None, :]
    return scores.flatten(2).softmax(-1)


class OwnShapeRatio:
    """Attention to the query's own shape against attention to others, compared only at equal offsets.

    Near patches get more weight and are more often of the query's shape; a plain average would take the one for the
    other. So weights are summed by offset (rows, cols between query and key), and offsets are combined as Mantel and
    Haenszel combine strata: an offset counts as far as it has pairs of both sorts. Patches without an owner and the
    query itself are left out. A ratio of 1 means that shapes play no part.

    Args:
        grid: Rows and columns of the scenes.
    """

    def __init__(self, heads: int, grid: tuple[int, int]) -> None:
        self.grid = grid
        self.offsets = (2 * grid[0] - 1) * (2 * grid[1] - 1)
        self.weight = torch.zeros(2, heads, self.offsets, dtype=torch.float64)  # other shapes, own shape
        self.pairs = torch.zeros(2, self.offsets, dtype=torch.float64)

    def add(
        self,
        rows_of_attention: Float[Tensor, "heads queries tokens"],
        queries: Int[Tensor, "queries"],
        owners: Int[Tensor, "grid_h grid_w"],
    ) -> None:
        """Count one scene's attention rows."""
        grid_h, grid_w = self.grid
        flat, key = owners.flatten(), torch.arange(grid_h * grid_w)
        offset = (key // grid_w - (queries // grid_w)[:, None] + grid_h - 1) * (2 * grid_w - 1)
        offset = offset + key % grid_w - (queries % grid_w)[:, None] + grid_w - 1  # (queries, tokens)
        known = (flat[queries][:, None] >= 0) & (flat != NO_SHAPE) & (key != queries[:, None])
        own = flat[queries][:, None] == flat
        for sort, chosen in enumerate((known & ~own, known & own)):
            at = offset[chosen]
            self.pairs[sort] += torch.bincount(at, minlength=self.offsets)
            for head, weights in enumerate(rows_of_attention):
                self.weight[sort, head] += torch.bincount(at, weights[chosen].double(), minlength=self.offsets)

    def ratios(self) -> Float[Tensor, "heads"]:
        """Own shape over others, for each head."""
        other_pairs, own_pairs = self.pairs
        both = (other_pairs + own_pairs).clamp(min=1)
        own = (self.weight[1] * other_pairs / both).sum(-1)
        other = (self.weight[0] * own_pairs / both).sum(-1)
        return own / other


def head_habits(
    rows_of_attention: Float[Tensor, "heads queries tokens"],
    queries: Int[Tensor, "queries"],
    grid: tuple[int, int],
    padding: Bool[Tensor, "tokens"],
) -> dict[str, Float[Tensor, "heads"]]:
    """How each head spreads its weight, mean over queries.

    Distance in patches; share in the query's row, column, itself, padding; perplexity; likeness to the other heads.
    """
    key = torch.arange(grid[0] * grid[1])
    rows_apart = (key // grid[1] - (queries // grid[1])[:, None]).abs()
    cols_apart = (key % grid[1] - (queries % grid[1])[:, None]).abs()
    distance = (rows_apart.square() + cols_apart.square()).float().sqrt()
    weights = rows_of_attention

    def share(chosen: Tensor) -> Tensor:
        return (weights * chosen).sum(-1).mean(-1)

    return {
        "distance": (weights * distance).sum(-1).mean(-1),
        "row": share(rows_apart == 0),
        "column": share(cols_apart == 0),
        "self": share(key == queries[:, None]),
        "padding": share(padding[None]),
        "perplexity": perplexity(weights).mean(-1),
        "alike": likeness(weights),
    }


def perplexity(weights: Float[Tensor, "*rows tokens"]) -> Float[Tensor, "*rows"]:
    """Over how many patches a row of attention is spread: the exponential of its entropy."""
    return torch.special.entr(weights).sum(-1).exp()


def likeness(weights: Float[Tensor, "heads queries tokens"]) -> Float[Tensor, "heads"]:
    """Each head's mean correlation with the other heads of its block: of their maps, mean over queries."""
    centred = F.normalize(weights - weights.mean(-1, keepdim=True), dim=-1)
    of_pairs = torch.einsum("hqk,gqk->hg", centred, centred) / weights.shape[1]
    heads = len(weights)
    return (of_pairs.sum(1) - of_pairs.diagonal()) / max(heads - 1, 1)


def table_energy(table: Float[Tensor, "rows head_dim"]) -> float:
    """Mean square of a relative position table over that of a table started with std 0.02."""
    return float(table.detach().square().mean()) / START_ENERGY


def neighbour_correlation(table: Float[Tensor, "rows head_dim"]) -> float:
    """Pearson correlation of each entry with the one in the next row, over the whole table."""
    pair = torch.stack([table.detach()[:-1].flatten(), table.detach()[1:].flatten()])
    return float(torch.corrcoef(pair)[0, 1])


def rel_pos_tables(encoder: nn.Module) -> dict[str, Tensor]:
    """Every relative position table by its parameter name."""
    return {name: table for name, table in encoder.named_parameters() if "rel_pos" in name}


def seam_ratio(
    features: Float[Tensor, "grid_h grid_w dim"], window_size: int, photo_grid: tuple[int, int] | None = None
) -> float:
    """Difference of neighbouring patches across window borders over that inside windows; 1 means no seams.

    The difference is the distance of the two unit-length vectors.

    Args:
        photo_grid: Rows and columns of patches that lie wholly in the photo; padding is left out.
    """
    rows, cols = photo_grid or tuple(features.shape[:2])
    unit = F.normalize(features[:rows, :cols], dim=-1)
    down = (unit[1:] - unit[:-1]).norm(dim=-1)
    across = (unit[:, 1:] - unit[:, :-1]).norm(dim=-1).T
    seam, inside = [], []
    for difference in (down, across):
        border = torch.arange(1, len(difference) + 1) % window_size == 0
        seam.append(difference[border].flatten())
        inside.append(difference[~border].flatten())
    return float(torch.cat(seam).mean() / torch.cat(inside).mean())
