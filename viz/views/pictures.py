"""Pictures that several views make: tiles side by side, a frame around one patch, a photo small enough to be sent."""

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from samvit.config import COLOURS
from viz.palette import rgb
from viz.words import Words, say

GAP_PX = 2  # between tiles
FRAME_PX = 3  # around the pinned patch
SHOWN_PX = 512  # pictures of the whole image are shrunk to this: a card on the page is smaller still


def mosaic(
    tiles: UInt8[np.ndarray, "tiles tile_h tile_w 3"],
    columns: int,
    gap_px: int = GAP_PX,
    chosen: int | None = None,
    colour: str = "#000000",
    gap: int = 255,
) -> UInt8[np.ndarray, "rows cols 3"]:
    """Tiles in rows, the grey level `gap` between them; one of them framed. The last row may stay unfilled."""
    count, tile_h, tile_w, _ = tiles.shape
    down = -(-count // columns)
    sheet = np.full((down * columns, tile_h + gap_px, tile_w + gap_px, 3), gap, np.uint8)
    sheet[:count, gap_px:, gap_px:] = tiles
    sheet = sheet.reshape(down, columns, tile_h + gap_px, tile_w + gap_px, 3).swapaxes(1, 2)
    picture = np.full((down * (tile_h + gap_px) + gap_px, columns * (tile_w + gap_px) + gap_px, 3), gap, np.uint8)
    picture[:-gap_px, :-gap_px] = sheet.reshape(picture.shape[0] - gap_px, picture.shape[1] - gap_px, 3)
    if chosen is not None:
        top, left = chosen // columns * (tile_h + gap_px) + gap_px, chosen % columns * (tile_w + gap_px) + gap_px
        draw_frame(picture, (top, left), (tile_h, tile_w), colour, gap_px)
    return picture


def channel_names(count: int) -> tuple[Words, ...]:
    """What the channels of an encoder's image are called, where it has so many."""
    if count == COLOURS:
        return say("panel.photo.red"), say("panel.photo.green"), say("panel.photo.blue")
    if count == 1:
        return (say("panel.photo.grey"),)
    return tuple(say("panel.photo.numbered", channel=channel) for channel in range(count))


def channel_planes(levels: UInt8[np.ndarray, "side side channels"]) -> UInt8[np.ndarray, "rows cols 3"]:
    """A square's channels beside one another: red, green and blue each in its own colour, any others in grey."""
    count = levels.shape[2]
    planes = np.zeros((count, *levels.shape[:2], 3), np.uint8)
    for channel in range(count):
        shown_in = [channel] if count == COLOURS else [0, 1, 2]
        planes[channel, :, :, shown_in] = levels[:, :, channel]
    return mosaic(planes, columns=count, gap_px=1)


def draw_frame(
    picture: UInt8[np.ndarray, "rows cols 3"],
    corner: tuple[int, int],
    size: tuple[int, int],
    colour: str,
    width: int = FRAME_PX,
) -> None:
    """Frame a rectangle of a picture, in place; what is inside stays as it is.

    Args:
        corner: Top left corner (row, col) of what is framed, in pixels.
        size: Its (rows, cols), in pixels.
        width: Of the frame, in pixels; where the picture ends, so does the frame.
    """
    (top, left), (tall, wide) = corner, size
    inside = picture[top : top + tall, left : left + wide].copy()
    picture[max(top - width, 0) : top + tall + width, max(left - width, 0) : left + wide + width] = rgb(colour)
    picture[top : top + tall, left : left + wide] = inside


def shrunk(pixels: UInt8[np.ndarray, "rows cols 3"]) -> UInt8[np.ndarray, "shown_rows shown_cols 3"]:
    """A picture no longer than about `SHOWN_PX`, each of its pixels the mean of a square."""
    factor = max(1, max(pixels.shape) // SHOWN_PX)
    return np.array(Image.fromarray(pixels).reduce(factor))
