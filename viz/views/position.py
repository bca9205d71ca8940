"""Position embedding: the learned table, what adding it does to tokens, and the table at other input sizes."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from samvit.attention import check_patch
from samvit.encoder import ImageEncoderViT, PatchEmbed, resize_pos_embed
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Maps, Number, Numbers, Panel, Picture, Scale, Table
from viz.selection import SIZES, Selection
from viz.texts import text
from viz.views.components import principal_components
from viz.views.patches import cosine_map
from viz.views.scales import sequential_scale
from viz.views.view import View

MAX_LENGTH = 256  # tokens along one side: 4096 px
COLOURS = 3  # principal components shown as red, green and blue
PATCH_EMBED = "patch_embed"


def position_similarity_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """How like the pinned place every other is: by its position vector, and by its token before and after adding."""
    check_patch(selection.focus.query, trace.grid)
    lang, (row, col) = selection.lang, selection.focus.query
    table, before, after = position_table(trace, lang), trace[PATCH_EMBED], trace.stream[0]
    values = np.stack([cosine_map(tokens, selection.focus.query) for tokens in (before, table, after)])
    lines = (("along_row", values[1][row]), ("along_col", values[1][:, col]))
    curves = tuple(
        Curve(text(lang, f"panel.position_similarity.{name}"), np.arange(len(line), dtype=np.float32), line)
        for name, line in lines
    )
    return [
        Maps(
            text(lang, "panel.position_similarity.title"),
            values,
            (Scale("signed", -1.0, 1.0, text(lang, "panel.position_similarity.unit")),),
            labels=tuple(text(lang, f"panel.position.{name}") for name in ("before", "table", "after")),
        ),
        Curves(
            text(lang, "panel.position_similarity.lines"),
            curves,
            text(lang, "panel.position_similarity.place"),
            text(lang, "panel.position_similarity.unit"),
            marks=((float(col), text(lang, "label.query_col")), (float(row), text(lang, "label.query_row"))),
        ),
    ]


def position_table(trace: Trace, lang: str) -> Float[Tensor, "grid_h grid_w dim"]:
    """What is added to the tokens; ValueError with a sentence if nothing is."""
    if trace.encoder.pos_embed is None:
        raise ValueError(text(lang, "panel.position.none"))
    return trace["pos_embed"]


def position_added_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The token map, the table and their sum as colours of one basis and one scale; and how long their vectors are."""
    lang = selection.lang
    steps = {"before": trace[PATCH_EMBED], "table": position_table(trace, lang), "after": trace.stream[0]}
    rows, cols = trace.photo_grid
    basis = fit_pca(trace.stream[0][:rows, :cols].numpy())
    top = basis.tops(trace.stream[0][:rows, :cols].numpy())
    pictures: list[Panel] = []
    for name, tokens in steps.items():
        colours = np.full((*trace.grid, 3), 128, np.uint8)
        colours[:rows, :cols] = basis.colours(tokens[:rows, :cols].numpy(), top)
        pictures.append(Picture(text(lang, f"panel.position.{name}"), colours, on_grid=True))
    lengths = np.stack([torch.linalg.vector_norm(tokens, dim=-1).numpy() for tokens in steps.values()])
    return [
        *pictures,
        Maps(
            text(lang, "panel.position_added.lengths"),
            lengths,
            (sequential_scale(lengths[:, :rows, :cols], text(lang, "panel.position_added.length")),),
            labels=tuple(text(lang, f"panel.position.{name}") for name in steps),
        ),
        Numbers(
            text(lang, "panel.position_added.means"),
            tuple(
                Number(text(lang, f"panel.position.{name}"), float(length))
                for name, length in zip(steps, lengths[:, :rows, :cols].mean((1, 2)), strict=True)
            ),
            text(lang, "panel.position_added.grey"),
        ),
    ]


@dataclass(frozen=True, eq=False)
class Basis:
    """The directions in which some vectors differ most, and the share of their variance that each explains."""

    directions: Float[np.ndarray, "components dim"]
    variance: Float[np.ndarray, " components"]

    def colours(
        self, vectors: Float[np.ndarray, "rows cols dim"], top: Float[np.ndarray, " components"]
    ) -> UInt8[np.ndarray, "rows cols 3"]:
        """Vectors as RGB: grey is their own mean, and `top` along a direction is that colour in full."""
        return as_colours((vectors - vectors.mean((0, 1))) @ self.directions.T, top)

    def tops(self, vectors: Float[np.ndarray, "rows cols dim"]) -> Float[np.ndarray, " components"]:
        """How far vectors reach from their mean along each direction: the 99th percentile of the magnitude."""
        return np.percentile(np.abs((vectors - vectors.mean((0, 1))) @ self.directions.T), 99, axis=(0, 1))


def fit_pca(vectors: Float[np.ndarray, "rows cols dim"]) -> Basis:
    """The strongest principal components."""
    return Basis(*principal_components(vectors.reshape(-1, vectors.shape[-1]), COLOURS))


def as_colours(
    scores: Float[np.ndarray, "rows cols components"], top: Float[np.ndarray, " components"]
) -> UInt8[np.ndarray, "rows cols 3"]:
    """Signed scores as RGB around grey, ±`top` at the ends; a missing component stays grey."""
    colours = np.full((*scores.shape[:2], COLOURS), 128, np.uint8)
    unit = np.clip(scores / np.where(top > 0, top, 1), -1, 1)
    colours[..., : scores.shape[-1]] = np.round(127.5 + 127.5 * unit)
    return colours


def position_table_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """The learned table as colours, at its own size and resized to others; one component along a line of patches."""
    lang, patch = selection.lang, trace.patch_size
    position_table(trace, lang)
    assert trace.encoder.pos_embed is not None
    learned = trace.encoder.pos_embed.detach()[0].numpy()
    basis = fit_pca(learned)
    top = basis.tops(learned)
    # Resizing is linear, so three components of the table resize to the components of the resized table.
    scores = torch.from_numpy((learned - learned.mean((0, 1))) @ basis.directions.T)[None]
    own, chosen = learned.shape[:2], chosen_grid(trace, selection.look.length)
    grids = sorted({own, chosen, *((size // patch, size // patch) for size in SIZES if size >= patch)}, reverse=True)
    pictures: list[Panel] = []
    curves = []
    for rows, cols in grids:
        with torch.no_grad():
            resized = resize_pos_embed(scores, (rows, cols))[0].numpy()
        size = text(lang, "panel.position_table.size", rows=rows, cols=cols, height=rows * patch, width=cols * patch)
        kind = "learned" if (rows, cols) == own else "resized"
        note = text(lang, f"panel.position_table.{kind}", shares=" + ".join(f"{part:.0%}" for part in basis.variance))
        pictures.append(Picture(size, as_colours(resized, top), note=note))
        places = (np.arange(cols, dtype=np.float32) + 0.5) / cols
        curves.append(Curve(f"{rows}×{cols}", places, resized[rows // 2, :, 0]))
    return [
        *pictures,
        Curves(
            text(lang, "panel.position_table.line"),
            tuple(curves),
            text(lang, "panel.position_table.place"),
            text(lang, "panel.position_table.score"),
            points=True,
        ),
    ]


def chosen_grid(trace: Trace, length: int) -> tuple[int, int]:
    """The grid (rows, cols) that the table is shown at: a square of the side asked for, or the trace's own for 0."""
    if length == 0:
        return trace.grid
    if not 1 <= length <= MAX_LENGTH:
        raise ValueError(f"length must be in 1..{MAX_LENGTH}, or 0 for this image's own, got {length}")
    return length, length


def class_token_panels(trace: Trace, selection: Selection) -> list[Panel]:
    """Each token's index over the photo; as many tokens as patches; and what a token without a place would break."""
    check_patch(selection.focus.query, trace.grid)
    lang, (rows, cols) = selection.lang, trace.grid
    index = np.arange(rows * cols, dtype=np.float32).reshape(1, rows, cols)
    stream = trace.stream[0]
    patch = trace.encoder.patch_embed.proj.kernel_size
    image = trace.model_image().shape
    counts = (
        ("patches", image[2] // patch[0] * (image[3] // patch[1])),
        ("tokens", stream.numel() // stream.shape[-1]),
        ("embedding", trace.embedding.numel() // trace.embedding.shape[0]),
    )
    steps = [step for step in ("window_partition", "rel_pos", "neck") if _has_step(trace.encoder, step)]
    return [
        Maps(
            text(lang, "panel.class_token.index"),
            index,
            (Scale("sequential", 0.0, float(max(rows * cols - 1, 1)), text(lang, "panel.class_token.unit")),),
            labels=(text(lang, "panel.class_token.row_major", cols=cols),),
        ),
        Numbers(
            text(lang, "panel.class_token.count"),
            (
                *(Number(text(lang, f"panel.class_token.{name}"), float(count)) for name, count in counts),
                Number(text(lang, "panel.class_token.pinned"), float(index[0][selection.focus.query]), role="query"),
            ),
            text(lang, "panel.class_token.none_left") if len({count for _, count in counts}) == 1 else "",
        ),
        Table(
            text(lang, "panel.class_token.table"),
            tuple(text(lang, f"panel.class_token.{name}") for name in ("step", "needs")),
            tuple((text(lang, f"panel.class_token.{s}"), text(lang, f"panel.class_token.{s}_needs")) for s in steps),
        ),
    ]


def _has_step(encoder: ImageEncoderViT, step: str) -> bool:
    """Whether this encoder takes a step that needs every token's place."""
    if step == "window_partition":
        return any(block.window_size for block in encoder.blocks)
    return step != "rel_pos" or encoder.blocks[0].attn.use_rel_pos


POSITION_SIMILARITY = View(
    id="position_similarity",
    stage="position",
    panels=position_similarity_panels,
    source=(ImageEncoderViT.forward,),
    tensors=("patch_embed", "pos_embed", "blocks.0.input"),
    uses=frozenset({"query", "overlay"}),
)
POSITION_ADDED = View(
    id="position_added",
    stage="position",
    panels=position_added_panels,
    source=(ImageEncoderViT.forward,),
    tensors=("patch_embed", "pos_embed", "blocks.0.input"),
    uses=frozenset({"overlay"}),
    live=False,
)
POSITION_TABLE = View(
    id="position_table",
    stage="position",
    panels=position_table_panels,
    source=(resize_pos_embed,),
    tensors=("pos_embed",),
    uses=frozenset({"length"}),
    live=False,
)
CLASS_TOKEN = View(
    id="class_token",
    stage="position",
    panels=class_token_panels,
    source=(ImageEncoderViT.forward, PatchEmbed),
    tensors=("patch_embed", "blocks.0.input", "neck.3"),
    uses=frozenset({"query", "overlay"}),
)
VIEWS = (POSITION_SIMILARITY, POSITION_ADDED, POSITION_TABLE, CLASS_TOKEN)
