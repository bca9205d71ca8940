"""The image embedding: likeness, lengths and channels of what left the encoder in a forward pass."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tests.viz.views.forward import QUERY, SCENES, scene
from tests.viz.views.reading import assert_has_texts, assert_pure, english, fields_read
from viz.panel import Curves, Maps, Numbers
from viz.selection import Selection
from viz.views import view_by_id

EMBEDDING = view_by_id("embedding")
OTHER = (1, 2)


def show(made, **others):
    return english(EMBEDDING.panels(made, Selection.of(query=QUERY, **others)))


def output(made):
    """What a plain forward pass gives."""
    with torch.inference_mode():
        return made.encoder(made.model_image())[0]


def cosines_with(embedding, patch):
    pinned = embedding[:, patch[0], patch[1]]
    return torch.tensor([F.cosine_similarity(vector, pinned, dim=0) for vector in embedding.flatten(1).T])


@pytest.mark.parametrize("name", SCENES)
def test_cosines_and_lengths_are_those_of_the_encoders_output(name):
    made = scene(name)
    embedding = output(made)
    cosines, _, norms, *_ = show(made, against_query=OTHER)
    assert isinstance(cosines, Maps) and isinstance(norms, Maps)
    for shown, patch in zip(cosines.values, (QUERY, OTHER), strict=True):
        torch.testing.assert_close(
            torch.from_numpy(shown).flatten(), cosines_with(embedding, patch), rtol=1e-4, atol=1e-5
        )
    torch.testing.assert_close(torch.from_numpy(norms.values[0]), embedding.norm(dim=0))
    assert (cosines.scales[0].low, cosines.scales[0].high) == (-1, 1)
    photo = norms.values[0, : made.photo_grid[0], : made.photo_grid[1]]
    assert (norms.scales[0].low, norms.scales[0].high) == (photo.min(), photo.max())


def test_without_a_second_query_there_is_one_map_and_one_vector():
    cosines, _, _, vectors, sizes = show(scene())
    assert len(cosines.values) == len(vectors.curves) == 1
    assert len(sizes.numbers) == 3


def test_the_curves_are_the_pinned_patches_vectors():
    made = scene()
    vectors = show(made, against_query=OTHER)[3]
    assert isinstance(vectors, Curves)
    for curve, patch, role in zip(vectors.curves, (QUERY, OTHER), ("query", "other"), strict=True):
        assert np.array_equal(curve.y, output(made)[:, patch[0], patch[1]].numpy())
        assert curve.role == role
        assert curve.label == {"query": "query (4, 6)", "other": "2nd query (1, 2)"}[role]
    assert show(made, against_query=OTHER)[0].labels == tuple(curve.label for curve in vectors.curves)


def test_the_strongest_channels_are_the_largest_in_magnitude_at_the_pinned_patch():
    made = scene()
    embedding = output(made)
    strongest = show(made)[1]
    magnitudes = embedding[:, QUERY[0], QUERY[1]].abs().numpy()
    channels = sorted(range(len(magnitudes)), key=lambda channel: -magnitudes[channel])[:4]
    assert strongest.labels == tuple(f"channel {channel}" for channel in channels)
    assert np.array_equal(strongest.values, embedding[channels].numpy())
    assert len(strongest.scales) == 1


def test_sizes_count_numbers_padding_and_the_cosine_of_both_patches():
    made = scene()  # 90 × 150 px on 160 × 160
    sizes = show(made, against_query=OTHER)[-1]
    assert isinstance(sizes, Numbers)
    cosine = float(cosines_with(output(made), QUERY)[OTHER[0] * 10 + OTHER[1]])
    rows, cols = made.photo_grid
    values = {n.label: n.value for n in sizes.numbers}
    assert values["numbers in the embedding"] == 16 * 10 * 10
    assert values["numbers in the model image"] == 3 * 160 * 160
    assert values["patches of image padding"] == 100 - rows * cols > 0
    assert values["cosine of the two pinned patches"] == pytest.approx(cosine, rel=1e-4)


def test_the_view_reads_what_it_says_and_changes_nothing():
    assert fields_read(EMBEDDING, scene(), Selection.of(query=QUERY, against_query=OTHER)) == EMBEDDING.uses - {
        "overlay"
    }
    assert_pure(EMBEDDING, scene(), Selection.of(query=QUERY, against_query=OTHER))
    assert_has_texts(EMBEDDING)
