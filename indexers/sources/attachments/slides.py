"""Presentations: a section for each slide, with the words of its shapes, tables, charts, diagrams
and notes. Hidden slides and shapes are left out, as in a slide show, and so is struck text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import zip_longest
from typing import Any

from footnote_bot.indexers.model import Section
from footnote_bot.indexers.sources.attachments.content import Warn, paragraphs
from footnote_bot.indexers.sources.attachments.office import checked
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
_MOST_SERIES = 100
_MAIN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_CHARTS = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_DIAGRAMS = "http://schemas.openxmlformats.org/drawingml/2006/diagram"


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
    """Return the blocks of a shape: a table, a graphic, or paragraphs."""
    if getattr(shape, "has_table", False):
        rows = list(_rows(shape.table))
        return [table(rows[0], rows[1:])] if any(map(any, rows)) else []
    if not getattr(shape, "has_text_frame", False):
        return _graphic(shape)
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
    """Return the mark of a list item, indented by its level."""
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


def _graphic(shape: Any) -> list[str]:
    """Return the words of a graphic, block by block; nothing if the shape is no graphic, its part
    is missing, or python-pptx does not know its kind of chart (a ValueError)."""
    uris = shape.element.xpath("a:graphic/a:graphicData/@uri")
    with suppress(KeyError, ValueError):
        if uris == [_CHARTS]:
            return _chart(shape.chart)
        if uris == [_DIAGRAMS]:
            return _diagram(shape)
    return []


def _chart(chart: Any) -> list[str]:
    """Return the chart's title, and its values as a table."""
    has_title = chart.has_title and chart.chart_title.has_text_frame
    title = paragraphs(chart.chart_title.text_frame.text) if has_title else []
    plots = list(chart.plots)
    series = [item for plot in plots for item in plot.series][:_MOST_SERIES]
    if not series:
        return title
    labels = [category.label for category in plots[0].categories]
    values = [[_number(value) for value in item.values] for item in series]
    rows = zip_longest(labels, *values, fillvalue="")
    return [*title, table(["", *(item.name for item in series)], map(list, rows))]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.12g}"


def _diagram(shape: Any) -> list[str]:
    """Return the diagram's texts as a list."""
    from pptx.oxml import parse_xml  # late, as above

    [part] = shape.element.xpath(".//*[local-name()='relIds']/@r:dm")[:1] or [""]
    return list_items(
        ("- ", [line]) for line in _lines(parse_xml(shape.part.related_part(part).blob))
    )


def _lines(diagram: Any) -> Iterator[str]:
    """Yield the paragraphs of a diagram, each on one line."""
    for paragraph in diagram.iter(f"{_MAIN}p"):
        texts = (text.text or "" for text in paragraph.iter(f"{_MAIN}t"))
        if line := " ".join("".join(texts).split()):
            yield line
