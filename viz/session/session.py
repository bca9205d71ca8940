"""One running explorer: open a subject, look at it through views, take a view along."""

import logging
import threading
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace

from cachetools import LRUCache
from torch import Tensor

from samvit.encoder import ImageEncoderViT
from samvit.errors import SaidError
from samvit.execution import in_channels, patch_size
from samvit.photo import Fact
from samvit.preprocess import ModelImage, preprocess
from samvit.progress import Progress
from samvit.replay import Replay
from samvit.tracing import Trace, trace
from samvit.what_if import WhatIf
from viz.panel import Panel
from viz.selection import Selection, Subject, showing
from viz.session import judge
from viz.session.comparison import Comparison, Side, compare_panels, panels_together
from viz.session.decoding import DECODER
from viz.session.explain import source_lines
from viz.session.given import Given
from viz.session.jobs import Busy, Jobs, Working
from viz.session.looks import Looks
from viz.session.memory import Shares, available_bytes, give_back, needed_bytes, trace_bytes
from viz.session.models import Models
from viz.session.photos import EXAMPLES, FIRST_BLOCK, FIRST_HEAD, PhotoKey, Photos
from viz.session.store import TraceStore
from viz.session.told import of_error
from viz.tour import Tour
from viz.tour_file import built_in
from viz.views import VIEWS, view_by_id
from viz.words import Problem, Words, say, symbol

log = logging.getLogger(__name__)

LOOK_S = 0.15  # how long a look may be waited for in the thread that asks: most are done by then
WAIT_S = 0.25  # how long an answer may be held back for a forward pass that is nearly done
SWEEP_S = 30.0  # how often what nobody looks at any more is put away
ROOM_S = 0.25  # how often a forward pass that waits for room looks again
NO_ROOM = "memory"  # the step of a forward pass that waits for room
NOBODY = ""  # the visitor of a notebook or a command line: examples and photos of its own

TraceKey = tuple[PhotoKey, Subject]


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
    other: "Opened | None" = None  # the second of two sides that are compared


class Session:
    """What is kept for all visitors of one app, notebook or command line.

    Args:
        models: What is offered.
        memory_bytes: What traces, rebuilt parts and uploads may hold together.
        tour: The guided tour that is offered; without one it is the app's own.
        given: A trace that the page opens on; without one, on the first example.
    """

    def __init__(
        self,
        models: Models,
        memory_bytes: int = 4 * 10**9,
        tour: Tour | None = None,
        given: Given | None = None,
    ) -> None:
        self.shares = shares = Shares(memory_bytes)
        self.models = models
        self.tour = tour or built_in()
        self.photos = Photos(shares.uploads)
        self.store = TraceStore(shares.traces)
        self.replay = Replay(shares.replay)
        self.jobs = Jobs()
        self.looks = Looks()
        self.given = given
        self.first, self.passed_over = (given.first, []) if given else first_of(models)
        self._readings: LRUCache[TraceKey, Reading] = LRUCache(1000)
        self._closed = threading.Event()
        if given:
            self.photos.give(given.first.subject.image, given.pixels)
            self.store.pin(self.key(NOBODY, given.first.subject), given.trace)

    def warm_up(self) -> None:
        """Begin to encode what a newcomer sees first, to look which models can be had, and to put away what is old."""
        for view in VIEWS:
            for thing in view.source:  # in one thread: CPython 3.11's parser trips where several read classes at once
                source_lines(thing)
        self.models.look()
        threading.Thread(target=self._start_decoder, name="starting the decoder", daemon=True).start()
        if self.given is None:
            self._encode_examples()
        threading.Thread(target=self._keep_sweeping, name="sweeping", daemon=True).start()

    def _start_decoder(self) -> None:
        """Start the process that decodes photos; where it can't, a photo that needs it tries again and says so."""
        try:
            DECODER.start()
        except RuntimeError as error:
            if not self._closed.is_set():  # Ctrl-C ends that process as well
                log.warning("%s: a photo that needs it will try again", error)

    def _encode_examples(self) -> None:
        """Begin with what a newcomer sees first; the other examples follow in idle time, within half of the budget."""
        subject = self.first.subject
        cost = trace_bytes(self.models.config(subject.model), subject.size)
        count = max(1, self.store.budget_bytes // 2 // cost)
        for example in EXAMPLES[:count]:
            self._start(self.key(NOBODY, replace(subject, image=example.name)), idle=True)

    def close(self) -> None:
        """Stop what is under way, at its next step."""
        self._closed.set()
        self.looks.close()
        self.jobs.close()

    def sweep(self) -> None:
        """Delete uploads that nobody looked at for long, put away idle traces, and give their memory back."""
        self.store.get(self.key(NOBODY, self.first.subject))  # what a newcomer sees first stays
        self.photos.sweep()
        self.store.sweep(lambda key: self.photos.has(key[0]))
        give_back()

    def _keep_sweeping(self) -> None:
        while not self._closed.wait(SWEEP_S):
            try:
                self.sweep()
            except Exception:  # it must go on, or memory would fill up in silence
                log.exception("putting away what is old failed")

    def open(self, visitor: str, query: Mapping[str, str], wait_s: float = WAIT_S) -> Opened | Working:
        """What a link shows, or how far its forward pass has come; ask again until it is opened.

        Raises:
            ValueError: If the photo, the model or the forward pass says what is wrong with it.
            RuntimeError: If the forward pass failed by a fault of ours.
        """
        selection, problems = judge.known(query, self.first, self.models)
        if "model" not in query:
            problems = self.passed_over + problems
        if selection.comparing:
            self._check_room(visitor, selection)
        found = self._trace(visitor, selection.subject, wait_s)
        if isinstance(found, Working):
            return found
        selection, moved = judge.fitted(selection, query, found, self.first, len(self.tour.stops))
        opened = Opened(found, selection, problems + moved, self._reading(visitor, selection.subject))
        if not selection.comparing:
            return opened
        against = self._trace(visitor, selection.other_side.subject, wait_s)
        if isinstance(against, Working):
            return against
        side, moved = judge.fitted_other(selection, found, against)
        problems = opened.problems + moved
        other = Opened(against, side, [], self._reading(visitor, side.subject))
        return replace(opened, selection=selection.against_side(side), problems=problems, other=other)

    def _trace(self, visitor: str, subject: Subject, wait_s: float) -> Trace | Working:
        """A subject's trace, or how far its forward pass has come; it is begun if need be."""
        key = self.key(visitor, subject)
        found = self.store.get(key, visitor)
        if found is not None:
            return found
        failed = self.jobs.take_error(key, visitor)
        if isinstance(failed, ValueError):
            raise failed
        if failed is not None:
            raise RuntimeError("a forward pass failed") from failed
        self._start(key, visitor)
        if wait_s:
            self.jobs.wait(key, wait_s)
        found = self.store.get(key, visitor)
        return found if found is not None else self.jobs.standing(key) or Working()

    def _reading(self, visitor: str, subject: Subject) -> Reading:
        """How a subject's photo was read."""
        return self._readings.get(self.key(visitor, subject), Reading())

    def _check_room(self, visitor: str, selection: Selection) -> None:
        """Raise Problem if both sides' traces are more than may be kept: they would put each other away for ever."""
        both = {self.key(visitor, side.subject): side.subject for side in (selection, selection.other_side)}
        need = sum(trace_bytes(self.models.config(one.model), one.size) for one in both.values())
        if len(both) == 2 and need > self.store.budget_bytes:
            megabytes = {"need": round(need / 10**6), "limit": self.store.budget_bytes // 10**6}
            raise Problem(say("problem.two_traces", **megabytes))

    def leave(self, visitor: str, query: Mapping[str, str]) -> None:
        """A page that waited for a link's forward pass or its view was closed, or shows something else."""
        self.looks.leave(visitor)
        selection, _ = judge.known(query, self.first, self.models)
        self.jobs.leave(self.key(visitor, selection.subject), visitor)
        if selection.comparing:
            self.jobs.leave(self.key(visitor, selection.other_side.subject), visitor)

    def look(self, visitor: str, query: Mapping[str, str]) -> tuple[Trace | None, Selection]:
        """The kept trace of a link (None once it is put away), and its selection inside the limits."""
        selection, _ = judge.known(query, self.first, self.models)
        found = self.store.get(self.key(visitor, selection.subject), visitor)
        if found is not None:
            selection, _ = judge.fitted(selection, query, found, self.first, len(self.tour.stops))
        return found, selection

    def other(self, visitor: str, selection: Selection, one: Trace) -> tuple[Trace | None, Selection]:
        """The kept trace of the other side of a fitted selection (None once it is put away), and that side."""
        side = selection.other_side
        found = self.store.get(self.key(visitor, side.subject), visitor)
        return found, judge.fitted_other(selection, one, found)[0] if found is not None else side

    def panels(self, visitor: str, trace: Trace, selection: Selection, wait_s: float = LOOK_S) -> list[Panel] | Working:
        """What the selected view shows, or how far it has come; ask again until it is there.

        A view that doesn't follow a hover may take long: it runs in the background, once for all who ask for the same,
        its panels stay in the trace's replay, and it stops when nobody asks any more.

        Raises:
            Busy: If too many looks are under way.
            ValueError: If the view says what is wrong.
        """
        view = view_by_id(selection.view)
        if view.live:
            return panels(trace, selection)
        part = ("panels", view.id, *((name, selection[name]) for name in sorted(view.uses)))
        return self.looks.ask(
            (id(trace), part),
            visitor,
            lambda: trace.replay.get(trace, part, lambda: panels(trace, selection)),
            wait_s,
        )

    def compared(
        self, visitor: str, one: Side, other: Side, scales: str, wait_s: float = LOOK_S
    ) -> Comparison | Working:
        """The selected view of two sides, or how far it has come.

        Raises:
            Busy, ValueError: As `panels`; what is wrong with the other side is said of that.
        """
        together = panels_together(one, other)
        if together:
            return compare_panels(one, other, *together, scales)
        first = self.panels(visitor, one.trace, one.selection, wait_s)
        if isinstance(first, Working):
            return first
        try:
            second = self.panels(visitor, other.trace, other.selection, wait_s)
        except Busy:
            raise
        except (Problem, SaidError) as problem:
            raise Problem(say("problem.other_side", problem=of_error(problem))) from None
        return second if isinstance(second, Working) else compare_panels(one, other, first, second, scales)

    def key(self, visitor: str, subject: Subject) -> TraceKey:
        """What a subject's trace is kept under."""
        return self.photos.key(visitor, subject.image), subject

    def _start(self, key: TraceKey, visitor: str = NOBODY, idle: bool = False) -> None:
        """Queue the forward pass of a key."""
        subject = key[1]
        cost = trace_bytes(self.models.config(subject.model), subject.size)

        def work(progress: Progress) -> None:
            progress("", 0, 0)
            self._check_memory(subject)
            encoder = self.models.encoder(subject.model)
            image = self._model_image(key, encoder)
            self._make_room(key, cost, progress)
            try:
                with self.given.trace.execution.casting() if self.given else nullcontext():
                    made = trace(encoder, image, progress, what_if=WhatIf.parse(subject.what_if))
            except (MemoryError, RuntimeError) as error:
                if "memory" not in f"{type(error).__name__} {error}".lower():
                    raise
                raise self._no_memory(subject, available_bytes() or 0) from None
            made = replace(made, replay=self.replay)
            self.store.put(key, made, self.jobs.waiters(key))
            give_back()

        self.jobs.start(key, work, visitor, (subject.model, subject.size), cost, idle)

    def _model_image(self, key: TraceKey, encoder: ImageEncoderViT) -> ModelImage | Tensor:
        """A subject's photo made ready for an encoder; a given trace's own wherever it fits."""
        photo_key, subject = key
        channels = in_channels(encoder)
        held = self.given.image(subject, channels) if self.given else None
        if held is not None:
            return held
        photo = self.photos.open(photo_key, subject.page, subject.bands, channels)
        self._readings[key] = Reading(photo.facts, photo.pages, photo.bands)
        return preprocess(photo, subject.size, patch_size(encoder), subject.way, channels)

    def _check_memory(self, subject: Subject) -> None:
        """Refuse a model that this machine can't hold, before the system ends the process for it."""
        free = available_bytes()
        if self.models.is_loaded(subject.model) or free is None:
            return
        if needed_bytes(self.models.config(subject.model), subject.size) > free:
            raise self._no_memory(subject, free)

    def _no_memory(self, subject: Subject, free: int) -> Problem:
        need = needed_bytes(self.models.config(subject.model), subject.size)
        gigabytes = {"need": need / 1e9, "free": free / 1e9}
        return Problem(say("problem.no_memory", model=symbol(subject.model), size=subject.size, **gigabytes))

    def _make_room(self, key: TraceKey, nbytes: int, progress: Progress) -> None:
        """Put traces away until another one fits; wait as long as all that are here are looked at.

        Raises:
            Problem: If it wouldn't fit even alone.
        """
        if nbytes > self.store.budget_bytes:
            megabytes = {"need": round(nbytes / 10**6), "limit": self.store.budget_bytes // 10**6}
            raise Problem(say("problem.no_room", model=symbol(key[1].model), size=key[1].size, **megabytes))
        while not self.store.make_room(nbytes, self.jobs.waiters(key)):
            progress(NO_ROOM, 0, 0)
            time.sleep(ROOM_S)


def first_of(models: Models) -> tuple[Selection, list[Words]]:
    """What a newcomer sees: the first model that can show an example; and why it isn't the first of all."""
    wanted = models.allowed[0]
    shown = next(filter(models.shows_examples, models.allowed), wanted)
    if shown == wanted:
        return first_look(wanted), []
    problem = say("problem.example_channels", model=symbol(wanted), channels=models.config(wanted).in_chans)
    return first_look(shown), [showing(problem, symbol(shown))]


def first_look(model: str) -> Selection:
    """What a newcomer sees."""
    example = EXAMPLES[0]
    return Selection.of(model=model, image=example.name, query=example.query, block=FIRST_BLOCK, head=FIRST_HEAD)


def panels(trace: Trace, selection: Selection) -> list[Panel]:
    """What the selected view shows, not yet in a language."""
    return view_by_id(selection.view).panels(trace, selection)
