"""Presentations: a section for each slide, with the words of its shapes, tables, charts, diagrams
and notes. Hidden slides and shapes are left out, as in a slide show, and so is struck text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from footnote_bot.indexers.model import Section
from footnote_bot.indexers.sources.attachments import graphics
from footnote_bot.indexers.sources.attachments.content import Warn
from footnote_bot.indexers.sources.attachments.office import checked
from footnote_bot.indexers.sources.attachments.text import paragraphs
from footnote_bot.indexers.text.writing import link, list_items, note, table

_MOST_XML = 50 * 2**20
_MOST_SLIDES = 1_000
_DEEPEST = 10
"""The depth of nested groups that are read."""
_UNSEEN = (
    ".//p:spTree//*[*/p:cNvPr[@hidden='1' or @hidden='true']]"
    " | .//a:r[a:rPr[@strike='sngStrike' or @strike='dblStrike']]"
)
_MARGIN = {"DATE", "FOOTER", "HEADER", "SLIDE_NUMBER"}


def sections(_name: str, data: bytes, warn: Warn) -> Iterator[Section]:
    """Yield the sections of a presentation.

    Raises: Unreadable, and whatever python-pptx raises on a broken file.
    """
    source = checked(data, most_xml=_MOST_XML)
    from pptx import Presentation  # late: the extra "attachments" need not be installed

    for number, slide in enumerate(Presentation(source).slides, start=1):
        if number > _MOST_SLIDES:
            warn(f"only the first {_MOST_SLIDES:,} slides are read")
            return
        if slide.element.get("show") in ("0", "false"):
            continue
        title = slide.shapes.title
        for unseen in slide.element.xpath(_UNSEEN):
            unseen.getparent().remove(unseen)
        heading = " ".join(title.text_frame.text.split()) if title is not None else ""
        body = [
            block
            for shape in _shapes(slide.shapes)
            # Ids may come twice.
            if title is None or shape.element is not title.element
            for block in _blocks(shape)
        ]
        if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None:
            body += note("Notes", "", paragraphs(frame.text.replace("\v", "\n")))
        # A slide may have all its text in its title.
        yield Section((heading or f"Slide {number}",), "", "\n\n".join(body) or heading)


def _shapes(shapes: Iterable[Any], depth: int = 0) -> Iterator[Any]:
    """Yield the shapes in the slide's order, with each shape of a group."""
    for shape in shapes:
        inner = getattr(shape, "shapes", None)
        if inner is None:
            yield shape
        elif depth < _DEEPEST:
            yield from _shapes(inner, depth + 1)


def _blocks(shape: Any) -> list[str]:
    if getattr(shape, "has_table", False):
        rows = list(_rows(shape.table))
        return [table(rows[0], rows[1:])] if any(map(any, rows)) else []
    if not getattr(shape, "has_text_frame", False):
        return graphics.words(shape)
    if _is_margin(shape):
        return []
    lines = [(part.level, _line(part)) for part in shape.text_frame.paragraphs]
    lines = [(level, line) for level, line in lines if line]
    # The lines of a placeholder are list items; the lines of a text box mostly are not.
    if shape.is_placeholder and len(lines) > 1:
        return paragraphs("\n".join(list_items((_mark(level), [line]) for level, line in lines)))
    return paragraphs("\n".join(line for _, line in lines))


def _is_margin(shape: Any) -> bool:
    """Return whether ``shape`` is a date, a footer or a slide number."""
    return shape.is_placeholder and shape.placeholder_format.type.name in _MARGIN


def _mark(level: int) -> str:
    return "  " * level + "- "


def _line(paragraph: Any) -> str:
    """Return a paragraph's words with its links; its line breaks are vertical tabs."""
    text: str = paragraph.text
    shown: list[str] = []
    at = 0
    for run in paragraph.runs:
        words = run.text.strip()
        start = text.find(words, at)
        if words and start >= 0:
            shown += [text[at:start], link(words, run.hyperlink.address or "")]
            at = start + len(words)
    return " ".join("".join([*shown, text[at:]]).split())


def _rows(shape_table: Any) -> Iterator[list[str]]:
    """Yield the rows, with the text of a merged cell in each of its places."""
    rows = [list(row.cells) for row in shape_table.rows]
    texts: dict[tuple[int, int], str] = {}
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if cell.is_merge_origin:
                text = _words(cell)
                for down in range(y, min(y + cell.span_height, len(rows))):
                    for across in range(x, min(x + cell.span_width, len(row))):
                        texts[down, across] = text
        yield [texts.get((y, x), _words(cell)) for x, cell in enumerate(row)]


def _words(cell: Any) -> str:
    return " ".join(cell.text_frame.text.split())
