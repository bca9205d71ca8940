"""The catalogue of every text that a person reads, by language.

English is complete. Another language leaves out what is the same in all, such as formulas, and has the English there.
"""

import importlib
import pkgutil
import sys
from functools import cache
from pathlib import Path

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


class Edition:
    """Which state of the texts' files has been read; its number rises whenever they are read anew."""

    def __init__(self) -> None:
        self.number = 0
        self._written = self._now()

    def renew(self) -> None:
        """Read anew what has changed: the page asks for this when it is loaded, so that no restart is needed.

        Raises:
            SyntaxError: If a file isn't Python at this moment; it is read again the next time.
        """
        now = self._now()
        if now == self._written:
            return
        importlib.invalidate_caches()
        for name in now.keys() & sys.modules.keys():
            if now[name] != self._written.get(name):
                importlib.reload(sys.modules[name])
        catalogue.cache_clear()
        self._written, self.number = now, self.number + 1

    @staticmethod
    def _now() -> dict[str, int]:
        """When each file was written, by its module."""
        packages = [importlib.import_module(f"viz.texts.{language}") for language in LANGUAGES]
        return {
            f"{package.__name__}.{file.stem}": file.stat().st_mtime_ns
            for package in packages
            for folder in package.__path__
            for file in Path(folder).glob("*.py")
        }


EDITION = Edition()


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
