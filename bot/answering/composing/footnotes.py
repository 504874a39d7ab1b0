"""The sources of an answer, numbered as they are first cited."""

from __future__ import annotations

from dataclasses import replace

from bot.answering.composing.ground import Ground, SupportSpan
from bot.answering.sources import source_of
from bot.model import Source


class Footnotes:
    def __init__(self) -> None:
        self._cited: list[tuple[Ground, SupportSpan]] = []

    def cite(self, ground: Ground, where: SupportSpan) -> int:
        """Return the number of the passage; its quote grows to hold ``where`` too."""
        for place, (known, before) in enumerate(self._cited):
            if known is ground:
                start, end = min(before.start, where.start), max(before.end, where.end)
                self._cited[place] = known, replace(before, start=start, end=end)
                return place + 1
        self._cited.append((ground, where))
        return len(self._cited)

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(
            source_of(ground.passage, ground.passage.text[where.start : where.end])
            for ground, where in self._cited
        )
