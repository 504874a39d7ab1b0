"""In a channel the bot says only what every member may read; the rest it offers to each person
alone. Anna is in the group hr and may read the page on salaries; Ben may not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from footnote_bot.bot.slack.rights import readers
from footnote_bot.indexers.model import EVERYONE, Acl, Audience, Principal
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import Bot, quiet, until, words

SALARY = "my salary?"


@pytest.fixture
def slack(slack: LocalSlack) -> LocalSlack:
    slack.add_user("U0ADA", name="ada", email="ada@example.com")
    slack.add_user("U0APP", name="app", is_bot=True)
    slack.add_usergroup("S0HR", handle="hr", users=["U0ANNA", "U0ADA"])
    slack.add_channel("C0HR", name="hr", kind="group", members=["U0ANNA", "U0ADA", "U0APP"])
    slack.add_channel("C0MIX", name="mix", kind="group", members=["U0ANNA", "U0BEN"])
    slack.add_channel("C0LEADS", name="leads", kind="group", members=["U0ANNA", "U0GUEST"])
    return slack


async def ask(slack: LocalSlack, channel: str, text: str = SALARY) -> Message:
    question = await slack.mention("U0ANNA", channel, text)
    return await slack.wait_for_message(channel, thread_ts=question.ts)


async def test_a_private_channel_reads_what_each_of_its_members_may(
    listening: Bot, slack: LocalSlack
) -> None:
    together = await ask(slack, "C0HR")
    mixed = await ask(slack, "C0MIX")

    assert together.text == "It is secret."
    assert "found nothing" in words(mixed)
    assert isinstance(listening.handbook.asked[0].reader, Audience)


@pytest.mark.parametrize("channel", ["C0TEAM", "C0LEADS"])
async def test_where_others_may_come_or_guests_read_along_it_is_what_everyone_may(
    bot: Bot, slack: LocalSlack, channel: str
) -> None:
    bot.change(guests=True)
    await bot.start()
    await ask(slack, channel)

    assert bot.handbook.asked[0].reader == Principal.of(EVERYONE)


async def test_a_private_channel_of_many_reads_what_everyone_may(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.change(private_members=1)
    await bot.start()
    await ask(slack, "C0HR")

    assert bot.handbook.asked[0].reader == Principal.of(EVERYONE)


@pytest.mark.parametrize("method", ["conversations.info", "conversations.members"])
async def test_a_channel_that_slack_does_not_tell_reads_what_everyone_may(
    bot: Bot, slack: LocalSlack, method: str
) -> None:
    bot.change(guests=True)
    slack.fail_next(method, error="missing_scope", times=3)
    await bot.start()
    await ask(slack, "C0HR")

    assert bot.handbook.asked[0].reader == Principal.of(EVERYONE)


async def test_whoever_joins_counts_from_then_on(listening: Bot, slack: LocalSlack) -> None:
    before = await ask(slack, "C0HR")
    await slack.join("U0BEN", "C0HR")
    await slack.settled()
    await quiet(listening)
    joined = await ask(slack, "C0HR")
    await slack.leave("U0BEN", "C0HR")
    await slack.settled()
    await quiet(listening)
    after_leaving = await ask(slack, "C0HR")

    assert before.text == after_leaving.text == "It is secret."
    assert "found nothing" in words(joined)


async def test_whoever_may_read_less_in_a_wiki_counts_so_from_then_on(
    listening: Bot, slack: LocalSlack
) -> None:
    """Nobody joins or leaves: the wiki decides what groups a person is in."""
    tokens = {"anna@example.com": {"wiki:hr"}, "ben@example.com": {"wiki:hr"}}
    listening.tokens = lambda email: frozenset(tokens[email])
    await ask(slack, "C0MIX")
    tokens["ben@example.com"] = {"wiki:staff"}
    await ask(slack, "C0MIX")

    # Anna alone is offered more, and that is a question, too.
    together = [
        question.reader
        for question in listening.handbook.asked
        if isinstance(question.reader, Audience)
    ]
    before, after = together
    hr = Acl.of(["wiki:hr"])
    assert hr.admits(before)
    assert not hr.admits(after)


async def test_an_answer_is_the_channels_if_rights_change_while_it_is_made(
    listening: Bot, slack: LocalSlack
) -> None:
    tokens = {"anna@example.com": {"wiki:hr"}, "ben@example.com": {"wiki:hr"}}
    listening.tokens = lambda email: frozenset(tokens[email])
    listening.handbook.open.clear()
    question = await slack.mention("U0ANNA", "C0MIX", "leave?")
    await until(lambda: listening.handbook.asked)
    tokens["ben@example.com"] = {"wiki:staff"}
    listening.handbook.open.set()
    answer = await slack.wait_for_message("C0MIX", thread_ts=question.ts)

    assert answer.text == "Book leave in the calendar."


async def test_members_of_a_public_channel_are_not_looked_up_for_each_question(
    listening: Bot, slack: LocalSlack
) -> None:
    await ask(slack, "C0TEAM")
    await ask(slack, "C0TEAM")

    assert len(slack.calls_to("conversations.members")) == 1


async def test_whoever_joined_unheard_of_counts_before_the_channel_is_told_more_than_everyone(
    listening: Bot, slack: LocalSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack tells only one process who joins, and may tell it late."""
    monkeypatch.setattr(readers, "JUST_NOW", 0.0)
    before = await ask(slack, "C0HR")
    slack.channels["C0HR"].members.append("U0BEN")
    joined = await ask(slack, "C0HR")

    assert before.text == "It is secret."
    assert "found nothing" in words(joined)


async def test_whoever_joins_unheard_of_while_an_answer_is_made_is_not_shown_it(
    listening: Bot, slack: LocalSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "JUST_NOW", 0.0)
    listening.handbook.open.clear()
    await slack.mention("U0ANNA", "C0HR", SALARY)
    await until(lambda: listening.handbook.asked)
    slack.channels["C0HR"].members.append("U0BEN")
    listening.handbook.open.set()
    await slack.wait_for_ephemeral("U0ANNA", lambda m: "secret" in words(m))

    assert all("secret" not in words(message) for message in slack.history("C0HR"))


async def test_a_channel_made_public_is_told_only_what_everyone_may_read_however_busy_it_is(
    bot: Bot, slack: LocalSlack
) -> None:
    """Nobody joins or leaves, so no event reports the change."""
    seconds = 0.0
    bot.env = replace(bot.env, seconds=lambda: seconds)
    await bot.start()
    answers = [await ask(slack, "C0HR")]
    slack.channels["C0HR"].kind = "channel"
    for _ in range(2):
        seconds += 0.9 * readers.REMEMBERED
        answers.append(await ask(slack, "C0HR"))

    assert answers[0].text == "It is secret."
    assert "found nothing" in words(answers[-1])


async def test_the_asker_alone_is_offered_what_the_channel_may_not_read(
    listening: Bot, slack: LocalSlack
) -> None:
    text = await ask(slack, "C0MIX")
    offer = await slack.wait_for_ephemeral("U0ANNA")
    await slack.click("U0ANNA", offer, "answer_privately")
    answer = await slack.wait_for_ephemeral("U0ANNA", lambda m: "secret" in words(m))
    await quiet(listening)

    assert offer.thread_ts == answer.thread_ts == text.thread_ts or answer.ts == offer.ts
    assert slack.ephemerals("U0BEN") == []
    assert all("secret" not in words(message) for message in slack.history("C0MIX"))
    assert "verdict" not in answer.action_ids()


async def test_a_language_model_is_asked_once_the_answer_is_wanted(
    listening: Bot, slack: LocalSlack
) -> None:
    await ask(slack, "C0MIX")
    offer = await slack.wait_for_ephemeral("U0ANNA")
    before = [question.quoting for question in listening.handbook.asked]
    await slack.click("U0ANNA", offer, "answer_privately")
    await slack.wait_for_ephemeral("U0ANNA", lambda m: "secret" in words(m))

    assert before == [False, True]
    assert [question.quoting for question in listening.handbook.asked[2:]] == [False]


async def test_nothing_is_offered_that_the_asker_may_not_read_either(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    question = await slack.mention("U0BEN", "C0MIX", SALARY)
    await slack.wait_for_message("C0MIX", thread_ts=question.ts)
    await quiet(bot)

    assert slack.ephemeral == []


async def test_rights_are_looked_at_again_when_the_button_is_pressed(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    await ask(slack, "C0MIX")
    offer = await slack.wait_for_ephemeral("U0ANNA")
    await quiet(bot)
    await bot.stop()
    slack.add_usergroup("S0HR", handle="hr", users=["U0ADA"])
    await bot.start()
    await slack.click("U0ANNA", offer, "answer_privately")
    answer = await slack.wait_for_ephemeral("U0ANNA", lambda m: "no answer for you" in m.text)

    assert "secret" not in words(answer)


async def test_a_private_answer_is_shared_only_where_all_may_read_it(
    listening: Bot, slack: LocalSlack
) -> None:
    text = await ask(slack, "C0MIX")
    offer = await slack.wait_for_ephemeral("U0ANNA")
    await slack.click("U0ANNA", offer, "answer_privately")
    answer = await slack.wait_for_ephemeral("U0ANNA", lambda m: "secret" in words(m))
    await slack.click("U0ANNA", answer, "share_answer")
    await slack.wait_for_ephemeral("U0ANNA", lambda m: "cannot share" in m.text)
    assert all("secret" not in words(message) for message in slack.history("C0MIX"))

    await slack.leave("U0BEN", "C0MIX")
    await slack.settled()
    await quiet(listening)
    await slack.click("U0ANNA", answer, "share_answer")
    await slack.wait_for(lambda: "secret" in words(text))

    assert len(slack.from_app("C0MIX")) == 1


async def test_what_was_deleted_is_not_shared(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    first = await slack.mention("U0ANNA", "C0MIX", "leave?")
    question = await slack.mention("U0ANNA", "C0MIX", SALARY, thread_ts=first.ts)
    offer = await slack.wait_for_ephemeral("U0ANNA")
    await slack.click("U0ANNA", offer, "answer_privately")
    answer = await slack.wait_for_ephemeral("U0ANNA", lambda m: "secret" in words(m))
    await slack.leave("U0BEN", "C0MIX")
    await quiet(bot)
    await slack.delete(question)
    await slack.wait_for(lambda: len(slack.from_app("C0MIX")) == 1)
    await slack.click("U0ANNA", answer, "share_answer")
    await slack.wait_for_ephemeral("U0ANNA", lambda m: "no longer have" in m.text)

    assert [message.text for message in slack.from_app("C0MIX")] == ["Book leave in the calendar."]
