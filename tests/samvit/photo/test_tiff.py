"""TIFF: bands, depths, colours and layouts come out right, whichever program wrote them."""

import io

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from samvit.errors import ImageError
from samvit.photo import open_photo
from tests.samvit.photo.files import noise, pillow, tiff

GDAL_NODATA = 42113
SHAPE = (33, 45)


def said(data: bytes, **options: object) -> list[str]:
    return [str(fact) for fact in open_photo(data, **options).facts]


def pixels(data: bytes, **options: object) -> np.ndarray:
    return open_photo(data, **options).pixels


def nodata(text: str) -> list[tuple]:
    return [(GDAL_NODATA, 2, 0, text, True)]


# Bands.


@pytest.mark.parametrize("extra", [None, ["unspecified"]], ids=["no ExtraSamples", "unspecified"])
@pytest.mark.parametrize("dtype", ["u1", "u2", "f4"])
def test_a_fourth_band_is_no_transparency_unless_the_file_says_so(extra, dtype):
    bands = noise((*SHAPE, 4), dtype, high=200)
    options = {"photometric": "rgb", "extrasamples": extra} if extra else {"photometric": "minisblack"}
    data = tiff(bands, planarconfig="contig", **options)

    assert np.array_equal(pixels(data), open_photo(bands[:, :, :3]).pixels)
    assert said(data)[0] == "bands 1, 2, 3 of 4"


def test_rgb_with_four_samples_and_no_word_on_the_fourth():
    """Rare tifffile can't write: the ExtraSamples tag (338) of an RGBA file is renamed to one nobody knows."""
    bands = noise((*SHAPE, 4))
    data = bytearray(tiff(bands, photometric="rgb", extrasamples=["unassalpha"]))
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
        at = file.pages[0].tags[338].offset
    data[at : at + 2] = (339 + 64000 - 1).to_bytes(2, "little")

    assert np.array_equal(pixels(bytes(data)), bands[:, :, :3])
    assert said(bytes(data)) == ["bands 1, 2, 3 of 4"]


@pytest.mark.parametrize("planes", ["contig", "separate"])
@pytest.mark.parametrize("tile", [None, (16, 16)], ids=["strips", "tiles"])
@pytest.mark.parametrize("count", [5, 12])
def test_of_many_bands_any_three_can_be_chosen(planes, tile, count):
    bands = noise((*SHAPE, count))
    values = bands if planes == "contig" else np.moveaxis(bands, -1, 0)
    data = tiff(values, photometric="minisblack", planarconfig=planes, tile=tile)

    assert np.array_equal(pixels(data), bands[:, :, :3])
    assert np.array_equal(pixels(data, bands=(4, 3, 2)), bands[:, :, [3, 2, 1]])
    assert np.array_equal(pixels(data, bands=[count])[:, :, 0], bands[:, :, -1])
    assert said(data, bands=(4, 3, 2)) == [f"bands 4, 3, 2 of {count}"]
    assert said(data, bands=[5]) == [f"band 5 of {count}, shown as grey"]
    assert open_photo(data).bands == count


def test_two_bands_are_shown_by_the_first():
    bands = noise((*SHAPE, 2))
    data = tiff(bands, photometric="minisblack", planarconfig="contig", extrasamples=["unspecified"])

    assert np.array_equal(pixels(data), np.dstack([bands[:, :, 0]] * 3))
    assert said(data) == ["band 1 of 2, shown as grey"]


@pytest.mark.parametrize(
    ("bands", "message"),
    [
        ((1, 2), "bands must be one, shown as grey, or three: red, green and blue; got 2"),
        ((1, 2, 6), "bands must be in 1..5, got 6"),
        ((0, 1, 2), "bands must be in 1..5, got 0"),
    ],
)
def test_bands_that_arent_there_are_refused(bands, message):
    data = tiff(noise((5, *SHAPE)), photometric="minisblack", planarconfig="separate")
    with pytest.raises(ImageError, match=message):
        open_photo(data, bands=bands)


def test_only_the_bands_that_are_shown_take_memory(monkeypatch):
    """A hyperspectral scene of a few megapixels is gigabytes; three bands of it aren't."""
    monkeypatch.setattr("samvit.photo.reading.MAX_BYTES", 4 * 33 * 45 * 2)
    bands = noise((60, *SHAPE), "u2")
    data = tiff(bands, photometric="minisblack", planarconfig="separate")

    assert pixels(data, bands=(60, 59, 58)).shape == (*SHAPE, 3)
    with pytest.raises(ImageError, match="photo must take at most 0.0 GB of memory, got .*: export a smaller picture"):
        open_photo(tiff(np.moveaxis(bands, 0, -1), photometric="minisblack", planarconfig="contig"))


# Depth.


@pytest.mark.parametrize("dtype", ["u2", "i2", "u4", "i4", "f2", "f4", "f8"])
@pytest.mark.parametrize("colour", [1, 3])
@pytest.mark.parametrize("layout", ["contig", "separate"])
def test_every_depth_is_read_as_the_array_it_was(dtype, colour, layout):
    values = noise((*SHAPE, colour), dtype, low=300, high=5000)
    stored = np.moveaxis(values, -1, 0) if layout == "separate" else values
    photometric = "rgb" if colour == 3 else "minisblack"
    data = tiff(
        stored if colour == 3 else values[:, :, 0],
        photometric=photometric,
        planarconfig=layout if colour == 3 else None,
    )

    assert np.array_equal(pixels(data), open_photo(values).pixels)


def test_planar_16_bit_rgb_is_not_scrambled():
    ramp = (np.arange(256, dtype="u2").reshape(16, 16) * 256) + 128
    planes = np.stack([ramp, ramp[::-1], ramp[:, ::-1]])

    expected = np.moveaxis(planes >> 8, 0, -1).astype(np.uint8)
    assert np.array_equal(pixels(tiff(planes, photometric="rgb", planarconfig="separate")), expected)


@pytest.mark.parametrize("bits", [1, 2, 4, 6])
def test_few_bits_use_the_whole_scale(bits):
    values = noise(SHAPE, high=2**bits - 0.01)
    expected = np.round(values * (255 / (2**bits - 1))).astype(np.uint8)

    assert np.array_equal(pixels(tiff(values, bitspersample=bits, photometric="minisblack"))[:, :, 0], expected)


@pytest.mark.parametrize("bits", [10, 12, 14])
def test_packed_bits_are_unpacked(bits):
    values = noise(SHAPE, "u2", high=2**bits - 0.01)
    data = tiff(values, bitspersample=bits, photometric="minisblack")

    assert np.array_equal(pixels(data)[:, :, 0], (values >> (bits - 8)).astype(np.uint8))
    assert said(data) == ["grey", f"{bits} bit, shown from 0 to {2**bits - 1:,}"]


@pytest.mark.parametrize("dtype", ["u1", "u2", "f4"])
def test_white_is_zero_is_turned_round(dtype):
    values = noise(SHAPE, dtype, low=300 if dtype == "f4" else 0, high=5000 if dtype == "f4" else None)
    black_is_zero = pixels(tiff(values, photometric="minisblack")).astype(int)

    assert np.array_equal(pixels(tiff(values, photometric="miniswhite")), 255 - black_is_zero)


def test_black_and_white_where_white_is_zero():
    values = noise(SHAPE, high=1.99).astype(bool)

    assert np.array_equal(pixels(tiff(values, photometric="miniswhite"))[:, :, 0] == 255, ~values)


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("big", [False, True], ids=["TIFF", "BigTIFF"])
@pytest.mark.parametrize("compression", [None, "zlib", "lzw", "zstd", "packbits", "lzma"])
@pytest.mark.parametrize("tile", [None, (16, 32)], ids=["strips", "tiles"])
def test_containers_and_compressions_change_nothing(byteorder, big, compression, tile):
    values = noise((*SHAPE, 3), "u2")
    predictor = compression in ("zlib", "lzw", "zstd")
    data = tiff(
        values,
        photometric="rgb",
        byteorder=byteorder,
        bigtiff=big,
        compression=compression,
        predictor=predictor,
        tile=tile,
    )

    assert np.array_equal(pixels(data), (values >> 8).astype(np.uint8))


@pytest.mark.parametrize("compression", ["webp", "png", "jpeg2000"])
def test_pictures_inside_a_tiff_are_read(compression):
    values = noise((*SHAPE, 3))

    assert np.array_equal(pixels(tiff(values, photometric="rgb", compression=compression)), values)


@pytest.mark.parametrize("photometric", ["rgb", "minisblack"])
def test_jpeg_inside_a_tiff_keeps_its_colours(photometric):
    ramp = np.tile(np.arange(64, dtype="u1") * 4, (32, 1))
    values = np.dstack([ramp, ramp[:, ::-1], np.full_like(ramp, 90)])
    data = tiff(
        values, photometric=photometric, planarconfig="contig", compression="jpeg", compressionargs={"level": 95}
    )

    assert abs(pixels(data).astype(int) - values).max() <= 12


@pytest.mark.parametrize(("compression", "mode"), [("group3", "1"), ("group4", "1"), ("jpeg", "RGB"), ("jpeg", "CMYK")])
def test_files_of_libtiff_are_read_as_pillow_does(compression, mode):
    image = Image.fromarray(noise((*SHAPE, 3))).convert(mode)
    data = pillow(image, "TIFF", compression=compression)

    expected = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    assert np.array_equal(pixels(data), expected)


# Nodata.


@pytest.mark.parametrize(
    ("dtype", "value"),
    [("f4", "-9999"), ("f4", "-3.4028234663852886e+38"), ("f8", "-1.7976931348623157e+308"), ("i2", "-32768"),
     ("u2", "65535"), ("u2", "0"), ("i4", "-2147483648"), ("f4", "1234,5"), ("f4", "nan")],
)  # fmt: skip
def test_what_the_file_names_as_nodata_takes_no_part_in_the_range(dtype, value):
    heights = noise(SHAPE, dtype, low=300, high=5000)
    whole = pixels(tiff(heights)).astype(int)
    heights[:9, :9] = float(value.replace(",", "."))
    data = tiff(heights, extratags=nodata(value))

    assert abs(pixels(data)[9:].astype(int) - whole[9:]).max() <= 2
    assert (pixels(data)[:9, :9] == 0).all()
    assert any(
        ("nodata" in sentence or "NaN" in sentence) and "5.5% of the values" in sentence for sentence in said(data)
    )


@pytest.mark.parametrize(("text", "expected"), [("7", 7), (None, 0)])
@pytest.mark.parametrize("planes", ["contig", "separate"])
def test_a_tile_that_the_file_leaves_out_is_nodata(planes, text, expected):
    """GDAL writes neither the pixels of such a tile nor its length."""
    values = noise((32, 32, 3))
    stored = np.moveaxis(values, -1, 0) if planes == "separate" else values
    tags = nodata(text) if text else []
    data = bytearray(tiff(stored, photometric="rgb", planarconfig=planes, tile=(16, 16), extratags=tags))
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
        lengths = file.pages[0].tags[325]
    size = {3: 2, 4: 4, 16: 8}[int(lengths.dtype)]
    for tile in range(0, lengths.count, 4):  # the first of each plane
        data[lengths.valueoffset + tile * size : lengths.valueoffset + (tile + 1) * size] = bytes(size)

    values[:16, :16] = expected
    assert np.array_equal(pixels(bytes(data)), values)


def test_nodata_in_colour_is_left_out_too():
    bands = noise((*SHAPE, 3), "u2", low=300, high=5000)
    whole = pixels(tiff(bands, photometric="rgb")).astype(int)
    bands[:9, :9] = 0
    data = tiff(bands, photometric="rgb", extratags=nodata("0"))

    assert abs(pixels(data)[9:].astype(int) - whole[9:]).max() <= 2


@pytest.mark.parametrize("value", ["-9999", "none", "1e400", "", "3.5"])
def test_a_nodata_that_no_value_can_have_changes_nothing(value):
    values = noise(SHAPE, "u2", low=300, high=5000)

    assert np.array_equal(pixels(tiff(values, extratags=nodata(value))), pixels(tiff(values)))


# Transparency.


@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_transparency_that_the_file_names_is_laid_on_white(dtype):
    top = np.iinfo(dtype).max
    values = np.array([[[top, 0, 0, top], [top, 0, 0, 0], [0, 0, 0, top // 2 + 1]]], dtype=dtype)
    data = tiff(values, photometric="rgb", extrasamples=["unassalpha"])

    assert pixels(data).tolist() == [[[255, 0, 0], [255, 255, 255], [127, 127, 127]]]
    assert "its transparent parts are shown white" in said(data)


def test_premultiplied_transparency_is_laid_on_white():
    values = np.array([[[128, 0, 0, 128], [0, 0, 0, 0], [10, 20, 30, 255]]], dtype="u1")
    data = tiff(values, photometric="rgb", extrasamples=["assocalpha"])

    assert pixels(data).tolist() == [[[255, 127, 127], [255, 255, 255], [10, 20, 30]]]


def test_an_alpha_after_other_bands_is_found():
    values = noise((*SHAPE, 5))
    values[:, :, 4] = 255
    values[0, 0, 4] = 0
    data = tiff(values, photometric="rgb", extrasamples=["unspecified", "unassalpha"])

    assert pixels(data)[0, 0].tolist() == [255, 255, 255]
    assert np.array_equal(pixels(data)[1:], values[1:, :, :3])


def test_grey_with_transparency():
    values = np.array([[[0, 255], [0, 0]]], dtype="u1")
    data = tiff(values, photometric="minisblack", planarconfig="contig", extrasamples=["unassalpha"])

    assert pixels(data).tolist() == [[[0, 0, 0], [255, 255, 255]]]


def test_hidden_pixels_take_no_part_in_the_range():
    values = np.dstack([noise(SHAPE, "u2", low=300, high=5000)] * 3 + [np.full(SHAPE, 65535, "u2")])
    whole = pixels(tiff(values, photometric="rgb", extrasamples=["unassalpha"])).astype(int)
    values[:9, :9] = 65535, 65535, 65535, 0
    data = tiff(values, photometric="rgb", extrasamples=["unassalpha"])

    assert abs(pixels(data)[9:].astype(int) - whole[9:]).max() <= 2


# Colour.


def test_a_palette_becomes_its_colours():
    table = noise((3, 256), "u2")
    indexes = noise(SHAPE)

    expected = (table >> 8).astype(np.uint8).T[indexes]
    assert np.array_equal(pixels(tiff(indexes, photometric="palette", colormap=table)), expected)


def test_a_palette_with_transparency_is_laid_on_white():
    """Written as grey with alpha; then its PhotometricInterpretation is set to palette."""
    table, values = noise((3, 256), "u2"), noise((*SHAPE, 2))
    values[:, :, 1] = np.where(values[:, :, 1] > 99, 255, 0)
    tags = [(320, 3, 768, tuple(table.ravel().tolist()), True)]
    data = bytearray(
        tiff(values, photometric="minisblack", planarconfig="contig", extrasamples=["unassalpha"], extratags=tags)
    )
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
        data[file.pages[0].tags[262].valueoffset] = 3

    colours = (table >> 8).astype(np.uint8).T[values[:, :, 0]]
    assert np.array_equal(pixels(bytes(data)), np.where(values[:, :, 1:] > 0, colours, 255))


def lab_of_srgb(image: Image.Image) -> Image.Image:
    return ImageCms.profileToProfile(
        image, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )


@pytest.mark.parametrize("kind", ["Pillow", "CIELAB 16 bit", "ICCLAB"])
def test_cielab_becomes_its_colours(kind):
    image = Image.fromarray(np.tile(np.array([[200, 30, 40], [20, 90, 200], [128, 128, 128]], "u1"), (20, 5, 1)))
    lab = lab_of_srgb(image)
    lightness, a, b = (np.asarray(lab.getchannel(band)) for band in range(3))  # Pillow keeps a* and b* from 0
    if kind == "Pillow":
        data = pillow(lab, "TIFF")
    elif kind == "ICCLAB":
        data = tiff(np.dstack([lightness, a, b]), photometric="icclab", planarconfig="contig")
    else:
        signed = [(plane.astype(int) - 128).astype("i1").astype("i2") << 8 for plane in (a, b)]
        data = tiff(np.dstack([lightness.astype("u2") * 257, *(plane.view("u2") for plane in signed)]),
                    photometric="cielab", planarconfig="contig")  # fmt: skip

    assert np.array_equal(pixels(data), np.asarray(lab.convert("RGB")))
    assert abs(pixels(data).astype(int) - np.asarray(image)).max() <= 12  # 8 bits of a* and b* are coarse in blue


@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_cmyk_of_8_and_16_bits_becomes_rgb(dtype):
    top = np.iinfo(dtype).max
    inks = np.full((*SHAPE, 4), (0, top, top, 0), dtype=dtype)
    data = tiff(inks, photometric="separated", planarconfig="contig")

    assert abs(pixels(data).astype(int) - (255, 0, 0)).max() <= 2
    assert said(data)[0].startswith("CMYK, made RGB without a colour profile")


def test_ycbcr_without_jpeg_becomes_rgb():
    image = Image.fromarray(noise((*SHAPE, 3)))
    data = pillow(image.convert("YCbCr"), "TIFF", compression="tiff_lzw")

    assert abs(pixels(data).astype(int) - np.asarray(image)).max() <= 3


# What can't be read is named.


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            lambda: tiff(noise((*SHAPE, 3)), photometric="rgb", compression="jpegxl"),
            "compressed as JPEGXL: save it with",
        ),
        (lambda: with_tag(258, 3, 20), "a TIFF of 20 bits in sample format 3: export it as 8 or 16 bit"),
        (lambda: with_tag(259, 34676), "a TIFF compressed as SGILOG: save it with LZW, Deflate or uncompressed"),
        (lambda: with_tag(262, 32845), "a TIFF in LOGLUV that can't be read: save it as RGB"),
        (lambda: with_tag(262, 10), "a TIFF in ITULAB that can't be read: save it as RGB"),
    ],
    ids=["JPEG XL", "20-bit floats", "SGILog", "LogLuv", "ITULAB"],
)
def test_a_tiff_that_cant_be_read_is_called_what_it_is(data, message):
    with pytest.raises(ImageError) as error:
        open_photo(data())

    assert message in str(error.value)
    assert "damaged" not in str(error.value)


def with_tag(tag: int, value: int, second: int | None = None) -> bytes:
    """A grey float TIFF with a tag's value changed; `second` (bits) is set in BitsPerSample too."""
    data = bytearray(tiff(noise(SHAPE, "f4", high=1)))
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
        offsets = {tag: file.pages[0].tags[tag].valueoffset for tag in (258, 259, 262)}
    data[offsets[tag] : offsets[tag] + 2] = (value if second is None else second).to_bytes(2, "little")
    return bytes(data)


def test_a_tiff_whose_end_is_missing_is_damaged():
    for compression in (None, "zlib", "lzw", "jpeg"):
        data = tiff(noise((*SHAPE, 3)), photometric="rgb", compression=compression)
        with pytest.raises(ImageError, match="a TIFF that is truncated or damaged"):
            open_photo(data[:-200])


@pytest.mark.parametrize(("rows", "cols"), [(8000, 8001), (1, 64_000_001), (2**31, 2**31)])
def test_too_many_pixels_are_refused_before_any_is_read(rows, cols):
    """The file holds one pixel: had it been decoded, the sentence would speak of damage."""
    data = bytearray(tiff(noise((1, 1)), bigtiff=True))
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
        places = [file.pages[0].tags[tag].valueoffset for tag in (257, 256)]
    for place, side in zip(places, (rows, cols), strict=True):
        data[place - 8 - 2 : place] = (4).to_bytes(2, "little") + (1).to_bytes(8, "little")
        data[place : place + 4] = side.to_bytes(4, "little")
    with pytest.raises(ImageError) as error:
        open_photo(bytes(data))

    assert str(error.value) == (
        f"photo must have at most 64,000,000 pixels, got {cols}×{rows} = {rows * cols:,} (columns × rows)"
    )
