"""Files that aren't read are called what they are, with what to do; "damaged" only where it is so."""

import gzip
import io
import struct
import zipfile

import numpy as np
import pytest
from PIL import Image

from samvit.errors import ImageError
from samvit.photo import open_photo
from tests.samvit.photo.files import noise, pillow, tiff


def refused(data: bytes) -> str:
    with pytest.raises(ImageError) as error:
        open_photo(data)
    return str(error.value)


def nifti(version: int, byteorder: str) -> bytes:
    if version == 1:
        return struct.pack(byteorder + "i", 348) + bytes(340) + b"n+1\0" + bytes(400)
    return struct.pack(byteorder + "i", 540) + b"n+2\0\r\n\x1a\n" + bytes(900)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzipped"])
@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("version", [1, 2])
def test_a_nifti_volume_is_named_with_what_to_do(version, byteorder, packed):
    data = nifti(version, byteorder)

    assert refused(gzip.compress(data, mtime=0) if packed else data).endswith(
        "got a NIfTI volume: export one slice as 16-bit PNG or TIFF"
    )


@pytest.mark.parametrize(
    ("start", "make"),
    [
        (b"II*\x00\x10\x00\x00\x00CR\x02\x00", "Canon CR2"),
        (b"FUJIFILMCCD-RAW 0201", "Fujifilm RAF"),
        (b"IIRO\x08\x00\x00\x00", "Olympus ORF"),
        (b"IIU\x00\x18\x00\x00\x00", "Panasonic RW2"),
        (b"FOVb\x00\x00\x02\x00", "Sigma X3F"),
        (b"\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01", "Canon CR3"),
    ],
)
def test_a_camera_raw_that_is_no_tiff_is_named(start, make):
    assert refused(start + bytes(500)).endswith(f"got a camera raw ({make}): export it as TIFF or JPEG")


def zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a", "b")
    return stream.getvalue()


def saved(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00" + bytes(60), "a HEIC photo (export it as JPEG)"),
        (b"\x00\x00\x00\x20ftypisom" + bytes(60), "a video (export one frame as PNG)"),
        (b"\xff\x0a" + bytes(60), "a JPEG XL picture (export it as JPEG or PNG)"),
        (b"8BPS\x00\x01" + bytes(60), "a Photoshop document (export it as PNG or TIFF)"),
        (b"\x76\x2f\x31\x01\x02" + bytes(60), "an OpenEXR picture (export it as TIFF)"),
        (b"SIMPLE  =                    T", "a FITS file (export the picture as TIFF)"),
        (b"\x89HDF\r\n\x1a\n" + bytes(60), "an HDF5 file (export the picture as TIFF)"),
        (saved(np.zeros(3)), "a NumPy array (save it as TIFF or PNG, or open it from Python)"),
        (zipped(), "a zip archive"),
        (gzip.compress(b"anything", mtime=0), "a gzip archive (unpack it first)"),
        (b"name,value\ncat,1\n", "a text file"),
        ("Grüße".encode(), "a text file"),
        (b"", "an empty file"),
        (bytes(500), "another kind of file, or a damaged one"),
    ],
)
def test_other_files_are_called_what_they_are(data, kind):
    assert refused(data) == f"photo must be one of JPEG, PNG, WEBP, AVIF, GIF, TIFF, BMP, PPM, JPEG2000, got {kind}"


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "GIF", "TIFF", "WEBP", "AVIF", "BMP", "JPEG2000"])
def test_a_photo_of_which_only_the_beginning_is_left_is_called_damaged(file_format):
    data = pillow(Image.fromarray(noise((20, 20, 3))), file_format)

    assert refused(data[:12]).endswith("damaged")


@pytest.mark.parametrize(
    "data",
    [
        lambda: tiff(noise((9, 9, 3), "f4", high=1), photometric="rgb"),
        lambda: tiff(noise((9, 9, 4)), photometric="minisblack", planarconfig="contig"),
        lambda: tiff(noise((9, 9, 2)), photometric="minisblack", planarconfig="contig"),
        lambda: tiff(noise((9, 9), "f8", high=1)),
        lambda: tiff(noise((9, 9), "u8", high=1e9)),
        lambda: tiff(noise((9, 9), "i1")),
        lambda: tiff(noise((9, 9), "f4", high=9).astype("c8")),
    ],
    ids=["3 floats", "4 greys", "2 greys", "double", "64 bit", "signed bytes", "complex"],
)
def test_tiffs_that_pillow_doesnt_know_are_read(data):
    photo = open_photo(data())

    assert photo.image.size == (9, 9)
    assert len(np.unique(photo.pixels)) > 5
