"""Parsing of a page or of its comments, in a process with limits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote, quote_plus

from footnote_bot.indexers.model import Section
from footnote_bot.indexers.parsing.limits import PAGE, Parse
from footnote_bot.indexers.sources.confluence.storage_links import StorageLinks

_MAX_NAMES = 500
"""People of one page who are looked up; each may be a request."""

_NO_PATH = re.compile(r"[%&?/\\;\"§+:]")
"""Characters of titles for which Confluence has no path: its server refuses an encoded slash, for
example."""

Make = Callable[..., tuple[Section, ...]]
"""A parser that takes the page's ``links`` by name."""


@dataclass(frozen=True, slots=True)
class PageLocation:
    """The place of a page: the addresses of its wiki and of itself, its key and its space."""

    wiki: str
    address: str
    key: str
    space: str

    def links(self, user: Callable[[str], str]) -> StorageLinks:
        """Return links made from the page alone, so that its text depends on no other page: an
        address by title redirects to the page with that title."""
        return StorageLinks(
            address=self.address,
            page=self._page,
            content=lambda key: f"{self.wiki}/pages/viewpage.action?pageId={quote(key)}",
            attachment=lambda name: f"{self.wiki}/download/attachments/{self.key}/{quote(name)}",
            user=user,
        )

    def _page(self, space: str, title: str) -> str:
        key = quote(space or self.space)
        if _NO_PATH.search(title):
            query = f"spaceKey={key}&title={quote_plus(title)}"
            return f"{self.wiki}/pages/viewpage.action?{query}"
        return f"{self.wiki}/display/{key}/{quote_plus(title)}"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed page. ``unknown`` are the people whose names were not passed in."""

    sections: tuple[Section, ...]
    unknown: frozenset[str]


def parse_document(
    make: Make, *arguments: Any, place: PageLocation, names: Mapping[str, str], **keywords: Any
) -> Parsed:
    unknown: set[str] = set()

    def user(key: str) -> str:
        if key not in names:
            unknown.add(key)
        return names.get(key, "")

    return Parsed(make(*arguments, links=place.links(user), **keywords), frozenset(unknown))


def parse_within(
    parse: Parse,
    place: PageLocation,
    user: Callable[[str], str],
    make: Make,
    *arguments: Any,
    **keywords: Any,
) -> tuple[Section, ...]:
    """Return the sections with the names of all people in them. The parsing process cannot request
    names from Confluence, so it returns the people that it found, and parses again.

    Raises:
        ParsingFailed
    """
    read_with_names = partial(
        parse, PAGE, parse_document, make, *arguments, place=place, **keywords
    )
    first = read_with_names(names={})
    if not first.unknown:
        return first.sections
    return read_with_names(
        names={key: user(key) for key in sorted(first.unknown)[:_MAX_NAMES]}
    ).sections
