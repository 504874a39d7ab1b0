"""Parsing of a page or of its comments, in a process with limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote, quote_plus

from indexers.model import Section
from indexers.parsing.limits import PAGE, Parse
from indexers.sources.confluence.storage_links import StorageLinks

_MOST_NAMES = 500
"""People of one page who are looked up; each may be a request."""

Make = Callable[..., tuple[Section, ...]]
"""A parser that takes the page's ``links`` by name."""


@dataclass(frozen=True, slots=True)
class PageLocation:
    """The place of a page: its wiki's address, its own, key and space."""

    wiki: str
    address: str
    key: str
    space: str

    def links(self, user: Callable[[str], str]) -> StorageLinks:
        """Return links made from the page alone, so that its text depends on no other page: an
        address by title redirects to the page that has it."""
        return StorageLinks(
            address=self.address,
            page=lambda space, title: (
                f"{self.wiki}/display/{quote(space or self.space)}/{quote_plus(title)}"
            ),
            content=lambda key: f"{self.wiki}/pages/viewpage.action?pageId={quote(key)}",
            attachment=lambda name: f"{self.wiki}/download/attachments/{self.key}/{quote(name)}",
            user=user,
        )


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed page. ``unknown`` are the people whose names were not passed in."""

    sections: tuple[Section, ...]
    unknown: frozenset[str]


def parsed(
    make: Make, *arguments: Any, place: PageLocation, names: Mapping[str, str], **named: Any
) -> Parsed:
    unknown: set[str] = set()

    def user(key: str) -> str:
        if key not in names:
            unknown.add(key)
        return names.get(key, "")

    return Parsed(make(*arguments, links=place.links(user), **named), frozenset(unknown))


def parse_within(
    parse: Parse,
    place: PageLocation,
    user: Callable[[str], str],
    make: Make,
    *arguments: Any,
    **named: Any,
) -> tuple[Section, ...]:
    """Return the sections with the names of all people in them. Only Confluence knows these, and
    the parsing process cannot ask it: so it returns the people it found.

    Raises:
        ParsingFailed
    """
    read = partial(parse, PAGE, parsed, make, *arguments, place=place, **named)
    first = read(names={})
    if not first.unknown:
        return first.sections
    return read(names={key: user(key) for key in sorted(first.unknown)[:_MOST_NAMES]}).sections
