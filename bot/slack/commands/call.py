"""A call of a subcommand, and its arguments, parsed strictly."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Container, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from footnote_bot.bot.slack.rendering.message import Message
from footnote_bot.bot.slack.texts import commands as texts

_WORD = re.compile(r"<[^<>]*>|[^\s<>]+")
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_LINK = re.compile(r"<(https?://[^<>|\s]+)(?:\|[^<>]*)?>|(https?://[^\s<>|]+)")
_DASHES = "\u2013\u2014"
"""The dash that a Mac makes of two hyphens."""


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
    """A subcommand. ``usage`` begins with its name, as in "reindex [wiki]"; one that is the name
    alone takes no arguments. ``says`` describes it in the help. ``run`` raises Misused, or errors
    that it cannot handle."""

    usage: str
    says: str
    run: Callable[[Call], Awaitable[None]]
    who: For = For.ANYBODY

    @property
    def name(self) -> str:
        return self.usage.split()[0]

    async def carry_out(self, call: Call) -> None:
        """Run the subcommand; raise Misused if it takes no arguments and is given some."""
        if call.words and self.usage == self.name:
            raise Misused(texts.NO_ARGUMENTS)
        await self.run(call)


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a command; a link or a mention of Slack's is one word."""
    return tuple(_WORD.findall(text))


def is_argument(word: str) -> bool:
    """Return whether the word is a person, a link or an option, and so no word of a question."""
    return word[0] in f"<-{_DASHES}" or _LINK.match(word) is not None


def options(words: Sequence[str], known: Container[str]) -> tuple[list[str], set[str]]:
    """Return the arguments (words that are no options), and the options as ``--name``.

    Raises:
        Misused: an option is not ``known``, or is given twice.
    """
    arguments: list[str] = []
    chosen: set[str] = set()
    for word in words:
        plain = f"--{word[1:]}" if word[0] in _DASHES else word
        if not plain.startswith("-"):
            arguments.append(word)
        elif plain not in known:
            raise Misused(texts.unknown_option(_bounded(word)))
        elif plain in chosen:
            raise Misused(texts.option_twice(plain))
        else:
            chosen.add(plain)
    return arguments, chosen


def person(word: str) -> str:
    """Return the id of the person picked from Slack's list.

    Raises:
        Misused: the word is no person from the list.
    """
    if match := _PERSON.fullmatch(word):
        return match[1]
    if word.startswith("@"):
        raise Misused(texts.name_without_person(_bounded(word)))
    raise Misused(texts.no_person(_bounded(word)))


def address(word: str) -> str | None:
    """Return the word if it is a page's address, else None."""
    match = _LINK.fullmatch(word)
    return (match[1] or match[2]).replace("&amp;", "&") if match else None


def _bounded(word: str) -> str:
    return word[:100]
