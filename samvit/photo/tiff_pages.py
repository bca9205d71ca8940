"""Which pages of a TIFF are photos: thumbnails, masks and camera raws aren't, and one header may stand for many."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

from tifffile import PHOTOMETRIC, TiffFile, TiffPage

from samvit.config import COLOURS
from samvit.errors import ImageError, phrase
from samvit.photo.reading import DECODER_ERRORS, FORMATS

# A file may claim endless pages; nobody chooses among more than these.
MAX_PAGES = 4096
REDUCED, DOCUMENT, MASK = 1, 2, 4  # bits of NewSubfileType
NEW_SUBFILE_TYPE, MAKE, DNG_VERSION = 254, 271, 50706
# Sony ARW, packed raw, Samsung SRW, Nikon NEF, Pentax PEF.
RAW_COMPRESSIONS = (32767, 32769, 32770, 34713, 65535)
RAW_PAGES = 8  # a camera writes no more
RAW_COLOURS = (PHOTOMETRIC.CFA, PHOTOMETRIC.LINEAR_RAW)


@dataclass(frozen=True, eq=False)
class Page:
    """One picture of a TIFF.

    Args:
        header: Its tags; several pages may share them.
        shift: How many bytes behind the header's own pixels this page's lie (ImageJ's large stacks).
        depth: Which slice of a volume.
    """

    header: TiffPage
    shift: int = 0
    depth: int = 0

    @property
    def is_grey(self) -> bool:
        """Whether it is one band of plain grey."""
        return self.header.samplesperpixel == 1 and self.header.photometric in (
            PHOTOMETRIC.MINISBLACK,
            PHOTOMETRIC.MINISWHITE,
        )


def headers(file: TiffFile) -> Iterator[TiffPage]:
    """The headers of a file's chain, up to the first damaged one; the first must be whole.

    Asked for one by one: their number can't be told without walking a chain that may never end.
    """
    seen: set[int] = set()
    for index in range(MAX_PAGES):
        try:
            header = file.pages[index]
        except DECODER_ERRORS:
            if index == 0:
                raise
            return
        if not isinstance(header, TiffPage) or header.offset in seen:
            return
        seen.add(header.offset)
        yield header


def photo_pages(file: TiffFile, found: Sequence[TiffPage]) -> list[Page]:
    """The pages a person can choose from; thumbnails, overviews and masks only where there is nothing else."""
    photos = [header for header in found if not subfile_type(header) & (REDUCED | MASK)] or list(found)
    if len(photos) == 1:
        return pages_of_one_header(file, photos[0])
    return [Page(header) for header in photos]


def subfile_type(header: TiffPage) -> int:
    """NewSubfileType, 0 where it is missing or nonsense."""
    value = header.tags.valueof(NEW_SUBFILE_TYPE, 0)
    return value if isinstance(value, int) else 0


def pages_of_one_header(file: TiffFile, header: TiffPage) -> list[Page]:
    """One page; several where it is a volume, or where pages without headers follow (ImageJ and tifffile write so)."""
    if header.imagedepth > 1:
        return [Page(header, depth=depth) for depth in range(min(header.imagedepth, MAX_PAGES))]
    count = 1
    if file.is_imagej:
        count = int((file.imagej_metadata or {}).get("images", 1))
    elif file.is_shaped and (shaped := file.shaped_metadata):
        count = prod(shaped[0].get("shape", ())) // max(1, prod(header.shape))
    size = header.nbytes
    if count < 2 or header.compression != 1 or not header.is_contiguous or not size:
        return [Page(header)]
    room = (file.filehandle.size - header.dataoffsets[0]) // size
    return [Page(header, shift=index * size) for index in range(max(1, min(count, room, MAX_PAGES)))]


def channel_pages(file: TiffFile, pages: Sequence[Page], count: int = COLOURS) -> tuple[int, ...] | None:
    """The grey pages, so many of them and counted from 1, that are channels of one picture; None if nothing says so.

    That many grey pages alone are taken for channels, unless the file says that they are slices, moments or a
    document's pages, or they have less than 8 bits, as faxes and masks do.
    """
    if len(pages) < count or not alike(pages[:count]) or pages[0].header.bitspersample < 8:
        return None
    if any(subfile_type(page.header) & DOCUMENT for page in pages[:count]):
        return None
    numbers = tuple(range(1, count + 1))
    if file.is_imagej:
        axes = file.imagej_metadata or {}
        named = [int(axes.get(name, 1)) for name in ("channels", "slices", "frames")]
        if max(named) > 1:
            return numbers if named[0] == count else None
    if re.search(r'SizeC="1"', pages[0].header.description):  # OME-XML
        return None
    return numbers if len(pages) == count else None


def alike(pages: Sequence[Page]) -> bool:
    """Whether pages are grey, of one size and one depth."""
    kinds = {(page.header.imagelength, page.header.imagewidth, page.header.dtype) for page in pages}
    return all(page.is_grey for page in pages) and len(kinds) == 1


def refuse_camera_raw(found: Sequence[TiffPage]) -> None:
    """Raise ImageError for a camera's sensor values, which only look like a TIFF; Pillow shows their thumbnail."""
    for header in found[:RAW_PAGES]:
        first = found[0]
        if DNG_VERSION in header.tags or any(is_raw(candidate) for candidate in (header, *sub_headers(header))):
            make = str(header.tags.valueof(MAKE, "") or first.tags.valueof(MAKE, "")).strip()
            named = {"make": make} if make else {}
            size = {} if is_raw(first) else {"cols": first.imagewidth, "rows": first.imagelength}
            kind = f"kind.raw{'' if named else '_unnamed'}{'_thumbnail' if size else ''}"
            raise ImageError("photo.format", formats=", ".join(FORMATS), kind=phrase(kind, **named, **size))


def is_raw(header: TiffPage) -> bool:
    """Whether a header describes sensor values."""
    return header.photometric in RAW_COLOURS or header.compression in RAW_COMPRESSIONS


def sub_headers(header: TiffPage) -> list[TiffPage]:
    """The first few headers below one (previews, overviews, sensor values); a damaged one hides no photo."""
    found: list[TiffPage] = []
    for index in range(min(len(header.subifds or ()), 8)):
        try:
            below = header.pages[index] if header.pages is not None else None
        except DECODER_ERRORS:
            continue
        if isinstance(below, TiffPage):
            found.append(below)
    return found
