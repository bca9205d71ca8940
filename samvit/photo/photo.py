"""Opening a photo: a file of any kind, a Pillow picture or an array becomes RGB, with word of how it was read."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import cast

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from samvit.config import COLOURS
from samvit.errors import ImageError
from samvit.photo.deep_files import DEEP_READERS
from samvit.photo.dicom import can_read, is_dicom, read_dicom
from samvit.photo.fact import Fact, fact
from samvit.photo.other_files import BEGINNING_BYTES, kind_of_camera_raw, kind_of_file
from samvit.photo.pillow import bands_fact, read_image, read_with_pillow
from samvit.photo.png import BEGINNING as PNG_BEGINNING
from samvit.photo.png import needed_chunks, read_deep_png
from samvit.photo.reading import FORMATS, Reading, Stream, check_bytes, check_page, check_pixels, choose_bands
from samvit.photo.samples import Samples, as_rgb, darkness, samples_to_rgb, samples_to_uint8
from samvit.photo.tiff import BEGINNINGS as TIFF_BEGINNINGS
from samvit.photo.tiff import read_tiff

Source = str | Path | bytes | bytearray | memoryview | Stream | Image.Image | np.ndarray
# tifffile reads these, and Pillow must not: it takes them for something else.
OTHER_FORMATS = tuple(name for name in FORMATS if name != "TIFF")


@dataclass(frozen=True, eq=False)
class Photo:
    """A photo as RGB, and how it was read.

    Args:
        image: RGB, upright, transparency laid on white.
        facts: What a person should know of the reading; `str` of each is English.
        format: The file's format as Pillow names it; "array" or "picture" for what came from memory.
        pages: How many pages or frames there are to choose from.
        bands: How many bands there are to choose from.
        planes: What an encoder of other than three channels takes; None for an encoder of three.
    """

    image: Image.Image
    facts: tuple[Fact, ...] = ()
    format: str = "picture"
    pages: int = 1
    bands: int = 3
    planes: UInt8[np.ndarray, "rows cols channels"] | None = None

    @property
    def pixels(self) -> UInt8[np.ndarray, "rows cols 3"]:
        """The photo as an array, read-only."""
        pixels = np.asarray(self.image)
        pixels.flags.writeable = False
        return pixels

    def channels(self, count: int) -> UInt8[np.ndarray, "rows cols channels"]:
        """What an encoder of `count` channels takes of it; ImageError if it wasn't opened for so many."""
        if count == COLOURS:
            return self.pixels
        if self.planes is not None and self.planes.shape[2] == count:
            return self.planes
        if count == 1:
            return grey_plane(self.image)
        raise ImageError("photo.opened_for", channels=count)

    def __repr__(self) -> str:
        """Size and facts in one line."""
        said = "".join(f", {one}" for one in self.facts)
        return f"<Photo {self.format} {self.image.width}×{self.image.height}{said}>"


def grey_plane(image: Image.Image) -> UInt8[np.ndarray, "rows cols 1"]:
    """The brightness of an RGB picture (ITU-R 601's weights of red, green and blue); a grey one's own values."""
    return np.asarray(image.convert("L"))[:, :, None]


def open_photo(
    source: Source,
    *,
    page: int | Sequence[int] | None = None,
    bands: Sequence[int] | None = None,
    channels: int = COLOURS,
) -> Photo:
    """Open a photo as RGB, turned upright by its EXIF orientation.

    Transparency is laid on white. Values deeper than 8 bits are shown by one rule (`samvit.photo.shown_range`). Of
    what has more than three bands, the first three are shown; of pages and frames, the first; three grey pages of one
    file are taken for red, green and blue. `Photo.facts` says so.

    An encoder of one channel takes the picture's brightness. One of two, four or more takes as many bands, the first
    ones unless others are chosen; transparency then counts for nothing, or as a band where a TIFF holds it as one.

    Args:
        source: A file's path or its bytes; a seekable binary stream, which stays open; a Pillow picture; an array, rows
            × cols or rows × cols × bands.
        page: Which page or frame, counted from 1; three grey pages of a TIFF for red, green and blue.
        bands: Which band, counted from 1, to show as grey, or which three as red, green and blue.
        channels: How many channels the encoder takes. Pages and bands are as many where it isn't one or three.

    Raises:
        ImageError: If it can't be read: the sentence says what was expected and what came.
    """
    if channels not in (1, COLOURS):
        return open_bands(source, page, bands, channels)
    if bands is not None and len(bands) not in (1, COLOURS):
        raise ImageError("photo.band_count", count=len(bands))
    reading = read(source, page, bands, channels)
    if isinstance(reading.picture, Samples):
        image, facts = samples_to_rgb(reading.picture)
    else:
        image, facts = reading.picture, ()
    facts = reading.facts + facts
    if channels == 1 and not any(one.key in ("grey", "band") for one in facts):
        image = image.convert("L").convert("RGB")  # what is shown is what the encoder gets
        facts += (fact("to_grey"),)
    if not any(one.key == "flat" for one in facts):
        facts += darkness(image)
    planes = grey_plane(image) if channels == 1 else None
    return Photo(image, facts, reading.format, reading.pages, reading.bands, planes)


def open_bands(source: Source, page: int | Sequence[int] | None, bands: Sequence[int] | None, channels: int) -> Photo:
    """A photo for an encoder that takes other than one or three channels: so many bands, or grey pages, of a file."""
    if bands is not None and len(bands) != channels:
        raise ImageError("photo.channel_bands", channels=channels, count=len(bands))
    together = isinstance(page, Sequence)
    wanted = None if together else tuple(range(1, channels + 1)) if bands is None else bands
    try:
        reading = read(source, page, wanted, channels)
    except ImageError as error:
        if bands is not None or error.phrase.key != "photo.band":
            raise
        raise ImageError("photo.channels", channels=channels, bands=dict(error.phrase.values)["bands"]) from None
    assert isinstance(reading.picture, Samples)  # every reader hands back the bands that are asked for
    planes, facts = samples_to_uint8(reading.picture)
    planes.flags.writeable = False
    image = Image.fromarray(np.ascontiguousarray(as_rgb(planes)))
    return Photo(image, reading.facts + facts, reading.format, reading.pages, reading.bands, planes)


def read(source: Source, page: int | Sequence[int] | None, bands: Sequence[int] | None, channels: int) -> Reading:
    """A picture, by the reader that its kind asks for."""
    if isinstance(source, np.ndarray):
        return only_page(read_array(source, bands), single(page))
    if isinstance(source, Image.Image):
        return read_image(source, single(page), bands)
    with ExitStack() as stack:
        return read_file(opened(source, stack), page, bands, channels)


def read_photo(
    source: Source, *, page: int | Sequence[int] | None = None, bands: Sequence[int] | None = None
) -> Image.Image:
    """The picture alone that `open_photo` returns, RGB and upright; arguments and errors are the same."""
    return open_photo(source, page=page, bands=bands).image


def opened(source: object, stack: ExitStack) -> Stream:
    """A stream over a file, closed with `stack` if it was opened here; ImageError names the file, never the folder."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        return BytesIO(source)
    if not isinstance(source, (str, Path)):
        return checked_stream(source)
    path = Path(source)
    try:
        return stack.enter_context(path.open("rb"))
    except FileNotFoundError:
        raise ImageError("photo.missing", name=path.name) from None
    except IsADirectoryError:
        raise ImageError("photo.folder", name=path.name) from None
    except (OSError, ValueError):
        raise ImageError("photo.unreadable", name=path.name) from None


def checked_stream(source: object) -> Stream:
    """A stream that was passed in; ImageError if it is something else, or can't be read from its start."""
    if not hasattr(source, "read"):
        raise ImageError("photo.source", got=type(source).__name__)
    stream = cast(Stream, source)
    try:
        stream.seek(0)
        binary = isinstance(stream.read(0), bytes)
    except (OSError, ValueError, AttributeError):
        raise ImageError("photo.seek") from None
    if not binary:
        raise ImageError("photo.text_stream")
    return stream


def read_file(stream: Stream, page: int | Sequence[int] | None, bands: Sequence[int] | None, channels: int) -> Reading:
    """A file's picture, by the reader that its first bytes ask for."""
    stream.seek(0)
    start = stream.read(BEGINNING_BYTES)
    if is_dicom(start) and can_read():  # it may begin as a TIFF does, and be none
        return read_dicom(whole(stream), single(page), bands)
    is_tiff = start.startswith(TIFF_BEGINNINGS) and not is_dicom(start)
    if is_tiff and kind_of_camera_raw(start) is None:
        return read_tiff(stream, page, bands, channels)
    reading = None if is_tiff else read_other(stream, start, single(page), bands)
    if reading is None:
        raise ImageError("photo.format", formats=", ".join(FORMATS), kind=kind_of_file(start))
    return reading


def read_other(stream: Stream, start: bytes, page: int | None, bands: Sequence[int] | None) -> Reading | None:
    """A file's picture where it is no TIFF; None if it is of no known format."""
    if start.startswith(PNG_BEGINNING):
        data = needed_chunks(whole(stream))
        if (deep := read_deep_png(data, bands)) is not None:
            return only_page(deep, page)
        return read_with_pillow(BytesIO(data), OTHER_FORMATS, page, bands)
    for beginnings, reader in DEEP_READERS:
        if start.startswith(beginnings) and (deep := reader(whole(stream), bands)) is not None:
            return only_page(deep, page)
    return read_with_pillow(stream, OTHER_FORMATS, page, bands)


def whole(stream: Stream) -> bytes:
    """All of a file; ImageError if it is longer than any photo may take."""
    check_bytes(stream.seek(0, 2))
    stream.seek(0)
    return stream.read()


def single(page: int | Sequence[int] | None) -> int | None:
    """One page's number; ImageError if there are several, which only a TIFF's grey pages may be."""
    if not isinstance(page, Sequence):
        return page
    raise ImageError("photo.one_page", got=tuple(page))


def only_page(reading: Reading, page: int | None) -> Reading:
    """A reading of a file with one page; ImageError if another was asked for."""
    check_page(1 if page is None else page, 1)
    return reading


def read_array(array: np.ndarray, bands: Sequence[int] | None) -> Reading:
    """An array's picture: rows × cols or rows × cols × bands, of integers, floats, complex numbers or booleans."""
    if array.dtype.kind not in "buifc":
        raise ImageError("photo.array_kind", got=str(array.dtype))
    if array.ndim not in (2, 3) or not array.size:
        raise ImageError("photo.array_shape", got=array.shape)
    values = array[:, :, None] if array.ndim == 2 else array
    if values.shape[0] in (1, 3, 4) and values.shape[2] > 4:
        raise ImageError("photo.bands_first", got=array.shape)
    check_pixels(*values.shape[:2])
    chosen = choose_bands(values.shape[2], bands)
    bits = 1 if values.dtype.kind == "b" else 8 * values.dtype.itemsize
    said = () if values.shape[2] == 3 and bands is None else (bands_fact(chosen, values.shape[2]),)
    return Reading(Samples(values[:, :, list(chosen)], bits), said, "array", 1, values.shape[2])
