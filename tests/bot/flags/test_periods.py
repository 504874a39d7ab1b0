"""The settings' time spans of flags."""

from __future__ import annotations

from datetime import timedelta

from footnote_bot.bot.flags.periods import FlagPeriods
from footnote_bot.config.settings import AnswerSettings
from footnote_bot.config.slack import SlackSettings


def test_the_settings_count_in_days() -> None:
    slack = SlackSettings(remind_after_days=0.5, retract_days=0)

    assert FlagPeriods.of(slack, AnswerSettings(written_days=90)) == FlagPeriods(
        remind_after=timedelta(hours=12), retracted_within=timedelta(0), written_holds=timedelta(90)
    )
