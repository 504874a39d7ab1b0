"""A reaction counts like a press of the button."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.flags.model import Complaint, Verdict
from footnote_bot.bot.flags.verdicts import verdict_of
from footnote_bot.bot.slack.flags.pressing import FlagPresses
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import BOTH_WAYS, Bot
from .flags import ask_in_channel, card, flags
from .test_answering_in_slack import words
from .test_restarts import quiet


@pytest.mark.parametrize(
    ("reaction", "verdict"),
    [
        ("+1", Verdict.GOOD), ("+1::skin-tone-5", Verdict.GOOD), ("white_check_mark", Verdict.GOOD),
        ("-1", Verdict.BAD), ("thumbsdown::skin-tone-2", Verdict.BAD), ("x", Verdict.BAD),
        ("eyes", None), ("", None), ("x::", Verdict.BAD),
    ],
)  # fmt: skip
def test_a_reaction_is_a_verdict_whatever_the_colour_of_its_hand(
    reaction: str, verdict: Verdict | None
) -> None:
    assert verdict_of(reaction) is verdict


class Away:
    """Flags without a database."""

    @property
    def verdicts(self) -> Away:
        return self

    async def reacted(self, _reaction: object) -> None:
        raise StateUnavailable("The database is away.")


async def test_who_likes_a_webhook_s_message_is_not_told_that_the_database_is_away() -> None:
    """Slack names the bot as the author of each of its own messages."""
    presses = FlagPresses(Away(), None, "UBOT")  # type: ignore[arg-type]
    item = {"type": "message", "channel": "C1", "ts": "1.0"}
    liked = {"type": "reaction_added", "user": "U1", "reaction": "+1", "item": item}
    await presses.reacted({"event": liked}, None)  # type: ignore[arg-type]

    with pytest.raises(StateUnavailable):
        await presses.reacted({"event": liked | {"item_user": "UBOT"}}, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["socket", "http"])
@BOTH_WAYS
async def test_a_thumb_up_counts_in_place_until_it_is_taken_away(
    bot: Bot, slack: LocalSlack, mode: str, free_port: int
) -> None:
    await started(bot, slack, mode, free_port)
    answer = await ask_in_channel(bot, slack)
    await slack.react("U0BEN", answer, "+1")
    await slack.wait_for(lambda: ":+1: 1" in words(answer))
    await slack.unreact("U0BEN", answer, "+1")
    await slack.wait_for(lambda: ":+1:" not in words(answer))

    assert slack.ephemerals("U0BEN") == []


@pytest.mark.parametrize("mode", ["socket", "http"])
@BOTH_WAYS
async def test_a_thumb_down_flags_at_once_and_asks_why(
    bot: Bot, slack: LocalSlack, mode: str, free_port: int, tmp_path: Path
) -> None:
    await started(bot, slack, mode, free_port)
    answer = await ask_in_channel(bot, slack)
    await slack.react("U0BEN", answer, "-1")
    flag_card = await card(slack)
    prompt = await slack.wait_for_ephemeral("U0BEN")
    await slack.wait_for(lambda: ":-1: 1" in words(answer))
    before = flag_card.text

    await slack.click("U0BEN", prompt, "say_why")
    form = await slack.wait_for_view("U0BEN")
    await slack.submit("U0BEN", form, {"choice": "outdated", "words": "It is the portal."})
    await slack.wait_for(lambda: "It is the portal." in words(flag_card))
    (flag,) = flags(bot, tmp_path)

    assert before == "Flagged: no reason given: How do I book leave?"
    assert (flag.complaint, flag.comment) == (Complaint.OUTDATED, "It is the portal.")
    assert len(slack.from_app("C0REVIEW")) == 1


async def test_a_thumb_down_after_the_form_keeps_the_reason(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    answer = await ask_in_channel(bot, slack)
    await slack.click("U0BEN", answer, "verdict", "negative")
    form = await slack.wait_for_view("U0BEN")
    await slack.submit("U0BEN", form, {"choice": "wrong", "words": "No."})
    await card(slack)
    await slack.react("U0BEN", answer, "x")
    await slack.wait_for(lambda: len(slack.ephemerals("U0BEN")) == 2)

    assert [flag.complaint for flag in flags(bot, tmp_path)] == [Complaint.WRONG]


async def test_a_reaction_taken_away_takes_its_flag_back(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    answer = await ask_in_channel(bot, slack)
    await slack.react("U0BEN", answer, "-1")
    flag_card = await card(slack)
    await slack.unreact("U0BEN", answer, "-1")
    await slack.wait_for(lambda: "withdrawn" in flag_card.text)

    assert flag_card.action_ids() == []
    assert ":-1:" not in words(answer)


async def test_the_last_of_two_verdicts_counts_whichever_way_it_is_given(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    answer = await ask_in_channel(bot, slack)
    await slack.react("U0BEN", answer, "-1")
    flag_card = await card(slack)
    await slack.click("U0BEN", answer, "verdict", "positive")
    await slack.wait_for(lambda: "withdrawn" in flag_card.text)
    await slack.unreact("U0BEN", answer, "-1")
    await slack.settled()

    assert ":+1: 1" in words(answer)
    assert ":-1:" not in words(answer)


async def test_a_private_thumb_down_shows_nobody_what_was_asked(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    """The form says that reviewers will see the question; a thumb down does not."""
    await bot.start()
    question = await slack.dm("U0ANNA", "leave?")
    answer = await slack.wait_for_message(question.channel)
    await quiet(bot)
    await slack.react("U0ANNA", answer, "-1")
    prompt = await slack.wait_for_ephemeral("U0ANNA")

    assert "You flagged this" in words(answer)
    assert flags(bot, tmp_path) == []
    assert slack.from_app("C0REVIEW") == []
    assert prompt.action_ids() == ["say_why"]


async def test_reactions_to_anything_else_are_let_be(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    answer = await ask_in_channel(bot, slack)
    question = slack.message("C0TEAM", answer.root)
    calls = len(slack.calls)
    await slack.react("U0BEN", question, "-1")
    await slack.react("U0BEN", answer, "eyes")
    await slack.settled()

    assert [call.method for call in slack.calls[calls:]] == []


async def started(bot: Bot, slack: LocalSlack, mode: str, port: int) -> None:
    if mode == "http":
        bot.change(app_token="", port=port)
    await bot.start()
    if mode == "http":
        await slack.deliver_to(f"http://127.0.0.1:{port}/slack/events")
