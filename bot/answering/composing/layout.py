"""Verified sentences -> an answer's text, with its footnotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.answering.checking.checking import Support
from bot.answering.checking.claims import Claim
from bot.answering.checking.ground import Ground, SupportSpan
from bot.answering.retrieval.sources import source_of
from bot.answering.words.sentences import BULLET, Lead
from bot.foreign import on_one_line
from bot.model import UNVERIFIED, Source


class Footnotes:
    """The sources of an answer, numbered as they are first cited."""

    def __init__(self) -> None:
        self._cited: list[tuple[Ground, SupportSpan]] = []

    def cite(self, ground: Ground, span: SupportSpan) -> int:
        """Return the number of the passage. Its quote grows to include ``span``."""
        for place, (cited, quoted) in enumerate(self._cited):
            if cited is ground:
                start, end = min(quoted.start, span.start), max(quoted.end, span.end)
                self._cited[place] = cited, replace(quoted, start=start, end=end)
                return place + 1
        self._cited.append((ground, span))
        return len(self._cited)

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(
            source_of(ground.passage, ground.passage.text[span.start : span.end])
            for ground, span in self._cited
        )


class Layout:
    """The layout of an answer. Items of one list stand together, paragraphs apart."""

    def __init__(self) -> None:
        self.text = ""
        self._footnotes = Footnotes()
        self._listing = False

    @property
    def sources(self) -> tuple[Source, ...]:
        return self._footnotes.sources

    def add(
        self,
        claim: Claim,
        lead: Lead,
        support: Sequence[Support],
        *,
        unclear: bool,
        number: str = "",
    ) -> str:
        """Add a sentence and return the added text, which begins with the separator from the
        sentence before. ``number`` is that of its list item, if the list is numbered."""
        marks = "".join(f"[{self._footnotes.cite(ground, span)}]" for ground, span in support)
        marks += UNVERIFIED * unclear
        if claim.code:
            shown = f"```\n{claim.text}\n```\n{marks}"
        else:
            shown = f"{on_one_line(claim.shown)} {marks}".rstrip()
        separator = self._separator(lead)
        added = f"{separator.replace(BULLET, number) if number else separator}{shown}"
        self.text += added
        return added

    def _separator(self, lead: Lead) -> str:
        together = self._listing and lead is Lead.ITEM
        self._listing = lead is Lead.ITEM or (self._listing and lead is Lead.SPACE)
        separator = lead.value if together or lead is not Lead.ITEM else f"\n\n{BULLET} "
        return separator if self.text else separator.lstrip()
