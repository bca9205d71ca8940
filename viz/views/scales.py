"""What several views lay out alike: scales of maps, labels of heads, notes on padding, and the bias's two curves."""

from dataclasses import replace
from typing import TypeVar

import numpy as np
from jaxtyping import Float
from torch import Tensor

from samvit.attention import AttentionRow
from samvit.tracing import Trace
from viz.panel import Curve, Curves, Number, Numbers, Panel, Scale, Sight
from viz.selection import Selection
from viz.words import Text, Words, joined, say, symbol

GridValues = TypeVar("GridValues", Tensor, np.ndarray)

# — scales —


def weight_scales(values: np.ndarray, selection: Selection) -> tuple[Scale, ...]:
    """One scale for each map of attention weights: heads differ by orders of magnitude; the legend says so."""
    return own_scales(values, selection, say("unit.weight"), percent=True)


def own_scales(values: np.ndarray, selection: Selection, unit: Text, percent: bool = False) -> tuple[Scale, ...]:
    """One scale for each map, from zero to its own top, as the selection wants them: linear, log, or clipped."""
    scales = []
    for one in values:
        finite = one[np.isfinite(one)]
        top = float(finite.max()) if finite.size else 1.0
        note = say("scale.per_map")
        if selection.look.scale == "clip" and finite.size:
            top = float(np.percentile(finite, 99))
            note = say("scale.clip")
        top = top if top > 0 else 1.0
        log = selection.look.scale == "log"
        note = say("scale.log") if log else note
        scales.append(Scale("sequential", top * 1e-4 if log else 0.0, top, unit, note, log, percent))
    return tuple(scales)


def scale_of_both(weights: Float[np.ndarray, "2 grid_h grid_w"], selection: Selection) -> Scale:
    """One scale for computed weights and for what-if weights, so that their colours can be compared."""
    notes = {
        "linear": say("scale.both.linear"),
        "clip": say("scale.both.clip"),
        "log": say("scale.both.log"),
    }
    return replace(weight_scales(weights[None], selection)[0], note=notes[selection.look.scale])


def signed_scale(values: np.ndarray, unit: Text, note: Text = "", percent: bool = False) -> Scale:
    """One signed scale for all values: zero in the middle, as wide as the largest magnitude."""
    finite = np.abs(values[np.isfinite(values)])
    top = float(finite.max()) if finite.size and finite.max() > 0 else 1.0
    return Scale("signed", -top, top, unit, note, percent=percent)


def centred_scale(trace: Trace, maps: np.ndarray, note: Text) -> Scale:
    """One signed scale for maps of scores whose mean was taken off, set by the patches that hold photo."""
    rows, cols = trace.photo_grid
    return signed_scale(maps[:, :rows, :cols], say("unit.score_centred"), note)


def sequential_scale(values: np.ndarray, unit: Text, note: Text = "") -> Scale:
    """One sequential scale from the smallest to the largest value."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    return Scale("sequential", low, high if high > low else low + 1.0, unit, note)


def scale_from_zero(values: np.ndarray, unit: Text, note: Text = "", percent: bool = False) -> Scale:
    """One sequential scale from zero to the largest value, for what can't be negative."""
    finite = values[np.isfinite(values)]
    top = float(finite.max()) if finite.size and finite.max() > 0 else 1.0
    return Scale("sequential", 0.0, top, unit, note, percent=percent)


def cosine_scale() -> Scale:
    """Cosines run from −1 to 1, whatever the photo."""
    return Scale("signed", -1.0, 1.0, say("unit.cosine"), say("scale.shared"))


def on_photo(values: GridValues, trace: Trace) -> GridValues:
    """Of values (…, grid_h, grid_w), those of the patches that hold some photo: what a scale is fitted to."""
    rows, cols = trace.photo_grid
    return values[..., :rows, :cols]


# — blocks —


def dots_by_kind(
    trace: Trace, values: Float[np.ndarray, "blocks *heads"], of_windowed: Words, of_global: Words
) -> list[Curve]:
    """A dot for each value at its block's number; those of windowed and of global blocks are two curves, or one."""
    windowed = np.array([window is not None for window in trace.windows])
    kinds = (("windowed", windowed, of_windowed), ("global", ~windowed, of_global))
    return [
        Curve(label, np.repeat(np.flatnonzero(chosen), values[0].size).astype(np.float32), values[chosen].ravel(), role)
        for role, chosen, label in kinds
        if chosen.any()
    ]


# — heads —


def head_labels(trace: Trace, selection: Selection) -> tuple[Words, ...]:
    """A label for each map of `pooled_heads`: all heads, the chosen one, or their mean or maximum."""
    match selection.look.heads:
        case "one":
            return (say("label.head", head=selection.focus.head),)
        case "mean":
            return (say("label.mean"),)
        case "max":
            return (say("label.max"),)
    return tuple(say("label.head", head=head) for head in range(trace.heads))


def picked_head(selection: Selection) -> tuple[str, int | None]:
    """What clicking a label picks, and which map is singled out: both only where every head has a map."""
    return ("head", selection.focus.head) if selection.look.heads == "all" else ("", None)


# — windows —


def window_sight(trace: Trace, row: AttentionRow) -> Sight | None:
    """The query's window, to which maps of what it sees are cut; None where it sees the whole grid."""
    span = row.span
    if span.inside == trace.grid:
        return None
    (bottom, right) = (span.row + span.inside[0] - 1, span.col + span.inside[1] - 1)
    key = "label.sight.padded" if span.padding_tokens else "label.sight"
    words = say(key, top=span.row, bottom=bottom, left=span.col, right=right)
    return Sight(span.row, span.col, *span.size, words)


# — padding —


def padding_note(trace: Trace, row: AttentionRow, window: Float[Tensor, ""], image: Float[Tensor, ""]) -> Words | None:
    """Which share of one map's weight went to window padding and to image padding; None where there is neither."""
    to_window = say("note.window_padding", share=float(window)) if row.span.padding_tokens else None
    to_image = say("note.image_padding", share=float(image)) if trace.photo_grid != trace.grid else None
    return joined(to_window, to_image) if to_window or to_image else None


# — relative position —


def bias_curves(row: AttentionRow, selection: Selection, title: Words) -> Curves:
    """The pinned query's rel_h over key rows and rel_w over key columns; NaN outside its window."""
    curves = (
        Curve(label, np.arange(bias.shape[1], dtype=np.float32), bias[selection.focus.head].numpy())
        for label, bias in ((say("label.rel_h"), row.rel_h), (say("label.rel_w"), row.rel_w))
    )
    marks = (
        (selection.focus.query[0], say("label.query_row")),
        (selection.focus.query[1], say("label.query_col")),
    )
    return Curves(title, tuple(curves), say("axis.key_row_or_col"), say("unit.score"), marks)


def no_rel_pos_panels() -> list[Panel]:
    """What stands for relative position where the encoder has none."""
    return [Numbers(say("panel.rel_pos.none"), (Number(symbol("use_rel_pos"), 0),), say("error.no_rel_pos"))]
