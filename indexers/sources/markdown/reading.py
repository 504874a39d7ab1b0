"""The files of a wiki as they are now, and their pages, parsed in a process with limits."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from itertools import islice
from typing import Any

from footnote_bot.indexers.daemons import in_order
from footnote_bot.indexers.parsing.limits import PAGE, Parse, ParsingFailed
from footnote_bot.indexers.sources.markdown import convert
from footnote_bot.indexers.sources.markdown.cache import PageCache
from footnote_bot.indexers.sources.markdown.dialects import Dialect
from footnote_bot.indexers.sources.markdown.encoding import text_of
from footnote_bot.indexers.sources.markdown.files import UnreadFile, read_quickly
from footnote_bot.indexers.sources.markdown.front_matter import FrontMatter, split
from footnote_bot.indexers.sources.markdown.links import by_itself, candidates
from footnote_bot.indexers.sources.markdown.site import Site

_LIKELY = 5_000
"""Links of a page that are resolved beforehand. A page with more is parsed twice."""

Link = tuple[str, str]
"""A target as written, and its style."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A converted page. ``unknown`` are the links whose addresses were not passed in."""

    page: convert.ParsedPage
    warnings: tuple[str, ...]
    unknown: frozenset[Link]


def skim(raw: bytes) -> tuple[FrontMatter, frozenset[str]]:
    """Return the parts of a page that the rest of the wiki needs: its front matter, and its
    possible links."""
    text, _ = text_of(raw)
    matter, body = split(text.replace("\r\n", "\n").replace("\r", "\n"))
    return matter, candidates(body)


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


log = logging.getLogger(__name__)

AHEAD = 2
"""Pages that are read while another is split and written. Each takes a process; most machines have
so many cores to spare."""


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file at the time when it was read: ``content`` is a digest of its bytes."""

    path: str
    content: str
    matter: FrontMatter
    links: frozenset[str]
    unread: UnreadFile | None = None


class SeenFiles:
    """Reads files. Each is read in every pass, because it may change and keep its date and size. It
    is parsed only if the ``cache`` does not know its bytes."""

    def __init__(self, wiki: str, max_bytes: int, parse: Parse, cache: PageCache) -> None:
        self._wiki = wiki
        self._max_bytes = max_bytes
        self._parse = parse
        self._cache = cache

    def all(self, site: Site) -> dict[str, SeenFile]:
        """Return every file of the wiki by its page's key."""
        seen = {path: self._known(site, path) for path in site.keys.values()}
        reads = (partial(self._skim, site, path) for path, file in seen.items() if file is None)
        results = in_order(reads, ahead=AHEAD, name="reading pages")
        return {key: seen[path] or next(results) for key, path in site.keys.items()}

    def skimmed(self, path: str, raw: bytes) -> SeenFile:
        """Return the file that holds ``raw``.

        Raises:
            UnreadFile: it cannot be parsed.
        """
        file = self._cached(path, raw)
        if file is not None:
            return file
        try:
            matter, links = self._parse(PAGE, skim, raw)
        except ParsingFailed as error:
            raise UnreadFile(str(error), skipped=False) from error
        except Exception as error:
            log.exception("%s: the page %s cannot be read", self._wiki, path)
            raise UnreadFile(defect(error), skipped=False) from error
        content = _digest(raw)
        self._cache.keep(content, [matter.values, matter.warning, sorted(links)])
        return SeenFile(path, content, matter, links)

    def _cached(self, path: str, raw: bytes) -> SeenFile | None:
        content = _digest(raw)
        known = self._cache.get(content)
        if known is None:
            return None
        values, warning, links = known
        return SeenFile(path, content, FrontMatter(values, warning), frozenset(links))

    def _known(self, site: Site, path: str) -> SeenFile | None:
        """Return a file whose bytes were skimmed before; None if it has to be read with care."""
        raw = (
            None if site.dialect.withheld(path) else read_quickly(site.root, path, self._max_bytes)
        )
        return None if raw is None else self._cached(path, raw)

    def _skim(self, site: Site, path: str) -> SeenFile:
        try:
            return self.skimmed(path, site.read(path, self._max_bytes))
        except UnreadFile as unread:
            return SeenFile(path, "", FrontMatter(), frozenset(), unread)


def defect(error: Exception) -> str:
    """Return the reason of a failure that no page should cause."""
    return f"cannot be converted ({type(error).__name__}; see the log)"


def _digest(raw: bytes) -> str:
    return blake2b(raw, digest_size=16).hexdigest()
