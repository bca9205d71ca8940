"""The live page on one trace, from Python."""

import sys
import webbrowser
from typing import TYPE_CHECKING, Any

from samvit.tracing import Trace
from viz.session.given import Given
from viz.session.models import Models
from viz.session.session import Session
from viz.showing import selected

if TYPE_CHECKING:
    from viz.page.live import LivePage


def explore(
    trace: Trace,
    view: str = "heads",
    *,
    tab: bool | None = None,
    height: int = 720,
    port: int | None = None,
    **fields: Any,
) -> "LivePage":
    """The live page on this trace: its photo, its encoder, hover and click and all views.

    A notebook shows it in the cell where it is the last value; elsewhere it opens in a tab of the browser. A thread
    serves it on this machine until `close()`, or until the program ends. Every number is the trace's own. What a person
    then asks for beyond it (a what-if, another size, another photo) is computed by the same encoder; of the photo the
    page has no more pixels than the trace.

    Args:
        view, fields: What it opens on, as for `viz.selected`.
        tab: Whether it opens in a tab; by default, unless this is a notebook.
        height: Of the frame in a notebook, in pixels.
        port: Where it listens; the first free one from 7860 if None. To open it from another machine, forward it.

    Raises:
        Problem: As `viz.selected`.
        ValueError: If there is no such port.
        OSError: If the port is taken.
    """
    from viz.page.live import LivePage  # here, since gradio takes seconds to import

    trace = trace.detached()
    first = selected(trace, view, **fields)
    encoder = trace.true_encoder or trace.execution.encoder
    page = LivePage(Session(Models((), given={first.subject.model: encoder}), given=Given(trace, first)), height, port)
    if tab if tab is not None else not in_notebook():
        webbrowser.open(page.url)
    return page


def in_notebook() -> bool:
    """Whether this runs in a notebook's kernel."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")
