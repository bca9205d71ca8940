"""Regions of the photo: patches whose image embeddings are alike."""

import numpy as np

from samvit.encoder import ImageEncoderViT
from samvit.measures.regions import Regions, embedding_regions
from samvit.tracing import Trace
from viz.panel import Maps, Number, Numbers, Panel, Scale, Table
from viz.selection import Selection
from viz.views.view import View
from viz.words import number, say


def regions_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The regions over the photo, their sizes, and how much of the variance lies between them."""
    count, query = selection.look.regions, selection.focus.query
    found = embedding_regions(trace, count)
    rows, cols = trace.photo_grid
    values = np.full((1, *trace.grid), np.nan, np.float32)
    values[0, :rows, :cols] = found.index.numpy()
    names = tuple(say("label.regions.region", region=region) for region in range(count))
    return [
        Maps(
            say("panel.regions.map", count=count),
            values,
            (Scale("categorical", 0, count - 1, categories=names),),
            (say("label.regions.all"),),
            titled=True,
        ),
        _sizes(found, query),
        Numbers(
            say("panel.regions.explained"),
            (Number(say("label.regions.explained"), found.explained, role="result"),),
            say("note.regions.explained"),
        ),
    ]


def _sizes(found: Regions, query: tuple[int, int]) -> Table:
    """Each region's patches, the pinned patch's region marked."""
    rows, cols = found.index.shape
    own = int(found.index[query]) if query[0] < rows and query[1] < cols else None
    return Table(
        say("panel.regions.sizes"),
        (say("column.regions.region"), say("column.regions.patches"), say("column.regions.share")),
        tuple(
            (say("label.regions.region", region=region), number(size, "count"), number(size / (rows * cols), "percent"))
            for region, size in enumerate(found.sizes.tolist())
        ),
        marked=() if own is None else (own,),
    )


REGIONS = View(
    id="regions",
    stage="network",
    panels=regions_panels,
    source=(ImageEncoderViT.forward,),
    tensors=("neck.3",),
    uses=frozenset({"query", "regions", "overlay"}),
    live=False,
    symbols=(("e_i", "photo"), ("c_r", "panel:1")),
)
VIEWS = (REGIONS,)
