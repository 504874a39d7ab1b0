"""The ``style`` attribute of an element, as far as it affects visibility."""

from __future__ import annotations

import re

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
    first, *pieces = style.split("/*")
    return " ".join([first, *(part.partition("*/")[2] for part in pieces)])


def _unescape(match: re.Match[str]) -> str:
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
