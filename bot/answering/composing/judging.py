"""The judging of a draft, beside its writing.

A judge reads the first sentences while the model writes the others, so that a reader sees them
early; and then the rest, in one more request.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from footnote_bot.bot.answering.composing.draft import Draft, Drafted
from footnote_bot.bot.answering.composing.judge import SentenceJudge, SentenceVerdict
from footnote_bot.bot.answering.llm.model_client import ModelFailed
from footnote_bot.bot.model import Fallback
from footnote_bot.indexers.daemons import in_daemon

log = logging.getLogger(__name__)

_FIRST = 3
"""Sentences that are judged before the others are written. Most answers have no more, and cost one
request for their judge."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """Sentences in the hands of a judge. ``is_early``: the others are still being written."""

    sentences: Sequence[Drafted]
    verdicts: Future[Sequence[SentenceVerdict | None]]
    is_early: bool


class DraftJudging:
    """The judging of ``draft``; without a ``judge`` its sentences wait for nothing."""

    def __init__(self, draft: Draft, judge: SentenceJudge | None) -> None:
        self._draft = draft
        self._judge = judge
        self._batches: list[_Batch] = []
        self._submitted = 0
        """How many sentences of the draft have been given to the judge."""
        self._is_written = False
        """Whether the model has written the whole draft."""
        self._waits_for_writing = False
        """Whether the judge was refused because the writing takes the model's only place."""

    def advance(self) -> None:
        """Submit the first sentences once they are written, and apply the verdicts that came. A
        denial is submitted as a whole, at its end; without a judge, nothing waits."""
        may_begin = not (self._submitted or self._waits_for_writing or self._draft.denied)
        if self._judge is None or (may_begin and len(self._unsubmitted()) >= _FIRST):
            self._submit_rest()
        while self._batches and self._batches[0].verdicts.done():
            self.wait()

    def finish(self) -> None:
        """Submit the sentences that are left; the draft is written."""
        self.advance()
        self._is_written = True
        self._submit_rest()

    @property
    def runs(self) -> bool:
        """Return whether a verdict is worth waiting for."""
        return bool(self._batches) and not self._draft.failed

    def wait(self) -> None:
        """Wait for the verdicts on the batch that was submitted first, and apply them."""
        batch = self._batches.pop(0)
        try:
            verdicts = batch.verdicts.result()
        except ModelFailed as error:
            log.warning("Sentences of an answer were not judged: %s", error)
            if error.fallback is not Fallback.BUSY or not batch.is_early:
                self._give_up(batch.sentences)
            elif self._is_written:
                self._submit(batch.sentences)
            else:  # the writing itself takes the only place, and leaves it at its end
                self._waits_for_writing, self._submitted = True, 0
        except Exception:
            log.exception("Sentences of an answer were not judged")
            self._give_up(batch.sentences)
        else:
            self._draft.judged = True
            for drafted, verdict in zip(batch.sentences, verdicts, strict=True):
                self._draft.decide(drafted, verdict)

    def _unsubmitted(self) -> list[Drafted]:
        return [drafted for drafted in self._draft.sentences[self._submitted :] if drafted.waits]

    def _submit_rest(self) -> None:
        """Submit all sentences of the draft that were not submitted yet."""
        left, self._submitted = self._unsubmitted(), len(self._draft.sentences)
        if left:
            self._submit(left)

    def _submit(self, sentences: Sequence[Drafted]) -> None:
        """Give the sentences to the judge, in a thread."""
        judge, draft = self._judge, self._draft
        if judge is None:
            self._give_up(sentences)
            return
        judged = draft.to_judge(sentences)
        try:
            verdicts = in_daemon(
                lambda: judge.judge(draft.question, draft.prompt, judged), "judging"
            )
        except RuntimeError:  # the system has no thread left
            self._give_up(sentences)
        else:
            self._batches.append(_Batch(sentences, verdicts, is_early=not self._is_written))

    def _give_up(self, sentences: Sequence[Drafted]) -> None:
        """Let the sentences pass unread. The judge is not asked again."""
        self._judge = None
        for drafted in sentences:
            self._draft.pass_unread(drafted)
