"""Whatever bytes are hit, a file gives a picture or one sentence: no decoder's own exception gets through."""

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from samvit.errors import ImageError
from samvit.photo import open_photo
from tests.samvit.photo.files import noise, pillow, tiff, tiff_pages

RGB, DEEP, GREY = noise((21, 30, 3)), noise((21, 30, 3), "u2"), noise((21, 30))
IMAGE = Image.fromarray(RGB)
COLOUR = {"photometric": "rgb"}

FILES = {
    "TIFF": lambda: tiff(RGB, **COLOUR),
    "TIFF tiles": lambda: tiff(RGB, **COLOUR, tile=(16, 16), compression="zlib", predictor=True),
    "TIFF LZW": lambda: tiff(DEEP, **COLOUR, compression="lzw"),
    "TIFF JPEG": lambda: tiff(RGB, **COLOUR, compression="jpeg"),
    "TIFF WebP": lambda: tiff(RGB, **COLOUR, compression="webp"),
    "TIFF JPEG 2000": lambda: tiff(RGB, **COLOUR, compression="jpeg2000"),
    "TIFF fax": lambda: pillow(IMAGE.convert("1"), "TIFF", compression="group4"),
    "TIFF planes": lambda: tiff(np.moveaxis(DEEP, -1, 0), **COLOUR, planarconfig="separate", compression="zstd"),
    "TIFF floats": lambda: tiff(noise((21, 30), "f4", high=1), compression="zlib", predictor=3),
    "TIFF 12 bit": lambda: tiff(noise((21, 30), "u2", high=4095), bitspersample=12),
    "TIFF palette": lambda: tiff(GREY, photometric="palette", colormap=noise((3, 256), "u2")),
    "TIFF pages": lambda: tiff_pages(*((GREY, {"photometric": "minisblack"}) for _ in range(4))),
    "BigTIFF": lambda: tiff(DEEP, **COLOUR, bigtiff=True),
    "CMYK TIFF": lambda: pillow(IMAGE.convert("CMYK"), "TIFF"),
    "PNG 16 bit": lambda: imagecodecs.png_encode(DEEP),
    "JPEG 2000 16 bit": lambda: imagecodecs.jpeg2k_encode(DEEP, level=0),
    "JPEG 12 bit": lambda: imagecodecs.jpeg_encode(DEEP >> 4, bitspersample=12),
    "lossless JPEG": lambda: imagecodecs.ljpeg_encode(DEEP[:, :, 0]),
    "PPM 16 bit": lambda: b"P6 30 21 65535\n" + DEEP.tobytes(),
    "GIF of frames": lambda: pillow(IMAGE, "GIF", save_all=True, append_images=[IMAGE.rotate(90)] * 2),
    "MPO": lambda: pillow(IMAGE, "MPO", save_all=True, append_images=[IMAGE]),
    "CMYK JPEG": lambda: pillow(IMAGE.convert("CMYK"), "JPEG"),
}


def hit(whole: bytes, random: np.random.Generator, trial: int) -> bytes:
    """A few bytes changed, in the header or anywhere; a piece cut out, or the end missing."""
    data = bytearray(whole)
    reach = 200 if trial % 2 else len(data)
    for position in random.integers(0, min(reach, len(data)), random.integers(1, 5)):
        data[position] = random.choice([0, 1, 127, 128, 255, random.integers(0, 256)])
    if trial % 4 == 2:
        del data[random.integers(1, len(data)) :]
    if trial % 4 == 3:
        start = random.integers(0, len(data))
        del data[start : start + random.integers(1, 64)]
    return bytes(data)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", FILES)
def test_damage_anywhere_gives_a_picture_or_a_sentence(name):
    whole, random = FILES[name](), np.random.default_rng(6)
    opened = refused = 0
    assert open_photo(whole).image.mode == "RGB"
    for trial in range(40):
        try:
            photo = open_photo(hit(whole, random, trial))
        except ImageError as error:
            refused += 1
            assert str(error).startswith(("photo must ", "page must ", "frame must ", "bands must "))
        else:
            opened += 1
            assert photo.image.mode == "RGB"
            assert all(str(fact) for fact in photo.facts)
    assert refused > 0
    assert opened + refused == 40
