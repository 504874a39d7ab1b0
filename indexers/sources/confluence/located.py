"""The current state of one page and one space, in few round trips."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from footnote_bot.indexers.model import EVERYONE, LivePage
from footnote_bot.indexers.sources.confluence.answers import is_space
from footnote_bot.indexers.sources.confluence.comment_listing import Comment
from footnote_bot.indexers.sources.confluence.documents import space_of, version_of
from footnote_bot.indexers.sources.confluence.product import ConfluenceSpace, Listed
from footnote_bot.indexers.sources.confluence.rights import (
    CLOSED,
    PASSABLE,
    Gate,
    Tokens,
    UnreadGate,
    acl,
    space_gate,
)
from footnote_bot.indexers.sources.confluence.transport import Json, Refused, unless_absent


class PartialResult:
    """Collects, from several threads, the current state of a document that was indexed at
    ``revision``. The version of its page says nothing about an attached document (``is_extra``)."""

    def __init__(self, revision: str, *, is_extra: bool = False) -> None:
        self._version = None if is_extra else version_of(revision)
        self._space = space_of(revision)
        self._gates: list[Future[Gate]] = []
        self._comments: list[Future[list[Comment]]] = []
        self._anything = False
        self._differs = False

    def add_gate(self, gate: Future[Gate]) -> None:
        """Add a requested gate that a reader must pass; it counts once its result is there."""
        self._gates.append(gate)

    def add_comments(self, request: Future[list[Comment]]) -> None:
        """Add a request for the comments, if they are the document. Once it is done they may differ
        from the indexed ones: only the finished check, which has their page, too, can compare."""
        self._comments.append(request)

    def record_page(self, version: int, space: str) -> None:
        """Record the current version of its page, in the space with this id."""
        self._anything = True
        moved = bool(self._space) and space != self._space
        if moved or (self._version is not None and version != self._version):
            self._differs = True

    def record_difference(self) -> None:
        """Record that the document differs, or may differ, from the indexed one."""
        self._anything = self._differs = True

    def wait(self, seconds: float) -> None:
        """Wait for the requests that are under way."""
        requests: list[Future[Any]] = [*self._gates, *self._comments]
        wait(requests, max(0.0, seconds))

    def so_far(self) -> LivePage | None:
        """Return what is certain by now; None if nothing is."""
        gates = [gate.result() for gate in self._gates if gate.done() and not gate.exception()]
        differs = self._differs or any(request.done() for request in self._comments)
        if not gates and not self._anything and not differs:
            return None
        # A gate that Confluence does not report says nothing about whom it admits.
        readable = [gate for gate in gates if not isinstance(gate, UnreadGate)]
        return LivePage(acl(PASSABLE, readable), edited=differs or readable != gates)


Made = TypeVar("Made")
_SERVER_ERROR = 500


class Submit(Protocol):
    """A function that starts a request in parallel."""

    def __call__(self, work: Callable[[], Made]) -> Future[Made]: ...


@dataclass(frozen=True, slots=True)
class Located:
    """The current state of a page. ``space`` is the argument of `ProductNow.space`; ``listed``
    makes the page once its space is known; ``gates`` are the known gates of its ancestors, by
    id."""

    space: str
    ancestors: tuple[str, ...]
    listed: Callable[[ConfluenceSpace], Listed]
    gates: Mapping[str, Gate]


@dataclass(frozen=True, slots=True)
class SpaceNow:
    """The current state of a space: what Confluence ``tells`` of it, and who may view it."""

    space: ConfluenceSpace
    tells: Json
    viewers: Gate


class ProductNow(Protocol):
    """Cloud or Data Center. Both methods take one round trip, or as many as a listing has pages,
    and raise WikiUnavailable if an answer is incomplete."""

    def locate(self, key: str, submit: Submit, result: PartialResult) -> Located | None:
        """Find a page or blog post; None if there is no current one that the token sees. Partial
        results are ``result``."""
        ...

    def space(self, space: str, submit: Submit) -> SpaceNow | None:
        """Find a space (of `Located`); None if the token does not see it."""
        ...


def viewers_now(
    space: ConfluenceSpace,
    tokens: Tokens,
    rows: Future[list[Json]],
    shown: Future[Json],
    visitors: Future[list[Json]] | None = None,
) -> Gate:
    """Return who may view ``space`` by the ``rows`` of its permissions and those of ``visitors``;
    CLOSED if the token may not know. ``shown`` is the space as an anonymous visitor gets it: a row
    for visitors counts only if they really see the space, because the site may exclude them.

    Raises:
        WikiUnavailable: Confluence does not say.
    """
    permissions = unless_absent(rows.result)
    if permissions is None:
        return CLOSED
    gate = space_gate(
        [*permissions, *((visitors and unless_absent(visitors.result)) or ())], tokens
    )
    if EVERYONE not in gate:
        return gate
    try:
        is_shown = is_space(shown.result(), space)
    except Refused as refused:
        if refused.busy or refused.status >= _SERVER_ERROR:
            raise
        is_shown = False
    return PASSABLE if is_shown else gate - {EVERYONE}
