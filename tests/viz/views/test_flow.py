"""One patch through one block: every step's numbers are those of a plain forward pass, in both kinds of block."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.viz.views.forward import GLOBAL, QUERY, WINDOWED, forward_pass, on_grid, scene
from tests.viz.views.reading import english
from viz.panel import Maps, Matrix, Numbers, Picture, Table
from viz.selection import FLOW_STEPS, Selection
from viz.views import view_by_id

FLOW = view_by_id("flow")
CORNER = (9, 9)  # its window holds window padding
both = pytest.mark.parametrize("block", [WINDOWED, GLOBAL])


def step(made, name, block=WINDOWED, query=QUERY, head=1, key=None):
    selection = Selection.of(block=block, query=query, head=head, key=key, step=FLOW_STEPS.index(name))
    return english(FLOW.panels(made, selection))


def vector(made, name, block=WINDOWED, query=QUERY):
    hero = step(made, name, block, query)[0]
    assert isinstance(hero, Matrix)
    return hero.values.flatten()


def result(made, name, block=WINDOWED, query=QUERY, **more):
    (numbers,) = [panel for panel in step(made, name, block, query, **more) if isinstance(panel, Numbers)]
    return [number.value for number in numbers.numbers]


@both
@pytest.mark.parametrize("query", [QUERY, CORNER])
def test_every_vector_is_that_of_the_forward_pass(block, query):
    made = scene()
    seen, inside = forward_pass(made), f"blocks.{block}"
    window = made.encoder.blocks[block].window_size
    before, after = (tokens[0] for tokens in seen[inside])
    attn = on_grid(seen[f"{inside}.attn"][1], window, made.grid)
    joined = on_grid(seen[f"{inside}.attn.proj"][0], window, made.grid)
    between, norm2 = (tokens[0] for tokens in seen[f"{inside}.norm2"])
    expected = {
        "token": seen["patch_embed"][1][0],
        "input": before,
        "norm1": seen[f"{inside}.norm1"][1][0],
        "joined": joined,
        "proj": attn,
        "add_attn": between,
        "norm2": norm2,
        "lin1": seen[f"{inside}.mlp.lin1"][1][0],
        "gelu": seen[f"{inside}.mlp.act"][1][0],
        "lin2": seen[f"{inside}.mlp"][1][0],
        "add_mlp": after,
    }
    for name, tokens in expected.items():
        np.testing.assert_allclose(vector(made, name, block, query), tokens[query], rtol=1e-4, atol=1e-5, err_msg=name)


@both
@pytest.mark.parametrize("query", [QUERY, CORNER])
def test_scores_weights_and_values_are_those_of_a_plain_softmax(block, query):
    made = scene()
    seen, encoder = forward_pass(made), made.encoder.blocks[block]
    tokens = seen[f"blocks.{block}.norm1"][1][0]
    head, side = 1, encoder.window_size
    if side:
        top, left = (index // side * side for index in query)
        span = torch.zeros(side, side, tokens.shape[-1])
        cut = tokens[top : top + side, left : left + side]
        span[: cut.shape[0], : cut.shape[1]] = cut
    else:
        (top, left), span = (0, 0), tokens
    rows, cols, dim = span.shape
    with torch.no_grad():
        q, k, v = encoder.attn.qkv(span).view(rows, cols, 3, 3, dim // 3)[:, :, :, head].unbind(2)
        at = query[0] - top, query[1] - left
        rel_h = torch.stack([q[at] @ encoder.attn.rel_pos_h[at[0] - r + rows - 1] for r in range(rows)])
        rel_w = torch.stack([q[at] @ encoder.attn.rel_pos_w[at[1] - c + cols - 1] for c in range(cols)])
        content = (k @ q[at]) / (dim // 3) ** 0.5
        plain = content + rel_h[:, None] + rel_w[None]
        weights = plain.flatten().softmax(0).view(rows, cols)
        brought = (weights[..., None] * v).sum((0, 1))
    inside = weights[: tokens.shape[0] - top, : tokens.shape[1] - left]
    r, c = divmod(int(inside.argmax()), inside.shape[1])
    terms = [float(content[r, c]), float(rel_h[r]), float(rel_w[c]), float(plain[r, c])]
    np.testing.assert_allclose(result(made, "scores", block, query), terms, rtol=1e-3, atol=1e-4)
    highest, power, denominator, weight = result(made, "softmax", block, query)
    assert weight == pytest.approx(float(weights[r, c]), rel=1e-3) == pytest.approx(power / denominator, rel=1e-3)
    assert highest == pytest.approx(float(plain.max()), abs=1e-4)
    mixed = step(made, "mixed", block, query)[0]
    np.testing.assert_allclose(mixed.values[-1], brought, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(mixed.values[:-1].sum(0), mixed.values[-1], rtol=1e-3, atol=1e-4)


@both
def test_numbers_of_a_sum_add_up(block):
    made = scene()
    for name in ("input", "add_attn", "add_mlp"):
        *parts, total = result(made, name, block)
        if name != "input" or block == 0:
            assert sum(parts) == pytest.approx(total, abs=1e-5), name
    entry, mean, spread, scale, shift, normed = result(made, "norm1", block)
    assert (entry - mean) / spread * scale + shift == pytest.approx(normed, abs=1e-4)
    product, bias, token = result(made, "token", block)
    assert product + bias == pytest.approx(token, abs=1e-4)
    *parts, total = result(made, "mixed", block)
    assert sum(parts) == pytest.approx(total, abs=1e-4)


def test_the_pinned_key_comes_first_if_the_query_can_see_it():
    made = scene()
    for key, first in (((5, 6), "key (5, 6)"), ((0, 0), None)):  # (0, 0) lies in another window than (4, 5)
        table = step(made, "scores", WINDOWED, (4, 5), key=key)[0]
        assert isinstance(table, Table)
        assert (table.rows[0][0] == first) == (first is not None)
        assert len({row[0] for row in table.rows}) == len(table.rows) == 5


def test_the_highest_score_is_said_where_the_pinned_key_s_power_is_too_small_for_a_float():
    made = scene()
    loud = replace(made, q=tuple(400 * q for q in made.q))
    weights = loud.attention(GLOBAL, QUERY).weights[1]
    row, col = divmod(int(weights.argmin()), weights.shape[1])
    highest, power, _, weight = result(loud, "softmax", GLOBAL, key=(row, col))
    assert power == weight == 0
    assert highest == pytest.approx(float(loud.attention(GLOBAL, QUERY).scores[1].max()))


def test_the_patch_begins_as_its_pixels_and_its_normalised_numbers():
    made = scene()
    picture, matrix = step(made, "pixels")[0], step(made, "values")[0]
    assert isinstance(picture, Picture) and picture.pixels.shape == (16, 16, 3)
    row, col = (index * 16 for index in QUERY)
    image = made.model_image()[0, :, row : row + 16, col : col + 16]
    np.testing.assert_array_equal(matrix.values, torch.cat(list(image), 1))


def test_a_padded_window_says_its_place_and_its_padding():
    made = scene()
    where = step(made, "window", WINDOWED, CORNER)[0]
    assert isinstance(where, Maps) and int(np.isfinite(where.values).sum()) == 4  # 2×2 of the 4×4 tokens are patches
    assert result(made, "window", WINDOWED, CORNER) == [8, 1, 1, 12, 16]
    assert "no padding" in str(step(made, "window", WINDOWED, (0, 0))[1].note)
    assert "holds 12 tokens of padding" in str(step(made, "window", WINDOWED, CORNER)[1].note)
    assert result(made, "window", GLOBAL, CORNER) == [made.grid[0] * made.grid[1]]
