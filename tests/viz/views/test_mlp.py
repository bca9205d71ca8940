"""The MLP's view: neurons equal what entered and left the activation of a real forward pass."""

import numpy as np
import pytest
import torch
from torch import nn

from samvit.encoder import ImageEncoderViT
from samvit.random_weights import fill_random
from samvit.tracing import trace
from tests.viz.views.forward import GLOBAL, QUERY, SCENES, WINDOWED, forward_pass, fresh_scene, scene
from tests.viz.views.reading import english
from viz.panel import Curves, Maps, Numbers, Table
from viz.selection import Selection
from viz.views import view_by_id

MLP = view_by_id("mlp")
HIDDEN = 144


def mlp(made, block=WINDOWED, channel=7, query=QUERY):
    return english(MLP.panels(made, Selection.of(block=block, channel=channel, query=query)))


def read(cell):
    """A number as a table writes it."""
    return float(cell.replace("−", "-"))


def strongest(made, block=WINDOWED):
    """The pinned token's neurons by the length of what they write, the longest first, and those lengths."""
    after = forward_pass(made)[f"blocks.{block}.mlp.act"][1][0][QUERY]
    columns = made.encoder.blocks[block].mlp.lin2.weight.detach().T  # one row for each neuron
    written = (after[:, None] * columns).norm(dim=1)
    return written.argsort(descending=True).tolist(), written


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_as_long_as_nobody_chose_the_neuron_that_writes_most_at_the_pinned_patch_is_shown(block):
    made = scene()
    first = strongest(made, block)[0][0]
    assert MLP.channel_of(made, Selection.of(block=block, query=QUERY)) == first
    assert MLP.channel_of(made, Selection.of(block=block, query=QUERY, channel=7)) == 7
    maps = mlp(made, block, channel=None)[1]
    assert (maps.chosen, maps.labels[0]) == (0, f"neuron {first}")


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize("name", SCENES)
def test_dots_are_the_pinned_tokens_neurons_before_and_after_the_activation(name, block):
    made = scene(name)
    curves = mlp(made, block)[0]
    before, after = (x[0][QUERY].numpy() for x in forward_pass(made)[f"blocks.{block}.mlp.act"])

    assert isinstance(curves, Curves) and curves.points
    _, neurons, best = curves.curves
    np.testing.assert_array_equal(neurons.x, before)
    np.testing.assert_array_equal(neurons.y, after)
    listed = strongest(made, block)[0][: len(best.x)]
    np.testing.assert_array_equal(best.x, before[listed])
    np.testing.assert_array_equal(best.y, after[listed])


def test_the_line_is_gelu_itself_and_reaches_beyond_its_dip():
    line = mlp(scene())[0].curves[0]
    x = torch.from_numpy(line.x).double()
    expected = x * 0.5 * (1 + torch.erf(x / 2**0.5))
    np.testing.assert_allclose(line.y, expected.numpy(), atol=1e-6)
    assert line.label == "GELU"
    assert line.x.min() <= -3 and line.x.max() >= 3
    assert line.y.min() == pytest.approx(-0.17, abs=1e-3)  # as the text says


def test_another_activation_shows_its_own_name_and_curve():
    encoder = ImageEncoderViT(
        img_size=64, embed_dim=12, depth=1, num_heads=1, act_layer=nn.ReLU, out_chans=4, window_size=2
    )
    made = trace(fill_random(encoder.eval()), torch.randn(1, 3, 64, 64))
    line, neurons, _ = mlp(made, query=(1, 2))[0].curves
    assert line.label == "ReLU"
    np.testing.assert_array_equal(line.y, np.maximum(line.x, 0))
    np.testing.assert_array_equal(neurons.y, np.maximum(neurons.x, 0))


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize("name", SCENES)
def test_maps_are_the_pinned_tokens_strongest_neurons_and_then_the_chosen_one(name, block):
    made = scene(name)
    after = forward_pass(made)[f"blocks.{block}.mlp.act"][1][0]
    order = strongest(made, block)[0]
    chosen = order[-1]
    maps = mlp(made, block, channel=chosen)[1]
    neurons = [*order[:5], chosen]

    assert isinstance(maps, Maps) and maps.chosen == 5
    assert maps.labels == tuple(f"neuron {n}" for n in neurons)
    np.testing.assert_array_equal(maps.values, after[..., neurons].permute(2, 0, 1).numpy())
    for note, neuron in zip(maps.notes, neurons, strict=True):
        assert read(note.split()[-1]) == pytest.approx(float(after[QUERY][neuron]), rel=0.02)


def test_each_map_has_its_own_signed_scale_fitted_to_the_photo():
    made = scene()
    rows, cols = made.photo_grid
    maps = mlp(made)[1]
    for scale, values in zip(maps.scales, maps.values, strict=True):
        assert scale.kind == "signed"
        assert scale.high == pytest.approx(abs(values[:rows, :cols]).max())


def test_the_table_lists_the_strongest_and_then_the_chosen_one():
    made = scene()
    order, written = strongest(made)
    before, after = (x[0][QUERY] for x in forward_pass(made)[f"blocks.{WINDOWED}.mlp.act"])
    weakest = order[-1]
    table = mlp(made, channel=weakest)[2]

    assert isinstance(table, Table)
    assert [int(row[0]) for row in table.rows] == [*order[:8], weakest]
    assert table.marked == (8,)
    for row in table.rows:
        n = int(row[0])
        expected = [float(before[n]), float(after[n]), float(written[n])]
        assert [read(cell) for cell in row[1:]] == pytest.approx(expected, rel=6e-3)


def test_a_chosen_neuron_among_the_strongest_is_listed_once():
    made = scene()
    third = strongest(made)[0][2]
    _, maps, table, _ = mlp(made, channel=third)
    assert table.marked == (2,) and len(table.rows) == 8
    assert maps.chosen == 2 and len(set(maps.labels)) == len(maps.labels) == 5


def test_numbers_count_the_neurons_and_the_sum_is_what_left_the_mlp():
    made = scene()
    panel = mlp(made)[3]
    before = forward_pass(made)[f"blocks.{WINDOWED}.mlp.act"][0][0][QUERY]
    output = forward_pass(made)[f"blocks.{WINDOWED}.mlp"][1][0][QUERY]
    written = strongest(made)[1].sort(descending=True).values.tolist()

    assert isinstance(panel, Numbers)
    numbers = {n.label: n.value for n in panel.numbers}
    assert numbers["neurons"] == HIDDEN
    assert numbers["below zero before GELU"] == int((before < 0).sum())
    half = int(numbers["neurons that write half of it"])
    assert sum(written[: half - 1]) < sum(written) / 2 <= sum(written[:half]) * (1 + 1e-5)
    assert numbers["length of the MLP's output"] == pytest.approx(float(output.norm()), rel=1e-5)
    assert numbers["largest difference"] < 1e-5


def test_the_proof_fails_when_lin2_is_another_than_the_one_that_ran():
    made = fresh_scene("landscape photo")
    mlp(made)
    with torch.no_grad():
        made.encoder.blocks[WINDOWED].mlp.lin2.weight[0] += 0.5
    assert {n.label: n.value for n in mlp(made)[3].numbers}["largest difference"] > 0.1
