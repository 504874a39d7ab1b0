"""Verified sentences -> an answer's text, with its footnotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.answering.composing.checking import Support
from bot.answering.composing.claims import Claim
from bot.answering.composing.ground import Ground, SupportSpan
from bot.answering.composing.sentences import Lead
from bot.answering.sources import source_of
from bot.foreign import on_one_line
from bot.model import UNVERIFIED, Source


class Footnotes:
    """The sources of an answer, numbered as they are first cited."""

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


class Layout:
    """The layout: items of one list together, paragraphs apart."""

    def __init__(self) -> None:
        self.text = ""
        self._footnotes = Footnotes()
        self._listing = False

    @property
    def sources(self) -> tuple[Source, ...]:
        return self._footnotes.sources

    def add(self, claim: Claim, lead: Lead, support: Sequence[Support], *, unclear: bool) -> str:
        """Add a sentence and return the added text, which begins with the separator from the one
        before."""
        marks = "".join(f"[{self._footnotes.cite(ground, where)}]" for ground, where in support)
        marks += UNVERIFIED * unclear
        if claim.code:
            shown = f"```\n{claim.text}\n```\n{marks}"
        else:
            shown = f"{on_one_line(claim.shown)} {marks}".rstrip()
        new = f"{self._spacing(lead)}{shown}"
        self.text += new
        return new

    def _spacing(self, lead: Lead) -> str:
        together = self._listing and lead is Lead.ITEM
        self._listing = lead is Lead.ITEM or (self._listing and lead is Lead.SPACE)
        spacing = lead.value if together or lead is not Lead.ITEM else "\n\n\u2022 "
        return spacing if self.text else spacing.lstrip()
