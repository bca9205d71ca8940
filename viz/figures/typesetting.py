"""Text of figures: how wide it is, where it breaks, how numbers are written. No text of a figure is ever mathtext."""

import math
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from unicodedata import category

from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.ft2font import LoadFlags

from viz.figures import chinese

# matplotlib carries DejaVu Sans with it; Chinese comes from a font of our own, rare characters from the system's.
_CJK = ("Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Micro Hei")
FAMILY = ["DejaVu Sans", chinese.family(), *(name for name in _CJK if name in set(fontManager.get_font_names()))]

# Sizes in points, for a slide of 13.3 × 7.5 inches.
TITLE, LABEL, SMALL = 13.0, 10.5, 9.0
INK, QUIET, RULE = "#1A1A1A", "#5F6368", "#D5D8DC"

# A Chinese character, or a run of others, with the brackets before it and the stops after it.
_CJK_CHAR, _OPENING, _CLOSING = r"\u3400-\u9fff", "（“《", "，。；：、！？）”》"
_PIECE = re.compile(rf"[{_OPENING}]*(?:[{_CJK_CHAR}]|[^\s{_CJK_CHAR}{_OPENING}{_CLOSING}]+)[{_CLOSING}]*|\S")

LINE = 1.3  # height of a line over its font size
ELLIPSIS = "…"
SPARE = 1.03  # measured widths are this much larger: PNGs fit letters to pixels, and kerning is left out


def line_height(points: float) -> float:
    """Height of one line of text, in inches."""
    return points * LINE / 72


@lru_cache(maxsize=4096)
def text_width(text: str, points: float, bold: bool = False) -> float:
    """Width of one line of text, in inches."""
    return sum(_advance(char, bold) for char in text) * SPARE * points / 72


def wrap(text: str, width: float, points: float, bold: bool = False, most: int | None = None) -> list[str]:
    """Break text into lines no wider than `width` inches: at spaces and between Chinese characters.

    Inside a word only where none fits. No line begins with a Chinese comma or stop, and none ends with a bracket that
    opens.

    Args:
        points: Font size.
        most: How many lines at most; the last one then ends in an ellipsis.
    """
    lines = [line for paragraph in text.splitlines() for line in _wrap_paragraph(paragraph, width, points, bold)]
    if most is None or len(lines) <= most:
        return lines
    last = lines[most - 1]
    return [*lines[: most - 1], elide(last + ELLIPSIS, width, points, bold)]


def elide(text: str, width: float, points: float, bold: bool = False) -> str:
    """One line of text, its end replaced by an ellipsis where it is wider than `width` inches."""
    if text_width(text, points, bold) <= width:
        return text
    kept = text.removesuffix(ELLIPSIS)
    while kept and text_width(kept + ELLIPSIS, points, bold) > width:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS


def printable(text: str) -> str:
    """Text in which control characters and half surrogates, which no font has and XML forbids, are marked as lost."""
    return "".join("�" if category(char) in {"Cc", "Cs", "Cn"} else char for char in text)


def number(value: float, digits: int = 3) -> str:
    """A value as a legend writes it: `digits` significant ones, a real minus sign, whole numbers in full."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    if float(value).is_integer() and abs(value) < 1e15:
        written = f"{int(value):,}"
    else:
        written = f"{value:.{digits}g}"
        mantissa, e, exponent = written.partition("e")
        written = f"{mantissa}e{int(exponent)}" if e else mantissa
    return written.replace("-", "−")


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """What no line breaks apart, and what stands before it within a line: a space or nothing."""
    for word in text.split():
        for index, piece in enumerate(_PIECE.findall(word)):
            yield piece, "" if index else " "


def _wrap_paragraph(text: str, width: float, points: float, bold: bool) -> list[str]:
    """Lines of one paragraph."""
    lines, line = [], ""
    for piece, space in _pieces(text):
        longer = f"{line}{space}{piece}" if line else piece
        if text_width(longer, points, bold) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = piece
        while text_width(line, points, bold) > width and len(line) > 1:
            head = _fitting(line, width, points, bold)
            lines.append(line[:head])
            line = line[head:]
    return [*lines, line] if line else lines


def _fitting(word: str, width: float, points: float, bold: bool) -> int:
    """How many of a word's characters fit into `width` inches; at least one."""
    used, count = 0.0, 0
    for char in word:
        used += _advance(char, bold) * SPARE * points / 72
        if used > width:
            break
        count += 1
    return max(count, 1)


@cache
def _advance(char: str, bold: bool) -> float:
    """How far one character moves the pen, in em. What DejaVu Sans lacks counts as a full square, as Chinese is."""
    font = get_font(findfont(FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")))
    if not font.get_char_index(ord(char)):
        return 1.0
    font.set_size(72, 72)
    glyph = font.load_char(ord(char), flags=LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance / 65536 / 72)
