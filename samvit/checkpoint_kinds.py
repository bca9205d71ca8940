"""What a file is that isn't a checkpoint, told by its first bytes or by what an archive holds."""

import re
from collections.abc import Collection

CONVERT = "export its weights to .safetensors or .pth with the program that wrote it"

# First bytes → what the file is.
BEGINNINGS = (
    (b"\x89HDF\r\n\x1a\n", f"an HDF5 file (Keras writes such; {CONVERT})"),
    (b"GGUF", f"a GGUF file ({CONVERT})"),
    (b"ggml", f"a GGML file ({CONVERT})"),
    (b"lmgg", f"a GGML file ({CONVERT})"),
    (b"\x93NUMPY", "a NumPy array (.npy), without the names of tensors"),
    (b"\x1f\x8b", "compressed with gzip (unpack it first)"),
    (b"\xfd7zXZ\x00", "compressed with xz (unpack it first)"),
    (b"BZh", "compressed with bzip2 (unpack it first)"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd (unpack it first)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive (unpack it first)"),
    (b"Rar!", "a RAR archive (unpack it first)"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"%PDF", "a PDF document"),
    (b"ptrt", "a TensorRT engine, compiled for one GPU"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a Linux program"),
)

# In a zip archive without torch's pickle: a name that only one kind of file has → the kind.
ARCHIVES = (
    (r"(.*/)?model\.weights\.h5", f"a Keras model ({CONVERT})"),
    (r"(.*/)?(archive_format|models/model\.json|serialized_exported_program\.json)", "a torch.export program (.pt2)"),
    (r"(.*/)?Manifest\.json|(.*/)?.*\.mlmodel", f"a Core ML model ({CONVERT})"),
    (r"MAR-INF/.*", "a TorchServe archive (unpack it, and give the weights inside)"),
    (r"word/.*|xl/.*|ppt/.*", "an office document"),
)


def not_a_checkpoint(start: bytes) -> str:
    """What a file is by its first bytes, of which 300 are wanted; empty if it may be a checkpoint."""
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        return "empty"
    if text.startswith(b"<"):
        return "an HTML page (the link led to a web page, not to the file)"
    if text.startswith(b"version https://git-lfs"):
        return "a git-lfs pointer (run `git lfs pull` to get the file it stands for)"
    if start[8:9] == b"{" and start[:8].count(b"\x00") >= 4:
        return ""
    for beginning, kind in BEGINNINGS:
        if start.startswith(beginning):
            return kind
    if start[4:8] == b"TFL3":
        return f"a TFLite model ({CONVERT})"
    if start[257:262] == b"ustar":
        return "a tar archive (unpack it first)"
    # ONNX: ir_version (field 1), then the producer's name (field 2) or the graph (field 7).
    if re.match(rb"\x08[\x01-\x1f](\x12[\x00-\x40][\w .+-]|:)", start):
        return "an ONNX model (give the .pth or .safetensors that it was exported from)"
    if start[8:9] != b"{" and text.startswith((b"{", b"[")):
        return "a JSON text"
    return ""


def kind_of_zip(names: Collection[str]) -> str:
    """What a zip archive is by the names in it; empty if it is what torch.save writes."""
    if any(re.fullmatch(r"([^/]+/)?(constants\.pkl|code/.*)", name) for name in names):
        return "a TorchScript program (save its state_dict alone, with torch.save)"
    if any(re.fullmatch(r"([^/]+/)?data\.pkl", name) for name in names):
        return ""
    if names and all(name.endswith(".npy") for name in names):
        return f"NumPy arrays (.npz; {CONVERT})"
    for pattern, kind in ARCHIVES:
        if any(re.fullmatch(pattern, name) for name in names):
            return kind
    if any(re.fullmatch(r"([^/]+/)?data/\d+", name) for name in names):
        return "a checkpoint without its data.pkl: part of it is missing"
    return "a zip archive (unpack it, and give the checkpoint inside)"
