"""MedSAM's way of resizing: both sides to one length, by cubic splines after a blur."""

import numpy as np
from jaxtyping import UInt8
from scipy import ndimage


def squash(pixels: UInt8[np.ndarray, "rows cols channels"], side: int) -> UInt8[np.ndarray, "side side channels"]:
    """A picture squashed or stretched to a square of `side` px.

    One channel at a time: a 64-megapixel photo takes 1.5 GB meanwhile, all three together would take 4.

    Source: MedSAM MedSAM_Inference.py: skimage.transform.resize(…, order=3, preserve_range=True, anti_aliasing=True),
    then cut to whole numbers; equal to it pixel for pixel.
    """
    lowest, highest = pixels.min(), pixels.max()
    shrinking = np.array(pixels.shape[:2]) / side
    blur = np.maximum(0, (shrinking - 1) / 2)  # standard deviations, in pixels
    squashed = np.empty((side, side, pixels.shape[2]), dtype=np.uint8)
    for channel in range(pixels.shape[2]):
        values = pixels[:, :, channel].astype(np.float64)
        if blur.any():
            values = ndimage.gaussian_filter(values, blur, mode="mirror")
        values = ndimage.zoom(values, 1 / shrinking, order=3, mode="mirror", grid_mode=True)
        squashed[:, :, channel] = np.clip(values, lowest, highest)  # splines overshoot; the cast cuts, as theirs does
    return squashed
