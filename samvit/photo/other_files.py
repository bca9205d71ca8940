"""Files that aren't photos this project reads: what they are, and what to do."""

import zlib

from samvit.errors import Phrase, phrase
from samvit.photo.dicom import is_dicom

# How files begin, the most specific first, and what they are: the last part of a key `kind.…` of `samvit.sentences`.
BEGINNINGS = (
    (b"%PDF", "pdf"),
    (b"%!PS", "postscript"),
    (b"version https://git-lfs", "git_lfs"),
    (b"8BPS", "photoshop"),
    (b"gimp xcf", "gimp"),
    (b"\x76\x2f\x31\x01", "openexr"),
    (b"#?RADIANCE", "radiance"),
    (b"\xff\x0a", "jpeg_xl"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "jpeg_xl"),
    (b"II\xbc\x01", "jpeg_xr"),
    (b"\x00\x00\x01\x00", "icon"),
    (b"DDS ", "dds"),
    (b"qoif", "qoi"),
    (b"P7\n", "pam"),
    (b"SIMPLE  =", "fits"),
    (b"NRRD0", "nrrd"),
    (b"ObjectType =", "metaimage"),
    (b"\x89HDF\r\n\x1a\n", "hdf5"),
    (b"CDF\x01", "netcdf"),
    (b"CDF\x02", "netcdf"),
    (b"ZISRAWFILE", "czi"),
    (b"\xda\xce\xbe\x0a", "nd2"),
    (b"\x93NUMPY", "numpy"),
    (b"PK\x03\x04", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "rar"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x1a\x45\xdf\xa3", "video"),
    (b"\x7fELF", "program"),
)

# How the photos begin that are read here: where none of their readers knows such a file, it is damaged.
PHOTO_BEGINNINGS = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "BigTIFF"),
    (b"MM\x00+", "BigTIFF"),
    (b"RIFF", "WEBP"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
)

# Cameras whose raw files tell themselves by their beginning; the other kinds are TIFFs inside.
CAMERA_RAWS = (
    (b"FUJIFILMCCD-RAW", "Fujifilm RAF"),
    (b"IIRO", "Olympus ORF"),
    (b"IIRS", "Olympus ORF"),
    (b"MMOR", "Olympus ORF"),
    (b"IIU\x00", "Panasonic RW2"),
    (b"FOVb", "Sigma X3F"),
    (b"\x00MRM", "Minolta MRW"),
    (b"IIII", "Phase One IIQ"),
    (b"MMMM", "Phase One IIQ"),
)
# Brands of ISO media files, offset 8; keys as above.
ISO_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"), "heic"),
    b"avif": "damaged_avif",
    **dict.fromkeys(
        (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"qt  ", b"3gp4", b"3gp5"),
        "video",
    ),
}
BEGINNING_BYTES = 4096


def kind_of_file(start: bytes) -> Phrase:
    """What a file that isn't a photo seems to be by its first `BEGINNING_BYTES`, for an error message."""
    if not start.strip():
        return phrase("kind.empty")
    if (raw := kind_of_camera_raw(start)) is not None:
        return phrase("kind.raw", make=raw)
    if (medical := kind_of_medical_file(start)) is not None:
        return medical
    if start[4:8] == b"ftyp" and start[8:12] in ISO_BRANDS:
        return phrase(f"kind.{ISO_BRANDS[start[8:12]]}")
    if start[:4] == b"RIFF" and start[8:12] in (b"AVI ", b"WAVE"):
        return phrase("kind.media")
    for prefix, kind in BEGINNINGS:
        if start.startswith(prefix):
            return phrase(f"kind.{kind}")
    for prefix, kind in PHOTO_BEGINNINGS:
        if start.startswith(prefix):
            return phrase("kind.damaged_photo", format=kind)
    if start.lstrip().startswith(b"<"):
        return phrase("kind.markup")
    return phrase("kind.text") if is_text(start) else phrase("kind.unknown")


def kind_of_camera_raw(start: bytes) -> str | None:
    """The make of a raw file that tells itself by its first bytes; None for all else."""
    if start[:4] in (b"II*\x00", b"MM\x00*") and start[8:10] == b"CR":
        return "Canon CR2"
    if start[4:12] == b"ftypcrx ":
        return "Canon CR3"
    return next((make for prefix, make in CAMERA_RAWS if start.startswith(prefix)), None)


def kind_of_medical_file(start: bytes) -> Phrase | None:
    """DICOM and NIfTI, also gzipped, and what to do with them; None for all else."""
    if is_dicom(start):
        return phrase("kind.dicom")
    gzipped = start.startswith(b"\x1f\x8b")
    header = beginning_of_gzip(start) if gzipped else start
    nifti_1 = header[:4] in (b"\x5c\x01\x00\x00", b"\x00\x00\x01\x5c") and header[344:347] in (b"n+1", b"ni1")
    nifti_2 = header[:4] in (b"\x1c\x02\x00\x00", b"\x00\x00\x02\x1c") and header[4:7] in (b"n+2", b"ni2")
    return phrase("kind.nifti") if nifti_1 or nifti_2 else None


def beginning_of_gzip(start: bytes) -> bytes:
    """The first bytes of what a gzip file holds; none if it is damaged."""
    try:
        return zlib.decompressobj(wbits=31).decompress(start, 1024)
    except zlib.error:
        return b""


def is_text(start: bytes) -> bool:
    """Whether bytes read as text: UTF-8 without control characters (a cut last letter is forgiven)."""
    text = start.decode("utf-8", errors="ignore")
    return len(text.encode()) >= len(start) - 3 and all(letter.isprintable() or letter.isspace() for letter in text)
