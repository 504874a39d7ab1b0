"""The words of charts and diagrams on a slide. PowerPoint calls diagrams SmartArt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from footnote_bot.indexers.sources.attachments.text import paragraphs
from footnote_bot.indexers.text.writing import list_items, table

_MOST_SERIES = 100
_MAIN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_CHARTS = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_DIAGRAMS = "http://schemas.openxmlformats.org/drawingml/2006/diagram"


def words(shape: Any) -> list[str]:
    """Return the words of a graphic, block by block; nothing if the shape is no graphic, or its
    part is missing."""
    uris = shape.element.xpath("a:graphic/a:graphicData/@uri")
    with suppress(KeyError):
        if uris == [_CHARTS]:
            return _chart(shape.chart.element)
        if uris == [_DIAGRAMS]:
            return _diagram(shape)
    return []


def _chart(chart: Any) -> list[str]:
    """Return the chart's title, and its values as a table."""
    title = " ".join(line for node in chart.xpath("c:chart/c:title") for line in _lines(node))
    series = chart.xpath(".//c:ser[c:val]")[:_MOST_SERIES]
    if not series:
        return paragraphs(title)
    names = [" ".join(item.xpath("c:tx//c:v/text()")) for item in series]
    categories = _categories(series[0])
    values = [_points(item, "c:val") for item in series]
    places = categories or values[0]
    rows = (
        [categories.get(place, ""), *(_number(column.get(place, "")) for column in values)]
        for place in places
    )
    return [*paragraphs(title), table(["", *names], rows)]


def _categories(series: Any) -> dict[str, str]:
    """Return the labels of a series' points; days are stored as numbers."""
    # Late: the extra "attachments" need not be installed.
    from openpyxl.styles.numbers import is_date_format
    from openpyxl.utils.datetime import from_excel

    labels = _points(series, "c:cat")
    if any(map(is_date_format, series.xpath("c:cat//c:formatCode/text()"))):
        with suppress(ValueError, OverflowError):
            labels.update(
                {place: f"{from_excel(float(day)):%Y-%m-%d}" for place, day in labels.items()}
            )
    return labels


def _points(series: Any, kind: str) -> dict[str, str]:
    """Return the texts of a series' points by their places; the lowest of several levels."""
    points: dict[str, str] = {}
    for point in series.xpath(f"{kind}//c:pt"):
        points.setdefault(point.get("idx", ""), " ".join(point.xpath("string(c:v)").split()))
    return points


def _number(value: str) -> str:
    with suppress(ValueError):
        return f"{float(value):.12g}"
    return value


def _diagram(shape: Any) -> list[str]:
    """Return the diagram's texts as a list."""
    from pptx.oxml import parse_xml  # late, as above

    [part] = shape.element.xpath(".//*[local-name()='relIds']/@r:dm")[:1] or [""]
    return list_items(
        ("- ", [line]) for line in _lines(parse_xml(shape.part.related_part(part).blob))
    )


def _lines(diagram: Any) -> Iterator[str]:
    for paragraph in diagram.iter(f"{_MAIN}p"):
        texts = (text.text or "" for text in paragraph.iter(f"{_MAIN}t"))
        if line := " ".join("".join(texts).split()):
            yield line
