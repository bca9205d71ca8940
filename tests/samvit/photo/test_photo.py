"""Opening photos: every kind of pixel comes out RGB and upright, and every bad file says one clear sentence."""

import io
import struct
import zlib
from contextlib import ExitStack

import numpy as np
import pytest
from PIL import Image

from samvit.errors import ImageError
from samvit.photo import MAX_PIXELS, read_photo
from samvit.photo.photo import opened

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def encoded(image: Image.Image, file_format: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, file_format, **options)
    return stream.getvalue()


def read_pixels(source: object) -> np.ndarray:
    photo = read_photo(source)
    assert photo.mode == "RGB"
    return np.asarray(photo)


def corners() -> Image.Image:
    """2 rows × 3 columns whose pixels all differ: any wrong turn or flip shows."""
    pixels = [[RED, GREEN, BLUE], [(255, 255, 0), (0, 255, 255), (255, 0, 255)]]
    return Image.fromarray(np.array(pixels, dtype=np.uint8))


def png_header(rows: int, cols: int, bit_depth: int = 8, colour: int = 2) -> bytes:
    """A PNG that promises rows × cols pixels and holds none."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (
            (b"IHDR", struct.pack(">IIBBBBB", cols, rows, bit_depth, colour, 0, 0, 0)),
            (b"IDAT", zlib.compress(b"")),
            (b"IEND", b""),
        )
    )


# Sources.


def test_path_text_bytes_and_stream_give_the_same_photo(tmp_path):
    data = encoded(corners(), "PNG")
    file = tmp_path / "corners.png"
    file.write_bytes(data)

    for source in (file, str(file), data, bytearray(data), memoryview(data), io.BytesIO(data)):
        assert np.array_equal(read_pixels(source), np.asarray(corners()))
    with file.open("rb") as stream:
        assert np.array_equal(read_pixels(stream), np.asarray(corners()))


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "JPEG2000"])
def test_a_stream_stays_open_and_is_read_from_its_start(file_format):
    stream = io.BytesIO(encoded(corners(), file_format))
    stream.seek(7)

    assert np.array_equal(read_pixels(stream), np.asarray(corners()))
    assert not stream.closed


def closed() -> io.BytesIO:
    stream = io.BytesIO(b"")
    stream.close()
    return stream


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (None, "photo must be a path, bytes, a binary stream, a Pillow picture or a NumPy array, got NoneType"),
        ([[1, 2]], "photo must be a path, bytes, a binary stream, a Pillow picture or a NumPy array, got list"),
        (io.StringIO("text"), 'photo must be a binary stream, got one of text: open the file with mode "rb"'),
        (closed(), "photo must be an open stream that can be sought, got one that can't: pass its bytes"),
    ],
)
def test_what_is_no_source_of_a_photo_is_refused(source, message):
    with ExitStack() as stack, pytest.raises(ImageError) as error:
        opened(source, stack)

    assert str(error.value) == message


@pytest.mark.parametrize(
    ("file_format", "options"),
    [("PNG", {}), ("BMP", {}), ("TIFF", {}), ("PPM", {}), ("WEBP", {"lossless": True}), ("JPEG2000", {})],
)
def test_lossless_formats_give_exact_pixels(file_format, options):
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (20, 31, 3), dtype=np.uint8))

    assert np.array_equal(read_pixels(encoded(noise, file_format, **options)), np.asarray(noise))


@pytest.mark.parametrize("file_format", ["JPEG", "AVIF", "WEBP"])
def test_lossy_formats_give_nearly_the_pixels(file_format):
    ramp = np.tile(np.arange(64, dtype=np.uint8) * 4, (32, 1))
    photo = Image.fromarray(np.dstack([ramp, ramp, ramp]))

    difference = read_pixels(encoded(photo, file_format, quality=95)).astype(int) - np.asarray(photo)
    assert abs(difference).max() <= 6


# Orientation.

# Where the upright photo's top left pixel comes from, EXIF 2.32 table 6: orientation → numpy moves.
UPRIGHT = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: np.rot90(a, 1),
}


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", UPRIGHT)
def test_exif_orientation_is_applied_once(orientation, file_format):
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if file_format == "WEBP" else {}
    data = encoded(corners(), file_format, exif=exif, **options)

    assert np.array_equal(read_pixels(data), UPRIGHT[orientation](np.asarray(corners())))


def test_a_16_bit_photo_is_turned_upright_too():
    values = np.array([[0, 1000, 2000], [3000, 4000, 5100]], dtype=np.uint16)
    exif = Image.Exif()
    exif[0x0112] = 6

    pixels = read_pixels(encoded(Image.fromarray(values), "PNG", exif=exif))

    assert np.array_equal(pixels[:, :, 0], np.rot90([[0, 50, 100], [150, 200, 255]], -1))


def test_a_turned_photo_loses_its_orientation_tag():
    """Else whoever saves and reads it again would turn it twice."""
    exif = Image.Exif()
    exif[0x0112] = 8

    assert 0x0112 not in read_photo(encoded(corners(), "PNG", exif=exif)).getexif()


# Alpha and colour modes.


@pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
def test_alpha_is_laid_on_white(file_format):
    rgba = np.array([[[255, 0, 0, 255], [255, 0, 0, 0], [0, 0, 0, 128]]], dtype=np.uint8)
    options = {"lossless": True, "exact": True} if file_format == "WEBP" else {}

    pixels = read_pixels(encoded(Image.fromarray(rgba), file_format, **options))

    assert pixels.tolist() == [[list(RED), list(WHITE), [127, 127, 127]]]


def test_grey_with_alpha_is_laid_on_white():
    grey_alpha = Image.merge("LA", (Image.new("L", (2, 1), 0), Image.frombytes("L", (2, 1), b"\x00\xff")))

    assert read_pixels(encoded(grey_alpha, "PNG")).tolist() == [[[255] * 3, [0] * 3]]


def palette_photo() -> Image.Image:
    image = Image.new("P", (3, 1))
    image.putpalette([*RED, *GREEN, *BLUE])
    image.putdata([0, 1, 2])
    return image


@pytest.mark.parametrize(
    ("transparency", "expected"),
    [
        ({}, [RED, GREEN, BLUE]),
        ({"transparency": 1}, [RED, WHITE, BLUE]),
        ({"transparency": b"\x00\xff\xff"}, [WHITE, GREEN, BLUE]),
    ],
    ids=["opaque", "one colour", "table"],
)
def test_palettes_become_colours_and_their_transparency_white(transparency, expected):
    assert read_pixels(encoded(palette_photo(), "PNG", **transparency)).tolist() == [[list(c) for c in expected]]


@pytest.mark.parametrize(
    ("image", "transparency", "expected"),
    [
        (Image.frombytes("L", (2, 1), b"\x07\x40"), 7, [[255] * 3, [64] * 3]),
        (Image.frombytes("RGB", (2, 1), bytes([*RED, *GREEN])), RED, [list(WHITE), list(GREEN)]),
        (Image.fromarray(np.array([[0, 500, 1000]], dtype=np.uint16)), 500, [[0] * 3, [255] * 3, [255] * 3]),
    ],
    ids=["grey", "rgb", "16 bit"],
)
def test_a_png_colour_that_stands_for_nothing_becomes_white(image, transparency, expected):
    assert read_pixels(encoded(image, "PNG", transparency=transparency)).tolist() == [expected]


@pytest.mark.parametrize("file_format", ["TIFF", "JPEG"])
def test_cmyk_becomes_rgb(file_format):
    image = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    options = {"quality": 100} if file_format == "JPEG" else {}

    assert abs(read_pixels(encoded(image, file_format, **options)).astype(int) - RED).max() <= 2


def test_lab_becomes_rgb():
    image = Image.new("LAB", (4, 4), (255, 128, 128))  # L* 100, a* and b* 0: white

    assert read_pixels(encoded(image, "TIFF")).min() >= 250


def test_black_and_white_becomes_rgb():
    image = Image.frombytes("1", (2, 1), b"\x40")

    assert read_pixels(encoded(image, "PNG")).tolist() == [[[0] * 3, [255] * 3]]


# Deep grey.


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "PPM"])
def test_16_bit_grey_is_spread_over_its_own_range(file_format):
    """A 12-bit scan in a 16-bit file would be nearly black on the scale of 65535."""
    values = np.array([[0, 819, 4095]], dtype=np.uint16)

    assert read_pixels(encoded(Image.fromarray(values), file_format))[0, :, 1].tolist() == [0, 51, 255]


def test_big_endian_16_bit_is_read_in_the_right_order():
    tiff = bytearray(encoded(Image.frombytes("I;16B", (3, 1), struct.pack(">3H", 0, 819, 4095)), "TIFF"))

    assert read_pixels(bytes(tiff))[0, :, 0].tolist() == [0, 51, 255]


@pytest.mark.parametrize("dtype", [np.float32, np.int32])
@pytest.mark.parametrize("values", [[-1000, 0, 3000], [100, 125, 200]])
def test_floats_and_32_bit_integers_are_spread_over_their_own_range(values, dtype):
    image = Image.fromarray(np.array([values], dtype=dtype))

    assert read_pixels(encoded(image, "TIFF"))[0, :, 2].tolist() == [0, 64, 255]


def test_16_bit_colour_keeps_its_high_byte():
    row = struct.pack(">3H", 0xFF12, 0x8034, 0x0056)
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in (
            (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 16, 2, 0, 0, 0)),
            (b"IDAT", zlib.compress(b"\x00" + row)),
            (b"IEND", b""),
        )
    )

    assert read_pixels(data).tolist() == [[[0xFF, 0x80, 0x00]]]


# Animations, sizes.


@pytest.mark.parametrize("file_format", ["GIF", "PNG", "WEBP", "TIFF"])
def test_of_an_animation_the_first_frame_is_taken(file_format):
    first, second = Image.new("RGB", (8, 4), RED), Image.new("RGB", (8, 4), BLUE)
    options = {"lossless": True} if file_format == "WEBP" else {}

    data = encoded(first, file_format, save_all=True, append_images=[second], **options)

    assert (read_pixels(data) == RED).all()
    assert read_pixels(data).shape == (4, 8, 3)


def test_a_see_through_gif_is_laid_on_white():
    image = palette_photo()
    image.info["transparency"] = 2

    assert read_pixels(encoded(image, "GIF"))[0, 2].tolist() == list(WHITE)


@pytest.mark.parametrize("shape", [(1, 1), (1, 60_000), (60_000, 1)])
def test_the_smallest_and_the_thinnest_photos_are_read(shape):
    rows, cols = shape

    assert read_pixels(encoded(Image.new("RGB", (cols, rows), GREEN), "PNG")).shape == (rows, cols, 3)


def test_64_megapixels_are_read():
    data = encoded(Image.new("1", (8000, 8000), 1), "PNG")

    assert read_photo(data).size == (8000, 8000)


@pytest.mark.parametrize(("rows", "cols"), [(8000, 8001), (1, MAX_PIXELS + 1)])
def test_one_pixel_too_many_is_refused_before_decoding(rows, cols):
    """The file holds no pixels at all: had it been decoded, the sentence would speak of damage."""
    with pytest.raises(ImageError) as error:
        read_photo(png_header(rows, cols))

    assert str(error.value) == (
        f"photo must have at most 64,000,000 pixels, got {cols}×{rows} = {rows * cols:,} (columns × rows)"
    )


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [10_000, 20_000, 2**31 - 1])
def test_a_decompression_bomb_is_refused(side):
    with pytest.raises(ImageError, match=r"photo must have at most 64,000,000 pixels, got .*\d"):
        read_photo(png_header(side, side))


# Files that aren't photos.


@pytest.mark.parametrize(
    ("data", "got"),
    [
        (b"", "an empty file"),
        (b"<!DOCTYPE html><html></html>", "a text file (HTML, XML or SVG)"),
        (b"\n <svg xmlns='http://www.w3.org/2000/svg'/>", "a text file (HTML, XML or SVG)"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00", "a git-lfs pointer"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "a HEIC photo (export it as JPEG)"),
        (b"PK\x03\x04 and more", "a zip archive"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "a PostScript file (export it as PNG)"),
        (bytes(range(256)), "another kind of file, or a damaged one"),
    ],
)
def test_other_files_are_named_for_what_they_are(data, got):
    with pytest.raises(ImageError) as error:
        read_photo(data)

    assert str(error.value) == (f"photo must be one of JPEG, PNG, WEBP, AVIF, GIF, TIFF, BMP, PPM, JPEG2000, got {got}")


def test_a_missing_file_is_named_without_its_folder(tmp_path):
    with pytest.raises(ImageError) as error:
        read_photo(tmp_path / "cat.jpg")

    assert str(error.value) == "photo must be an existing file, got 'cat.jpg', which isn't there"


def test_a_folder_is_not_a_photo(tmp_path):
    (tmp_path / "photos").mkdir()
    with pytest.raises(ImageError, match=r"^photo must be a file, got the folder 'photos'$"):
        read_photo(tmp_path / "photos")


def test_a_name_that_no_file_can_have_is_refused():
    with pytest.raises(ImageError, match="photo must be a readable file, got"):
        read_photo("cat\0.jpg")


SMALL_FILES = {
    "JPEG": lambda noise: encoded(noise, "JPEG"),
    "PNG": lambda noise: encoded(noise, "PNG"),
    "GIF": lambda noise: encoded(noise, "GIF"),
    "WEBP": lambda noise: encoded(noise, "WEBP"),
    "AVIF": lambda noise: encoded(noise, "AVIF"),
    "TIFF": lambda noise: encoded(noise, "TIFF", compression="tiff_lzw"),
    "BMP": lambda noise: encoded(noise, "BMP"),
    "PPM": lambda noise: encoded(noise, "PPM"),
    "JPEG2000": lambda noise: encoded(noise, "JPEG2000"),
}


def noise_photo() -> Image.Image:
    return Image.fromarray(np.random.default_rng(2).integers(0, 256, (40, 50, 3), dtype=np.uint8))


# A JPEG 2000 stream is made to be cut: its decoder gives what it has, coarser.
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("file_format", [name for name in SMALL_FILES if name != "JPEG2000"])
def test_a_truncated_photo_is_refused(file_format):
    data = SMALL_FILES[file_format](noise_photo())
    with pytest.raises(ImageError, match="^photo must be"):
        read_photo(data[: len(data) // 2])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("file_format", SMALL_FILES)
def test_damage_anywhere_gives_an_image_error_or_a_photo(file_format):
    """No decoder's own exception gets through, whatever byte is hit."""
    whole = SMALL_FILES[file_format](noise_photo())
    random = np.random.default_rng(3)
    refused = 0
    for trial in range(60):
        data = bytearray(whole)
        reach = 64 if trial % 2 else len(data)  # headers are short, and where decoders stumble
        for position in random.integers(0, min(reach, len(data)), 3):
            data[position] = random.integers(0, 256)
        try:
            assert read_photo(bytes(data)).mode == "RGB"
        except ImageError as error:
            refused += 1
            assert str(error).startswith("photo must ")
    assert refused > 0


@pytest.mark.filterwarnings("ignore")
def test_errors_show_neither_paths_nor_pillows_words(tmp_path):
    file = tmp_path / "half.jpg"
    data = SMALL_FILES["JPEG"](noise_photo())
    file.write_bytes(data[: len(data) // 2])
    with pytest.raises(ImageError) as error:
        read_photo(file)

    assert str(error.value) == "photo must be a whole file, got a JPEG that is truncated or damaged"
    assert error.value.__suppress_context__
