"""One query's scores by the plain formula, from what entered a block's attention in a forward pass."""

from dataclasses import dataclass
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

from samvit.tracing import Trace
from tests.viz.views.forward import forward_pass


@dataclass
class PlainScores:
    """One query's terms over its whole window (or the grid): (heads, rows, cols), and (heads, rows), (heads, cols).

    `inside` says how many rows and cols are patches, `corner` where the first one lies on the grid.
    """

    q: Tensor
    k: Tensor
    content: Tensor
    rel_h: Tensor
    rel_w: Tensor
    corner: tuple[int, int]
    inside: tuple[int, int]
    grid: tuple[int, int]

    def total(self, terms: str = "chw") -> Tensor:
        """The sum of some terms."""
        scores = torch.zeros_like(self.content)
        for letter, term in zip("chw", (self.content, self.rel_h[:, :, None], self.rel_w[:, None, :]), strict=True):
            scores = scores + term if letter in terms else scores
        return scores

    def weights(self, terms: str = "chw") -> Tensor:
        """The softmax of that sum, window padding included."""
        return self.total(terms).flatten(1).softmax(1).view_as(self.content)

    def on_grid(self, values: Tensor) -> Tensor:
        """Values of the window on the patch grid, NaN elsewhere."""
        rows, cols = self.inside
        grid = torch.full((len(values), *self.grid), torch.nan)
        top, left = self.corner
        grid[:, top : top + rows, left : left + cols] = values[:, :rows, :cols]
        return grid


def plain_scores(made: Trace, block: int, query: tuple[int, int]) -> PlainScores:
    """A query's scores, from qkv's weights and the tables alone."""
    attn, x = made.encoder.blocks[block].attn, entered(made)[block]
    rows, cols = x.shape[1:3]
    across = -(-made.grid[1] // cols)
    corner = (query[0] // rows * rows, query[1] // cols * cols)
    place = (query[0] - corner[0], query[1] - corner[1])
    with torch.no_grad():
        qkv = F.linear(x[corner[0] // rows * across + corner[1] // cols], attn.qkv.weight, attn.qkv.bias)
        q, k, _ = qkv.view(rows, cols, 3, attn.num_heads, -1).permute(2, 3, 0, 1, 4)  # (heads, rows, cols, head_dim)
        q = q[:, place[0], place[1]]
        content = torch.einsum("hd,hrcd->hrc", q, k) / q.shape[-1] ** 0.5
        rel_h, rel_w = torch.zeros(len(q), rows), torch.zeros(len(q), cols)
        if attn.use_rel_pos:
            for r, vector in enumerate(vectors(attn.rel_pos_h, place[0], rows)):
                rel_h[:, r] = q @ vector
            for c, vector in enumerate(vectors(attn.rel_pos_w, place[1], cols)):
                rel_w[:, c] = q @ vector
    inside = (min(rows, made.grid[0] - corner[0]), min(cols, made.grid[1] - corner[1]))
    return PlainScores(q, k, content, rel_h, rel_w, corner, inside, made.grid)


def vectors(table: Tensor, place: int, size: int) -> list[Tensor]:
    """The table's vector for a query at `place` and each of `size` keys; the table stretched where it must be."""
    if len(table) != 2 * size - 1:
        table = F.interpolate(table.T[None], size=2 * size - 1, mode="linear")[0].T
    return [table[place - key + size - 1] for key in range(size)]


@cache
def entered(made: Trace) -> list[Tensor]:
    """What entered each block's attention: (windows, rows, cols, dim)."""
    seen = forward_pass(made)
    return [seen[f"blocks.{block}.attn"][0] for block in range(made.depth)]


def corner_patch(made: Trace) -> tuple[int, int]:
    """The last patch of the grid: where windows don't divide it, its window has padding below and beside."""
    return made.grid[0] - 1, made.grid[1] - 1
