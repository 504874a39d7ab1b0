"""The arguments of `/wiki`, parsed strictly. Pure."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from footnote_bot.bot.slack.commands.call import Misused
from footnote_bot.bot.slack.texts import commands as texts

_WORD = re.compile(r"<[^<>]*>|[^\s<>]+")
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_LINK = re.compile(r"<(https?://[^<>|\s]+)(?:\|[^<>]*)?>|(https?://[^\s<>|]+)")
_DASHES = "\u2013\u2014"
"""The dash that a Mac makes of two hyphens."""


def words_of(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text))


def is_argument(word: str) -> bool:
    """Return whether the word is a person, a link or an option, and so no word of a question."""
    return word[0] in f"<-{_DASHES}" or _LINK.match(word) is not None


def options(words: Sequence[str], known: Container[str]) -> tuple[list[str], set[str]]:
    """Return the words that are no options, and the options.

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
            raise Misused(texts.unknown_option(_shown(word)))
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
        raise Misused(texts.name_without_person(_shown(word)))
    raise Misused(texts.no_person(_shown(word)))


def address(word: str) -> str | None:
    """Return the word if it is a page's address, else None."""
    match = _LINK.fullmatch(word)
    return (match[1] or match[2]).replace("&amp;", "&") if match else None


def _shown(word: str) -> str:
    return word[:100]
