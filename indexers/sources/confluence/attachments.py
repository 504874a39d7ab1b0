"""Files attached to pages, each a document of its own under its page's rights."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import PurePosixPath

from footnote_bot.indexers.model import (
    Changed,
    Failed,
    KnownPage,
    Page,
    PageChange,
    Skipped,
    digest,
)
from footnote_bot.indexers.parsing.limits import FILE, Parse, ParsingFailed, TooCostly, here
from footnote_bot.indexers.sources.attachments.content import NOT_INSTALLED, Content, Unreadable
from footnote_bot.indexers.sources.attachments.reading import VERSION, read, readable
from footnote_bot.indexers.sources.confluence.answers import ConfluenceSpace
from footnote_bot.indexers.sources.confluence.attachment_listing import (
    File,
    fetch_file,
    search_files,
)
from footnote_bot.indexers.sources.confluence.documents import revision, says_the_same, version_of
from footnote_bot.indexers.sources.confluence.downloads import download
from footnote_bot.indexers.sources.confluence.paging import queries_in
from footnote_bot.indexers.sources.confluence.parallel import parallel_map
from footnote_bot.indexers.sources.confluence.reading import EMPTY, OnPage, Seen
from footnote_bot.indexers.sources.confluence.transport import Refused, Transport

_DOWNLOADS_AT_ONCE = 2
"""Concurrent downloads; their bytes wait in memory until they are read."""
_WEB_PAGES = {".htm", ".html", ".xhtml"}


@dataclass(frozen=True, slots=True)
class Attached(OnPage):
    """A file on a page that is read."""

    file: File

    @property
    def key(self) -> str:
        return self.file.key

    @property
    def content(self) -> str:
        # The query of its address changes by itself, and leads to the same file.
        place = (self.title, self.page.key, self.file.link.partition("?")[0])
        return f"{self.file.version}.{digest(VERSION, *place)}.{self.page.listed.space.id}"

    @property
    def title(self) -> str:
        """Return its name with its page's title, because the name alone often says little."""
        return f"{self.file.name} ({self.page.listed.title})"


class Attachments:
    """The attached files. At most ``most`` bytes of a file are read."""

    def __init__(self, wiki: str, transport: Transport, most: int, parse: Parse = here) -> None:
        self._wiki = wiki
        self._transport = transport
        self._most = most
        self._passed_over: dict[str, int] = {}
        self._unread: dict[str, tuple[str, Skipped | Failed]] = {}
        self._parse = parse
        self._installed = cache(partial(_installed, parse=parse))

    def enumerated(self, spaces: Sequence[ConfluenceSpace]) -> Iterator[File]:
        self._passed_over.clear()
        for query in queries_in("attachment", spaces):
            yield from search_files(self._transport, query)

    def existing(self, keys: Collection[str]) -> Iterator[File]:
        ask = partial(fetch_file, self._transport)
        yield from filter(None, parallel_map(ask, sorted(keys), self._transport.concurrency))

    def edited(self, hours: int, known: Mapping[str, KnownPage]) -> Iterator[File]:
        query = f'type = attachment and lastmodified >= now("-{hours}h")'
        for file in search_files(self._transport, query):
            indexed = known.get(file.key)
            if self._passed_over.get(file.key) != file.version and (
                indexed is None or version_of(indexed.revision) != file.version
            ):
                yield file

    def documents(self, parts: Iterable[File], pages: Mapping[str, Seen]) -> list[Attached]:
        # A file that moves during the listing may come twice.
        files = {file.key: file for file in parts}
        for file in files.values():
            if file.page not in pages:
                self._pass_over(file)
        return [Attached(pages[file.page], file) for file in files.values() if file.page in pages]

    def unread(self, document: Attached) -> Skipped | Failed | None:
        why = self._why_unread(document)
        if why:
            self._pass_over(document.file)
        return why

    def _pass_over(self, file: File) -> None:
        """Remember that a file is not read. Otherwise it would be checked each time for a day."""
        self._passed_over[file.key] = file.version

    def _why_unread(self, document: Attached) -> Skipped | Failed | None:
        file = document.file
        if not readable(file.name):
            ending = PurePosixPath(file.name).suffix.lower() or "nothing"
            return Skipped(file.key, f"no reader for files that end in {ending}")
        if file.size > self._most:
            return Skipped(
                file.key,
                f"{file.size:,} bytes are more than `max_attachment_bytes` ({self._most:,})",
            )
        known_revision, why = self._unread.get(file.key, ("", None))
        return why if says_the_same(document, known_revision) else None

    def read(self, documents: Sequence[Attached]) -> Iterator[PageChange]:
        """Read files while earlier ones are embedded. A missing reader is one failure, however many
        files need it."""
        supported = [doc for doc in documents if self._installed(_ending(doc.file.name))]
        if len(supported) < len(documents):
            keys = {document.key for document in supported}
            missing = [document for document in documents if document.key not in keys]
            yield Failed(
                missing[0].key, f"{NOT_INSTALLED} (this and {len(missing) - 1} more files)"
            )
        downloads = parallel_map(self._download, supported, _DOWNLOADS_AT_ONCE)
        for document, data in zip(supported, downloads, strict=True):
            if isinstance(data, Refused):
                yield _failed(document, str(data))
            else:
                yield self._document(document, data)

    def _document(self, document: Attached, data: bytes) -> PageChange:
        file, page = document.file, document.page.listed
        try:
            content = self._parse(FILE, read, file.name, data)
        except (Unreadable, TooCostly) as error:
            return self._remember_unread(document, _failed(document, str(error)))
        except ParsingFailed as error:
            return _failed(document, str(error))
        if not content.sections:
            return self._remember_unread(document, Skipped(file.key, EMPTY))
        return self._changed(document, content, page.space.key)

    def _changed(self, document: Attached, content: Content, space: str) -> Changed:
        file = document.file
        page = Page(
            wiki=self._wiki,
            key=file.key,
            title=document.title,
            url=self._transport.shown_at.rstrip("/") + file.link,
            revision=revision(document),
            acl=document.acl,
            owner=document.owner,
            sections=content.sections,
            updated=file.modified.date() if file.modified else None,
        )
        return Changed(page, content.warnings, space, file.modified)

    def _remember_unread(self, document: Attached, why: Skipped | Failed) -> Skipped | Failed:
        """Remember why a file was not read: the same bytes would fail again."""
        self._unread[document.key] = (revision(document), why)
        return why

    def _download(self, document: Attached) -> bytes | Refused:
        file, wiki = document.file, self._transport
        if file.size < 0:
            return Refused(200, "Confluence does not say how large it is.")
        # Cloud accepts tokens at the first address only, Data Center at the second.
        path = f"/rest/api/content/{file.page}/child/attachment/{file.key}/download"
        if not wiki.base.cloud:
            path = file.link.partition("?")[0]
        # A newer version may have been written for fewer people than its page's rights name.
        path = f"{path}?version={file.version}"
        try:
            return download(wiki, path, file.size, page=_ending(file.name) in _WEB_PAGES)
        except Refused as refused:
            if refused.busy:
                raise
            return refused


def _failed(document: Attached, why: str) -> Failed:
    """Return the failure without the file's name, which only its page's readers may know."""
    return Failed(document.key, f"attached to the page {document.file.page}: {why}")


def _ending(name: str) -> str:
    return PurePosixPath(name.strip()).suffix.lower()


def _installed(ending: str, parse: Parse = here) -> bool:
    """Return whether the reader is installed: reading no bytes loads it."""
    try:
        parse(FILE, read, f"nothing{ending}", b"")
    except ParsingFailed as error:
        return str(error) != NOT_INSTALLED
    return True
