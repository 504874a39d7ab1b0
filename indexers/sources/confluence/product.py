"""The requests to a Confluence, Cloud or Data Center: spaces, pages, and who may read them.

Rights are read in one way, whoever asks: a sync, the check before an answer, or `footnote access`.
A check sends its requests in parallel; the others send them one by one, and only as they are
needed. What differs between the two products is where their answers are found and what they look
like: that is in `Cloud` and `DataCenter`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Protocol, TypeVar

from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.model import EVERYONE
from footnote_bot.indexers.sources.confluence.answers import (
    UNKNOWN,
    ConfluenceSpace,
    Listed,
    address,
    is_listed,
    is_space,
    moment,
    number,
    version,
    with_ids,
)
from footnote_bot.indexers.sources.confluence.ownership import NOBODY_NAMED, Ownership
from footnote_bot.indexers.sources.confluence.paging import SEARCH, pages_of, rows, search_params
from footnote_bot.indexers.sources.confluence.parallel import parallel_map
from footnote_bot.indexers.sources.confluence.partial_result import PartialResult
from footnote_bot.indexers.sources.confluence.rights import (
    CLOSED,
    PASSABLE,
    Gate,
    Restriction,
    Tokens,
    UnreadGate,
    joined,
    restriction,
    space_gate,
)
from footnote_bot.indexers.sources.confluence.transport import (
    Json,
    Params,
    Refused,
    Transport,
    at,
    unless_absent,
)

SUBJECTS = 200
"""Subjects of a restriction requested at once."""
_EDITS_AT_ONCE = 200

Made = TypeVar("Made")


class Start(Protocol):
    """A function that takes a request, and returns a function that returns its result."""

    def __call__(self, ask: Callable[[], Made], /) -> Callable[[], Made]: ...


def when_needed(ask: Callable[[], Made]) -> Callable[[], Made]:
    """Start no request before its result is needed: see `Start`."""
    return ask


@dataclass(frozen=True, slots=True)
class UnreadSpace:
    """A space (its key) that Confluence could not report, and why."""

    key: str
    why: Refused


@dataclass(frozen=True, slots=True)
class Rights:
    """Rights of pages: the own gate of each page and ancestor, by content id (a missing one is
    CLOSED), the ``editors`` of pages if known, and the ``owners`` that the listing did not
    report."""

    gates: Mapping[str, Gate]
    editors: Mapping[str, str]
    owners: Mapping[str, str]

    def gates_of(self, page: Listed) -> tuple[Gate, ...]:
        """Return the gates of all nodes down to ``page``, which is the last one."""
        return tuple(self.gates.get(key, CLOSED) for key in (*page.ancestors, page.key))


class Product(ABC):
    """Confluence as Cloud or Data Center. All methods raise WikiUnavailable if an answer is
    incomplete."""

    batch: ClassVar[int]
    """Pages whose bodies are requested at once."""
    at_once: ClassVar[int]
    """Rows of a listing requested at once."""
    account: ClassVar[str]
    """The parameter with the key of an account."""
    editor_at: ClassVar[tuple[str, ...]]
    """The fields of a version down to the account that wrote it."""
    tells_visitors: ClassVar[bool]
    """Whether the permissions of anonymous visitors are a listing of their own."""

    def __init__(
        self, wiki: Transport, tokens: Tokens, ownership: Ownership = NOBODY_NAMED
    ) -> None:
        self._wiki = wiki
        self._tokens = tokens
        self._ownership = ownership

    @abstractmethod
    def space_path(self, space: ConfluenceSpace) -> str:
        """Return the path of ``space`` below the base."""

    @abstractmethod
    def spaces(
        self, keys: Sequence[str], *, personal: bool, archived: bool
    ) -> Sequence[ConfluenceSpace | UnreadSpace]:
        """Return the existing spaces of ``keys``, or, without keys, all that the token sees;
        personal and archived ones only if ``personal`` and ``archived`` say so."""

    @abstractmethod
    def pages(self, space: ConfluenceSpace) -> list[Listed]:
        """Return all current pages and blog posts of ``space``."""

    @abstractmethod
    def rights(self, pages: Sequence[Listed]) -> Rights:
        """Return the rights of ``pages`` and of everything above them."""

    @abstractmethod
    def bodies(self, pages: Sequence[Listed]) -> dict[str, str | Refused]:
        """Return the body of each page in storage format, by key, or why there is none."""

    @abstractmethod
    def find(
        self, key: str, start: Start = when_needed, result: PartialResult | None = None
    ) -> Listed | None:
        """Request a page or blog post by itself; return None if there is no current one that the
        token sees. Of its space, at least what `space_path` needs is known. ``result`` takes what
        is known before all is."""

    @abstractmethod
    def labels(self, key: str) -> frozenset[str]:
        """Return a page's own labels, by name."""

    @abstractmethod
    def editor(self, page: Listed) -> str:
        """Return the editor that wrote the page, see `Rights.editors`: its anchors depend on it."""

    def viewers(self, space: ConfluenceSpace) -> Gate:
        """Return who may view the space; `UnreadGate` if Confluence does not report it."""
        return self.request_viewers(self.space_path(space))(space)

    def request_viewers(
        self, path: str, start: Start = when_needed
    ) -> Callable[[ConfluenceSpace], Gate]:
        """Request who may view the space at ``path``, and return a function that reads the answers
        for that space, as `viewers` does."""
        permissions = start(partial(self._permissions, path))
        visitors = start(partial(self._visitors, path)) if self.tells_visitors else None
        shown = start(partial(self._wiki.get, path, anonymous=True))

        def read(space: ConfluenceSpace) -> Gate:
            try:
                gate = space_gate(permissions(), self._tokens)
            except Refused as refused:
                return self._unread_viewers(path, refused)
            if visitors is not None:
                try:
                    gate |= space_gate(unless_absent(visitors) or (), self._tokens)
                except Refused as refused:
                    return UnreadGate(unread_gate(refused).why, gate, is_temporary=True)
            return _confirmed(gate, shown, space)

        return read

    def gates(self, pages: Sequence[Listed], known: Mapping[str, Restriction]) -> dict[str, Gate]:
        """Return the gates that are complete in ``known``, and request each of the others."""
        gates_by_id = {key: part.gate for key, part in known.items() if part.whole}
        nodes = {key for page in pages for key in (*page.ancestors, page.key)}
        missing = sorted(nodes - gates_by_id.keys() - {UNKNOWN})
        read_gates = parallel_map(self.own_gate, missing, self._wiki.concurrency)
        return gates_by_id | dict(zip(missing, read_gates, strict=True))

    def own_gate(self, key: str) -> Gate:
        """Return a node's own read restriction, read to its last subject; an `UnreadGate` if
        Confluence refuses to report it.

        Raises:
            WikiUnavailable: Confluence does not answer at all. That says nothing about this node,
                and the next node would wait for as long.
        """
        parts: list[Restriction] = []
        start, complete = 0, False
        while not complete:
            try:
                answer = self._wiki.get(
                    f"/rest/api/content/{key}/restriction/byOperation/read",
                    {
                        "expand": "restrictions.user,restrictions.group",
                        "start": start,
                        "limit": SUBJECTS,
                    },
                )
            except Refused as refused:
                return unread_gate(refused)
            part = restriction(answer, self._tokens)
            if not part.readable:
                return UnreadGate("Confluence tells it in a form that is not known.")
            if part in parts:
                break  # The server returns the same subjects for ever.
            parts.append(part)
            if not part.came:
                break
            start += part.came
            complete = part.whole
        return joined(parts)

    def lists(self, space: ConfluenceSpace, *, personal: bool, archived: bool) -> bool:
        """Return whether `spaces` without keys must list ``space``."""
        answer = unless_absent(partial(self._wiki.get, self.space_path(space)))
        return answer is not None and is_listed(answer, personal=personal, archived=archived)

    def edited(self, hours: int) -> Iterator[tuple[str, int]]:
        """Yield ids and versions of pages and blog posts that were edited in the last ``hours``, by
        the search, which may lag."""
        # CQL has times in the site's time zone, so the site computes this one.
        query = f'type in (page, blogpost) and lastmodified >= now("-{hours}h")'
        for row in with_ids(self._rows(SEARCH, search_params(query, _EDITS_AT_ONCE, "version"))):
            yield str(row["id"]), number(version(row))

    def user_name(self, key: str) -> str:
        """Return an account's name; empty if it is unavailable."""
        try:
            answer = self._wiki.get("/rest/api/user", {self.account: key})
        except WikiUnavailable:
            return ""
        return str(answer.get("displayName") or "")

    def _listed(self, answer: Json, content: Json, kind: str, space: ConfluenceSpace) -> Listed:
        """Return the page or blog post in ``content``, which is a part of ``answer``."""
        # Not every answer names the site's address for people, so the last one named is kept.
        self._wiki.shown_at = str(at(answer, "_links", "base") or self._wiki.shown_at)
        changed = version(content)
        author = at(changed, *self.editor_at)
        editor = self._tokens.user(author) if author and isinstance(author, str) else ""
        return Listed(
            key=str(content["id"]),
            kind=kind,
            space=space,
            title=str(content.get("title", "")),
            version=number(changed),
            ancestors=(),
            url=address(self._wiki.shown_at, content),
            modified=moment(changed.get("createdAt") or changed.get("when")),
            owner=self._ownership.of(content, editor),
        )

    def _permissions(self, path: str) -> list[Json]:
        return list(self._short_rows(f"{path}/permissions"))

    def _visitors(self, path: str) -> list[Json]:
        """Return the permissions of anonymous visitors; their rows name nobody."""
        nobody: Json = {"subject": {"type": "anonymous"}}
        listed = self._short_rows(f"{path}/permissions/anonymous")
        return [{**nobody, **row} for row in listed if isinstance(row, dict)]

    def _unread_viewers(self, path: str, refused: Refused) -> Gate:  # noqa: ARG002 - for Data Center
        """Return the gate of a space whose viewers Confluence ``refused`` to report."""
        return unread_gate(refused)

    def _rows(self, path: str, params: Params) -> Iterator[Json]:
        """Yield the rows of a listing, to its end."""
        return rows(pages_of(self._wiki, path, params))

    def _short_rows(self, path: str, *, few_tries: bool = False) -> Iterator[Json]:
        """Yield the rows of a listing that is always short, so it is not requested in halves."""
        params: Params = {"limit": self.at_once}
        return rows(pages_of(self._wiki, path, params, halves=False, few_tries=few_tries))


def certain(gate: Gate) -> Gate:
    """Return ``gate``.

    Raises:
        WikiUnavailable: it could not be read now, and perhaps can be later.
    """
    if isinstance(gate, UnreadGate) and (gate.is_temporary or gate.failed):
        raise WikiUnavailable(gate.why)
    return gate


def unread_gate(refused: Refused) -> UnreadGate:
    """Return the gate that Confluence ``refused`` to report.

    Raises:
        Refused: Confluence is too busy for any request now.
    """
    if refused.busy:
        raise refused
    return UnreadGate(str(refused), is_temporary=not refused.absent)


def _confirmed(gate: Gate, shown: Callable[[], Json], space: ConfluenceSpace) -> Gate:
    """Return the ``gate`` of ``space``, open to everyone if anonymous visitors are really ``shown``
    it: the site as a whole may exclude them, which no space says."""
    if EVERYONE not in gate:
        return gate
    try:
        answer = shown()
    except WikiUnavailable as error:
        without_anonymous = gate - {EVERYONE}
        if isinstance(error, Refused) and error.status < 429:
            return without_anonymous
        return UnreadGate(str(error), without_anonymous, is_temporary=True)
    return PASSABLE if is_space(answer, space) else gate - {EVERYONE}
