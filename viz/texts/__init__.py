"""The catalogue of every text that a person reads, by language.

English is complete. Another language leaves out what is the same in all, such as formulas, and has the English there.
"""

import importlib
import pkgutil
from functools import cache

LANGUAGES = ("en", "zh")


@cache
def catalogue(language: str) -> dict[str, str]:
    """All texts of one language, by key.

    Raises:
        ValueError: If the language is unknown.
    """
    return own_texts(language) if language == "en" else own_texts("en") | own_texts(language)


def own_texts(language: str) -> dict[str, str]:
    """The texts that are written in a language itself.

    Raises:
        ValueError: If the language is unknown.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, got {language!r}")
    package = importlib.import_module(f"viz.texts.{language}")
    texts: dict[str, str] = {}
    for module in pkgutil.iter_modules(package.__path__):
        part = importlib.import_module(f"{package.__name__}.{module.name}").TEXTS
        assert not texts.keys() & part.keys(), f"texts written twice: {sorted(texts.keys() & part.keys())}"
        texts |= part
    return texts


def known(language: object) -> str:
    """A language that the catalogue has: this one, or English."""
    return str(language) if language in LANGUAGES else "en"


def preferred(accepted: str) -> str:
    """The language of the catalogue that a browser's Accept-Language header asks for first; English where it has none.

    Quality values are ignored: browsers write the languages in order.
    """
    for part in accepted.split(","):
        language = part.split(";")[0].strip().lower().partition("-")[0]
        if language in LANGUAGES:
            return language
    return "en"


def text(language: str, key: str, /, **values: object) -> str:
    """One text; `{name}` places in it take the values given."""
    found = catalogue(language)[key]
    return found.format(**values) if values else found


def grouped(count: int) -> str:
    """A count in groups of three digits, as the page writes them: narrow no-break spaces, the same in any language."""
    return f"{count:,}".replace(",", "\u202f")
