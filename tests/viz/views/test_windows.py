"""The windows' view: pictures, places and counts equal what `window_partition` does in a real forward pass."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from samvit.config import EncoderConfig
from samvit.encoder import build_encoder
from samvit.measures.windows import Place, place_in_windows
from samvit.random_weights import fill_random
from samvit.tracing import trace
from tests.viz.views.forward import GLOBAL, QUERY, SCENES, WINDOWED, forward_pass, scene
from tests.viz.views.reading import english
from viz.palette import ROLES, rgb
from viz.panel import Curves, Numbers, Picture, Table
from viz.selection import Selection
from viz.views import view_by_id
from viz.views.windows import GAP_PX, laid_out, window_tiles

WINDOWS = view_by_id("windows")
CELL = 8  # pixels of one token in the pictures of 16 px patches


def windows(made, block=WINDOWED, query=QUERY):
    return english(WINDOWS.panels(made, Selection.of(block=block, query=query)))


def halves(made):
    """The model image of a square photo at half its size: the mean of each two by two pixels."""
    return np.array(Image.fromarray(made.image.pixels).reduce(2))


def number(panel, label):
    """The one number of a panel under a label."""
    (value,) = [n.value for n in panel.numbers if n.label == label]
    return value


def test_there_and_back_is_written_as_the_divisions_that_give_it():
    table = windows(scene())[2]
    assert isinstance(table, Table)
    assert [row[1:] for row in table.rows] == [
        ("4", "6"),
        ("4 // 4 = 1", "6 // 4 = 1"),
        ("1 · 3 + 1 = 4", ""),
        ("4 − 1 · 4 = 0", "6 − 1 · 4 = 2"),
        ("1 · 4 + 0 = 4", "1 · 4 + 2 = 6"),
    ]


def test_tiles_are_the_photos_windows_and_padding_is_hatched_grey():
    made = scene("square photo")
    photo = halves(made)  # 80×80: the photo fills the model image
    tiles = window_tiles(made, 4)

    assert tiles.shape == (9, 4 * CELL, 4 * CELL, 3)
    for index, tile in enumerate(tiles):
        top, left = (position * 4 * CELL for position in divmod(index, 3))
        part = photo[top : top + 4 * CELL, left : left + 4 * CELL]
        np.testing.assert_array_equal(tile[: part.shape[0], : part.shape[1]], part)
        beyond = np.ones(tile.shape[:2], bool)
        beyond[: part.shape[0], : part.shape[1]] = False
        assert set(np.unique(tile[beyond])) <= {120, 225}
        assert len(np.unique(tile[beyond])) == 2 * beyond.any()


def test_windows_stand_apart_and_only_the_pinned_patchs_is_lit():
    made = scene("square photo")
    cut = windows(made)[0]
    tiles, place = window_tiles(made, 4), place_in_windows(QUERY, made.grid, 4)
    side = 4 * CELL

    assert isinstance(cut, Picture)
    assert cut.pixels.shape == (3 * side + 2 * GAP_PX, 3 * side + 2 * GAP_PX, 3)
    assert (cut.pixels[side : side + 3] == 255).all()  # of the gap, what the outline below it leaves
    for index, tile in enumerate(tiles):
        top, left = (position * (side + GAP_PX) for position in divmod(index, 3))
        corner = (slice(top + side - CELL, top + side), slice(left + side - CELL, left + side))
        expected = tile[-CELL:, -CELL:]
        if index != place.index:
            expected = (expected * 0.45 + 255 * 0.35).astype(np.uint8)
        np.testing.assert_array_equal(cut.pixels[corner], expected)


def test_the_pinned_patch_is_outlined_in_the_querys_colour_with_its_own_pixels_inside():
    made = scene("square photo")
    cut = windows(made)[0].pixels
    top = QUERY[0] * CELL + GAP_PX * (QUERY[0] // 4)
    left = QUERY[1] * CELL + GAP_PX * (QUERY[1] // 4)
    colour = rgb(ROLES["query"])

    assert (cut[top : top + CELL, left - 3 : left] == colour).all()
    assert (cut[top + CELL : top + CELL + 3, left : left + CELL] == colour).all()
    own = halves(made)[QUERY[0] * CELL :, QUERY[1] * CELL :][:CELL, :CELL]
    np.testing.assert_array_equal(cut[top : top + CELL, left : left + CELL], own)


def test_the_batch_shows_the_windows_in_the_order_in_which_attention_gets_them():
    tiles = np.stack([np.full((32, 32, 3), 20 * index, np.uint8) for index in range(9)])
    picture = laid_out(tiles, Place(4, 3, 3), window=4, columns=4, shrink=2)

    assert picture.shape == (3 * 16 + 2 * GAP_PX, 4 * 16 + 3 * GAP_PX, 3)
    for index in range(9):
        top, left = (position * (16 + GAP_PX) for position in divmod(index, 4))
        shown = 20 * index if index == 4 else int(20 * index * 0.45 + 255 * 0.35)
        assert (picture[top + 15, left + 8] == shown).all()  # below the number
    assert (picture[2 * (16 + GAP_PX) :, 16 + GAP_PX :] == 255).all()  # the last line isn't full


def test_titles_and_notes_name_what_attention_really_gets():
    made = scene()
    cut, batch = windows(made)[:2]
    assert tuple(forward_pass(made)[f"blocks.{WINDOWED}.attn"][0].shape) == (9, 4, 4, 36)
    assert cut.title == "The grid cut into 9 windows, 5 with padding"
    assert "fill the grid to 12×12 tokens" in cut.note
    assert batch.title == "The batch: 9 × 4 × 4 × 36"


@pytest.mark.parametrize(("size_px", "count", "padded"), [(1024, 25, 9), (512, 9, 5), (768, 16, 7)])
def test_sams_sizes_have_the_known_numbers_of_windows(size_px, count, padded):
    config = EncoderConfig("four numbers", 4, 1, 1, (), img_size=size_px, window_size=14)
    made = trace(fill_random(build_encoder(config)), torch.randn(1, 3, size_px, size_px))

    assert windows(made)[0].title == f"The grid cut into {count} windows, {padded} with padding"


def test_the_curves_of_the_work_pass_through_this_grids_counts():
    made = scene()
    curves, numbers = windows(made)[3:]
    assert isinstance(curves, Curves) and isinstance(numbers, Numbers)
    assert [curve.role for curve in curves.curves] == ["windowed", "global"]
    windowed, whole = (curve.y[curve.x == 10][0] for curve in curves.curves)
    assert windowed * 1e6 == pytest.approx(9 * 16**2)
    assert whole * 1e6 == pytest.approx(100**2)
    assert curves.marks == ((10.0, "10×10"),)
    assert number(numbers, "score entries, windowed") == 9 * 16**2
    assert number(numbers, "score entries, global") == 100**2


def test_the_sentence_of_the_work_gives_both_kinds_in_their_places():
    assert windows(scene())[4].note.startswith(
        "In a windowed block each head computes 9 · 16² scores, in a global one 100²."
    )


def test_what_is_not_there_is_not_spoken_of():
    padded, exact = (windows(scene(name))[:2] for name in ("landscape photo", "no rel-pos, position or qkv bias"))
    assert "Hatched" in padded[0].note and "position embedding" in padded[1].note
    assert "position embedding" not in exact[1].note
    assert "8×12 tokens" in windows(scene("a tensor, not square"))[0].note  # of 6 × 10 patches
    whole = replace(SCENES["landscape photo"][0], window_size=5)
    cut = windows(trace(fill_random(build_encoder(whole)), torch.zeros(1, 3, 160, 160)))[0]
    assert cut.title == "The grid cut into 4 windows, 0 with padding" and "Hatched" not in cut.note


def test_padding_tokens_of_the_pinned_window_are_counted():
    assert number(windows(scene(), query=(1, 1))[4], "padding tokens in the pinned window") == 0
    assert number(windows(scene(), query=(9, 1))[4], "padding tokens in the pinned window") == 8
    assert number(windows(scene(), query=(9, 9))[4], "padding tokens in the pinned window") == 12


def test_cutting_and_putting_back_changes_nothing():
    numbers = windows(scene())[4]
    assert number(numbers, "pinned token, largest difference") == 0
    assert number(numbers, "whole grid, largest difference") == 0


def test_a_global_block_stays_whole_and_says_why():
    made = scene("square photo")
    picture, _, numbers = windows(made, GLOBAL)
    assert f"Block {GLOBAL} is global" in picture.note
    assert picture.pixels.shape == (80, 80, 3)
    changed = (picture.pixels != halves(made)).any(-1)
    assert 0 < changed.sum() <= (CELL + 6) ** 2 - CELL**2  # nothing but the outline
    assert "all 100 patches" in numbers.note and "16² scores" not in numbers.note
    assert number(numbers, "score entries, global") == 100**2


def test_an_encoder_without_windows_compares_with_none():
    picture, numbers = windows(scene("every block global"))
    assert isinstance(picture, Picture)
    assert [n.value for n in numbers.numbers] == [100**2]


@pytest.mark.parametrize("name", SCENES)
def test_the_same_selection_draws_the_same_pictures(name):
    made = scene(name)
    once, again = (windows(made)[0].pixels for _ in range(2))
    np.testing.assert_array_equal(once, again)


def test_windows_too_small_for_numbers_go_without(small_encoder):
    config = replace(SCENES["landscape photo"][0], window_size=1)
    made = trace(fill_random(build_encoder(config)), torch.randn(1, 3, 160, 160))
    cut = windows(made)[0]
    assert cut.pixels.shape == (10 * (CELL + GAP_PX) - GAP_PX, 10 * (CELL + GAP_PX) - GAP_PX, 3)
    assert not (cut.pixels == 0).all(-1).any()
