"""q, k and v: equal to what left the qkv layer of a real forward pass, cut as the head in the picture says."""

import numpy as np
import pytest
import torch

from tests.viz.views.forward import GLOBAL, QUERY, SCENES, WINDOWED, forward_pass, on_grid, scene
from tests.viz.views.reading import english
from viz.numbers import number_text, percent_text
from viz.panel import Maps, Matrix, Picture, Table
from viz.selection import Selection
from viz.views import view_by_id

QKV, QKV_MAPS = view_by_id("qkv"), view_by_id("qkv_maps")
HEADS, HEAD_DIM = 3, 12


def qkv(made, block=WINDOWED, head=1, query=QUERY):
    return english(QKV.panels(made, Selection.of(block=block, head=head, query=query)))


def qkv_maps(made, block, head):
    return english(QKV_MAPS.panels(made, Selection.of(block=block, head=head)))


def layer_output(made, block):
    """What left the qkv layer, patch by patch: (grid_h, grid_w, 3·dim)."""
    output = forward_pass(made)[f"blocks.{block}.attn.qkv"][1]
    return on_grid(output, made.encoder.blocks[block].window_size, made.grid)


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize("name", SCENES)
def test_the_three_matrices_are_the_layers_output_cut_into_heads(name, block):
    made = scene(name)
    matrices = qkv(made, block)[:3]
    output = layer_output(made, block)[QUERY].numpy()

    assert all(isinstance(matrix, Matrix) for matrix in matrices)
    laid_end_to_end = np.concatenate([matrix.values.ravel() for matrix in matrices])
    np.testing.assert_allclose(laid_end_to_end, output, rtol=1e-5, atol=1e-6)
    assert [matrix.values.shape for matrix in matrices] == [(HEADS, HEAD_DIM)] * 3
    assert [matrix.row_mark for matrix in matrices] == [1] * 3


def test_q_and_k_share_a_scale_because_they_are_multiplied():
    q, k, v = qkv(scene())[:3]
    assert q.scale == k.scale
    assert q.scale.kind == "signed" and q.scale.high == pytest.approx(max(abs(q.values).max(), abs(k.values).max()))
    assert v.scale.high == pytest.approx(abs(v.values).max())


@pytest.mark.parametrize("head", range(HEADS))
def test_the_outputs_named_as_a_heads_own_are_its_rows_of_the_matrices(head):
    made = scene()
    panels = qkv(made, head=head)
    table = panels[3]
    assert isinstance(table, Table)
    assert table.rows[table.marked[0]][0] == f"outputs of the layer that are head {head}'s"
    output = layer_output(made, WINDOWED)[QUERY].numpy()
    for matrix, span in zip(panels[:3], table.rows[table.marked[0]][1].split(", "), strict=True):
        first, last = (int(index) for index in span.split("…"))
        np.testing.assert_allclose(output[first : last + 1], matrix.values[head], rtol=1e-5, atol=1e-6)


def test_shapes_are_those_of_the_tensors_that_flow():
    made = scene()
    seen = forward_pass(made)
    shapes = dict(qkv(made)[3].rows)
    assert shapes["after norm1"] == str(seen["blocks.0.norm1"][1].shape[-1])
    assert shapes["after the qkv layer"].startswith(f"{seen['blocks.0.attn.qkv'][1].shape[-1]} =")
    assert shapes["heads joined, into proj"].endswith(f"= {seen['blocks.0.attn.proj'][0].shape[-1]}")
    assert shapes["cut into q, k, v by head"] == f"3 × {HEADS} × {HEAD_DIM}"


def test_lengths_are_of_the_head_in_view():
    made = scene()
    numbers = {n.label: n.value for n in qkv(made, head=2)[4].numbers}
    parts = layer_output(made, WINDOWED)[QUERY].view(3, HEADS, HEAD_DIM)[:, 2]
    for name, part in zip("qkv", parts, strict=True):
        assert numbers[f"|{name}|"] == pytest.approx(float(part.norm()), rel=1e-5)
    assert numbers["largest difference"] < 1e-5


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize("name", SCENES)
def test_lengths_over_the_photo_are_those_of_the_heads_vectors(name, block):
    made = scene(name)
    maps = qkv_maps(made, block, 2)[3]
    parts = layer_output(made, block).view(*made.grid, 3, HEADS, HEAD_DIM)[..., 2, :]

    assert isinstance(maps, Maps)
    expected = parts.norm(dim=-1).permute(2, 0, 1).numpy()
    np.testing.assert_allclose(maps.values, expected, rtol=1e-4)
    rows, cols = made.photo_grid
    assert maps.labels == ("|q|", "|k|", "|v|")
    assert maps.notes[1] == f"mean over the photo {number_text(expected[1, :rows, :cols].mean(dtype=np.float64))}"


def test_colours_are_of_one_heads_vectors_on_the_photo():
    made = scene()
    pictures = qkv_maps(made, WINDOWED, 2)[:3]
    parts = layer_output(made, WINDOWED).view(*made.grid, 3, HEADS, HEAD_DIM)[..., 2, :]
    rows, cols = made.photo_grid
    for index, picture in enumerate(pictures):
        assert isinstance(picture, Picture) and picture.on_grid
        assert picture.pixels.shape == (*made.grid, 3)
        patches = parts[:rows, :cols, index].reshape(rows * cols, HEAD_DIM).double()
        variances = torch.linalg.svdvals(patches - patches.mean(0)).square()
        share = float(variances[:3].sum() / variances.sum())
        assert picture.title == f"{'qkv'[index]} of head 2"
        assert picture.note == f"the colours hold {percent_text(share)} of the variance"
        first = patches - patches.mean(0)
        direction = torch.linalg.svd(first, full_matrices=False).Vh[0]
        red = picture.pixels[:rows, :cols, 0].reshape(-1).astype(np.float64)
        assert abs(np.corrcoef(red, (first @ direction).numpy())[0, 1]) > 0.98  # percentiles clip a few


def test_another_head_has_other_pictures():
    made = scene()
    one, other = (qkv_maps(made, WINDOWED, head)[0] for head in (0, 1))
    assert (one.pixels != other.pixels).any()
    assert (one.title, other.title) == ("q of head 0", "q of head 1")
