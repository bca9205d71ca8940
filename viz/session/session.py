"""One running explorer: open a subject, look at it through views, take a view along."""

from collections.abc import Mapping
from dataclasses import dataclass

from cachetools import LRUCache

from samvit.execution import patch_size
from samvit.looking import Progress
from samvit.photo import Fact
from samvit.preprocess import preprocess
from samvit.tracing import Trace, trace
from viz.panel import Panel
from viz.selection import Selection, Subject
from viz.session import judge
from viz.session.explain import source_lines
from viz.session.jobs import Jobs
from viz.session.models import Models
from viz.session.photos import EXAMPLES, FIRST_BLOCK, Photos
from viz.session.store import TraceStore
from viz.tour import Tour
from viz.tour_file import built_in
from viz.views import VIEWS, view_by_id
from viz.words import Words

WAIT_S = 0.25  # how long an answer may be held back for a forward pass that is nearly done
NOBODY = ""  # the visitor of a notebook or a command line: examples and photos of its own

TraceKey = tuple[tuple[str, str], Subject]


@dataclass(frozen=True)
class Working:
    """A forward pass that isn't done yet: how far it is, and how many others come before it."""

    step: str
    done: int
    total: int
    before: int


@dataclass(frozen=True)
class Reading:
    """How a photo was read, what a person should know of it, and how many pages and bands there are to choose from."""

    facts: tuple[Fact, ...] = ()
    pages: int = 1
    bands: int = 3


@dataclass(frozen=True, eq=False)
class Opened:
    """A trace, the selection inside its limits, a sentence for all that was moved, and how its photo was read."""

    trace: Trace
    selection: Selection
    problems: list[Words]
    reading: Reading


class Session:
    """What is kept for all visitors of one app, notebook or command line.

    Args:
        models: What is offered.
        memory_bytes: What traces may hold together.
        upload_bytes: What uploads may hold together.
        tour: The guided tour that is offered; without one it is the app's own.
    """

    def __init__(
        self,
        models: Models,
        memory_bytes: int = 4 * 10**9,
        upload_bytes: int = 256 * 10**6,
        tour: Tour | None = None,
    ) -> None:
        self.models = models
        self.tour = tour or built_in()
        self.photos = Photos(upload_bytes)
        self.store = TraceStore(memory_bytes)
        self.jobs = Jobs()
        example = EXAMPLES[0]
        self.first = Selection.of(model=models.allowed[0], image=example.name, query=example.query, block=FIRST_BLOCK)
        self._readings: LRUCache[TraceKey, Reading] = LRUCache(1000)

    def warm_up(self) -> None:
        """Begin to encode what a newcomer sees first, and to look which models can be had."""
        for view in VIEWS:
            for thing in view.source:  # in one thread: CPython 3.11's parser trips where several read classes at once
                source_lines(thing)
        self.models.look()
        self._start(self.key(NOBODY, self.first.subject))

    def close(self) -> None:
        """Stop what is under way, at its next step."""
        self.jobs.close()

    def open(self, visitor: str, query: Mapping[str, str], wait_s: float = WAIT_S) -> Opened | Working:
        """What a link shows, or how far its forward pass has come; ask again until it is opened.

        Raises:
            ValueError: If the photo, the model or the forward pass says what is wrong with it.
            RuntimeError: If the forward pass failed by a fault of ours.
        """
        selection, problems = judge.known(query, self.first, self.models)
        key = self.key(visitor, selection.subject)
        found = self.store.get(key)
        if found is None:
            failed = self.jobs.take_error(key)
            if isinstance(failed, ValueError):
                raise failed
            if failed is not None:
                raise RuntimeError("a forward pass failed") from failed
            self._start(key)
            self.jobs.wait(key, wait_s)
            found = self.store.get(key)
        if found is None:
            job, before = self.jobs.standing(key) or (None, 0)
            return Working(job.step, job.done, job.total, before) if job else Working("", 0, 0, 0)
        selection, moved = judge.fitted(selection, query, found, self.first, len(self.tour.stops))
        return Opened(found, selection, problems + moved, self._readings.get(key, Reading()))

    def look(self, visitor: str, query: Mapping[str, str]) -> tuple[Trace | None, Selection]:
        """The kept trace of a link (None once it is put away), and its selection inside the limits."""
        selection, _ = judge.known(query, self.first, self.models)
        found = self.store.get(self.key(visitor, selection.subject))
        if found is not None:
            selection, _ = judge.fitted(selection, query, found, self.first, len(self.tour.stops))
        return found, selection

    def key(self, visitor: str, subject: Subject) -> TraceKey:
        """What a subject's trace is kept under."""
        return self.photos.key(visitor, subject.image), subject

    def _start(self, key: TraceKey) -> None:
        """Queue the forward pass of a key."""
        photo_key, subject = key

        def work(progress: Progress) -> None:
            progress("", 0, 0)
            encoder = self.models.encoder(subject.model)
            photo = self.photos.open(photo_key, subject.page, subject.bands)
            self._readings[key] = Reading(photo.facts, photo.pages, photo.bands)
            image = preprocess(photo, subject.size, patch_size(encoder), subject.way)
            self.store.put(key, trace(encoder, image, progress))

        self.jobs.start(key, work)


def panels(trace: Trace, selection: Selection) -> list[Panel]:
    """What the selected view shows, not yet in a language."""
    return view_by_id(selection.view).panels(trace, selection)
