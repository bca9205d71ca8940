"""What the command line writes: views, lessons and slides of photos, one photo after the other."""

import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cachetools import LRUCache

from samvit.encoder import ImageEncoderViT
from samvit.execution import in_channels
from samvit.forward import trace
from samvit.photo import open_photo
from samvit.tracing import Trace
from viz.figures.slides import Slide
from viz.page.alone import LESSON, lesson_of
from viz.selection import BY_NAME, DIFFERING, Selection
from viz.session.export import FORMATS, SLIDES, export_file, slide
from viz.session.models import OFFERED
from viz.session.told import said
from viz.showing import compared_side, selected
from viz.tour import PARTS, Tour
from viz.words import Problem, say, symbol

KINDS = (*FORMATS, LESSON)  # of files
# Fields that decide what is encoded, not how it is looked at.
READING = ("page", "bands")
KEPT = 2  # traces: both sides of a comparison
BAR = 24  # characters of a full progress bar


@dataclass(frozen=True)
class Order:
    """What is to be done: photos, one encoder, views, and where the files go."""

    photos: tuple[Path, ...]
    model: str
    views: tuple[str, ...]
    fields: dict[str, Any]
    out: Path
    format: str  # of the files in the folder `out`; empty if `out` is one file
    tour: Tour | None = None  # whose stops become slides, instead of views; or that a lesson carries
    blocks: tuple[int, ...] | None = None  # that a lesson holds

    @property
    def deck(self) -> bool:
        """Whether all views of all photos go into one file of slides."""
        return not self.format and kind_of(self.out) in SLIDES


def shown_in(made: Trace, view: str, wanted: Order) -> Selection:
    """What is looked at in a trace; Problem if it lies outside."""
    looking = {name: value for name, value in wanted.fields.items() if BY_NAME[name].part != "subject"}
    looking["what_if"] = str(made.what_if)
    looking["model"] = wanted.model if wanted.model in OFFERED else Path(wanted.model).stem
    for name in ("against_image", "against_model"):  # a path's own name is enough
        if looking.get(name) is not None:
            looking[name] = Path(looking[name]).stem if name == "against_model" else Path(looking[name]).name
    return selected(made, view, **looking)


def write_views(
    traces: "Traces",
    encoder: ImageEncoderViT,
    photo: Path,
    wanted: Order,
    against: tuple[ImageEncoderViT | None, Path | None] = (None, None),
) -> None:
    """Encode one photo and write its views; a view of many that has nothing to show is told and left out.

    Args:
        against: The encoder and the photo of the second of two sides, where they are others.
    """
    made = traces.of(encoder, photo, wanted.fields)
    second = other_trace(traces, encoder, made, photo, wanted.fields, against)
    kind = wanted.format or kind_of(wanted.out)
    for view in wanted.views:
        try:
            selection = shown_in(made, view, wanted)
            other = None if second is None else compared_side(selection, made, second)
            if kind == LESSON:
                if other:
                    sys.stderr.write(f"{photo.name}: the lesson holds side A alone\n")
                file = lesson_of(made, selection.one_side, wanted.blocks, wanted.tour)
            else:
                file = export_file(made, selection, kind, other)
        except ValueError as problem:
            if len(wanted.views) == 1:
                raise
            sys.stderr.write(f"{photo.name}: {view} is left out: {said(problem, wanted.fields.get('lang', 'en'))}\n")
            continue
        write(wanted.out / f"{photo.stem}_{view}.{kind}" if wanted.format else wanted.out, file.data)


def other_trace(
    traces: "Traces",
    encoder: ImageEncoderViT,
    made: Trace,
    photo: Path,
    fields: dict[str, Any],
    against: tuple[ImageEncoderViT | None, Path | None],
) -> Trace | None:
    """The trace of the second of two sides: the same one where only block, head or patch differ; None without two."""
    if fields.get("compare", "off") == "off":
        return None
    differs = {same: fields[name] for name, same in DIFFERING.items() if fields.get(name) is not None}
    differs = {name: value for name, value in differs.items() if BY_NAME[name].part == "subject"}
    if not differs:
        return made
    other_encoder, other_photo = against
    if other_photo is not None:
        differs = {"page": None, "bands": None} | differs
    return traces.of(other_encoder or encoder, other_photo or photo, fields | differs)


def slides_of(
    traces: "Traces",
    encoder: ImageEncoderViT,
    photo: Path,
    wanted: Order,
    against: tuple[ImageEncoderViT | None, Path | None] = (None, None),
) -> list[Slide]:
    """Encode one photo; a slide for each view, or for each stop of a tour.

    Args:
        against: As for `write_views`.
    """
    made = traces.of(encoder, photo, wanted.fields)
    if wanted.tour is None:
        second = other_trace(traces, encoder, made, photo, wanted.fields, against)
        looks = [shown_in(made, view, wanted) for view in wanted.views]
        return [slide(made, look, None if second is None else compared_side(look, made, second)) for look in looks]
    base = shown_in(made, wanted.views[0], wanted)
    found = []
    for number, stop in enumerate(wanted.tour.stops, 1):
        selection = stop.at(made, base, number)
        title, words, notes = (stop.told(part, made, selection) for part in PARTS)
        found.append(slide(made, selection, title=title, text=words, notes=notes))
    return found


def kind_of(path: Path) -> str:
    """A file's format, by its ending."""
    return path.suffix.removeprefix(".").lower()


def write(path: Path, data: bytes) -> None:
    """A file, and its folder if there is none; one that was there before stays until the new one is whole.

    Raises:
        Problem: If it can't be written, as on a full disk.
    """
    unfinished = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():  # a device or a pipe
            path.write_bytes(data)
            return
        unfinished.write_bytes(data)
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise Problem(say("problem.write", name=symbol(path.name), why=symbol(error.strerror or str(error)))) from None


def traced(encoder: ImageEncoderViT, photo: Path, fields: dict[str, Any]) -> Trace:
    """One photo through the encoder, with a progress bar on a terminal."""
    pages, bands = (fields.get(name) for name in READING)
    page = pages[0] if pages is not None and len(pages) == 1 else pages
    way, what_if = (fields.get(name, BY_NAME[name].default) for name in ("way", "what_if"))
    bar = ProgressBar(photo.name, sys.stderr)
    try:
        made = trace(
            encoder,
            open_photo(photo, page=page, bands=bands, channels=in_channels(encoder)),
            fields.get("size"),
            bar.step,
            way,
            what_if=what_if,
        )
    finally:
        bar.clear()
    return replace(made, source=photo.name)


class Traces:
    """Photos through encoders; the last ones stay, for links that ask for the same again."""

    def __init__(self) -> None:
        self._kept: LRUCache[tuple[object, ...], Trace] = LRUCache(KEPT)

    def of(self, encoder: ImageEncoderViT, photo: Path, fields: dict[str, Any]) -> Trace:
        """One photo through one encoder, read and prepared as the fields say."""
        key = (encoder, photo, *(fields.get(name) for name, known in BY_NAME.items() if known.part == "subject"))
        if key not in self._kept:
            self._kept[key] = traced(encoder, photo, fields)
        return self._kept[key]


class ProgressBar:
    """One line that fills as a photo is encoded; nothing where nobody watches."""

    def __init__(self, name: str, stream: Any) -> None:  # a stream of text
        self.name, self.stream, self.width = name, stream, 0

    def step(self, what: str, done: int, total: int) -> None:
        """How far it is."""
        full = BAR * done // total
        self._write(f"{self.name[:40]} [{'█' * full}{'·' * (BAR - full)}] {what}")

    def clear(self) -> None:
        """Leave the line empty."""
        self._write("")

    def _write(self, line: str) -> None:
        if self.stream.isatty():
            self.stream.write(f"\r{line:<{self.width}}" + ("" if line else "\r"))
            self.stream.flush()
            self.width = max(self.width, len(line))
