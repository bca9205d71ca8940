"""The one list of views: every module here that has `VIEWS`. The page, exports and tests walk it.

In the order of the forward pass; within a stage, views of the file that bears its name come first.
"""

import importlib
import pkgutil

from viz.views.view import STAGES, View
from viz.words import Problem, say, symbol

_found = [
    (found.name, view)
    for found in pkgutil.iter_modules(__path__)
    for view in getattr(importlib.import_module(f"{__name__}.{found.name}"), "VIEWS", ())
]
_found.sort(key=lambda one: (STAGES.index(one[1].stage), one[0] != one[1].stage))

VIEWS: tuple[View, ...] = tuple(view for _, view in _found)


def view_by_id(name: str) -> View:
    """One view.

    Raises:
        ValueError: If there is none of that name.
    """
    for view in VIEWS:
        if view.id == name:
            return view
    names = ", ".join(view.id for view in VIEWS)
    raise Problem(say("problem.view", names=names, got=symbol(repr(name[:40]))))
