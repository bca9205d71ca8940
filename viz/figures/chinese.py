"""The font that figures have Chinese from: Droid Sans Fallback (Apache 2.0), cut down by docs/chinese_font.py."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from matplotlib.font_manager import fontManager

FILE = Path(__file__).parent / "fonts" / "DroidSansFallback-subset.ttf"


@cache
def family() -> str:
    """The font's name, once matplotlib knows it; bold texts take it as well, or matplotlib would warn of each."""
    fontManager.addfont(FILE)
    [regular] = (entry for entry in fontManager.ttflist if entry.fname == str(FILE))
    fontManager.ttflist.append(replace(regular, weight=700))
    return str(regular.name)
