"""A guided tour: stops in order. Each is a selection, a sentence or two, and a place on the screen that is lit.

tour = read_tour("lecture.toml")            # viz/tour_file.py; `built_in()` is the tour that comes with the app
for number, stop in enumerate(tour.stops, 1):
    selection = stop.at(trace, base, number)            # what is looked at, inside this trace's limits
    title = stop.told("title", trace, selection)        # written in the selection's language
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from samvit.tracing import Trace
from viz.selection import BY_NAME, FIELDS, Limits, Selection
from viz.views import view_by_id
from viz.words import Text, Words, written

Part = Literal["title", "words", "notes"]
PARTS: tuple[Part, ...] = ("title", "words", "notes")
WRITTEN_FOR = 64  # patches along a side of the grid that a tour's patches are meant on, unless its link names a size
# What a stop sets back where its link doesn't name it.
RESET = {known.name: known.default for known in FIELDS if known.part in {"look", "against"}}


@dataclass(frozen=True)
class Stop:
    """One stop of a tour.

    Attributes:
        fields: What its link says, by the selection's flat names. Of the look and of what is compared with, fields
            that it doesn't name are the defaults; photo, model, block, head and patches stay what they were.
        title, words, notes: What is said: on the screen, and in the presenter's window. A `str` was written by the
            tour's author; `Words` of the catalogue take the trace's facts into their places.
        lit: The place on the screen that is lit; see `PLACES` in viz/tour_file.py.
        kind: The block must be windowed or global: where the link's is the other kind, the nearest of this kind is
            taken, so that one tour fits encoders of every depth.
        guess: A question whose answer is computed here; a name of `viz.guesses.GUESSES`.
    """

    fields: Mapping[str, Any]
    title: Text
    words: Text
    notes: Text = ""
    lit: str = ""
    kind: Literal["", "windowed", "global"] = ""
    guess: str = ""

    def at(self, trace: Trace, base: Selection, number: int = 0) -> Selection:
        """What is looked at when this stop is reached in a trace: always inside its limits.

        Args:
            trace: Of the photo and model that the stop is shown with.
            base: What was looked at before; it gives what the stop leaves open.
            number: The stop's own, from 1 on; it becomes part of the link.
        """
        selection = base.changed(**{**RESET, **self.placed(trace), "stop": number})
        channels = view_by_id(selection.view).channels
        limits = Limits(trace.depth, trace.heads, trace.photo_grid, channels(trace) if channels else None)
        fitted, _ = selection.fit(limits)
        if not self.kind:
            return fitted
        return fitted.changed(block=nearest_block(trace.windows, fitted.focus.block, self.kind))

    def placed(self, trace: Trace) -> dict[str, Any]:
        """The stop's fields, its patches moved to the same places of this trace's grid."""
        if "size" in self.fields:
            return dict(self.fields)
        side = max(trace.grid)
        return {
            name: tuple(index * side // WRITTEN_FOR for index in value) if BY_NAME[name].kind == "patch" else value
            for name, value in self.fields.items()
        }

    def told(self, part: Part, trace: Trace, selection: Selection) -> str:
        """Title, words or notes in the selection's language, with this trace's facts in them."""
        text: Text = getattr(self, part)
        if isinstance(text, Words):
            text = Words(text.key, (*facts(trace, selection.focus.block).items(), *text.values))
        return written(text, selection.lang)


@dataclass(frozen=True)
class Tour:
    """Stops in order, and what the tour is called."""

    title: Text
    stops: tuple[Stop, ...]


def nearest_block(windows: tuple[int | None, ...], block: int, kind: str) -> int:
    """The nearest block of a kind; the block itself where there is none. Of two as near the earlier one.

    Args:
        windows: `Trace.windows`: None for a global block.
        kind: windowed or global.
    """
    found = [index for index, window in enumerate(windows) if (window is None) == (kind == "global")]
    return min(found, key=lambda index: (abs(index - block), index), default=block)


def facts(trace: Trace, block: int) -> dict[str, int]:
    """The numbers that a tour's sentences may name, of this trace and block: sizes in tokens, pixels and channels."""
    (rows, cols), encoder = trace.grid, trace.encoder
    window = trace.windows[block] or next(filter(None, trace.windows), 0)
    down, across = (-(-side // window) if window else 1 for side in (rows, cols))
    whole = (rows // window) * (cols // window) if window else 1
    chosen, dim = encoder.blocks[block], trace.stream[0].shape[-1]
    return {
        "size": trace.geometry.img_size,
        "patch": trace.patch_size,
        "values": encoder.patch_embed.proj.in_channels * trace.patch_size**2,
        "rows": rows,
        "cols": cols,
        "tokens": rows * cols,
        "dim": dim,
        "depth": trace.depth,
        "block": block,
        "windowed": sum(side is not None for side in trace.windows),
        "globals": sum(side is None for side in trace.windows),
        "window": window,
        "window_tokens": window**2,
        "windows": down * across,
        "padded": down * across - whole,
        "padded_rows": down * window if window else rows,
        "padded_cols": across * window if window else cols,
        "heads": trace.heads,
        "head_dim": dim // trace.heads,
        "table_rows": len(chosen.attn.rel_pos_h) if chosen.attn.use_rel_pos else 0,
        "hidden": chosen.mlp.lin1.out_features,
        "out_chans": trace.embedding.shape[0],
        "numbers": trace.embedding.numel(),
    }
