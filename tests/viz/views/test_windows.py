"""The windows' view: pictures, places and counts equal what `window_partition` does in a real forward pass."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from samvit.config import EncoderConfig
from samvit.encoder import build_encoder
from samvit.random_weights import fill_random
from samvit.tracing import trace
from tests.viz.views.forward import GLOBAL, QUERY, SCENES, WINDOWED, forward_pass, scene
from viz.palette import ROLES, rgb
from viz.panel import Curves, Numbers, Picture, Table
from viz.selection import Selection
from viz.views import view_by_id
from viz.views.windows import GAP_PX, Place, laid_out, place_in_windows, score_entries, window_tiles

WINDOWS = view_by_id("windows")
CELL = 8  # pixels of one token in the pictures of 16 px patches


def windows(made, block=WINDOWED, query=QUERY):
    return WINDOWS.panels(made, Selection.of(block=block, query=query))


def number(panel, label):
    """The one number of a panel under a label."""
    (value,) = [n.value for n in panel.numbers if n.label == label]
    return value


@pytest.mark.parametrize("grid", [(10, 10), (6, 10), (8, 8), (3, 5)])
@pytest.mark.parametrize("window", [4, 14])
def test_every_patch_has_a_place_of_its_own_in_batch_order(grid, window):
    across = -(-grid[1] // window)
    for row in range(grid[0]):
        for col in range(grid[1]):
            expected = Place(row // window * across + col // window, row % window, col % window)
            assert place_in_windows((row, col), grid, window) == expected


@pytest.mark.parametrize("name", SCENES)
def test_the_pinned_token_stands_in_its_place_in_what_attention_gets(name):
    made = scene(name)
    window = made.encoder.blocks[WINDOWED].window_size
    if window == 0:
        pytest.skip("no windowed block")
    seen = forward_pass(made)
    place = place_in_windows(QUERY, made.grid, window)
    into_attention = seen[f"blocks.{WINDOWED}.attn"][0]

    token = seen[f"blocks.{WINDOWED}.norm1"][1][0][QUERY]
    assert torch.equal(into_attention[place.index, place.row, place.col], token)


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
    photo = made.image.pixels[::2, ::2]  # 80×80: the photo fills the model image
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
    own = made.image.pixels[::2, ::2][QUERY[0] * CELL :, QUERY[1] * CELL :][:CELL, :CELL]
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
    assert "12×12" in cut.note
    assert batch.title == "The batch: 9 × 4 × 4 × 36"


@pytest.mark.parametrize(
    ("size_px", "count", "padded", "entries"),
    [(1024, 25, 9, 25 * 196**2), (512, 9, 5, 9 * 196**2), (768, 16, 7, 16 * 196**2)],
)
def test_sams_sizes_have_the_known_numbers_of_windows(size_px, count, padded, entries):
    config = EncoderConfig("four numbers", 4, 1, 1, (), img_size=size_px, window_size=14)
    made = trace(fill_random(build_encoder(config)), torch.randn(1, 3, size_px, size_px))
    panels = windows(made)

    assert panels[0].title == f"The grid cut into {count} windows, {padded} with padding"
    assert score_entries(made.grid, 14) == entries
    assert score_entries(made.grid, 0) == (size_px // 16) ** 4


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("block", [WINDOWED, GLOBAL])
def test_score_entries_are_queries_times_keys_of_what_attention_gets(name, block):
    made = scene(name)
    attended, rows, cols, _ = forward_pass(made)[f"blocks.{block}.attn"][0].shape
    assert score_entries(made.grid, made.encoder.blocks[block].window_size) == attended * (rows * cols) ** 2


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


def test_padding_tokens_of_the_pinned_window_are_counted():
    assert number(windows(scene(), query=(1, 1))[4], "padding tokens in the pinned window") == 0
    assert number(windows(scene(), query=(9, 1))[4], "padding tokens in the pinned window") == 8
    assert number(windows(scene(), query=(9, 9))[4], "padding tokens in the pinned window") == 12


def test_cutting_and_putting_back_changes_nothing():
    numbers = windows(scene())[4]
    assert number(numbers, "pinned token, difference") == 0
    assert number(numbers, "whole grid, difference") == 0


def test_the_proof_fails_when_windows_are_put_back_in_another_order(monkeypatch):
    from viz.views import windows as module

    real = module.window_unpartition
    monkeypatch.setattr(
        module, "window_unpartition", lambda cut, *sizes: real(cut.transpose(1, 2).contiguous(), *sizes)
    )
    assert number(windows(scene())[4], "whole grid, difference") > 0.1


def test_a_global_block_stays_whole_and_says_why():
    made = scene("square photo")
    picture, _, numbers = windows(made, GLOBAL)
    assert f"Block {GLOBAL} is global" in picture.note
    assert picture.pixels.shape == (80, 80, 3)
    changed = (picture.pixels != made.image.pixels[::2, ::2]).any(-1)
    assert 0 < changed.sum() <= (CELL + 6) ** 2 - CELL**2  # nothing but the outline
    assert "cross a border" in numbers.note
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
