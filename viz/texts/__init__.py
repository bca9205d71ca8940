"""The catalogue of every text that a person reads, by language. English is complete; others fall back to it."""

import importlib
import pkgutil
from functools import cache

LANGUAGES = ("en",)


@cache
def catalogue(language: str) -> dict[str, str]:
    """All texts of one language, by key.

    Raises:
        ValueError: If the language is unknown.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, got {language!r}")
    package = importlib.import_module(f"viz.texts.{language}")
    texts: dict[str, str] = {} if language == "en" else dict(catalogue("en"))
    own: set[str] = set()
    for module in pkgutil.iter_modules(package.__path__):
        part = importlib.import_module(f"{package.__name__}.{module.name}").TEXTS
        assert not own & part.keys(), f"texts written twice: {sorted(own & part.keys())}"
        own |= part.keys()
        texts |= part
    return texts


def text(language: str, key: str, /, **values: object) -> str:
    """One text; `{name}` places in it take the values given."""
    found = catalogue(language)[key]
    return found.format(**values) if values else found


def grouped(count: int) -> str:
    """A count in groups of three digits, as the page writes them: narrow no-break spaces, the same in any language."""
    return f"{count:,}".replace(",", "\u202f")
