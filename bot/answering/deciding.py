"""The tone of an answer, by its chance of being right.

An answer, if it is more likely right than not. "The closest I found", one quotation and the nearest
pages, if it is not. Silence and what to do next, if it can hardly be right, or if the pages are
about other things of the kind and not the one in the question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.answering.absent import MissingThing, unnamed
from bot.answering.confidence import LIKELY, Confidence, Features, features
from bot.answering.other_language import common_words
from bot.answering.ranking import shared
from bot.answering.retrieval import FoundPage, Retrieved
from bot.answering.sources import source_of
from bot.answering.stretch import holds_of
from bot.model import THE_CLOSEST, Answer, Question, Role, Source, Tone
from indexers.model import Hit

NEAREST = 3
"""Pages worth a look that are named."""

Quote = Callable[[Sequence[Hit]], Answer | None]
"""Makes an answer of passages, the best first; None if nothing can be quoted."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision. ``confidence`` is the chance that the passages answer the question. ``missing``
    is the thing in the question that no passage names: if they are clearly about others of its
    kind, the pages do not have it, and otherwise an answer is uncertain."""

    tone: Tone
    confidence: float
    missing: MissingThing | None = None


@dataclass(frozen=True, slots=True)
class Deciding:
    """The decision on the tone. Below ``least`` nothing is shown (``least_unread`` if no
    cross-encoder read the passages); from ``likely`` on it is an answer and not just the
    closest."""

    confidence: Confidence
    least: float
    least_unread: float
    likely: float = LIKELY

    def __call__(self, question: Question, retrieved: Retrieved) -> Decision:
        seen = self.seen(question, retrieved)
        confidence = self.confidence.curve(seen)(seen)
        absent = None if question.foreign else unnamed(question.sought, retrieved.hits)
        if absent and absent.others:
            return Decision(Tone.SILENCE, confidence, absent)
        if confidence < self._least(seen):
            return Decision(Tone.SILENCE, confidence)
        # In another language than the pages only names compare reliably: too little for more.
        unsure = (question.foreign and not question.bridged) or confidence < self.likely
        tone = Tone.CLOSEST if unsure or absent else Tone.ANSWER
        return Decision(tone, confidence, absent)

    def may_answer(self, part: str, hit: Hit) -> bool:
        """Return whether a passage may answer one part of a question, by itself."""
        has = shared(part, [hit])[0]
        seen = Features(hit.closest, has.words, has.pairs, hit.relevance)
        return self.confidence.curve(seen)(seen) >= self._least(seen)

    def seen(self, question: Question, retrieved: Retrieved) -> Features:
        """Return the features that decide the chance."""
        texts = _read_as(question)
        if question.foreign:
            texts = [common_words(text, retrieved.hits) for text in texts]
        read_as = [features(text, retrieved) for text in texts]
        return max(read_as, key=lambda seen: self.confidence.curve(seen)(seen))

    def _least(self, seen: Features) -> float:
        return self.least_unread if seen.read is None else self.least

    def rule(self, decided: Decision, seen: Features) -> str:
        """Return the deciding rule in words, for `footnote ask --why`."""
        why = (
            f"1 / (1 + exp(-(bias + each x its weight))) = {decided.confidence:.3f}, the chance "
            "that what is found answers this. "
            f"{self._speaks(decided, self._least(seen))} {_FEATURES}"
        )
        if seen.read is None:
            return f"{why} No cross-encoder read the passages, so another curve is used."
        return f"{why} {_READ}"

    def _speaks(self, decided: Decision, least: float) -> str:
        if decided.missing and decided.missing.others:
            # The others are on pages that nobody rechecked for this.
            return (
                f"It is not answered: the pages tell of others like {decided.missing.thing}, "
                "and not of it."
            )
        if decided.tone is Tone.SILENCE:
            return f"`precision` asks for {least:.3f}, so it is not answered."
        if decided.missing:
            return (
                f"No passage that was found names {decided.missing.thing}, so the closest is shown."
            )
        if decided.tone is Tone.CLOSEST:
            return (
                f"`precision` asks for {least:.3f} and an answer for {self.likely:.3f}, so "
                "the closest is shown."
            )
        return (
            f"`precision` asks for {least:.3f} and an answer for {self.likely:.3f}, so it is "
            "answered."
        )


_FEATURES = (
    "closest: how near in meaning the best passage's nearest sentence is; words: the share of the "
    "question's words, rare ones weighing more, that one sentence of it has; pairs: the share of "
    "its pairs of neighbouring words that are neighbours there, too."
)
_READ = "read: the best score of a cross-encoder, which reads question and passage together."


def told(tone: Tone, answer: Answer | None, retrieved: Retrieved, quote: Quote) -> Answer | None:
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
