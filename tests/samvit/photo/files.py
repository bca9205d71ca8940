"""Small picture files, made as the tests need them."""

import io
import struct
import zlib

import numpy as np
import tifffile
from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filebase import DicomBytesIO
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid


def tiff(values: np.ndarray, **options: object) -> bytes:
    """A TIFF by tifffile, with its tags and nothing else (no description of its own)."""
    stream = io.BytesIO()
    tifffile.imwrite(stream, values, **{"metadata": None, **options})
    return stream.getvalue()


def tiff_pages(*pages: tuple[np.ndarray, dict[str, object]]) -> bytes:
    """A TIFF of several pages, each with its own options."""
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        for values, options in pages:
            writer.write(values, **{"metadata": None, **options})
    return stream.getvalue()


def pillow(image: Image.Image, file_format: str, **options: object) -> bytes:
    """A file by Pillow."""
    stream = io.BytesIO()
    image.save(stream, file_format, **options)
    return stream.getvalue()


def png(bits: int, colour: int, rows: np.ndarray, *chunks: tuple[bytes, bytes], after: tuple = ()) -> bytes:
    """A PNG from its values, rows × cols × samples; with other chunks before the pixels, and after them."""
    big = rows.astype(">u2" if bits == 16 else "u1")
    pixels = b"".join(b"\0" + row.tobytes() for row in big)
    header = struct.pack(">IIBBBBB", rows.shape[1], rows.shape[0], bits, colour, 0, 0, 0)
    parts = ((b"IHDR", header), *chunks, (b"IDAT", zlib.compress(pixels)), *after, (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def noise(shape: tuple[int, ...], dtype: str = "u1", low: float = 0, high: float | None = None) -> np.ndarray:
    """Random values, by default over all of an integer type."""
    high = float(np.iinfo(dtype).max) if high is None else high
    return np.random.default_rng(4).uniform(low, high, shape).astype(dtype)


def dicom(values, syntax=ExplicitVRLittleEndian, packed=None, preamble=bytes(128), **tags):
    """A DICOM file of values, rows × cols or rows × cols × 3, or frames × rows × cols; other tags by their names."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = CTImageStorage, generate_uid()
    meta.TransferSyntaxUID = syntax
    made = FileDataset("", {}, file_meta=meta, preamble=preamble)
    made.SOPClassUID, made.SOPInstanceUID, made.Modality = CTImageStorage, meta.MediaStorageSOPInstanceUID, "CT"
    if values is not None:
        colours = values.shape[-1] == 3
        made.Rows, made.Columns = values.shape[-3:-1] if colours else values.shape[-2:]
        made.SamplesPerPixel = 3 if colours else 1
        made.PhotometricInterpretation = "RGB" if colours else "MONOCHROME2"
        if colours:
            made.PlanarConfiguration = 0
        made.BitsAllocated = made.BitsStored = 8 * values.dtype.itemsize
        made.HighBit, made.PixelRepresentation = made.BitsStored - 1, int(values.dtype.kind == "i")
        made.PixelData = values.tobytes() if packed is None else encapsulate([packed])
    for name, value in tags.items():
        setattr(made, name, value)
    file = DicomBytesIO()
    made.save_as(file, enforce_file_format=True)
    return file.getvalue()
