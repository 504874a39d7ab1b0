"""The answers of Cloud and Data Center about spaces and pages. Any field may be missing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from footnote_bot.indexers.sources.confluence.rights import Restriction
from footnote_bot.indexers.sources.confluence.transport import Json, Refused, at

log = logging.getLogger(__name__)

Item = TypeVar("Item")

UNKNOWN = "?"
"""The value in a page's ancestors if they could not be read."""


@dataclass(frozen=True, slots=True)
class ConfluenceSpace:
    id: str
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A listed page or blog post. ``ancestors`` are the ids of all nodes above it; ``url`` is for
    people; ``own`` is the restriction of the page itself, None if the listing does not report it;
    ``owner`` is its owner field, as far as the listing reports it."""

    key: str
    kind: str
    space: ConfluenceSpace
    title: str
    version: int
    ancestors: tuple[str, ...]
    url: str
    modified: datetime | None = None
    own: Restriction | None = None
    owner: str = ""
    above_unread: str = ""
    """Why its ancestors could not be read, if another try may read them."""

    @property
    def is_blog_post(self) -> bool:
        return self.kind.startswith("blogpost")


def is_space(answer: Json, space: ConfluenceSpace) -> bool:
    """Return whether a response shows ``space``."""
    return (str(answer.get("id")), answer.get("key")) == (space.id, space.key)


def is_listed(space: Json, *, personal: bool, archived: bool) -> bool:
    """Return whether ``space`` counts as one of "all" spaces."""
    return (personal or space.get("type") != "personal") and (
        archived or space.get("status") != "archived"
    )


def is_current(answer: Json, key: str) -> bool:
    """Return whether a page that was requested by itself is current.

    Raises:
        Refused: the response has no status, which must not be taken for a no.
    """
    if str(answer.get("id")) != key or not isinstance(answer.get("status"), str):
        raise Refused(200, f"Confluence does not say how the page {key} stands.")
    return bool(answer["status"] == "current")


def storage(page: Json) -> str:
    """Return the body in storage format.

    Raises:
        Refused: no body came.
    """
    for form in ("storage", "view"):
        if isinstance(body := at(page, "body", form, "value"), str):
            return body
    raise Refused(200, "Confluence gave the page without its body.")


def body_of(page: Listed, answer: Json) -> str:
    """Return the page's text in storage format, at the listed version: another version may have
    been written for fewer people than the rights in the listing.

    Raises:
        Refused: no body came, or the body of another version, or of a page that is not current.
    """
    if answer.get("status", "current") != "current":
        raise Refused(404, "The page was removed while it was read.")
    if number(version(answer)) != page.version:
        raise Refused(200, "The page was edited while it was read; the next sync reads it.")
    return storage(answer)


def body_in(page: Listed, read: Callable[[str], Json]) -> str | Refused:
    """Return the body that ``read`` gets, see `in_either_form`."""
    return in_either_form(lambda form: body_of(page, read(form)))


def in_either_form(read: Callable[[str], Item]) -> Item | Refused:
    """Return what ``read`` gets in storage format, else the rendered page: Confluence breaks on the
    storage format of some pages (CONFCLOUD-76433). Any other refusal may pass, and is no reason for
    the rendered page, which shows more than this page."""
    first: Refused | None = None
    for form in ("storage", "view"):
        try:
            return read(form)
        except Refused as refused:
            if refused.busy:
                return refused
            first = first or refused
            if refused.status < 500:
                break
    return first or Refused(404, "Confluence gave no body.")


def space_of(answer: Json) -> ConfluenceSpace:
    """Return a space as Confluence describes it."""
    return ConfluenceSpace(
        str(answer.get("id")), str(answer.get("key")), str(answer.get("name", ""))
    )


def version(page: Json) -> Mapping[str, Any]:
    """Return the description of the version of a page; empty if it has none."""
    value = page.get("version")
    return value if isinstance(value, Mapping) else {}


def number(changed: Mapping[str, Any]) -> int:
    """Return the version's number; 0 if it has none."""
    try:
        return int(changed.get("number", 0))
    except (TypeError, ValueError, OverflowError):
        return 0


def with_ids(rows: Iterable[object]) -> Iterator[Json]:
    """Yield the rows of a listing that have an id. The others cannot be requested again, and must
    not stop the listing."""
    for row in rows:
        if isinstance(row, dict) and row.get("id"):
            yield row
        else:
            log.warning("Confluence listed something without an id; it is left out")


def address(shown_at: str, page: Json) -> str:
    """Return a page's address for people, below the site's address ``shown_at``."""
    path = at(page, "_links", "webui")
    if not isinstance(path, str) or not path:
        # Every Confluence knows this address of a page by its id.
        path = f"/pages/viewpage.action?pageId={page.get('id')}"
    return shown_at.rstrip("/") + "/" + path.lstrip("/")


def moment(value: object) -> datetime | None:
    """Return the time that an ISO text names, in UTC if it names no zone; None if it is none."""
    try:
        parsed = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def in_batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Return ``items`` in slices of ``size``; the last may be shorter."""
    return (items[at : at + size] for at in range(0, len(items), size))
