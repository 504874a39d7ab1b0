"""Passages -> the reply without a language model: quotations, a clarifying question, or the reason
why there is no answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace

from bot.answering import texts
from bot.answering.deciding.clarifying import Clarifying
from bot.answering.deciding.confidence import Confidence, Features
from bot.answering.deciding.deciding import NEAREST, Deciding, Decision, in_tone, nearest
from bot.answering.deciding.refusals import narrowed
from bot.answering.languages.other_language import advise_language
from bot.answering.question.compounds import parts, parts_as_asked
from bot.answering.question.followups import last_reply, own_words, swapped, with_topic
from bot.answering.quoting.quoting import Quotation, Quoting
from bot.answering.reranking.reranking import with_previous
from bot.answering.retrieval.recheck import MOST_CITED
from bot.answering.retrieval.retrieval import Retrieved
from bot.answering.retrieval.sources import source_of
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
        observed = self._deciding.features(question, retrieved)
        decision = self._deciding(question, retrieved, observed)
        result: Result | None = self._asked_back(question, retrieved, decision.passages_chance)
        if result is None and decision.tone is not Tone.SILENCE:
            result = self._quoting(question, retrieved, decision, observed)
        if result is None:
            result = self._silence(question, retrieved, decision)
        milliseconds = (self.clock() - started) * 1000
        return replace(
            result, timings=Timings(retrieved.embed_ms, retrieved.search_ms, milliseconds)
        )

    def chance(self, question: Question, retrieved: Retrieved) -> float:
        """Return the chance that the passages answer the question."""
        observed = self._deciding.features(question, retrieved)
        return self._deciding(question, retrieved, observed).passages_chance

    def features(self, question: Question, retrieved: Retrieved) -> Features:
        """Return the features with those of the quotation that would be shown."""
        quoted = self._quoted(question, retrieved.with_neighbours)
        sentence = quoted.read if quoted else None
        return replace(self._deciding.features(question, retrieved), sentence=sentence)

    def why(self, question: Question, retrieved: Retrieved) -> Why:
        """Return the reason why the question is answered, or why not."""
        observed = self._deciding.features(question, retrieved)
        decision = self._deciding(question, retrieved, observed)
        if decision.tone is not Tone.SILENCE:
            observed = self.features(question, retrieved)
            decision = self._deciding.quoted(question, decision, observed)
        return Why(
            seen={name: value for name, value in asdict(observed).items() if value is not None},
            weighs=self.confidence.curve(observed).weights,
            confidence=decision.confidence,
            rule=self._deciding.rule(decision, observed),
            rights=rights.words if (rights := narrowed(question)) else "",
            asking_back=self.clarifying.decide(question, retrieved).why if self.clarifying else "",
        )

    @property
    def _deciding(self) -> Deciding:
        unread = self.min_confidence if self.min_unread is None else self.min_unread
        return Deciding(self.confidence, self.min_confidence, unread)

    def _quoting(
        self, question: Question, retrieved: Retrieved, decision: Decision, observed: Features
    ) -> Answer | None:
        # What the pages say of other things than the missing one is no answer to point at.
        bold = decision.missing is None
        quoted = self._quoted(question, retrieved.with_neighbours, bold=bold)
        if quoted is None:
            return None
        observed = replace(observed, sentence=quoted.read)
        decision = self._deciding.quoted(question, decision, observed)

        def quote_from(hits: Sequence[Hit]) -> Answer | None:
            requoted = self._quoted(question, hits, bold=bold)
            return requoted.answer(decision.confidence) if requoted else None

        return in_tone(decision, quoted.answer(decision.confidence), retrieved, quote_from)

    def _quoted(
        self, question: Question, hits: Sequence[Hit], *, bold: bool = True
    ) -> Quoted | None:
        quoting = replace(
            self.quote,
            may_answer=self._deciding.may_answer,
            swapped=swapped(question),
            said=last_reply(question.history),
            own=own_words(question),
            bold=bold,
        )
        return quoted(question, hits, self.max_characters, quoting)

    def _asked_back(
        self, question: Question, retrieved: Retrieved, confidence: float
    ) -> Result | None:
        clarifying_question = self.clarifying(question, retrieved) if self.clarifying else None
        return replace(clarifying_question, confidence=confidence) if clarifying_question else None

    def _silence(self, question: Question, retrieved: Retrieved, decision: Decision) -> NoAnswer:
        """Return the refusal. It speaks only of pages that it leads to: these are rechecked before
        it is shown, and a reader who may not read them is not shown it later."""
        missing = decision.missing if decision.missing and decision.missing.others else None
        passages = missing.passages if missing else ()
        pages = tuple(
            {(passage.wiki, passage.page): source_of(passage, "") for passage in passages}.values()
        )
        leads_to = (*pages, *nearest(retrieved, pages))[:NEAREST]
        text = missing.words if missing else self._nothing_found(retrieved, leads_to)
        is_other_language = (question.foreign and not question.bridged) or question.asked
        if not missing and is_other_language:
            text = f"{text} {advise_language(retrieved.hits)}"
        return NoAnswer(Reason.NOTHING_FITS, text, leads_to, decision.confidence)

    def _nothing(self) -> str:
        if not self.has_pages():
            return texts.NOTHING_INDEXED
        return texts.NO_PAGE_FOR_YOU

    def _nothing_found(self, retrieved: Retrieved, leads_to: Sequence[Source]) -> str:
        """Return the message. It names the wikis of the pages found, but only if it leads to a page
        of each: nobody may learn of a wiki that they may not read."""
        wikis_found = {page.wiki for page in retrieved.pages}
        if wikis_found != {source.wiki for source in leads_to}:
            return texts.NOTHING_FOUND
        names = ", ".join(name for name in self.wikis if name in wikis_found)
        return texts.nothing_in(names)


@dataclass(frozen=True, slots=True)
class Quoted:
    """Verbatim quotations. ``read`` is the cross-encoder's best score for a sentence of the first
    quotation's passage; None without a cross-encoder."""

    text: str
    sources: tuple[Source, ...]
    read: float | None

    def answer(self, confidence: float) -> Answer:
        return Answer(self.text, self.sources, confidence)


def quoted(
    question: Question, hits: Sequence[Hit], max_characters: int, quote: Quoting | None = None
) -> Quoted | None:
    """Return quotations from ``hits`` that answer ``question``; None if nothing can be quoted."""
    quoting = quote or Quoting()
    if question.foreign:
        quoting = quoting.for_foreign()
    quoting = quoting.reading_also(question.asking)

    # A cross-encoder understands a follow-up after the question before it. A comparison by words
    # would count the earlier question's words, too.
    wording = with_previous(question) if quoting.read else with_topic(question).sought

    quotations: list[Quotation] = []
    unanswered: list[str] = []
    question_parts = parts(question.sought)
    # The standalone question may have other parts than those that were searched for.
    if question_parts and any(hit.parts for hit in hits) and _were_searched(question_parts, hits):
        as_asked = parts_as_asked(question.sought)
        quotations, unanswered = quoting.of_parts(question_parts, as_asked, hits, max_characters)
    if not quotations:
        quotations, unanswered = quoting(wording, hits, max_characters), []
    quotations = quotations[:MOST_CITED]
    shown = [
        with_mark(quotation.text, f"[{number}]")
        for number, quotation in enumerate(quotations, start=1)
    ]
    if question.asked and unanswered:  # its parts are not its asker's words
        shown.append(texts.NOTHING_FOR_THE_REST)
    else:
        shown += map(_nothing_for, unanswered)
    text = "\n\n".join(shown)
    sources = tuple(source_of(quotation.passage, quotation.words) for quotation in quotations)
    return Quoted(text, sources, quotations[0].read) if quotations else None


def _were_searched(question_parts: Sequence[str], hits: Sequence[Hit]) -> bool:
    return all(len(hit.parts) == len(question_parts) for hit in hits if hit.parts)


_LONGEST = 150
"""Characters of a question's part in the note that nothing was found for it."""


def _nothing_for(part: str) -> str:
    words = on_one_line(plain_line(" ".join(part.split()))[:_LONGEST])
    return texts.nothing_for(words)
