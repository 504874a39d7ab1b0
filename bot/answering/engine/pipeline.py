"""The pipeline: a question -> an answer whose pages were rechecked, step by step."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial

from footnote_bot.bot.answering.composing.composer import Composed, Composer
from footnote_bot.bot.answering.engine.events import dispatcher, recheck_event, verification_event
from footnote_bot.bot.answering.engine.retriever import FootnoteRetriever
from footnote_bot.bot.answering.retrieval.recheck import ROUNDS, Check, Recheck
from footnote_bot.bot.answering.retrieval.retrieval import Retrieved
from footnote_bot.bot.model import Question, Result, Source, named
from footnote_bot.bot.ports import OnText

_MOST_CALLS = 2
"""Calls of the model for one question. A second one is needed if the recheck invalidated a page."""

Rewrite = Callable[[Question], Question]
"""Puts a question into words that the search understands, if it does not."""
Respond = Callable[[Question, Retrieved], Result]
"""Makes an answer from the passages found, or says why there is none."""


@dataclass(slots=True)
class PipelineRun:
    """A run of the pipeline for ``typed``, the question as it came; ``question`` has the words
    that were searched for. ``found`` are the pages as the index holds them, ``check`` their
    rechecks so far, ``composed`` the model's answer with all its sentences; ``calls`` counts the
    answers that a model was asked for."""

    typed: Question
    question: Question
    found: Retrieved
    check: Check | None = None
    composed: Composed | None = None
    calls: int = 0

    @property
    def retrieved(self) -> Retrieved:
        """Return the pages found that may be used after the rechecks so far."""
        return replace(self.found, pages=self.check.pages) if self.check else self.found

    @property
    def as_typed(self) -> Question:
        """Return the question in its asker's words, for a language model: only the search uses
        corrected words or a translation."""
        return replace(self.question, asked=self.typed)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The steps to an answer, with the rights of the reader of ``retriever``.

    ``rewrite`` makes a follow-up stand alone, and translates; ``respond`` answers without a
    language model, ``composer`` in a model's words. ``recheck`` asks the wikis about the pages of
    an answer before anybody sees it, and about those of a prompt before a model gets it; without
    it, pages count as the index holds them. ``turns`` limits how many questions compute at once.
    """

    retriever: FootnoteRetriever
    respond: Respond
    composer: Composer | None = None
    recheck: Recheck | None = None
    rewrite: Rewrite | None = None
    turns: AbstractContextManager[object] = field(default_factory=nullcontext)
    clock: Callable[[], float] = time.perf_counter

    @dispatcher.span
    def answer(
        self, question: Question, on_text: OnText | None = None
    ) -> tuple[Result, PipelineRun]:
        """Answer a question. ``on_text`` gets a composed answer sentence by sentence.

        Raises:
            IndexUnavailable: the index cannot be searched.
            ModelUnavailable: the question cannot be embedded.
            ValueError: the question is another reader's.
        """
        started = self.clock()
        rewritten = self._rewritten(question)
        rewritten_at = self.clock()
        run = PipelineRun(question, *self._find(rewritten))
        found_at = self.clock()
        result = self._checked(run, on_text) if self.recheck else self._respond(run, on_text)
        check_ms = (self.clock() - found_at) * 1000 - result.timings.compose
        timings = replace(
            result.timings,
            rewrite=(rewritten_at - started) * 1000 if self.rewrite else 0.0,
            check=check_ms if self.recheck else 0.0,
        )
        return replace(result, timings=timings), run

    def searched(self, question: Question) -> tuple[Question, Retrieved]:
        """Return the question in the words that are searched for, and the pages found. They are
        not rechecked, so none may be shown.

        Raises:
            See `answer`.
        """
        return self._find(self._rewritten(question))

    def _rewritten(self, question: Question) -> Question:
        """Return the question in the words to search for; as it is, if only quotes are wanted."""
        return self.rewrite(question) if self.rewrite and not question.quoting else question

    def _find(self, question: Question) -> tuple[Question, Retrieved]:
        with self.turns:
            return self.retriever.find(question)

    def _checked(self, run: PipelineRun, on_text: OnText | None) -> Result:
        """Return an answer whose pages were rechecked; if one is invalid, it is made again."""
        assert self.recheck is not None  # noqa: S101 - see `answer`
        run.check = check = self.recheck.begin(self.retriever.reader, run.found.pages)
        for _ in range(ROUNDS):
            self._confirm_sent(run)
            result = self._respond(run, on_text)
            sources = named(result)
            if _confirmed(check, sources, quoted=any(source.quote for source in sources)):
                break
        else:
            check.keep_confirmed()
            result = self._respond(run, on_text)
        return check.with_doubts(result)

    def _confirm_sent(self, run: PipelineRun) -> None:
        """Recheck the passages that the prompt would hold, until all are confirmed: text that was
        sent to a model or streamed to a reader cannot be taken back."""
        if self.composer is None or run.question.quoting or run.check is None:
            return  # no model is asked, or nothing is rechecked
        for _ in range(ROUNDS):
            prompted = self.composer.shown(run.as_typed, run.retrieved)
            if _confirmed(run.check, prompted, quoted=False):
                return
        run.check.keep_confirmed()

    def _respond(self, run: PipelineRun, on_text: OnText | None) -> Result:
        """Return the composer's answer, and pass its text to ``on_text``; else quote the pages."""
        if self.composer is None or run.question.quoting or run.calls == _MOST_CALLS:
            return self._quoted(run.question, run.retrieved)
        run.calls += 1
        quoting = partial(self._quoted, run.question)
        for step in self.composer.stream(run.as_typed, run.retrieved, quoting):
            if isinstance(step, Composed):
                run.composed = step
                dispatcher.event(verification_event(step))
                return step.result
            # A second call writes another answer.
            if on_text is not None and run.calls == 1:
                on_text(step.text)
        raise TypeError("the last that comes is the answer")

    def _quoted(self, question: Question, retrieved: Retrieved) -> Result:
        with self.turns:
            return self.respond(question, retrieved)


def _confirmed(check: Check, sources: Sequence[Source], *, quoted: bool) -> bool:
    """Recheck the pages of ``sources``; return whether all may be cited as they are."""
    unchanged = check.confirm(sources, quoted=quoted)
    dispatcher.event(recheck_event(check))
    return unchanged
