"""Files made to harm whoever opens them, small on disk."""

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
import tifffile
from PIL import Image
from pydicom.uid import DeflatedExplicitVRLittleEndian, JPEGLosslessSV1

from tests.samvit.photo.files import dicom, noise, pillow, png, tiff

PNG_START = b"\x89PNG\r\n\x1a\n"
GREY, RGB = noise((8, 8)), noise((16, 16, 3))
IMAGE = Image.fromarray(RGB)


def chunk(kind: bytes, data: bytes, length: int | None = None) -> bytes:
    """One chunk of a PNG; its length may be a lie."""
    stated = len(data) if length is None else length
    return struct.pack(">I", stated) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(cols: int, rows: int, pixels: bytes, bits: int = 8, colour: int = 2, *more: bytes) -> bytes:
    """A PNG that states any size over any packed pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", cols, rows, bits, colour, 0, 0, 0))
    return PNG_START + header + b"".join(more) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def zeros(count: int) -> bytes:
    """So many zeros, packed a thousandfold."""
    packer = zlib.compressobj(9)
    return b"".join([*(packer.compress(bytes(10**6)) for _ in range(count // 10**6)), packer.flush()])


def tiff_tags(*tags: tuple[int, int, int, int], following: int = 0, order: str = "<") -> bytes:
    """A TIFF of one header, each tag as number, type, count and value; where the next header is said to lie."""
    start = b"II*\0" if order == "<" else b"MM\0*"
    body = b"".join(struct.pack(f"{order}HHII", *tag) for tag in tags)
    return start + struct.pack(f"{order}IH", 8, len(tags)) + body + struct.pack(f"{order}I", following) + bytes(64)


def sized_tiff(cols: int, rows: int, samples: int = 1, bits: int = 8, **more: int) -> bytes:
    """A TIFF that states a size; its pixels are a few zeros."""
    tags = {256: cols, 257: rows, 258: bits, 259: 1, 262: 1, 273: 100, 277: samples, 278: rows, 279: 64}
    tags |= {int(name[1:]): value for name, value in more.items()}
    return tiff_tags(*((number, 4, 1, value) for number, value in sorted(tags.items())))


def chain(count: int, circle: bool = False) -> bytes:
    """A TIFF of many headers, one behind the other; or the last of them leads back to the first."""
    header = sized_tiff(4, 4)[8:-68]
    size = len(header) + 4
    follow = [8 + size * (index + 1) for index in range(count)]
    follow[-1] = 8 if circle else 0
    return b"II*\0" + struct.pack("<I", 8) + b"".join(header + struct.pack("<I", at) for at in follow) + bytes(200)


def gif_of(cols: int, rows: int, frames: int) -> bytes:
    """A GIF that states any size, with frames of one pixel."""
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    screen = struct.pack("<HHBBB", cols, rows, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    return b"GIF89a" + screen + frame * frames + b"\x3b"


def jpeg_sized(cols: int, rows: int, progressive: bool = False) -> bytes:
    """A JPEG whose frame states another size."""
    data = bytearray(pillow(IMAGE, "JPEG", progressive=progressive))
    at = data.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", rows, cols)
    return bytes(data)


def jpeg_scans(cols: int, rows: int, scans: int) -> bytes:
    """A progressive JPEG that says its last scan again and again."""
    data = pillow(Image.new("L", (cols, rows)), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * scans + b"\xff\xd9"


def webp_sized(cols: int, rows: int) -> bytes:
    """A WebP whose canvas states another size."""
    canvas = b"\x02\0\0\0" + (cols - 1).to_bytes(3, "little") + (rows - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + canvas + b"ANIM" + struct.pack("<IIH", 6, 0, 0)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def packed_tiff(rows: int, cols: int, compression: str) -> bytes:
    """A TIFF of zeros, packed a thousandfold."""
    stream = io.BytesIO()
    tifffile.imwrite(stream, np.zeros((rows, cols), "u1"), compression=compression, photometric="minisblack")
    return stream.getvalue()


def text_png(kind: bytes, size: int) -> bytes:
    """A PNG with a text that unpacks to a great one."""
    packed = zlib.compress(b"x" * size, 9)
    text = b"k\0\0" + packed if kind == b"zTXt" else b"k\0\1\0\0\0" + packed
    return png_of(1, 1, zlib.compress(b"\0\1\2\3"), 8, 2, chunk(kind, text))


FILES: dict[str, Callable[[], bytes]] = {
    "PNG of 4 billion squared": lambda: png_of(2**32 - 1, 2**32 - 1, b""),
    "PNG of 100,000 squared": lambda: png_of(100_000, 100_000, zlib.compress(b"\0")),
    "PNG as wide as 64 million": lambda: png_of(64_000_000, 1, zlib.compress(b"\0")),
    "PNG of no rows": lambda: png_of(8, 0, zlib.compress(b"\0")),
    "PNG that unpacks to 300 MB": lambda: png_of(64, 64, zeros(300 * 10**6)),
    "PNG of 60 megapixels in 180 kB": lambda: png_of(10_000, 6_000, zeros(181 * 10**6)),
    "PNG of 16 bit, 60 megapixels": lambda: png_of(10_000, 6_000, zeros(1 * 10**6), 16),
    "PNG of 16 bit, too large": lambda: png_of(60_000, 60_000, zlib.compress(b"\0"), 16),
    "PNG whose chunk states 2 GB": lambda: PNG_START + chunk(b"IHDR", bytes(13), 2**31 - 1),
    "PNG of unknown depth": lambda: png_of(8, 8, zlib.compress(bytes(200)), 7),
    "PNG of unknown colour": lambda: png_of(8, 8, zlib.compress(bytes(200)), 8, 5),
    "PNG with a palette missing": lambda: png_of(8, 8, zlib.compress(bytes(72)), 8, 3),
    "PNG with a text of 100 MB": lambda: text_png(b"zTXt", 10**8),
    "PNG with an international text of 100 MB": lambda: text_png(b"iTXt", 10**8),
    "PNG of 20,000 chunks": lambda: png_of(8, 8, zlib.compress(bytes(200)), 8, 2, chunk(b"tEXt", b"a\0b") * 20_000),
    "PNG with a profile that unpacks to 100 MB": lambda: png_of(
        8, 8, zlib.compress(bytes(200)), 8, 2, chunk(b"iCCP", b"p\0\0" + zeros(10**8))
    ),
    "APNG of 4 billion frames": lambda: png_of(
        8, 8, zlib.compress(bytes(200)), 8, 2, chunk(b"acTL", struct.pack(">II", 2**32 - 1, 0))
    ),
    "PNG cut in its header": lambda: png(8, 2, RGB)[:20],
    "PNG cut in its pixels": lambda: png(8, 2, RGB)[:-40],
    "GIF of 65,535 squared": lambda: gif_of(65_535, 65_535, 1),
    "GIF of 30,000 frames": lambda: gif_of(64, 64, 30_000),
    "GIF of 60 megapixels and 200 frames": lambda: gif_of(7_700, 7_700, 200),
    "GIF without an end": lambda: gif_of(8, 8, 1)[:-3],
    "JPEG of 65,500 squared": lambda: jpeg_sized(65_500, 65_500),
    "JPEG of 60 megapixels without their pixels": lambda: jpeg_sized(10_000, 6_000),
    "progressive JPEG of 60 megapixels without their pixels": lambda: jpeg_sized(10_000, 6_000, progressive=True),
    "progressive JPEG of 3,000 scans": lambda: jpeg_scans(2_000, 2_000, 3_000),
    "JPEG of no rows": lambda: jpeg_sized(8, 0),
    "JPEG of fill bytes": lambda: b"\xff\xd8" + b"\xff" * 10**6,
    "JPEG of 60,000 comments": lambda: b"\xff\xd8" + b"\xff\xfe\0\x04ab" * 60_000,
    "JPEG whose EXIF leads to itself": lambda: pillow(
        IMAGE, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0\x08\0\0\0"
    ),
    "WebP of 16,384 squared": lambda: webp_sized(16_384, 16_384),
    "WebP of 16 million squared": lambda: webp_sized(2**24, 2**24),
    "WebP without a picture": lambda: b"RIFF\xff\xff\xff\xffWEBPVP8 ",
    "TIFF of 4 billion squared": lambda: sized_tiff(2**32 - 1, 2**32 - 1),
    "TIFF of 60 megapixels without their pixels": lambda: sized_tiff(10_000, 6_000),
    "TIFF of 65,535 samples a pixel": lambda: sized_tiff(1_000, 1_000, samples=65_535),
    "TIFF of 65,535 bits": lambda: sized_tiff(8, 8, bits=65_535),
    "TIFF of one row a strip, 60 million strips": lambda: sized_tiff(1, 60_000_000, _278=1),
    "TIFF of strips of no rows": lambda: sized_tiff(8, 8, _278=0),
    "TIFF whose pixels lie beyond its end": lambda: sized_tiff(8, 8, _273=2**31),
    "TIFF of tiles of 4 billion": lambda: sized_tiff(8, 8, _322=2**31, _323=2**31, _324=100, _325=64),
    "TIFF of 60,000 headers": lambda: chain(60_000),
    "TIFF whose headers go in a circle": lambda: chain(3, circle=True),
    "TIFF whose header follows itself": lambda: tiff_tags((256, 4, 1, 8), following=8),
    "TIFF with a tag of 4 billion values": lambda: tiff_tags((256, 4, 2**32 - 1, 8), (257, 4, 1, 8)),
    "TIFF whose sub-headers lead back": lambda: sized_tiff(8, 8, _330=8),
    "TIFF of no tags": lambda: tiff_tags(),
    "TIFF of the other byte order, cut": lambda: tiff_tags((256, 4, 1, 8), order=">")[:20],
    "BigTIFF of 2⁶⁴ tags": lambda: b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 2**64 - 1),
    "TIFF of 60 megapixels in 60 kB": lambda: packed_tiff(6_000, 10_000, "zlib"),
    "TIFF of 100 megapixels in 100 kB": lambda: packed_tiff(10_000, 10_000, "zlib"),
    "TIFF whose LZW is nonsense": lambda: tiff(RGB, photometric="rgb", compression="lzw")[:300] + b"\xff" * 900,
    "ImageJ TIFF of 4 billion slices": lambda: tiff(GREY, description="ImageJ=1.53\nimages=4294967295\n"),
    "BMP of 2 billion squared": lambda: b"BM" + bytes(12) + struct.pack("<IiiHHI", 40, 2**31 - 1, 2**31 - 1, 1, 24, 0),
    "BMP of negative columns": lambda: b"BM" + bytes(12) + struct.pack("<IiiHHI", 40, -8, -8, 1, 24, 0) + bytes(99),
    "PPM of a huge size": lambda: b"P6 999999999 999999999 255\n",
    "PPM of a size of 5,000 digits": lambda: b"P6 " + b"9" * 5_000 + b" 1 255\n",
    "JPEG 2000 of 4 billion squared": lambda: (
        b"\xff\x4f\xff\x51" + struct.pack(">HHIIIIIIIIHBBB", 41, 0, 2**32 - 1, 2**32 - 1, 0, 0, 1, 1, 0, 0, 1, 15, 1, 1)
    ),
    "AVIF that is a header alone": lambda: b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miaf" + bytes(40),
    "DICOM of 65,535 squared": lambda: dicom(GREY, Rows=65_535, Columns=65_535),
    "DICOM of 60 megapixels without their pixels": lambda: dicom(GREY, Rows=6_000, Columns=10_000),
    "DICOM of 2 billion frames": lambda: dicom(GREY, NumberOfFrames=2**31 - 1),
    "DICOM of 65,535 samples a pixel": lambda: dicom(GREY, SamplesPerPixel=65_535),
    "DICOM whose JPEG is larger than it says": lambda: dicom(GREY, JPEGLosslessSV1, jpeg_sized(65_500, 65_500)),
    "DICOM of 60 megapixels whose JPEG has none": lambda: dicom(
        GREY, JPEGLosslessSV1, jpeg_sized(10_000, 6_000), Rows=6_000, Columns=10_000, SamplesPerPixel=3
    ),
    "DICOM of 20,000 sequences in one another": lambda: dicom(GREY) + b"\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff" * 20_000,
    "DICOM that unpacks to 300 MB": lambda: dicom(GREY, DeflatedExplicitVRLittleEndian)[:400] + zeros(300 * 10**6),
    "DICOM that is a header alone": lambda: bytes(128) + b"DICM",
    "zip bomb": lambda: b"PK\x03\x04" + bytes(100),
    "gzip bomb": lambda: b"\x1f\x8b\x08" + bytes(7) + zeros(10**7),
    "nothing": lambda: b"",
    "only zeros": lambda: bytes(10**6),
    "SVG that includes a file": lambda: (
        b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
    ),
    "PostScript that would run": lambda: b"%!PS\n(/etc/passwd) (r) file\n",
}
