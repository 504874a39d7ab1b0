"""Partial results about a document, for a check that does not finish in time."""

from __future__ import annotations

from concurrent.futures import Future, wait

from indexers.model import LivePage
from indexers.sources.confluence.documents import space_of, version_of
from indexers.sources.confluence.rights import PASSABLE, Gate, UnreadGate, acl


class PartialResult:
    """Collects, from several threads, what is learned about a document that was indexed at
    ``revision``. About an attached document (``is_extra``) its page's version says nothing."""

    def __init__(self, revision: str, *, is_extra: bool = False) -> None:
        self._version = None if is_extra else version_of(revision)
        self._space = space_of(revision)
        self._gates: list[Future[Gate]] = []
        self._anything = False
        self._differs = False

    def gate(self, gate: Future[Gate]) -> None:
        """Count a gate on the way to it, once it is there."""
        self._gates.append(gate)

    def place(self, version: int, space: str) -> None:
        """Record the current state of its page, in the space with this id."""
        self._anything = True
        moved = bool(self._space) and space != self._space
        if moved or (self._version is not None and version != self._version):
            self._differs = True

    def differs(self) -> None:
        """Record that it is not, or not certainly, what was indexed."""
        self._anything = self._differs = True

    def wait(self, seconds: float) -> None:
        """Wait for the gates that are under way."""
        wait(self._gates, max(0.0, seconds))

    def so_far(self) -> LivePage | None:
        """Return what is certain by now; None if nothing is."""
        there = [one.result() for one in self._gates if one.done() and not one.exception()]
        if not there and not self._anything:
            return None
        # A gate that Confluence does not report says nothing about whom it admits.
        known = [gate for gate in there if not isinstance(gate, UnreadGate)]
        return LivePage(acl(PASSABLE, known), edited=self._differs or known != there)
