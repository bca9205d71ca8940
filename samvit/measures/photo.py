"""The photo's own pixels: the model image as a person sees it, how it is normalised, and what each patch holds."""

import numpy as np
import torch
from jaxtyping import Float, UInt8
from PIL import Image
from torch import Tensor

from samvit.config import COLOURS, pixel_constants
from samvit.execution import in_channels
from samvit.photo.samples import as_rgb
from samvit.preprocess import SEGMENT_ANYTHING, ModelImage, Way
from samvit.tracing import Trace

LEVELS = 256  # values that a byte can have
BINS = 64  # of a histogram: four levels each
ALL_PHOTO, PARTLY_PHOTO, NO_PHOTO = range(3)  # kinds of patches; a patch of the last kind is image padding


def model_levels(trace: Trace) -> UInt8[Tensor, "img_h img_w channels"]:
    """The whole model image, 0–255, in the encoder's channels; image padding is the mean, which its zeros stand for.

    A bare tensor is taken for a photo that was normalised as segment-anything does it, and is rounded to bytes.
    """
    mean, std = (torch.tensor(values) for values in pixel_constants(in_channels(trace.encoder)))
    if isinstance(trace.image, ModelImage):
        side = trace.geometry.img_size
        canvas = mean.round().to(torch.uint8).expand(side, side, len(mean)).clone()
        rows, cols = trace.geometry.resized
        canvas.numpy()[:rows, :cols] = trace.image.pixels
        return canvas
    image = trace.model_image()[0]
    return (image.permute(1, 2, 0) * std + mean).round().clamp(0, LEVELS - 1).to(torch.uint8).contiguous()


def photo_pixels(trace: Trace) -> UInt8[Tensor, "img_h img_w 3"]:
    """The whole model image as RGB for the eye: of other channels, see `samvit.photo.samples.as_rgb`."""
    levels = model_levels(trace)
    return levels if levels.shape[2] == COLOURS else torch.tensor(as_rgb(levels.numpy()))


def own_levels(trace: Trace) -> UInt8[Tensor, "rows cols channels"]:
    """The part of the model image that holds photo, 0–255, in the encoder's channels."""
    rows, cols = trace.geometry.resized
    return model_levels(trace)[:rows, :cols]


def own_pixels(trace: Trace) -> UInt8[Tensor, "rows cols 3"]:
    """The part of the model image that holds photo, as RGB, 0–255."""
    rows, cols = trace.geometry.resized
    return photo_pixels(trace)[:rows, :cols]


def patch_pixels(trace: Trace, patch: tuple[int, int]) -> UInt8[Tensor, "patch patch 3"]:
    """One patch (row, col) of the model image as RGB, 0–255."""
    return photo_pixels(trace)[patch_slices(trace, patch)]


def patch_levels(trace: Trace, patch: tuple[int, int]) -> UInt8[Tensor, "patch patch channels"]:
    """One patch (row, col) of the model image, 0–255, in the encoder's channels."""
    return model_levels(trace)[patch_slices(trace, patch)]


def patch_values(trace: Trace, patch: tuple[int, int]) -> Float[Tensor, "in_chans patch patch"]:
    """What the encoder gets of one patch (row, col): normalised, image padding as zeros."""
    rows, cols = patch_slices(trace, patch)
    return trace.model_image()[0, :, rows, cols]


def patch_slices(trace: Trace, patch: tuple[int, int]) -> tuple[slice, slice]:
    """Where a patch (row, col) lies in the model image, in pixels."""
    size = trace.patch_size
    return slice(patch[0] * size, (patch[0] + 1) * size), slice(patch[1] * size, (patch[1] + 1) * size)


def middle_pixel(trace: Trace, patch: tuple[int, int]) -> tuple[int, int]:
    """The pixel (row, col) in the middle of a patch (row, col); where sides are even, below and right of the middle."""
    size = trace.patch_size
    return patch[0] * size + size // 2, patch[1] * size + size // 2


def holds_photo(trace: Trace, pixel: tuple[int, int]) -> bool:
    """Whether a pixel (row, col) of the model image lies in the photo, not in image padding."""
    rows, cols = trace.geometry.resized
    return pixel[0] < rows and pixel[1] < cols


def padding_share(trace: Trace) -> float:
    """The share of the model image's pixels that are image padding, from 0 to 1."""
    (rows, cols), (grid_h, grid_w) = trace.geometry.resized, trace.grid
    return 1 - rows * cols / (grid_h * grid_w * trace.patch_size**2)


def photo_way(trace: Trace) -> Way:
    """How the photo was made ready for the encoder; a bare tensor counts as made by segment-anything's way."""
    return trace.image.way if isinstance(trace.image, ModelImage) else SEGMENT_ANYTHING


def normalisation(trace: Trace) -> tuple[Float[Tensor, " channels"], Float[Tensor, " channels"]]:
    """What is taken away from each channel's levels, and what they are divided by, on their way to the encoder.

    segment-anything takes ImageNet's mean and standard deviation, of which channels that are no colour have the
    averages; MedSAM's way takes this photo's darkest level, and the distance to its brightest one.

    Source: segment-anything build_sam.py, pixel_mean and pixel_std; MedSAM MedSAM_Inference.py.
    """
    count = in_channels(trace.encoder)
    if isinstance(trace.image, ModelImage) and trace.image.way.scale == "0 to 1":
        low, high = float(trace.image.pixels.min()), float(trace.image.pixels.max())
        return torch.full((count,), low), torch.full((count,), max(high - low, 1e-8))
    mean, std = pixel_constants(count)
    return torch.tensor(mean), torch.tensor(std)


def level_shares(
    trace: Trace, normalised: bool
) -> tuple[Float[Tensor, "channels bins"], Float[Tensor, "channels bins"]]:
    """How often levels occur in each channel of the photo, before or after normalising; image padding isn't counted.

    Every bin holds four levels, normalised or not: bins that hold now five, now six would draw a comb.

    Returns:
        The bins' middles (levels, or normalised values) and the shares of the photo's pixels, each channel's adding up
        to 1.
    """
    levels = own_levels(trace).numpy()
    rows, cols, count = levels.shape
    mean, std = normalisation(trace) if normalised else (torch.zeros(count), torch.ones(count))
    # Normalising keeps the order of levels, so that both histograms count the same bytes.
    counts = torch.tensor([Image.fromarray(channel).histogram() for channel in np.moveaxis(levels, 2, 0)])
    middles = torch.arange(BINS) * (LEVELS // BINS) + (LEVELS // BINS - 1) / 2
    return (middles - mean[:, None]) / std[:, None], counts.view(count, BINS, -1).sum(2) / (rows * cols)


def patch_kinds(trace: Trace) -> UInt8[Tensor, "grid_h grid_w"]:
    """For each patch `ALL_PHOTO`, `PARTLY_PHOTO`, or `NO_PHOTO`, which is image padding."""
    rows, cols = trace.geometry.resized
    size, (grid_h, grid_w) = trace.patch_size, trace.grid
    starts = torch.arange(grid_h)[:, None] * size, torch.arange(grid_w) * size  # first pixel of each patch
    kinds = torch.full((grid_h, grid_w), PARTLY_PHOTO, dtype=torch.uint8)
    kinds[(starts[0] + size <= rows) & (starts[1] + size <= cols)] = ALL_PHOTO
    kinds[(starts[0] >= rows) | (starts[1] >= cols)] = NO_PHOTO
    return kinds


def patch_cells(trace: Trace, side_px: int = 8) -> UInt8[Tensor, "rows cols 3"]:
    """The model image as RGB with each patch shrunk to `side_px` × `side_px` pixels, each the mean of a square.

    Patches keep their size where `side_px` doesn't divide it.
    """
    step = trace.patch_size // side_px if trace.patch_size % side_px == 0 else 1
    return torch.tensor(np.asarray(Image.fromarray(photo_pixels(trace).numpy()).reduce(step)))
