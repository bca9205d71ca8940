"""Views that a lesson stores as they are: the one in view, those that only the photo changes, and a tour's stops."""

from collections.abc import Sequence
from typing import Any

import orjson

from samvit.tracing import Trace
from viz.page.wire import panel_message
from viz.selection import FIELDS, Selection
from viz.session.touring import guess_message, tour_message
from viz.tour import Tour
from viz.views import VIEWS, view_by_id
from viz.views.view import View

LIVE = ("heads",)
ALWAYS = ("neck_pca",)  # as it is for the patch in view
STORED_BYTES = 150_000  # of a view that nobody asked for
KEPT = {known.name for known in FIELDS if known.part in {"focus", "look"}}  # of a stop: what it looks at, whole


def stops_of(tour: Tour | None, trace: Trace, selection: Selection) -> list[Selection]:
    """What a tour's stops look at in this trace; of stops that compare two sides, the first one."""
    stops = tour.stops if tour else ()
    return [stop.at(trace, selection, number).one_side for number, stop in enumerate(stops, 1)]


def stored_views(trace: Trace, looks: Sequence[Selection]) -> dict[str, list[dict[str, Any]]]:
    """Each stored view's panels, beside the fields that they were made with.

    Args:
        looks: What is stored whatever its size, the selection in view first; the views that only the photo changes,
            and those of `ALWAYS`, are stored with that.
    """
    held: dict[str, list[dict[str, Any]]] = {}
    asked = [(view_by_id(look.view), look) for look in looks]
    photo_only = [
        (view, looks[0].changed(view=view.id)) for view in VIEWS if view.uses <= {"overlay"} or view.id in ALWAYS
    ]
    for index, (view, look) in enumerate([*asked, *photo_only]):
        fields = {name: look[name] for name in sorted(view.uses - {"overlay"})}
        entries = held.get(view.id, [])
        if view.id in LIVE or any(one["fields"] == fields for one in entries):
            continue
        panels = stored_panels(view, trace, look)
        if panels and (index < len(asked) or len(orjson.dumps(panels)) <= STORED_BYTES):
            held[view.id] = [*entries, {"fields": fields, "panels": panels}]
    return held


def stored_panels(view: View, trace: Trace, look: Selection) -> list[dict[str, Any]]:
    """A view as the browser gets it; nothing where it has nothing to show, as without relative position."""
    try:
        return [panel_message(panel, look.lang) for panel in view.panels(trace, look)]
    except ValueError:
        return []


def seen_at(view: str, selection: Selection, stops: Sequence[Selection]) -> Selection:
    """Where a view is seen in a lesson: at the first of the tour's stops that shows it, or as the selection has it."""
    return next((stop for stop in stops if stop.view == view), selection.changed(view=view))


def tour_messages(tour: Tour | None, trace: Trace, selection: Selection, stops: Sequence[Selection]) -> dict[str, Any]:
    """A tour as the page goes through it, its stops with everything that they look at; and their questions."""
    if tour is None:
        return {}
    message = tour_message(tour, trace, selection)
    told: Any = message["stops"]
    for one, look in zip(told, stops, strict=True):
        one["fields"] |= {name: look[name] for name in KEPT} | {"view": look.view, "compare": "off"}
    guesses = [guess_message(tour, trace, look) for look in stops]
    return {"tour": message, "guesses": guesses}
