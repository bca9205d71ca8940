"""One place judges a selection: names that don't exist fall back with a sentence, indexes are moved inside."""

from dataclasses import replace

import pytest
import torch

from samvit.encoder import build_encoder
from samvit.preprocess import preprocess
from samvit.tracing import trace
from tests.small import SMALL
from tests.viz.photos import noise_photo
from viz.selection import Selection
from viz.session.judge import fitted, fitted_other, known, last_global_block
from viz.session.models import Models
from viz.session.photos import EXAMPLES

FIRST = Selection.of(model="vit_tiny", image=EXAMPLES[0].name, query=EXAMPLES[0].query)
MODELS = Models(("vit_tiny", "vit_b"))


@pytest.mark.parametrize(
    ("query", "problem", "field"),
    [
        ({"model": "x"}, "model must be one of vit_tiny, vit_b, got 'x'; showing vit_tiny", "model"),
        ({"image": "x"}, f"there is no example named 'x'; showing {EXAMPLES[0].name}", "image"),
        ({"view": "x"}, "view must be one of ", "view"),
    ],
)
def test_what_does_not_exist_is_named_and_the_first_look_stands_in(query, problem, field):
    selection, problems = known(query, FIRST, MODELS)
    assert str(problems[0]).startswith(problem) and len(problems) == 1
    assert selection[field] == FIRST[field]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
@pytest.mark.parametrize("size", [512, 768, 1024])
def test_an_example_opens_on_its_own_patch_scaled_to_the_input_size(example, size):
    selection, problems = known({"image": example.name, "size": str(size)}, FIRST, MODELS)
    row, col = example.query
    assert selection.focus.query == (row * size // 1024, col * size // 1024)
    assert problems == []


def test_a_query_in_the_link_is_kept():
    assert known({"image": "coffee", "query": "3,4"}, FIRST, MODELS)[0].focus.query == (3, 4)


def test_a_link_without_a_model_takes_the_first_that_is_offered():
    selection, _ = known({}, FIRST.changed(model="vit_b"), MODELS)
    assert selection.subject.model == "vit_b"


def test_a_selection_is_fitted_into_its_trace(small_image):
    made = trace(build_encoder(SMALL), small_image)
    query = {"block": "99", "head": "7", "query": "18,20"}
    selection, problems = fitted(Selection.from_query(query)[0], query, made)
    assert (selection.focus.block, selection.focus.head, selection.focus.query) == (3, 2, (9, 9))
    assert len(problems) == 3
    assert last_global_block(made) == fitted(Selection(), {}, made)[0].focus.block == 3


def test_the_view_of_windows_opens_on_a_block_that_has_some(small_image):
    made = trace(build_encoder(SMALL), small_image)
    assert fitted(Selection.of(view="windows"), {"view": "windows"}, made)[0].focus.block == 2
    asked = fitted(Selection.of(view="windows", block=3), {"view": "windows", "block": "3"}, made)[0]
    assert asked.focus.block == 3
    everywhere = trace(build_encoder(replace(SMALL, window_size=0)), small_image)
    assert fitted(Selection.of(view="windows"), {"view": "windows"}, everywhere)[0].focus.block == 3


@pytest.mark.parametrize(("given", "shown"), [("640", 640), ("592", 592), ("1000", 992), ("17", 16)])
def test_any_multiple_of_the_patch_size_is_an_input_size_and_another_is_moved_to_the_nearest(given, shown):
    selection, problems = known({"size": given}, FIRST, MODELS)
    assert selection.subject.size == shown
    assert len(problems) == (0 if int(given) == shown else 1)


def test_an_empty_link_opens_the_first_look_in_its_block_and_head(small_image):
    made = trace(build_encoder(SMALL), small_image)
    first = FIRST.changed(block=2, head=1)
    opened = fitted(first.changed(head=0), {}, made, first)[0].focus
    assert (opened.block, opened.head) == (2, 1)
    assert fitted(first.changed(head=0), {"head": "0"}, made, first)[0].focus.head == 0
    assert fitted(first.changed(head=0), {"block": "2"}, made, first)[0].focus.head == 0
    of_few = fitted(first.changed(head=0), {}, made, first.changed(head=70))
    assert of_few[0].focus.head == made.heads - 1 and of_few[1] == []
    assert fitted(first, {}, made, first)[0].focus.block == 2
    assert fitted(first, {"view": "heads"}, made, first)[0].focus.block == last_global_block(made)
    assert fitted(first.changed(image="coffee"), {"image": "coffee"}, made, first)[0].focus.block == 3


def test_the_other_side_is_judged_like_the_first_and_said_to_be_the_other():
    query = {"compare": "one", "against_image": "nobody", "against_model": "x", "against_size": "1000"}
    selection, problems = known(query, FIRST, MODELS)
    against = selection.against
    assert (against.image, against.model, against.size) == (EXAMPLES[0].name, "vit_tiny", 992)
    assert [str(problem).split(", ")[0] for problem in problems] == ["on the other side"] * 3
    assert "named 'nobody'; showing astronaut" in str(problems[2])


def test_the_other_side_is_not_judged_where_nothing_is_compared():
    assert known({"against_image": "nobody"}, FIRST, MODELS)[1] == []


def test_the_other_side_is_fitted_into_its_own_trace(small_encoder, small_image):
    one = trace(small_encoder, small_image)
    deep = trace(build_encoder(replace(SMALL, depth=6)), small_image)
    query = {"compare": "one", "block": "1", "against_block": "5", "query": "2,3", "against_query": "40,4"}
    selection, problems = fitted(Selection.from_query(query)[0], query, one)
    assert problems == [] and selection.against.block == 5
    side, problems = fitted_other(selection, one, deep)
    assert (side.focus.block, side.focus.query, len(problems)) == (5, (9, 4), 1)
    assert str(problems[0]).startswith("on the other side, query must be a patch in (0..9, 0..9), got (40, 4)")
    side, problems = fitted_other(selection, one, one)
    assert side.focus.block == 3 and "block must be in 0..3, got 5; showing 3" in str(problems[0])
    assert selection.against_side(side).against.block == 3


def test_the_same_patch_lies_at_the_same_place_of_a_grid_of_another_size(small_encoder):
    large, small = (trace(small_encoder, torch.zeros(1, 3, side, side)) for side in (160, 80))
    selection = Selection.of(compare="one", against_size=80, block=0, query=(8, 5), key=(1, 9))
    side, problems = fitted_other(selection, large, small)
    assert (side.focus.query, side.focus.key, problems) == ((4, 2), (0, 4), [])
    side, _ = fitted_other(selection.changed(against_query=(3, 3)), large, small)
    assert side.focus.query == (3, 3)


def test_a_patch_that_the_other_photo_does_not_have_is_moved_in_without_a_word(small_encoder):
    high, wide = (trace(small_encoder, preprocess(noise_photo(*size), 160)) for size in ((100, 60), (60, 100)))
    side, problems = fitted_other(Selection.of(compare="one", block=0, query=(9, 2), key=(8, 1)), high, wide)
    assert (side.focus.query, side.focus.key, problems) == ((5, 2), (5, 1), [])


@pytest.mark.parametrize(
    ("asked", "kept", "said"),
    [
        ("grey,rel_pos_off", "rel_pos_off,grey", ""),
        ("head_off", "head_off.3.2", ""),  # older links mean the block and the head in focus
        ("covered", "covered.4.5", ""),
        ("colder,grey", "grey", "a change must be one of rel_pos_off"),
        ("block_off.12", "", "block of block_off must be in 0..11, got 12; showing the encoder without this change"),
        ("windows_8,all_global", "windows_8", "windows_8 and all_global must not be in one what-if, got both"),
    ],
)
def test_changes_that_a_model_can_have_are_kept_and_others_are_named(asked, kept, said):
    query = {"what_if": asked, "block": "3", "head": "2", "query": "4,5"}
    selection, problems = known(query, FIRST, MODELS)
    assert selection.subject.what_if == kept
    assert len(problems) == bool(said) and all(str(problem).startswith(said) for problem in problems)


@pytest.mark.parametrize(("size", "nearest"), [(1007, 1008), (1001, 1008), (998, 992), (513, 512)])
def test_a_size_that_patches_do_not_fill_becomes_the_nearest_that_they_do(size, nearest):
    selection, problems = known({"size": str(size)}, FIRST, MODELS)
    assert selection.subject.size == nearest and str(nearest) in str(problems[0])
