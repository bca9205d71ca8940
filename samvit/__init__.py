"""Segment Anything's image encoder, and what can be measured in it.

encoder = samvit.load_encoder("vit_tiny")
trace = samvit.trace(encoder, "photo.jpg")
row = trace.attention(block=8, query=(20, 31))
"""

from samvit.attention import AttentionRow
from samvit.attention_rows import AttentionBand
from samvit.config import CONFIGS, EncoderConfig
from samvit.encoder import ImageEncoderViT, build_encoder
from samvit.errors import CheckpointError, ImageError
from samvit.forward import trace, trace_many
from samvit.loading import load_encoder
from samvit.measures.tensor_pca import TensorPca, tensor_pca
from samvit.photo import open_photo, read_photo
from samvit.preprocess import preprocess
from samvit.trace_file import load_trace, save_trace
from samvit.tracing import Trace
from samvit.version import __version__
from samvit.wrapping import wrap

__all__ = [
    "CONFIGS",
    "AttentionBand",
    "AttentionRow",
    "CheckpointError",
    "EncoderConfig",
    "ImageEncoderViT",
    "ImageError",
    "TensorPca",
    "Trace",
    "__version__",
    "build_encoder",
    "load_encoder",
    "load_trace",
    "open_photo",
    "preprocess",
    "read_photo",
    "save_trace",
    "tensor_pca",
    "trace",
    "trace_many",
    "wrap",
]

# On floors above the trace's own, which a trace must not import.
Trace.pca = tensor_pca
Trace.save = save_trace
