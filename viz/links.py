"""A link of the page as fields, and a file of links: one a line, for slides.

# What I show on Monday
https://some.where/?view=heads&block=8&query=20,31
view=scores&block=8&query=20,31&head=3
"""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from viz.selection import FIELDS, Selection
from viz.views import view_by_id
from viz.words import Problem, say, symbol

REMARK = "#"  # begins a line that is no link


def link_fields(link: str) -> dict[str, Any]:
    """The fields that a link of the page, or its query alone, sets.

    Raises:
        Problem: If a value can't be read, there is no such view, or it sets no field.
    """
    query = dict(parse_qsl(urlsplit(link).query or link.lstrip("?#"), keep_blank_values=True))
    named = {known.name for known in FIELDS for name in (known.name, *known.alias) if name in query}
    if not named:
        raise Problem(say("problem.link", got=symbol(repr(link[:60]))))
    selection, problems = Selection.from_query(query)
    if problems:
        raise Problem(dict(problems[0].values)["problem"])
    view_by_id(selection.view)
    return {name: selection[name] for name in sorted(named)}


def read_links(path: str | Path) -> tuple[dict[str, Any], ...]:
    """The fields of each link in a file; empty lines, and those that begin with #, are left out.

    Raises:
        Problem: With the line and what is wrong there; or if the file can't be read, or holds no link.
    """
    path = Path(path)
    name = symbol(path.name)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise Problem(say("problem.links.file", name=name, reason=symbol(error.strerror or str(error)))) from None
    except UnicodeDecodeError:
        raise Problem(say("problem.links.file", name=name, reason=say("problem.utf8"))) from None
    found = []
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line.startswith(REMARK):
            continue
        try:
            found.append(link_fields(line))
        except Problem as problem:
            raise Problem(say("problem.line", name=name, line=number, problem=problem.words)) from None
    if not found:
        raise Problem(say("problem.links.none", name=name))
    return tuple(found)
