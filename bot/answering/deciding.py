"""In which of three tones a question is answered: by the chance that the answer is right.

An answer, where it is more likely right than not. "The closest I found", one quotation and the
nearest pages, where it is not. Silence and what to do next, where it hardly can be right, or where
the pages tell of other things of the kind and not of the one that was asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.answering.absent import MissingThing, unnamed
from bot.answering.confidence import LIKELY, Confidence, Features, features
from bot.answering.other_language import common_words
from bot.answering.retrieval import FoundPage, Retrieved
from bot.answering.sources import source_of
from bot.answering.stretch import holds_of
from bot.model import THE_CLOSEST, Answer, Question, Role, Source, Tone
from indexers.model import Hit

NEAREST = 3
"""Pages worth a look that are named."""

Quote = Callable[[Sequence[Hit]], Answer | None]
"""Makes an answer of what passages say, the best first; None if nothing can be quoted."""


@dataclass(frozen=True, slots=True)
class Decision:
    """``confidence`` is the chance that what is found answers the question. ``missing`` is what
    was asked for and no passage names: where they clearly tell of others of its kind, the pages
    do not have it, and else an answer is not sure."""

    tone: Tone
    confidence: float
    missing: MissingThing | None = None


@dataclass(frozen=True, slots=True)
class Deciding:
    """``least`` is the chance below which nothing is shown (``least_unread`` where no cross-encoder
    read the passages), ``likely`` the one from which on it is an answer and not just the
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
        # Of another language than the pages only names compare for sure: too little for more.
        unsure = (question.foreign and not question.bridged) or confidence < self.likely
        tone = Tone.CLOSEST if unsure or absent else Tone.ANSWER
        return Decision(tone, confidence, absent)

    def seen(self, question: Question, retrieved: Retrieved) -> Features:
        """Return the features that the chance is told by."""
        texts = _read_as(question)
        if question.foreign:
            texts = [common_words(text, retrieved.hits) for text in texts]
        read_as = [features(text, retrieved) for text in texts]
        return max(read_as, key=lambda seen: self.confidence.curve(seen)(seen))

    def _least(self, seen: Features) -> float:
        return self.least_unread if seen.read is None else self.least

    def rule(self, decided: Decision, seen: Features) -> str:
        """Return in words what decided, for `footnote ask --why`."""
        told = (
            f"1 / (1 + exp(-(bias + each x its weight))) = {decided.confidence:.3f}, the chance "
            "that what is found answers this. "
            f"{self._speaks(decided, self._least(seen))} {_FEATURES}"
        )
        if seen.read is None:
            return f"{told} No cross-encoder read the passages, so another curve is used."
        return f"{told} {_READ}"

    def _speaks(self, decided: Decision, least: float) -> str:
        if decided.missing and decided.missing.others:
            # What they tell of, pages say that nobody looked at again for this.
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
    """Return ``answer`` in its tone: of the closest only the first source, and what is near. What
    answers a question's several parts stays together."""
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
    """A follow-up is as sure as it is by itself or together with what it goes on from."""
    said = [turn.text for turn in question.history if turn.role is Role.ASKER]
    return [question.sought, *(f"{last} {question.text}" for last in said[-1:])]
