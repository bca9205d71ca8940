"""Views from Python: by the fields of a selection, judged strictly."""

import numpy as np
import pytest
from pptx import Presentation

import samvit
import viz
from tests.viz.photos import noise_photo
from viz.showing import both_sides


@pytest.fixture
def traced(small_encoder):
    return samvit.trace(small_encoder, noise_photo(rows=65, cols=100))


def test_a_figure_shows_the_view_and_a_notebook_shows_the_figure(traced):
    made = traced.show("heads", block=2, query=(3, 4))
    words = " ".join(text.get_text() for text in made.texts)
    assert "query (3, 4)" in words and "Block 2" in words
    assert made._repr_png_().startswith(b"\x89PNG")
    assert viz.figure is viz.show


def test_a_chinese_figure_names_its_marks_in_chinese(traced):
    made = traced.show("heads", block=2, query=(3, 4), key=(1, 1), lang="zh")
    words = {text.get_text() for text in made.texts}
    assert {"查询 (3, 4)", "键 (1, 1)"} <= words


def test_a_second_trace_stands_beside_the_first_with_their_difference(traced, small_encoder, tmp_path):
    other = samvit.trace(small_encoder, noise_photo(rows=80, cols=100), what_if="grey")
    made = traced.show("heads", block=2, query=(3, 4), against=other)
    words = " ".join(text.get_text() for text in made.texts)
    assert "A · " in words and "B · " in words and "A − B" in words and "photo without colours" in words
    viz.save(traced, tmp_path / "both.npz", "heads", block=2, query=(3, 4), against=other)
    with np.load(tmp_path / "both.npz") as arrays:
        a, b = arrays["0_a_heads.title.values"], arrays["1_b_heads.title.values"]
    assert np.allclose(a, traced.attention(2, (3, 4)).weights, equal_nan=True)
    assert np.allclose(b, other.attention(2, (3, 4)).weights, equal_nan=True)


def test_a_trace_is_compared_with_itself_where_only_the_focus_differs(traced):
    made = traced.show("heads", block=2, query=(3, 4), compare="one", against_block=1)
    assert "B · " in " ".join(text.get_text() for text in made.texts)
    with pytest.raises(ValueError, match=r"give its trace as against=…$"):
        traced.show("heads", compare="one", against_image="cat.png")


def test_panels_hold_the_values(traced):
    maps = viz.panels(traced, "heads", block=2, query=(3, 4))[0]
    assert np.allclose(maps.values, traced.attention(2, (3, 4)).weights, equal_nan=True)


def test_what_is_not_said_is_the_last_global_block_and_the_photo_s_middle(traced):
    chosen = viz.selected(traced)
    assert (chosen.focus.block, chosen.focus.query, chosen.subject.size) == (3, (3, 5), 160)


@pytest.mark.parametrize("ending", ["png", "svg", "pdf", "npz", "safetensors", "pptx"])
def test_a_view_is_saved_in_the_format_of_the_file_s_ending(traced, tmp_path, ending):
    viz.save(traced, tmp_path / f"it.{ending}", "neck_pca")
    assert (tmp_path / f"it.{ending}").stat().st_size > 1000


@pytest.mark.parametrize(
    ("view", "fields", "sentence"),
    [
        ("nothing", {}, "^view must be one of"),
        ("heads", {"colour": 1}, "^what is selected must be named image, .*, got 'colour'$"),
        ("heads", {"block": 4}, r"^block must be in 0\.\.3, got 4$"),
        ("heads", {"query": (9, 9)}, r"^query must be a patch in \(0\.\.6, 0\.\.9\), got \(9, 9\)$"),
    ],
)
def test_what_is_not_there_is_refused_and_nothing_is_put_in_its_place(traced, view, fields, sentence):
    with pytest.raises(ValueError, match=sentence):
        viz.show(traced, view, **fields)


def test_a_file_of_no_known_ending_is_refused(traced, tmp_path):
    with pytest.raises(ValueError, match="format must be one of png, .*, got 'docx'"):
        viz.save(traced, tmp_path / "it.docx")


def test_everything_public_is_there():
    assert all(hasattr(viz, name) for name in viz.__all__)


def test_a_caption_claims_nothing_of_weights_that_came_in_memory():
    from samvit.encoder import build_encoder
    from samvit.random_weights import fill_random

    photo = noise_photo(rows=32, cols=32)
    words = {
        name: " ".join(text.get_text() for text in samvit.trace(encoder, photo, size=64).show("sizes").texts)
        for name, encoder in {
            "bundled": samvit.load_encoder("vit_tiny"),
            "random": fill_random(build_encoder("vit_tiny")),
            "unknown": build_encoder("vit_tiny"),
        }.items()
    }
    assert "trained by this project" in words["bundled"]
    for name, called in (("random", "vit_tiny-random"), ("unknown", "vit_tiny-in-memory")):
        assert "trained by this project" not in words[name] and called in words[name]


def test_a_figure_for_a_paper_has_its_column_s_width(traced):
    assert traced.figure("heads", width_in=3.25).get_figwidth() == pytest.approx(3.25)


def test_links_are_slides_of_this_trace_whatever_photo_and_model_they_name(traced, tmp_path):
    links = ["image=upload-1&model=vit_b&size=512&view=heads&block=2", {"view": "neck_pca"}]
    viz.save_slides(traced, tmp_path / "it.pptx", [*links, "view=heads&block=1&compare=own&against_block=3"])
    pages = Presentation(tmp_path / "it.pptx").slides
    assert [page.shapes.title.text for page in pages] == ["Heads", "PCA of the neck", "Heads"]
    feet = [page.shapes[2].text_frame.text for page in pages]
    assert "Block 2" in feet[0] and "160 px" in feet[0] and "Block 1" in feet[2] and "Block 3" in feet[2]


@pytest.mark.parametrize(
    ("links", "sentence"),
    [
        (["nonsense"], "^link must be a link of the page"),
        (["view=heads&block=4"], r"^block must be in 0\.\.3, got 4$"),
        ([{"colour": 1}], "^what is selected must be named"),
        (["view=heads&compare=own&against_image=coffee"], "^slides of one trace can't compare it with another photo"),
        ([], "^slides need at least one view, got none$"),
    ],
)
def test_links_that_this_trace_cannot_show_are_refused(traced, links, sentence, tmp_path):
    with pytest.raises(ValueError, match=sentence):
        viz.save_slides(traced, tmp_path / "it.pptx", links)
    assert not (tmp_path / "it.pptx").exists()


def test_of_two_traces_only_what_differs_stands_in_their_link(traced, small_encoder):
    small = samvit.trace(small_encoder, noise_photo(rows=65, cols=100), 96)
    chosen, other = both_sides(traced, small, "heads", {"block": 2})
    differs = {name for name in chosen.to_query() if name.startswith("against_")}
    assert differs == {"against_size"} and chosen.other_side.subject == other.selection.subject
