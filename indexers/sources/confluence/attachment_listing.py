"""The list of attached files: by the search, and by requests for single files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import quote

from footnote_bot.indexers.sources.confluence.answers import is_current, moment, number, version
from footnote_bot.indexers.sources.confluence.paging import search_content
from footnote_bot.indexers.sources.confluence.transport import (
    Json,
    Params,
    Transport,
    at,
    unless_absent,
)

_EXPAND = "container,version"


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
