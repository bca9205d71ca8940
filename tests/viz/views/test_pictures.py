"""Pictures that several views make."""

import numpy as np
import pytest

from viz.palette import rgb
from viz.views.pictures import SHOWN_PX, draw_frame, mosaic, shrunk

ORANGE = "#ff8000"


def test_a_mosaic_leaves_the_places_after_its_last_tile_white():
    tiles = np.arange(3, dtype=np.uint8)[:, None, None, None].repeat(4, 1).repeat(4, 2).repeat(3, 3)
    sheet = mosaic(tiles, columns=2, gap_px=1)

    assert sheet.shape == (11, 11, 3)
    assert (sheet[6:10, 1:5] == 2).all() and (sheet[6:, 5:] == 255).all() and (sheet[0] == 255).all()


def test_a_mosaic_frames_the_chosen_tile_and_no_other():
    tiles = np.full((6, 3, 5, 3), 7, np.uint8)
    sheet = mosaic(tiles, columns=3, gap_px=2, chosen=4, colour=ORANGE)
    framed = np.argwhere((sheet == rgb(ORANGE)).all(-1))

    assert framed.min(0).tolist() == [5, 7] and framed.max(0).tolist() == [11, 15]
    assert (sheet[7:10, 9:14] == 7).all()


@pytest.mark.parametrize("corner", [(0, 0), (4, 6), (9, 8)])
def test_a_frame_leaves_what_is_inside_and_ends_where_the_picture_ends(corner):
    picture = np.random.default_rng(0).integers(0, 128, (12, 14, 3), dtype=np.uint8)
    before = picture.copy()
    draw_frame(picture, corner, (3, 6), ORANGE, width=2)
    (top, left), coloured = corner, (picture == rgb(ORANGE)).all(-1)

    expected = np.zeros((12, 14), bool)
    expected[max(top - 2, 0) : top + 5, max(left - 2, 0) : left + 8] = True
    expected[top : top + 3, left : left + 6] = False
    assert np.array_equal(coloured, expected)
    assert np.array_equal(picture[~expected], before[~expected])


def test_large_pictures_are_shrunk_by_the_mean_of_squares():
    pixels = np.random.default_rng(5).integers(0, 256, (8, 2 * SHOWN_PX, 3), dtype=np.uint8)
    squares = pixels.reshape(4, 2, SHOWN_PX, 2, 3).astype(float).mean((1, 3))

    assert shrunk(pixels).shape == (4, SHOWN_PX, 3)
    assert np.abs(shrunk(pixels) - squares).max() <= 0.51
