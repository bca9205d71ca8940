"""Files that aren't photos this project reads: what they are, and what to do."""

import zlib

# How files begin, the most specific first.
BEGINNINGS = (
    (b"%PDF", "a PDF"),
    (b"%!PS", "a PostScript file (export it as PNG)"),
    (b"version https://git-lfs", "a git-lfs pointer"),
    (b"8BPS", "a Photoshop document (export it as PNG or TIFF)"),
    (b"gimp xcf", "a GIMP document (export it as PNG or TIFF)"),
    (b"\x76\x2f\x31\x01", "an OpenEXR picture (export it as TIFF)"),
    (b"#?RADIANCE", "a Radiance HDR picture (export it as TIFF)"),
    (b"\xff\x0a", "a JPEG XL picture (export it as JPEG or PNG)"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "a JPEG XL picture (export it as JPEG or PNG)"),
    (b"II\xbc\x01", "a JPEG XR picture (export it as JPEG or TIFF)"),
    (b"\x00\x00\x01\x00", "a Windows icon (export it as PNG)"),
    (b"DDS ", "a DirectDraw texture (export it as PNG)"),
    (b"qoif", "a QOI picture (export it as PNG)"),
    (b"P7\n", "a PAM picture (export it as PNG)"),
    (b"SIMPLE  =", "a FITS file (export the picture as TIFF)"),
    (b"NRRD0", "an NRRD volume (export one slice as TIFF or PNG)"),
    (b"ObjectType =", "a MetaImage volume (export one slice as TIFF or PNG)"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file (export the picture as TIFF)"),
    (b"CDF\x01", "a netCDF file (export the picture as TIFF)"),
    (b"CDF\x02", "a netCDF file (export the picture as TIFF)"),
    (b"ZISRAWFILE", "a Zeiss CZI file (export it as TIFF)"),
    (b"\xda\xce\xbe\x0a", "a Nikon ND2 file (export it as TIFF)"),
    (b"\x93NUMPY", "a NumPy array (save it as TIFF or PNG, or open it from Python)"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "a gzip archive (unpack it first)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x1a\x45\xdf\xa3", "a video (export one frame as PNG)"),
    (b"\x7fELF", "a program"),
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
# Brands of ISO media files, offset 8.
ISO_BRANDS = {
    **dict.fromkeys(
        (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"), "a HEIC photo (export it as JPEG)"
    ),
    b"avif": "an AVIF that is truncated or damaged",
    b"crx ": "a camera raw (Canon CR3): export it as TIFF or JPEG",
    **dict.fromkeys(
        (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"qt  ", b"3gp4", b"3gp5"),
        "a video (export one frame as PNG)",
    ),
}
BEGINNING_BYTES = 4096
DAMAGED = "another kind of file, or a damaged one"


def kind_of_file(start: bytes) -> str:
    """What a file that isn't a photo seems to be by its first `BEGINNING_BYTES`, for an error message."""
    if not start.strip():
        return "an empty file"
    if (raw := kind_of_camera_raw(start)) is not None:
        return f"a camera raw ({raw}): export it as TIFF or JPEG"
    if (medical := kind_of_medical_file(start)) is not None:
        return medical
    if start[4:8] == b"ftyp" and start[8:12] in ISO_BRANDS:
        return ISO_BRANDS[start[8:12]]
    if start[:4] == b"RIFF" and start[8:12] in (b"AVI ", b"WAVE"):
        return "a video or sound file"
    for prefix, kind in BEGINNINGS:
        if start.startswith(prefix):
            return kind
    for prefix, kind in PHOTO_BEGINNINGS:
        if start.startswith(prefix):
            return f"a {kind} that is truncated or damaged"
    if start.lstrip().startswith(b"<"):
        return "a text file (HTML, XML or SVG)"
    return "a text file" if is_text(start) else DAMAGED


def kind_of_camera_raw(start: bytes) -> str | None:
    """The make of a raw file that tells itself by its first bytes; None for all else."""
    if start[:4] in (b"II*\x00", b"MM\x00*") and start[8:10] == b"CR":
        return "Canon CR2"
    return next((make for prefix, make in CAMERA_RAWS if start.startswith(prefix)), None)


def kind_of_medical_file(start: bytes) -> str | None:
    """DICOM and NIfTI, also gzipped, and what to do with them; None for all else."""
    if start[128:132] == b"DICM":
        return "a DICOM file: export the picture as 16-bit PNG or TIFF, in the window you want to see"
    gzipped = start.startswith(b"\x1f\x8b")
    header = beginning_of_gzip(start) if gzipped else start
    nifti_1 = header[:4] in (b"\x5c\x01\x00\x00", b"\x00\x00\x01\x5c") and header[344:347] in (b"n+1", b"ni1")
    nifti_2 = header[:4] in (b"\x1c\x02\x00\x00", b"\x00\x00\x02\x1c") and header[4:7] in (b"n+2", b"ni2")
    return "a NIfTI volume: export one slice as 16-bit PNG or TIFF" if nifti_1 or nifti_2 else None


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
