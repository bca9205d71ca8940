"""The residual stream: sizes, directions and lengths equal those of the tokens of a real forward pass."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tests.viz.views.forward import GLOBAL, QUERY, SCENES, WINDOWED, forward_pass, fresh_scene, on_grid, scene
from tests.viz.views.reading import english
from viz.panel import Curves, Maps, Table
from viz.selection import Selection
from viz.views import view_by_id

RESIDUAL = view_by_id("residual")


def residual(made, block=WINDOWED, query=QUERY):
    return english(RESIDUAL.panels(made, Selection.of(block=block, query=query)))


def read(cell):
    """A number as a table or note writes it."""
    return float(cell.replace("−", "-").replace("\u202f", "").removesuffix(" %"))


def steps(made, block):
    """Block's input, what attention adds, what the MLP adds to, what it adds, and the block's output."""
    seen = forward_pass(made)
    x, output = (tokens[0] for tokens in seen[f"blocks.{block}"])
    attn = on_grid(seen[f"blocks.{block}.attn"][1], made.encoder.blocks[block].window_size, made.grid)
    between, mlp = seen[f"blocks.{block}.norm2"][0][0], seen[f"blocks.{block}.mlp"][1][0]
    return x, attn, between, mlp, output


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize("name", SCENES)
def test_sizes_and_directions_are_those_of_what_attention_and_mlp_added(name, block):
    made = scene(name)
    ratios, cosines = residual(made, block)[:2]
    x, attn, between, mlp, _ = steps(made, block)

    assert isinstance(ratios, Maps) and isinstance(cosines, Maps)
    expected = torch.stack([attn.norm(dim=-1) / x.norm(dim=-1), mlp.norm(dim=-1) / between.norm(dim=-1)])
    np.testing.assert_allclose(ratios.values, expected.numpy(), rtol=1e-4)
    expected = torch.stack([F.cosine_similarity(attn, x, dim=-1), F.cosine_similarity(mlp, between, dim=-1)])
    np.testing.assert_allclose(cosines.values, expected.numpy(), atol=1e-5)


def test_scales_are_shared_so_that_attention_and_mlp_can_be_compared():
    made = scene()
    rows, cols = made.photo_grid
    ratios, cosines = residual(made)[:2]
    assert len(ratios.scales) == len(cosines.scales) == 1
    assert ratios.scales[0].low == 0
    assert ratios.scales[0].percent and "%" in ratios.notes[0] and not cosines.scales[0].percent
    assert ratios.scales[0].high == pytest.approx(np.percentile(ratios.values[:, :rows, :cols], 99))
    assert cosines.scales[0].kind == "signed"
    assert cosines.scales[0].high == pytest.approx(np.percentile(abs(cosines.values[:, :rows, :cols]), 99))


def test_one_outlier_does_not_set_the_scale():
    made = fresh_scene("square photo")
    before = residual(made)[0].scales[0].high
    made = fresh_scene("square photo")
    with torch.inference_mode():
        made.stream[WINDOWED][0, 0] *= 1e-4  # this token is all but nothing: whatever is added is huge against it
    ratios = residual(made)[0]
    assert ratios.values[0, 0, 0] > 100 * before
    assert ratios.scales[0].high < 2 * before


def test_notes_give_the_median_over_the_photo_without_its_padding():
    made = scene()
    rows, cols = made.photo_grid
    ratios, cosines = residual(made)[:2]
    for ratio, cosine, note, other in zip(ratios.values, cosines.values, ratios.notes, cosines.notes, strict=True):
        assert note.endswith(" %")
        percent, value = (read(text.removeprefix("median over the photo ")) for text in (note, other))
        assert percent == pytest.approx(100 * np.median(ratio[:rows, :cols]), abs=0.06)
        assert value == pytest.approx(np.median(cosine[:rows, :cols]), rel=6e-3)
        assert np.median(ratio) != np.median(ratio[:rows, :cols])


@pytest.mark.parametrize("name", SCENES)
def test_lengths_are_of_every_blocks_input_and_the_last_output(name):
    made = scene(name)
    curves = residual(made)[2]
    seen, (rows, cols) = forward_pass(made), made.photo_grid
    stream = [seen[f"blocks.{block}"][0][0] for block in range(4)] + [seen["blocks.3"][1][0]]

    assert isinstance(curves, Curves)
    pinned, median = curves.curves
    np.testing.assert_array_equal(pinned.x, np.arange(5))
    np.testing.assert_allclose(pinned.y, [float(tokens[QUERY].norm()) for tokens in stream], rtol=1e-4)
    expected = [np.median(tokens[:rows, :cols].norm(dim=-1).numpy()) for tokens in stream]
    np.testing.assert_allclose(median.y, expected, rtol=1e-4)
    assert pinned.role == "query"
    assert curves.marks == ((0.0, "block 0"),)


def test_what_whole_blocks_add_is_the_difference_of_their_output_and_input():
    made = scene()
    curves = residual(made, GLOBAL)[3]
    seen = forward_pass(made)
    sizes, cosines = curves.curves
    for block in range(4):
        x, output = (tokens[0][QUERY] for tokens in seen[f"blocks.{block}"])
        assert sizes.y[block] == pytest.approx(float((output - x).norm() / x.norm()), rel=1e-4)
        assert cosines.y[block] == pytest.approx(float(F.cosine_similarity(output - x, x, dim=0)), abs=1e-5)
    assert len(sizes.x) == 4
    assert curves.marks == ((1.0, "block 1"),)


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_the_table_follows_the_pinned_token_through_the_block(block):
    made = scene()
    table = residual(made, block)[4]
    x, attn, between, mlp, output = (tokens[QUERY] for tokens in steps(made, block))

    assert isinstance(table, Table)
    expected = [float(part.norm()) for part in (x, attn, between, mlp, output)]
    assert [read(row[1]) for row in table.rows[:5]] == pytest.approx(expected, rel=6e-3)
    for row, part, base in ((table.rows[1], attn, x), (table.rows[3], mlp, between)):
        assert read(row[2]) == pytest.approx(100 * float(part.norm() / base.norm()), abs=0.06)
        assert read(row[3]) == pytest.approx(float(F.cosine_similarity(part, base, dim=0)), rel=6e-3)
    assert read(table.rows[5][1]) < 1e-4


def test_the_sum_fails_when_the_block_is_another_than_the_one_that_ran():
    made = fresh_scene("landscape photo")
    with torch.no_grad():
        made.encoder.blocks[WINDOWED].mlp.lin2.bias[5] += 0.5  # after the trace, before the block is run again
    assert read(residual(made)[4].rows[5][1]) == pytest.approx(0.5, abs=0.05)


def test_a_token_of_zeros_has_no_ratio():
    made = fresh_scene("a tensor, not square")
    with torch.inference_mode():
        made.stream[WINDOWED][0, 0] = 0
    ratios, cosines = residual(made)[:2]
    assert not np.isfinite(ratios.values[0, 0, 0])
    assert np.isnan(cosines.values[0, 0, 0])
