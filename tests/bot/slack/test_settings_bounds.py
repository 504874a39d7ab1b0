"""With every number at its limit, answers and flags still work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from footnote_bot.config.settings import Settings
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.bot.test_settings_bounds import ALL, SECTIONS

from .conftest import LEAVE, Bot
from .flags import ask_in_channel, card, flagged, passed
from .test_home import home
from .test_retraction import is_retracted


def at_one_end(bot: Bot, *, most: bool) -> None:
    """Load the bot's settings as from a settings file, except the address of Slack."""
    values: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    for number in ALL:
        if number.section in values:
            values[number.section][number.name] = number.most if most else number.least
    changed = Settings.model_validate(values)
    slack = changed.slack.model_copy(update={"review_channel": bot.settings.slack.review_channel})
    unchanged = {"data_dir": bot.settings.data_dir, "wiki": bot.settings.wiki, "slack": slack}
    bot.settings = changed.model_copy(update=unchanged)


@pytest.mark.parametrize("most", [False, True], ids=["least", "most"])
async def test_answers_are_given_flagged_shown_and_taken_back(
    bot: Bot, slack: LocalSlack, tmp_path: Path, most: bool
) -> None:
    at_one_end(bot, most=most)
    await bot.start()
    answer = await ask_in_channel(bot, slack)
    await flagged(slack, answer)
    await card(slack)
    await bot.app.maintenance.run_once()
    text = await home(slack, "U0BEN")
    bot.library.removed(LEAVE)
    passed(bot, tmp_path)
    await bot.app.maintenance.run_once()

    assert "Old pages that answers rest on" in text
    assert is_retracted(answer) is most
