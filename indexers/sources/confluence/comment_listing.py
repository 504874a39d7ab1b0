"""The list of comments: by the search, and by a page itself, which is up to date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from indexers.sources.confluence.answers import moment, named, number, version
from indexers.sources.confluence.paging import by_cursor, by_start, results
from indexers.sources.confluence.parallel import parallel_map
from indexers.sources.confluence.transport import (
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
    """A comment on ``page`` (its id; empty if unknown); ``above`` are the comments that it answers,
    the first first."""

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
        """Return a sort key: threads as they were begun, answers below what they answer."""
        return tuple((len(key), key) for key in (*self.above, self.key))


def of_search(found: Iterable[Json]) -> Iterator[Comment]:
    """Yield open comments, on their pages."""
    comments = [_comment(row) for row in found]
    pages = {one.key: one.page for one in comments if one.page}
    for one in _open(comments):
        known = (pages[key] for key in one.above if key in pages)
        if page := one.page or next(known, ""):
            yield replace(one, page=page)


def live(wiki: Transport, page: str) -> list[Comment]:
    """Return the open comments on ``page`` now; empty if there is no such page.

    Raises:
        WikiUnavailable: they cannot be told.
    """
    listed = _on_cloud(wiki, page) if wiki.base.cloud else _on_data_center(wiki, page)
    return list(_open(unless_absent(lambda: list(listed)) or []))


def _open(comments: list[Comment]) -> Iterator[Comment]:
    closed = {one.key for one in comments if one.closed}
    return (one for one in comments if closed.isdisjoint((*one.above, one.key)))


def _on_data_center(wiki: Transport, page: str) -> Iterator[Comment]:
    params: Params = {
        "depth": "all",
        "expand": "version,ancestors,extensions.resolution",
        "limit": _AT_ONCE,
    }
    for answer in by_start(wiki, f"/rest/api/content/{page}/child/comment", params):
        for row in named(results(answer)):
            yield replace(_comment(row), page=page)


def _on_cloud(wiki: Transport, page: str) -> Iterator[Comment]:
    """Yield comments of both kinds, which are requested in parallel."""
    for found in parallel_map(lambda kind: list(_of_kind(wiki, page, kind)), _KINDS, len(_KINDS)):
        yield from found


def _of_kind(wiki: Transport, page: str, kind: str) -> Iterator[Comment]:
    """Yield the comments that begin threads, and then the answers, comment by comment."""
    level = _begun(wiki, page, kind)
    while level:
        yield from level
        below = parallel_map(
            lambda one: _answers(wiki, one, kind),
            [one for one in level if not one.closed],
            wiki.concurrency,
        )
        level = [one for answers in below for one in answers]


def _begun(wiki: Transport, page: str, kind: str) -> list[Comment]:
    refused: Refused | None = None
    for text in _TEXTS:
        try:
            return list(_v2(wiki, f"/api/v2/{text}/{page}/{kind}-comments", page))
        except Refused as error:
            if not error.absent:
                raise
            refused = error
    raise refused or Refused(404, "There is no such page.")


def _answers(wiki: Transport, to: Comment, kind: str) -> list[Comment]:
    path = f"/api/v2/{kind}-comments/{to.key}/children"
    above = (*to.above, to.key)
    # None if it was deleted since.
    found = unless_absent(lambda: list(_v2(wiki, path, to.page, above))) or []
    # An answer is never among what it answers.
    return [one for one in found if one.key not in above]


def _v2(wiki: Transport, path: str, page: str, above: tuple[str, ...] = ()) -> Iterator[Comment]:
    for answer in by_cursor(wiki, path, {"limit": _AT_ONCE}):
        for row in named(results(answer)):
            yield replace(_comment(row), page=page, above=above)


def _comment(row: Json) -> Comment:
    """Return a comment, as either API writes it."""
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
    held = resolution.get("status") if isinstance(resolution, Mapping) else resolution
    return str(row.get("resolutionStatus") or held or "")
