"""What the browser may ask: each answer is plain JSON, and nothing a person does gets past a clear sentence."""

import base64
import functools
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from samvit.errors import SaidError
from samvit.measures.layers import block_colours, neck_colours
from samvit.moment import TakesLonger, only_a_moment
from samvit.tracing import Trace
from samvit.version import __version__
from samvit.what_if import GROUPS, KINDS
from viz.figures.colour import lut
from viz.page.kept import KeptAnswers, Packed
from viz.page.lesson import LESSON, LESSON_WITH_TOUR, lesson
from viz.page.metrics import Metrics
from viz.page.pipeline import FLOW_NODES, INNER, OUTER
from viz.page.scene import scene_message, thumbnail
from viz.page.wire import Behind, Written, in_text, panel_message, picture_url
from viz.palette import MAP_CATEGORIES, ROLES
from viz.selection import FLOW_STEPS, Focus, Selection, fields_message
from viz.session.comparison import Side
from viz.session.explain import explanation
from viz.session.export import File, export_file
from viz.session.jobs import Busy, Working
from viz.session.models import other_size, other_way, weights_of
from viz.session.pair import pair_message, proof_message
from viz.session.photos import EXAMPLES
from viz.session.session import Opened, Session
from viz.session.told import of_error
from viz.session.touring import guess_message, tour_message
from viz.texts import catalogue, known
from viz.views import VIEWS, view_by_id
from viz.views.view import BLOCK_STAGES, STAGES
from viz.words import Problem, joined, say, written

log = logging.getLogger(__name__)

# What the page's scripts ask the catalogue for; a test reads the scripts and holds this to them.
PAGE_TEXTS = (
    *("ui.", "key.", "mouse.", "touch.", "tip.", "pair.", "stage.", "node.", "strip.", "axes.", "of.", "model.short."),
    *("label.block", "label.max_value", "panel.compare.", "change."),
)
HOVERED_ROWS = 2  # of attention: two queries can be compared
PAGE_VIEW_TEXTS = re.compile(r"view\.\w+\.(title|what)")

Message = dict[str, Any]
GONE: Message = {"state": "gone"}


def answered(function: Callable[..., Message]) -> Callable[..., Message]:
    """Turn every failure into one sentence: the only place where errors become something a person reads."""

    @functools.wraps(function)
    def safe(self: "Explorer", data: object, *more: object) -> Message:
        try:
            return function(self, data, *more)
        except TakesLonger:
            raise  # no failure: whoever gave only a moment asks again
        except Busy as busy:
            return {"state": "busy", "error": written(busy.words, language_of(data))}
        except (Problem, SaidError) as error:
            return {"error": written(of_error(error), language_of(data))}
        except Exception:  # a plain ValueError too: what a person can cause is a Problem or a SaidError
            log.exception("an answer failed")
            return {"error": written(say("problem.app"), language_of(data))}

    return safe


class Explorer:
    """A session's answers to its visitors' browsers."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.kept = KeptAnswers(session.shares.answers)

    @answered
    def boot(self, data: object) -> Message:
        """Everything the page needs before any photo: texts, stages, views, models, examples, colours.

        `language` is the browser's own: a link that says none is in it.
        """
        lang, own = language_of(data), known(data.get("language")) if isinstance(data, Mapping) else "en"
        return {
            "texts": page_texts(lang),
            "version": __version__,
            # A newcomer's link says the head, and one that says none means the table's.
            "defaults": self.session.first.changed(lang=own, head=Focus().head).flat(),
            "fields": fields_message(),
            "stages": STAGES,
            "nodes": [asdict(node) for node in OUTER],
            "inner": [asdict(node) for node in INNER],
            "blockStages": BLOCK_STAGES,
            "flow": [FLOW_NODES[step] for step in FLOW_STEPS],
            "views": [
                {
                    "id": view.id,
                    "stage": view.stage,
                    "uses": sorted(view.uses),
                    "live": view.live,
                    "windowed": view.windowed,
                }
                for view in VIEWS
            ],
            "models": [
                {
                    "name": offer.name,
                    "available": offer.available,
                    "reason": written(offer.reason, lang),
                    "sizes": offer.sizes,
                }
                for offer in self.session.models.offers()
            ],
            "examples": [
                {"name": example.name, "query": example.query, "credit": example.credit, "src": thumbnail(example.path)}
                for example in EXAMPLES
            ],
            "changes": [
                {"kind": kind, "numbers": numbers, "group": GROUPS.get(kind, "")} for kind, numbers in KINDS.items()
            ],
            "colours": {kind: base64.b64encode(lut(kind).tobytes()).decode() for kind in ("sequential", "signed")},
            "categories": [list(map(int, colour)) for colour in lut("categorical")[: len(MAP_CATEGORIES)]],
            "roles": ROLES,
        }

    @answered
    def open(self, data: object) -> Message:
        """The scene of a selection, or how far its forward pass has come; ask again until it is ready."""
        opened = self.session.open(visitor_of(data), query_of(data), wait_s=0)
        if isinstance(opened, Working):
            return {"state": "working"} | asdict(opened)
        lang = opened.selection.lang
        answer = {
            "state": "ready",
            "selection": opened.selection.flat(),
            "problems": [written(problem, lang) for problem in opened.problems],
            "scene": self._scene(opened),
        }
        if opened.other is not None:
            answer["against"] = {"selection": opened.other.selection.flat(), "scene": self._scene(opened.other)}
        return answer

    def _scene(self, opened: Opened) -> Message:
        """The scene of one side."""
        selection = opened.selection
        subject, encoder = selection.subject, opened.trace.encoder
        other = other_size(encoder, subject.size), other_way(opened.trace)
        said = joined(weights_of(subject.model, encoder), *other, by=" ")
        weights = written(said, selection.lang)
        return scene_message(opened.trace, selection, weights, opened.reading)

    @answered
    def leave(self, data: object) -> Message:
        """A visitor doesn't wait for a selection's photo or view any more."""
        self.session.leave(visitor_of(data), query_of(data))
        return {"state": "left"}

    @answered
    def upload(self, data: object) -> Message:
        """Keep a visitor's photo; the mark that selects it."""
        fields, files = getattr(data, "data", {}), getattr(data, "files", [])
        if len(files) != 1:
            raise Problem(say("problem.one_photo", count=len(files)))
        return {"image": self.session.photos.add(visitor_of(fields), files[0][1])}

    def metrics(self) -> Metrics:
        """What an operator may want to watch."""
        session = self.session
        return Metrics(
            {
                ("waiting_photos", "Forward passes that wait or run."): session.jobs.waiting,
                ("encoded_photos_total", "Forward passes done."): lambda: session.jobs.done,
                ("traces", "Traces kept."): lambda: len(session.store),
                ("trace_bytes", "Bytes that traces hold."): lambda: session.store.nbytes,
                ("replay_bytes", "Bytes that rebuilt parts hold."): lambda: session.replay.nbytes,
                ("upload_bytes", "Bytes that uploads hold."): lambda: session.photos.nbytes,
                ("answer_bytes", "Bytes that kept answers hold."): lambda: self.kept.nbytes,
                ("budget_bytes", "What all of these may hold together."): lambda: session.shares.budget,
            }
        )

    def at_once(self, data: object) -> Packed | None:
        """The answer to `view` where it is a hover's, and was given before or takes a millisecond or two."""
        asked = self._hovered(data)
        if asked is None:
            return None
        try:
            with only_a_moment(rows=HOVERED_ROWS):
                return self.kept.get(*asked) or self._packed(data, *asked)
        except TakesLonger:
            return None

    def packed(self, data: object) -> Packed | None:
        """The same, however long it takes; None for all other questions."""
        asked = self._hovered(data)
        return None if asked is None else self.kept.get(*asked) or self._packed(data, *asked)

    def _hovered(self, data: object) -> tuple[Trace, Selection] | None:
        """What a hover looks at: many ask alike, so that the answer is worth keeping. None for all other looks."""
        try:
            found, selection = self.session.look(visitor_of(data), query_of(data))
        except ValueError:
            return None  # the answer will say what is wrong
        if found is None or selection.comparing or not view_by_id(selection.view).live:
            return None
        return found, selection

    def _packed(self, data: object, found: Trace, selection: Selection) -> Packed | None:
        """A hover's answer, kept for the next who asks the same; None if something is wrong with it."""
        arrays = Behind()
        answer = self._seen(data, found, selection, arrays)
        return self.kept.keep(found, selection, arrays.joined(answer)) if answer.get("state") == "ready" else None

    @answered
    def view(self, data: object) -> Message:
        """The panels of the selected view and the pinned pair in numbers, or how far they have come; ask again then."""
        found, selection = self.session.look(visitor_of(data), query_of(data))
        return GONE if found is None else self._seen(data, found, selection)

    @answered
    def _seen(self, data: object, found: Trace, selection: Selection, write: Written = in_text) -> Message:
        """The answer to `view`, once it is known what it is of."""
        if selection.comparing:
            return self._both(visitor_of(data), found, selection)
        shown = self.session.panels(visitor_of(data), found, selection)
        if isinstance(shown, Working):
            return {"state": "working"} | asdict(shown)
        panels = [panel_message(panel, selection.lang, write) for panel in shown]
        answer = {"state": "ready", "panels": panels, "pair": pair_message(found, selection)}
        return answer | {"channel": channel_of(found, selection)}

    def _both(self, visitor: str, found: Trace, selection: Selection) -> Message:
        """The answer to `view` where two sides are compared."""
        lang, (other, side) = selection.lang, self.session.other(visitor, selection, found)
        if other is None:
            return GONE
        one = Side(found, selection.one_side)
        both = self.session.compared(visitor, one, Side(other, side), selection.against.compare)
        if isinstance(both, Working):
            return {"state": "working"} | asdict(both)
        return {
            "state": "ready",
            "panels": [panel_message(panel, lang) for panel in both.one],
            "pair": pair_message(found, selection),
            "channel": channel_of(found, selection),
            "against": {
                "selection": side.flat(),
                "panels": [panel_message(panel, lang) for panel in both.other],
                "pair": pair_message(other, side),
                "pairs": [[pair.one, pair.other] for pair in both.pairs],
                "differences": [pair.difference and panel_message(pair.difference, lang) for pair in both.pairs],
                "summary": written(both.summary, lang),
            },
        }

    @answered
    def film(self, data: object) -> Message:
        """The forward pass as small pictures: each block's output in colours that all blocks share, and the neck's."""
        found, _ = self.session.look(visitor_of(data), query_of(data))
        if found is None:
            return GONE
        blocks, neck = block_colours(found), neck_colours(found)
        films = {"blocks": blocks, "neck": neck}
        return {name: [picture_url(one.numpy()) for one in pictures] for name, pictures in films.items()}

    @answered
    def proof(self, data: object) -> Message:
        """The rebuilt row · v → proj against what the hook saw, for the pinned patch."""
        found, selection = self.session.look(visitor_of(data), query_of(data))
        return GONE if found is None else proof_message(found, selection)

    @answered
    def explain(self, data: object) -> Message:
        """What a view shows, its formula, the lines that ran, the shapes, and what it doesn't prove."""
        found, selection = self.session.look(visitor_of(data), query_of(data))
        return GONE if found is None else explanation(found, selection)

    @answered
    def tour(self, data: object) -> Message:
        """The guided tour's stops, as they are for the selected photo and model."""
        found, selection = self.session.look(visitor_of(data), query_of(data))
        return GONE if found is None else tour_message(self.session.tour, found, selection)

    @answered
    def guess(self, data: object) -> Message:
        """What the selected stop of the tour asks, and what is right."""
        found, selection = self.session.look(visitor_of(data), query_of(data))
        return GONE if found is None else guess_message(self.session.tour, found, selection)

    @answered
    def export(self, data: object) -> Message:
        """The current view as a file: png, svg, pdf, npz with the values …, or a lesson, with the tour or without."""
        found, selection = self.session.look(visitor_of(data), query_of(data))
        if found is None:
            return GONE
        wanted = str(data.get("format") if isinstance(data, Mapping) else "")
        if wanted in {LESSON, LESSON_WITH_TOUR}:
            one_side = selection.one_side if selection.comparing else selection
            tour = self.session.tour if wanted == LESSON_WITH_TOUR else None
            return file_message(lesson(found, one_side, self.boot(data), tour=tour))
        against = None
        if selection.comparing:
            other, side = self.session.other(visitor_of(data), selection, found)
            if other is None:
                return GONE
            against = Side(other, side)
        return file_message(export_file(found, selection, wanted, against))


def file_message(file: File) -> Message:
    """A file to take along."""
    return {"name": file.name, "type": file.media_type, "data": base64.b64encode(file.data).decode()}


def page_texts(language: str) -> dict[str, str]:
    """The texts that the page's scripts write themselves; all others come written, with what they are of."""
    texts = catalogue(language).items()
    return {key: text for key, text in texts if key.startswith(PAGE_TEXTS) or PAGE_VIEW_TEXTS.fullmatch(key)}


def channel_of(trace: Trace, selection: Selection) -> int | None:
    """Which filter, neuron or channel the selected view shows; None where it has none."""
    view = view_by_id(selection.view)
    return view.channel_of(trace, selection) if view.channels else None


def visitor_of(data: object) -> str:
    """The secret that a browser made up for itself; it alone opens that visitor's uploads."""
    visitor = str(data.get("visitor") if isinstance(data, Mapping) else "")
    if not re.fullmatch(r"[0-9a-f-]{32,40}", visitor):
        raise Problem(say("problem.visitor"))
    return visitor


def query_of(data: object) -> dict[str, str]:
    """The selection's fields, as a URL's query has them."""
    query = data.get("selection") if isinstance(data, Mapping) else None
    if not isinstance(query, Mapping) or any(isinstance(value, Mapping | list) for value in query.values()):
        raise Problem(say("problem.selection"))
    return {str(name): str(value) for name, value in query.items()}


def language_of(data: object) -> str:
    """The language of what was asked; English where it says none that there is."""
    data = getattr(data, "data", data)  # an upload's fields lie beside its file
    query = data.get("selection") if isinstance(data, Mapping) else None
    return known(query.get("lang")) if isinstance(query, Mapping) else "en"
