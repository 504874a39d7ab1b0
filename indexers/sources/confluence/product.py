"""What Cloud and Data Center both can tell, each in its own way."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from indexers.errors import WikiUnavailable
from indexers.model import EVERYONE
from indexers.sources.confluence.abreast import abreast
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
from indexers.sources.confluence.transport import Json, Refused, Transport

log = logging.getLogger(__name__)

SUBJECTS = 200
"""Subjects of a restriction asked for at once."""

UNKNOWN = "?"
"""Stands among a page's ancestors where they could not be read."""


@dataclass(frozen=True, slots=True)
class ConfluenceSpace:
    id: str
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Untold:
    """A space (its key) about which Confluence could not tell, and why."""

    key: str
    why: Refused


@dataclass(frozen=True, slots=True)
class Listed:
    """A page or blog post as an enumeration shows it. ``ancestors`` are the ids of all
    nodes above it; ``url`` is for people; ``told`` is what the enumeration says of its own
    restriction, None where it says nothing; ``owner`` is what names its owner, as far as the
    enumeration says."""

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
    """Why what stands above it could not be read, where another try may read it."""

    @property
    def is_blog_post(self) -> bool:
        return self.kind.startswith("blogpost")

    @property
    def updated(self) -> date | None:
        return self.modified.date() if self.modified else None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A current page that stands in a space which is not among those that were given.
    ``space`` is what `Product.lists` asks by."""

    key: str
    space: str


@dataclass(frozen=True, slots=True)
class Rights:
    """Each page's and each ancestor's own gate, by content id (one that is not here is
    CLOSED), the ``editor`` of pages where that is known, and what names the ``owners`` of
    those whose enumeration did not tell."""

    gates: Mapping[str, Gate]
    editors: Mapping[str, str]
    owners: Mapping[str, str]

    def gates_of(self, page: Listed) -> tuple[Gate, ...]:
        """Of all nodes on the way down to ``page``, which is the last one."""
        return tuple(self.gates.get(key, CLOSED) for key in (*page.ancestors, page.key))


class Product(Protocol):
    """All methods raise WikiUnavailable where an answer is not whole."""

    batch: int
    """Pages whose bodies are asked for at once."""

    def spaces(
        self, keys: Sequence[str], *, personal: bool, archived: bool
    ) -> Sequence[ConfluenceSpace | Untold]:
        """Those of ``keys`` that there are, or all that the token sees: personal and archived
        ones only where they are asked for, or named."""
        ...

    def viewers(self, space: ConfluenceSpace) -> Gate:
        """Who may view it; `UnreadGate` where the token may not know."""
        ...

    def pages(self, space: ConfluenceSpace) -> list[Listed]: ...

    def rights(self, pages: Sequence[Listed]) -> Rights: ...

    def bodies(self, pages: Sequence[Listed]) -> dict[str, str | Refused]:
        """In storage format, by key, or why there is none."""
        ...

    def find(self, key: str, spaces: Mapping[str, ConfluenceSpace]) -> Listed | Elsewhere | None:
        """A page or blog post asked for by itself, as it is now; None if there is no
        current one that the token sees. ``spaces`` (by id) are those that are read."""
        ...

    def lists(self, space: str, *, personal: bool, archived: bool) -> bool:
        """Whether a space (of `Elsewhere`), asked for by itself, is one that `spaces`
        without keys must list."""
        ...

    def labels(self, key: str) -> frozenset[str]:
        """A page's own, by name."""
        ...

    def edited(self, hours: int) -> Iterator[tuple[str, int]]:
        """Ids and versions of pages and blog posts that were edited in the last ``hours``,
        by the search, which may lag behind."""
        ...

    def editor(self, page: Listed) -> str:
        """Which editor wrote it, as far as that matters to its anchors: `Rights.editors`."""
        ...

    def user_name(self, key: str) -> str:
        """What an account is called; empty if that is not to be had."""
        ...


def gates(
    wiki: Transport, tokens: Tokens, pages: Sequence[Listed], told: Mapping[str, Restriction]
) -> dict[str, Gate]:
    """Those that ``told`` holds whole, and one request for each of the others."""
    found = {key: part.gate for key, part in told.items() if part.whole}
    wanted = {key for page in pages for key in (*page.ancestors, page.key)}
    missing = sorted(wanted - found.keys() - {UNKNOWN})
    read = abreast(lambda key: own_gate(wiki, tokens, key), missing, wiki.concurrency)
    return found | dict(zip(missing, read, strict=True))


def opened(gate: Gate, wiki: Transport, path: str, space: ConfluenceSpace) -> Gate:
    """The ``gate`` of ``space``, which stands at ``path``. A row for anonymous visitors
    counts where somebody who is not logged in really sees the space: the site as a whole
    may keep them out, which no space says."""
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
    """Whether an answer shows ``space`` to whoever asked."""
    return (str(said.get("id")), said.get("key")) == (space.id, space.key)


def own_gate(wiki: Transport, tokens: Tokens, key: str) -> Gate:
    """A node's own read restriction, read to its last subject; CLOSED if that cannot be.

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
            break  # A server that gives the same subjects for ever.
        parts.append(part)
        if not part.came:
            break
        start += part.came
        whole = part.whole
    return joined(parts)


def read_gate(wiki: Transport, tokens: Tokens, key: str) -> Gate:
    """As `own_gate`; what another try may read is no gate.

    Raises:
        WikiUnavailable: Confluence does not tell now.
    """
    gate = own_gate(wiki, tokens, key)
    if isinstance(gate, UnreadGate) and gate.may_pass:
        raise WikiUnavailable(gate.why)
    return gate


def unread(refused: Refused) -> UnreadGate:
    """The gate that Confluence ``refused`` to tell.

    Raises:
        Refused: it wants to be left alone now, whatever it is asked for.
    """
    if refused.busy:
        raise refused
    return UnreadGate(str(refused), may_pass=not refused.absent)


def edited_since(hours: int) -> str:
    """CQL's clock goes by minutes in the site's time zone, so the site reckons."""
    return f'type in (page, blogpost) and lastmodified >= now("-{hours}h")'


def is_listed(space: Json, *, personal: bool, archived: bool) -> bool:
    """Whether it is among "all" spaces."""
    return (personal or space.get("type") != "personal") and (
        archived or space.get("status") != "archived"
    )


def lists(wiki: Transport, path: str, *, personal: bool, archived: bool) -> bool:
    """Whether the space at ``path``, asked for by itself, is among "all" of them."""
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
    """Of a page that was asked for by itself.

    Raises:
        Refused: it does not say so, which must not be taken for a no.
    """
    if str(said.get("id")) != key or not isinstance(said.get("status"), str):
        raise Refused(200, f"Confluence does not say how the page {key} stands.")
    return bool(said["status"] == "current")


def storage(page: Json) -> str:
    """Raises:
    Refused: no body came."""
    body: Any = page.get("body")
    for form in ("storage", "view"):
        held = body.get(form) if isinstance(body, Mapping) else None
        if isinstance(held, Mapping) and isinstance(held.get("value"), str):
            return str(held["value"])
    raise Refused(200, "Confluence gave the page without its body.")


def body_of(page: Listed, said: Json) -> str:
    """Its text in storage format, at the version that was listed: another one may have been
    written for fewer people than the rights that were read with the listing.

    Raises:
        Refused: no body came, or that of another version.
    """
    if number(version(said)) != page.version:
        raise Refused(200, "The page was edited while it was read; the next sync reads it.")
    return storage(said)


def version(page: Json) -> Mapping[str, Any]:
    found = page.get("version")
    return found if isinstance(found, Mapping) else {}


def edited_by(changed: Mapping[str, Any], name: str, tokens: Tokens) -> str:
    """The token of the account that ``changed`` holds under ``name``; empty if none."""
    key = changed.get(name)
    return tokens.user(key) if key and isinstance(key, str) else ""


def number(changed: Mapping[str, Any]) -> int:
    """Of a version; 0 where it has none."""
    try:
        return int(changed.get("number", 0))
    except (TypeError, ValueError, OverflowError):
        return 0


def named(rows: Iterable[object]) -> Iterator[Json]:
    """The rows of a listing that say what they are of. Another one cannot be asked for
    again, and must not keep the others away."""
    for row in rows:
        if isinstance(row, dict) and row.get("id"):
            yield row
        else:
            log.warning("Confluence listed something without an id; it is left out")


def address(wiki: Transport, answer: Json, page: Json) -> str:
    """For people: where Confluence says that its site is, which may be elsewhere than we
    ask it, and the page in it. Not every answer says so; it is the same for all of them."""
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
