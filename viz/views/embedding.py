"""The image embedding: the encoder's output, patch by patch, beside the pinned one."""

import numpy as np

from samvit.encoder import ImageEncoderViT
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Number, Numbers, Panel
from viz.selection import Selection
from viz.texts import text
from viz.views.neck import cosine_scale, norms_and_cosines, on_photo
from viz.views.scales import sequential_scale, signed_scale
from viz.views.view import View

STRONGEST_SHOWN = 4


def embedding_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Likeness with the pinned patch, vector lengths, the pinned vector, and its strongest channels over the photo."""
    lang, embedding = selection.lang, trace.embedding
    pinned = {"query": selection.focus.query}
    if selection.against.query is not None:
        pinned["other"] = selection.against.query
    names = {
        role: text(lang, f"label.embedding.{role}", patch=f"({row}, {col})") for role, (row, col) in pinned.items()
    }
    maps = [norms_and_cosines(embedding, patch) for patch in pinned.values()]
    norms, cosines = maps[0][0].numpy()[None], np.stack([cosine.numpy() for _, cosine in maps])
    channels = np.arange(len(embedding), dtype=np.float32)
    vectors = {role: embedding[:, row, col].numpy().copy() for role, (row, col) in pinned.items()}
    return [
        Maps(text(lang, "panel.embedding.cosines"), cosines, (cosine_scale(lang),), labels=tuple(names.values())),
        strongest_channels(trace, selection),
        Maps(
            text(lang, "panel.embedding.norms"),
            norms,
            (sequential_scale(on_photo(norms, trace), text(lang, "unit.neck.norm")),),
            labels=(text(lang, "unit.neck.norm"),),
        ),
        Curves(
            text(lang, "panel.embedding.vectors", channels=len(embedding)),
            tuple(Curve(names[role], channels, vectors[role], role) for role in pinned),
            text(lang, "axis.embedding.channel"),
            text(lang, "unit.neck.channel"),
        ),
        _sizes(trace, selection, cosines[0]),
    ]


def strongest_channels(trace: Trace, selection: Selection) -> Maps:
    """The channels that are largest in magnitude at the pinned patch, each over the whole photo."""
    lang, (row, col) = selection.lang, selection.focus.query
    magnitudes = trace.embedding[:, row, col].abs()
    channels = magnitudes.sort(descending=True, stable=True).indices[:STRONGEST_SHOWN].tolist()
    values = trace.embedding[channels].numpy()
    return Maps(
        text(lang, "panel.embedding.strongest"),
        values,
        (signed_scale(on_photo(values, trace), text(lang, "unit.neck.channel"), text(lang, "scale.shared")),),
        labels=tuple(text(lang, "label.embedding.channel", channel=channel) for channel in channels),
    )


def _sizes(trace: Trace, selection: Selection, cosines: np.ndarray) -> Numbers:
    """How large the embedding is against the model image, and how alike the two pinned patches are."""
    lang = selection.lang
    numbers = [
        Number(text(lang, "label.embedding.size"), trace.embedding.numel()),
        Number(text(lang, "label.embedding.image"), trace.model_image().numel()),
        Number(text(lang, "label.embedding.padding"), int(trace.image_padding().sum())),
    ]
    if selection.against.query is not None:
        label = text(lang, "label.embedding.between")
        numbers.append(Number(label, float(cosines[selection.against.query]), role="result"))
    shape = "×".join(map(str, trace.embedding.shape))
    return Numbers(text(lang, "panel.embedding.sizes", shape=shape), tuple(numbers), text(lang, "note.embedding.sizes"))


EMBEDDING = View(
    id="embedding",
    stage="embedding",
    panels=embedding_panels,
    source=(ImageEncoderViT.forward,),
    tensors=("neck.3",),
    uses=frozenset({"query", "against_query", "overlay"}),
)
VIEWS = (EMBEDDING,)
