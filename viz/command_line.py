"""The command line: python -m viz photo.jpg --view heads --block 8 --query 20,31 -o heads.svg

Its options for what is looked at are the selection's fields, from the one table that links come from too. Exit codes:
0 if all went well, 1 if a photo failed (the others are done), 2 if the command can't be used.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from samvit.encoder import ImageEncoderViT
from samvit.errors import CheckpointError
from samvit.forward import photos_of
from viz.command_files import KINDS, Order, Traces, kind_of, slides_of, write, write_views
from viz.field import Field, parse
from viz.figures.slides import Slide
from viz.links import link_fields, read_links
from viz.page.alone import LESSON
from viz.selection import BY_NAME, FIELDS
from viz.session.export import SLIDES, presentation
from viz.session.models import OFFERED, Models
from viz.session.photos import EXAMPLES
from viz.session.told import said
from viz.tour import Tour
from viz.tour_file import read_tour
from viz.views import VIEWS, view_by_id
from viz.words import Problem, say, written

# Fields that something else on the command line says, or that mean nothing there.
ELSEWHERE = {"image", "stop"}


class Unusable(ValueError):
    """A command that can't be used, in one sentence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what a command line says; its exit code."""
    given = parser().parse_args(arguments)
    language = given.lang or BY_NAME["lang"].default
    if given.list:
        sys.stdout.write(listing(language))
        return 0
    try:
        wanted = orders(given)
        encoders = {model: encoder_of(model) for model in dict.fromkeys(one.model for one in wanted)}
    except (Unusable, CheckpointError) as problem:
        sys.stderr.write(f"python -m viz: {said(problem, language)}\n")
        return 2
    failed, traces = 0, Traces()
    deck: list[Slide] = []
    for photo, one in in_turn(wanted):
        encoder = encoders[one.model]
        try:
            if one.deck:
                deck += slides_of(traces, encoder, photo, one, other_source(one.fields))
            else:
                write_views(traces, encoder, photo, one, other_source(one.fields))
        except (ValueError, OSError) as problem:
            failed += 1
            sys.stderr.write(f"{photo.name}: {said(problem, one.fields.get('lang', language))}\n")
    if deck:
        try:
            write(wanted[0].out, presentation(deck))
        except ValueError as problem:
            failed += 1
            sys.stderr.write(f"python -m viz: {said(problem, language)}\n")
    return 1 if failed else 0


def parser() -> argparse.ArgumentParser:
    """The options; those for what is looked at come from the table of the selection's fields."""
    made = argparse.ArgumentParser("python -m viz", description="Views of photos as files.")
    made.add_argument("photos", nargs="*", type=Path, metavar="PHOTO", help="photos, or folders of photos")
    made.add_argument("-o", "--output", type=Path, metavar="PATH", help=f"a file ({', '.join(KINDS)}) or a folder")
    made.add_argument("--format", choices=KINDS, help="of the files in a folder (default: png)")
    made.add_argument("--list", action="store_true", help="list the views and end")
    made.add_argument("--all", action="store_true", help="every view")
    made.add_argument(
        "--tour", type=Path, metavar="FILE", help="a tour's stops as slides (-o x.pptx), or in a lesson (-o x.html)"
    )
    made.add_argument(
        "--blocks", metavar="N,N,…", help="the blocks that a lesson holds: -o x.html (default: what fits)"
    )
    made.add_argument("--link", metavar="LINK", help="a link of the page, or its query; options come before it")
    made.add_argument("--links", type=Path, metavar="FILE", help="a slide for each link of a list: -o x.pptx")
    made.add_argument("--lang", choices=BY_NAME["lang"].choices, help="of the words")
    for known in FIELDS:
        if known.name not in {*ELSEWHERE, "lang"}:
            made.add_argument(f"--{known.name.replace('_', '-')}", metavar=known.kind.upper(), help=described(known))
    return made


def described(known: Field) -> str:
    """One field for `--help`."""
    if known.name == "model":
        return f"{', '.join(OFFERED)}, or a checkpoint's path (default: {known.default})"
    forms = {"patch": "row,col", "wholes": "such as 4,3,2", "letters": f"of {''.join(map(str, known.choices))}"}
    said = ", ".join(map(str, known.choices)) if known.kind == "choice" else forms.get(known.kind, "")
    return said or known.part


def listing(language: str) -> str:
    """Every view: its id, its stage and its title."""
    width = max(len(view.id) for view in VIEWS)
    stages = max(len(view.stage) for view in VIEWS)
    titles = [written(say(f"view.{view.id}.title"), language) for view in VIEWS]
    return "".join(
        f"{view.id:<{width}}  {view.stage:<{stages}}  {title}\n" for view, title in zip(VIEWS, titles, strict=True)
    )


def order(given: argparse.Namespace, linked: dict[str, Any]) -> Order:
    """What a command line asks for; its options come before the fields of a link.

    Raises:
        Unusable: If it can't be done.
    """
    texts = {known.name: getattr(given, known.name) for known in FIELDS if known.name not in ELSEWHERE}
    fields = linked | {name: parsed(BY_NAME[name], text) for name, text in texts.items() if text is not None}
    photos = tuple(photo for path in given.photos for photo in files_of(path))
    image = fields.pop("image", None)
    if not given.photos and image is not None:
        photos = (example(image),)
    if not photos:
        raise Unusable("expected at least one photo, got none")
    view = fields.pop("view", BY_NAME["view"].default)
    views = tuple(one.id for one in VIEWS) if given.all else (view,)
    try:
        view_by_id(view)
    except ValueError as problem:
        raise Unusable(str(problem)) from None
    out, file_format = destination(given.output, given.format, photos, views)
    model = fields.pop("model", BY_NAME["model"].default)
    made = Order(photos, model, views, fields, out, file_format, tour_of(given.tour), blocks_of(given.blocks))
    if made.tour and not made.deck and LESSON not in {made.format, kind_of(made.out)}:
        raise Unusable("--tour must go into slides or a lesson, as in -o tour.pptx or -o lesson.html")
    return made


def tour_of(path: Path | None) -> Tour | None:
    """A tour's file, read; Unusable if it can't be."""
    try:
        return read_tour(path) if path else None
    except (ValueError, OSError) as problem:
        raise Unusable(f"--tour {problem}") from None


def blocks_of(text: str | None) -> tuple[int, ...] | None:
    """The blocks that a lesson is to hold; Unusable if the text names none."""
    if text is None:
        return None
    parts = text.split(",")
    if not all(part.strip().isdecimal() for part in parts):
        raise Unusable(f"--blocks must be whole numbers with commas between them, got {text[:40]!r}")
    return tuple(int(part) for part in parts)


def parsed(known: Field, text: str) -> Any:
    """A field's value; Unusable if the text is none."""
    try:
        return parse(known, text)
    except ValueError as problem:
        raise Unusable(str(problem)) from None


def linked_fields(link: str) -> dict[str, Any]:
    """The fields that a link of the page sets; Unusable if one can't be read, or there is none."""
    try:
        return link_fields(link)
    except Problem as problem:
        raise Unusable(str(problem)) from None


def orders(given: argparse.Namespace) -> list[Order]:
    """What a command line asks for: one order, or one for each link of a list.

    Raises:
        Unusable: If it can't be done.
    """
    if given.links is None:
        return [order(given, linked_fields(given.link) if given.link else {})]
    if given.link or given.all or given.tour or given.view:
        raise Unusable("--links must be used without --link, --view, --all and --tour")
    try:
        made = [order(given, linked) for linked in read_links(given.links)]
    except Problem as problem:
        raise Unusable(str(problem)) from None
    if not made[0].deck:
        raise Unusable("--links must go into slides, as in -o links.pptx")
    return made


def in_turn(wanted: Sequence[Order]) -> list[tuple[Path, Order]]:
    """Each photo with each order that is of it; where all are of the same photos, one photo after the other."""
    if all(one.photos == wanted[0].photos for one in wanted):
        return [(photo, one) for photo in wanted[0].photos for one in wanted]
    return [(photo, one) for one in wanted for photo in one.photos]


def files_of(path: Path) -> list[Path]:
    """A photo's path, or the photos of a folder; Unusable if there is neither."""
    if path.is_dir():
        found = photos_of(path)
        if not found:
            raise Unusable(f"expected photos in the folder {path.name!r}, got none")
        return found
    return [path]


def example(name: str) -> Path:
    """The bundled photo of a name; Unusable if there is none."""
    found = next((one.path for one in EXAMPLES if one.name == name), None)
    if found is None:
        raise Unusable(f"the link's photo isn't here, got {name[:40]!r}: name a file of it")
    return found


def destination(
    output: Path | None, file_format: str | None, photos: Sequence[Path], views: Sequence[str]
) -> tuple[Path, str]:
    """Where files go: one file and "", or a folder and the format of the files in it.

    Raises:
        Unusable: If several files should become one, or the output's ending is no format.
    """
    if output is None or output.is_dir() or not output.suffix:
        return output or Path(), file_format or "png"
    kind = kind_of(output)
    if kind not in KINDS:
        raise Unusable(f"--output must end in one of {', '.join(KINDS)} or be a folder, got {output.name!r}")
    if len(photos) * len(views) > 1 and kind not in SLIDES:
        raise Unusable(f"--output must be a folder for {len(photos) * len(views)} files, got {output.name!r}")
    if file_format not in {None, kind}:
        raise Unusable(f"--format must be that of --output, got {file_format} and {output.name!r}")
    return output, ""


def other_source(fields: dict[str, Any]) -> tuple[ImageEncoderViT | None, Path | None]:
    """Encoder and photo of the second of two sides, where they are others; Unusable if they can't be had."""
    if fields.get("compare", "off") == "off":
        return None, None
    model, image = fields.get("against_model"), fields.get("against_image")
    path = None if image is None else Path(image) if Path(image).exists() else example(image)
    return None if model is None else encoder_of(model), path


def encoder_of(model: str) -> ImageEncoderViT:
    """The encoder of a name or a checkpoint's path; CheckpointError or Unusable if it can't be had."""
    if model in OFFERED:
        return Models((model,)).encoder(model)
    path = Path(model)
    if not path.exists():
        raise Unusable(f"--model must be one of {', '.join(OFFERED)} or a checkpoint's path, got {path.name!r}")
    models = Models((), [path])
    return models.encoder(models.allowed[0])
