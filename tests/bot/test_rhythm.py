"""The bot's own syncs, in a thread beside the answers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.errors import SyncRunning
from bot.wiring import rhythm
from indexers.errors import IndexUnavailable, WikiUnavailable
from indexers.model import Progress, SyncReport


class Syncs:
    """Each sync takes the next of ``outcomes``; ``through`` is set when all are taken."""

    def __init__(self, *outcomes: Exception | SyncReport) -> None:
        self._outcomes = list(outcomes)
        self.through = threading.Event()

    def sync(self, _: str | None, _progress: Callable[[Progress], None]) -> list[SyncReport]:
        if not self._outcomes:
            self.through.set()
            return []
        outcome = self._outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return [outcome]

    def stop(self) -> None:
        """Nothing is under way that could be stopped."""


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (IndexUnavailable("The disk is full."), "The disk is full."),
        (SyncRunning("another one"), "An admin's sync is running"),
        (KeyError("a defect of ours"), "The sync broke"),
        (SyncReport("handbook", error=WikiUnavailable("It went away.")), "It went away."),
    ],
)
def test_a_sync_that_fails_is_told_in_the_log_and_followed_by_others(
    outcome: Exception | SyncReport, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    syncs = Syncs(outcome)
    with caplog.at_level(logging.INFO), rhythm(syncs, timedelta(milliseconds=1)):
        assert syncs.through.wait(5)

    assert told in caplog.text
