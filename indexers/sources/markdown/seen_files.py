"""The files of a wiki as they are now: their front matter, and their possible links."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b

from indexers.daemons import in_order
from indexers.parsing.limits import PAGE, Parse, ParsingFailed
from indexers.sources.markdown.cache import PageCache
from indexers.sources.markdown.files import UnreadFile, refusal
from indexers.sources.markdown.front_matter import FrontMatter
from indexers.sources.markdown.plain_files import PlainFiles
from indexers.sources.markdown.reading import skim
from indexers.sources.markdown.site import Site

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
        with PlainFiles(site.root, self._max_bytes) as files:
            cached = {path: self._cached(site, path, files) for path in site.keys.values()}
        reads = (partial(self._skim, site, path) for path, file in cached.items() if file is None)
        results = in_order(reads, ahead=AHEAD, name="reading pages")
        seen = {key: cached[path] or next(results) for key, path in site.keys.items()}
        self._cache.forget_files(keep={file.content for file in seen.values()})
        return seen

    def skimmed(self, path: str, raw: bytes) -> SeenFile:
        """Return the file that holds ``raw``.

        Raises:
            UnreadFile: it cannot be parsed.
        """
        content = _digest(raw)
        skimmed = self._cache.skimmed(content)
        if skimmed is None:
            try:
                skimmed = self._parse(PAGE, skim, raw)
            except ParsingFailed as error:
                raise UnreadFile(str(error), skipped=False) from error
            except Exception as error:
                log.exception("%s: the page %s cannot be read", self._wiki, path)
                raise UnreadFile(defect(error), skipped=False) from error
            self._cache.keep_skimmed(content, skimmed)
        return SeenFile(path, content, skimmed.matter, skimmed.links)

    def _cached(self, site: Site, path: str, files: PlainFiles) -> SeenFile | None:
        """Return a file whose bytes were skimmed before; None if it has to be skimmed."""
        raw = None if site.dialect.withheld(path) else files.read(path)
        if raw is None or refusal(raw):
            return None
        content = _digest(raw)
        skimmed = self._cache.skimmed(content)
        if skimmed is None:
            return None
        return SeenFile(path, content, skimmed.matter, skimmed.links)

    def _skim(self, site: Site, path: str) -> SeenFile:
        if reason := site.dialect.withheld(path):
            return _unread(path, UnreadFile(reason, skipped=True))
        try:
            return self.skimmed(path, site.read(path, self._max_bytes))
        except UnreadFile as unread:
            return _unread(path, unread)


def _unread(path: str, why: UnreadFile) -> SeenFile:
    return SeenFile(path, "", FrontMatter(), frozenset(), why)


def defect(error: Exception) -> str:
    """Return the reason of a failure that no page should cause."""
    return f"cannot be converted ({type(error).__name__}; see the log)"


def _digest(raw: bytes) -> str:
    return blake2b(raw, digest_size=16).hexdigest()
