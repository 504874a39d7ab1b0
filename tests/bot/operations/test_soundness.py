"""The daily check of what is stored."""

from __future__ import annotations

import pytest

from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.operations import soundness
from footnote_bot.bot.operations.soundness import check_for_ever


class Ended(BaseException):
    """The end of the process."""


def test_everything_is_checked_at_the_start_and_every_day_whatever_fails(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(soundness, "lower_priority", lambda: None)  # of the thread of all tests
    done: list[object] = []

    def damaged() -> None:
        done.append("database")
        raise StateUnavailable("It is damaged.")

    def pause(seconds: float) -> None:
        done.append(seconds)
        if len(done) == 6:
            raise Ended

    with pytest.raises(Ended):
        check_for_ever((damaged, lambda: done.append("index")), pause)

    assert done == ["database", "index", 86400.0] * 2
    assert {record.message for record in caplog.records} == {"It is damaged."}
