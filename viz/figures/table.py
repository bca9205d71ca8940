"""Words and numbers: tables, and single values side by side."""

from viz.figures.colour import role_colour
from viz.figures.maps import SMALLEST_WIDTH
from viz.figures.page import Page, Part
from viz.figures.typesetting import LABEL, QUIET, RULE, SMALL, line_height, text_width, wrap
from viz.numbers import FORMS
from viz.panel import Numbers, Table

VALUE = 20.0  # font size of a `Number`, in points
ROUNDING = 1e-6  # inches, so that a cell as wide as its column never breaks
MARKED = "#FFF3D6"  # behind a table's marked rows


def table_part(panel: Table, most: float) -> Part:
    """Words and numbers in rows; columns as wide as their longest cell, the widest wrapped where the room ends."""
    pad, inset = 0.26, 0.08  # a column's room beside its text, and how much of it stands on the left
    cells = [panel.columns, *panel.rows]
    widths = [
        max(text_width(str(row[c]), LABEL, bold=index == 0) for index, row in enumerate(cells)) + pad
        for c in range(len(panel.columns))
    ]
    while sum(widths) > most and max(widths) > 0.8:
        widest = widths.index(max(widths))
        widths[widest] = max(0.8, min(widths[widest] * 0.9, widths[widest] - (sum(widths) - most) / 2))
    wrapped = [
        [
            wrap(str(cell), width - pad + ROUNDING, LABEL, bold=index == 0) or [""]
            for cell, width in zip(row, widths, strict=True)
        ]
        for index, row in enumerate(cells)
    ]
    heights = [max(map(len, row), default=1) * line_height(LABEL) + 0.08 for row in wrapped]
    right = [all(_is_number(str(row[c])) for row in panel.rows) and bool(panel.rows) for c in range(len(panel.columns))]
    block = max(sum(widths), min(SMALLEST_WIDTH, most))

    def draw(page: Page, left: float, top: float) -> None:
        y = top
        for index, (row, height) in enumerate(zip(wrapped, heights, strict=True)):
            if index - 1 in panel.marked:
                page.rectangle(left, y - 0.02, sum(widths), height, MARKED)
            x = left
            for lines, width, to_right in zip(row, widths, right, strict=True):
                place = x + width - pad + inset if to_right else x + inset
                page.text(place, y + 0.02, lines, LABEL, bold=index == 0, align="right" if to_right else "left")
                x += width
            y += height
            page.rule(left, y - 0.02, sum(widths), QUIET if index == 0 else RULE)

    return Part(str(panel.title), "", block, sum(heights), draw)


def _is_number(cell: str) -> bool:
    """Whether a cell holds a number, so that its column is set flush right."""
    try:
        float(cell.replace(",", "").replace("−", "-").replace("\u202f", "").rstrip("%"))
    except ValueError:
        return False
    return True


def numbers_part(panel: Numbers, most: float) -> Part:
    """Named values side by side, each under a bar of its role's colour, and the sentence below."""
    gap = 0.3
    values = [f"{n.text or FORMS[n.form](n.value)} {n.unit}".strip() for n in panel.numbers]
    widths = [
        min(max(text_width(value, VALUE), text_width(n.label, SMALL), 0.9), most)
        for value, n in zip(values, panel.numbers, strict=True)
    ]
    lines: list[list[int]] = [[]]
    for index, width in enumerate(widths):
        if lines[-1] and sum(widths[i] + gap for i in lines[-1]) + width > min(most, 6.0):
            lines.append([])
        lines[-1].append(index)
    block = max([sum(widths[i] + gap for i in line) - gap for line in lines if line] + [min(SMALLEST_WIDTH, most)])
    card = 0.1 + line_height(VALUE) + line_height(SMALL) + 0.14
    note = wrap(str(panel.note), block, LABEL)

    def draw(page: Page, left: float, top: float) -> None:
        y = top
        for line in lines:
            x = left
            for index in line:
                shown = panel.numbers[index]
                page.rule(x, y + 0.03, widths[index], role_colour(shown.role, RULE), points=2.5)
                size = VALUE * min(1.0, widths[index] / text_width(values[index], VALUE))
                below = page.text(x, y + 0.1, values[index], size)
                page.text(x, below, wrap(str(shown.label), widths[index], SMALL, most=1), SMALL, QUIET)
                x += widths[index] + gap
            y += card
        page.text(left, y, note, LABEL)

    return Part(str(panel.title), "", block, len(lines) * card + len(note) * line_height(LABEL), draw)
