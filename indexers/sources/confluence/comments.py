"""Comments on a page: one document for each page that has comments, a section each.

Resolved comments, and comments on words that are gone from the page, are left out with their
answers, as on the page itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from footnote_bot.indexers.model import (
    Changed,
    Failed,
    KnownPage,
    Page,
    PageChange,
    Skipped,
    digest,
)
from footnote_bot.indexers.sources.confluence.answers import ConfluenceSpace
from footnote_bot.indexers.sources.confluence.comment_listing import Comment, live, of_search
from footnote_bot.indexers.sources.confluence.comment_texts import (
    VERSION,
    CommentText,
    comment_texts,
    sections_of,
)
from footnote_bot.indexers.sources.confluence.documents import revision, says_the_same, version_of
from footnote_bot.indexers.sources.confluence.paging import queries_in, search_content
from footnote_bot.indexers.sources.confluence.parallel import parallel_map
from footnote_bot.indexers.sources.confluence.reading import EMPTY, OnPage, Reader, Seen
from footnote_bot.indexers.sources.confluence.transport import Refused, Transport

TAIL = "/comments"
_EXPAND = "container,version,ancestors,extensions.resolution"
_AT_ONCE = 50
"""Bodies a request; Data Center returns no more."""


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
        ids = (f"{comment.key}.{comment.version}" for comment in self.comments)
        latest = max(map(_changed, self.comments))
        space = self.page.listed.space.id
        return f"{latest}.{digest(VERSION, self.title, self.url, *ids)}.{space}"

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
        self._seen_comments: dict[str, set[tuple[str, int]]] = {}
        self._empty: dict[str, str] = {}

    def enumerated(self, spaces: Sequence[ConfluenceSpace]) -> Iterator[Comment]:
        self._seen_comments.clear()
        for query in queries_in("comment", spaces):
            for comment in of_search(search_content(self._transport, query, _EXPAND)):
                self._seen_comments.setdefault(comment.page, set()).add(
                    (comment.key, comment.version)
                )
                yield comment

    def existing(self, keys: Collection[str]) -> Iterator[Comment]:
        pages = sorted(key.removesuffix(TAIL) for key in keys)
        for comments in parallel_map(self._live, pages, self._transport.concurrency):
            yield from comments

    def edited(self, hours: int, known: Mapping[str, KnownPage]) -> Iterator[Comment]:
        """Yield all comments of pages with new ones since they were last read: by this process, or
        else by the one that wrote the index."""
        query = f'type = comment and lastmodified >= now("-{hours}h")'
        new: dict[str, set[tuple[str, int]]] = {}
        for comment in of_search(search_content(self._transport, query, _EXPAND)):
            if not self._is_known(comment, known):
                new.setdefault(comment.page, set()).add((comment.key, comment.version))
        for comments in parallel_map(self._live, sorted(new), self._transport.concurrency):
            yield from comments
        for page, comments_on_page in new.items():
            self._seen_comments.setdefault(page, set()).update(comments_on_page)

    def _is_known(self, comment: Comment, known: Mapping[str, KnownPage]) -> bool:
        if comment.page in self._seen_comments:
            return (comment.key, comment.version) in self._seen_comments[comment.page]
        indexed = known.get(comment.document)
        return indexed is not None and 0 < _changed(comment) <= version_of(indexed.revision)

    def documents(self, parts: Iterable[Comment], pages: Mapping[str, Seen]) -> list[CommentsOn]:
        by_page: dict[str, dict[str, Comment]] = {}
        for comment in parts:
            if comment.page in pages:
                by_page.setdefault(comment.page, {})[comment.key] = comment
        return [
            CommentsOn(
                pages[key], tuple(sorted(comments.values(), key=lambda comment: comment.place))
            )
            for key, comments in by_page.items()
        ]

    def unread(self, document: CommentsOn) -> Skipped | None:
        empty_revision = self._empty.get(document.key, "")
        return Skipped(document.key, EMPTY) if says_the_same(document, empty_revision) else None

    def read(self, documents: Sequence[CommentsOn]) -> Iterator[PageChange]:
        batches = _batches(documents, _AT_ONCE)
        for batch in parallel_map(self._batch, batches, self._transport.concurrency):
            for document, texts in batch:
                if isinstance(texts, Refused):
                    # The next cheap pass tries again.
                    self._seen_comments.pop(document.page.key, None)
                    yield Failed(document.key, str(texts))
                else:
                    yield self._document(document, texts)

    def _batch(
        self, documents: Sequence[CommentsOn]
    ) -> list[tuple[CommentsOn, dict[str, CommentText] | Refused]]:
        comments = [comment for document in documents for comment in document.comments]
        texts: dict[str, CommentText | Refused] = {}
        for at in range(0, len(comments), _AT_ONCE):
            texts |= comment_texts(self._transport, comments[at : at + _AT_ONCE])
        return [(document, _complete_texts(document, texts)) for document in documents]

    def _document(self, document: CommentsOn, texts: Mapping[str, CommentText]) -> PageChange:
        seen = document.page
        arguments = (document.comments, texts, seen)
        sections = self._reader.sections(document.key, seen.listed, sections_of, *arguments)
        if isinstance(sections, Failed):
            return sections
        if not sections:
            self._empty[document.key] = revision(document)
            return Skipped(document.key, EMPTY)
        moments = [comment.at for comment in document.comments if comment.at]
        latest: datetime | None = max(moments, default=None)
        page = Page(
            wiki=self._wiki,
            key=document.key,
            title=document.title,
            url=document.url,
            revision=revision(document),
            acl=document.acl,
            owner=document.owner,
            sections=sections,
            updated=latest.date() if latest else None,
        )
        return Changed(page, space=seen.listed.space.key, since=latest)

    def _live(self, page: str) -> list[Comment]:
        return live(self._transport, page)


def _changed(comment: Comment) -> int:
    """Return when ``comment`` was written or edited, in seconds since 1970; 0 if unknown."""
    return int(comment.at.timestamp()) if comment.at else 0


def _complete_texts(
    document: CommentsOn, texts: Mapping[str, CommentText | Refused]
) -> dict[str, CommentText] | Refused:
    complete: dict[str, CommentText] = {}
    for comment in document.comments:
        text = texts.get(comment.key, Refused(404, "One of them cannot be found now."))
        if isinstance(text, Refused):
            return text
        complete[comment.key] = text
    return complete


def _batches(documents: Iterable[CommentsOn], size: int) -> Iterator[list[CommentsOn]]:
    """Yield whole documents, with about ``size`` comments together."""
    batch: list[CommentsOn] = []
    for document in documents:
        if batch and sum(len(item.comments) for item in [*batch, document]) > size:
            yield batch
            batch = []
        batch.append(document)
    if batch:
        yield batch
