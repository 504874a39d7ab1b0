"""The files of a wiki as they are now, and their pages, parsed in a process with limits."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b

from footnote_bot.indexers.daemons import in_order
from footnote_bot.indexers.parsing.limits import PAGE, Parse, ParsingFailed
from footnote_bot.indexers.sources.markdown import convert
from footnote_bot.indexers.sources.markdown.cache import PageCache
from footnote_bot.indexers.sources.markdown.dialects import Dialect
from footnote_bot.indexers.sources.markdown.encoding import text_of
from footnote_bot.indexers.sources.markdown.files import UnreadFile, read_quickly
from footnote_bot.indexers.sources.markdown.front_matter import FrontMatter, split
from footnote_bot.indexers.sources.markdown.links import independent_address
from footnote_bot.indexers.sources.markdown.site import Site
from footnote_bot.indexers.text.writing import link

Link = tuple[str, str]
"""A target as written, and its style: ``relative``, ``site`` or ``name``, see `Links.resolve`."""

_UNRESOLVED = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*+\])*+)\]\(\0(\d++)\)")
"""A link whose address is the number of one of `Converted.links`, behind a NUL. No page holds that
character: Markdown and HTML take it for an unknown one."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A converted page. ``links`` are those whose addresses depend on other pages; `page_with`
    writes the addresses into the page."""

    page: convert.ParsedPage
    warnings: tuple[str, ...]
    links: tuple[Link, ...]

    def page_with(self, resolve: Callable[[str, str], str]) -> convert.ParsedPage:
        """Return the page with all its links. ``resolve`` returns the address of a target and a
        style, or an empty string if the link leads nowhere."""
        addresses = [resolve(target, style) for target, style in self.links]

        def resolved(match: re.Match[str]) -> str:
            """Return a link of the page with its address in place of its number."""
            address = addresses[int(match[2])].replace("|", "%7C")  # it may be in a table
            return link(match[1], address)

        sections = tuple(
            replace(section, text=_UNRESOLVED.sub(resolved, section.text))
            for section in self.page.sections
        )
        return replace(self.page, sections=sections)


def skim(raw: bytes) -> FrontMatter:
    """Return a page's front matter, the only part that the rest of the wiki needs."""
    text, _ = text_of(raw)
    return split(text.replace("\r\n", "\n").replace("\r", "\n"))[0]


def convert_page(  # noqa: PLR0913 - one parameter a thing that the wiki knows and the file does not
    raw: bytes, dialect: Dialect, *, path: str, anchors: str, title: str, address: str
) -> Converted:
    """Return the page of the file that holds ``raw``; see `convert.page`. Its ``address`` is needed
    for links within it. Links to other pages are only numbered, because the parsing process does
    not know the wiki."""
    text, warning = text_of(raw)
    numbers: dict[Link, int] = {}

    def resolve(target: str, style: str) -> str:
        """Return the address, or, if it depends on other pages, a NUL and the link's number."""
        resolved = independent_address(target, style, address)
        if resolved is None:
            resolved = f"\0{numbers.setdefault((target, style), len(numbers))}"
        return resolved

    page = convert.page(text, dialect, path=path, anchors=anchors, title=title, resolve=resolve)
    return Converted(page, tuple(filter(None, (warning, *page.warnings))), tuple(numbers))


AHEAD = 2
"""Pages that are read while another is split and written. Each takes a process; most machines have
so many cores to spare."""


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file at the time when it was read: ``content`` is a digest of its bytes."""

    path: str
    content: str
    matter: FrontMatter
    unread: UnreadFile | None = None


class SeenFiles:
    """Reads files. Each is read in every pass, because it may change and keep its date and size. It
    is parsed only if the ``cache`` does not know its bytes."""

    def __init__(self, parse: Parse, cache: PageCache) -> None:
        self._parse = parse
        self._cache = cache

    def all(self, site: Site) -> dict[str, SeenFile]:
        """Return every file of the wiki by its page's key."""
        files = {key: self._if_cached(site, key) for key in site.keys}
        reads = (partial(self._read, site, key) for key, file in files.items() if file is None)
        results = in_order(reads, ahead=AHEAD, name="reading pages")
        return {key: file or next(results) for key, file in files.items()}

    def skimmed(self, path: str, raw: bytes) -> SeenFile:
        """Return the file at ``path``, which holds ``raw``, with its front matter.

        Raises:
            UnreadFile: it cannot be parsed.
        """
        file = self._cached(path, raw)
        if file is not None:
            return file
        try:
            matter = self._parse(PAGE, skim, raw)
        except ParsingFailed as error:
            raise UnreadFile(str(error), skipped=False) from error
        content = _digest(raw)
        self._cache.keep(content, [matter.values, matter.warning])
        return SeenFile(path, content, matter)

    def _if_cached(self, site: Site, path: str) -> SeenFile | None:
        """Return a file whose bytes were parsed before; None if `_read` has to decide."""
        if site.dialect.withheld(path):
            return None
        raw = read_quickly(site.root, path)
        return None if raw is None else self._cached(path, raw)

    def _read(self, site: Site, path: str) -> SeenFile:
        """Read a file. If it cannot be read, ``unread`` says why."""
        try:
            return self.skimmed(path, site.read(path))
        except UnreadFile as unread:
            return SeenFile(path, "", FrontMatter(), unread)

    def _cached(self, path: str, raw: bytes) -> SeenFile | None:
        """Return the file if the cache holds the front matter of its bytes; else None."""
        content = _digest(raw)
        known = self._cache.get(content)
        return SeenFile(path, content, FrontMatter(*known)) if known else None


def _digest(raw: bytes) -> str:
    return blake2b(raw, digest_size=16).hexdigest()
