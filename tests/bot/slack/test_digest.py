"""The weekly digest: when it is posted, its contents, and who never sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from footnote_bot.bot.model import Answer, NoAnswer, Reason
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import LEAVE, SALARY, Bot, quiet, words
from .flags import ask_in_channel, card, flagged
from .test_commands import ROW, ask
from .test_home import HOSTILE
from .test_verdicts import flag

DUE = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
"""A Wednesday, the day after `NOW`."""


@pytest.fixture(autouse=True)
def weekly(bot: Bot, slack: LocalSlack) -> None:
    """Maintenance runs only at the start and when a test says so. Slack's clock is the test's."""

    def now() -> float:
        return bot.now.timestamp()

    slack.clock = now
    bot.change(digest="wednesday 09:00")


def digests(slack: LocalSlack) -> list[Message]:
    return [message for message in slack.from_app("C0REVIEW") if "The last 7 days" in message.text]


async def at(bot: Bot, moment: datetime) -> None:
    """Finish the round of the start first: half a round at each of two times would do the due work
    twice."""
    async with bot.app.maintenance.locks.hold("(upkeep)"):
        bot.now = moment
    await bot.app.maintenance.run_once()


async def busy(bot: Bot, slack: LocalSlack) -> None:
    """Ask one question, so that the digest has something to report."""
    await ask_in_channel(bot, slack)
    await quiet(bot)


async def test_it_comes_at_its_hour_and_once_whatever_is_started_again(
    listening: Bot, slack: LocalSlack
) -> None:
    await busy(listening, slack)
    counts = []
    for moment in (
        DUE - timedelta(minutes=11),
        DUE,
        DUE + timedelta(minutes=11),
        DUE + timedelta(days=6),
        DUE + timedelta(days=7, minutes=5),
    ):
        await at(listening, moment)
        counts.append(len(digests(slack)))
        if moment == DUE:
            await listening.stop()
            await listening.start()
        await busy(listening, slack)

    assert counts == [0, 1, 1, 1, 2]


async def test_it_comes_though_the_clock_was_ahead_and_set_back(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    await at(bot, DUE + timedelta(days=300))
    await busy(bot, slack)
    await at(bot, DUE)

    assert len(digests(slack)) == 1


async def test_it_is_off_unless_it_is_set(bot: Bot, slack: LocalSlack) -> None:
    bot.change(digest="")
    await bot.start()
    await busy(bot, slack)
    await at(bot, DUE)

    assert digests(slack) == []


@pytest.mark.parametrize(("late", "number"), [(timedelta(hours=11), 1), (timedelta(hours=13), 0)])
async def test_one_that_could_not_come_in_time_comes_late_or_not_at_all(
    bot: Bot, slack: LocalSlack, late: timedelta, number: int
) -> None:
    await bot.start()
    await busy(bot, slack)
    await at(bot, DUE + late)

    assert len(digests(slack)) == number


async def test_a_week_without_questions_has_no_digest(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    await at(bot, DUE)
    await busy(bot, slack)
    await at(bot, DUE + timedelta(minutes=11))

    assert digests(slack) == []


async def test_one_that_slack_took_without_our_hearing_of_it_is_not_posted_again(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    await busy(bot, slack)
    slack.fail_next("chat.postMessage", status=503, done=True)
    await at(bot, DUE)
    await at(bot, DUE + timedelta(minutes=11))

    assert len(digests(slack)) == 1


async def test_one_that_slack_cannot_take_now_comes_later(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    await busy(bot, slack)
    slack.fail_next("chat.postMessage", status=503)
    await at(bot, DUE)
    none = digests(slack)
    await at(bot, DUE + timedelta(minutes=11))

    assert none == []
    assert len(digests(slack)) == 1


async def test_a_channel_that_cannot_be_written_to_is_told_to_the_log_once(
    bot: Bot, slack: LocalSlack, caplog: pytest.LogCaptureFixture
) -> None:
    slack.channels["C0REVIEW"].members.remove(slack.bot_user_id)
    await bot.start()
    await busy(bot, slack)
    for minutes in (0, 11, 22):
        await at(bot, DUE + timedelta(minutes=minutes))

    assert caplog.text.count("The digest cannot be posted in C0REVIEW") == 1


async def test_it_says_how_the_week_was(bot: Bot, slack: LocalSlack) -> None:
    bot.operations.rows["wikis"] = {
        "handbook": ROW | {"failed": {}},
        "space": ROW | {"failed": {}, "error": "The token of Ann is wrong."},
        "plans": ROW,
    }
    await bot.start()
    await ask(slack, "Where is the garage?", "garage where?")
    bot.handbook.said = NoAnswer(Reason.NOTHING_FITS, "Nothing.")
    await ask(slack, "Who runs payroll?")
    bot.handbook.said = Answer("It is so. [1]", (replace(LEAVE, updated=date(2024, 3, 1)),), 0.9)
    for number in range(3):
        answer = await ask_in_channel(bot, slack, f"leave {number}?")
    bot.handbook.said = None
    await flagged(slack, answer)
    flag_card = await card(slack)
    await at(bot, DUE)
    (message,) = digests(slack)
    text = words(message)

    figures = (
        "3 of 6 questions answered; 2 shown the nearest sections; 1 shown no section;"
        " :-1: 100% of 1 verdict"
    )
    assert f"*The last 7 days*: {figures}\n" in text
    assert "*Flags*: 1 opened, 0 fixed, 1 open." in text
    assert (
        f"Waits longest, since 24 Nov (1 day ago): <{address(slack, flag_card)}|leave 2?>" in text
    )
    assert "\u2022 garage where? (2 times)\n\u2022 Who runs payroll?" in text
    assert "|Leave> \u00b7 updated 2 years ago \u00b7 in 3 answers" in text
    assert "*Syncs that went wrong*: space, plans" in text
    assert "token" not in text
    assert "secret/" not in text
    assert message.text == f"The last 7 days: {figures}"


def address(slack: LocalSlack, message: Message) -> str:
    """Return the permalink that the app received."""
    permalinks = [
        call.answer["permalink"]
        for call in slack.calls_to("chat.getPermalink")
        if call.arguments.get("message_ts") == message.ts
    ]
    return str(permalinks[-1])


async def test_what_is_fixed_counts(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    flag_card = await card(slack)
    await slack.click("U0BEN", flag_card, "flag_fixed")
    await slack.wait_for(lambda: "told" in words(flag_card))
    await at(bot, DUE)

    assert "*Flags*: 1 opened, 1 fixed, 0 open" in words(*digests(slack))


async def in_the_open(bot: Bot, slack: LocalSlack) -> None:
    await slack.mention("U0ANNA", "C0TEAM", "Where is the garage?")


async def in_a_private_channel(bot: Bot, slack: LocalSlack) -> None:
    """A channel with too many members for their rights to count: everybody may see its answers."""
    slack.add_channel("C0BOARD", kind="group", members=["U0ANNA", "U0BEN"])
    await slack.mention("U0ANNA", "C0BOARD", "Where is the garage?")


async def in_a_shared_channel(bot: Bot, slack: LocalSlack) -> None:
    await slack.mention("U0ANNA", "C0SHARED", "Where is the garage?")


async def to_the_bot_alone(bot: Bot, slack: LocalSlack) -> None:
    await slack.dm("U0ANNA", "Where is the garage?")


@pytest.mark.parametrize(
    ("put_question", "is_shown"),
    [
        (in_the_open, True),
        (in_a_private_channel, False),
        (in_a_shared_channel, False),
        (to_the_bot_alone, False),
    ],
)
async def test_questions_are_told_that_were_asked_where_anybody_may_read_along(
    bot: Bot, slack: LocalSlack, put_question: Callable[[Bot, LocalSlack], object], is_shown: bool
) -> None:
    bot.change(private_members=0, shared_channels=True)
    await bot.start()
    await put_question(bot, slack)  # type: ignore[misc]
    await slack.wait_for(lambda: slack.calls_to("chat.postMessage"))
    await quiet(bot)
    await at(bot, DUE)
    text = words(*digests(slack))

    assert "0 of 1 question answered" in text
    assert ("garage" in text) == is_shown


async def test_pages_are_told_that_everyone_may_read(bot: Bot, slack: LocalSlack) -> None:
    secret = replace(SALARY, title="Salaries", updated=date(2020, 1, 1))
    await bot.start()
    bot.handbook.said = Answer("It is so. [1]", (secret,), 0.9)
    for number in range(3):
        await ask_in_channel(bot, slack, f"salary {number}?")
    await at(bot, DUE)

    assert "Salaries" not in words(*digests(slack))


async def test_a_flag_whose_card_is_elsewhere_is_counted_and_not_said(
    bot: Bot, slack: LocalSlack
) -> None:
    slack.add_channel("C0BOOK", name="handbook", kind="group", members=["U0BEN"])
    bot.change_wiki(review_channel="C0BOOK")
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    await card(slack, "C0BOOK")
    await at(bot, DUE)
    text = words(*digests(slack))

    assert "1 open. Waits longest, since 24 Nov (1 day ago): a flag" in text
    assert "leave" not in text


async def test_nothing_that_it_says_is_alive(bot: Bot, slack: LocalSlack) -> None:
    bot.operations.rows["wikis"] = {"handbook": ROW | {"error": HOSTILE}}
    await bot.start()
    await ask(slack, HOSTILE)
    evil = replace(LEAVE, title=HOSTILE, updated=date(2020, 1, 1), url="https://evil.example/a")
    bot.handbook.said = Answer("It is so. [1]", (evil,), 0.9)
    for number in range(3):
        answer = await ask_in_channel(bot, slack, f"leave {number}: {HOSTILE}")
    bot.handbook.said = None
    await flag(slack, "U0ANNA", answer, "wrong", HOSTILE)
    await card(slack)
    await at(bot, DUE)
    (message,) = digests(slack)
    text, live = words(message), slack.live_pings(message)

    assert text.count("evil.example") == 4
    assert "&lt;!channel&gt;" in text
    assert "\u202e" not in text
    assert {ping.kind for ping in live} == {"link"}
    assert not any("evil" in ping.host for ping in live)
