"""A subcommand, and one call of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto

from bot.slack.rendering.message import Message


class Misused(Exception):
    """What was typed is wrong; the text says to the person what is right."""


class For(Enum):
    """Who may call it."""

    ANYBODY = auto()
    MEMBERS = auto()
    ADMINS = auto()


@dataclass(frozen=True, slots=True)
class Call:
    """``words`` are what stands behind the subcommand's name. ``respond`` answers the
    person alone, up to five times in half an hour; ``trigger`` opens a form, once, within
    three seconds."""

    person: str
    channel: str
    words: tuple[str, ...]
    respond: Callable[[Message], Awaitable[None]]
    trigger: str = ""


@dataclass(frozen=True, slots=True)
class Subcommand:
    """``usage`` begins with its name, as in "reindex [wiki]"; ``says`` is what it does, for
    the help. ``run`` raises Misused, or whatever it cannot help."""

    usage: str
    says: str
    run: Callable[[Call], Awaitable[None]]
    who: For = For.ANYBODY

    @property
    def name(self) -> str:
        return self.usage.split()[0]
