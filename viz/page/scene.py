"""What stays the same while a person looks around in one trace: the photo, the grid, the pipeline's shapes."""

import io
from functools import cache
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
from PIL import Image

from samvit.measures.photo import own_pixels
from samvit.tracing import Trace
from viz.page.wire import picture_url
from viz.selection import Selection
from viz.session.models import RANDOM, notices_of
from viz.session.session import Reading
from viz.session.told import of_photo
from viz.what_if import what_if_words
from viz.words import written

THUMBNAIL_PX = 80
PLAIN = Reading()  # of a picture of which nothing need be said


@cache
def thumbnail(path: Path) -> str:
    """An example's small picture as a data URL: the middle square."""
    with Image.open(io.BytesIO(path.read_bytes())) as photo:
        side = min(photo.size)
        left, top = (photo.width - side) // 2, (photo.height - side) // 2
        square = photo.convert("RGB").resize((THUMBNAIL_PX, THUMBNAIL_PX), box=(left, top, left + side, top + side))
    return picture_url(np.asarray(square), quality=72)


def photo_url(trace: Trace) -> str:
    """The photo for the eye only, made once for each trace: everybody who opens it gets the same."""
    if trace not in _photos:
        _photos[trace] = picture_url(own_pixels(trace).numpy(), quality=78)
    return _photos[trace]


_photos: WeakKeyDictionary[Trace, str] = WeakKeyDictionary()


def scene_message(trace: Trace, selection: Selection, weights: str, reading: Reading = PLAIN) -> dict[str, object]:
    """The photo (WebP, for the eye only), where it lies on the grid, and every node of the pipeline with its shape."""
    geometry, sentence = trace.geometry, what_if_words(trace.what_if)
    return {
        "photo": photo_url(trace),
        "grid": trace.grid,
        "photoGrid": trace.photo_grid,
        "photoSpan": trace.photo_extent,
        "depth": trace.depth,
        "heads": trace.heads,
        "windows": trace.windows,
        "weights": weights,
        "whatIf": written(sentence, selection.lang) if sentence else "",
        "notices": [written(notice, selection.lang) for notice in notices_of(trace.encoder)],
        "reading": [written(of_photo(fact), selection.lang) for fact in reading.facts],
        "pages": reading.pages,
        "bands": reading.bands,
        "random": selection.subject.model == RANDOM,
        "shapes": shapes(trace, geometry.original, geometry.resized),
    }


def shapes(trace: Trace, original: tuple[int, int], resized: tuple[int, int]) -> dict[str, str]:
    """The live shape under each node of the pipeline."""
    encoder, (rows, cols) = trace.encoder, trace.grid
    block = encoder.blocks[0]
    dim, heads, head_dim = trace.stream[0].shape[-1], trace.heads, trace.q[0].shape[-1]
    window = max(filter(None, trace.windows), default=0)
    windows = -(-rows // window) * -(-cols // window) if window else 1
    token, image = f"{rows}·{cols}·{dim}", rows * trace.patch_size
    neck = f"{trace.embedding.shape[0]}·{rows}·{cols}"
    hidden = f"{rows}·{cols}·{block.mlp.lin1.out_features}"
    span = f"{windows}·{window}·{window}·{dim}" if window else token
    return {
        "photo": f"{original[0]}×{original[1]}",
        "pad": f"{image}×{image}",
        "patches": token,
        "position": token,
        "blocks": token,
        "norm1": token,
        "partition.windowed": span,
        "partition.global": token,
        "qkv": f"3·{heads}·{head_dim}",
        "scores.windowed": f"{heads}·{window**2}²" if window else "",
        "scores.global": f"{heads}·{rows * cols}²",
        "softmax.windowed": f"{heads}·{window**2}²" if window else "",
        "softmax.global": f"{heads}·{rows * cols}²",
        "values": f"{heads}·{head_dim}",
        "proj": f"{dim}",
        "unpartition": token,
        "norm2": token,
        "lin1": hidden,
        "gelu": hidden,
        "lin2": token,
        "neck.0": neck,
        "neck.1": neck,
        "neck.2": neck,
        "neck.3": neck,
        "embedding": neck,
    }
