"""All scripts of the page as one, and all styles: two answers instead of seventy, which a thin line feels.

No build step: they are joined when they are first asked for. Each module becomes a function that gives its exports, in
the order in which they need one another; comments stay at home. The modules themselves are served as well.
"""

import posixpath
import re
from collections.abc import Mapping

IMPORT = re.compile(r'^import \{ ([^}]+) \} from "([^"]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class) (\w+))", re.MULTILINE)
COMMENT = re.compile(
    r"^[ \t]*(?://[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)[ \t]*\n|/\*\* @type (?:[^*]|\*(?!/))*\*/ ?", re.MULTILINE
)


def joined_scripts(sources: Mapping[str, str], main: str) -> str:
    """Modules as one module that exports what `main` does.

    Args:
        sources: Every module's text by its path, such as `js/draw/page.js`. Imports are named and one line each.
        main: Path of the module that the others serve.

    Raises:
        ValueError: If modules need one another in a circle, or one is missing.
    """
    order: list[str] = []

    def visit(name: str, before: tuple[str, ...]) -> None:
        if name in order:
            return
        if name in before or name not in sources:
            raise ValueError(f"modules must form no circle and be there, got {' → '.join((*before, name))}")
        for _, target in IMPORT.findall(sources[name]):
            visit(_path(name, target), (*before, name))
        order.append(name)

    visit(main, ())
    parts = [_as_function(name, sources[name], order) for name in order]
    exports = ", ".join(EXPORT.findall(sources[main]))
    return "".join(parts) + f"export const {{ {exports} }} = m{order.index(main)};\n"


def joined_styles(sources: Mapping[str, str]) -> str:
    """Styles one after the other, in the order of their names, which is the order in which they hold."""
    return COMMENT.sub("", "\n".join(sources[name] for name in sorted(sources)))


def _as_function(name: str, source: str, order: list[str]) -> str:
    """One module as a function that is called at once, its imports taken from those before it."""

    def taken(found: re.Match[str]) -> str:
        names, target = found.groups()
        return f"const {{ {names.replace(' as ', ': ')} }} = m{order.index(_path(name, target))};\n"

    body = EXPORT.sub("", IMPORT.sub(taken, COMMENT.sub("", source)))
    return f"const m{order.index(name)} = (() => {{\n{body}return {{ {', '.join(EXPORT.findall(source))} }};\n}})();\n"


def _path(name: str, target: str) -> str:
    """The path of a module that another one names."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
