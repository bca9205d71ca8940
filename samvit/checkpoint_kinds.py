"""What a file is that isn't a checkpoint, told by its first bytes or by what an archive holds."""

import re
from collections.abc import Collection

from samvit.errors import Phrase, phrase

# First bytes → what the file is: the last part of a key `weights.…` of `samvit.sentences`.
BEGINNINGS = (
    (b"\x89HDF\r\n\x1a\n", "hdf5"),
    (b"GGUF", "gguf"),
    (b"ggml", "ggml"),
    (b"lmgg", "ggml"),
    (b"\x93NUMPY", "npy"),
    (b"\x1f\x8b", "gzip"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "rar"),
    (b"PK\x05\x06", "empty_zip"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"%PDF", "pdf"),
    (b"ptrt", "tensorrt"),
    (b"MZ", "windows"),
    (b"\x7fELF", "linux"),
)

# In a zip archive without torch's pickle: a name that only one kind of file has → the kind.
ARCHIVES = (
    (r"(.*/)?model\.weights\.h5", "keras"),
    (r"(.*/)?(archive_format|models/model\.json|serialized_exported_program\.json)", "pt2"),
    (r"(.*/)?Manifest\.json|(.*/)?.*\.mlmodel", "coreml"),
    (r"MAR-INF/.*", "torchserve"),
    (r"word/.*|xl/.*|ppt/.*", "office"),
)


def not_a_checkpoint(start: bytes) -> Phrase | None:
    """What a file is by its first bytes, of which 300 are wanted; None if it may be a checkpoint."""
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        return phrase("weights.empty")
    if text.startswith(b"<"):
        return phrase("weights.html")
    if text.startswith(b"version https://git-lfs"):
        return phrase("weights.git_lfs")
    if start[8:9] == b"{" and start[:8].count(b"\x00") >= 4:
        return None
    for beginning, kind in BEGINNINGS:
        if start.startswith(beginning):
            return phrase(f"weights.{kind}")
    if start[4:8] == b"TFL3":
        return phrase("weights.tflite")
    if start[257:262] == b"ustar":
        return phrase("weights.tar")
    # ONNX: ir_version (field 1), then the producer's name (field 2) or the graph (field 7).
    if re.match(rb"\x08[\x01-\x1f](\x12[\x00-\x40][\w .+-]|:)", start):
        return phrase("weights.onnx")
    if start[8:9] != b"{" and text.startswith((b"{", b"[")):
        return phrase("weights.json")
    return None


def kind_of_zip(names: Collection[str]) -> Phrase | None:
    """What a zip archive is by the names in it; None if it is what torch.save writes."""
    if any(re.fullmatch(r"([^/]+/)?(constants\.pkl|code/.*)", name) for name in names):
        return phrase("weights.torchscript")
    if any(re.fullmatch(r"([^/]+/)?data\.pkl", name) for name in names):
        return None
    if names and all(name.endswith(".npy") for name in names):
        return phrase("weights.npz")
    for pattern, kind in ARCHIVES:
        if any(re.fullmatch(pattern, name) for name in names):
            return phrase(f"weights.{kind}")
    if any(re.fullmatch(r"([^/]+/)?data/\d+", name) for name in names):
        return phrase("weights.no_pickle")
    return phrase("weights.zip")
