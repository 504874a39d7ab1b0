"""Passages -> the reply without a language model: a section, the nearest sections, or nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from footnote_bot.bot.answering import texts
from footnote_bot.bot.answering.deciding.confidence import Features
from footnote_bot.bot.answering.deciding.deciding import Deciding
from footnote_bot.bot.answering.deciding.refusals import narrowed
from footnote_bot.bot.answering.question.languages import advise_language
from footnote_bot.bot.answering.quoting.section import (
    AnsweringUnit,
    QuotedSection,
    Read,
    nearest_line,
)
from footnote_bot.bot.answering.reranking.bounded import Bounded
from footnote_bot.bot.answering.reranking.reranking import with_previous
from footnote_bot.bot.answering.retrieval.retrieval import Retrieved
from footnote_bot.bot.answering.retrieval.sources import source_of
from footnote_bot.bot.answering.words.stems import Weights, stems
from footnote_bot.bot.model import (
    Answer,
    NoAnswer,
    Question,
    Reason,
    Result,
    Source,
    Timings,
    Tone,
    Why,
)
from footnote_bot.indexers.model import Hit
from footnote_bot.indexers.ports import Reranker

NEAREST = 3
"""Sections that are named if none surely answers."""
FURTHER = 2
"""Sections that are named below one that is shown."""
_MAY_ADD = 0.0
"""A section with a higher cross-encoder's score, a logit, may add something to the one shown."""


@dataclass(frozen=True, slots=True)
class Responder:
    """Replies in the pages' own words.

    ``max_characters`` is the room for an answer: its unit is always shown whole, and the rest of
    its passage as far as the room goes. ``deciding`` has the thresholds; ``has_pages`` returns
    whether anything is indexed at all; ``read`` compares units with the question, without it the
    words that they share decide.
    """

    deciding: Deciding
    max_characters: int
    read: Read | None = None
    has_pages: Callable[[], bool] = lambda: True
    clock: Callable[[], float] = time.perf_counter

    def __call__(self, question: Question, retrieved: Retrieved) -> Result:
        """Return the reply to the question."""
        started = self.clock()
        result = self._reply(question, retrieved)
        milliseconds = (self.clock() - started) * 1000
        timings = Timings(retrieved.embed_ms, retrieved.search_ms, milliseconds)
        return replace(result, timings=timings)

    def _reply(self, question: Question, retrieved: Retrieved) -> Answer | NoAnswer:
        """Reply with a section, if its chance is high enough; else name the nearest, or none."""
        if not retrieved.pages:
            text = texts.NO_PAGE_FOR_YOU if self.has_pages() else texts.NOTHING_INDEXED
            return NoAnswer(Reason.NOTHING_INDEXED, text)
        chosen, observed = self._best_unit(question, retrieved)
        chance = self.deciding.confidence(observed)
        tone = self.deciding.tone(question, chance)
        sections = list(_sections(retrieved))
        if tone is Tone.ANSWER and chosen:
            source = source_of(chosen.passage, chosen.words)
            further = [hit for hit in sections if (hit.relevance or 0.0) > _MAY_ADD]
            return Answer(
                chosen.text(self.max_characters, "[1]"),
                (source,),
                chance,
                nearest=self._named(question, retrieved, _others(source, further)[:FURTHER]),
            )
        text = texts.NOTHING_FOUND if tone is Tone.SILENCE else texts.NOT_SURE
        if (question.foreign and not question.bridged) or question.asked:  # it was translated
            text = f"{text} {advise_language(retrieved.hits)}"
        named = () if tone is Tone.SILENCE else sections[:NEAREST]
        nearest = self._named(question, retrieved, named)
        return NoAnswer(Reason.NOTHING_FITS, text, nearest, chance)

    def chance(self, question: Question, retrieved: Retrieved) -> float:
        """Return the chance that the best section answers the question."""
        return self.deciding.confidence(self.features(question, retrieved))

    def features(self, question: Question, retrieved: Retrieved) -> Features:
        """Return the features of the passages found, and of the unit that would be shown."""
        return self._best_unit(question, retrieved)[1]

    def why(self, question: Question, retrieved: Retrieved) -> Why:
        """Return the reason why the question is answered, or why not."""
        observed = self.features(question, retrieved)
        chance = self.deciding.confidence(observed)
        return Why(
            seen={name: value for name, value in asdict(observed).items() if value is not None},
            weighs=self.deciding.confidence.curve(observed).weights,
            confidence=chance,
            rule=self.deciding.rule(self.deciding.tone(question, chance), chance, observed),
            rights=rights.words if (rights := narrowed(question)) else "",
        )

    def _best_unit(
        self, question: Question, retrieved: Retrieved
    ) -> tuple[AnsweringUnit | None, Features]:
        """Return the unit to show (None: nothing was found), and the features with its score."""
        observed = self.deciding.features(question, retrieved)
        if not retrieved.hits:
            return None, observed
        best = max(retrieved.hits, key=lambda hit: hit.score)
        section = QuotedSection.around(best.passage, retrieved.with_neighbours)
        weigh = Weights(stems(hit.passage.embedded) for hit in retrieved.hits)
        read = None if observed.read is None else self.read  # only if it has read the passages
        chosen = section.answering(with_previous(question), read, weigh)
        return chosen, replace(observed, unit=chosen.score) if chosen else observed

    def _named(
        self, question: Question, retrieved: Retrieved, hits: Sequence[Hit]
    ) -> tuple[Source, ...]:
        """Return the sections of ``hits``, each with the line that comes nearest."""
        weigh = Weights(stems(hit.passage.embedded) for hit in retrieved.hits)
        words = with_previous(question)
        return tuple(
            source_of(hit.passage, nearest_line(words, hit.passage, weigh)) for hit in hits
        )


def reading_by(reranker: Reranker | None, *, seconds: float) -> Read | None:
    """Return the reading of units by ``reranker`` within ``seconds``; None without a reranker."""
    if reranker is None:
        return None
    bounded = Bounded(
        "What is shown first is chosen by words", seconds=seconds, at_once=os.cpu_count() or 1
    )
    return lambda question, words: bounded(lambda: reranker.scores(question, words))


def _sections(retrieved: Retrieved) -> Iterator[Hit]:
    """Yield the best passage of each section found, the best first."""
    seen: set[tuple[str, str, tuple[str, ...]]] = set()
    for hit in sorted(retrieved.hits, key=lambda hit: -hit.score):
        section = hit.passage.wiki, hit.passage.page, tuple(hit.passage.headings)
        if section not in seen:
            seen.add(section)
            yield hit


def _others(source: Source, hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits in other sections than that of ``source``."""
    return [hit for hit in hits if (hit.passage.wiki, hit.passage.url) != (source.wiki, source.url)]
