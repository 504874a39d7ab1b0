"""The tone of an answer, by its chance of being right.

An answer, if it is more likely right than not. "The closest I found", one quotation and the nearest
pages, if it is not. Silence and what to do next, if it can hardly be right, or if the pages are
about other things of the kind and not the one in the question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.answering import texts
from bot.answering.absent import MissingThing, unnamed
from bot.answering.confidence import LIKELY, Confidence, Features, features
from bot.answering.other_language import common_words
from bot.answering.ranking import shared
from bot.answering.retrieval import FoundPage, Retrieved
from bot.answering.sources import source_of
from bot.answering.stretch import holds_of
from bot.model import Answer, Question, Role, Source, Tone
from bot.texts import THE_CLOSEST
from indexers.model import Hit

NEAREST = 3
"""Pages worth a look that are named."""

Quote = Callable[[Sequence[Hit]], Answer | None]
"""Makes an answer of passages, the best first; None if nothing can be quoted."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision. ``found`` is the chance that the passages answer the question; ``confidence`` is
    that of what is quoted of them, or the same if nothing is. ``missing`` is the thing in the
    question that no passage names: if they are clearly about others of its kind, the pages do not
    have it, and otherwise an answer is uncertain."""

    tone: Tone
    confidence: float
    missing: MissingThing | None
    found: float


@dataclass(frozen=True, slots=True)
class Deciding:
    """The decision on the tone. If the chance of the passages is below ``least`` nothing is shown
    (``least_unread`` if no cross-encoder read them); from a chance of ``likely`` on, what is quoted
    is an answer and not just the closest."""

    confidence: Confidence
    least: float
    least_unread: float
    likely: float = LIKELY

    def __call__(self, question: Question, retrieved: Retrieved, seen: Features) -> Decision:
        """Decide by the passages found, before anything is quoted."""
        found = self._chance(seen)
        absent = None if question.foreign else unnamed(question.sought, retrieved.hits)
        if absent and absent.others:
            return Decision(Tone.SILENCE, found, absent, found)
        if found < self._least(seen):
            return Decision(Tone.SILENCE, found, None, found)
        return self._spoken(question, Decision(Tone.CLOSEST, found, absent, found))

    def quoted(self, question: Question, decided: Decision, seen: Features) -> Decision:
        """Return the decision with the tone and the chance of what is quoted."""
        return self._spoken(question, replace(decided, confidence=self._chance(seen)))

    def _spoken(self, question: Question, decided: Decision) -> Decision:
        # In another language than the pages only names compare reliably: too little for more.
        unsure = (question.foreign and not question.bridged) or decided.confidence < self.likely
        return replace(decided, tone=Tone.CLOSEST if unsure or decided.missing else Tone.ANSWER)

    def may_answer(self, part: str, hit: Hit) -> bool:
        """Return whether a passage may answer one part of a question, by itself."""
        has = shared(part, [hit])[0]
        seen = Features(hit.closest, has.words, has.pairs, hit.relevance)
        return self._chance(seen) >= self._least(seen)

    def seen(self, question: Question, retrieved: Retrieved) -> Features:
        """Return the features of the passages found."""
        wordings = _read_as(question)
        if question.foreign:
            wordings = [common_words(text, retrieved.hits) for text in wordings]
        read_as = [features(text, retrieved) for text in wordings]
        return max(read_as, key=self._chance)

    def _chance(self, seen: Features) -> float:
        return self.confidence.curve(seen)(seen)

    def _least(self, seen: Features) -> float:
        return self.least_unread if seen.read is None else self.least

    def rule(self, decided: Decision, seen: Features) -> str:
        """Return the deciding rule in words, for `footnote ask --why`."""
        why = [
            texts.chance(decided.confidence, quoted=seen.sentence is not None),
            self._speaks(decided, self._least(seen)),
            texts.FEATURES,
        ]
        if seen.read is None:
            return " ".join([*why, texts.NOT_READ_TOGETHER])
        why.append(texts.READ_TOGETHER)
        return " ".join(why if seen.sentence is None else [*why, texts.QUOTED_SENTENCE])

    def _speaks(self, decided: Decision, least: float) -> str:
        if decided.missing and decided.missing.others:
            # The others are on pages that nobody rechecked for this.
            return texts.others_are_told_of(decided.missing.thing)
        if decided.tone is Tone.SILENCE:
            return texts.too_unlikely(least)
        if decided.missing:
            return texts.not_named(decided.missing.thing)
        closest = decided.tone is Tone.CLOSEST
        return texts.thresholds(least, decided.found, self.likely, closest=closest)


def in_tone(tone: Tone, answer: Answer | None, retrieved: Retrieved, quote: Quote) -> Answer | None:
    """Return ``answer`` in its tone: for the closest only the first source, and near pages. Answers
    to a question's several parts stay together."""
    if answer is None or tone is Tone.ANSWER:
        return answer
    first = answer.sources[0]
    hits = [hit for hit in retrieved.with_neighbours if _is_of(hit, first)]
    in_parts = any(hit.parts for hit in hits)
    alone = (quote(hits) if len(answer.sources) > 1 and not in_parts else answer) or answer
    return replace(
        alone,
        text=f"{THE_CLOSEST}\n\n{alone.text}",
        tone=Tone.CLOSEST,
        nearest=nearest(retrieved, alone.sources),
    )


def nearest(retrieved: Retrieved, sources: Sequence[Source] = ()) -> tuple[Source, ...]:
    """Return the best pages beside ``sources``."""
    named = {(source.wiki, source.page) for source in sources}
    beside = [found for found in retrieved.pages if (found.wiki, found.page) not in named]
    return tuple(worth_a_look(found) for found in beside[:NEAREST])


def worth_a_look(found: FoundPage) -> Source:
    """Return a page without a quotation."""
    return source_of(found.hits[0].passage, "")


def _is_of(hit: Hit, source: Source) -> bool:
    passage = hit.passage
    same = (passage.wiki, passage.page, passage.url) == (source.wiki, source.page, source.url)
    return same and holds_of(source.quote, passage.text)


def _read_as(question: Question) -> list[str]:
    """Return the readings of a follow-up: its chance is the better of that by itself and together
    with the question before."""
    asked_before = [turn.text for turn in question.history if turn.role is Role.ASKER]
    return [question.sought, *(f"{last} {question.text}" for last in asked_before[-1:])]
