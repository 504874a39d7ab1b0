"""Work with a time limit, skipped if too much of it is running."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import BoundedSemaphore
from typing import TypeVar

from bot.answering.composing.model_client import ModelFailed
from indexers.daemons import in_daemon
from indexers.errors import ModelUnavailable

log = logging.getLogger(__name__)

_Made = TypeVar("_Made")


class Bounded:
    """Work that never takes longer than ``seconds`` and never fails for want of a model: then it
    returns nothing. At most ``at_once`` run, including abandoned ones; one more is skipped at once.
    ``what`` names the skipped work in the log."""

    def __init__(self, what: str, *, seconds: float, at_once: int) -> None:
        self._what = what
        self._seconds = seconds
        self._places = BoundedSemaphore(at_once)

    def __call__(self, work: Callable[[], _Made]) -> _Made | None:
        if not self._places.acquire(blocking=False):
            log.info("%s: too many are under way already", self._what)
            return None

        def bounded() -> _Made:
            try:
                return work()
            finally:
                self._places.release()

        try:
            reading = in_daemon(bounded, "reading")
        except RuntimeError as error:  # the system has no thread left
            self._places.release()
            log.warning("%s: %s", self._what, error)
            return None
        try:
            return reading.result(self._seconds)
        except TimeoutError:
            log.warning("%s: this takes over %g s", self._what, self._seconds)
        except (ModelUnavailable, ModelFailed) as error:
            log.warning("%s: %s", self._what, error)
        return None
