"""A subcommand, and a call of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto

from footnote_bot.bot.slack.rendering.message import Message


class Misused(Exception):
    """The command is wrong; the message tells the person how to write it."""


class For(Enum):
    """The people who may call a subcommand."""

    ANYBODY = auto()
    MEMBERS = auto()
    ADMINS = auto()


@dataclass(frozen=True, slots=True)
class Call:
    """A call. ``words`` follow the subcommand's name. ``respond`` answers the person alone, up to
    five times in half an hour; ``trigger`` opens a form, once, within three seconds."""

    person: str
    channel: str
    words: tuple[str, ...]
    respond: Callable[[Message], Awaitable[None]]
    trigger: str = ""


@dataclass(frozen=True, slots=True)
class Subcommand:
    """A subcommand. ``usage`` begins with its name, as in "reindex [wiki]"; ``says`` describes it
    in the help. ``run`` raises Misused, or errors that it cannot handle. ``is_usable`` returns,
    more exactly than ``who``, whether a person may use it in the channel of the call."""

    usage: str
    says: str
    run: Callable[[Call], Awaitable[None]]
    who: For = For.ANYBODY
    is_usable: Callable[[Call], Awaitable[bool]] | None = None

    @property
    def name(self) -> str:
        return self.usage.split()[0]
