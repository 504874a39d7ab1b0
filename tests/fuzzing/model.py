"""Targets to fuzz, and findings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis.strategies import SearchStrategy

SECONDS = 5.0
"""Processor seconds for one example. An example has at most a few thousand characters, which take
milliseconds; the rest is room for a busy machine."""


@dataclass(frozen=True, slots=True)
class Target:
    """A reader of foreign text. ``read`` reads an example, checks its guarantees, and returns the
    number of characters it produced, at most ``most``. ``refusals`` are the errors it documents."""

    name: str
    examples: SearchStrategy[Any]
    read: Callable[[Any], int]
    most: Callable[[Any], int]
    refusals: tuple[type[Exception], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken guarantee. ``place`` is our innermost line in the traceback; ``example`` is the
    smallest example, as Python writes it."""

    target: str
    what: str
    place: str
    example: str


class Overtime(BaseException):
    """An example took too long. It is no `Exception`, so that no handler catches it on the way."""


class TooMuch(AssertionError):
    """An example produced more text than allowed."""
