"""What is taken along is what was on the screen: the pinned patches, the overlay, the words."""

import io
import json

import numpy as np
import pytest
from PIL import Image
from pptx import Presentation

from samvit.fingerprint import photo_sha256
from samvit.preprocess import preprocess
from samvit.tracing import trace
from samvit.version import __version__
from samvit.what_if import WhatIf
from tests.viz.photos import noise_photo
from viz.figures.figure import figure
from viz.figures.maps import MapImage
from viz.selection import Selection
from viz.session import export
from viz.session.comparison import Side
from viz.session.export import FORMATS, caption, drawn, export_file, marks
from viz.session.models import other_way
from viz.what_if import what_if_words
from viz.words import Problem, say, written

PINNED = {"block": 1, "head": 2, "query": (1, 2), "key": (3, 4), "against_query": (5, 6)}
BEGINNINGS = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF", "npz": b"PK", "safetensors": b"", "pptx": b"PK"}


@pytest.fixture
def made(small_encoder, small_image):
    return trace(small_encoder, small_image)


def test_every_format_is_what_its_name_says(made):
    for name in FORMATS:
        file = export_file(made, Selection.of(**PINNED), name)
        assert file.data.startswith(BEGINNINGS[name])
        assert file.name == f"sam-encoder_vit_tiny_heads_block1.{name}"


def test_every_file_says_which_version_made_it(made):
    made_with = f"SAM Encoder Explorer {__version__}"
    files = {name: export_file(made, Selection.of(**PINNED), name).data for name in FORMATS}
    with Image.open(io.BytesIO(files["png"])) as image:
        assert image.text["Author"] == made_with
    assert made_with.encode() in files["svg"] and f"/Author ({made_with})".encode() in files["pdf"]
    assert Presentation(io.BytesIO(files["pptx"])).core_properties.author == made_with
    with np.load(io.BytesIO(files["npz"])) as arrays:
        assert json.loads(str(arrays["about"]))["versions"]["samvit"] == __version__
    assert f'\\"samvit\\": \\"{__version__}\\"'.encode() in files["safetensors"]


def test_query_key_and_second_query_are_marked_as_on_screen(made):
    shown = marks(made, Selection.of(**PINNED))
    assert (shown.query, shown.key, shown.other) == ((1, 2), (3, 4), (5, 6))
    assert shown.names == ("query", "key", "second query")
    assert shown.grid == (10, 10)


def test_outside_a_block_no_key_is_marked_that_nobody_pinned(made):
    assert marks(made, Selection.of(view="neck_steps", query=(1, 2), block=0)).key is None
    assert marks(made, Selection.of(view="heads", query=(1, 2), block=0)).key is not None


@pytest.mark.parametrize("overlay", [0, 40, 100])
def test_the_overlay_of_the_screen_is_the_exports(made, monkeypatch, overlay):
    drawn = []

    def watched(panels, photo, under, marked, overlay_percent, width_in):
        drawn.append(overlay_percent)
        return figure(panels, photo, under, marked, overlay_percent, width_in)

    monkeypatch.setattr(export, "figure", watched)
    export_file(made, Selection.of(overlay=overlay, **PINNED), "png")
    assert drawn == [overlay]


def test_another_overlay_is_another_picture(made):
    pictures = {export_file(made, Selection.of(overlay=overlay, **PINNED), "png").data for overlay in (0, 60)}
    assert len(pictures) == 2


def test_the_caption_names_block_head_query_photo_and_whose_weights(made):
    words = written(caption(made, Selection.of(image="coffee", size=512, **PINNED)), "en")
    assert "Block 1, head 2." in words
    assert "Photo coffee, 512 px, query patch (1, 2)." in words
    assert words.startswith("Heads. Not SAM’s weights: vit_tiny ")


def test_the_caption_says_what_was_changed_and_how_the_photo_was_made_ready(small_encoder):
    changed = trace(
        small_encoder, preprocess(noise_photo(60, 100), 160, way="medsam"), what_if=WhatIf.parse("rel_h_off")
    )
    words = written(caption(changed, Selection.of(**PINNED)), "en")
    for part in (what_if_words(changed.what_if), other_way(changed)):
        assert written(part, "en") in words


def test_the_caption_of_a_view_outside_the_blocks_names_no_block(made):
    assert "lock 1" not in written(caption(made, Selection.of(view="neck_pca", **PINNED)), "en")


def test_values_are_those_of_the_row(made):
    with np.load(io.BytesIO(export_file(made, Selection.of(**PINNED), "npz").data), allow_pickle=False) as arrays:
        values = next(arrays[name] for name in arrays.files if name.endswith(".values"))
    np.testing.assert_array_equal(values, made.attention(1, (1, 2)).weights.numpy())


def test_an_unknown_format_is_named(made):
    with pytest.raises(Problem, match="format must be one of png, svg, pdf, npz, safetensors, pptx, got 'exe'"):
        export_file(made, Selection(), "exe")


@pytest.mark.parametrize("view", ["neck_pca", "qkv_maps"])
def test_the_colours_of_a_picture_come_from_the_scores_and_ranges_in_the_file(made, view):
    """PCA's pictures are clipped and rounded; the file has what they were made of."""
    selection = Selection.of(view=view, block=1, head=2, query=(1, 2))
    with np.load(io.BytesIO(export_file(made, selection, "npz").data), allow_pickle=False) as file:
        arrays = dict(file)
    pictures = [array for name, array in arrays.items() if name.endswith(".pixels")]
    named = [name.removesuffix(".scores") for name in arrays if name.endswith(".scores")]
    assert len(pictures) == len(named) >= 3
    for picture, name in zip(pictures, named, strict=True):
        scores, (low, high) = arrays[f"{name}.scores"], arrays[f"{name}.range"].T
        colours = np.round(np.clip((scores - low) / (high - low), 0, 1) * 255)
        assert np.abs(colours - picture.astype(float)).max() <= 1, name
    assert named[0] == ("neck.0" if view == "neck_pca" else "blocks.1.attn.q.2")


def test_names_of_values_are_the_same_whatever_is_selected(made):
    names = []
    for head, query in ((0, (1, 2)), (2, (7, 8))):
        file = export_file(made, Selection.of(view="scores", block=1, head=head, query=query), "npz")
        with np.load(io.BytesIO(file.data), allow_pickle=False) as arrays:
            names.append(list(arrays))
    assert names[0] == names[1]


def other_side(made):
    """The same trace, compared with block 3 in one scale."""
    selection = Selection.of(**PINNED | {"against_query": None}, compare="one", against_block=3)
    return selection, Side(made, selection.other_side)


def test_values_of_two_sides_are_both_in_the_file_with_their_differences(made):
    selection, other = other_side(made)
    file = export_file(made, selection, "npz", other)
    assert file.name == "sam-encoder_vit_tiny_heads_compared_block1.npz"
    with np.load(io.BytesIO(file.data), allow_pickle=False) as arrays:
        values = {name: arrays[name] for name in arrays.files if name.endswith(".values")}
        said = json.loads(str(arrays["about"]))
    assert list(values) == [f"{i}_{side}_heads.title.values" for i, side in enumerate(("a", "b", "difference"))]
    a, b, difference = values.values()
    np.testing.assert_array_equal(a, made.attention(1, (1, 2)).weights.numpy())
    np.testing.assert_array_equal(b, made.attention(3, (1, 2)).weights.numpy())
    np.testing.assert_array_equal(difference, a - b)
    assert (said["block"], said["against"]["block"], said["against"]["head"]) == (1, 3, 2)
    assert (said["query"], said["key"]) == ([1, 2], [3, 4])


def test_a_figure_of_two_sides_names_both_and_draws_each_over_its_own_photo(made, small_encoder):
    wide = trace(small_encoder, preprocess(noise_photo(60, 100), 160))
    selection, _ = other_side(made)
    other = Side(wide, selection.other_side.changed(image="wide"))
    figure = drawn(made, selection, other=other)
    texts = " ".join(text.get_text() for text in figure.texts)
    for part in (
        "A · Where the pinned",
        "B · Where the pinned",
        "A − B",
        "A: Not SAM’s weights: vit_tiny",
        "B: Not SAM’s weights: vit_tiny",
        "Photo wide",
    ):
        assert part in texts, part
    of_a, of_b = written(caption(made, selection, other), "en").split(" B: ")
    assert ("Photo wide" in of_a, "Photo wide" in of_b) == (False, True)
    maps = [axes for axes in figure.axes if any(isinstance(image, MapImage) for image in axes.images)]
    shapes = [axes.get_xlim() + axes.get_ylim() for axes in maps]  # (left, right, bottom, top), in patches
    assert shapes[: 2 * made.heads] == [(0, 10, 10, 0)] * made.heads + [(0, 10, 6, 0)] * made.heads
    photos = [axes.images[0].get_array().shape[:2] for axes in maps]  # in pixels, under each map
    assert photos[: 2 * made.heads] == [(160, 160)] * made.heads + [(96, 160)] * made.heads


def test_facts_and_bases_of_two_sides_are_each_ones_own(made, small_encoder):
    wide = trace(small_encoder, preprocess(noise_photo(60, 100), 160))
    selection = other_side(made)[0].changed(view="neck_pca")
    file = export_file(made, selection, "npz", Side(wide, selection.other_side.changed(image="wide")))
    with np.load(io.BytesIO(file.data), allow_pickle=False) as arrays:
        said = json.loads(str(arrays["about"]))
        assert [arrays[f"{side}.neck.taking_part"].sum() for side in "ab"] == [100, 60]  # patches that hold photo
    assert said["photo_sha256"] == photo_sha256(made) and said["against"]["photo_sha256"] == photo_sha256(wide)


def test_a_figure_of_two_sides_is_as_wide_as_asked_for(made):
    selection, other = other_side(made)
    assert drawn(made, selection.changed(view="cka"), 3.25, other).get_figwidth() == pytest.approx(3.25)


def test_figures_and_values_are_in_the_language_of_the_page(made):
    selection = Selection.of(lang="zh", heads="one", **PINNED)
    shown = "".join("".join(text.get_text() for text in drawn(made, selection).texts).split())
    for words in (say("panel.heads.title"), say("view.heads.title"), say("caption.place", block=1, head=2)):
        assert "".join(written(words, "zh").split()) in shown
        assert "".join(written(words, "en").split()) not in shown
    with np.load(io.BytesIO(export_file(made, selection, "npz").data), allow_pickle=False) as arrays:
        assert arrays["0_heads.title.labels"].tolist() == [written(say("label.head", head=2), "zh")]


def test_the_overlay_of_the_screen_is_that_of_both_sides(made):
    selection, other = other_side(made)
    figure = drawn(made, selection.changed(overlay=0), other=other)
    maps = [image for axes in figure.axes for image in axes.images if isinstance(image, MapImage)]
    assert len(maps) == 3 * made.heads  # of A, of B and of what lies between
    assert all(np.max(image.get_alpha()) == 0 for image in maps)


def test_two_sides_that_share_a_basis_have_it_in_their_file(made):
    selection = Selection.of(view="neck_pca", basis="shared", compare="one", query=(1, 2), against_query=(5, 5))
    file = export_file(made, selection, "npz", Side(made, selection.other_side))
    with np.load(io.BytesIO(file.data), allow_pickle=False) as arrays:
        assert np.array_equal(arrays["a.neck.3.components"], arrays["b.neck.3.components"])
        assert np.array_equal(arrays["a.neck.taking_part"], ~made.image_padding().numpy())
