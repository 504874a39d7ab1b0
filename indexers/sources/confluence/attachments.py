"""Files attached to pages, each a document of its own under its page's rights."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import PurePosixPath
from urllib.parse import quote, urljoin, urlsplit

from requests import Response

from footnote_bot.indexers.model import Failed, KnownPage, PageChange, Skipped, digest
from footnote_bot.indexers.parsing.limits import FILE, Parse, ParsingFailed, TooCostly, here
from footnote_bot.indexers.sources.attachments.content import NOT_INSTALLED, Unreadable
from footnote_bot.indexers.sources.attachments.reading import VERSION, read, readable
from footnote_bot.indexers.sources.confluence.answers import (
    ConfluenceSpace,
    is_current,
    moment,
    number,
    version,
)
from footnote_bot.indexers.sources.confluence.paging import queries_in, search_content
from footnote_bot.indexers.sources.confluence.parallel import parallel_map
from footnote_bot.indexers.sources.confluence.reading import (
    EMPTY,
    OnPage,
    Seen,
    changed,
    revision,
    says_the_same,
    version_of,
)
from footnote_bot.indexers.sources.confluence.transport import (
    Json,
    Params,
    Refused,
    Transport,
    at,
    unless_absent,
)

_EXPAND = "container,version"
_HOPS = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_DOWNLOADS_AT_ONCE = 2
"""Concurrent downloads; their bytes wait in memory until they are read."""
_WEB_PAGES = {".htm", ".html", ".xhtml"}


def is_attachment(key: str) -> bool:
    """Return whether the key is an attachment's; both products name them so."""
    return key.startswith("att")


@dataclass(frozen=True, slots=True)
class File:
    """An attached file. ``page`` is the id of its page; ``size`` in bytes, -1 if unknown."""

    key: str
    page: str
    name: str
    version: int
    size: int
    link: str
    modified: datetime | None

    @property
    def document(self) -> str:
        """Return the key of its document."""
        return self.key


def search_files(wiki: Transport, query: str) -> Iterator[File]:
    """Yield the files that a ``query`` for attachments finds.

    Raises:
        WikiUnavailable: the search is not whole.
    """
    for row in search_content(wiki, query, _EXPAND):
        if is_attachment(str(row["id"])):
            yield _file(wiki, row)


def fetch_file(wiki: Transport, key: str) -> File | None:
    """Return the file; None if there is no current one that the token sees.

    Raises:
        WikiUnavailable: Confluence does not say.
    """
    path = f"/api/v2/attachments/{key}" if wiki.base.cloud else f"/rest/api/content/{key}"
    params: Params = {} if wiki.base.cloud else {"expand": _EXPAND}
    row = unless_absent(partial(wiki.get, path, params))
    return _file(wiki, row) if row is not None and is_current(row, key) else None


def _file(wiki: Transport, row: Json) -> File:
    """Return the file in a row of either API."""
    changed = version(row)
    name = str(row.get("title", ""))
    page = str(at(row, "container", "id") or row.get("pageId") or row.get("blogPostId") or "")
    link = at(row, "_links", "download") or row.get("downloadLink")
    size = row.get("fileSize", at(row, "extensions", "fileSize"))
    return File(
        key=str(row["id"]),
        page=page,
        name=name,
        version=number(changed),
        size=size if isinstance(size, int) else -1,
        link=wiki.base.relative(str(link or f"/download/attachments/{page}/{quote(name)}")),
        modified=moment(changed.get("when") or changed.get("createdAt")),
    )


def download(wiki: Transport, path: str, size: int, *, page: bool = False) -> bytes:
    """Return the file at ``path`` below the base, with the ``size`` that Confluence states;
    ``page``: it is itself a web page.

    Cloud stores files elsewhere and redirects there with an address that needs no token, so the
    token is not sent.

    Raises:
        Refused: no file came, or not this file (another size, a login page).
        WikiUnavailable: no answer after all tries.
    """
    url = wiki.base.url + path
    for _ in range(_HOPS):
        response, data = wiki.fetch(url, size + 1)
        if response.status_code not in _REDIRECTS:
            return _checked(response, data, size, page=page)
        url = _redirect_target(wiki, url, response)
    raise Refused(response.status_code, "The download leads on and on to other addresses.")


def _redirect_target(wiki: Transport, url: str, response: Response) -> str:
    """Return the address that a redirect leads to. Raises Refused if it is not safe."""
    try:
        address = urljoin(url, response.headers.get("Location", ""))
        parts = urlsplit(address)
        # A wiki over plain HTTP has nothing more to lose.
        safe = parts.scheme in {"https", urlsplit(wiki.base.url).scheme}
        safe = bool(safe and parts.hostname and not parts.username and not parts.password)
    except ValueError:  # invalid brackets
        safe = False
    if not safe:
        raise Refused(response.status_code, "The download leads to an address that is not safe.")
    return address


def _checked(response: Response, data: bytes, size: int, *, page: bool) -> bytes:
    """Return the data, if they are the whole file. Raises Refused if they are not."""
    status = response.status_code
    if status != 200:
        hint = " See that the token may read attachments." if status in {401, 403} else ""
        raise Refused(status, f"Confluence answered {status} to the download.{hint}")
    if not page and "html" in response.headers.get("Content-Type", "").lower():
        raise Refused(status, "A web page came in the place of the file, perhaps a login page.")
    if len(data) != size:
        raise Refused(status, "What came has another size than Confluence says of the file.")
    return data


@dataclass(frozen=True, slots=True)
class Attached(OnPage):
    """A file on a page that is read."""

    file: File

    @property
    def key(self) -> str:
        return self.file.key

    @property
    def text_revision(self) -> str:
        # The query of its address changes by itself, and leads to the same file.
        place = (self.title, self.page.key, self.file.link.partition("?")[0])
        return f"{self.file.version}.{digest(VERSION, *place)}.{self.page.listed.space.id}"

    @property
    def modified(self) -> datetime | None:
        return self.file.modified

    @property
    def title(self) -> str:
        """Return its name with its page's title, because the name alone often says little."""
        return f"{self.file.name} ({self.page.listed.title})"


class Attachments:
    """The attached files, see `ExtraKind`. At most ``most`` bytes of a file are read."""

    def __init__(self, wiki: str, transport: Transport, most: int, parse: Parse = here) -> None:
        self._wiki = wiki
        self._transport = transport
        self._most = most
        self._passed_over: dict[str, int] = {}
        """Versions of files that are not read, by key."""
        self._unread: dict[str, tuple[str, Skipped | Failed]] = {}
        """By key, the revisions of files that could not be read, and why."""
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
        """Return why a file cannot be read, by its name, its size or an earlier try."""
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
                yield self._converted(document, data)

    def _converted(self, document: Attached, data: bytes) -> PageChange:
        """Convert a file's bytes to a page. A file that cannot be read is not downloaded again."""
        file = document.file
        try:
            content = self._parse(FILE, read, file.name, data)
        except (Unreadable, TooCostly) as error:
            return self._remember_unread(document, _failed(document, str(error)))
        except ParsingFailed as error:
            return _failed(document, str(error))
        if not content.sections:
            return self._remember_unread(document, Skipped(file.key, EMPTY))
        url = self._transport.shown_at.rstrip("/") + file.link
        return changed(self._wiki, document, url, content.sections, content.warnings)

    def _remember_unread(self, document: Attached, why: Skipped | Failed) -> Skipped | Failed:
        """Remember why a file was not read: the same bytes would fail again."""
        self._unread[document.key] = (revision(document), why)
        return why

    def _download(self, document: Attached) -> bytes | Refused:
        """Download the listed version of a file; return the refusal if Confluence refuses."""
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
