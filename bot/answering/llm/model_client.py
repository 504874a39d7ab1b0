"""Access to a language model: retries, timeouts and concurrency.

`LanguageModel` is the port; `bot.answering.llm.providers` has its implementations.
"""

from __future__ import annotations

import copy
import logging
import math
import queue
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from contextvars import ContextVar
from threading import BoundedSemaphore, Event
from typing import Protocol

from footnote_bot.bot.answering.llm.breaker import Breaker
from footnote_bot.bot.answering.llm.causes import Cause
from footnote_bot.bot.answering.llm.prompt import Prompt
from footnote_bot.bot.model import Fallback
from footnote_bot.indexers.backoff import growing_pauses
from footnote_bot.indexers.daemons import in_daemon

log = logging.getLogger(__name__)

_MOST_WRITTEN = 40_000
"""Characters of one answer: an endless answer would fill the memory, and buffered text is read even
after the timeout."""
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 8.0

DEADLINE: ContextVar[float] = ContextVar("deadline", default=math.inf)
"""When the requests of this thread must have ended, by `time.monotonic`."""
_TINY = Prompt("", "Say: ok", (), 4, max_tokens=5)


class ModelFailed(Exception):
    """The model gave no answer, and ``fallback`` says why. The message is for the log: no secrets,
    and nothing of question or pages. ``cause`` is None if another prompt may succeed."""

    def __init__(
        self, message: str, fallback: Fallback = Fallback.FAILED, cause: Cause | None = None
    ) -> None:
        super().__init__(message)
        self.fallback = Fallback.SLOW if cause is Cause.TIMEOUT else fallback
        self.cause = cause


class ModelBusy(ModelFailed):
    """The model may answer if it is asked again, after ``after`` seconds if it said so."""

    def __init__(
        self, message: str, after: float | None = None, cause: Cause | None = None
    ) -> None:
        super().__init__(message, cause=cause)
        self.after = after


class CutShort(ModelFailed):
    """The answer reached its maximum length: the text is valid, except for its end."""


_Pieces = queue.SimpleQueue[str | ModelFailed | None]
"""An answer on its way from its thread: pieces of text, then None or an error."""


class LanguageModel(Protocol):
    def write(self, prompt: Prompt) -> Iterator[str]:
        """Yield the model's answer in pieces, as they come.

        Raises:
            ModelBusy: it may be asked again.
            CutShort: the answer reached its maximum length in mid-sentence.
            ModelFailed: it may not be asked again.
        """
        ...


def probe(model: LanguageModel) -> None:
    """Ask the model for a word, which nobody pays for; a reply that is cut short will do.

    Raises:
        ModelFailed: it does not answer.
    """
    with suppress(CutShort):
        for _ in model.write(_TINY):
            pass


class RetryingModel:
    """A client that retries until output has begun, up to ``attempts`` in all, within ``seconds``
    and with ``at_once`` concurrent requests. A model that fails is not asked, see `Breaker`.

    ``chance`` (0 to 1) spreads the pauses, so that callers do not retry all at once. ``observe``
    takes note of why the model is not asked, and of None when it is asked again; ``pause`` waits
    between probes.
    """

    def __init__(  # noqa: PLR0913 - the model, and one for each thing that may be set
        self,
        model: LanguageModel,
        *,
        seconds: float,
        attempts: int,
        at_once: int,
        chance: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
        observe: Callable[[Cause | None], None] = lambda _: None,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self._model = model
        self._seconds = self._longest = seconds
        self._breaker = Breaker(self._probe, observe, pause)
        self._attempts = attempts
        self._slots = BoundedSemaphore(at_once)
        self._chance = chance
        self._clock = clock
        self._waited_for: set[_Pieces] = set()

    def close(self) -> None:
        """End all requests. Without it, the process waits at its end for a model that hangs, as
        long as an answer may take."""
        for pieces in tuple(self._waited_for):
            pieces.put(ModelFailed("Footnote is stopping"))

    def write(self, prompt: Prompt) -> Iterator[str]:
        """Ask the model and yield its text.

        Raises:
            ModelFailed: also if it times out, or no slot becomes free in time.
        """
        self._refuse_if_away()
        until = self._clock() + self._seconds
        if not self._slots.acquire(timeout=self._seconds):
            raise ModelFailed("all its slots are taken", Fallback.BUSY)
        if self.is_away:
            self._slots.release()
            self._refuse_if_away()
        # With less, as for a rewriting, a timeout tells nothing about the model.
        has_full_time = until - self._clock() > 0.9 * self._longest
        pieces: _Pieces = queue.SimpleQueue()
        abandoned = Event()
        # Before the thread starts: `close` may be called at once.
        self._waited_for.add(pieces)
        try:
            # No library accepts a deadline, so the request runs in a thread of its own. It has the
            # caller's context, for LlamaIndex's tracing.
            in_daemon(lambda: self._fill(prompt, pieces, abandoned, until), "writing")
        except RuntimeError as error:  # the system has no thread left
            self._waited_for.discard(pieces)
            self._slots.release()
            raise ModelFailed(str(error), Fallback.BUSY) from error
        cause: Cause | None = None
        try:
            while (piece := self._piece(pieces, until)) is not None:
                yield piece
        except ModelFailed as error:
            cause = error.cause
            raise
        finally:
            self._waited_for.discard(pieces)
            abandoned.set()
            if cause is not Cause.TIMEOUT or has_full_time:
                self._breaker.note(cause)

    @property
    def is_away(self) -> bool:
        """Return whether the model failed several times in a row, and is not asked."""
        return self._breaker.cause is not None

    def _refuse_if_away(self) -> None:
        if cause := self._breaker.cause:
            raise ModelFailed(f"it is not asked until it works again: {cause.words}", Fallback.AWAY)

    def _probe(self) -> Cause | None:
        """Return why the model does not answer a tiny request, if it does not."""
        DEADLINE.set(self._clock() + self._longest)
        try:
            probe(self._model)
        except ModelFailed as error:
            return error.cause
        return None

    def within(self, seconds: float) -> RetryingModel:
        """Return a client that shares this one's slots and breaker, with a limit of ``seconds``."""
        client = copy.copy(self)
        client._seconds = min(seconds, self._seconds)  # noqa: SLF001 - a copy of ourselves
        return client

    def _piece(self, pieces: _Pieces, until: float) -> str | None:
        """Return the next piece, None at the end; raise `ModelFailed` if ``until`` passes."""
        try:
            piece = pieces.get(timeout=max(0.0, until - self._clock()))
        except queue.Empty:
            why = f"it did not finish within {self._seconds:g} seconds"
            raise ModelFailed(why, cause=Cause.TIMEOUT) from None
        if isinstance(piece, ModelFailed):
            raise piece
        return piece

    def _fill(self, prompt: Prompt, pieces: _Pieces, abandoned: Event, until: float) -> None:
        """Put the model's text into ``pieces``, then None, or the failure that ends it."""
        DEADLINE.set(until)
        try:
            self._write_with_retries(prompt, pieces, abandoned, until)
            pieces.put(None)
        except ModelFailed as error:
            pieces.put(error)
        except Exception as error:
            # A bug of ours or of a library: the caller must not wait until the timeout.
            log.exception("The model's answer cannot be read")
            pieces.put(ModelFailed(type(error).__name__))
        finally:
            self._slots.release()

    def _write_with_retries(
        self, prompt: Prompt, pieces: _Pieces, abandoned: Event, until: float
    ) -> None:
        """Put the model's text into ``pieces``; if it is busy and wrote nothing yet, try again."""
        pauses = growing_pauses(_FIRST_PAUSE, _LONGEST_PAUSE)
        for attempt in range(1, self._attempts + 1):
            begun, written = False, 0
            try:
                for piece in self._model.write(prompt):
                    begun = True
                    written += max(1, len(piece))
                    if written > _MOST_WRITTEN:
                        raise ModelFailed("it does not stop writing")
                    pieces.put(piece)
                    if abandoned.is_set():
                        break
            except ModelBusy as error:
                pause = self._pause(next(pauses), error.after)
                is_last = attempt == self._attempts
                if begun or is_last or self._clock() + pause >= until or abandoned.wait(pause):
                    raise
                log.info("The language model is asked again after %.1f s: %s", pause, error)
            else:
                return

    def _pause(self, pause: float, retry_after: float | None) -> float:
        """Return the seconds to wait: ``pause`` spread by chance, or as long as the server asks."""
        spread = pause * (0.5 + self._chance() / 2)
        return spread if retry_after is None else max(retry_after, spread / 2)
