"""LayerNorm's views: means, spreads and channels equal what entered and left the norms of a real forward pass."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tests.viz.views.forward import GLOBAL, QUERY, SCENES, WINDOWED, forward_pass, fresh_scene, scene
from tests.viz.views.reading import english
from viz.panel import Curves, Maps, Numbers, Table
from viz.selection import Selection
from viz.views import view_by_id

NORM1, NORM2, NECK_NORM = (view_by_id(name) for name in ("norm1", "norm2", "neck_norm"))


def norm1(made, block=WINDOWED, query=QUERY):
    return english(NORM1.panels(made, Selection.of(block=block, query=query)))


def neck_norm(made, channel=3, query=QUERY):
    return english(NECK_NORM.panels(made, Selection.of(channel=channel, query=query)))


def read(cell):
    """A number as a table or note writes it."""
    return float(cell.replace("−", "-").replace("\u202f", "").removesuffix(" %"))


def number(panel, label):
    """The one number of a panel under a label."""
    (value,) = [n.value for n in panel.numbers if n.label == label]
    return value


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize("name", SCENES)
def test_means_and_spreads_are_those_of_the_tokens_around_norm1(name, block):
    maps = norm1(scene(name), block)[0]
    before, after = (tokens[0] for tokens in forward_pass(scene(name))[f"blocks.{block}.norm1"])

    assert isinstance(maps, Maps)
    assert maps.labels == ("mean before", "mean after", "spread before", "spread after")
    expected = torch.stack([before.mean(-1), after.mean(-1), before.std(-1, correction=0), after.std(-1, correction=0)])
    torch.testing.assert_close(torch.from_numpy(maps.values), expected, rtol=1e-4, atol=1e-5)


def test_before_and_after_share_a_scale_fitted_to_the_photo():
    made = scene()
    maps = norm1(made)[0]
    rows, cols = made.photo_grid

    assert maps.scales[0] == maps.scales[1] and maps.scales[2] == maps.scales[3]
    assert maps.scales[0].kind == "signed" and maps.scales[2].kind == "sequential"
    assert maps.scales[2].low == 0
    assert maps.scales[2].high == pytest.approx(maps.values[2:, :rows, :cols].max())


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_standardised_channels_lie_on_one_line_and_the_final_ones_are_norm1s_output(block):
    made = scene()
    curves = norm1(made, block)[1]
    before, after = (tokens[0][QUERY] for tokens in forward_pass(made)[f"blocks.{block}.norm1"])

    assert isinstance(curves, Curves) and curves.points
    final, standard = curves.curves
    np.testing.assert_array_equal(standard.x, before.numpy())
    np.testing.assert_array_equal(final.x, before.numpy())
    np.testing.assert_array_equal(final.y, after.numpy())
    np.testing.assert_allclose(standard.y, F.layer_norm(before, before.shape, eps=1e-6).numpy(), atol=1e-5)
    slope, start = np.polyfit(standard.x, standard.y, 1)
    np.testing.assert_allclose(standard.y, slope * standard.x + start, atol=1e-5)
    assert slope == pytest.approx(1 / float(before.std(correction=0)), rel=1e-4)
    assert curves.marks[0][0] == pytest.approx(float(before.mean()))


def test_the_same_value_in_two_tokens_comes_out_differently_which_no_activation_does():
    made = scene()
    slopes = []
    for query in (QUERY, (0, 0)):
        standard = norm1(made, query=query)[1].curves[1]
        slopes.append(np.polyfit(standard.x, standard.y, 1)[0])
    assert abs(slopes[0] - slopes[1]) > 1e-3


def test_the_table_sums_each_channel_up_to_norm1s_output():
    made = scene()
    table = norm1(made)[2]
    norm = made.encoder.blocks[WINDOWED].norm1
    before, after = (tokens[0][QUERY] for tokens in forward_pass(made)[f"blocks.{WINDOWED}.norm1"])
    standard = F.layer_norm(before, before.shape, eps=1e-6)

    assert isinstance(table, Table)
    channels = [int(row[0]) for row in table.rows]
    assert channels == standard.abs().argsort(descending=True)[: len(channels)].tolist()
    for channel, row in zip(channels, table.rows, strict=True):
        expected = [
            float(part[channel]) for part in (before, standard, norm.weight.detach(), norm.bias.detach(), after)
        ]
        assert [read(cell) for cell in row[1:]] == pytest.approx(expected, rel=6e-3, abs=1e-4)


def test_mean_variance_and_eps_are_the_layers_own():
    numbers = norm1(scene())[3]
    before = forward_pass(scene())[f"blocks.{WINDOWED}.norm1"][0][0][QUERY]

    assert isinstance(numbers, Numbers)
    assert number(numbers, "mean before") == pytest.approx(float(before.mean()), abs=1e-6)
    assert number(numbers, "variance before") == pytest.approx(float(before.var(correction=0)), rel=1e-5)
    assert number(numbers, "ε") == 1e-6
    assert number(numbers, "largest difference") < 1e-5


def test_the_proof_of_norm1_fails_when_the_layer_is_another_than_the_one_that_ran():
    made = fresh_scene("landscape photo")
    norm1(made)  # the block's steps are now those of the forward pass
    with torch.no_grad():
        made.encoder.blocks[WINDOWED].norm1.weight[7] += 0.5
    assert number(norm1(made)[3], "largest difference") > 1e-2


@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
@pytest.mark.parametrize("name", SCENES)
def test_norm2_reads_the_stream_after_attention_and_shows_its_own_scale_and_shift(name, block):
    made = scene(name)
    maps, curves, table, numbers = english(NORM2.panels(made, Selection.of(block=block, query=QUERY)))
    before, after = (tokens[0] for tokens in forward_pass(made)[f"blocks.{block}.norm2"])
    norm = made.encoder.blocks[block].norm2

    expected = torch.stack([before.mean(-1), after.mean(-1), before.std(-1, correction=0), after.std(-1, correction=0)])
    torch.testing.assert_close(torch.from_numpy(maps.values), expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(curves.curves[0].x, before[QUERY].numpy(), atol=1e-5)
    np.testing.assert_allclose(curves.curves[0].y, after[QUERY].numpy(), atol=1e-5)
    channel = int(table.rows[0][0])
    assert read(table.rows[0][3]) == pytest.approx(float(norm.weight.detach()[channel]), rel=6e-3, abs=1e-4)
    assert number(numbers, "largest difference") < 1e-5
    assert "norm2" in numbers.note


@pytest.mark.parametrize("name", SCENES)
def test_the_necks_channel_and_spreads_are_those_of_its_four_steps(name):
    channel_maps, spreads, *_ = neck_norm(scene(name), channel=3)
    seen = forward_pass(scene(name))
    steps = torch.stack([seen[f"neck.{step}"][1][0] for step in range(4)])

    np.testing.assert_array_equal(channel_maps.values, steps[:, 3].numpy())
    assert "Channel 3 of 0…15" in channel_maps.title
    expected = steps.std(1, correction=0)
    torch.testing.assert_close(torch.from_numpy(spreads.values), expected, rtol=1e-4, atol=1e-6)


def test_each_norms_map_is_compared_with_the_map_before_it():
    made = scene()
    maps = neck_norm(made)[0]
    rows, cols = made.photo_grid
    for index in (1, 3):
        pair = torch.from_numpy(maps.values[index - 1 : index + 1, :rows, :cols]).flatten(1)
        text, value = maps.notes[index].split(": ")
        assert text == "correlation with the map before"
        assert read(value) == pytest.approx(float(torch.corrcoef(pair)[0, 1]), abs=6e-4)
        assert float(torch.corrcoef(pair)[0, 1]) < 0.9999  # a BatchNorm's would be 1
    assert maps.notes[0] == maps.notes[2] == ""


def test_the_pinned_positions_channels_are_those_around_the_last_norm():
    made = scene()
    _, _, curves, table, numbers = neck_norm(made)
    before, after = (x[0, :, QUERY[0], QUERY[1]] for x in forward_pass(made)["neck.3"])

    final, standard = curves.curves
    np.testing.assert_array_equal(final.x, before.numpy())
    np.testing.assert_array_equal(final.y, after.numpy())
    np.testing.assert_allclose(standard.y, F.layer_norm(before, before.shape, eps=1e-6).numpy(), atol=1e-5)
    assert read(table.rows[2][1]) == pytest.approx(float(before.mean()), rel=6e-3)
    assert read(table.rows[3][2]) == pytest.approx(float(after.var(correction=0)), rel=6e-3)
    assert all(n.value < 1e-5 for n in numbers.numbers)


def test_the_proof_of_the_neck_fails_when_a_norm_is_another_than_the_one_that_ran():
    made = fresh_scene("landscape photo")
    neck_norm(made)
    with torch.no_grad():
        made.encoder.neck[1].bias[2] += 0.5
    first, last = neck_norm(made)[4].numbers
    assert first.value > 0.4
    assert last.value < 1e-5


def test_a_channel_that_is_the_same_everywhere_has_no_correlation():
    made = fresh_scene("landscape photo")
    with torch.no_grad():
        made.encoder.neck[0].weight[3] = 0
    assert neck_norm(made, channel=3)[0].notes[1].endswith(": –")
