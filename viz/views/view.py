"""What a view is, and the stages of the forward pass that views belong to."""

from collections.abc import Callable
from dataclasses import dataclass

from samvit.tracing import Trace
from viz.panel import Panel
from viz.selection import Selection

# In the order of the forward pass; last what looks across all of it. Stages from norm1 to mlp are inside the
# selected block.
STAGES = ("config", "photo", "patches", "position", *(
    BLOCK_STAGES := ("norm1", "windows", "qkv", "scores", "softmax", "values", "residual", "norm2", "mlp")
), "neck", "embedding", "network")  # fmt: skip


@dataclass(frozen=True)
class View:
    """One picture of one step, drawn from a trace.

    Attributes:
        id: Its name in a link, and in the catalogue of texts (`view.<id>.title`, `.what`, `.more`, `.formula`, `.not`).
        stage: The step of the forward pass that it belongs to.
        panels: Pure: the same trace and selection give the same panels, and neither is changed.
        source: The functions or classes of our own encoder that compute what is shown.
        tensors: Names of the trace's tensors before … after; `{block}` stands for the selected one.
        uses: The selection's fields that `panels` reads beyond image, model and size: these get controls.
        live: Quick enough to follow a hover.
        channels: How many filters, neurons or channels the selection's `channel` counts in this view.
        symbols: Where a symbol of the formula is seen: its name, and a place of the screen as docs/tours.md has them.
        first_channel: Which of them is looked at as long as nobody chose one.
        of_two: Both sides' panels of a comparison, where they share something: used with `basis=shared`.
        windowed: A windowed block shows its point: it opens on one, unless a link asks for another.
    """

    id: str
    stage: str
    panels: Callable[[Trace, Selection], list[Panel]]
    source: tuple[Callable[..., object], ...]
    tensors: tuple[str, ...]
    uses: frozenset[str]
    live: bool = True
    channels: Callable[[Trace], int] | None = None
    first_channel: Callable[[Trace, Selection], int] = lambda trace, selection: 0
    windowed: bool = False
    of_two: Callable[[tuple[Trace, Selection], tuple[Trace, Selection]], tuple[list[Panel], list[Panel]]] | None = None

    def channel_of(self, trace: Trace, selection: Selection) -> int:
        """The filter, neuron or channel that is looked at: the chosen one, else the view's own choice."""
        chosen = selection.look.channel
        return self.first_channel(trace, selection) if chosen is None else chosen

    symbols: tuple[tuple[str, str], ...] = ()
