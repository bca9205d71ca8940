"""The one list of views: every module here that has `VIEWS`. The page, exports and tests walk it."""

import importlib
import pkgutil

from viz.views.view import STAGES, View

_modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]

VIEWS: tuple[View, ...] = tuple(
    sorted(
        (view for module in _modules for view in getattr(module, "VIEWS", ())),
        key=lambda view: STAGES.index(view.stage),
    )
)


def view_by_id(name: str) -> View:
    """One view.

    Raises:
        ValueError: If there is none of that name.
    """
    for view in VIEWS:
        if view.id == name:
            return view
    raise ValueError(f"view must be one of {', '.join(view.id for view in VIEWS)}, got {name!r}")
