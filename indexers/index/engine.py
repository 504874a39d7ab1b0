"""The port for an engine: what Qdrant does, embedded or served."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from footnote_bot.indexers.index.schema import Embedded, FoundPoint, Point, PointQuery, Where


class Engine(Protocol):
    """An engine: Qdrant, embedded or served.

    All methods raise IndexUnavailable (or a subclass) if the engine fails.
    """

    def upsert(self, points: Sequence[Point]) -> None: ...

    def delete(self, where: Where) -> None: ...

    def label(self, where: Where, payload: dict[str, str]) -> None:
        """Set the fields of ``payload``; other fields and the vectors stay."""
        ...

    def embed(self, points: Sequence[Embedded]) -> None:
        """Set the vectors of stored passages, which loses them the field ``unembedded``. Their
        other fields stay, even if somebody writes these meanwhile."""
        ...

    def scroll(self, where: Where, *, fields: Sequence[str], meaning: bool) -> Iterator[FoundPoint]:
        """Yield every point with the ``fields`` of its payload (empty: all)."""
        ...

    def points(self) -> Iterator[Point]:
        """Yield every point with its payload and vectors."""
        ...

    def retrieve(self, ids: Sequence[uuid.UUID]) -> list[FoundPoint]:
        """Return the payloads of the points that exist."""
        ...

    def facet(self, field: str, where: Where | None) -> dict[Any, int]:
        """Return every value of an indexed field, and its exact number of points."""
        ...

    def search(
        self, queries: Sequence[PointQuery], *, where: Where, limit: int
    ) -> list[list[FoundPoint]]:
        """Return the best points for each of ``queries``."""
        ...

    def settle(self) -> None: ...

    def back_up(self, folder: Path) -> None:
        """Put a copy into ``folder``, which must not exist. Nobody writes meanwhile."""
        ...

    def close(self) -> None: ...
