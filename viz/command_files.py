"""What the command line writes: views, lessons and slides of photos, one photo after the other."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from samvit.encoder import ImageEncoderViT
from samvit.forward import trace
from samvit.photo import open_photo
from samvit.tracing import Trace
from viz.figures.slides import Slide
from viz.page.alone import LESSON, lesson_of
from viz.selection import BY_NAME, Selection
from viz.session.export import FORMATS, SLIDES, export_file, slide
from viz.session.models import OFFERED
from viz.showing import selected
from viz.tour import PARTS, Tour

KINDS = (*FORMATS, LESSON)  # of files
# Fields that decide what is encoded, not how it is looked at.
READING = ("page", "bands")
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
    tour: Tour | None = None  # whose stops become slides, instead of views
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
    return selected(made, view, **looking)


def write_views(encoder: ImageEncoderViT, photo: Path, wanted: Order) -> None:
    """Encode one photo and write its views; a view of many that has nothing to show is told and left out."""
    made = traced(encoder, photo, wanted.fields)
    kind = wanted.format or kind_of(wanted.out)
    for view in wanted.views:
        try:
            selection = shown_in(made, view, wanted)
            file = lesson_of(made, selection, wanted.blocks) if kind == LESSON else export_file(made, selection, kind)
        except ValueError as problem:
            if len(wanted.views) == 1:
                raise
            sys.stderr.write(f"{photo.name}: {view} is left out: {problem}\n")
            continue
        write(wanted.out / f"{photo.stem}_{view}.{kind}" if wanted.format else wanted.out, file.data)


def slides_of(encoder: ImageEncoderViT, photo: Path, wanted: Order) -> list[Slide]:
    """Encode one photo; a slide for each view, or for each stop of a tour."""
    made = traced(encoder, photo, wanted.fields)
    if wanted.tour is None:
        return [slide(made, shown_in(made, view, wanted)) for view in wanted.views]
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
    """A file, and its folder if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def traced(encoder: ImageEncoderViT, photo: Path, fields: dict[str, Any]) -> Trace:
    """One photo through the encoder, with a progress bar on a terminal."""
    pages, bands = (fields.get(name) for name in READING)
    page = pages[0] if pages is not None and len(pages) == 1 else pages
    way, what_if = (fields.get(name, BY_NAME[name].default) for name in ("way", "what_if"))
    bar = ProgressBar(photo.name, sys.stderr)
    try:
        made = trace(
            encoder, open_photo(photo, page=page, bands=bands), fields.get("size"), bar.step, way, what_if=what_if
        )
    finally:
        bar.clear()
    return replace(made, source=photo.name)


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
