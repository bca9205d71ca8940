"""The position embedding's views: equal to what a real forward pass adds, and to torch's own interpolation."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from samvit.checkpoint import load_encoder
from samvit.encoder import build_encoder
from samvit.measures.pca import score_colours
from samvit.measures.position import addition_colours, table_basis, table_scores
from samvit.preprocess import preprocess
from samvit.random_weights import fill_random
from samvit.tracing import trace
from tests.small import SMALL
from tests.viz.views.reading import english
from viz.numbers import percent_text
from viz.panel import Curves, Maps, Numbers, Picture, Table
from viz.selection import MAX_LENGTH, SIZES, Selection
from viz.texts import catalogue
from viz.views import view_by_id
from viz.words import Problem

QUERY = (3, 7)
EXAMPLE = Path(__file__).parents[3] / "viz" / "examples" / "chelsea.jpg"


def noise(rows, cols):
    return Image.fromarray(np.random.default_rng(7).integers(0, 256, (rows, cols, 3), dtype=np.uint8))


# The table's own size, a smaller image, which needs a resized table, and a bare tensor that is not square.
@pytest.fixture(scope="module", params=["own", "smaller", "oblong"])
def scene(request):
    encoder = fill_random(build_encoder(SMALL))
    if request.param == "oblong":
        return trace(encoder, torch.randn(1, 3, 80, 160, generator=torch.Generator().manual_seed(1)))
    return trace(encoder, preprocess(noise(300, 500), 160 if request.param == "own" else 128))


def forward_pass(scene):
    """Tokens before and after adding positions, as hooks of a plain forward pass see them."""
    seen = []
    hooks = [
        scene.encoder.patch_embed.register_forward_hook(lambda module, args, out: seen.append(out[0])),
        scene.encoder.blocks[0].register_forward_pre_hook(lambda module, args: seen.append(args[0][0])),
    ]
    with torch.inference_mode():
        scene.encoder(scene.model_image())
    for hook in hooks:
        hook.remove()
    return seen


def panels(scene, name, query=QUERY, length=0):
    return english(view_by_id(name).panels(scene, Selection.of(query=query, length=length)))


@pytest.mark.parametrize("query", [(0, 0), QUERY, (4, 2)], ids=str)
def test_similarity_is_the_cosine_before_of_the_table_and_after(scene, query):
    maps, curves = panels(scene, "position_similarity", query)
    assert isinstance(maps, Maps) and isinstance(curves, Curves)
    before, after = forward_pass(scene)

    for values, vectors in zip(maps.values, (before, after - before, after), strict=True):
        expected = F.cosine_similarity(vectors.double(), vectors[query].double(), dim=-1)
        np.testing.assert_allclose(values, expected, atol=1e-5)
    assert maps.labels == ("token before", "position", "token after")
    along_row, along_col = curves.curves
    assert np.array_equal(along_row.y, maps.values[1][query[0]])
    assert np.array_equal(along_col.y, maps.values[1][:, query[1]])
    assert [place for place, _ in curves.marks] == [query[1], query[0]]
    assert along_row.y[query[1]] == along_col.y[query[0]] == pytest.approx(1, abs=1e-5)


def added_panels(scene):
    *pictures, lengths, means = panels(scene, "position_added")
    assert isinstance(lengths, Maps) and isinstance(means, Numbers)
    assert all(isinstance(picture, Picture) and picture.on_grid for picture in pictures)
    return pictures, lengths, means


def test_lengths_are_those_of_the_vectors_that_were_added(scene):
    _, lengths, means = added_panels(scene)
    rows, cols = scene.photo_grid
    before, after = forward_pass(scene)

    steps = (before, after - before, after)
    for values, mean, vectors in zip(lengths.values, means.numbers, steps, strict=True):
        expected = vectors.square().sum(-1).sqrt()
        np.testing.assert_allclose(values, expected, rtol=1e-4)
        assert mean.value == pytest.approx(float(expected[:rows, :cols].mean()), rel=1e-4)


def test_the_pictures_are_the_addition_in_colours_and_the_sentence_says_how_long_position_is(scene):
    pictures, _, means = added_panels(scene)
    colours = addition_colours(scene).numpy()

    assert [picture.title for picture in pictures] == [
        "token before",
        "position",
        "token after",
        "position, on a scale of its own",
    ]
    assert all(np.array_equal(picture.pixels, shown) for picture, shown in zip(pictures, colours, strict=True))
    before, position, _ = (number.value for number in means.numbers)
    assert f"are {percent_text(position / before)} as long as the tokens" in means.note


def test_the_caveat_is_true_of_the_bundled_model():
    assert "vit_tiny's stayed small" in catalogue("en")["view.position_added.not"]
    encoder = load_encoder("vit_tiny")
    with torch.inference_mode():
        tokens = encoder.patch_embed(preprocess(EXAMPLE, 512).tensor())

    assert encoder.pos_embed.norm(dim=-1).mean() < 0.05 * tokens.norm(dim=-1).mean()


def table_panels(scene, length=0):
    *pictures, curves = panels(scene, "position_table", length=length)
    assert isinstance(curves, Curves) and all(isinstance(picture, Picture) for picture in pictures)
    return {picture.pixels.shape[:2]: picture for picture in pictures}, curves


def test_the_table_is_shown_at_every_size_on_offer_and_at_this_images(scene):
    pictures, curves = table_panels(scene)

    assert set(pictures) == {(10, 10), scene.grid, *((size // 16, size // 16) for size in SIZES)}
    assert [curve.label for curve in curves.curves] == [f"{rows}×{cols}" for rows, cols in pictures]
    assert "as learned" in pictures[10, 10].note and "resized" in pictures[32, 32].note
    assert pictures[32, 32].title == "32×32 tokens: 512×512 px"


def test_a_grid_that_is_not_square_is_named_by_rows_and_columns(small_encoder, small_image):
    pictures, _ = table_panels(trace(small_encoder, small_image[:, :, :80]), 0)
    assert pictures[5, 10].title == "5×10 tokens: 80×160 px"


@pytest.mark.parametrize("length", [1, 5, MAX_LENGTH])
def test_a_side_that_is_asked_for_takes_the_place_of_this_images_grid(small_encoder, small_image, length):
    pictures, curves = table_panels(trace(small_encoder, small_image[:, :, :80]), length)
    basis = table_basis(small_encoder)

    assert (length, length) in pictures and (5, 10) not in pictures
    for (rows, cols), curve in zip(pictures, curves.curves, strict=True):
        scores = table_scores(small_encoder, basis, (rows, cols))
        assert np.array_equal(pictures[rows, cols].pixels, score_colours(scores, basis.low, basis.high))
        assert np.array_equal(curve.y, scores[rows // 2, :, 0])
        np.testing.assert_allclose(curve.x, (np.arange(cols) + 0.5) / cols, rtol=1e-6)
        assert curve.label == f"{rows}×{cols}"


def test_the_resized_table_is_what_the_forward_pass_adds(small_encoder):
    scene = trace(small_encoder, preprocess(noise(300, 500), 128))
    pictures, _ = table_panels(scene)
    before, after = forward_pass(scene)
    learned = small_encoder.pos_embed.detach()[0].double().numpy()
    mean = learned.mean((0, 1))
    directions = np.linalg.svd((learned - mean).reshape(100, -1), full_matrices=False)[2][:3]
    added = ((after - before).double().numpy() - mean) @ directions.T
    shown = pictures[8, 8].pixels.astype(float) - 127.5

    for component in range(3):
        assert abs(np.corrcoef(added[..., component].ravel(), shown[..., component].ravel())[0, 1]) > 0.99


@pytest.mark.parametrize("name", ["position_similarity", "position_added", "position_table"])
def test_an_encoder_without_a_table_says_so(name, small_image):
    scene = trace(fill_random(build_encoder(replace(SMALL, use_abs_pos=False))), small_image)

    with pytest.raises(Problem, match="use_abs_pos=False"):
        panels(scene, name)


def class_token_panels(scene, query=QUERY):
    index, numbers, table = panels(scene, "class_token", query)
    assert isinstance(index, Maps) and isinstance(numbers, Numbers) and isinstance(table, Table)
    return index, numbers, table


def test_every_token_is_a_patch_and_keeps_its_index_when_flattened(scene):
    index, numbers, _ = class_token_panels(scene)
    _, after = forward_pass(scene)
    rows, cols, dim = after.shape
    flat = after.reshape(-1, dim)

    patches, tokens, embedding, pinned = (int(number.value) for number in numbers.numbers)
    assert patches == tokens == embedding == flat.shape[0] == rows * cols
    assert torch.equal(flat[pinned], after[QUERY])
    assert pinned == index.values[0][QUERY]
    assert torch.equal(flat[torch.from_numpy(index.values[0]).long()], after)


def test_a_token_without_a_patch_would_be_counted(small_encoder, small_image):
    scene = trace(small_encoder, small_image)
    object.__setattr__(scene, "stream", (F.pad(scene.stream[0], (0, 0, 0, 0, 0, 1)), *scene.stream[1:]))
    _, numbers, _ = class_token_panels(scene)

    patches, tokens, embedding, _ = (int(number.value) for number in numbers.numbers)
    assert patches == embedding == 100 and tokens == 110 and not numbers.note


@pytest.mark.parametrize(
    ("change", "steps"),
    [
        ({}, ["window partition", "relative position", "neck's 3×3 convolution"]),
        ({"use_rel_pos": False}, ["window partition", "neck's 3×3 convolution"]),
        ({"window_size": 0}, ["relative position", "neck's 3×3 convolution"]),
        ({"use_abs_pos": False}, ["window partition", "relative position", "neck's 3×3 convolution"]),
    ],
    ids=str,
)
def test_only_steps_that_this_encoder_takes_are_listed(small_image, change, steps):
    scene = trace(fill_random(build_encoder(replace(SMALL, **change))), small_image)
    *_, table = class_token_panels(scene)

    assert [row[0] for row in table.rows] == steps
