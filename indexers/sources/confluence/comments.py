"""Comments on a page: one document for each page that has comments, a section each.

Resolved comments, and comments on words that are gone from the page, are left out with their
answers, as on the page itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial

from footnote_bot.indexers.model import Failed, KnownPage, PageChange, Section, Skipped, digest
from footnote_bot.indexers.sources.confluence.answers import (
    ConfluenceSpace,
    in_batches,
    in_either_form,
    moment,
    number,
    storage,
    version,
    with_ids,
)
from footnote_bot.indexers.sources.confluence.paging import (
    by_cursor,
    by_start,
    queries_in,
    results,
    search_content,
)
from footnote_bot.indexers.sources.confluence.parallel import parallel_map
from footnote_bot.indexers.sources.confluence.reading import EMPTY, OnPage, Reader, Seen, version_of
from footnote_bot.indexers.sources.confluence.storage_elements import StorageLinks
from footnote_bot.indexers.sources.confluence.storage_format import VERSION as STORAGE
from footnote_bot.indexers.sources.confluence.storage_format import sections
from footnote_bot.indexers.sources.confluence.transport import (
    Json,
    Params,
    Refused,
    Transport,
    at,
    unless_absent,
)

_LISTED_AT_ONCE = 200
_CLOSED = {"resolved", "dangling"}
_COMMENT_KINDS = ("footer", "inline")
_TEXTS = ("pages", "blogposts")
VERSION = f"1.{STORAGE}"
"""Change it whenever the same comments would be written another way."""
_WITH_TEXTS = "history,version,extensions.inlineProperties"
_EDITED = "One of them was edited while they were read; the next sync reads it."
TAIL = "/comments"
_EXPAND = "container,version,ancestors,extensions.resolution"
_TEXTS_AT_ONCE = 50
"""Bodies a request; Data Center returns no more."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on ``page`` (its id; empty if unknown). ``above`` are the comments that it answers,
    from the thread's first on."""

    key: str
    page: str
    version: int
    above: tuple[str, ...] = ()
    closed: bool = False
    at: datetime | None = None

    @property
    def document(self) -> str:
        """Return the key of the document that holds all comments on the page."""
        return f"{self.page}/comments"

    @property
    def place(self) -> tuple[tuple[int, str], ...]:
        """Return a sort key: threads by age, and answers below the comments that they answer."""
        return tuple((len(key), key) for key in (*self.above, self.key))


def of_search(rows: Iterable[Json]) -> Iterator[Comment]:
    """Yield the open comments among the ``rows`` of a search. A comment without its page gets the
    page of a comment above it."""
    comments = [_comment(row) for row in rows]
    pages = {comment.key: comment.page for comment in comments if comment.page}
    for comment in _open(comments):
        pages_above = (pages[key] for key in comment.above if key in pages)
        if page := comment.page or next(pages_above, ""):
            yield replace(comment, page=page)


def live_comments(wiki: Transport, page: str) -> list[Comment]:
    """Return the open comments on ``page`` now; empty if there is no such page.

    Raises:
        WikiUnavailable: Confluence does not say.
    """
    listed = _on_cloud(wiki, page) if wiki.base.cloud else _on_data_center(wiki, page)
    return list(_open(unless_absent(lambda: list(listed)) or []))


def _open(comments: list[Comment]) -> Iterator[Comment]:
    """Yield the comments that are not closed, and answer no closed comment."""
    closed = {comment.key for comment in comments if comment.closed}
    return (comment for comment in comments if closed.isdisjoint((*comment.above, comment.key)))


def _on_data_center(wiki: Transport, page: str) -> Iterator[Comment]:
    """Yield all comments on ``page``, from one listing."""
    params: Params = {
        "depth": "all",
        "expand": "version,ancestors,extensions.resolution",
        "limit": _LISTED_AT_ONCE,
    }
    for answer in by_start(wiki, f"/rest/api/content/{page}/child/comment", params):
        for row in with_ids(results(answer)):
            yield replace(_comment(row), page=page)


def _on_cloud(wiki: Transport, page: str) -> Iterator[Comment]:
    """Yield the footer and the inline comments on ``page``, requested in parallel."""
    for comments in parallel_map(
        lambda kind: list(_of_kind(wiki, page, kind)), _COMMENT_KINDS, len(_COMMENT_KINDS)
    ):
        yield from comments


def _of_kind(wiki: Transport, page: str, kind: str) -> Iterator[Comment]:
    """Yield the comments of a ``kind``: those that begin threads, then the answers by level."""
    level = _first_comments(wiki, page, kind)
    while level:
        yield from level
        below = parallel_map(
            lambda comment: _answers(wiki, comment, kind),
            [comment for comment in level if not comment.closed],
            wiki.concurrency,
        )
        level = [comment for answers in below for comment in answers]


def _first_comments(wiki: Transport, page: str, kind: str) -> list[Comment]:
    """Return the comments of a ``kind`` that begin threads, on a page or on a blog post."""
    refused: Refused | None = None
    for text in _TEXTS:
        try:
            return list(_at_v2(wiki, f"/api/v2/{text}/{page}/{kind}-comments", page))
        except Refused as error:
            if not error.absent:
                raise
            refused = error
    raise refused or Refused(404, "There is no such page.")


def _answers(wiki: Transport, parent: Comment, kind: str) -> list[Comment]:
    """Return the direct answers to ``parent``."""
    path = f"/api/v2/{kind}-comments/{parent.key}/children"
    above = (*parent.above, parent.key)
    # None if the parent was deleted meanwhile.
    answers = unless_absent(lambda: list(_at_v2(wiki, path, parent.page, above))) or []
    # A comment must not answer itself, or this would never end.
    return [answer for answer in answers if answer.key not in above]


def _at_v2(wiki: Transport, path: str, page: str, above: tuple[str, ...] = ()) -> Iterator[Comment]:
    """Yield comments on ``page`` from a listing of API v2; all have the comments ``above``."""
    for answer in by_cursor(wiki, path, {"limit": _LISTED_AT_ONCE}):
        for row in with_ids(results(answer)):
            yield replace(_comment(row), page=page, above=above)


def _comment(row: Json) -> Comment:
    """Return the comment in a row of either API."""
    changed = version(row)
    container = row.get("container")
    page, above = "", list(_ids(row.get("ancestors")))
    if isinstance(container, Mapping):
        if container.get("type") != "comment":
            page = str(container.get("id") or "")
        elif container.get("id") and not above:
            above = [str(container["id"])]
    return Comment(
        key=str(row["id"]),
        page=page,
        version=number(changed),
        above=tuple(above),
        closed=_status(row) in _CLOSED,
        at=moment(changed.get("when") or changed.get("createdAt")),
    )


def _ids(nodes: object) -> Iterator[str]:
    for node in nodes if isinstance(nodes, list) else []:
        if id_ := at(node, "id"):
            yield str(id_)


def _status(row: Json) -> str:
    """Return the status of a comment, such as "resolved", from either API; empty if unknown."""
    resolution = at(row, "extensions", "resolution")
    status = resolution.get("status") if isinstance(resolution, Mapping) else resolution
    return str(row.get("resolutionStatus") or status or "")


@dataclass(frozen=True, slots=True)
class CommentText:
    """The text of a comment. ``selection`` are the words of the page that an inline comment is
    about."""

    body: str
    author: str
    day: date | None
    selection: str

    @property
    def heading(self) -> str:
        return ", ".join(filter(None, (self.author, str(self.day or "")))) or "Comment"


def comment_texts(wiki: Transport, comments: Sequence[Comment]) -> dict[str, CommentText | Refused]:
    """Return the texts by key, or why one is unavailable; deleted comments are left out."""
    try:
        return _search_texts(wiki, comments, "storage")
    except Refused as refused:
        if refused.busy:
            raise
    # One body can spoil the batch (CONFCLOUD-76433): each is then requested by itself.
    texts: dict[str, CommentText | Refused] = {}
    for comment in comments:
        text = in_either_form(partial(_search_texts, wiki, [comment]))
        if isinstance(text, Refused) and text.busy:
            raise text
        texts |= {comment.key: text} if isinstance(text, Refused) else text
    return texts


def sections_of(
    comments: Iterable[Comment], texts: Mapping[str, CommentText], page: Seen, links: StorageLinks
) -> tuple[Section, ...]:
    """Return a section for each comment, answers below the comments that they answer."""
    return tuple(_sections(comments, texts, page, links))


def _sections(
    comments: Iterable[Comment], texts: Mapping[str, CommentText], page: Seen, links: StorageLinks
) -> Iterator[Section]:
    """Yield a section for each comment with text, below those that it answers."""
    for comment in comments:
        content = texts[comment.key]
        keys = (*comment.above, comment.key)
        path = tuple(texts[key].heading for key in keys if key in texts)
        if text := _comment_markdown(content.body, page, links):
            about = f"{_quoted(content.selection)}\n\n" if content.selection.strip() else ""
            yield Section(path, f"comment-{comment.key}", about + text)


def _comment_markdown(body: str, page: Seen, links: StorageLinks) -> str:
    """Return a comment's text; its own headings become words, because they have no anchor."""
    parts = sections(body, title="", editor=page.editor, links=links)
    return "\n\n".join(
        f"{part.headings[-1]}\n\n{part.text}" if part.headings else part.text for part in parts
    )


def _quoted(selection: str) -> str:
    return f"> {' '.join(selection.split())}"


def _search_texts(
    wiki: Transport, comments: Sequence[Comment], form: str
) -> dict[str, CommentText | Refused]:
    """Return the texts that one search finds, by key, in the ``form`` storage or view."""
    versions = {comment.key: comment.version for comment in comments}
    query = f"id in ({','.join(versions)})"
    texts: dict[str, CommentText | Refused] = {}
    for row in search_content(wiki, query, f"body.{form},{_WITH_TEXTS}", at_once=len(comments)):
        # Another version may have been written for fewer people than the rights name.
        is_current = number(version(row)) == versions.get(str(row["id"]))
        texts[str(row["id"])] = _comment_text(row) if is_current else Refused(200, _EDITED)
    return texts


def _comment_text(answer: Json) -> CommentText:
    """Return the text in a row of the search. Raises Refused if it has no body."""
    created, changed = at(answer, "history"), at(answer, "version")
    author = _person_name(at(created, "createdBy")) or _person_name(at(changed, "by"))
    when = moment(at(created, "createdDate") or at(changed, "when"))
    return CommentText(
        body=storage(answer),
        author=author,
        day=when.date() if when else None,
        selection=str(at(answer, "extensions", "inlineProperties", "originalSelection") or ""),
    )


def _person_name(person: object) -> str:
    return str(at(person, "displayName") or at(person, "publicName") or "")


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
    def text_revision(self) -> str:
        """Return the revision as of a page, with the time of the last change as its version:
        `Comments.edited` compares it with the times of the comments that the search finds."""
        last_change = max(map(_changed, self.comments))
        versions = (f"{comment.key}.{comment.version}" for comment in self.comments)
        place_and_text = digest(VERSION, self.title, self.url, *versions)
        return f"{last_change}.{place_and_text}.{self.page.listed.space.id}"

    @property
    def title(self) -> str:
        return f"Comments on {self.page.listed.title}"

    @property
    def modified(self) -> datetime | None:
        moments = [comment.at for comment in self.comments if comment.at]
        return max(moments, default=None)

    @property
    def url(self) -> str:
        """Return the page's address at the first comment."""
        page = self.page.listed.url
        return f"{page}{'&' if '?' in page else '?'}focusedCommentId={self.comments[0].key}"


class Comments:
    """The comments on pages, see `ExtraKind`."""

    def __init__(self, transport: Transport, reader: Reader) -> None:
        self._transport = transport
        self._reader = reader
        self._seen_comments: dict[str, set[tuple[str, int]]] = {}
        """Keys and versions of the comments that were listed, by page."""

    def enumerated(self, spaces: Sequence[ConfluenceSpace]) -> Iterator[Comment]:
        """Yield all comments in ``spaces``, and remember their versions for `edited`."""
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
        """Return whether this version of the comment was read before."""
        if comment.page in self._seen_comments:
            return (comment.key, comment.version) in self._seen_comments[comment.page]
        indexed = known.get(comment.document)
        return indexed is not None and 0 < _changed(comment) <= version_of(indexed.revision)

    def documents(self, parts: Iterable[Comment], pages: Mapping[str, Seen]) -> list[CommentsOn]:
        """Return a document for each of ``pages`` that has comments among ``parts``."""
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
        return Skipped(document.key, EMPTY) if self._reader.known_empty(document) else None

    def read(self, documents: Sequence[CommentsOn]) -> Iterator[PageChange]:
        batches = _batches(documents, _TEXTS_AT_ONCE)
        for batch in parallel_map(self._batch, batches, self._transport.concurrency):
            for document, texts in batch:
                if isinstance(texts, Refused):
                    # The next cheap pass tries again.
                    self._seen_comments.pop(document.page.key, None)
                    yield Failed(document.key, str(texts))
                else:
                    made_from = (document.comments, texts, document.page)
                    yield self._reader.document(document, document.url, sections_of, *made_from)

    def _batch(
        self, documents: Sequence[CommentsOn]
    ) -> list[tuple[CommentsOn, dict[str, CommentText] | Refused]]:
        """Return each document with the texts of its comments, or why one is unavailable."""
        comments = [comment for document in documents for comment in document.comments]
        texts: dict[str, CommentText | Refused] = {}
        for batch in in_batches(comments, _TEXTS_AT_ONCE):
            texts |= comment_texts(self._transport, batch)
        return [(document, _complete_texts(document, texts)) for document in documents]

    def _live(self, page: str) -> list[Comment]:
        return live_comments(self._transport, page)


def _changed(comment: Comment) -> int:
    """Return when ``comment`` was written or edited, in seconds since 1970; 0 if unknown."""
    return int(comment.at.timestamp()) if comment.at else 0


def _complete_texts(
    document: CommentsOn, texts: Mapping[str, CommentText | Refused]
) -> dict[str, CommentText] | Refused:
    """Return the texts of all comments in the document, or why one of them is unavailable."""
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
