"""Work with a time limit, skipped if too much of it is running."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import BoundedSemaphore
from typing import TypeVar

from footnote_bot.indexers.daemons import in_daemon
from footnote_bot.indexers.errors import ModelUnavailable

log = logging.getLogger(__name__)

_Result = TypeVar("_Result")


class Bounded:
    """Work that returns None if it takes longer than ``seconds`` or its model fails. At most
    ``at_once`` calls run, including abandoned ones; a further call is skipped immediately. ``what``
    names the skipped work in the log."""

    def __init__(self, what: str, *, seconds: float, at_once: int) -> None:
        self._what = what
        self._seconds = seconds
        self._slots = BoundedSemaphore(at_once)

    def __call__(self, work: Callable[[], _Result]) -> _Result | None:
        if not self._slots.acquire(blocking=False):
            log.info("%s: too many are under way already", self._what)
            return None

        def bounded() -> _Result:
            try:
                return work()
            finally:
                self._slots.release()

        try:
            future = in_daemon(bounded, "reading")
        except RuntimeError as error:  # the system has no thread left
            self._slots.release()
            log.warning("%s: %s", self._what, error)
            return None
        try:
            return future.result(self._seconds)
        except TimeoutError:
            log.warning("%s: this takes over %g s", self._what, self._seconds)
        except ModelUnavailable as error:
            log.warning("%s: %s", self._what, error)
        return None
