"""Pages: which one is shown is said, any can be chosen, and what is no photo isn't taken for one."""

import io

import numpy as np
import pytest
import tifffile

from samvit.errors import ImageError
from samvit.photo import open_photo
from samvit.photo.reading import is_between
from tests.samvit.photo.files import noise, pillow, tiff, tiff_pages

SHAPE = (33, 45)
GREY = {"photometric": "minisblack"}


def said(data: bytes, **options: object) -> list[str]:
    return [str(fact) for fact in open_photo(data, **options).facts]


def imagej(values: np.ndarray, axes: str, **metadata: object) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, values, imagej=True, metadata={"axes": axes, **metadata})
    return stream.getvalue()


def ome(values: np.ndarray, axes: str) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, values, ome=True, photometric="minisblack", metadata={"axes": axes})
    return stream.getvalue()


# Which page.


@pytest.mark.parametrize("count", [2, 4, 17])
def test_the_first_page_is_shown_and_said_and_any_can_be_chosen(count):
    stack = noise((count, *SHAPE))
    data = tiff_pages(*((page, GREY) for page in stack))

    assert np.array_equal(open_photo(data).pixels[:, :, 0], stack[0])
    assert said(data) == [f"page 1 of {count}", "grey"]
    assert np.array_equal(open_photo(data, page=count).pixels[:, :, 0], stack[-1])
    assert said(data, page=count) == [f"page {count} of {count}", "grey"]
    assert open_photo(data).pages == count


@pytest.mark.parametrize("page", [0, 5, -1])
def test_a_page_that_isnt_there_is_refused(page):
    with pytest.raises(ImageError, match=f"page must be in 1..4, got {page}"):
        open_photo(tiff_pages(*((page, GREY) for page in noise((4, *SHAPE)))), page=page)


def test_pages_of_colour_and_of_different_sizes_are_pages():
    data = tiff_pages((noise((20, 30, 3)), {"photometric": "rgb"}), (noise((10, 12)), GREY), (noise((8, 8)), GREY))

    assert said(data) == ["page 1 of 3"]
    assert open_photo(data, page=2).image.size == (12, 10)


def test_of_a_slide_too_large_the_largest_page_that_fits_is_named(monkeypatch):
    monkeypatch.setattr("samvit.photo.tiff.MAX_PIXELS", 1000)
    monkeypatch.setattr("samvit.photo.reading.MAX_PIXELS", 1000)
    rgb = {"photometric": "rgb"}
    data = tiff_pages((noise((40, 50, 3)), rgb), (noise((5, 6, 3)), rgb), (noise((20, 25, 3)), rgb))
    with pytest.raises(ImageError) as error:
        open_photo(data)

    assert str(error.value) == (
        "photo must have at most 1,000 pixels, got 50×40 = 2,000 (columns × rows); page 3 has 25×20"
    )


@pytest.mark.parametrize(
    ("number", "whole"),
    [(2, True), (np.int64(2), True), (np.uint8(9), False), (2.0, False), (True, False), ("2", False)],
)
def test_a_page_is_a_whole_number_and_numpys_are_too(number, whole):
    assert is_between(number, 1, 4) is whole


# Pages as channels.


@pytest.mark.parametrize("write", [
    lambda stack: tiff_pages(*((page, GREY) for page in stack)),
    lambda stack: pillow_stack(stack),
    lambda stack: imagej(stack, "CYX"),
    lambda stack: ome(stack, "CYX"),
], ids=["tifffile", "Pillow", "ImageJ", "OME"])  # fmt: skip
def test_three_grey_pages_are_taken_as_channels_and_that_is_said(write):
    stack = noise((3, *SHAPE))
    data = write(stack)

    assert np.array_equal(open_photo(data).pixels, np.moveaxis(stack, 0, -1))
    assert said(data) == ["pages 1, 2, 3 of 3 taken as red, green and blue"]
    assert np.array_equal(open_photo(data, page=2).pixels[:, :, 0], stack[1])


def pillow_stack(stack: np.ndarray) -> bytes:
    from PIL import Image

    first, *rest = [Image.fromarray(page) for page in stack]
    return pillow(first, "TIFF", save_all=True, append_images=rest)


@pytest.mark.parametrize("write", [
    lambda stack: imagej(stack, "ZYX"), lambda stack: imagej(stack, "TYX"), lambda stack: ome(stack, "ZYX")
], ids=["ImageJ slices", "ImageJ moments", "OME slices"])  # fmt: skip
def test_three_slices_or_moments_are_no_channels(write):
    assert said(write(noise((3, *SHAPE)))) == ["page 1 of 3", "grey"]


@pytest.mark.parametrize("options", [{"subfiletype": 2}, {"bitspersample": 1}, {"bitspersample": 4}])
def test_three_pages_of_a_document_or_of_few_bits_are_no_channels(options):
    pages = noise((3, *SHAPE), high=1.9)

    assert said(tiff_pages(*((page, {**GREY, **options}) for page in pages)))[0] == "page 1 of 3"


def test_the_channels_of_an_imagej_stack_are_its_first_three_pages():
    stack = noise((4, 3, *SHAPE))  # four slices of three channels

    data = imagej(stack, "ZCYX")
    assert np.array_equal(open_photo(data).pixels, np.moveaxis(stack[0], 0, -1))
    assert said(data) == ["pages 1, 2, 3 of 12 taken as red, green and blue"]


def test_any_three_pages_can_be_taken_as_channels():
    stack = noise((5, *SHAPE))
    data = tiff_pages(*((page, GREY) for page in stack))

    assert np.array_equal(open_photo(data, page=(5, 1, 3)).pixels, np.moveaxis(stack[[4, 0, 2]], 0, -1))


def test_deep_channels_have_a_range_each_since_dyes_share_no_scale():
    stack = np.stack([noise(SHAPE, "u2", 300, 500), noise(SHAPE, "u2", 3000, 9000), noise(SHAPE, "u2", 10, 20)])
    data = tiff_pages(*((page, GREY) for page in stack))

    assert open_photo(data).pixels.max(axis=(0, 1)).tolist() == [255, 255, 255]
    assert said(data)[3].startswith("page 3: 16 bit, shown from 10 to 1")


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ((1, 2), "pages must be one, or three: red, green and blue; got 2"),
        ((1, 2, 9), "page must be in 1..4, got 9"),
        ((1, 2, 4), "pages must be grey, of one size and one depth to be taken as red, green and blue"),
    ],
)
def test_pages_that_make_no_picture_together_are_refused(page, message):
    pages = [(one, GREY) for one in noise((3, *SHAPE))]
    with pytest.raises(ImageError, match=message):
        open_photo(tiff_pages(*pages, (noise((5, 5)), GREY)), page=page)


# Stacks with one header.


@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_an_imagej_stack_with_one_header_has_all_its_pages(dtype):
    """ImageJ writes stacks over 4 GB so: one header, and the other pages' pixels behind the first."""
    stack = noise((6, *SHAPE), dtype)
    stream = io.BytesIO()
    tifffile.imwrite(stream, stack, metadata={"axes": "ZYX"}, imagej=True, truncate=True)
    data = stream.getvalue()
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        assert len(file.pages) == 1

    assert open_photo(data).pages == 6
    expected = (stack >> (8 * (stack.itemsize - 1))).astype(np.uint8)
    assert np.array_equal(open_photo(data, page=6).pixels[:, :, 0], expected[5])


def test_a_volume_has_a_page_for_each_slice():
    volume = noise((16, 32, 48))
    data = tiff(volume, volumetric=True, photometric="minisblack", tile=(16, 16, 16))

    assert said(data, page=7) == ["page 7 of 16", "grey"]
    assert np.array_equal(open_photo(data, page=7).pixels[:, :, 0], volume[6])


# What is no photo.


def test_thumbnails_overviews_and_masks_are_no_pages():
    photo = noise((40, 50, 3))
    data = tiff_pages(
        (noise((4, 5, 3)), {"photometric": "rgb", "subfiletype": 1}),
        (photo, {"photometric": "rgb"}),
        (noise((20, 25, 3)), {"photometric": "rgb", "subfiletype": 1}),
        (noise((40, 50), high=1.9).astype(bool), {"photometric": "mask", "subfiletype": 4}),
    )

    assert np.array_equal(open_photo(data).pixels, photo)
    assert said(data) == []


def test_a_file_of_a_thumbnail_alone_shows_it():
    assert open_photo(tiff(noise((4, 5, 3)), photometric="rgb", subfiletype=1)).image.size == (5, 4)


def raw(main: dict[str, object], sensor: dict[str, object]) -> bytes:
    """A thumbnail with the sensor's values below it, as Nikon, Sony and Adobe write them."""
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        writer.write(noise((120, 160, 3)), photometric="rgb", subfiletype=1, subifds=1, metadata=None, **main)
        shape = (64, 96) if sensor["photometric"] == "cfa" else (64, 96, 3)
        writer.write(noise(shape, "u2", high=16383), metadata=None, **sensor)
    return stream.getvalue()


MAKE, DNG_VERSION = 271, 50706


@pytest.mark.parametrize(
    ("main", "sensor", "make"),
    [
        ({"extratags": [(MAKE, 2, 0, "NIKON", True)]}, {"photometric": "cfa"}, " (NIKON)"),
        ({}, {"photometric": "linear_raw"}, ""),
        ({"extratags": [(DNG_VERSION, 1, 4, b"\x01\x04\x00\x00", True)]}, {"photometric": "rgb"}, ""),
    ],
    ids=["colour filter", "linear", "DNG"],
)
def test_a_camera_raw_is_named_and_its_thumbnail_isnt_shown_for_it(main, sensor, make):
    with pytest.raises(ImageError) as error:
        open_photo(raw(main, sensor))

    assert str(error.value).endswith(f"got a camera raw{make}, whose thumbnail is 160×120: export it as TIFF or JPEG")


def test_a_camera_raw_whose_first_page_is_the_sensor_has_no_thumbnail():
    with pytest.raises(ImageError, match="got a camera raw: export it as TIFF or JPEG"):
        open_photo(tiff(noise(SHAPE, "u2"), photometric="cfa"))


# Orientation, and chains that lead nowhere.

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


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("kind", ["rgb 16 bit", "palette", "channels", "alpha"])
def test_the_orientation_tag_turns_every_kind_of_page(orientation, kind):
    tag = [(274, 3, 1, orientation, True)]
    if kind == "palette":
        values, table = noise(SHAPE), noise((3, 256), "u2")
        data = tiff(values, photometric="palette", colormap=table, extratags=tag)
        expected = (table >> 8).astype(np.uint8).T[values]
    elif kind == "channels":
        stack = noise((3, *SHAPE))
        data = tiff_pages(*((page, {**GREY, "extratags": tag}) for page in stack))
        expected = np.moveaxis(stack, 0, -1)
    elif kind == "alpha":
        values = np.dstack([noise((*SHAPE, 3)), np.where(noise(SHAPE) > 99, 255, 0).astype("u1")])
        data = tiff(values, photometric="rgb", extrasamples=["unassalpha"], extratags=tag)
        expected = np.where(values[:, :, 3:] > 0, values[:, :, :3], 255)
    else:
        values = noise((*SHAPE, 3), "u2")
        data = tiff(values, photometric="rgb", extratags=tag)
        expected = (values >> 8).astype(np.uint8)

    assert np.array_equal(open_photo(data).pixels, UPRIGHT[orientation](expected))


@pytest.mark.parametrize("loop", [0, 120])
def test_a_chain_of_pages_that_bites_its_tail_ends(loop):
    """tifffile looks for a loop among the first hundred pages only; beyond, it would walk for ever."""
    data = bytearray(tiff_pages(*((noise((2, 2)), GREY) for _ in range(150))))
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
        starts = [page.offset for page in file.pages]
    last = starts[-1]
    count = int.from_bytes(data[last : last + 2], "little")
    data[last + 2 + 12 * count : last + 6 + 12 * count] = starts[loop].to_bytes(4, "little")

    assert open_photo(bytes(data)).pages in (100, 150)
