"""Removal of invisible text from a tree, and marking of struck text.

Anybody may have hidden text on a page that nobody sees there, so it must not be searched or quoted.
Only certain cases count: the element's own attributes, and not a possible style sheet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from footnote_bot.indexers.text.tree import STRUCK, Node

_LONGEST = 2_000
"""Characters of one ``style`` attribute that are read."""

_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.IGNORECASE)
_JSX_NAME = re.compile(r"(?<=[a-z])([A-Z])")
_JSX_COMMA = re.compile(r",(?=\s*[\w-]+\s*:)")
_NUMBER = re.compile(r"([+-]?\d{0,9}(?:\.\d{1,9})?)(px|pt|em|rem|ex|ch|vw|vh|cm|mm|in|pc|%)?")
_COLOUR = re.compile(r"#[0-9a-f]{3,8}|(?:rgb|hsl)a?\([^()]*\)|[a-z]+")
_CHANNEL = re.compile(r"[\d.]+%?")
_NAMED = {"white": "#ffffff", "black": "#000000"}
_NO_COLOUR = frozenset({"inherit", "initial", "unset", "revert", "currentcolor", "none", "auto"})

UNKNOWN = ""
"""A colour that cannot be determined."""

Style = dict[str, list[str]]
"""All values of each property: a browser ignores the values that it does not know."""


def style_of(attributes: dict[str, str]) -> Style:
    """Read the ``style`` attribute, as HTML or JSX writes it."""
    source = attributes.get("style", "")[:_LONGEST]
    if not source:
        return {}
    if source.lstrip().startswith("{"):  # JSX: {{display: 'none', fontSize: 0}}
        source = _JSX_NAME.sub(r"-\1", source.strip("{} \n"))
        source = _JSX_COMMA.sub(";", source).translate(str.maketrans("", "", "\"'`"))
    style: Style = {}
    for declaration in _ESCAPE.sub(_unescape, _without_comments(source)).split(";"):
        name, _, value = declaration.partition(":")
        if bare := " ".join(value.lower().replace("!important", "").split()):
            style.setdefault(name.strip().lower(), []).append(bare)
    return style


def _without_comments(style: str) -> str:
    """Return the style with a space in place of each comment."""
    first, *pieces = style.split("/*")
    return " ".join([first, *(part.partition("*/")[2] for part in pieces)])


def _unescape(match: re.Match[str]) -> str:
    """Return the character that an escape in CSS stands for."""
    if not match[1]:
        return match[2] or ""
    code = int(match[1], 16)
    return chr(code) if code < 0x110000 else ""


def measure(value: str) -> tuple[float, str] | None:
    """Return the number and unit of a length; None if ``value`` is no length."""
    match = _NUMBER.fullmatch(value)
    if not match or not any(map(str.isdigit, match[1])):
        return None
    return float(match[1]), match[2] or ""


def is_zero(value: str) -> bool:
    """Return whether ``value`` is a zero length, or an opacity that hides."""
    measured = measure(value)
    return measured is not None and abs(measured[0]) < 0.02


def pixels(value: str) -> float | None:
    """Return a length in pixels, roughly; percentages are of an ordinary screen."""
    measured = measure(value)
    if measured is None:
        return None
    number, unit = measured
    return number * {"em": 16, "rem": 16, "%": 9, "vw": 9, "vh": 9}.get(unit, 1)


def colour_of(value: str) -> str:
    """Return a colour in one spelling, or ``UNKNOWN``."""
    value = value.lower().strip()
    if not _COLOUR.fullmatch(value) or value in _NO_COLOUR:
        return UNKNOWN
    if value.startswith("rgb"):
        return _from_channels(_CHANNEL.findall(value))
    if not value.startswith("#"):
        return _NAMED.get(value, value)
    digits = value[1:]
    if len(digits) in (3, 4):
        digits = "".join(digit * 2 for digit in digits)
    return "transparent" if len(digits) == 8 and digits.endswith("00") else f"#{digits[:6]}"


def _from_channels(channels: list[str]) -> str:
    """Return a colour by its channels: red, green, blue and perhaps the opacity."""
    try:
        numbers = [
            float(channel.rstrip("%")) * (2.55 if channel.endswith("%") else 1)
            for channel in channels[:3]
        ]
        if len(channels) > 3 and float(channels[3].rstrip("%")) == 0:
            return "transparent"
    except ValueError:
        return UNKNOWN
    if len(numbers) < 3:
        return UNKNOWN
    return "#" + "".join(f"{min(255, round(number)):02x}" for number in numbers)


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
        """Whether text with this look can be seen."""
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
    """Return how text inside the element looks, by its style and how it looks outside."""
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
    """Return whether a font size is too small to see, ``within_tiny`` text also a relative one."""
    measured = measure(value)
    if measured is None:
        return within_tiny and value in ("inherit", "smaller", "larger")
    number, unit = measured
    if number == 0 or number <= _SMALLEST.get(unit, 0.0):
        return True
    return within_tiny and unit in ("em", "%", "ex", "ch")


def _background(style: Style, attributes: dict[str, str]) -> str | None:
    """Return the background; None if the element names none, ``UNKNOWN`` if it is unclear."""
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
