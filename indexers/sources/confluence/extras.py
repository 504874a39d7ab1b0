"""Documents attached to pages: files and comments.

They are read if their page is, for its readers, and are removed with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from footnote_bot.indexers.model import Failed, KnownPage, PageChange, Skipped
from footnote_bot.indexers.parsing.limits import Parse, here
from footnote_bot.indexers.sources.confluence.answers import ConfluenceSpace
from footnote_bot.indexers.sources.confluence.attachments import Attachments, File, is_attachment
from footnote_bot.indexers.sources.confluence.comments import Comment, Comments, is_comments
from footnote_bot.indexers.sources.confluence.reading import OnPage, Reader, Seen
from footnote_bot.indexers.sources.confluence.transport import Transport


@dataclass(frozen=True, slots=True)
class Extras:
    """The kinds of documents to read beside pages. A file may have ``max_bytes``."""

    attachments: bool = False
    comments: bool = False
    max_bytes: int = 10_000_000


ExtraPart = File | Comment
"""The reference to a ``document`` (its key) on a ``page`` (its key)."""

P = TypeVar("P", bound=ExtraPart)
D = TypeVar("D", bound=OnPage)


class ExtraKind(Protocol[P, D]):
    """A kind of attached document. Methods raise WikiUnavailable if an answer is incomplete."""

    def enumerated(self, spaces: Sequence[ConfluenceSpace]) -> Iterable[P]:
        """Yield the documents in ``spaces`` by the search, which may lag, or miss some."""
        ...

    def existing(self, keys: Collection[str]) -> Iterable[P]:
        """Yield the documents of ``keys`` that exist, each requested by itself."""
        ...

    def edited(self, hours: int, known: Mapping[str, KnownPage]) -> Iterable[P]:
        """Yield documents that may differ from ``known``, by the search."""
        ...

    def documents(self, parts: Iterable[P], pages: Mapping[str, Seen]) -> list[D]:
        """Return the documents of ``parts`` that are on ``pages`` (by key)."""
        ...

    def unread(self, document: D) -> Skipped | Failed | None:
        """Return why ``document`` need not be read; None if it must be."""
        ...

    def read(self, documents: Sequence[D]) -> Iterator[PageChange]: ...


class PageExtras:
    """The documents of the configured kinds. Those of other kinds leave the index, without a
    request."""

    def __init__(
        self, extras: Extras, wiki: str, transport: Transport, reader: Reader, parse: Parse = here
    ) -> None:
        self._kinds: dict[str, ExtraKind[Any, Any]] = {}
        if extras.attachments:
            self._kinds["attachments"] = Attachments(wiki, transport, extras.max_bytes, parse)
        if extras.comments:
            self._kinds["comments"] = Comments(transport, reader)

    @staticmethod
    def owns(key: str) -> bool:
        """Return whether the key is that of a file or of comments."""
        return bool(_kind(key))

    def not_read(self, known: Collection[str]) -> Iterator[Skipped]:
        """Yield documents that were read under earlier settings."""
        for key in known:
            if (kind := _kind(key)) and kind not in self._kinds:
                yield Skipped(key, f"{kind} are not read", on_purpose=True)

    def enumerated(
        self, spaces: Sequence[ConfluenceSpace], known: Collection[str]
    ) -> list[ExtraPart]:
        """Return the documents. Indexed ones (``known``) that the search does not list are
        requested, so that they do not keep readers whom their page has lost."""
        parts: list[ExtraPart] = []
        for name, kind in self._kinds.items():
            of_kind = list(kind.enumerated(spaces))
            listed = {part.document for part in of_kind}
            unlisted = [key for key in known if _kind(key) == name and key not in listed]
            parts += [*of_kind, *kind.existing(unlisted)]
        return parts

    def edited(self, hours: int, known: Mapping[str, KnownPage]) -> list[ExtraPart]:
        """Return the documents that may differ from ``known``, see `ExtraKind.edited`."""
        return [part for kind in self._kinds.values() for part in kind.edited(hours, known)]

    def existing(self, keys: Collection[str]) -> list[ExtraPart]:
        """Return those of ``keys`` that exist and are of a configured kind."""
        return [
            part
            for name, kind in self._kinds.items()
            for part in kind.existing([key for key in keys if _kind(key) == name])
        ]

    def documents(self, parts: Sequence[ExtraPart], pages: Mapping[str, Seen]) -> list[OnPage]:
        """Return the documents of ``parts`` that are on ``pages`` (by key)."""
        return [
            document
            for name, kind in self._kinds.items()
            for document in kind.documents(
                [part for part in parts if _kind(part.document) == name], pages
            )
        ]

    def unread(self, document: OnPage) -> Skipped | Failed | None:
        return self._kinds[_kind(document.key)].unread(document)

    def read(self, documents: Sequence[OnPage]) -> Iterator[PageChange]:
        for name, kind in self._kinds.items():
            yield from kind.read([item for item in documents if _kind(item.key) == name])


def _kind(key: str) -> str:
    """Return the kind of the document with this key; empty for a page."""
    if is_attachment(key):
        return "attachments"
    return "comments" if is_comments(key) else ""
