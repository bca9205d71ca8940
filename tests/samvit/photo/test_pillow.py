"""What Pillow reads: frames, transparency that hides all, CMYK with a profile, pictures that come from memory."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from samvit.errors import ImageError
from samvit.photo import open_photo
from tests.samvit.photo.files import noise, pillow

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def said(source: object, **options: object) -> list[str]:
    return [str(fact) for fact in open_photo(source, **options).facts]


# Frames.


@pytest.mark.parametrize("file_format", ["GIF", "PNG", "WEBP", "AVIF", "MPO"])
def test_of_frames_the_first_is_shown_and_said_and_any_can_be_chosen(file_format):
    frames = [Image.new("RGB", (16, 8), colour) for colour in (RED, GREEN, BLUE)]
    options = {"lossless": True} if file_format == "WEBP" else {"quality": 100}
    data = pillow(frames[0], file_format, save_all=True, append_images=frames[1:], **options)

    for page, colour in enumerate((RED, GREEN, BLUE), 1):
        assert abs(open_photo(data, page=page).pixels.astype(int) - colour).max() <= 3
        assert f"frame {page} of 3" in said(data, page=page)
    assert "frame 1 of 3" in said(data)
    assert open_photo(data).pages == 3


@pytest.mark.parametrize("page", [0, 4])
def test_a_frame_that_isnt_there_is_refused(page):
    frame = Image.fromarray(noise((8, 16, 3)))
    data = pillow(frame, "GIF", save_all=True, append_images=[frame.rotate(90), frame.rotate(180)])
    with pytest.raises(ImageError, match=f"frame must be in 1..3, got {page}"):
        open_photo(data, page=page)


@pytest.mark.parametrize("source", ["JPEG", "PNG", "array"])
def test_a_photo_of_one_picture_has_no_second(source):
    image = Image.fromarray(noise((8, 16, 3)))
    with pytest.raises(ImageError, match=r"must be in 1\.\.1, got 2"):
        open_photo(np.asarray(image) if source == "array" else pillow(image, source), page=2)


def test_frames_arent_taken_together():
    with pytest.raises(ImageError, match="only grey pages of a TIFF can be taken together"):
        open_photo(pillow(Image.new("RGB", (8, 8)), "PNG"), page=(1, 2, 3))


# Transparency that hides all.


def bmp_32(pixels: np.ndarray, masks: bool) -> bytes:
    """A 32-bit BMP as capture tools write it, its fourth byte 0; with masks in its header, or without."""
    if masks:
        header = struct.pack("<IiiHHIIiiII", 108, 16, 16, 1, 32, 3, pixels.size, 2835, 2835, 0, 0)
        header += struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000) + b"BGRs" + b"\0" * 48
    else:
        header = struct.pack("<IiiHHIIiiII", 40, 16, 16, 1, 32, 0, pixels.size, 2835, 2835, 0, 0)
    start = struct.pack("<IHHI", 14 + len(header) + pixels.size, 0, 0, 14 + len(header))
    return b"BM" + start + header + pixels[::-1].tobytes()


@pytest.mark.parametrize("masks", [True, False], ids=["with masks", "without"])
def test_a_bmp_whose_alpha_is_empty_is_opaque(masks):
    pixels = noise((16, 16, 4))
    pixels[:, :, 3] = 0

    assert np.array_equal(open_photo(bmp_32(pixels, masks)).pixels, pixels[:, :, 2::-1])


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_a_picture_that_is_wholly_transparent_is_shown_and_that_is_said(file_format, mode):
    rgba = Image.fromarray(noise((16, 16, 3))).convert(mode)
    rgba.putalpha(0)
    options = {"lossless": True, "exact": True} if file_format == "WEBP" else {}
    data = pillow(rgba, file_format, **options)

    assert np.array_equal(open_photo(data).pixels, np.asarray(rgba.convert("RGB")))
    assert "its transparency hides every pixel and was left out" in said(data)


def test_transparency_on_white_is_said_and_opaque_alpha_isnt():
    rgba = np.dstack([noise((8, 8, 3)), np.full((8, 8), 255, "u1")])
    assert said(pillow(Image.fromarray(rgba), "PNG")) == []

    rgba[0, 0, 3] = 7
    assert said(pillow(Image.fromarray(rgba), "PNG")) == ["its transparent parts are shown white"]


@pytest.mark.parametrize("file_format", ["PNG", "GIF"])
def test_a_palette_with_a_transparent_colour_is_laid_on_white(file_format):
    image = Image.new("P", (3, 1))
    image.putpalette([*RED, *GREEN, *BLUE])
    image.putdata([0, 1, 2])
    data = pillow(image, file_format, transparency=1)

    assert open_photo(data).pixels.tolist() == [[list(RED), [255] * 3, list(BLUE)]]


# CMYK.


def cmyk_profile() -> bytes:
    """No CMYK profile is free to ship: this one is an sRGB profile, which no CMYK picture can go through."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize("file_format", ["JPEG", "TIFF"])
@pytest.mark.parametrize("profile", [None, b"no profile at all", cmyk_profile()], ids=["none", "nonsense", "RGB's"])
def test_cmyk_without_a_profile_that_works_is_made_rgb_plainly_and_that_is_said(file_format, profile):
    options = {"quality": 100} if file_format == "JPEG" else {}
    data = pillow(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), file_format, icc_profile=profile, **options)

    assert abs(open_photo(data).pixels.astype(int) - RED).max() <= 2
    assert said(data)[0] == "CMYK, made RGB without a colour profile"


def ink_profile() -> bytes:
    """A CMYK profile of 2×2×2×2 points (ICC.1:2004, lut8Type) in which every ink is white and no ink is black."""

    def s15(value: float) -> bytes:
        return struct.pack(">i", round(value * 65536))

    matrix = b"".join(s15(value) for value in (1, 0, 0, 0, 1, 0, 0, 0, 1))
    ramps = bytes(range(256))
    grid = b"".join(bytes((255 if all(point) else 0, 128, 128)) for point in np.ndindex(2, 2, 2, 2))
    lut = b"mft1" + bytes(4) + bytes((4, 3, 2, 0)) + matrix + ramps * 4 + grid + ramps * 3
    lut += b"\0" * (-len(lut) % 4)
    text = b"desc" + bytes(4) + struct.pack(">I", 2) + b"x\0" + bytes(78)
    text += b"\0" * (-len(text) % 4)
    white = b"XYZ " + bytes(4) + s15(0.9642) + s15(1) + s15(0.8249)
    tags = {b"desc": text, b"wtpt": white, b"A2B0": lut}
    at = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        table += name + struct.pack(">II", at + len(body), len(data))
        body += data
    head = struct.pack(">I4sI4s4s4s", at + len(body), b"lcms", 0x02400000, b"prtr", b"CMYK", b"Lab ")
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28) + s15(0.9642) + s15(1) + s15(0.8249)
    return head.ljust(128, b"\0") + table + body


@pytest.mark.parametrize("file_format", ["JPEG", "TIFF"])
def test_cmyk_goes_through_its_own_profile(file_format):
    """The profile turns everything round, so that it can't be missed."""
    options = {"quality": 100} if file_format == "JPEG" else {}
    full, none = (Image.new("CMYK", (16, 16), (ink,) * 4) for ink in (255, 0))
    bright, dark = (pillow(image, file_format, icc_profile=ink_profile(), **options) for image in (full, none))

    assert open_photo(bright).pixels.min() > 200
    assert open_photo(dark).pixels.max() < 50
    assert said(bright)[0] == "CMYK, made RGB through the file's own colour profile"


# From memory.


def test_a_picture_from_memory_is_turned_and_left_as_it_was():
    exif = Image.Exif()
    exif[0x0112] = 6
    opened = Image.open(io.BytesIO(pillow(Image.fromarray(noise((8, 16, 3))), "PNG", exif=exif)))

    photo = open_photo(opened)

    assert photo.image.size == (8, 16)
    assert opened.size == (16, 8)
    assert 0x0112 not in photo.image.getexif()


def in_mode(grey: Image.Image, mode: str) -> Image.Image:
    rgb = grey.convert("RGB")
    if mode == "LAB":
        spaces = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        return ImageCms.profileToProfile(rgb, *spaces, outputMode="LAB")
    if mode == "P":
        return rgb.convert("P", palette=Image.Palette.ADAPTIVE)
    return grey.convert("I").convert("I;16") if mode == "I;16" else rgb.convert(mode)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "I;16"])
def test_a_picture_of_every_mode_is_opened(mode):
    grey = Image.fromarray(noise((8, 16)))

    difference = abs(open_photo(in_mode(grey, mode)).pixels.astype(int) - np.asarray(grey)[:, :, None])
    assert difference.max() <= 3


@pytest.mark.parametrize("shape", [(9, 8), (9, 8, 1), (9, 8, 2), (9, 8, 3), (9, 8, 4), (9, 8, 7)])
def test_an_array_of_any_number_of_bands_is_opened(shape):
    array = noise(shape)
    first = array[:, :, None] if array.ndim == 2 else array
    expected = first[:, :, :3] if first.shape[2] >= 3 else np.repeat(first[:, :, :1], 3, axis=2)

    assert np.array_equal(open_photo(array).pixels, expected)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((3, 40, 50)), "got (3, 40, 50), which has its bands first: transpose(1, 2, 0) puts them last"),
        (np.zeros(7), "rows × cols or rows × cols × bands, got (7,)"),
        (np.zeros((0, 5)), "rows × cols or rows × cols × bands, got (0, 5)"),
        (np.array([["a"]]), "photo must be an array of numbers, got one of <U1"),
        (np.zeros((8001, 8000), dtype=bool), "photo must have at most 64,000,000 pixels, got 8000×8001"),
    ],
)
def test_an_array_that_is_no_picture_is_refused(array, message):
    with pytest.raises(ImageError) as error:
        open_photo(array)

    assert message in str(error.value)


def test_a_photo_tells_itself_in_one_line():
    photo = open_photo(np.array([[312, 3041, 1000]], dtype=np.uint16))

    assert repr(photo) == "<Photo array 3×1, grey, 16 bit, shown from 312 to 3,041>"
    with pytest.raises(ValueError, match="read-only"):
        photo.pixels[0, 0, 0] = 1
