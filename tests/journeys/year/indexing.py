"""Footnote's indexing with the current settings, in a process that may die."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from footnote_bot.config.settings import Secrets, Settings
from footnote_bot.indexers.index.current import CurrentIndex
from footnote_bot.indexers.indexing import Indexing
from footnote_bot.indexers.parsing.limits import here
from footnote_bot.indexers.ports import Embedding, Vector
from tests.fakes.embedding import WordEmbedder

Snapshot = Mapping[tuple[str, ...], Mapping[str, Any]]
"""All points of an index, by wiki, page and place, without their write numbers."""


class ParsesHere:
    """Stands in for `indexers.parsing.process.Parsers`: its processes take longer to start than all
    these pages take to parse."""

    __call__ = staticmethod(here)

    @contextmanager
    def working(self, _: Callable[[], bool]) -> Iterator[None]:
        yield

    def rest(self) -> None:
        """Do nothing: there is no process to end."""


class NamedEmbedder(WordEmbedder):
    """A model with the name from the settings: each name has vectors of its own."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.identity = f"words-{name}"
        self._name = name

    def embed_passages(self, texts: Sequence[str]) -> list[Embedding]:
        return super().embed_passages([f"{self._name} {text}" for text in texts])

    def embed_question(self, text: str) -> Vector:
        return super().embed_question(f"{self._name} {text}")


class YearsIndexing(Indexing):
    def __init__(self, settings: Settings) -> None:
        self.embedder = NamedEmbedder(settings.index.model)
        super().__init__(settings, Secrets())


class Meaning:  # noqa: PLW1641 - compared, never looked up
    """A vector as an index stores it: with eleven binary digits for each number."""

    def __init__(self, vector: Vector) -> None:
        self._vector = np.array(vector)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Meaning) or self._vector.shape != other._vector.shape:
            return NotImplemented
        return bool(np.allclose(self._vector, other._vector, atol=2**-11))


def snapshot(index: CurrentIndex, *, meanings: bool = True) -> Snapshot:
    """Return the stored points, each once. A real model's ``meanings`` depend a little on the texts
    that are embedded with them."""
    points: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for point in index.current.points():
        stored = {name: value for name, value in point.payload.items() if name != "version"}
        sentences = stored.pop("meanings", "")
        key = _key(stored)
        assert key not in points, f"{key} stands twice"
        words = dict(zip(*point.words, strict=True))
        meaning: object = Meaning(point.meaning), sentences
        points[key] = {
            **stored,
            "<meaning>": meaning if meanings else len(point.meaning),
            "<words>": words,
        }
    return points


def differences(updated: Snapshot, fresh: Snapshot) -> list[str]:
    """Return the differences from a new index, a line for each point."""
    lines = []
    for key in sorted(updated.keys() | fresh.keys()):
        old, new = updated.get(key, {}), fresh.get(key, {})
        fields = sorted(name for name in old | new if old.get(name) != new.get(name))
        if fields:
            values = [(name, old.get(name), new.get(name)) for name in fields]
            lines.append(f"{'/'.join(key)}: {values}")
    return lines


def _key(stored: Mapping[str, Any]) -> tuple[str, ...]:
    if "head" in stored:
        return "head", stored["head"], stored["page"]
    return "passage", stored["wiki"], stored["page"], str(stored["ordinal"])
