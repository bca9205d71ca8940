"""The neck: lengths, cosines, components and channels of the four steps that hooks saw in a forward pass."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.decomposition import PCA

from tests.viz.views.forward import QUERY, SCENES, forward_pass, scene
from tests.viz.views.reading import assert_has_texts, assert_pure, fields_read
from viz.panel import Curves, Maps, Picture, Table
from viz.selection import Selection
from viz.views import view_by_id
from viz.views.neck import GAP_PX, channel_wall, norms_and_cosines, pca_colours

STEPS, COMPONENTS, CHANNELS = (view_by_id(name) for name in ("neck_steps", "neck_pca", "neck_channels"))


def steps(made):
    """What entered the neck and what left each of its layers, (chans, grid_h, grid_w)."""
    seen = forward_pass(made)
    return [seen["neck.0"][0][0], *(seen[f"neck.{index}"][1][0] for index in range(4))]


@pytest.mark.parametrize("name", SCENES)
def test_lengths_and_cosines_are_those_of_the_vectors_after_each_step(name):
    made = scene(name)
    norms, cosines, _ = STEPS.panels(made, Selection.of(query=QUERY))
    assert isinstance(norms, Maps) and isinstance(cosines, Maps)
    for index, step in enumerate(steps(made)):
        vectors = step.flatten(1).T  # (tokens, chans)
        torch.testing.assert_close(torch.from_numpy(norms.values[index]).flatten(), vectors.norm(dim=1))
        pinned = step[:, QUERY[0], QUERY[1]]
        expected = torch.tensor([F.cosine_similarity(vector, pinned, dim=0) for vector in vectors])
        torch.testing.assert_close(torch.from_numpy(cosines.values[index]).flatten(), expected, rtol=1e-4, atol=1e-5)
        assert cosines.values[index][QUERY] == pytest.approx(1, abs=1e-5)
    assert (cosines.scales[0].low, cosines.scales[0].high) == (-1, 1)


def test_scales_of_lengths_fit_the_photo_and_not_its_padding():
    made = scene()
    norms = STEPS.panels(made, Selection.of(query=QUERY))[0]
    rows, cols = made.photo_grid
    assert (rows, cols) != made.grid
    for scale, values in zip(norms.scales, norms.values, strict=True):
        assert scale.high == pytest.approx(values[:rows, :cols].max())


def test_the_table_names_each_layers_output_and_counts_its_parameters():
    table = STEPS.panels(scene(), Selection.of(query=QUERY))[2]
    assert isinstance(table, Table)
    assert [row[3] for row in table.rows] == ["16×10×10"] * 4
    assert [row[4] for row in table.rows] == ["576", "32", "2\u202f304", "32"]


def test_a_vector_of_zeros_has_length_and_cosine_0():
    channels = torch.zeros(3, 2, 2)
    channels[:, 0, 0] = 1
    norms, cosines = norms_and_cosines(channels, (0, 0))
    assert norms[1, 1] == cosines[1, 1] == 0 and cosines[0, 0] == pytest.approx(1)


@pytest.mark.parametrize("name", SCENES)
def test_components_are_scikit_learns_on_the_patches_that_hold_photo(name):
    made = scene(name)
    rows, cols = made.photo_grid
    *pictures, curves = COMPONENTS.panels(made, Selection())
    assert isinstance(curves, Curves) and len(pictures) == 4
    for step, picture, curve in zip(steps(made)[1:], pictures, curves.curves, strict=True):
        assert isinstance(picture, Picture) and picture.on_grid
        patches = step[:, :rows, :cols].flatten(1).T.double().numpy()
        pca = PCA(min(10, *patches.shape)).fit(patches)
        np.testing.assert_allclose(curve.y, pca.explained_variance_ratio_ * 100, rtol=1e-3, atol=1e-3)
        for colour in range(3):
            axis = pca.components_[colour]
            scores = (patches - patches.mean(0)) @ (axis * np.sign(axis[np.abs(axis).argmax()]))
            low, high = np.percentile(scores, (1, 99))
            expected = np.clip((scores - low) / (high - low), 0, 1).reshape(rows, cols) * 255
            shown = picture.pixels[:rows, :cols, colour].astype(float)
            assert np.abs(shown - expected).max() < 2


def test_image_padding_is_grey_and_takes_no_part_in_the_components():
    made = scene()
    rows, cols = made.photo_grid
    step = made.neck_steps()["1"].clone()
    colours, shares = pca_colours(step, made.photo_grid)
    step[:, rows:] = 1000
    again, same = pca_colours(step, made.photo_grid)
    assert np.array_equal(colours, again) and np.array_equal(shares, same)
    assert (colours[rows:] == 128).all() and (colours[:, cols:] == 128).all()


def test_turning_all_features_around_leaves_the_colours_but_for_the_sign():
    colours, _ = pca_colours(scene().embedding, scene().photo_grid)
    turned, _ = pca_colours(-scene().embedding, scene().photo_grid)
    rows, cols = scene().photo_grid
    mirrored = 255 - turned[:rows, :cols].astype(int)
    assert np.abs(mirrored - colours[:rows, :cols]).max() <= 2


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 1, 2), (4, 3, 1), (5, 1, 1)])
def test_few_channels_or_patches_still_give_a_picture(shape):
    colours, shares = pca_colours(torch.randn(shape, generator=torch.Generator().manual_seed(0)), shape[1:])
    assert colours.shape == (*shape[1:], 3)
    assert len(shares) == min(shape[0], shape[1] * shape[2]) and np.isfinite(shares).all()


@pytest.mark.parametrize("channel", [0, 7, 15])
def test_the_chosen_channel_stands_beside_its_most_and_least_alike(channel):
    made = scene()
    rows, cols = made.photo_grid
    _, maps = CHANNELS.panels(made, Selection.of(channel=channel))
    seen = steps(made)[-1]
    correlations = np.corrcoef(seen[:, :rows, :cols].flatten(1).numpy())[channel]
    alike = int(np.argsort(correlations)[-2])
    opposite = int(correlations.argmin())
    assert torch.equal(torch.from_numpy(maps.values), seen[[channel, alike, opposite]])
    assert [label.split()[-1] for label in maps.labels] == [str(channel), str(alike), str(opposite)]
    assert maps.notes == tuple(f"correlation {correlations[index]:.2f}" for index in (channel, alike, opposite))


def test_the_wall_holds_every_channel_in_order_and_frames_one():
    made = scene()
    rows, cols = made.photo_grid
    photo = steps(made)[-1][:, :rows, :cols].numpy()
    wall, across, top = channel_wall(photo, chosen=5)
    assert top == pytest.approx(np.percentile(np.abs(photo), 99.5))
    for index, tile in enumerate(photo):
        y = index // across * (rows + GAP_PX) + GAP_PX
        x = index % across * (cols + GAP_PX) + GAP_PX
        shown = wall[y : y + rows, x : x + cols, 0].astype(float)
        assert np.abs(shown - np.clip(128 + 127 * tile / top, 1, 255)).max() <= 0.51
        frame = {
            int(value)
            for value in (wall[y - 2, x, 0], wall[y, x - 2, 0], wall[y + rows + 1, x, 0], wall[y, x + cols + 1, 0])
        }
        assert (frame == {0}) == (index == 5)


@pytest.mark.parametrize("shape", [(16, 5, 10), (7, 10, 3), (1, 2, 2)])
def test_a_wall_has_room_for_every_tile(shape):
    wall, across, _ = channel_wall(np.ones(shape, np.float32), 0)
    assert across * (wall.shape[0] // (shape[1] + GAP_PX)) >= shape[0]


@pytest.mark.parametrize("view", [STEPS, COMPONENTS, CHANNELS], ids=lambda view: view.id)
def test_views_of_the_neck_read_what_they_say_and_change_nothing(view):
    made, selection = scene(), Selection.of(query=QUERY, channel=3)
    assert fields_read(view, made, selection) == view.uses - {"overlay"}
    assert_pure(view, made, selection)
    assert_has_texts(view)


def test_the_spread_of_lengths_is_their_deviation_over_their_mean():
    made = scene()
    rows, cols = made.photo_grid
    norms = STEPS.panels(made, Selection.of(query=QUERY))[0]
    for step, note in zip(steps(made), norms.notes, strict=True):
        lengths = step.norm(dim=0)[:rows, :cols]
        assert note == f"lengths differ by {lengths.std(correction=0) / lengths.mean():.1%}"
