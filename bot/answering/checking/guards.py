"""Guards against what no sentence of a model may hold, whoever vouches for it: addresses that no
page shows, pings, and orders that a page gives to a model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from footnote_bot.indexers.model import Passage


class Flaw(StrEnum):
    """The reason why a sentence is not shown."""

    EMPTY = "empty"
    """It says nothing: no words, raw JSON, an introduction without its list, "Great question!"."""
    REPEATED = "repeated"
    PING = "ping"
    ADDRESS = "address"
    ORDERS = "orders"
    """It rests on words of a page that are instructions to a language model."""
    QUOTATION = "quotation"
    NUMBER = "number"
    NAME = "name"
    """A code, a channel, an option or the like is spelled as no page spells it."""
    LONG = "long"
    UNSUPPORTED = "unsupported"
    """A judge found no support for it."""


_PING = re.compile(r"<\s*[!@#]")
_CALL = re.compile(r"@(?:here|channel|everyone|group)(?![\w-]*\.\w)", re.IGNORECASE)
"""A mention of a group. Within code it pings nobody, and a page may tell people to write it."""
_CODE = re.compile(r"(?<!`)(`{1,8})(?!`)[^`]+\1")
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]{0,40}:/?/|www\.|(?:mailto|javascript|data|tel):)[^\s<>\"|`]+"
    r"|[\w.+%-]{1,64}@[\w-]{1,200}(?:\.[\w-]+)+"
    r"|(?<![\w@./-])(?:[\w-]+\.)+[^\W\d_]{2,}(?:[:/][^\s<>\"|`]*)?",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?")
_TARGET = re.compile(r"\]\(<?([^()\s<>]+)")
_SCHEME = re.compile(r"^(?:mailto:|tel:|https?://)(?:www\.)?")
_INSTRUCTIONS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.!?\n]{0,40}"
    r"\b(?:rules?|instructions?|prompts?|guidelines?|everything above)\b"
    r"|(?:^|[.!?:;\n]\s{0,3})(?:dear\s)?(?:assistant|chatbot|language model|llm)\b\s{0,3}[,:]"
    r"|\b(?:tell|inform|instruct)\s{1,3}(?:the\s{1,3})?(?:readers?|users?|askers?)\b"
    r"|\b(?:system prompt|previous instructions|prior instructions)\b",
    re.IGNORECASE,
)


_STRUCTURE = re.compile(r"[\[{].{0,40}\"(?:answer(?:ed)?|evidence|response|sentences?)\"\s?:")


def is_raw_json(text: str) -> bool:
    """Return whether ``text`` is JSON of another form than was asked for."""
    return bool(_STRUCTURE.match(text))


def pings(text: str) -> bool:
    """Return whether ``text`` would notify people: it mentions a person or a group."""
    return bool(_PING.search(text) or _CALL.search(_CODE.sub("", text)))


def instructs_model(text: str) -> bool:
    """Return whether ``text`` instructs a language model instead of its readers."""
    return bool(_INSTRUCTIONS.search(text))


def addresses(text: str) -> tuple[str, ...]:
    """Return everything that a screen may turn into a link, also file names, which look alike."""
    matches = (match[0].rstrip(".,;:!?)'\u2019\u201d]") for match in _ADDRESS.finditer(text))
    return tuple(dict.fromkeys(text for text in matches if not _ABBREVIATION.fullmatch(text)))


def all_shown(wanted: Sequence[str], passages: Sequence[Passage]) -> bool:
    """Return whether the passages have each ``wanted`` address, also as another's host or file."""
    if not wanted:
        return True
    held = {address for passage in passages for address in _addresses_in(passage)}
    parts = {part for address in held if "@" not in address for part in _host_and_file(address)}
    return all(_normalized(address) in held | parts for address in wanted)


def _addresses_in(passage: Passage) -> Iterator[str]:
    """Yield the passage's own address, and those in its text and links, normalized."""
    text = passage.text
    yield from map(_normalized, (*addresses(text), passage.url, *_TARGET.findall(text)))


def _host_and_file(address: str) -> tuple[str, str]:
    path = address.split("/")
    return path[0], path[-1]


def _normalized(address: str) -> str:
    """Return the address in lower case, without scheme, "www.", anchor and last slash."""
    short = _SCHEME.sub("", address.casefold())
    return short.partition("#")[0].rstrip("/")
