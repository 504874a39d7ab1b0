"""A flag raised in `footnote chat` is handled in Slack."""

from __future__ import annotations

from pathlib import Path

from footnote_bot.bot.conversation.model import AskedQuestion, MessageRef
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.model import Complaint
from footnote_bot.bot.model import Answer
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.in_threads import AsyncAnswers
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import LEAVE, Bot
from .flags import card, database, history
from .test_answering_in_slack import words
from .test_reactions import started


async def test_its_card_comes_to_the_review_channel_and_can_be_settled(
    bot: Bot, slack: LocalSlack, free_port: int, tmp_path: Path
) -> None:
    await started(bot, slack, "socket", free_port)
    place = MessageRef("terminal", "terminal-1", "1.0", "1.0")
    with database(tmp_path) as state:
        feedback = Feedback(AsyncAnswers(DatabaseAnswers(state)), lambda: bot.now, bot.library.page)
        question = AskedQuestion("How do I book leave?", "ann@example.com", place, True, False)
        recorded = await feedback.record(
            question, Answer("Book leave in the calendar. [1]", (LEAVE,), 0.9)
        )
        await feedback.posted(recorded.id, "1.1")
        await feedback.complain(
            recorded.id, "ann@example.com", Complaint.OUTDATED, "We have a portal."
        )
    await bot.app.maintenance.run_once()
    flag_card = await card(slack)
    await slack.click("U0BEN", flag_card, "flag_take")
    await slack.wait_for(lambda: "ben is on it" in words(flag_card))
    await slack.click("U0BEN", flag_card, "flag_fixed")
    await slack.wait_for(lambda: flag_card.action_ids() == ["flag_reopen"])

    assert "Book leave in the calendar." in words(flag_card)
    assert "We have a portal." in words(flag_card)
    assert flag_card.text == "Fixed: outdated: How do I book leave?"
    await slack.wait_for(lambda: ("asked_again", "") in history(bot, tmp_path))
    assert history(bot, tmp_path)[:3] == [
        ("raised", "ann@example.com"), ("taken", "U0BEN"), ("fixed", "U0BEN"),
    ]  # fmt: skip
