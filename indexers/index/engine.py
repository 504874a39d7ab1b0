"""The port for an engine: what Qdrant does, embedded or served."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from indexers.index.schema import Embedded, Found, Point, Wanted, Where


class Engine(Protocol):
    """An engine: Qdrant, embedded or served.

    All methods raise IndexUnavailable (or a subclass) if the engine fails.
    """

    def upsert(self, points: Sequence[Point]) -> None: ...

    def delete(self, where: Where) -> None: ...

    def label(self, where: Where, payload: dict[str, str]) -> None:
        """Set these fields, leaving the others and the vectors."""
        ...

    def embed(self, points: Sequence[Embedded]) -> None:
        """Give stored passages their vectors; they are ``unembedded`` no more, and their other
        fields stay, whoever writes them."""
        ...

    def scroll(self, where: Where, *, fields: Sequence[str], meaning: bool) -> Iterator[Found]:
        """Yield every point, with some fields of its payload (none named: all)."""
        ...

    def points(self) -> Iterator[Point]:
        """Yield every point, with all that it has."""
        ...

    def retrieve(self, ids: Sequence[uuid.UUID]) -> list[Found]:
        """Return the payloads of the points that exist."""
        ...

    def facet(self, field: str, where: Where | None) -> dict[Any, int]:
        """Return every value of an indexed field that occurs, and its exact number of points."""
        ...

    def search(self, wanted: Sequence[Wanted], *, where: Where, limit: int) -> list[list[Found]]:
        """Return the best points for each of ``wanted``."""
        ...

    def settle(self) -> None: ...

    def back_up(self, folder: Path) -> None:
        """Put a copy into ``folder``, which does not exist. Nothing is written meanwhile."""
        ...

    def close(self) -> None: ...
