"""Slides as PowerPoint (.pptx), 16:9: one view a slide, with its sentence, its source and notes for the speaker."""

import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from viz.figures.export import AUTHOR
from viz.words import Problem, say

SIZE = (40 / 3, 7.5)  # inches
MARGIN = 0.5
TITLE, TEXT, FOOT = 30, 18, 10  # points
PICTURE_TOP, PICTURE_BOTTOM = 1.75, 6.95  # inches from the slide's top
SMALLEST = 6  # points
INSET = 0.05  # inches that a box keeps free at its top and its bottom; twice that at its sides
LETTER, LINE = 0.58, 1.2  # a letter's width in a wide font, and a line's height, in sizes; a Chinese letter is 1 wide
INK, QUIET = "1A1A1A", "5F6368"
HEADING_ONLY = 5  # of python-pptx's own layouts
PROPERTY = 255  # characters that a property of the document may have


@dataclass(frozen=True)
class Slide:
    """One slide.

    Attributes:
        title: The heading.
        picture: PNG.
        text: One sentence under the heading.
        foot: What is shown, of which model and photo.
        notes: For the speaker.
    """

    title: str
    picture: bytes
    text: str = ""
    foot: str = ""
    notes: str = ""


def pptx(slides: Sequence[Slide], title: str = "", author: str = AUTHOR) -> bytes:
    """Slides in order as a file.

    Raises:
        Problem: If python-pptx isn't installed.
        ValueError: If there is no slide.
    """
    if not slides:
        raise ValueError("slides need at least one view, got none")
    try:
        from pptx import Presentation
        from pptx.util import Inches
    except ImportError:
        raise Problem(say("problem.slides")) from None
    made = Presentation()
    made.slide_width, made.slide_height = (Inches(side) for side in SIZE)
    made.core_properties.author, made.core_properties.title = author, title or slides[0].title
    made.core_properties.subject = textwrap.shorten(slides[0].foot, PROPERTY, placeholder="…")
    for slide in slides:
        add(made, slide)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def add(made: Any, slide: Slide) -> None:
    """One slide at the end of a presentation."""
    from pptx.util import Inches

    page, width = made.slides.add_slide(made.slide_layouts[HEADING_ONLY]), SIZE[0] - 2 * MARGIN
    heading = page.shapes.title
    heading.left, heading.top, heading.width, heading.height = (Inches(side) for side in (MARGIN, 0.3, width, 0.7))
    write(heading.text_frame, slide.title, TITLE, INK, bold=True)
    boxes = ((slide.text, 1.0, 0.7, TEXT, INK), (slide.foot, 7.02, 0.4, FOOT, QUIET))
    for words, top, height, points, colour in boxes:
        box = page.shapes.add_textbox(*(Inches(side) for side in (MARGIN, top, width, height)))
        write(box.text_frame, words, fitting(words, points, width, height), colour)
    with Image.open(io.BytesIO(slide.picture)) as picture:
        aspect = picture.width / picture.height
    room = PICTURE_BOTTOM - PICTURE_TOP
    shown = min(width, room * aspect)
    place = (MARGIN + (width - shown) / 2, PICTURE_TOP + (room - shown / aspect) / 2, shown, shown / aspect)
    drawn = page.shapes.add_picture(io.BytesIO(slide.picture), *(Inches(side) for side in place))
    drawn._element.nvPicPr.cNvPr.set("descr", f"{slide.title}. {slide.text}")  # for those who don't see it
    page.notes_slide.notes_text_frame.text = slide.notes


def fitting(words: str, points: int, width: float, height: float) -> int:
    """The largest size of letters, up to `points`, with which words stay in a box of `width` × `height` inches."""
    letters = sum(1.0 if ord(letter) > 0x2E7F else LETTER for letter in words)
    sizes = range(points, SMALLEST, -1)
    lines = {size: int((height - 2 * INSET) * 72 / (LINE * size)) for size in sizes}  # 72 points are an inch
    return next((size for size in sizes if letters * size <= 72 * (width - 4 * INSET) * lines[size]), SMALLEST)


def write(frame: Any, words: str, points: int, colour: str, bold: bool = False) -> None:
    """Words into a frame, which wraps them, from its top left."""
    from pptx.dml.color import RGBColor
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    colours: Any = RGBColor  # it has no types
    ink = colours.from_string(colour)
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.TOP
    frame.text = words
    for paragraph in frame.paragraphs:
        paragraph.alignment = PP_ALIGN.LEFT
        paragraph.font.size, paragraph.font.bold = Pt(points), bold
        paragraph.font.color.rgb = ink
