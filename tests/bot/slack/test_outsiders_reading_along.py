"""`guests = false`: if a reader of the conversation may get no answers, only the asker sees the
answer. Gus is a guest, and Olga is from another company."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from footnote_bot.bot.conversation.private_answers import NOT_FOR_ALL, NOT_FOR_OUTSIDERS
from footnote_bot.bot.conversation.texts import ONLY_YOU
from footnote_bot.indexers.model import EVERYONE, Principal
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import BOTH_WAYS, Bot, quiet, until, words
from .flags import flagged
from .test_channel_settings import choose
from .test_choices import Vague

KINDS = pytest.mark.parametrize("kind", ["channel", "group", "mpim"])


def with_guest(slack: LocalSlack, kind: Any = "group") -> str:
    slack.add_channel("C0MIXED", name="mixed", kind=kind, members=["U0ANNA", "U0GUEST"])
    return "C0MIXED"


async def whispered(slack: LocalSlack, text: str = "calendar") -> Message:
    return await slack.wait_for_ephemeral("U0ANNA", lambda message: text in words(message))


@KINDS
@BOTH_WAYS
async def test_only_the_asker_sees_the_answer_if_a_guest_reads_along(
    bot: Bot, slack: LocalSlack, kind: str
) -> None:
    channel = with_guest(slack, kind)
    await bot.start()
    await slack.mention("U0ANNA", channel, "leave and salary?")
    answer = await whispered(slack, "secret")  # with Anna's own rights
    await quiet(bot)

    assert answer.thread_ts is None  # nothing is in the thread
    assert ONLY_YOU in words(answer)
    assert answer.action_ids() == []  # there is nothing to share
    assert slack.from_app(channel) == []
    assert slack.ephemerals("U0GUEST") == []


@KINDS
async def test_guests_who_get_answers_read_along(bot: Bot, slack: LocalSlack, kind: str) -> None:
    channel = with_guest(slack, kind)
    bot.change(guests=True)
    await bot.start()
    await slack.mention("U0ANNA", channel, "leave and salary?")
    answer = await slack.wait_for_message(channel)

    assert answer.text == "Book leave in the calendar."
    assert bot.handbook.asked[0].reader == Principal.of(EVERYONE)


@pytest.mark.parametrize("question", ["lunch?", "leave?"])
async def test_a_guest_gets_neither_an_answer_nor_the_nearest_pages(
    bot: Bot, slack: LocalSlack, question: str
) -> None:
    channel = with_guest(slack)
    await bot.start()
    await slack.mention("U0ANNA", channel, question)
    await whispered(slack, "Leave &gt; Annual leave")
    await quiet(bot)

    assert slack.from_app(channel) == []


async def test_a_guest_in_a_channel_shared_with_others_reads_no_answers(
    bot: Bot, slack: LocalSlack
) -> None:
    slack.channels["C0SHARED"].members.append("U0GUEST")
    bot.change(shared_channels=True)
    await bot.start()
    await slack.mention("U0ANNA", "C0SHARED", "leave?")
    answer = await whispered(slack)
    await quiet(bot)

    assert ONLY_YOU in words(answer)
    assert slack.from_app("C0SHARED") == []


@pytest.mark.parametrize("method", ["conversations.info", "conversations.members"])
async def test_where_slack_does_not_say_who_is_there_nothing_is_said_to_all(
    bot: Bot, slack: LocalSlack, method: str
) -> None:
    slack.fail_next(method, error="missing_scope", times=50)
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await whispered(slack)
    await quiet(bot)

    assert slack.from_app("C0TEAM") == []


async def test_who_became_a_guest_is_one_without_a_list_of_everybody(
    bot: Bot, slack: LocalSlack
) -> None:
    slack.fail_next("users.list", error="missing_scope", times=50)
    slack.people["U0BEN"].is_restricted = True
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await whispered(slack)
    await quiet(bot)

    assert slack.from_app("C0TEAM") == []


async def test_apps_that_were_let_in_read_along(bot: Bot, slack: LocalSlack) -> None:
    slack.add_user("U0APP", name="app", is_bot=True)
    slack.channels["C0TEAM"].members.append("U0APP")
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")

    assert (await slack.wait_for_message("C0TEAM")).text == "Book leave in the calendar."


async def test_apps_in_a_channel_are_not_looked_up_one_by_one(bot: Bot, slack: LocalSlack) -> None:
    for number in range(30):
        slack.add_user(f"U0APP{number}", name=f"app{number}", is_bot=True)
        slack.channels["C0TEAM"].members.append(f"U0APP{number}")
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for_message("C0TEAM")

    assert len(slack.calls_to("users.info")) < 5


@KINDS
@pytest.mark.parametrize("unlisted", [False, True])
async def test_somebody_who_was_deactivated_does_not_read_along(
    bot: Bot, slack: LocalSlack, kind: Any, *, unlisted: bool
) -> None:
    if unlisted:
        slack.fail_next("users.list", error="missing_scope", times=50)
    slack.add_user("U0OLD", name="old", email="old@example.com", deleted=True)
    slack.add_channel("C0LONG", name="long", kind=kind, members=["U0ANNA", "U0OLD"])
    await bot.start()
    await slack.mention("U0ANNA", "C0LONG", "leave and salary?")
    answer = await slack.wait_for_message("C0LONG")

    # Where members' rights count, Anna is the only member.
    expected = "Book leave in the calendar." if kind == "channel" else "It is secret."
    assert answer.text == expected


@KINDS
async def test_who_joins_while_the_answer_is_made_is_not_told_it(
    bot: Bot, slack: LocalSlack, kind: Any
) -> None:
    slack.add_channel("C0TWO", name="two", kind=kind, members=["U0ANNA", "U0BEN"])
    await bot.start()
    bot.handbook.open.clear()
    await slack.mention("U0ANNA", "C0TWO", "leave?")
    await until(lambda: bot.handbook.asked)
    await slack.join("U0GUEST", "C0TWO")
    await slack.settled()
    bot.handbook.open.set()
    await whispered(slack)
    await quiet(bot)

    assert slack.from_app("C0TWO") == []


async def test_who_leaves_while_their_answer_is_made_is_told_nothing_and_nobody_else_is(
    bot: Bot, slack: LocalSlack, caplog: pytest.LogCaptureFixture
) -> None:
    channel = with_guest(slack)
    await bot.start()
    bot.handbook.open.clear()
    await slack.mention("U0ANNA", channel, "leave?")
    await until(lambda: bot.handbook.asked)
    await slack.leave("U0ANNA", channel)
    bot.handbook.open.set()
    await quiet(bot)

    assert slack.from_app(channel) == []
    assert bot.app.inbox.store.unfinished() == []
    assert "Incident" not in caplog.text


async def test_a_member_who_joins_meanwhile_is_not_told_what_they_may_not_read(
    bot: Bot, slack: LocalSlack
) -> None:
    slack.add_user("U0ADA", name="ada", email="ada@example.com")
    slack.add_usergroup("S0HR", handle="hr", users=["U0ANNA", "U0ADA"])
    slack.add_channel("C0HR", name="hr", kind="group", members=["U0ANNA", "U0ADA"])
    await bot.start()
    bot.handbook.open.clear()
    await slack.mention("U0ANNA", "C0HR", "my salary?")
    await until(lambda: bot.handbook.asked)
    await slack.join("U0BEN", "C0HR")
    await slack.settled()
    bot.handbook.open.set()
    await whispered(slack, "secret")
    await quiet(bot)

    assert slack.from_app("C0HR") == []


async def test_what_was_said_goes_when_its_question_is_edited_beside_a_guest(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for_message("C0TEAM")
    await quiet(bot)
    await slack.join("U0GUEST", "C0TEAM")
    await slack.settled()
    await slack.edit(question, "<@U0LOCALBOT> leave, please?")
    await whispered(slack)
    await quiet(bot)

    assert slack.from_app("C0TEAM") == []


async def test_a_guest_who_leaves_opens_the_channel_again(bot: Bot, slack: LocalSlack) -> None:
    channel = with_guest(slack)
    await bot.start()
    await slack.mention("U0ANNA", channel, "leave?")
    await whispered(slack)
    await quiet(bot)
    await slack.leave("U0GUEST", channel)
    await slack.settled()
    await slack.mention("U0ANNA", channel, "leave?")

    assert (await slack.wait_for_message(channel)).text == "Book leave in the calendar."


async def test_nothing_is_shared_once_a_guest_is_there(bot: Bot, slack: LocalSlack) -> None:
    slack.add_channel("C0HERS", name="hers", members=["U0ANNA", "U0BEN"])
    await bot.start()
    await choose(slack, sees="asker")
    await slack.mention("U0ANNA", "C0HERS", "leave?")
    answer = await whispered(slack)
    await quiet(bot)
    await slack.join("U0GUEST", "C0HERS")
    await slack.settled()
    await slack.click("U0ANNA", answer, "share_answer")
    reply = await slack.wait_for_ephemeral("U0ANNA", lambda message: "cannot share" in message.text)
    await quiet(bot)

    assert reply.text == NOT_FOR_OUTSIDERS.text
    assert slack.from_app("C0HERS") == []


async def test_nothing_is_shared_with_who_comes_while_it_is_made(
    bot: Bot, slack: LocalSlack
) -> None:
    slack.add_channel("C0HERS", name="hers", members=["U0ANNA", "U0BEN"])
    await bot.start()
    await choose(slack, sees="asker")
    await slack.mention("U0ANNA", "C0HERS", "leave?")
    answer = await whispered(slack)
    await quiet(bot)
    before = len(bot.handbook.asked)
    bot.handbook.open.clear()
    pressing = asyncio.ensure_future(slack.click("U0ANNA", answer, "share_answer"))
    await until(lambda: len(bot.handbook.asked) > before)
    await slack.join("U0GUEST", "C0HERS")
    await until(lambda: not bot.app.maintenance.directory.readers._known.get("C0HERS"))
    bot.handbook.open.set()
    reply = await slack.wait_for_ephemeral("U0ANNA", lambda message: "cannot share" in message.text)
    await pressing
    await quiet(bot)

    assert reply.text == NOT_FOR_ALL.text
    assert slack.from_app("C0HERS") == []


async def test_a_choice_beside_a_guest_is_offered_and_answered_in_private(
    bot: Bot, slack: LocalSlack
) -> None:
    vague = Vague()
    bot.answering = vague
    channel = with_guest(slack)
    await bot.start()
    await slack.mention("U0ANNA", channel, "leave?")
    back = await slack.wait_for_ephemeral(
        "U0ANNA", lambda message: "choice-1" in message.action_ids()
    )
    await slack.click("U0ANNA", back, "choice-1")
    await slack.wait_for(lambda: len(slack.ephemerals("U0ANNA")) == 2)
    await quiet(bot)
    _, answer = slack.ephemerals("U0ANNA")

    assert answer.thread_ts is back.thread_ts is None  # nothing is in the thread
    assert slack.from_app(channel) == []


async def test_a_card_shows_nothing_of_the_wiki_where_a_guest_reads_it(
    bot: Bot, slack: LocalSlack
) -> None:
    slack.channels["C0REVIEW"].members.append("U0GUEST")
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    answer = await slack.wait_for_message("C0TEAM")
    await quiet(bot)
    await flagged(slack, answer)
    card = await slack.wait_for_message("C0REVIEW")

    assert "leave?" in words(card)
    assert "calendar" not in words(card)
    assert "wiki.example.com" not in words(card)


@pytest.mark.parametrize("shared_channels", [False, True])
async def test_a_card_that_guests_may_read_shows_another_company_nothing_unless_it_may(
    bot: Bot, slack: LocalSlack, shared_channels: bool
) -> None:
    slack.channels["C0REVIEW"].is_ext_shared = True
    slack.channels["C0REVIEW"].members.append("U0OTHER")
    bot.change(guests=True, shared_channels=shared_channels)
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    answer = await slack.wait_for_message("C0TEAM")
    await quiet(bot)
    await flagged(slack, answer)
    card = await slack.wait_for_message("C0REVIEW")

    assert "leave?" in words(card)
    assert ("calendar" in words(card)) == shared_channels


async def test_where_slack_does_not_say_who_is_there_another_company_may_be(
    bot: Bot, slack: LocalSlack
) -> None:
    slack.fail_next("conversations.members", error="missing_scope", times=50)
    bot.change(guests=True)
    await bot.start()

    assert await bot.app.maintenance.directory.has_outsiders("C0SHARED")
    assert not await bot.app.maintenance.directory.has_outsiders("C0TEAM")


async def test_a_channel_of_thousands_is_listed_in_pages_and_nobody_is_asked_about_one_by_one(
    bot: Bot, slack: LocalSlack
) -> None:
    for number in range(2500):
        slack.add_user(f"U1{number}", name=f"u{number}", email=f"u{number}@example.com")
    slack.channels["C0TEAM"].members += [f"U1{number}" for number in range(2500)]
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for_message("C0TEAM")
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM")) == 2)

    assert len(slack.calls_to("conversations.members")) == 3
    assert len(slack.calls_to("users.list")) == 3
    assert len(slack.calls_to("users.info")) < 5


async def test_a_choice_in_private_is_taken_where_an_answer_stood_before_the_guest_came(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.answering = Vague()
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "leave, please?")
    await slack.wait_for_message("C0TEAM")
    await quiet(bot)
    await slack.join("U0GUEST", "C0TEAM")
    await slack.settled()
    await slack.edit(question, "<@U0LOCALBOT> leave?")
    back = await slack.wait_for_ephemeral(
        "U0ANNA", lambda message: "choice-1" in message.action_ids()
    )
    await quiet(bot)
    await slack.click("U0ANNA", back, "choice-1")
    await slack.wait_for(lambda: len(slack.ephemerals("U0ANNA")) == 2)
    await quiet(bot)

    assert "no longer know" not in words(slack.ephemerals("U0ANNA")[-1])
    assert slack.from_app("C0TEAM") == []
