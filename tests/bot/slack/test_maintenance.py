"""Due work while the index cannot be used."""

from __future__ import annotations

import pytest

from footnote_bot.bot.flags.retraction import Retraction
from footnote_bot.indexers.errors import IndexUnavailable

from .conftest import Bot


async def test_due_work_waits_for_an_index_that_is_away_in_one_line_of_the_log(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(_: Retraction) -> None:
        raise IndexUnavailable("The server at http://qdrant:6333 does not answer.")

    await bot.start()
    monkeypatch.setattr(Retraction, "retract", fails)
    caplog.clear()
    await bot.app.maintenance.run_once()

    assert "Due work waits: The server at http://qdrant:6333 does not answer." in caplog.text
    assert "Traceback" not in caplog.text
