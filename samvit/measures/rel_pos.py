"""Relative position tables: what a query reads of them, and how they are stretched to another length."""

import torch
from jaxtyping import Float
from torch import Tensor

from samvit.attention import AttentionRow
from samvit.errors import SaidError
from samvit.rel_pos import relative_coords, resize_rel_pos
from samvit.tracing import Trace


def table_rows(row: AttentionRow, key: tuple[int, int]) -> tuple[int, int]:
    """Which row of rel_pos_h and which row of rel_pos_w a query reads for one key.

    The rows count in the tables as the block reads them: stretched to 2·S − 1 rows, where the learned ones don't fit.

    Args:
        row: The query's row of the attention matrix.
        key: Patch (row, col) in the query's window.

    Raises:
        ValueError: If the key lies outside the query's window.

    Source: segment-anything image_encoder.py, get_rel_pos.
    """
    first = (row.span.row, row.span.col)
    if not all(0 <= at - start < inside for at, start, inside in zip(key, first, row.span.inside, strict=True)):
        raise SaidError("measure.window", query=row.query, key=key)
    read = [
        int(relative_coords(size, size)[q - start, k - start])
        for size, q, k, start in zip(row.span.window, row.query, key, first, strict=True)
    ]
    return read[0], read[1]


def tables_at(
    tables: tuple[Float[Tensor, "rows_h head_dim"], Float[Tensor, "rows_w head_dim"]], size: tuple[int, int]
) -> tuple[Float[Tensor, "new_rows_h head_dim"], Float[Tensor, "new_rows_w head_dim"]]:
    """rel_pos_h and rel_pos_w as a grid or window of another size reads them: 2·side − 1 rows each.

    Args:
        tables: The learned rel_pos_h and rel_pos_w.
        size: (rows, cols), in tokens.

    Source: segment-anything image_encoder.py, get_rel_pos.
    """
    with torch.no_grad():
        high, wide = (resize_rel_pos(table, 2 * side - 1) for table, side in zip(tables, size, strict=True))
    return high, wide


def learned_distances(rows: int, learned_rows: int) -> Float[Tensor, " rows"]:
    """Where the rows of a stretched table lie among the learned ones, in the learned table's steps; 0 is its middle.

    Beyond the outermost learned rows interpolation repeats the outermost row.

    Source: torch.nn.functional.interpolate, mode="linear", align_corners=False.
    """
    places = (torch.arange(rows) + 0.5) * (learned_rows / rows) - 0.5
    return places.clamp(0, learned_rows - 1) - (learned_rows - 1) / 2


def products_with_query(
    trace: Trace, block: int, head: int, query: tuple[int, int], table: Float[Tensor, "rows head_dim"]
) -> Float[Tensor, " rows"]:
    """The bias that each row of a table would give this query: its unscaled q times the row."""
    with torch.no_grad():
        return table @ trace.q[block][head][query]


def score_spreads(row: AttentionRow) -> tuple[Float[Tensor, " heads"], Float[Tensor, " heads"]]:
    """How far apart a query's scores lie in every head: by the content term alone, and by rel_h + rel_w alone.

    Both are standard deviations over the patches in the query's window (no Bessel's correction); window padding isn't
    counted. What is the same for every key, and so changes no weight, doesn't count in them either.
    """
    content = row.content[:, *row.span.slices]
    rows, cols = row.span.slices
    bias = row.rel_h[:, rows, None] + row.rel_w[:, None, cols]
    return content.flatten(1).std(1, correction=0), bias.flatten(1).std(1, correction=0)
