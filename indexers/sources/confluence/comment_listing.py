"""The list of comments: by the search, and by a page itself, which is up to date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from footnote_bot.indexers.sources.confluence.answers import moment, number, version, with_ids
from footnote_bot.indexers.sources.confluence.paging import by_cursor, by_start, results
from footnote_bot.indexers.sources.confluence.parallel import parallel_map
from footnote_bot.indexers.sources.confluence.transport import (
    Json,
    Params,
    Refused,
    Transport,
    at,
    unless_absent,
)

_AT_ONCE = 200
_CLOSED = {"resolved", "dangling"}
_KINDS = ("footer", "inline")
_TEXTS = ("pages", "blogposts")


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
        return f"{self.page}/comments"

    @property
    def place(self) -> tuple[tuple[int, str], ...]:
        """Return a sort key: threads by age, and answers below the comments that they answer."""
        return tuple((len(key), key) for key in (*self.above, self.key))


def of_search(rows: Iterable[Json]) -> Iterator[Comment]:
    """Yield open comments, on their pages."""
    comments = [_comment(row) for row in rows]
    pages = {comment.key: comment.page for comment in comments if comment.page}
    for comment in _open(comments):
        pages_above = (pages[key] for key in comment.above if key in pages)
        if page := comment.page or next(pages_above, ""):
            yield replace(comment, page=page)


def live(wiki: Transport, page: str) -> list[Comment]:
    """Return the open comments on ``page`` now; empty if there is no such page.

    Raises:
        WikiUnavailable: Confluence does not say.
    """
    listed = _on_cloud(wiki, page) if wiki.base.cloud else _on_data_center(wiki, page)
    return list(_open(unless_absent(lambda: list(listed)) or []))


def _open(comments: list[Comment]) -> Iterator[Comment]:
    closed = {comment.key for comment in comments if comment.closed}
    return (comment for comment in comments if closed.isdisjoint((*comment.above, comment.key)))


def _on_data_center(wiki: Transport, page: str) -> Iterator[Comment]:
    params: Params = {
        "depth": "all",
        "expand": "version,ancestors,extensions.resolution",
        "limit": _AT_ONCE,
    }
    for answer in by_start(wiki, f"/rest/api/content/{page}/child/comment", params):
        for row in with_ids(results(answer)):
            yield replace(_comment(row), page=page)


def _on_cloud(wiki: Transport, page: str) -> Iterator[Comment]:
    """Yield comments of both kinds, which are requested in parallel."""
    for comments in parallel_map(
        lambda kind: list(_of_kind(wiki, page, kind)), _KINDS, len(_KINDS)
    ):
        yield from comments


def _of_kind(wiki: Transport, page: str, kind: str) -> Iterator[Comment]:
    """Yield the comments that begin threads, and then their answers, level by level."""
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
    refused: Refused | None = None
    for text in _TEXTS:
        try:
            return list(_v2(wiki, f"/api/v2/{text}/{page}/{kind}-comments", page))
        except Refused as error:
            if not error.absent:
                raise
            refused = error
    raise refused or Refused(404, "There is no such page.")


def _answers(wiki: Transport, parent: Comment, kind: str) -> list[Comment]:
    path = f"/api/v2/{kind}-comments/{parent.key}/children"
    above = (*parent.above, parent.key)
    # None if the parent was deleted meanwhile.
    answers = unless_absent(lambda: list(_v2(wiki, path, parent.page, above))) or []
    # A comment must not answer itself, or this would never end.
    return [answer for answer in answers if answer.key not in above]


def _v2(wiki: Transport, path: str, page: str, above: tuple[str, ...] = ()) -> Iterator[Comment]:
    for answer in by_cursor(wiki, path, {"limit": _AT_ONCE}):
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
    resolution = at(row, "extensions", "resolution")
    status = resolution.get("status") if isinstance(resolution, Mapping) else resolution
    return str(row.get("resolutionStatus") or status or "")
