"""Parsing of a Markdown page, in a process with limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from footnote_bot.indexers.parsing.limits import PAGE, Parse
from footnote_bot.indexers.sources.markdown import convert
from footnote_bot.indexers.sources.markdown.candidates import candidates
from footnote_bot.indexers.sources.markdown.dialects import Dialect
from footnote_bot.indexers.sources.markdown.encoding import text_of
from footnote_bot.indexers.sources.markdown.front_matter import FrontMatter, split
from footnote_bot.indexers.sources.markdown.links import by_itself

_LIKELY = 5_000
"""Links of a page that are resolved beforehand. A page with more is parsed twice."""

Link = tuple[str, str]
"""A target as written, and its style."""


@dataclass(frozen=True, slots=True)
class Skimmed:
    """The parts of a page that the rest of the wiki needs: its front matter, and its possible
    links."""

    matter: FrontMatter
    links: frozenset[str]


@dataclass(frozen=True, slots=True)
class Converted:
    """A converted page. ``unknown`` are the links whose addresses were not passed in."""

    page: convert.ParsedPage
    warnings: tuple[str, ...]
    unknown: frozenset[Link]


def skim(raw: bytes) -> Skimmed:
    text, _ = text_of(raw)
    matter, body = split(text.replace("\r\n", "\n").replace("\r", "\n"))
    return Skimmed(matter, candidates(body))


def convert_page(  # noqa: PLR0913 - one parameter a thing that the wiki knows and the file does not
    raw: bytes,
    dialect: Dialect,
    *,
    path: str,
    anchors: str,
    title: str,
    own: str,
    addresses: Mapping[Link, str],
) -> Converted:
    """Return the page of a file, at the address ``own``, with the links that ``addresses``
    has."""
    text, warning = text_of(raw)
    unknown: set[Link] = set()

    def resolve(target: str, style: str) -> str:
        if (target, style) in addresses:
            return addresses[target, style]
        independent = by_itself(target, style, own)
        if independent is None:
            unknown.add((target, style))
        return independent or ""

    page = convert.page(text, dialect, path=path, anchors=anchors, title=title, resolve=resolve)
    return Converted(page, tuple(filter(None, (warning, *page.warnings))), frozenset(unknown))


def convert_within(
    parse: Parse,
    resolve: Callable[[str, str], str],
    likely: Iterable[Link],
    raw: bytes,
    dialect: Dialect,
    **keywords: Any,
) -> Converted:
    """Return the page with all its links; the other arguments are those of `convert_page`. The
    parsing process cannot resolve links, because only the wiki can. So it gets the addresses of
    ``likely`` links, and returns the other links that it found.

    Raises:
        ParsingFailed
    """
    convert_with: Callable[..., Converted] = partial(
        parse, PAGE, convert_page, raw, dialect, **keywords
    )
    addresses = {link: resolve(*link) for link in islice(likely, _LIKELY)}
    first = convert_with(addresses=addresses)
    if not first.unknown:
        return first
    return convert_with(addresses=addresses | {link: resolve(*link) for link in first.unknown})
