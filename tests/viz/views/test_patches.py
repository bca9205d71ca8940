"""The patch embedding's views: equal to what leaves the convolution of a real forward pass."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from samvit.encoder import build_encoder
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.tracing import trace
from tests.small import SMALL
from tests.viz.views.reading import english
from viz.numbers import number_text
from viz.palette import ROLES, rgb
from viz.panel import Curves, Maps, Matrix, Numbers, Picture
from viz.selection import Selection
from viz.views import view_by_id
from viz.views.patches import BEST_SHOWN, FIRST_NAMED
from viz.views.pictures import GAP_PX

QUERY, CHANNEL = (3, 7), 5


def noise(rows, cols):
    return Image.fromarray(np.random.default_rng(6).integers(0, 256, (rows, cols, 3), dtype=np.uint8))


@pytest.fixture(scope="module")
def scene():
    """A photo of 300×500 px: resized 96×160, so that 4 of 10 rows of patches are image padding."""
    return trace(fill_random(build_encoder(SMALL)), preprocess(noise(300, 500), 160))


def forward_pass(scene):
    """What enters and leaves the patch embedding, as hooks of a plain forward pass see it."""
    seen = {}
    hook = scene.encoder.patch_embed.register_forward_hook(lambda m, args, out: seen.update(image=args[0], out=out[0]))
    with torch.inference_mode():
        scene.encoder(scene.model_image())
    hook.remove()
    return seen["image"], seen["out"]


def panels(scene, name, query=QUERY, channel=CHANNEL):
    return english(view_by_id(name).panels(scene, Selection.of(query=query, channel=channel)))


def tile(picture, row, col, side, gap=GAP_PX):
    """One tile of a mosaic."""
    top, left = (index * (side + gap) + gap for index in (row, col))
    return picture.pixels[top : top + side, left : left + side]


def test_the_cut_photo_holds_every_patch_with_photo_in_its_place(scene):
    cut, _, _ = panels(scene, "patch_grid")
    halves = np.array(Image.fromarray(scene.image.pixels).reduce(2))

    assert cut.pixels.shape == (6 * 9 + 1, 10 * 9 + 1, 3)
    for row in range(6):
        for col in range(10):
            assert np.array_equal(tile(cut, row, col, 8, gap=1), halves[row * 8 : row * 8 + 8, col * 8 : col * 8 + 8])
    frame = (cut.pixels == rgb(ROLES["query"])).all(-1)
    assert np.argwhere(frame).min(0).tolist() == [3 * 9, 7 * 9]
    assert frame.sum() == 10**2 - 8**2


def test_the_pinned_patch_is_shown_pixel_by_pixel_and_its_planes_add_up_to_it(scene):
    _, pinned, planes = panels(scene, "patch_grid")
    expected = scene.image.pixels[3 * 16 : 4 * 16, 7 * 16 : 8 * 16]

    assert np.array_equal(pinned.pixels, expected)
    parts = [planes.pixels[1:17, 1 + 17 * index : 17 + 17 * index] for index in range(3)]
    assert np.array_equal(sum(part.astype(int) for part in parts), expected)
    assert all(not np.delete(part, index, axis=2).any() for index, part in enumerate(parts))
    assert "16×16×3 = 768" in planes.note


def test_a_patch_of_image_padding_is_shown_in_the_mean_colour_and_not_framed(scene):
    cut, pinned, _ = panels(scene, "patch_grid", query=(8, 7))

    assert (pinned.pixels == [124, 116, 104]).all()
    assert not (cut.pixels == rgb(ROLES["query"])).all(-1).any()


def product_panels(scene, query=QUERY, channel=CHANNEL):
    pixels, weights, products, numbers, every = panels(scene, "patch_product", query, channel)
    assert all(isinstance(panel, Matrix) for panel in (pixels, weights, products))
    assert isinstance(numbers, Numbers) and isinstance(every, Curves)
    return pixels, weights, products, numbers, every


@pytest.mark.parametrize("query", [(0, 0), QUERY, (5, 9), (8, 2)], ids=str)
def test_patch_times_filter_added_up_is_what_the_convolution_gave(scene, query):
    pixels, weights, products, numbers, every = product_panels(scene, query)
    image, out = forward_pass(scene)
    conv = scene.encoder.patch_embed.proj
    column = F.unfold(image, 16, stride=16)[0, :, query[0] * 10 + query[1]]  # (3·16·16), channel by channel

    def by_channel(matrix):
        return matrix.values.reshape(16, 3, 16).transpose(1, 0, 2).ravel()

    assert np.array_equal(by_channel(pixels), column.numpy())
    assert np.array_equal(by_channel(weights), conv.weight[CHANNEL].detach().flatten().numpy())
    np.testing.assert_allclose(by_channel(products), by_channel(pixels) * by_channel(weights), rtol=1e-6)
    total, bias, by_product, by_conv, difference = (number.value for number in numbers.numbers)
    assert total == pytest.approx(products.values.sum(dtype=np.float64), abs=1e-5)
    assert bias == float(conv.bias.detach()[CHANNEL])
    assert by_product == pytest.approx(total + bias, abs=1e-6)
    assert by_conv == float(out[query][CHANNEL])
    assert by_conv == pytest.approx(by_product, abs=1e-5)
    assert difference < 1e-5
    np.testing.assert_array_equal(every.curves[0].y, out[query].numpy())
    np.testing.assert_allclose(every.curves[0].x, out[query].numpy(), atol=1e-5)


def filter_panels(scene, channel=CHANNEL):
    wall, one, response, best = panels(scene, "filters", channel=channel)
    assert isinstance(response, Maps) and all(isinstance(panel, Picture) for panel in (wall, one, best))
    return wall, one, response, best


def test_the_wall_shows_every_filter_from_the_longest_to_the_shortest_and_frames_the_chosen_one(scene):
    wall, one, _, _ = filter_panels(scene)
    weights = scene.encoder.patch_embed.proj.weight.detach().double().numpy()
    columns = round(36**0.5 * 1.3)
    lengths = [np.sqrt((weight**2).sum()) for weight in weights]
    order = sorted(range(36), key=lambda channel: -lengths[channel])

    for place, channel in enumerate(order):
        shown = tile(wall, place // columns, place % columns, 16).transpose(2, 0, 1)
        top = np.abs(weights[channel]).max()
        assert np.abs((shown - 127.5) / 127.5 * top - weights[channel]).max() <= top * 0.51 / 127.5
    place = order.index(CHANNEL)
    black = (wall.pixels == 0).all(-1)
    top, left = place // columns * (16 + GAP_PX), place % columns * (16 + GAP_PX)
    assert black[top : top + GAP_PX, left : left + 16].all()
    assert np.array_equal(one.pixels, tile(wall, place // columns, place % columns, 16))
    assert f"channels {', '.join(map(str, order[:FIRST_NAMED]))} and so on" in wall.note
    assert one.note == f"its weights' length is {number_text(lengths[CHANNEL])}: place {place} of 36, counted from 0"


@pytest.mark.parametrize("channel", [0, CHANNEL, 35])
def test_the_response_is_that_channel_of_the_forward_pass(scene, channel):
    _, _, response, _ = filter_panels(scene, channel)
    _, out = forward_pass(scene)

    assert np.array_equal(response.values[0], out[:, :, channel].numpy())
    assert response.scales[0].low == -response.scales[0].high


def test_the_patches_shown_are_those_of_the_strongest_answers_and_never_padding(scene):
    _, _, _, best = filter_panels(scene)
    _, out = forward_pass(scene)
    answers = out[:6, :, CHANNEL]  # the rows of patches that hold photo
    order = answers.flatten().argsort()

    for line, chosen in enumerate((order.flip(0), order)):
        for place, index in enumerate(chosen[:BEST_SHOWN].tolist()):
            row, col = divmod(index, 10)
            expected = scene.image.pixels[row * 16 : row * 16 + 16, col * 16 : col * 16 + 16]
            assert np.array_equal(tile(best, line, place, 16), expected)


@pytest.mark.parametrize("query", [(0, 0), QUERY, (5, 9)], ids=str)
def test_similarity_is_the_cosine_of_pixels_and_of_tokens(scene, query):
    (maps,) = panels(scene, "patch_similarity", query=query)
    image, out = forward_pass(scene)
    flat = F.unfold(image, 16, stride=16)[0].T.view(10, 10, -1)

    for values, vectors in zip(maps.values, (flat, out), strict=True):
        expected = F.cosine_similarity(vectors.double(), vectors[query].double(), dim=-1).numpy()
        present = vectors.any(-1).numpy()
        np.testing.assert_allclose(values[present], expected[present], atol=1e-5)
        assert np.isnan(values[~present]).all()
        assert values[query] == pytest.approx(1, abs=1e-5)
    assert np.isnan(maps.values[0][6:]).all()  # image padding: zeros point nowhere
    assert np.isfinite(maps.values[1]).all()  # but its tokens are the bias


@pytest.mark.parametrize("patch", [4, 8, 20])
def test_patches_of_other_sizes_and_grids_that_are_not_square(patch):
    encoder = fill_random(build_encoder(replace(SMALL, patch_size=patch, img_size=8 * patch)))
    image = torch.randn(1, 3, 5 * patch, 8 * patch, generator=torch.Generator().manual_seed(2))
    scene = trace(encoder, image)
    cut, pinned, _ = panels(scene, "patch_grid")
    *_, numbers, _ = product_panels(scene)
    _, _, response, best = filter_panels(scene)
    (maps,) = panels(scene, "patch_similarity")

    cell = 8 if patch == 8 else patch
    assert cut.pixels.shape == (5 * (cell + 1) + 1, 8 * (cell + 1) + 1, 3)
    assert pinned.pixels.shape == (patch, patch, 3)
    assert numbers.numbers[-1].value < 1e-5
    assert response.values.shape == (1, 5, 8) and maps.values.shape == (2, 5, 8)
    assert best.pixels.shape[1] == BEST_SHOWN * (patch + GAP_PX) + GAP_PX
