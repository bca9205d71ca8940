"""Reading Python files as trees, for tests about the code itself."""

import ast
from functools import cache
from pathlib import Path


@cache
def tree(path: Path) -> ast.Module:
    """A file's syntax tree; asked for again where CPython 3.11 trips over its own recursion counter.

    Source: https://github.com/python/cpython/issues/106905, seen when other threads are at work in the process.
    """
    text = path.read_text(encoding="utf-8")
    for _ in range(9):
        try:
            return ast.parse(text)
        except SystemError:
            continue
    return ast.parse(text)
