"""The ``style`` attribute of an element, read as far as it decides what is visible."""

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
"""Every value of a property: a browser ignores those that it does not know."""


def style_of(attributes: dict[str, str]) -> Style:
    """Read the ``style`` attribute, as HTML or JSX writes it."""
    written = attributes.get("style", "")[:_LONGEST]
    if not written:
        return {}
    if written.lstrip().startswith("{"):  # JSX: {{display: 'none', fontSize: 0}}
        written = _JSX_NAME.sub(r"-\1", written.strip("{} \n"))
        written = _JSX_COMMA.sub(";", written).translate(str.maketrans("", "", "\"'`"))
    found: Style = {}
    for declaration in _ESCAPE.sub(_unescaped, _without_comments(written)).split(";"):
        name, _, value = declaration.partition(":")
        if bare := " ".join(value.lower().replace("!important", "").split()):
            found.setdefault(name.strip().lower(), []).append(bare)
    return found


def _without_comments(style: str) -> str:
    first, *rest = style.split("/*")
    return " ".join([first, *(part.partition("*/")[2] for part in rest)])


def _unescaped(found: re.Match[str]) -> str:
    if not found[1]:
        return found[2] or ""
    code = int(found[1], 16)
    return chr(code) if code < 0x110000 else ""


def measure(value: str) -> tuple[float, str] | None:
    """Return a length's number and unit, or None if it is none."""
    found = _NUMBER.fullmatch(value)
    if not found or not any(map(str.isdigit, found[1])):
        return None
    return float(found[1]), found[2] or ""


def is_zero(value: str) -> bool:
    """Return whether it is a zero length, or an opacity that hides."""
    measured = measure(value)
    return measured is not None and abs(measured[0]) < 0.02


def pixels(value: str) -> float | None:
    """Return a length in pixels, roughly; percent are of an ordinary screen."""
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
