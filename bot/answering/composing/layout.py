"""Sentences with their places in the passages -> an answer's text, with its footnotes."""

from __future__ import annotations

from collections.abc import Sequence

from footnote_bot.bot.answering.checking.evidence import Place
from footnote_bot.bot.answering.composing.reading import Sentence
from footnote_bot.bot.answering.retrieval.sources import source_of
from footnote_bot.bot.foreign import on_one_line, unmarked, with_mark
from footnote_bot.bot.model import UNVERIFIED, Source
from footnote_bot.indexers.model import Passage

_BULLET = "\u2022"


class Layout:
    """The layout of an answer. Items of one list stand together, paragraphs apart. Each passage has
    one footnote, and ``sources`` has the words behind it."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.text = ""
        self._passages = passages
        self._spans: dict[int, tuple[int, int]] = {}
        self._listing = False

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(
            source_of(passage, passage.text[start:end])
            for number, (start, end) in self._spans.items()
            for passage in [self._passages[number - 1]]
        )

    def add(self, sentence: Sentence, places: Sequence[Place], *, unclear: bool) -> str:
        """Add a sentence; return the added text, which begins with its separator."""
        marks = "".join(f"[{number}]" for number in dict.fromkeys(map(self._cite, places)))
        marks += UNVERIFIED * unclear
        shown = _shown(sentence.text)
        added = self._separator(sentence) + (with_mark(shown, marks) if marks else shown)
        self.text += added
        return added

    def _cite(self, place: Place) -> int:
        """Return the passage's footnote number; the words behind it grow to include ``place``."""
        start, end = self._spans.get(place.passage, (place.start, place.end))
        if start == end:
            start, end = place.start, place.end
        elif place.start < place.end:
            start, end = min(start, place.start), max(end, place.end)
        self._spans[place.passage] = start, end
        return list(self._spans).index(place.passage) + 1

    def _separator(self, sentence: Sentence) -> str:
        """Return what comes before the sentence: white space and, for an item, its mark."""
        was_listing, self._listing = self._listing, sentence.is_item
        if sentence.is_item:
            mark = f"{sentence.number or _BULLET} "
            return f"\n{mark}" if was_listing else f"{chr(10) * 2 if self.text else ''}{mark}"
        apart = was_listing or sentence.begins or "\n" in sentence.text
        return ("\n\n" if apart else " ") if self.text else ""


def _shown(text: str) -> str:
    """Return the text, in which nothing can pass for a footnote of ours. Code keeps its lines."""
    return unmarked(text) if "\n" in text else on_one_line(text)
