"""What was found -> the reply without a language model: quotations, a question in return, or
why there is no answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

from bot.answering.clarifying import Clarifying
from bot.answering.compounds import quote_parts
from bot.answering.confidence import Confidence, features
from bot.answering.quoting import quote
from bot.answering.recheck import MOST_CITED
from bot.answering.refusals import narrowed
from bot.answering.retrieval import Found, Retrieved
from bot.answering.sources import source_of
from bot.foreign import quoted, with_mark
from bot.model import Answer, NoAnswer, Question, Reason, Result, Role, Source, Timings, Why
from indexers.model import Hit

_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Responder:
    """Replies in the pages' own words.

    ``wikis`` are named in this order, ``max_characters`` bounds a quoted answer's text,
    ``min_confidence`` (0 to 1) is where silence begins; ``clarifying`` asks back what says
    too little; ``has_pages`` tells whether anything is indexed at all.
    """

    confidence: Confidence
    wikis: Sequence[str]
    max_characters: int = 700
    min_confidence: float = 0.05
    clarifying: Clarifying | None = None
    has_pages: Callable[[], bool] = lambda: True
    clock: Callable[[], float] = time.perf_counter

    def __call__(self, question: Question, retrieved: Retrieved) -> Result:
        """Return what ``retrieved`` says to the question."""
        started = self.clock()
        if not retrieved.pages:
            timings = Timings(retrieved.embed_ms, retrieved.search_ms)
            return NoAnswer(Reason.NOTHING_INDEXED, self._nothing(), timings=timings)
        confidence = self._confidence(question, retrieved)
        result: Result | None = self._asked_back(question, retrieved, confidence)
        if result is None and confidence >= self.min_confidence:
            result = quotations(question, retrieved.hits, self.max_characters, confidence)
        if result is None:
            result = self._silence(retrieved, confidence)
        took = (self.clock() - started) * 1000
        return replace(result, timings=Timings(retrieved.embed_ms, retrieved.search_ms, took))

    def why(self, question: Question, retrieved: Retrieved) -> Why:
        """Return what decides whether the question is answered."""
        curve = self.confidence
        text = max(_read_as(question), key=lambda text: curve(text, retrieved))
        seen, sure = features(text, retrieved), curve(text, retrieved)
        speaks = "so it is answered" if sure >= self.min_confidence else "so it is not answered"
        return Why(
            seen=asdict(seen),
            weighs=asdict(curve),
            confidence=sure,
            rule=f"1 / (1 + exp(-(bias + each x its weight))) = {sure:.3f}, and `precision` asks "
            f"for {self.min_confidence:.3f}, {speaks}. closest: how near in meaning the best "
            "passage's nearest sentence is; words: the share of the question's words, rare ones "
            "weighing more, that one sentence of it has; pairs: the share of its pairs of "
            "neighbouring words that are neighbours there, too.",
            rights=rights.words if (rights := narrowed(question)) else "",
            asking_back=self.clarifying.decide(question, retrieved).why if self.clarifying else "",
        )

    def _confidence(self, question: Question, retrieved: Retrieved) -> float:
        return max(self.confidence(text, retrieved) for text in _read_as(question))

    def _asked_back(
        self, question: Question, retrieved: Retrieved, confidence: float
    ) -> Result | None:
        asked = self.clarifying(question, retrieved) if self.clarifying else None
        return replace(asked, confidence=confidence) if asked else None

    def _silence(self, retrieved: Retrieved, confidence: float) -> NoAnswer:
        return NoAnswer(
            Reason.NOTHING_FITS,
            f"I searched {self._names(retrieved)} and found nothing that answers this.",
            tuple(nearest(found) for found in retrieved.pages[:_NEAREST]),
            confidence,
        )

    def _nothing(self) -> str:
        if not self.has_pages():
            return "Nothing is indexed yet: the first `footnote sync` is still to find a page."
        return "I found no page that you may read here."

    def _names(self, retrieved: Retrieved) -> str:
        """Of the wikis that gave pages: that others exist is told to nobody who may not
        read them."""
        gave = {found.wiki for found in retrieved.pages}
        return ", ".join(name for name in self.wikis if name in gave)


def quotations(
    question: Question, hits: Sequence[Hit], max_characters: int, confidence: float
) -> Answer | None:
    """Return an answer made of what the passages say, word for word; None if nothing of them
    can be quoted."""
    quotes = quote_parts(question.sought, hits, max_characters, quote)[:MOST_CITED]
    text = "\n\n".join(
        with_mark(quoted(words), f"[{number}]") for number, (_, words) in enumerate(quotes, start=1)
    )
    sources = tuple(source_of(passage, words) for passage, words in quotes)
    return Answer(text, sources, confidence) if quotes else None


def nearest(found: Found) -> Source:
    """Return a page as one worth a look, without a quotation."""
    return source_of(found.hits[0].passage, "")


def _read_as(question: Question) -> list[str]:
    """A follow-up is as sure as it is by itself or together with what it goes on from."""
    said = [turn.text for turn in question.history if turn.role is Role.ASKER]
    return [question.sought, *(f"{last} {question.text}" for last in said[-1:])]
