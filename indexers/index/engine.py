"""The port for an engine, which is Qdrant, embedded or served."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar

from footnote_bot.indexers.index.schema import Embedded, FoundPoint, Point, PointQuery, Where

_Item = TypeVar("_Item")

BATCH = 512
"""Values in one filter, points in one write."""


def batches(items: Iterable[_Item], size: int = BATCH) -> Iterator[list[_Item]]:
    """Yield ``items`` in lists of ``size``; the last may be shorter."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch


class Engine(Protocol):
    """An engine: Qdrant, embedded or served.

    All methods raise IndexUnavailable (or a subclass) if the engine fails.
    """

    def upsert(self, points: Sequence[Point]) -> None:
        """Write points; a point with the same id is replaced."""
        ...

    def delete(self, where: Where) -> None:
        """Delete the points that meet the condition."""
        ...

    def label(self, where: Where, payload: dict[str, str]) -> None:
        """Set the ``payload`` fields of points that meet ``where``; their other fields stay."""
        ...

    def embed(self, points: Sequence[Embedded]) -> None:
        """Set the vectors of stored passages, which loses them the field ``unembedded``. Their
        other fields stay, even if somebody writes these meanwhile."""
        ...

    def scroll(self, where: Where, *, fields: Sequence[str], meaning: bool) -> Iterator[FoundPoint]:
        """Yield every point that meets ``where``, with the ``fields`` of its payload (empty: all);
        ``meaning``: with its vector."""
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

    def settle(self) -> None:
        """Finish a series of writes: reclaim space, and store everything safely."""
        ...

    def back_up(self, folder: Path) -> None:
        """Put a copy into ``folder``, which must not exist. Nobody writes meanwhile."""
        ...

    def close(self) -> None: ...
