"""What Confluence has told of a document so far, for a look that does not come to its end."""

from __future__ import annotations

from concurrent.futures import Future, wait

from indexers.model import LivePage
from indexers.sources.confluence.documents import space_of, version_of
from indexers.sources.confluence.rights import PASSABLE, Gate, UnreadGate, acl


class Told:
    """Notes, from several threads, what comes in about one document that was indexed at
    ``revision``. Of something that ``hangs`` on a page the page's version says nothing."""

    def __init__(self, revision: str, *, hangs: bool = False) -> None:
        self._version = None if hangs else version_of(revision)
        self._space = space_of(revision)
        self._gates: list[Future[Gate]] = []
        self._anything = False
        self._differs = False

    def gate(self, gate: Future[Gate]) -> None:
        """Count a gate on the way to it, once that is there."""
        self._gates.append(gate)

    def place(self, version: int, space: str) -> None:
        """Note how its page stands, in the space with this id."""
        self._anything = True
        moved = bool(self._space) and space != self._space
        if moved or (self._version is not None and version != self._version):
            self._differs = True

    def differs(self) -> None:
        """Note that it is not any more, or not surely, what was indexed."""
        self._anything = self._differs = True

    def wait(self, seconds: float) -> None:
        """Let the gates come in that are under way."""
        wait(self._gates, max(0.0, seconds))

    def so_far(self) -> LivePage | None:
        """Return what is sure by now; None if nothing is."""
        there = [one.result() for one in self._gates if one.done() and not one.exception()]
        if not there and not self._anything:
            return None
        # One that Confluence does not tell says nothing of whom it lets in.
        told = [gate for gate in there if not isinstance(gate, UnreadGate)]
        return LivePage(acl(PASSABLE, told), edited=self._differs or told != there)
