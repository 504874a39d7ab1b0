"""The judging of a draft, beside its writing.

A judge reads the first sentences while the model writes the others, so that a reader sees them
early; and then the rest, in one more request.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from contextvars import copy_context
from threading import Thread

from bot.answering.composing.draft import Draft, Drafted
from bot.answering.composing.judge import SentenceJudge, SentenceVerdict
from bot.answering.llm.model_client import ModelFailed
from bot.model import Fallback

log = logging.getLogger(__name__)

_FIRST = 3
"""Sentences that are judged before the others are written. Most answers have no more, and cost one
request for their judge."""


class DraftJudging:
    """The judging of ``draft``; without a ``judge`` its sentences wait for nothing."""

    def __init__(self, draft: Draft, judge: SentenceJudge | None) -> None:
        self._draft = draft
        self._judge = judge
        self._batches: list[_Batch] = []
        self._begun = self._failed = self._written = False

    def note(self) -> None:
        """Begin with the first sentences once they are written, and apply the verdicts that are
        there. A denial is judged as a whole."""
        waiting = self._waiting()
        if self._judge is None:
            for drafted in waiting:
                self._draft.pass_unread(drafted)
        elif not self._begun and len(waiting) >= _FIRST and not self._draft.denied:
            self._begin(waiting)
        while self._batches and not self._batches[0].runs:
            self.wait()

    def end(self) -> None:
        """Begin with the sentences that are left, unless the judge has failed already."""
        self.note()
        self._written = True
        begun = [drafted for batch in self._batches for drafted in batch.sentences]
        rest = [drafted for drafted in self._waiting() if all(drafted is not b for b in begun)]
        if self._failed:  # it is not asked again
            for drafted in rest:
                self._draft.pass_unread(drafted)
        elif rest:
            self._begin(rest)

    @property
    def runs(self) -> bool:
        """Return whether a verdict is worth waiting for."""
        return bool(self._batches) and not self._draft.failed

    def wait(self) -> None:
        """Wait for the verdicts on the sentences that were first, and apply them."""
        batch = self._batches.pop(0)
        verdicts = batch.verdicts()
        if batch.was_early and batch.found_no_room:
            # The writing itself took the only place. Now, or at its end, there is one.
            if self._written:
                self._begin(batch.sentences)
            return
        self._failed = self._failed or verdicts is None
        self._draft.judged = self._draft.judged or verdicts is not None
        if verdicts is None:
            for drafted in batch.sentences:
                self._draft.pass_unread(drafted)
            return
        missing = [None] * (len(batch.sentences) - len(verdicts))
        for drafted, verdict in zip(batch.sentences, [*verdicts, *missing], strict=False):
            self._draft.decide(drafted, verdict)

    def _waiting(self) -> list[Drafted]:
        return [drafted for drafted in self._draft.sentences if drafted.waits]

    def _begin(self, sentences: Sequence[Drafted]) -> None:
        self._begun = True
        if self._judge:
            early = not self._written
            self._batches.append(_Batch(self._judge, self._draft, sentences, was_early=early))


class _Batch:
    """Sentences in the hands of a judge. Its thread does not delay the end of the process, and runs
    in the caller's context, for LlamaIndex's tracing. ``was_early``: they were judged beside the
    writing."""

    def __init__(
        self,
        judge: SentenceJudge,
        draft: Draft,
        sentences: Sequence[Drafted],
        *,
        was_early: bool,
    ) -> None:
        self.sentences = sentences
        self.was_early = was_early
        self.found_no_room = False
        self._verdicts: Sequence[SentenceVerdict | None] | None = None
        judged = draft.to_judge(sentences)

        def run() -> None:
            try:
                self._verdicts = judge.judge(draft.question, draft.prompt, judged)
            except ModelFailed as error:
                self.found_no_room = error.fallback is Fallback.BUSY
                log.warning("Sentences of an answer were not judged: %s", error)
            except Exception:
                log.exception("Sentences of an answer were not judged")

        self._thread = Thread(target=copy_context().run, args=(run,), name="judging", daemon=True)
        with suppress(RuntimeError):  # the system has no thread left
            self._thread.start()

    @property
    def runs(self) -> bool:
        return self._thread.is_alive()

    def verdicts(self) -> Sequence[SentenceVerdict | None] | None:
        """Wait for the verdicts and return them; None if the judge failed."""
        if self._thread.ident is not None:
            self._thread.join()
        return self._verdicts
