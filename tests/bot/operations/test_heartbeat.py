"""The heartbeat of a process that syncs for others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from footnote_bot.bot.operations.heartbeat import LONGEST, Heartbeat, heartbeat_in, standstill


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_beat_says_that_it_gets_on_until_it_is_too_long_ago(tmp_path: Path) -> None:
    file, clock = heartbeat_in(tmp_path), Clock()
    heartbeat = Heartbeat(file, clock)
    heartbeat.beat()
    began = file.stat().st_mtime

    assert standstill(file, began + LONGEST) == ""
    assert "has made no progress for 31 minutes: restart it" in standstill(
        file, began + LONGEST + 60
    )
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_beats_come_seconds_apart(tmp_path: Path) -> None:
    file, clock = heartbeat_in(tmp_path), Clock()
    heartbeat = Heartbeat(file, clock)
    heartbeat.beat()
    os.utime(file, (1000, 1000))
    heartbeat.beat()
    assert file.stat().st_mtime == 1000
    clock.now += 5
    heartbeat.beat()

    assert file.stat().st_mtime > 1000


def test_an_ended_process_is_told_apart_from_a_hanging_one(tmp_path: Path) -> None:
    file = heartbeat_in(tmp_path)
    heartbeat = Heartbeat(file)
    heartbeat.beat()
    heartbeat.end()
    heartbeat.end()

    assert "no `footnote sync --watch` is running" in standstill(file, 0.0)


def test_a_beat_that_cannot_be_written_ends_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "process").write_text("a file where the folder should be")
    heartbeat = Heartbeat(heartbeat_in(tmp_path))
    heartbeat.beat()
    heartbeat.end()

    assert "cannot be written down" in caplog.text
    assert "cannot be read" in standstill(heartbeat_in(tmp_path), 0.0)
