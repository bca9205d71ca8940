"""Scales that several views share."""

import numpy as np

from viz.panel import Scale
from viz.selection import Selection
from viz.words import Text, say


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


def signed_scale(values: np.ndarray, unit: Text, note: Text = "", percent: bool = False) -> Scale:
    """One signed scale for all values: zero in the middle, as wide as the largest magnitude."""
    finite = np.abs(values[np.isfinite(values)])
    top = float(finite.max()) if finite.size and finite.max() > 0 else 1.0
    return Scale("signed", -top, top, unit, note, percent=percent)


def sequential_scale(values: np.ndarray, unit: Text, note: Text = "") -> Scale:
    """One sequential scale from the smallest to the largest value."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    return Scale("sequential", low, high if high > low else low + 1.0, unit, note)
