"""The neck: lengths, cosines, components and channels of the four steps that hooks saw in a forward pass."""

import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.decomposition import PCA

from samvit.measures.neck_pca import foreground
from tests.viz.views.forward import QUERY, SCENES, forward_pass, fresh_scene, scene
from tests.viz.views.reading import assert_has_texts, assert_pure, english, fields_read
from viz.numbers import number_text
from viz.panel import Curves, Maps, Picture, Table
from viz.selection import Selection
from viz.views import view_by_id
from viz.views.neck import GAP_PX, WALL_PX, channel_wall

STEPS, COMPONENTS, CHANNELS = (view_by_id(name) for name in ("neck_steps", "neck_pca", "neck_channels"))


def shown(view, made, selection):
    """A view's panels as an English reader gets them."""
    return english(view.panels(made, selection))


def steps(made):
    """What entered the neck and what left each of its layers, (chans, grid_h, grid_w)."""
    seen = forward_pass(made)
    return [seen["neck.0"][0][0], *(seen[f"neck.{index}"][1][0] for index in range(4))]


@pytest.mark.parametrize("name", SCENES)
def test_lengths_and_cosines_are_those_of_the_vectors_after_each_step(name):
    made = scene(name)
    norms, cosines, _ = shown(STEPS, made, Selection.of(query=QUERY))
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
    norms = shown(STEPS, made, Selection.of(query=QUERY))[0]
    rows, cols = made.photo_grid
    assert (rows, cols) != made.grid
    for scale, values in zip(norms.scales, norms.values, strict=True):
        assert scale.high == pytest.approx(values[:rows, :cols].max())


def test_the_table_names_each_layers_output_and_counts_its_parameters():
    made = scene()
    norms, _, table = shown(STEPS, made, Selection.of(query=QUERY))
    assert isinstance(table, Table)
    for row, layer, output in zip(table.rows, made.encoder.neck, steps(made)[1:], strict=True):
        assert row[2] == "×".join(map(str, output.shape))
        assert row[3] == f"{sum(p.numel() for p in layer.parameters()):,}".replace(",", "\u202f")
    assert [row[0] for row in table.rows] == list(norms.labels[1:])
    assert ["3×3" in row[1] for row in table.rows] == [False, False, True, False]


@pytest.mark.parametrize("name", SCENES)
def test_components_are_scikit_learns_on_the_patches_that_hold_photo(name):
    made = scene(name)
    rows, cols = made.photo_grid
    *pictures, curves = shown(COMPONENTS, made, Selection())
    down, right = np.mgrid[:rows, :cols].reshape(2, -1).astype(float)
    lies = (down - down.mean()) / down.std() + 0.3 * (right - right.mean()) / right.std()
    assert isinstance(curves, Curves) and len(pictures) == 4
    for step, picture, curve in zip(steps(made)[1:], pictures, curves.curves, strict=True):
        assert isinstance(picture, Picture) and picture.on_grid
        patches = step[:, :rows, :cols].flatten(1).T.double().numpy()
        pca = PCA(min(10, *patches.shape)).fit(patches)
        np.testing.assert_allclose(curve.y, pca.explained_variance_ratio_ * 100, rtol=1e-3, atol=1e-3)
        for colour in range(3):
            scores = (patches - patches.mean(0)) @ pca.components_[colour]
            scores *= np.sign(np.corrcoef(scores, lies)[0, 1])
            low, high = np.percentile(scores, (1, 99))
            expected = np.clip((scores - low) / (high - low), 0, 1).reshape(rows, cols) * 255
            assert np.abs(picture.pixels[:rows, :cols, colour] - expected).max() < 2


def test_colours_of_image_padding_are_grey():
    made = scene()
    rows, cols = made.photo_grid
    colours = shown(COMPONENTS, made, Selection())[3].pixels
    assert (colours[rows:] == 128).all() and (colours[:, cols:] == 128).all()
    assert colours[:rows, :cols].std() > 10


@pytest.mark.parametrize(("rule", "words"), [("component", "first component"), ("likeness", "cosine with")])
def test_the_foreground_is_named_with_its_rule_and_the_rest_is_black(rule, words):
    made, query = scene(), (4, 6)
    *pictures, part, _ = shown(COMPONENTS, made, Selection.of(query=query, foreground=rule))
    ground = foreground(made, query, rule)
    assert part.note.startswith(f"{int(ground.wanted.sum())} patches: ") and words in part.note
    assert number_text(ground.threshold) in part.note
    assert all(f"{int(ground.wanted.sum())} patches, " in picture.note for picture in pictures)
    for picture in pictures:
        dark = (picture.pixels[:6] == 0).all(-1)
        assert dark[~ground.wanted[:6].numpy()].all() and not dark[ground.wanted[:6].numpy()].all()
        assert (picture.pixels[6:] == 128).all()


def test_the_note_gives_the_shares_that_the_curve_shows():
    picture, *_, curves = shown(COMPONENTS, scene(), Selection())
    shares = [float(share) for share in re.findall(r"[\d.]+(?= %)", picture.note)]
    assert shares == pytest.approx(curves.curves[0].y[:3].tolist(), abs=0.06)


@pytest.mark.parametrize("channel", [0, 7, 15])
def test_the_chosen_channel_stands_beside_its_most_and_least_alike(channel):
    made = scene()
    rows, cols = made.photo_grid
    _, maps = shown(CHANNELS, made, Selection.of(channel=channel))
    seen = steps(made)[-1]
    correlations = np.corrcoef(seen[:, :rows, :cols].flatten(1).numpy())[channel]
    alike = int(np.argsort(correlations)[-2])
    opposite = int(correlations.argmin())
    assert torch.equal(torch.from_numpy(maps.values), seen[[channel, alike, opposite]])
    assert [label.split()[-1] for label in maps.labels] == [str(channel), str(alike), str(opposite)]
    for note, index in zip(maps.notes, (channel, alike, opposite), strict=True):
        assert float(note.removeprefix("correlation ").replace("−", "-")) == pytest.approx(
            correlations[index], abs=6e-4
        )


def test_a_channel_without_a_map_to_compare_stands_alone():
    made = fresh_scene("landscape photo")
    with torch.inference_mode():
        made.embedding[3] = 0.1
    maps = shown(CHANNELS, made, Selection.of(channel=3))[1]
    assert maps.labels == ("channel 3",) and maps.notes == ("correlation –",)


def test_the_wall_holds_every_channel_in_order_and_frames_one():
    made = scene()
    rows, cols = made.photo_grid
    photo = steps(made)[-1][:, :rows, :cols]
    wall, across, side, top = channel_wall(photo, chosen=5)
    assert side == 1
    assert top == pytest.approx(np.percentile(np.abs(photo.numpy()), 99.5))
    for index, tile in enumerate(photo.numpy()):
        y = index // across * (rows + GAP_PX) + GAP_PX
        x = index % across * (cols + GAP_PX) + GAP_PX
        seen = wall[y : y + rows, x : x + cols, 0].astype(float)
        assert np.abs(seen - np.clip(128 + 127 * tile / top, 1, 255)).max() <= 0.51
        frame = {
            int(value)
            for value in (wall[y - 2, x, 0], wall[y, x - 2, 0], wall[y + rows + 1, x, 0], wall[y, x + cols + 1, 0])
        }
        assert (frame == {0}) == (index == 5)


@pytest.mark.parametrize("shape", [(16, 5, 10), (7, 10, 3), (1, 2, 2), (256, 64, 64), (256, 43, 64), (4, 400, 30)])
def test_a_wall_has_room_for_every_tile_and_fits_a_screen(shape):
    wall, across, side, _ = channel_wall(torch.ones(shape), 0)
    tall = -(-shape[1] // side) + GAP_PX
    assert across * (wall.shape[0] // tall) >= shape[0]
    assert max(wall.shape) <= WALL_PX + GAP_PX


def test_a_pixel_of_a_large_wall_is_the_mean_of_its_patches():
    channels = torch.randn(256, 64, 63, generator=torch.Generator().manual_seed(0))
    wall, across, side, top = channel_wall(channels, 0)
    assert side == 2
    for index, row, col in ((0, 0, 0), (5, 30, 20), (255, 31, 31)):  # the last column holds one patch only
        mean = channels[index, 2 * row : 2 * row + 2, 2 * col : 2 * col + 2].mean()
        y = index // across * (32 + GAP_PX) + GAP_PX + row
        x = index % across * (32 + GAP_PX) + GAP_PX + col
        assert abs(int(wall[y, x, 0]) - np.clip(128 + 127 * float(mean) / top, 1, 255)) <= 0.51


@pytest.mark.parametrize("view", [STEPS, COMPONENTS, CHANNELS], ids=lambda view: view.id)
def test_views_of_the_neck_read_what_they_say_and_change_nothing(view):
    made, selection = scene(), Selection.of(query=QUERY, channel=3)
    assert fields_read(view, made, selection) == view.uses - {"overlay", "basis"}  # a basis is shared by two sides only
    assert_pure(view, made, selection)
    assert_has_texts(view)


def test_two_photos_in_one_basis_have_each_its_own_foreground():
    one, other = (Selection.of(view="neck_pca", query=query, foreground="likeness") for query in (QUERY, (0, 1)))
    made = scene()
    for selection, panels in zip((one, other), COMPONENTS.of_two((made, one), (made, other)), strict=True):
        wanted = foreground(made, selection.focus.query, "likeness").wanted.numpy()
        black = (english(panels)[0].pixels == 0).all(-1)
        assert black[: made.photo_grid[0]].tolist() == (~wanted)[: made.photo_grid[0]].tolist()


def test_the_spread_of_lengths_is_their_deviation_over_their_mean():
    made = scene()
    rows, cols = made.photo_grid
    norms = shown(STEPS, made, Selection.of(query=QUERY))[0]
    for step, note in zip(steps(made), norms.notes, strict=True):
        lengths = step.norm(dim=0)[:rows, :cols]
        (percent,) = re.findall(r"[\d.]+(?= %)", note)
        assert float(percent) == pytest.approx(100 * float(lengths.std(correction=0) / lengths.mean()), abs=0.06)
