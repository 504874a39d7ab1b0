"""What is fuzzed, and what counts as a finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis.strategies import SearchStrategy

SECONDS = 5.0
"""Of a processor, for one example. An example has at most a few thousand characters, which take
milliseconds; the rest is room for a busy machine."""


@dataclass(frozen=True, slots=True)
class Target:
    """A reader of foreign text. ``read`` gets an example, checks what it promises about it, and
    returns how many characters it made of it, of which ``most`` may be. ``refusals`` are the errors
    that it documents."""

    name: str
    examples: SearchStrategy[Any]
    read: Callable[[Any], int]
    most: Callable[[Any], int]
    refusals: tuple[type[Exception], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken promise. ``place`` is the last line of ours that was running; ``example`` is the
    smallest found, as Python writes it."""

    target: str
    what: str
    place: str
    example: str


class Overtime(BaseException):
    """An example took too long. No handler of `Exception` on the way may keep it."""


class TooMuch(AssertionError):
    """An example became more text than it may."""
