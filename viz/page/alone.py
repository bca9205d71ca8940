"""A lesson without a running app: for Python and the command line."""

from collections.abc import Sequence

from samvit.tracing import Trace
from viz.page.explorer import Explorer
from viz.page.lesson import LESSON, lesson
from viz.selection import Selection
from viz.session.export import File
from viz.session.models import HERE, Models
from viz.session.session import Session
from viz.tour import Tour

__all__ = ["LESSON", "lesson_of"]


def lesson_of(
    trace: Trace, selection: Selection, blocks: Sequence[int] | None = None, tour: Tour | None = None
) -> File:
    """A lesson on one trace, opened at a selection; see `viz.page.lesson.lesson`.

    Raises:
        Problem: If there is no such block.
    """
    session = Session(Models(HERE))
    try:
        boot = Explorer(session).boot({"selection": {"lang": selection.lang}})
        return lesson(trace, selection, boot, blocks, tour)
    finally:
        session.close()
