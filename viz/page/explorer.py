"""What the browser may ask: each answer is plain JSON, and nothing a person does gets past a clear sentence."""

import base64
import functools
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict

from samvit.preprocess import preprocess
from samvit.tracing import Progress, Trace, trace
from viz.figures.colour import lut
from viz.page.explanation import explanation, source_lines
from viz.page.export import export_file
from viz.page.jobs import Jobs
from viz.page.models import Models
from viz.page.pair import pair_message, proof_message
from viz.page.photos import EXAMPLES, UPLOAD_MARK, Photos
from viz.page.pipeline import INNER, OUTER
from viz.page.scene import scene_message, thumbnail
from viz.page.store import TraceStore
from viz.page.wire import panel_message
from viz.palette import ROLES
from viz.selection import HEADS, SCALES, SIZES, Limits, Selection, fields_message, showing
from viz.texts import catalogue, text
from viz.views import VIEWS, view_by_id
from viz.views.view import BLOCK_STAGES, STAGES
from viz.words import Problem, Words, say, symbol

log = logging.getLogger(__name__)

Message = dict[str, object]
TraceKey = tuple[tuple[str, str], str, int]
WAIT_S = 0.25  # how long an answer may be held back for a job that is nearly done


def answered(function: Callable[..., Message]) -> Callable[..., Message]:
    """Turn every failure into one sentence: the only place where errors become something a person reads."""

    @functools.wraps(function)
    def safe(self: "Explorer", data: object) -> Message:
        try:
            return function(self, data)
        except (ValueError, KeyError) as error:
            if isinstance(error, KeyError):
                log.warning("bad request: %s", error)
            return {"error": str(error) if isinstance(error, ValueError) else text("en", "problem.request")}
        except Exception:
            log.exception("an answer failed")
            return {"error": text("en", "problem.app")}

    return safe


class Explorer:
    """Answers of one app, for all its visitors.

    Args:
        models: What is offered.
        memory_bytes: What traces may hold together.
        upload_bytes: What uploads may hold together.
    """

    def __init__(self, models: Models, memory_bytes: int = 4 * 10**9, upload_bytes: int = 256 * 10**6) -> None:
        self.models = models
        self.photos = Photos(upload_bytes)
        self.store = TraceStore(memory_bytes)
        self.jobs = Jobs()
        self.first = Selection.of(model=models.allowed[0], image=EXAMPLES[0].name, query=EXAMPLES[0].query)

    def warm_up(self) -> None:
        """Begin to encode what a newcomer sees first, and to look which models can be had."""
        for view in VIEWS:
            for thing in view.source:
                source_lines(
                    thing
                )  # now, in one thread: CPython 3.11's parser trips where several read classes at once
        self.models.look()
        self._start((("", self.first.subject.image), self.first.subject.model, self.first.subject.size))

    @answered
    def boot(self, data: Mapping[str, object]) -> Message:
        """Everything the page needs before any photo: texts, stages, views, models, examples, colours."""
        lang = "en"
        return {
            "texts": catalogue(lang),
            "defaults": self.first.flat(),
            "fields": fields_message(),
            "stages": STAGES,
            "nodes": [asdict(node) for node in OUTER],
            "inner": [asdict(node) for node in INNER],
            "blockStages": BLOCK_STAGES,
            "views": [
                {"id": view.id, "stage": view.stage, "uses": sorted(view.uses), "live": view.live} for view in VIEWS
            ],
            "choices": {"heads": HEADS, "scale": SCALES, "size": SIZES},
            "models": [asdict(offer) | {"label": model_label(offer.name, lang)} for offer in self.models.offers()],
            "examples": [
                {"name": example.name, "query": example.query, "credit": example.credit, "src": thumbnail(example.path)}
                for example in EXAMPLES
            ],
            "colours": {kind: base64.b64encode(lut(kind).tobytes()).decode() for kind in ("sequential", "signed")},
            "categories": [list(map(int, colour)) for colour in lut("categorical")[:8]],
            "roles": ROLES,
        }

    @answered
    def open(self, data: Mapping[str, object]) -> Message:
        """The scene of a selection, or how far its forward pass has come; ask again until it is ready."""
        visitor = visitor_of(data)
        selection, problems = Selection.from_query(query_of(data))
        selection, problems = self._known(selection, query_of(data), problems)
        key = (self.photos.key(visitor, selection.subject.image), selection.subject.model, selection.subject.size)
        found = self.store.get(key)
        if found is None:
            failed = self.jobs.take_error(key)
            if isinstance(failed, ValueError):
                raise failed
            if failed is not None:
                raise RuntimeError("a forward pass failed") from failed
            self._start(key)
            self.jobs.wait(key, WAIT_S)
            found = self.store.get(key)
        if found is None:
            standing = self.jobs.standing(key)
            job, before = standing if standing else (None, 0)
            return {
                "state": "working",
                "step": job.step if job else "",
                "done": job.done if job else 0,
                "total": job.total if job else 0,
                "before": before,
            }
        if "block" not in query_of(data):
            selection = selection.changed(block=last_global_block(found))
        fitted, moved = selection.fit(limits(found, selection))
        return {
            "state": "ready",
            "selection": fitted.flat(),
            "problems": [str(problem) for problem in problems + moved],
            "scene": scene_message(found, fitted, model_label(fitted.subject.model, fitted.lang)),
        }

    @answered
    def upload(self, data: object) -> Message:
        """Keep a visitor's photo; the mark that selects it."""
        fields, files = getattr(data, "data", {}), getattr(data, "files", [])
        if len(files) != 1:
            raise ValueError(text("en", "problem.one_photo", count=len(files)))
        return {"image": self.photos.add(visitor_of(fields), files[0][1])}

    @answered
    def view(self, data: Mapping[str, object]) -> Message:
        """The panels of the selected view, and the pinned pair in numbers."""
        found, selection = self._found(data)
        if found is None:
            return {"state": "gone"}
        panels = view_by_id(selection.view).panels(found, selection)
        return {
            "state": "ready",
            "panels": [panel_message(panel, selection.lang) for panel in panels],
            "pair": pair_message(found, selection),
        }

    @answered
    def proof(self, data: Mapping[str, object]) -> Message:
        """The rebuilt row · v → proj against what the hook saw, for the pinned patch."""
        found, selection = self._found(data)
        return {"state": "gone"} if found is None else proof_message(found, selection)

    @answered
    def explain(self, data: Mapping[str, object]) -> Message:
        """What a view shows, its formula, the lines that ran, the shapes, and what it doesn't prove."""
        found, selection = self._found(data)
        return {"state": "gone"} if found is None else explanation(found, selection)

    @answered
    def export(self, data: Mapping[str, object]) -> Message:
        """The current view as a file: png, svg, pdf, or npz with the values."""
        found, selection = self._found(data)
        if found is None:
            return {"state": "gone"}
        return export_file(
            found, selection, str(data.get("format")), model_label(selection.subject.model, selection.lang)
        )

    def _found(self, data: Mapping[str, object]) -> tuple[Trace | None, Selection]:
        """The kept trace of a selection, and the selection inside its limits."""
        selection, _ = Selection.from_query(query_of(data))
        key = (
            self.photos.key(visitor_of(data), selection.subject.image),
            selection.subject.model,
            selection.subject.size,
        )
        found = self.store.get(key)
        if found is not None:
            selection, _ = selection.fit(limits(found, selection))
        return found, selection

    def _known(
        self, selection: Selection, query: Mapping[str, str], problems: list[Words]
    ) -> tuple[Selection, list[Words]]:
        """A selection whose model, image and view exist here; the rest falls back with a sentence."""
        problems = list(problems)
        if "model" not in query:
            selection = selection.changed(model=self.first.subject.model)
        if selection.subject.model not in self.models.allowed:
            offered = ", ".join(self.models.allowed)
            problem = say("problem.model", names=offered, got=symbol(repr(selection.subject.model[:40])))
            problems.append(showing(problem, self.first.subject.model))
            selection = selection.changed(model=self.first.subject.model)
        if not selection.subject.image.startswith(UPLOAD_MARK):
            example = next((e for e in EXAMPLES if e.name == selection.subject.image), None)
            if example is None:
                problem = say("problem.example", got=symbol(repr(selection.subject.image[:40])))
                problems.append(showing(problem, self.first.subject.image))
                selection, example = selection.changed(image=self.first.subject.image), EXAMPLES[0]
            if "query" not in query:
                row, col = example.query
                selection = selection.changed(
                    query=(row * selection.subject.size // 1024, col * selection.subject.size // 1024)
                )
        try:
            view_by_id(selection.view)
        except Problem as error:
            problems.append(showing(error.words, self.first.view))
            selection = selection.changed(view=self.first.view)
        return selection, problems

    def _start(self, key: TraceKey) -> None:
        """Queue the forward pass of a key."""
        photo_key, model, size = key

        def work(progress: Progress) -> None:
            progress(text("en", "ui.loading_weights"), 0, 0)
            encoder = self.models.encoder(model)
            image = preprocess(self.photos.open(photo_key), size, encoder.patch_embed.proj.kernel_size[0])
            self.store.put(key, trace(encoder, image, progress))

        self.jobs.start(key, work)


def model_label(name: str, lang: str) -> str:
    """What a model is, and whose weights it has, in one line."""
    texts = catalogue(lang)
    return texts.get(f"model.{name}", texts["model.checkpoint"].format(name=name))


def limits(trace: Trace, selection: Selection) -> Limits:
    """What bounds a selection's indexes in this trace and view."""
    channels = view_by_id(selection.view).channels
    heads = trace.heads
    return Limits(trace.depth, heads, trace.photo_grid, channels(trace) if channels else None)


def last_global_block(trace: Trace) -> int:
    """The block that is shown first: the last one whose queries see the whole image, else the last."""
    spans = [block.window_size for block in trace.encoder.blocks]
    return max((index for index, window in enumerate(spans) if not window), default=trace.depth - 1)


def visitor_of(data: Mapping[str, object]) -> str:
    """The secret that a browser made up for itself; it alone opens that visitor's uploads."""
    visitor = str(data["visitor"])
    if not re.fullmatch(r"[0-9a-f-]{32,40}", visitor):
        raise ValueError("visitor must be 32 to 40 hexadecimal digits or dashes")
    return visitor


def query_of(data: Mapping[str, object]) -> dict[str, str]:
    """The selection's fields, as a URL's query has them."""
    query = data["selection"]
    if not isinstance(query, dict):
        raise ValueError("selection must be a mapping of names to texts")
    return {str(name): str(value) for name, value in query.items()}
