"""Passages -> the reply without a language model: quotations, a clarifying question, or the reason
for no answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace

from bot.answering import texts
from bot.answering.clarifying import Clarifying
from bot.answering.compounds import parts
from bot.answering.confidence import Confidence, Features
from bot.answering.deciding import NEAREST, Deciding, Decision, in_tone, nearest
from bot.answering.followups import carried
from bot.answering.other_language import ask_in_theirs
from bot.answering.quoting import Quotation, Quoting
from bot.answering.recheck import MOST_CITED
from bot.answering.refusals import narrowed
from bot.answering.reranking import in_full
from bot.answering.retrieval import Retrieved
from bot.answering.sources import source_of
from bot.foreign import on_one_line, with_mark
from bot.model import Answer, NoAnswer, Question, Reason, Result, Source, Timings, Tone, Why
from indexers.model import Hit
from indexers.text.prose import plain_line


@dataclass(frozen=True, slots=True)
class Responder:
    """Replies in the pages' own words.

    ``wikis`` are named in this order; ``max_characters`` limits a quoted answer's text. Below
    ``min_confidence`` (0 to 1) there is no answer, below ``min_unread`` if no cross-encoder read
    the passages (None: the same); ``clarifying`` asks back about ambiguous questions; ``has_pages``
    returns whether anything is indexed at all.
    """

    confidence: Confidence
    wikis: Sequence[str]
    max_characters: int
    min_confidence: float = 0.05
    min_unread: float | None = None
    clarifying: Clarifying | None = None
    has_pages: Callable[[], bool] = lambda: True
    clock: Callable[[], float] = time.perf_counter
    quote: Quoting = field(default_factory=Quoting)

    def __call__(self, question: Question, retrieved: Retrieved) -> Result:
        """Return the reply to the question."""
        started = self.clock()
        if not retrieved.pages:
            timings = Timings(retrieved.embed_ms, retrieved.search_ms)
            return NoAnswer(Reason.NOTHING_INDEXED, self._nothing(), timings=timings)
        seen = self._deciding.seen(question, retrieved)
        decided = self._deciding(question, retrieved, seen)
        result: Result | None = self._asked_back(question, retrieved, decided.found)
        if result is None and decided.tone is not Tone.SILENCE:
            result = self._quoting(question, retrieved, decided, seen)
        if result is None:
            result = self._silence(question, retrieved, decided)
        took = (self.clock() - started) * 1000
        return replace(result, timings=Timings(retrieved.embed_ms, retrieved.search_ms, took))

    def chance(self, question: Question, retrieved: Retrieved) -> float:
        """Return the chance that the passages answer the question."""
        seen = self._deciding.seen(question, retrieved)
        return self._deciding(question, retrieved, seen).found

    def seen(self, question: Question, retrieved: Retrieved) -> Features:
        """Return the features of what would be quoted."""
        quoted = self._quoted(question, retrieved.with_neighbours)
        sentence = quoted.read if quoted else None
        return replace(self._deciding.seen(question, retrieved), sentence=sentence)

    def why(self, question: Question, retrieved: Retrieved) -> Why:
        """Return what decides whether the question is answered."""
        seen = self._deciding.seen(question, retrieved)
        decided = self._deciding(question, retrieved, seen)
        if decided.tone is not Tone.SILENCE:
            seen = self.seen(question, retrieved)
            decided = self._deciding.quoted(question, decided, seen)
        return Why(
            seen={name: value for name, value in asdict(seen).items() if value is not None},
            weighs=self.confidence.curve(seen).weights,
            confidence=decided.confidence,
            rule=self._deciding.rule(decided, seen),
            rights=rights.words if (rights := narrowed(question)) else "",
            asking_back=self.clarifying.decide(question, retrieved).why if self.clarifying else "",
        )

    @property
    def _deciding(self) -> Deciding:
        unread = self.min_confidence if self.min_unread is None else self.min_unread
        return Deciding(self.confidence, self.min_confidence, unread)

    def _quoting(
        self, question: Question, retrieved: Retrieved, decided: Decision, seen: Features
    ) -> Answer | None:
        quoted = self._quoted(question, retrieved.with_neighbours)
        if quoted is None:
            return None
        seen = replace(seen, sentence=quoted.read)
        decided = self._deciding.quoted(question, decided, seen)

        def again(hits: Sequence[Hit]) -> Answer | None:
            fewer = self._quoted(question, hits)
            return fewer.answer(decided.confidence) if fewer else None

        return in_tone(decided.tone, quoted.answer(decided.confidence), retrieved, again)

    def _quoted(self, question: Question, hits: Sequence[Hit]) -> Quoted | None:
        quoting = replace(self.quote, may_answer=self._deciding.may_answer)
        return quoted(question, hits, self.max_characters, quoting)

    def _asked_back(
        self, question: Question, retrieved: Retrieved, confidence: float
    ) -> Result | None:
        asked = self.clarifying(question, retrieved) if self.clarifying else None
        return replace(asked, confidence=confidence) if asked else None

    def _silence(self, question: Question, retrieved: Retrieved, decided: Decision) -> NoAnswer:
        """Return the refusal. What it says of pages rests on those that it leads to: they are
        rechecked before it is shown, and a reader who may not read them is not shown it later."""
        absent = decided.missing if decided.missing and decided.missing.others else None
        told_of = absent.passages if absent else ()
        pages = tuple({(p.wiki, p.page): source_of(p, "") for p in told_of}.values())
        leads_to = (*pages, *nearest(retrieved, pages))[:NEAREST]
        text = absent.words if absent else self._nothing_found(retrieved, leads_to)
        if not absent and question.foreign and not question.bridged:
            text = f"{text} {ask_in_theirs(retrieved.hits)}"
        return NoAnswer(Reason.NOTHING_FITS, text, leads_to, decided.confidence)

    def _nothing(self) -> str:
        if not self.has_pages():
            return texts.NOTHING_INDEXED
        return texts.NO_PAGE_FOR_YOU

    def _nothing_found(self, retrieved: Retrieved, leads_to: Sequence[Source]) -> str:
        """Return the message. It names the wikis of the found pages, or none if it does not lead to
        a page of each: nobody may learn of others that they may not read."""
        gave = {found.wiki for found in retrieved.pages}
        if gave != {source.wiki for source in leads_to}:
            return texts.NOTHING_FOUND
        names = ", ".join(name for name in self.wikis if name in gave)
        return texts.nothing_in(names)


@dataclass(frozen=True, slots=True)
class Quoted:
    """Verbatim quotations. ``read`` is the cross-encoder's best score of a sentence of the first
    one's passage; None if none read it."""

    text: str
    sources: tuple[Source, ...]
    read: float | None

    def answer(self, confidence: float) -> Answer:
        return Answer(self.text, self.sources, confidence)


def quoted(
    question: Question, hits: Sequence[Hit], max_characters: int, quote: Quoting | None = None
) -> Quoted | None:
    """Return what answers ``question`` of ``hits``; None if nothing of them can be quoted."""
    quoting = quote or Quoting()
    if question.foreign:
        quoting = quoting.for_foreign()

    # A reader model understands a follow-up with the question before it. In a count of words, the
    # earlier question's would count.
    whole = in_full(question) if quoting.read else carried(question).sought

    quotes: list[Quotation] = []
    unanswered: list[str] = []
    asked = parts(question.sought)
    # Made standalone, it may have other parts than those that were searched for.
    if asked and any(hit.parts for hit in hits) and _were_searched(asked, hits):
        quotes, unanswered = quoting.of_parts(asked, hits, max_characters)
    if not quotes:
        quotes, unanswered = quoting(whole, hits, max_characters), []
    quotes = quotes[:MOST_CITED]
    shown = [with_mark(one.text, f"[{n}]") for n, one in enumerate(quotes, start=1)]
    shown += [_nothing_for(part) for part in unanswered if part != question.sought]
    text = "\n\n".join(shown)
    sources = tuple(source_of(one.passage, one.words) for one in quotes)
    return Quoted(text, sources, quotes[0].read) if quotes else None


def _were_searched(asked: Sequence[str], hits: Sequence[Hit]) -> bool:
    return all(len(hit.parts) == len(asked) for hit in hits if hit.parts)


_LONGEST = 150
"""Characters of a question's part that is repeated."""


def _nothing_for(part: str) -> str:
    words = on_one_line(plain_line(" ".join(part.split()))[:_LONGEST])
    return texts.nothing_for(words)
