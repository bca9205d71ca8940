"""Cuts the font of Chinese figures down to common characters: a whole one takes 4 MB.

    python -m docs.chinese_font DroidSansFallback.ttf    writes viz/figures/fonts/DroidSansFallback-subset.ttf

The file comes from Debian's package fonts-droid-fallback (Apache 2.0). fontTools comes along with matplotlib.
"""

import sys
from pathlib import Path

from fontTools import subset

from viz.figures.chinese import FILE
from viz.texts import LANGUAGES, catalogue

COMMON = range(0xB0A1, 0xD7FA)  # GB 2312, level 1: the 3,755 most common characters, in code points of its encoding
NAMES = {1: "Droid Sans Fallback Subset", 6: "DroidSansFallbackSubset"}  # the family, and PostScript's name for it


def wanted() -> str:
    """The common characters, and whatever else beyond ASCII the catalogue has in any language."""
    pairs = (code.to_bytes(2) for code in COMMON if code & 0xFF >= 0xA1)
    common = {pair.decode("gb2312", "ignore") for pair in pairs}
    said = {character for language in LANGUAGES for text in catalogue(language).values() for character in text}
    return "".join(sorted(character for character in common | said if not character.isascii()))


def make(source: Path) -> None:
    """Write the subset of a whole font."""
    options = subset.Options(layout_features=[], name_IDs=[0, 1, 2, 6, 13], notdef_outline=True, hinting=False)
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=wanted())
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID in NAMES:
            record.string = NAMES[record.nameID]
    subset.save_font(font, str(FILE), options)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
