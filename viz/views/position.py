"""Position embedding: the learned table, what adding it does to tokens, and the table at other input sizes."""

import numpy as np
import torch
from jaxtyping import Float

from samvit.encoder import ImageEncoderViT, PatchEmbed, resize_pos_embed
from samvit.measures.padding import photo_mean
from samvit.measures.pca import score_colours
from samvit.measures.position import addition, addition_colours, learned_table, table_basis, table_scores, token_counts
from samvit.measures.similarity import cosines, norms
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Number, Numbers, Panel, Picture, Scale, Table
from viz.selection import SIZES, Selection
from viz.views.scales import sequential_scale
from viz.views.view import View
from viz.words import Problem, joined, number, say

STEPS = ("panel.position.before", "panel.position.table", "panel.position.after")


def position_similarity_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """How like the pinned place every other is: by its position vector, and by its token before and after adding."""
    require_table(trace)
    row, col = query = selection.focus.query
    values = torch.stack([cosines(tokens, query) for tokens in addition(trace).stacked()]).numpy()
    along_row, along_col = values[1][row], values[1][:, col]
    cosine = say("panel.position_similarity.unit")
    return [
        Maps(
            say("panel.position_similarity.title"),
            values,
            (Scale("signed", -1.0, 1.0, cosine),),
            labels=tuple(map(say, STEPS)),
        ),
        Curves(
            say("panel.position_similarity.lines"),
            (
                Curve(say("panel.position_similarity.along_row"), _places(along_row), along_row),
                Curve(say("panel.position_similarity.along_col"), _places(along_col), along_col),
            ),
            say("panel.position_similarity.place"),
            cosine,
            marks=((float(col), say("label.query_col")), (float(row), say("label.query_row"))),
        ),
    ]


def _places(line: Float[np.ndarray, " places"]) -> Float[np.ndarray, " places"]:
    """0, 1, 2 … for each value of a line of patches."""
    return np.arange(len(line), dtype=np.float32)


def require_table(trace: Trace) -> None:
    """Say so where an encoder adds no position embedding."""
    if trace.encoder.pos_embed is None:
        raise Problem(say("problem.no_position"))


def position_added_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The token map, the table and their sum as colours of one basis and one scale; and how long their vectors are."""
    require_table(trace)
    rows, cols = trace.photo_grid
    lengths = norms(addition(trace).stacked())
    means = photo_mean(lengths, (rows, cols)).tolist()
    pictures = (
        Picture(say(key), colours.numpy(), on_grid=True)
        for key, colours in zip((*STEPS, "panel.position_added.own_scale"), addition_colours(trace), strict=True)
    )
    shown = sequential_scale(lengths[:, :rows, :cols].numpy(), say("panel.position_added.length"))
    return [
        *pictures,
        Maps(say("panel.position_added.lengths"), lengths.numpy(), (shown,), labels=tuple(map(say, STEPS))),
        Numbers(
            say("panel.position_added.means"),
            tuple(Number(say(key), mean) for key, mean in zip(STEPS, means, strict=True)),
            say("panel.position_added.small", share=means[1] / max(means[0], 1e-12)),
        ),
    ]


def position_table_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The learned table as colours, at its own size and resized to others; one component along a line of patches."""
    require_table(trace)
    encoder, basis = trace.encoder, table_basis(trace.encoder)
    shares = joined(*(number(share, "percent") for share in basis.variance.tolist()), by=" + ")
    pictures: list[Panel] = []
    curves = []
    for rows, cols in shown_grids(trace, selection.look.length):
        scores = table_scores(encoder, basis, (rows, cols))
        resized = say("panel.position_table.resized")
        note = say("panel.position_table.learned", shares=shares) if (rows, cols) == learned_grid(encoder) else resized
        height, width = rows * trace.patch_size, cols * trace.patch_size
        title = say("panel.position_table.size", rows=rows, cols=cols, height=height, width=width)
        pictures.append(Picture(title, score_colours(scores, basis.low, basis.high).numpy(), note=note))
        places = (np.arange(cols, dtype=np.float32) + 0.5) / cols
        label = say("panel.position_table.grid", rows=rows, cols=cols)
        curves.append(Curve(label, places, scores[rows // 2, :, 0].numpy()))
    return [
        *pictures,
        Curves(
            say("panel.position_table.line"),
            tuple(curves),
            say("panel.position_table.place"),
            say("panel.position_table.score"),
            points=True,
        ),
    ]


def learned_grid(encoder: ImageEncoderViT) -> tuple[int, int]:
    """The (rows, cols) of tokens that the encoder's table was learned for."""
    rows, cols, _ = learned_table(encoder).shape
    return rows, cols


def shown_grids(trace: Trace, length: int) -> list[tuple[int, int]]:
    """Grids (rows, cols) that the table is shown at, the largest first: as learned, this image's or the side asked for,
    and the sizes that the page offers."""
    patch = trace.patch_size
    chosen = (length, length) if length else trace.grid
    offered = {(size // patch, size // patch) for size in SIZES if size >= patch}
    return sorted({learned_grid(trace.encoder), chosen, *offered}, reverse=True)


def class_token_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Each token's index over the photo; as many tokens as patches; and what a token without a place would break."""
    rows, cols = trace.grid
    index = np.arange(rows * cols, dtype=np.float32).reshape(1, rows, cols)
    counts = token_counts(trace)
    patches, tokens, embedding = map(float, counts)
    pinned = Number(say("panel.class_token.pinned"), float(index[0][selection.focus.query]), role="query")
    return [
        Maps(
            say("panel.class_token.index"),
            index,
            (Scale("sequential", 0.0, float(max(rows * cols - 1, 1)), say("panel.class_token.unit")),),
            labels=(say("panel.class_token.row_major", cols=cols),),
        ),
        Numbers(
            say("panel.class_token.count"),
            (
                Number(say("panel.class_token.patches"), patches),
                Number(say("panel.class_token.tokens"), tokens),
                Number(say("panel.class_token.embedding"), embedding),
                pinned,
            ),
            say("panel.class_token.none_left") if len(set(counts)) == 1 else "",
        ),
        _place_table(trace),
    ]


def _place_table(trace: Trace) -> Table:
    """The steps of this encoder that need every token's place."""
    rows = [(say("panel.class_token.neck"), say("panel.class_token.neck_needs"))]
    if trace.encoder.blocks[0].attn.use_rel_pos:
        rows.insert(0, (say("panel.class_token.rel_pos"), say("panel.class_token.rel_pos_needs")))
    if any(window is not None for window in trace.windows):
        cut = (say("panel.class_token.window_partition"), say("panel.class_token.window_partition_needs"))
        rows.insert(0, cut)
    columns = (say("panel.class_token.step"), say("panel.class_token.needs"))
    return Table(say("panel.class_token.table"), columns, tuple(rows))


POSITION_SIMILARITY = View(
    id="position_similarity",
    stage="position",
    panels=position_similarity_panels,
    source=(ImageEncoderViT.forward,),
    tensors=("patch_embed", "pos_embed", "blocks.0.input"),
    uses=frozenset({"query", "overlay"}),
    symbols=(("x.token", "map:2"), ("p.place", "map:1"), ("p_i", "photo"), ("p_j", "map:1")),
)
POSITION_ADDED = View(
    id="position_added",
    stage="position",
    panels=position_added_panels,
    source=(ImageEncoderViT.forward,),
    tensors=("patch_embed", "pos_embed", "blocks.0.input"),
    uses=frozenset({"overlay"}),
    live=False,
    symbols=(("x.token", "panel:2"), ("x.before", "panel:0"), ("p.place", "panel:1")),
)
POSITION_TABLE = View(
    id="position_table",
    stage="position",
    panels=position_table_panels,
    source=(resize_pos_embed,),
    tensors=("pos_embed",),
    uses=frozenset({"length"}),
    live=False,
    symbols=(("p′", "panel:1"), ("p.table", "panel:0"), ("place", "panel:4"), ("n", "panel:4")),
)
CLASS_TOKEN = View(
    id="class_token",
    stage="position",
    panels=class_token_panels,
    source=(ImageEncoderViT.forward, PatchEmbed),
    tensors=("patch_embed", "blocks.0.input", "neck.3"),
    uses=frozenset({"query", "overlay"}),
    symbols=(("index", "map:0"), ("columns", "map:0")),
)
VIEWS = (POSITION_SIMILARITY, POSITION_ADDED, POSITION_TABLE, CLASS_TOKEN)
