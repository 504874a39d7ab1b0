"""Use case: answer a question with footnotes, or say why there is no answer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Semaphore
from typing import Protocol

from footnote_bot.bot.answering import sections
from footnote_bot.bot.answering.composing.composer import Composer
from footnote_bot.bot.answering.deciding.confidence import Confidence, least_chance
from footnote_bot.bot.answering.deciding.deciding import NEAR, Deciding
from footnote_bot.bot.answering.deciding.refusals import (
    refusal,
    with_reading_note,
    with_rebuilding_note,
    with_rights_note,
)
from footnote_bot.bot.answering.engine.pipeline import Pipeline, PipelineRun
from footnote_bot.bot.answering.engine.retriever import ConfirmedRetriever, FootnoteRetriever
from footnote_bot.bot.answering.question.languages import (
    Translate,
    in_language_of_pages,
    is_foreign,
)
from footnote_bot.bot.answering.quoting.responding import Responder
from footnote_bot.bot.answering.quoting.section import Read
from footnote_bot.bot.answering.retrieval.recheck import Recheck
from footnote_bot.bot.answering.retrieval.retrieval import Reorder, Retrieval, Retrieved
from footnote_bot.bot.answering.retrieval.sources import Aging, source_of
from footnote_bot.bot.model import (
    Answer,
    FoundSection,
    NoAnswer,
    Question,
    Reason,
    Result,
    SectionRef,
    Source,
    Why,
    named,
)
from footnote_bot.bot.moments import today
from footnote_bot.bot.ports import OnText
from footnote_bot.indexers.model import EVERYONE, Principal, Reader

_BEGINNING = "How do I get started, and what should everybody know?"
_SUGGESTED = 4
_FEWEST, _LONGEST = 4, 80
"""Words and characters of a suggestion: a shorter heading ("Why?") asks nothing by itself."""
_MARKS = ("?", "\uff1f", "\u061f")
_TASK = "how to "
_CORES = os.cpu_count() or 1


class AnswerThresholds(Protocol):
    """The settings of ``[answer]`` that a running process takes over when they change."""

    @property
    def max_characters(self) -> int: ...

    @property
    def precision(self) -> float: ...

    @property
    def old_after_days(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers with sections of the pages, or in a language model's words if there is a
    ``composer``. ``max_characters`` is the room for a section's text. A section with a chance of
    ``sure`` is shown, with one of ``near`` it is named. Without ``recheck``, pages count as the
    index holds them; ``aging`` says which are old; ``rewrite`` makes follow-ups stand alone;
    ``translate`` puts questions into another language."""

    retrieval: Retrieval
    confidence: Confidence
    max_characters: int
    sure: float = 0.6
    near: float = NEAR
    recheck: Recheck | None = None
    composer: Composer | None = None
    aging: Aging | None = None
    rewrite: Callable[[Question], Question] | None = None
    translate: Translate | None = None
    read: Read | None = None
    """A cross-encoder that compares the units of a section with the question."""
    rerank: Reorder | None = None
    """A cross-encoder that reorders the passages."""
    verified: Callable[[Question], Answer | None] | None = None
    """Returns a person's written answer to the question, if there is one, before any search."""
    is_partial: Callable[[], bool] = lambda: False
    """Whether the index is being rebuilt, so that a search may miss pages."""
    is_reading: Callable[[], bool] = lambda: False
    """Whether passages wait for their embedding, so that a search compares some by words alone."""
    clock: Callable[[], float] = time.perf_counter
    turns: AbstractContextManager[object] = field(default_factory=lambda: Semaphore(_CORES))
    """Limits how many questions compute at once: searching, reranking and quoting use the CPU. More
    of them than cores would only slow down each other and the rest of the process."""

    def with_thresholds(self, settings: AnswerThresholds) -> Answerer:
        """Return a copy with new settings. With 0 ``old_after_days``, no page counts as old."""
        old_after = timedelta(days=settings.old_after_days)
        return replace(
            self,
            max_characters=settings.max_characters,
            sure=least_chance(settings.precision),
            aging=Aging(old_after, today) if old_after else None,
        )

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        """Answer a question. A composed answer is streamed sentence by sentence; quotations come at
        once.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        return self.answered(question, on_text)[0]

    def answered(
        self, question: Question, on_text: OnText | None = None
    ) -> tuple[Result, PipelineRun | None]:
        """Return the result of `answer`, and how it came about; None if nothing was searched.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        if refused := refusal(question.text):
            return refused, None
        if self.verified and (written := self.verified(question)):
            return written, None
        result, run = self.pipeline(question.reader).answer(question, on_text)
        return self._noted(result, question, found=bool(run.found.pages)), run

    def _noted(self, result: Result, question: Question, *, found: bool) -> Result:
        """Return the result with notes on rights, index and old pages. ``found``: any page was."""
        result = with_rights_note(result, question, found=found)
        if self.is_partial():
            result = with_rebuilding_note(result)
        elif self.is_reading():
            result = with_reading_note(result)
        return self.aging(result) if self.aging else result

    def pipeline(self, reader: Reader) -> Pipeline:
        """Return the steps to an answer, with the rights of ``reader``."""
        return Pipeline(
            FootnoteRetriever(self.retrieval, reader=reader, rerank=self.rerank),
            self.responder,
            self.composer,
            self.recheck,
            self._rewritten if self.rewrite or self.translate else None,
            self.turns,
            self.clock,
        )

    def retriever(self, reader: Reader, *, limit: int) -> ConfirmedRetriever:
        """Return a retriever for other engines, with the rights of ``reader``, which are rechecked
        for each returned passage."""
        return ConfirmedRetriever(
            self.retrieval,
            reader=reader,
            rerank=self.rerank,
            limit=limit,
            recheck=self.recheck,
            chance=self.responder.chance,
        )

    def sections(self, question: Question, limit: int) -> Sequence[FoundSection]:
        """Return the passages that may answer, as `bot.ports.Sections` does."""
        # No cross-encoder: it takes longer than the search, and a program reads several anyway.
        retriever = replace(self, rerank=None).retriever(question.reader, limit=limit)
        return [self._aged(found) for found in sections.found_by(retriever, question)]

    def section(self, ref: SectionRef, reader: Reader) -> FoundSection | None:
        """Return a whole section, as `bot.ports.Sections` does."""
        found = sections.whole(self.retrieval.index, self.recheck, ref, reader)
        return found and self._aged(found)

    def _aged(self, found: FoundSection) -> FoundSection:
        return replace(found, source=self.aging.marked(found.source)) if self.aging else found

    def _rewritten(self, question: Question) -> Question:
        """Return the question translated if the search cannot understand it, else standalone."""
        index, embedder = self.retrieval.index, self.retrieval.embedder
        if self.translate and is_foreign(question, index, embedder):
            return in_language_of_pages(question, index, self.translate)
        return self.rewrite(question) if self.rewrite and question.history else question

    @property
    def responder(self) -> Responder:
        """Return the part that replies without a language model."""
        return Responder(
            Deciding(self.confidence, self.sure, self.near),
            self.max_characters,
            self.read,
            lambda: bool(self.retrieval.index.counts()),
            self.clock,
        )

    def open_questions(self, wikis: tuple[str, ...] | None = None) -> list[str]:
        """Return questions that headings of some pages ask which everyone may read, as suggestions;
        none if no heading is a question or a task. ``wikis`` is that of a `Question`. The pages are
        rechecked like those of an answer.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        question = Question(_BEGINNING, Principal.of(EVERYONE), quoting=True, wikis=wikis)
        pipeline = replace(self.pipeline(question.reader), respond=_asking_sections)
        result, _ = pipeline.answer(question)
        return list(dict.fromkeys(_question_of(source) for source in named(result)))

    def why(self, question: Question) -> Why:
        """Return the reason why the question is answered, or why not.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        return self.responder.why(*self.pipeline(question.reader).searched(question))


def _asking_sections(_: Question, retrieved: Retrieved) -> Result:
    """Return no answer, but name up to `_SUGGESTED` sections whose heading or title asks."""
    by_question: dict[str, Source] = {}
    for page in retrieved.pages:
        for hit in page.hits:
            source = source_of(hit.passage, "")
            by_question.setdefault(_question_of(source), source)
    by_question.pop("", None)  # sections that ask nothing
    return NoAnswer(Reason.NOTHING_FITS, "", tuple(by_question.values())[:_SUGGESTED])


def _question_of(source: Source) -> str:
    """Return the question that a section's heading asks, or else its page's title; empty if neither
    ends in a question mark or begins with "How to"."""
    for heading in (source.heading.rpartition(" > ")[2], source.title):
        words = heading.split()
        text = " ".join(words)
        if len(words) >= _FEWEST and len(text) <= _LONGEST:
            if text.endswith(_MARKS):
                return text
            if text.casefold().startswith(_TASK):
                return f"{text}?"
    return ""
