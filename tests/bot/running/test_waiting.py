"""A command waits for a process that holds the index but does not listen yet, or any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote_bot.bot.cli import through
from footnote_bot.bot.cli.through import through_or_alone
from footnote_bot.bot.running.client import ProcessEnded
from footnote_bot.config.settings import Settings
from footnote_bot.indexers.errors import IndexLocked


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.now += seconds


def tried(folder: Path, free_after: float, first_takes: float = 0.0) -> tuple[int, float]:
    """Return how often the command tried to open the index, and for how many seconds."""
    clock, tries = Clock(), [0]

    def alone() -> None:
        tries[0] += 1
        if clock.now < free_after:
            clock.now += first_takes if tries[0] == 1 else 0.0
            raise IndexLocked("held")

    settings = Settings().model_copy(update={"data_dir": folder})
    through_or_alone(settings, "status", {}, alone, pause=clock.pause, clock=clock)
    return tries[0], clock.now


def test_an_index_that_is_free_is_used_at_once(tmp_path: Path) -> None:
    assert tried(tmp_path, 0) == (1, 0)


def test_a_holder_that_is_about_to_end_is_waited_for(tmp_path: Path) -> None:
    tries, seconds = tried(tmp_path, 2)

    assert tries > 2
    assert 2 <= seconds < 2.5


def test_what_a_try_takes_on_a_busy_machine_is_no_part_of_the_wait(tmp_path: Path) -> None:
    assert tried(tmp_path, 7, first_takes=5)[0] > 2


def test_a_holder_that_never_listens_is_told_in_the_end(tmp_path: Path) -> None:
    with pytest.raises(IndexLocked):
        tried(tmp_path, through.PATIENCE + 1)


def test_a_process_that_was_asked_and_ends_has_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It closes its resources, which takes up to ten seconds."""
    pauses: list[int] = []

    def ended(*_: object) -> None:
        pauses.append(1)
        if len(pauses) == 1:
            raise ProcessEnded

    monkeypatch.setattr(through, "through_process", ended)

    assert tried(tmp_path, 12)[1] >= 12
