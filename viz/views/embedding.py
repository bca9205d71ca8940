"""The image embedding: the encoder's output, patch by patch, beside the pinned one."""

import numpy as np
import torch

from samvit.encoder import ImageEncoderViT
from samvit.measures.similarity import cosines, norms
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Number, Numbers, Panel
from viz.selection import Selection
from viz.views.scales import cosine_scale, on_photo, sequential_scale, signed_scale
from viz.views.view import View
from viz.words import Words, say, symbol

STRONGEST_SHOWN = 4


def embedding_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Likeness with the pinned patch, vector lengths, the pinned vector, and its strongest channels over the photo."""
    query, other = selection.focus.query, selection.against.query
    pinned: list[tuple[str, tuple[int, int], Words]] = [("query", query, say("label.embedding.query", patch=query))]
    if other is not None:
        pinned.append(("other", other, say("label.embedding.other", patch=other)))
    vectors = trace.embedding.permute(1, 2, 0)  # (grid_h, grid_w, chans)
    alike = torch.stack([cosines(vectors, patch) for _, patch, _ in pinned]).numpy()
    lengths = norms(vectors).numpy()[None]
    channels = np.arange(len(trace.embedding), dtype=np.float32)
    unit = say("unit.neck.norm")
    return [
        Maps(say("panel.embedding.cosines"), alike, (cosine_scale(),), labels=tuple(label for _, _, label in pinned)),
        strongest_channels(trace, query),
        Maps(
            say("panel.embedding.norms"), lengths, (sequential_scale(on_photo(lengths, trace), unit),), labels=(unit,)
        ),
        Curves(
            say("panel.embedding.vectors", channels=len(trace.embedding)),
            tuple(Curve(label, channels, vectors[patch].numpy().copy(), role) for role, patch, label in pinned),
            say("axis.embedding.channel"),
            say("unit.neck.channel"),
        ),
        _sizes(trace, None if other is None else float(alike[0][other])),
    ]


def strongest_channels(trace: Trace, patch: tuple[int, int]) -> Maps:
    """The channels that are largest in magnitude at one patch, each over the whole photo."""
    magnitudes = trace.embedding[:, patch[0], patch[1]].abs()
    channels = magnitudes.sort(descending=True, stable=True).indices[:STRONGEST_SHOWN].tolist()
    values = trace.embedding[channels].numpy()
    return Maps(
        say("panel.embedding.strongest"),
        values,
        (signed_scale(on_photo(values, trace), say("unit.neck.channel"), say("scale.shared")),),
        labels=tuple(say("label.embedding.channel", channel=channel) for channel in channels),
    )


def _sizes(trace: Trace, between: float | None) -> Numbers:
    """How large the embedding is against the model image, and the cosine between the two pinned patches if any."""
    numbers = [
        Number(say("label.embedding.size"), trace.embedding.numel()),
        Number(say("label.embedding.image"), trace.model_image().numel()),
        Number(say("label.embedding.padding"), int(trace.image_padding().sum())),
    ]
    if between is not None:
        numbers.append(Number(say("label.embedding.between"), between, role="result"))
    shape = symbol("×".join(map(str, trace.embedding.shape)))
    return Numbers(say("panel.embedding.sizes", shape=shape), tuple(numbers), say("note.embedding.sizes"))


EMBEDDING = View(
    id="embedding",
    stage="embedding",
    panels=embedding_panels,
    source=(ImageEncoderViT.forward,),
    tensors=("neck.3",),
    uses=frozenset({"query", "against_query", "overlay"}),
    symbols=(("e_p", "map:0"), ("e_query", "photo")),
)
VIEWS = (EMBEDDING,)
