"""What the weights do: equal to what entered and left proj in a real forward pass, with a proof that can fail."""

import numpy as np
import pytest
import torch

from samvit.measures.values import head_additions
from samvit.measures.windows import place_in_windows
from tests.viz.views.forward import (
    GLOBAL,
    QUERY,
    SCENES,
    WINDOWED,
    attention_weights,
    forward_pass,
    fresh_scene,
    on_grid,
    scene,
)
from tests.viz.views.reading import english
from viz.panel import Curves, Maps, Matrix, Numbers, Table
from viz.selection import Selection
from viz.views import view_by_id

VALUES = view_by_id("values")
HEADS, HEAD_DIM = 3, 12
EDGE = (9, 9)  # its window holds window padding


def values(made, block=WINDOWED, head=1, query=QUERY, **chosen):
    return english(VALUES.panels(made, Selection.of(block=block, head=head, query=query, **chosen)))


def read(cell):
    """A number as a table or note writes it."""
    return float(cell.replace("−", "-").replace("\u202f", "").removesuffix(" %"))


def around_proj(made, block):
    """What entered and what left proj, patch by patch."""
    window = made.encoder.blocks[block].window_size
    return [on_grid(x, window, made.grid) for x in forward_pass(made)[f"blocks.{block}.attn.proj"]]


@pytest.mark.parametrize("query", [QUERY, (0, 0)])
@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize("name", SCENES)
def test_mixed_values_are_what_enters_proj(name, block, query):
    made = scene(name)
    matrix = values(made, block, query=query)[1]
    assert isinstance(matrix, Matrix) and matrix.row_mark == 1
    expected = around_proj(made, block)[0][query].view(HEADS, HEAD_DIM)
    np.testing.assert_allclose(matrix.values, expected.numpy(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize("name", SCENES)
def test_weight_and_effect_are_the_whole_softmaxs_row_and_its_weighted_vectors(name, block):
    made = scene(name)
    maps = values(made, block, head=2)[0]
    attn, window = made.encoder.blocks[block].attn, made.encoder.blocks[block].window_size
    seen = forward_pass(made)
    v = on_grid(seen[f"blocks.{block}.attn.qkv"][1], window, made.grid)[..., 2 * 36 + 24 : 2 * 36 + 36]
    lengths = (v @ attn.proj.weight.detach()[:, 24:36].T).norm(dim=-1)
    weights = attention_weights(made.encoder.blocks[block], seen[f"blocks.{block}.attn"][0])

    assert isinstance(maps, Maps)
    if window == 0:
        row = weights[0, 2, QUERY[0], QUERY[1]]
        np.testing.assert_allclose(maps.values[0], row.numpy(), rtol=1e-3, atol=1e-6)
        np.testing.assert_allclose(maps.values[1], (row * lengths).numpy(), rtol=1e-3, atol=1e-6)
        return
    place = place_in_windows(QUERY, made.grid, window)
    row = weights[place.index, 2, place.row, place.col]
    top, left = QUERY[0] - place.row, QUERY[1] - place.col
    for r in range(made.grid[0]):
        for c in range(made.grid[1]):
            if not (0 <= r - top < window and 0 <= c - left < window):
                assert np.isnan(maps.values[:, r, c]).all()
                continue
            weight = float(row[r - top, c - left])
            assert maps.values[0, r, c] == pytest.approx(weight, rel=1e-3, abs=1e-6)
            assert maps.values[1, r, c] == pytest.approx(weight * float(lengths[r, c]), rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_heads_parts_and_projs_bias_add_up_to_attentions_output(block):
    made = scene()
    attn = made.encoder.blocks[block].attn
    before, after = (x[QUERY] for x in around_proj(made, block))
    parts = head_additions(attn, before.view(HEADS, HEAD_DIM))
    torch.testing.assert_close(parts.sum(0) + attn.proj.bias.detach(), after, rtol=1e-4, atol=1e-5)

    alone = torch.zeros_like(before)
    alone[HEAD_DIM : 2 * HEAD_DIM] = before[HEAD_DIM : 2 * HEAD_DIM]
    with torch.inference_mode():
        expected = attn.proj(alone) - attn.proj.bias
    torch.testing.assert_close(parts[1], expected, rtol=1e-4, atol=1e-5)


def test_the_table_gives_each_heads_length_and_share_of_the_output():
    made = scene()
    table = values(made, head=2)[2]
    before, after = (x[QUERY] for x in around_proj(made, WINDOWED))
    mixed = before.view(HEADS, HEAD_DIM)
    parts = head_additions(made.encoder.blocks[WINDOWED].attn, mixed)

    assert isinstance(table, Table) and table.marked == (2,)
    shares = [read(row[3]) / 100 for row in table.rows]
    assert sum(shares) == pytest.approx(1, abs=2e-3)
    for head, row in enumerate(table.rows[:HEADS]):
        assert read(row[1]) == pytest.approx(float(mixed[head].norm()), rel=6e-3)
        assert read(row[2]) == pytest.approx(float(parts[head].norm()), rel=6e-3)
        assert shares[head] == pytest.approx(float(parts[head] @ after / (after @ after)), abs=6e-4)
    assert [row[0] for row in table.rows] == ["0", "1", "2", "proj's bias"]
    assert table.rows[HEADS][1] == "–"


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize("name", SCENES)
def test_every_channel_of_the_proof_is_what_left_attn(name, block):
    made = scene(name)
    curves, numbers = values(made, block)[3:]
    seen = on_grid(forward_pass(made)[f"blocks.{block}.attn"][1], made.encoder.blocks[block].window_size, made.grid)

    assert isinstance(curves, Curves) and curves.points
    diagonal, channels = curves.curves
    np.testing.assert_allclose(channels.x, seen[QUERY].numpy(), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(channels.y, channels.x, rtol=1e-3, atol=1e-4)
    np.testing.assert_array_equal(diagonal.x, diagonal.y)
    assert isinstance(numbers, Numbers) and numbers.note.startswith("The proof holds")


def test_the_proof_says_no_when_the_row_is_not_the_one_that_ran():
    made = fresh_scene("landscape photo")
    assert values(made)[4].note.startswith("The proof holds")
    with torch.inference_mode():
        made.q[WINDOWED][1] += 0.3  # one head's q: only its row changes, not what the hook saw
    curves, numbers = values(made)[3:]
    assert numbers.note.startswith("The proof fails")
    assert {n.label: n.value for n in numbers.numbers}["largest difference"] > 1e-3
    assert abs(curves.curves[1].y - curves.curves[1].x).max() > 1e-3
    seen = made[f"blocks.{WINDOWED}.attn"][QUERY].numpy()
    np.testing.assert_allclose(curves.curves[1].x, seen, rtol=1e-5, atol=1e-6)


def test_window_paddings_constant_value_takes_part():
    made = scene()
    numbers = {n.label: n.value for n in values(made, query=EDGE)[4].numbers}
    seen = forward_pass(made)
    place = place_in_windows(EDGE, made.grid, 4)
    weights = attention_weights(made.encoder.blocks[WINDOWED], seen[f"blocks.{WINDOWED}.attn"][0])
    row = weights[place.index, 1, place.row, place.col]
    share = float(1 - row[:2, :2].sum())  # 2×2 of the corner's 4×4 tokens lie on the grid
    bias = made.encoder.blocks[WINDOWED].attn.qkv.bias.detach()[2 * 36 + 12 : 2 * 36 + 24]
    assert numbers["weight on window padding, head 1"] == pytest.approx(share, rel=1e-4)
    assert numbers["length of what it adds, head 1, before proj"] == pytest.approx(share * float(bias.norm()), rel=1e-4)


def test_without_window_padding_its_numbers_are_not_there():
    for block, query in ((WINDOWED, (0, 0)), (GLOBAL, EDGE)):
        assert len(values(scene(), block, query=query)[4].numbers) == 2


@pytest.mark.parametrize("scale", ["linear", "log", "clip"])
def test_both_maps_follow_the_chosen_scale(scale):
    maps = values(scene(), GLOBAL, scale=scale)[0]
    assert all(one.log == (scale == "log") for one in maps.scales)
    assert maps.scales[1].high <= np.nanmax(maps.values[1]) * (1 + 1e-6)
