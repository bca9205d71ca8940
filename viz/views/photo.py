"""The photo's pixels as the encoder got them."""

import numpy as np
from jaxtyping import UInt8

from samvit.config import PIXEL_MEAN, PIXEL_STD
from samvit.preprocess import ModelImage
from samvit.tracing import Trace


def photo_pixels(trace: Trace) -> UInt8[np.ndarray, "img_h img_w 3"]:
    """The whole model image as RGB; image padding is the mean colour, which zeros stand for."""
    if isinstance(trace.image, ModelImage):
        rows, cols, _ = trace.image.pixels.shape
        side = trace.image.geometry.img_size
        canvas = np.empty((side, side, 3), np.uint8)
        canvas[:] = np.round(PIXEL_MEAN)
        canvas[:rows, :cols] = trace.image.pixels
        return canvas
    chw = trace.image[0].numpy()
    if chw.shape[0] != 3:
        raise ValueError(f"a photo has 3 channels, got {chw.shape[0]}")
    hwc = chw.transpose(1, 2, 0) * np.float32(PIXEL_STD) + np.float32(PIXEL_MEAN)
    return np.clip(np.round(hwc), 0, 255).astype(np.uint8)


def patch_pixels(trace: Trace, patch: tuple[int, int]) -> UInt8[np.ndarray, "patch patch 3"]:
    """One patch (row, col) of the model image."""
    size = trace.encoder.patch_embed.proj.kernel_size[0]
    row, col = patch
    return photo_pixels(trace)[row * size : (row + 1) * size, col * size : (col + 1) * size]
