"""Removal of invisible text from a tree, and marking of struck text.

Anybody may have hidden text on a page that nobody sees there, so it must not be searched or quoted.
Only certain cases count: the element's own attributes, and not a possible style sheet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from footnote_bot.indexers.text.styles import (
    UNKNOWN,
    Style,
    colour_of,
    is_zero,
    measure,
    pixels,
    style_of,
)
from footnote_bot.indexers.text.tree import STRUCK, Node

_STRUCK_TAGS = frozenset({"s", "del", "strike"})
_CELLS = frozenset({"td", "th"})
_PICTURES = frozenset({"img", "ac:image"})
_FONT_SIZE = re.compile(r"(?:^|\s)([+-]?[\d.]{1,12}(?:px|pt|em|rem|%)?)(?=[\s/])")
_SMALLEST = {"px": 2.0, "pt": 1.5, "em": 0.1, "rem": 0.1, "%": 10.0}
"""Font sizes up to which text is invisible."""
_FAR_AWAY = -900.0
"""Pixels to the left or above: text so far away is on no screen."""

_PAGE = "#ffffff"


@dataclass(frozen=True, slots=True)
class _Look:
    """The look of text; an element inside can change each field again."""

    tiny: bool = False
    invisible: bool = False
    colour: str = UNKNOWN
    background: str = _PAGE

    @property
    def seen(self) -> bool:
        blended = bool(self.colour) and self.colour == self.background
        return not (self.tiny or self.invisible or blended or self.colour == "transparent")


def remove_invisible(root: Node) -> None:
    """Remove invisible elements and text from the tree. Struck text is then within ``STRUCK``."""
    pending: list[tuple[Node, _Look]] = [(root, _Look())]
    while pending:
        element, look = pending.pop()
        children: list[Node | str] = []
        for child in element.children:
            if isinstance(child, str):
                if look.seen or not child.strip():
                    children.append(child)
                continue
            style = style_of(child.attributes)
            if _is_hidden(child, style):
                if child.tag not in _CELLS:
                    continue
                # An empty cell stays, or the columns would not match the header.
                child.children = []
            inside = _inside(child, style, look)
            if child.tag in _PICTURES and not inside.seen:
                continue
            children.append(child)
            pending.append((child, inside))
            if _is_struck(child, style):
                wrapped = Node(STRUCK, {}, child.children)
                child.children = [wrapped]
                pending[-1] = (wrapped, inside)
        element.children = children


def _is_hidden(element: Node, style: Style) -> bool:
    """Return whether the element is invisible, whatever the elements inside say."""
    attributes = element.attributes
    if "hidden" in attributes and attributes["hidden"].strip().lower() not in ("{false}", "false"):
        return True
    if element.tag == "dialog" and "open" not in attributes:
        return True
    if not style:
        return False
    declarations = {(name, value) for name, values in style.items() for value in values}
    clipped = any(
        value.startswith(("rect(0", "rect(1px", "inset(50%", "inset(100%", "circle(0"))
        for value in (*style.get("clip", ()), *style.get("clip-path", ()))
    )
    squeezed = any(value.startswith("hidden") for value in style.get("overflow", ())) and any(
        is_zero(value)
        for name in ("width", "height", "max-width", "max-height")
        for value in style.get(name, ())
    )
    away = any(
        number is not None and number <= _FAR_AWAY
        for name in ("left", "top", "text-indent", "margin-left", "margin-top")
        for number in map(pixels, style.get(name, ()))
    )
    faint = any(is_zero(value) for value in style.get("opacity", ()))
    shrunk = any(
        re.match(r"scale[xy3]?d?\(\s*0(?:\.0*)?\s*[,)]", v) for v in style.get("transform", ())
    )
    blank = {("display", "none"), ("content-visibility", "hidden"), ("filter", "opacity(0)")}
    return bool(blank & declarations) or clipped or squeezed or away or faint or shrunk


def _inside(element: Node, style: Style, outside: _Look) -> _Look:
    look = outside
    for value in style.get("visibility", ()):
        look = replace(look, invisible=value in ("hidden", "collapse"))
    sizes = [*style.get("font-size", ())]
    sizes += [match[1] for value in style.get("font", ()) if (match := _FONT_SIZE.search(value))]
    for value in sizes:
        look = replace(look, tiny=_is_tiny(value, within_tiny=outside.tiny))
    attributes = element.attributes
    background = _background(style, attributes)
    if background is not None:
        look = replace(look, background=background)
    elif _may_have_a_background(element):
        look = replace(look, background=UNKNOWN)
    for value in (
        attributes.get("color", "") if element.tag == "font" else "",
        *style.get("color", ()),
    ):
        if colour := colour_of(value):
            look = replace(look, colour=colour)
    return look


def _is_struck(element: Node, style: Style) -> bool:
    return element.tag in _STRUCK_TAGS or any(
        "line-through" in value.split()
        for name in ("text-decoration", "text-decoration-line")
        for value in style.get(name, ())
    )


def _is_tiny(value: str, *, within_tiny: bool) -> bool:
    measured = measure(value)
    if measured is None:
        return within_tiny and value in ("inherit", "smaller", "larger")
    number, unit = measured
    if number == 0 or number <= _SMALLEST.get(unit, 0.0):
        return True
    return within_tiny and unit in ("em", "%", "ex", "ch")


def _background(style: Style, attributes: dict[str, str]) -> str | None:
    """Return the background; None if the element names none, ``UNKNOWN`` if it cannot be
    determined."""
    named = (attributes.get("bgcolor", ""), attributes.get("data-highlight-colour", ""))
    values = [
        *style.get("background-color", ()),
        *style.get("background", ()),
        *filter(None, named),
    ]
    if not values or values[-1].lower() in ("none", "transparent", "inherit", "initial"):
        return None
    return colour_of(values[-1])


def _may_have_a_background(element: Node) -> bool:
    """Return whether a style sheet, or a macro around the text, may set a background."""
    drawn = element.tag.startswith("ac:") and not element.tag.startswith("ac:layout")
    return drawn or bool(element.attributes.get("class"))
