"""The part of a check that is certain before it is over."""

from __future__ import annotations

from concurrent.futures import Future, wait
from typing import Any

from footnote_bot.indexers.model import LivePage
from footnote_bot.indexers.sources.confluence.rights import PASSABLE, Gate, UnreadGate, acl


class PartialResult:
    """Collects, from several threads, the current state of a document whose page was indexed at
    ``version``, in the ``space`` with this id (empty if unknown). An attached document has no
    ``version`` here: that of its page says nothing about it."""

    def __init__(self, version: int | None, space: str) -> None:
        self._version = version
        self._space = space
        self._gates: list[Future[Gate]] = []
        self._comments: list[Future[Any]] = []
        self._has_answer = False
        self._is_edited = False

    def add_gate(self, gate: Future[Gate]) -> None:
        """Add a requested gate that a reader must pass; it counts once its result is there."""
        self._gates.append(gate)

    def add_comments(self, request: Future[Any]) -> None:
        """Add a request for the comments, if they are the document. Once it is done they may differ
        from the indexed ones: only the finished check, which has their page, too, can compare."""
        self._comments.append(request)

    def compare_page(self, version: int, space: str) -> None:
        """Record whether its page, now of this version and in this space, was edited or moved."""
        self._has_answer = True
        moved = bool(self._space) and space != self._space
        if moved or (self._version is not None and version != self._version):
            self._is_edited = True

    def record_difference(self) -> None:
        """Record that the document differs, or may differ, from the indexed one."""
        self._has_answer = self._is_edited = True

    def wait(self, seconds: float) -> None:
        """Wait for the requests that are under way."""
        requests: list[Future[Any]] = [*self._gates, *self._comments]
        wait(requests, max(0.0, seconds))

    def so_far(self) -> LivePage | None:
        """Return what is certain by now; None if nothing is."""
        gates = [gate.result() for gate in self._gates if gate.done() and not gate.exception()]
        differs = self._is_edited or any(request.done() for request in self._comments)
        if not gates and not self._has_answer and not differs:
            return None
        # A gate that Confluence does not report says nothing about whom it admits.
        readable = [gate for gate in gates if not isinstance(gate, UnreadGate)]
        return LivePage(acl(PASSABLE, readable), edited=differs or readable != gates)
