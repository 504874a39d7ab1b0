"""Comments on a page: one document for each page that has comments, a section each.

Resolved comments, and those whose words are gone from the page, are left out with their answers, as
on the page itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from indexers.model import Changed, Failed, KnownPage, Page, PageChange, Skipped, digest
from indexers.sources.confluence.comment_listing import Comment, live, of_search
from indexers.sources.confluence.comment_texts import VERSION, Spoken, sections_of, spoken
from indexers.sources.confluence.cql import searched, within
from indexers.sources.confluence.documents import revision, says_the_same, version_of
from indexers.sources.confluence.parallel import parallel_map
from indexers.sources.confluence.product import ConfluenceSpace
from indexers.sources.confluence.reading import EMPTY, OnPage, Reader, Seen
from indexers.sources.confluence.transport import Refused, Transport

TAIL = "/comments"
_EXPAND = "container,version,ancestors,extensions.resolution"
_AT_ONCE = 50
"""Bodies a request, of which Data Center returns no more."""


def is_comments(key: str) -> bool:
    return key.endswith(TAIL)


@dataclass(frozen=True, slots=True)
class CommentsOn(OnPage):
    """The comments on a page that is read, in the order of its threads."""

    comments: tuple[Comment, ...] = field(repr=False)

    @property
    def key(self) -> str:
        return self.page.key + TAIL

    @property
    def content(self) -> str:
        """Return the time of the last change in place of a version, so that the search for edits
        finds what is new."""
        ids = (f"{one.key}.{one.version}" for one in self.comments)
        number = max(map(_changed, self.comments))
        space = self.page.listed.space.id
        return f"{number}.{digest(VERSION, self.title, self.url, *ids)}.{space}"

    @property
    def title(self) -> str:
        return f"Comments on {self.page.listed.title}"

    @property
    def url(self) -> str:
        """Return the page's address at the first comment."""
        page = self.page.listed.url
        return f"{page}{'&' if '?' in page else '?'}focusedCommentId={self.comments[0].key}"


class Comments:
    def __init__(self, wiki: str, transport: Transport, reader: Reader) -> None:
        self._wiki = wiki
        self._transport = transport
        self._reader = reader
        self._looked_for: dict[str, set[tuple[str, int]]] = {}
        self._empty: dict[str, str] = {}

    def enumerated(self, spaces: Sequence[ConfluenceSpace]) -> Iterator[Comment]:
        self._looked_for.clear()
        for query in within("comment", spaces):
            for one in of_search(searched(self._transport, query, _EXPAND)):
                self._looked_for.setdefault(one.page, set()).add((one.key, one.version))
                yield one

    def looked_at(self, keys: Collection[str]) -> Iterator[Comment]:
        pages = sorted(key.removesuffix(TAIL) for key in keys)
        for comments in parallel_map(self._live, pages, self._transport.concurrency):
            yield from comments

    def edited(self, hours: int, known: Mapping[str, KnownPage]) -> Iterator[Comment]:
        """Yield all comments of pages with new ones since they were last read: by this process, or
        else by the one that wrote the index."""
        query = f'type = comment and lastmodified >= now("-{hours}h")'
        new: dict[str, set[tuple[str, int]]] = {}
        for one in of_search(searched(self._transport, query, _EXPAND)):
            if not self._is_known(one, known):
                new.setdefault(one.page, set()).add((one.key, one.version))
        for comments in parallel_map(self._live, sorted(new), self._transport.concurrency):
            yield from comments
        for page, lately in new.items():
            self._looked_for.setdefault(page, set()).update(lately)

    def _is_known(self, one: Comment, known: Mapping[str, KnownPage]) -> bool:
        if one.page in self._looked_for:
            return (one.key, one.version) in self._looked_for[one.page]
        held = known.get(one.document)
        return held is not None and 0 < _changed(one) <= version_of(held.revision)

    def documents(self, parts: Iterable[Comment], pages: Mapping[str, Seen]) -> list[CommentsOn]:
        on: dict[str, dict[str, Comment]] = {}
        for one in parts:
            if one.page in pages:
                on.setdefault(one.page, {})[one.key] = one
        return [
            CommentsOn(pages[key], tuple(sorted(comments.values(), key=lambda one: one.place)))
            for key, comments in on.items()
        ]

    def unread(self, document: CommentsOn) -> Skipped | None:
        known = self._empty.get(document.key, "")
        return Skipped(document.key, EMPTY) if says_the_same(document, known) else None

    def read(self, documents: Sequence[CommentsOn]) -> Iterator[PageChange]:
        batches = _batches(documents, _AT_ONCE)
        for batch in parallel_map(self._batch, batches, self._transport.concurrency):
            for document, texts in batch:
                if isinstance(texts, Refused):
                    # The next cheap pass tries again.
                    self._looked_for.pop(document.page.key, None)
                    yield Failed(document.key, str(texts))
                else:
                    yield self._document(document, texts)

    def _batch(
        self, documents: Sequence[CommentsOn]
    ) -> list[tuple[CommentsOn, dict[str, Spoken] | Refused]]:
        comments = [one for document in documents for one in document.comments]
        texts: dict[str, Spoken | Refused] = {}
        for at in range(0, len(comments), _AT_ONCE):
            texts |= spoken(self._transport, comments[at : at + _AT_ONCE])
        return [(document, _whole(document, texts)) for document in documents]

    def _document(self, document: CommentsOn, texts: Mapping[str, Spoken]) -> PageChange:
        seen = document.page
        arguments = (document.comments, texts, seen)
        found = self._reader.sections(document.key, seen.listed, sections_of, *arguments)
        if isinstance(found, Failed):
            return found
        if not found:
            self._empty[document.key] = revision(document)
            return Skipped(document.key, EMPTY)
        moments = [one.at for one in document.comments if one.at]
        latest: datetime | None = max(moments, default=None)
        page = Page(
            wiki=self._wiki,
            key=document.key,
            title=document.title,
            url=document.url,
            revision=revision(document),
            acl=document.acl,
            owner=document.owner,
            sections=found,
            updated=latest.date() if latest else None,
        )
        return Changed(page, space=seen.listed.space.key, since=latest)

    def _live(self, page: str) -> list[Comment]:
        return live(self._transport, page)


def _changed(one: Comment) -> int:
    """Return when it was written or edited, in seconds since 1970; 0 if unknown."""
    return int(one.at.timestamp()) if one.at else 0


def _whole(
    document: CommentsOn, texts: Mapping[str, Spoken | Refused]
) -> dict[str, Spoken] | Refused:
    found: dict[str, Spoken] = {}
    for one in document.comments:
        spoken = texts.get(one.key, Refused(404, "One of them cannot be found now."))
        if isinstance(spoken, Refused):
            return spoken
        found[one.key] = spoken
    return found


def _batches(documents: Iterable[CommentsOn], size: int) -> Iterator[list[CommentsOn]]:
    """Yield whole documents, with about ``size`` comments together."""
    batch: list[CommentsOn] = []
    for document in documents:
        if batch and sum(len(one.comments) for one in [*batch, document]) > size:
            yield batch
            batch = []
        batch.append(document)
    if batch:
        yield batch
