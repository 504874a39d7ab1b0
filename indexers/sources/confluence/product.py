"""The port that Cloud and Data Center both implement."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from indexers.errors import WikiUnavailable
from indexers.model import EVERYONE
from indexers.sources.confluence.parallel import parallel_map
from indexers.sources.confluence.rights import (
    CLOSED,
    PASSABLE,
    Gate,
    Restriction,
    Tokens,
    UnreadGate,
    joined,
    restriction,
)
from indexers.sources.confluence.transport import Json, Params, Refused, Transport

log = logging.getLogger(__name__)

SUBJECTS = 200
"""Subjects of a restriction requested at once."""

UNKNOWN = "?"
"""The value in a page's ancestors if they could not be read."""


@dataclass(frozen=True, slots=True)
class ConfluenceSpace:
    id: str
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class UnreadSpace:
    """A space (its key) that Confluence could not report, and why."""

    key: str
    why: Refused


@dataclass(frozen=True, slots=True)
class Listed:
    """A page or blog post in an enumeration. ``ancestors`` are the ids of all nodes above it;
    ``url`` is for people; ``told`` is its own restriction, None if the enumeration does not report
    it; ``owner`` is its owner field, as far as reported."""

    key: str
    kind: str
    space: ConfluenceSpace
    title: str
    version: int
    ancestors: tuple[str, ...]
    url: str
    modified: datetime | None = None
    told: Restriction | None = None
    owner: str = ""
    above_unread: str = ""
    """Why its ancestors could not be read, if another try may read them."""

    @property
    def is_blog_post(self) -> bool:
        return self.kind.startswith("blogpost")

    @property
    def updated(self) -> date | None:
        return self.modified.date() if self.modified else None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A current page in a space that is not among the given ones. ``space`` is the argument of
    `Product.lists`."""

    key: str
    space: str


@dataclass(frozen=True, slots=True)
class Rights:
    """Rights of pages: each page's and each ancestor's own gate, by content id (a missing one is
    CLOSED), the ``editor`` of pages if known, and the ``owners`` that the enumeration did not
    report."""

    gates: Mapping[str, Gate]
    editors: Mapping[str, str]
    owners: Mapping[str, str]

    def gates_of(self, page: Listed) -> tuple[Gate, ...]:
        """Return the gates of all nodes down to ``page``, which is the last one."""
        return tuple(self.gates.get(key, CLOSED) for key in (*page.ancestors, page.key))


class Product(Protocol):
    """Confluence as Cloud or Data Center. All methods raise WikiUnavailable if an answer is
    incomplete."""

    batch: int
    """Pages whose bodies are requested at once."""

    def spaces(
        self, keys: Sequence[str], *, personal: bool, archived: bool
    ) -> Sequence[ConfluenceSpace | UnreadSpace]:
        """Return the existing spaces of ``keys``, or all that the token sees: personal and archived
        ones only if they are requested, or named."""
        ...

    def viewers(self, space: ConfluenceSpace) -> Gate:
        """Return who may view it; `UnreadGate` if the token may not know."""
        ...

    def pages(self, space: ConfluenceSpace) -> list[Listed]: ...

    def rights(self, pages: Sequence[Listed]) -> Rights: ...

    def bodies(self, pages: Sequence[Listed]) -> dict[str, str | Refused]:
        """Return bodies in storage format, by key, or why there is none."""
        ...

    def find(self, key: str, spaces: Mapping[str, ConfluenceSpace]) -> Listed | Elsewhere | None:
        """Return the current page or blog post, requested by itself; None if there is no current
        one that the token sees. ``spaces`` (by id) are those that are read."""
        ...

    def lists(self, space: str, *, personal: bool, archived: bool) -> bool:
        """Return whether a space (of `Elsewhere`) is one that `spaces` without keys must list."""
        ...

    def labels(self, key: str) -> frozenset[str]:
        """Return a page's own labels, by name."""
        ...

    def edited(self, hours: int) -> Iterator[tuple[str, int]]:
        """Yield ids and versions of pages and blog posts that were edited in the last ``hours``, by
        the search, which may lag."""
        ...

    def editor(self, page: Listed) -> str:
        """Return the editor that wrote it, as far as its anchors depend on it: `Rights.editors`."""
        ...

    def user_name(self, key: str) -> str:
        """Return an account's name; empty if it is unavailable."""
        ...


def gates(
    wiki: Transport, tokens: Tokens, pages: Sequence[Listed], told: Mapping[str, Restriction]
) -> dict[str, Gate]:
    """Return the gates that ``told`` holds in full, with one request for each of the others."""
    found = {key: part.gate for key, part in told.items() if part.whole}
    wanted = {key for page in pages for key in (*page.ancestors, page.key)}
    missing = sorted(wanted - found.keys() - {UNKNOWN})
    read = parallel_map(lambda key: own_gate(wiki, tokens, key), missing, wiki.concurrency)
    return found | dict(zip(missing, read, strict=True))


def opened(gate: Gate, wiki: Transport, path: str, space: ConfluenceSpace) -> Gate:
    """Return the ``gate`` of ``space`` at ``path``, open to everyone if anonymous visitors really
    see it: the site as a whole may exclude them, which no space says."""
    if EVERYONE not in gate:
        return gate
    try:
        said = wiki.get(path, anonymous=True)
    except WikiUnavailable as error:
        rest = gate - {EVERYONE}
        refused = isinstance(error, Refused) and error.status < 429
        return rest if refused else UnreadGate(str(error), rest, may_pass=True)
    return PASSABLE if is_space(said, space) else gate - {EVERYONE}


def is_space(said: Json, space: ConfluenceSpace) -> bool:
    """Return whether a response shows ``space``."""
    return (str(said.get("id")), said.get("key")) == (space.id, space.key)


def own_gate(wiki: Transport, tokens: Tokens, key: str) -> Gate:
    """Return a node's own read restriction, read to its last subject; CLOSED if that is impossible.

    A Confluence that does not answer at all raises an error: that says nothing about this node, and
    the next one would wait for as long.

    Raises:
        WikiUnavailable: Confluence answers nothing at all now. That is no word about
            this node, and the next one would wait for as long.
    """
    parts: list[Restriction] = []
    start, whole = 0, False
    while not whole:
        try:
            said = wiki.get(
                f"/rest/api/content/{key}/restriction/byOperation/read",
                {
                    "expand": "restrictions.user,restrictions.group",
                    "start": start,
                    "limit": SUBJECTS,
                },
            )
        except Refused as refused:
            return unread(refused)
        part = restriction(said, tokens)
        if not part.readable:
            return UnreadGate("Confluence tells it in a form that is not known.")
        if part in parts:
            break  # A server that returns the same subjects for ever.
        parts.append(part)
        if not part.came:
            break
        start += part.came
        whole = part.whole
    return joined(parts)


def read_gate(wiki: Transport, tokens: Tokens, key: str) -> Gate:
    """Return the gate as `own_gate`; an error that another try may avoid is raised.

    Raises:
        WikiUnavailable: Confluence does not tell now.
    """
    gate = own_gate(wiki, tokens, key)
    if isinstance(gate, UnreadGate) and gate.may_pass:
        raise WikiUnavailable(gate.why)
    return gate


def unread(refused: Refused) -> UnreadGate:
    """Return the gate that Confluence ``refused`` to report.

    Raises:
        Refused: it wants to be left alone now, whatever it is asked for.
    """
    if refused.busy:
        raise refused
    return UnreadGate(str(refused), may_pass=not refused.absent)


def edited_since(hours: int) -> str:
    """Return the CQL. Its clock is in the site's time zone, so the site computes it."""
    return f'type in (page, blogpost) and lastmodified >= now("-{hours}h")'


def is_listed(space: Json, *, personal: bool, archived: bool) -> bool:
    """Return whether it is among "all" spaces."""
    return (personal or space.get("type") != "personal") and (
        archived or space.get("status") != "archived"
    )


def lists(wiki: Transport, path: str, *, personal: bool, archived: bool) -> bool:
    """Return whether the space at ``path`` is among "all" of them."""
    try:
        said = wiki.get(path)
    except Refused as refused:
        if refused.absent:
            return False
        raise
    return is_listed(said, personal=personal, archived=archived)


def in_batches(pages: Sequence[Listed], size: int) -> Iterator[Sequence[Listed]]:
    return (pages[at : at + size] for at in range(0, len(pages), size))


def is_current(said: Json, key: str) -> bool:
    """Return whether a page that was requested by itself is current.

    Raises:
        Refused: it does not say so, which must not be taken for a no.
    """
    if str(said.get("id")) != key or not isinstance(said.get("status"), str):
        raise Refused(200, f"Confluence does not say how the page {key} stands.")
    return bool(said["status"] == "current")


def storage(page: Json) -> str:
    """Return the body in storage format.

    Raises:
    Refused: no body came.
    """
    body: Any = page.get("body")
    for form in ("storage", "view"):
        held = body.get(form) if isinstance(body, Mapping) else None
        if isinstance(held, Mapping) and isinstance(held.get("value"), str):
            return str(held["value"])
    raise Refused(200, "Confluence gave the page without its body.")


def body_of(page: Listed, said: Json) -> str:
    """Return its text in storage format, at the listed version: another one may have been written
    for fewer people than the rights in the listing.

    Raises:
        Refused: no body came, or that of another version.
    """
    if number(version(said)) != page.version:
        raise Refused(200, "The page was edited while it was read; the next sync reads it.")
    return storage(said)


def body_in(page: Listed, read: Callable[[str], Json]) -> str | Refused:
    """Return the body that ``read`` gets in storage format, or the rendered page, which is the next
    best: some pages are unavailable in storage format (CONFCLOUD-76433)."""
    first: Refused | None = None
    for form in ("storage", "view"):
        try:
            return body_of(page, read(form))
        except Refused as refused:
            first = first or refused
            if refused.absent:
                break
    return first or Refused(404, "Confluence gave no body.")


def user_name(wiki: Transport, account: Params) -> str:
    """Return the name of an account; empty if it cannot be read."""
    try:
        said = wiki.get("/rest/api/user", account)
    except WikiUnavailable:
        return ""
    return str(said.get("displayName") or "")


def space_of(said: Json) -> ConfluenceSpace:
    """Return a space as Confluence describes it."""
    return ConfluenceSpace(str(said.get("id")), str(said.get("key")), str(said.get("name", "")))


def edits(found: Iterable[Json]) -> Iterator[tuple[str, int]]:
    """Yield key and version of the pages that a search for edits ``found``."""
    for said in named(found):
        yield str(said["id"]), number(version(said))


def version(page: Json) -> Mapping[str, Any]:
    found = page.get("version")
    return found if isinstance(found, Mapping) else {}


def edited_by(changed: Mapping[str, Any], name: str, tokens: Tokens) -> str:
    """Return the token of the account in ``changed`` under ``name``; empty if none."""
    key = changed.get(name)
    return tokens.user(key) if key and isinstance(key, str) else ""


def number(changed: Mapping[str, Any]) -> int:
    """Return the version's number; 0 if it has none."""
    try:
        return int(changed.get("number", 0))
    except (TypeError, ValueError, OverflowError):
        return 0


def named(rows: Iterable[object]) -> Iterator[Json]:
    """Yield the rows of a listing with a subject. Others cannot be requested again, and must not
    stop the rest."""
    for row in rows:
        if isinstance(row, dict) and row.get("id"):
            yield row
        else:
            log.warning("Confluence listed something without an id; it is left out")


def address(wiki: Transport, answer: Json, page: Json) -> str:
    """Return the address for people: the site's address, which may differ from the API's, and the
    page in it. Not every response has it; it is the same for all of them."""
    wiki.shown_at = _link(answer, "base") or wiki.shown_at
    # Without an address of its own a page still has the one that every Confluence knows.
    path = _link(page, "webui") or f"/pages/viewpage.action?pageId={page.get('id')}"
    return wiki.shown_at.rstrip("/") + "/" + path.lstrip("/")


def _link(said: Json, name: str) -> str:
    links = said.get("_links")
    link = links.get(name) if isinstance(links, Mapping) else None
    return link if isinstance(link, str) else ""


def moment(said: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
