"""Counters and histograms of this process, which start with it.

Every label has a bounded number of values, fixed in the code or in the settings: no text, no
person, no page.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from footnote_bot.bot.answering.llm.causes import Cause
from footnote_bot.bot.conversation.model import IncomingMessage, MessageKind, MessageState
from footnote_bot.bot.model import Answer, Fallback, NoAnswer, Reason, Result, Tone
from footnote_bot.bot.shown import ResultTone, tone_of
from footnote_bot.indexers.ports import Reranker

STAGES = ("rewrite", "embed", "search", "compose", "check")
READ = "rerank"
"""The stage of each run of the cross-encoder, which is part of `search` or `compose`."""
_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
_SLOW = (0.1, 0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 20, 30, 60, 120, 300)
"""Buckets in seconds: ``_FAST`` for the stages of an answer, ``_SLOW`` for replies."""
_ENDED = tuple(state for state in MessageState if state.value not in {"received", "working"})
_WRITTEN = "written"


class Counters:
    """The observer of answers, messages and the language model (`bot.conversation.ports.Observer`,
    `bot.answering.llm.usage.ModelObserver`). ``clock`` returns seconds since the epoch, like
    the times of messages."""

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        counter = partial(Counter, registry=registry)
        histogram = partial(Histogram, buckets=_SLOW, registry=registry)
        self._questions = counter(
            "footnote_questions",
            "Questions by what came of them; `reason` says why there is no answer.",
            ("outcome", "reason"),
        )
        self._answers = counter(
            "footnote_answers",
            "Answers by their tone and by whose words they are in.",
            ("tone", "words"),
        )
        self._replies = counter(
            "footnote_replies",
            "Replies to questions by their tone: an answer, the nearest sections, or neither.",
            ("tone",),
        )
        self._fallbacks = counter(
            "footnote_answer_fallbacks",
            "Replies without the language model's words, because they could not be used.",
            ("reason",),
        )
        self._unchecked = counter(
            "footnote_answers_unchecked", "Results whose pages their wiki did not confirm in time."
        )
        self._answer_seconds = histogram(
            "footnote_answer_seconds", "Seconds that an answer took to make."
        )
        self._stage_seconds = histogram(
            "footnote_stage_seconds",
            "Seconds of each stage of an answer; `rerank`, the cross-encoder, is within others.",
            ("stage",),
            buckets=_FAST,
        )
        self._messages = counter(
            "footnote_messages",
            "Messages that were seen to, by how they came and how they ended.",
            ("kind", "state"),
        )
        self._reply_seconds = histogram(
            "footnote_reply_seconds",
            "Seconds from a message, or its last edit, to the end of its reply.",
            ("kind",),
        )
        self._incidents = counter("footnote_incidents", "Failures that were logged with a number.")
        self._calls = counter(
            "footnote_model_calls", "Requests to the language model by their result.", ("result",)
        )
        self._tokens = counter(
            "footnote_model_tokens",
            "Tokens that the language model read and wrote, about as its provider counts.",
            ("direction",),
        )
        self._cost = counter(
            "footnote_model_cost",
            "What they cost by the prices in the settings, in their currency.",
        )
        self._model_seconds = histogram(
            "footnote_model_seconds", "Seconds of a request to the language model."
        )
        self._away = Gauge(
            "footnote_model_away",
            "1 for the cause for which the language model is not asked, else 0.",
            ("cause",),
            registry=registry,
        )
        self._begin_at_zero()

    def answered(self, result: Result) -> None:
        """Count the result of a question."""
        outcome, reason = _outcome(result), result.reason if isinstance(result, NoAnswer) else ""
        self._questions.labels(outcome, reason).inc()
        if isinstance(result, Answer):
            self._answers.labels(result.tone, _words(result)).inc()
        if not (isinstance(result, NoAnswer) and result.reason is Reason.NO_QUESTION):
            self._replies.labels(tone_of(result)).inc()
        if result.fallback:
            self._fallbacks.labels(result.fallback).inc()
        if result.unchecked:
            self._unchecked.inc()
        self._answer_seconds.observe(result.timings.total / 1000)
        for stage in STAGES:
            milliseconds = getattr(result.timings, stage)
            if milliseconds:
                self._stage_seconds.labels(stage).observe(milliseconds / 1000)

    def ended(self, message: IncomingMessage, state: MessageState) -> None:
        """Count a message whose work has ended."""
        self._messages.labels(message.kind, state).inc()
        # A deletion carries the message's time, which may be days old, and nobody waits for it.
        is_timed = state is MessageState.DONE and not message.deleted
        if is_timed and (written := _written_at(message)):
            self._reply_seconds.labels(message.kind).observe(max(0.0, self._clock() - written))

    def counted(self, new_incident: Callable[[], str]) -> Callable[[], str]:
        """Return a function that calls ``new_incident`` and counts the call."""

        def counting() -> str:
            self._incidents.inc()
            return new_incident()

        return counting

    def timed(self, reranker: Reranker) -> Reranker:
        """Return ``reranker``, with the seconds of each run observed."""
        return TimedReranker(reranker, self._stage_seconds.labels(READ).observe)

    def asked(
        self, read: int, written: int, cost: float, seconds: float, failure: Fallback | None
    ) -> None:
        """Count a request to the language model."""
        self._calls.labels(failure or _WRITTEN).inc()
        self._tokens.labels("read").inc(read)
        self._tokens.labels("written").inc(written)
        self._cost.inc(cost)
        if failure not in (
            Fallback.CAPPED,
            Fallback.AWAY,
        ):  # nothing was sent, so nothing took time
            self._model_seconds.observe(seconds)

    def away(self, cause: Cause | None) -> None:
        """Set why the language model is not asked; None: it is."""
        for each in Cause:
            self._away.labels(each.name.lower()).set(each is cause)

    def _begin_at_zero(self) -> None:
        """Create each series at 0: the rate of a series that begins at 1 misses its first event."""
        self.away(None)
        self._questions.labels("answer", "")
        for reason in Reason:
            self._questions.labels("no_answer", reason)
        for tone in (Tone.ANSWER, Tone.CLOSEST):
            for words in ("quoted", "composed", "written"):
                self._answers.labels(tone, words)
        for shown in ResultTone:
            self._replies.labels(shown)
        for fallback in Fallback:
            self._fallbacks.labels(fallback)
            self._calls.labels(fallback)
        self._calls.labels(_WRITTEN)
        for direction in ("read", "written"):
            self._tokens.labels(direction)
        for stage in (*STAGES, READ):
            self._stage_seconds.labels(stage)
        for kind in MessageKind:
            self._reply_seconds.labels(kind)
            for state in _ENDED:
                self._messages.labels(kind, state)


class TimedReranker:
    """A `Reranker` that passes ``observe`` the seconds of each run, also of one that fails."""

    def __init__(self, reranker: Reranker, observe: Callable[[float], object]) -> None:
        self.identity = reranker.identity
        self._reranker = reranker
        self._observe = observe

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """Return how well each text answers, see `Reranker`."""
        began = time.perf_counter()
        try:
            return self._reranker.scores(question, texts)
        finally:
            self._observe(time.perf_counter() - began)


def _written_at(message: IncomingMessage) -> float | None:
    """Return when the message was written, in seconds since the epoch like Slack's ts."""
    try:
        return float(message.edited or message.ts)
    except ValueError:
        return None


def _outcome(result: Result) -> str:
    return "answer" if isinstance(result, Answer) else "no_answer"


def _words(answer: Answer) -> str:
    """Return in whose words the answer is: written by a person, composed, or quoted."""
    if answer.verified:
        return "written"
    return "composed" if answer.composed else "quoted"
