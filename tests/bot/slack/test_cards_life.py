"""A flag's card from post to settlement: who may act on it, and what can happen meanwhile."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from footnote_bot.bot.flags.model import FlagState
from footnote_bot.bot.flags.texts import FLAG_HANDLED, NOT_A_REVIEWER, TOO_LATE
from footnote_bot.bot.model import Answer, Role, Turn
from footnote_bot.bot.state.locks import DatabaseLocks
from footnote_bot.bot.state.process import Process
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import BOTH_WAYS, LEAVE, SALARY, Bot, quiet
from .flags import ask_in_channel, card, database, flagged, flags, history, passed
from .test_answering_in_slack import words
from .test_channel_settings import choose
from .test_reactions import started


@pytest.mark.parametrize("mode", ["socket", "http"])
@BOTH_WAYS
async def test_a_flag_is_taken_fixed_and_its_person_told_once(
    bot: Bot, slack: LocalSlack, mode: str, free_port: int, tmp_path: Path
) -> None:
    await started(bot, slack, mode, free_port)
    await flagged(slack, await ask_in_channel(bot, slack))
    flag_card = await card(slack)
    await slack.click("U0BEN", flag_card, "flag_take")
    await slack.wait_for(lambda: "ben is on it" in words(flag_card))
    bot.handbook.text = "Book leave in the portal. [1]"
    await slack.click("U0BEN", flag_card, "flag_fixed")
    notice = await slack.wait_for_message(slack.im("U0ANNA").id)
    await slack.wait_for(lambda: "told" in words(flag_card))

    assert "Old answer" in words(flag_card)
    assert "Book leave in the ~calendar.~" in words(flag_card)
    assert "New answer" in words(flag_card)
    assert "Book leave in the *portal.*" in words(flag_card)
    assert flag_card.text == "Fixed: outdated: How do I book leave?"
    assert flag_card.action_ids() == ["flag_reopen"]
    assert FLAG_HANDLED in words(notice)
    assert "Book leave in the portal." in words(notice)
    assert len(slack.from_app(slack.im("U0ANNA").id)) == 1
    assert history(bot, tmp_path) == [
        ("raised", "U0ANNA"), ("taken", "U0BEN"), ("fixed", "U0BEN"), ("asked_again", ""),
        ("told", ""),
    ]  # fmt: skip


async def test_a_card_names_the_flagger_once(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    flag_card = await card(slack)

    assert "Old." in words(flag_card)
    assert "Flagged by anna" in words(flag_card)
    assert words(flag_card).count("anna") == 1


async def test_who_flagged_is_told_with_their_own_rights_and_reviewers_are_not(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    question = await slack.dm("U0ANNA", "my salary?")
    answer = await slack.wait_for_message(question.channel)
    await flagged(slack, answer)
    flag_card = await card(slack)
    await slack.click("U0BEN", flag_card, "flag_fixed")
    notice = await slack.wait_for_message(
        question.channel, lambda message: FLAG_HANDLED in words(message)
    )
    await slack.wait_for(lambda: "told" in words(flag_card))

    assert "It is secret." in words(notice)
    assert "secret" not in words(flag_card)
    assert "Salaries" not in words(flag_card)


async def test_a_private_answer_in_a_thread_is_no_context_for_others(
    bot: Bot, slack: LocalSlack
) -> None:
    """It would steer the search, and a language model would see it."""
    slack.add_channel("C0HERS", name="hers", members=["U0ANNA", "U0BEN"])
    await bot.start()
    await choose(slack, sees="asker")
    private = await slack.mention("U0ANNA", "C0HERS", "my salary?")
    await slack.wait_for_ephemeral("U0ANNA", lambda message: "It is secret." in words(message))
    await quiet(bot)
    await choose(slack, sees="all")
    await quiet(bot)
    await slack.mention("U0BEN", "C0HERS", "How do I book leave?", thread_ts=private.ts)
    answer = await slack.wait_for_message("C0HERS", thread_ts=private.ts)
    await quiet(bot)
    await flagged(slack, answer, "U0BEN")
    await _fixed(slack, "U0BEN")

    assert [question.history for question in bot.handbook.asked[-2:]] == [(), ()]


async def test_what_the_asker_may_read_is_no_context_for_what_everybody_gets(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    question = await slack.dm("U0ANNA", "my salary?")
    await slack.wait_for_message(
        question.channel, lambda message: "It is secret." in words(message)
    )
    await slack.dm("U0ANNA", "And leave?", thread_ts=question.ts)
    answer = await slack.wait_for_message(
        question.channel, lambda message: "calendar" in words(message)
    )
    await quiet(bot)
    await flagged(slack, answer)
    await _fixed(slack, "U0ANNA")
    for_all, for_anna = (question.history for question in bot.handbook.asked[-2:])

    assert for_all == (Turn(Role.ASKER, "my salary?"),)
    assert for_anna == (Turn(Role.ASKER, "my salary?"), Turn(Role.BOT, "It is secret. [1]"))


async def _fixed(slack: LocalSlack, person: str) -> None:
    flag_card = await card(slack)
    await slack.click("U0BEN", flag_card, "flag_fixed")
    await slack.wait_for_message(
        slack.im(person).id, lambda message: FLAG_HANDLED in words(message)
    )


async def test_an_answer_that_was_right_is_not_wrong_and_may_be_looked_at_again(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    flag_card = await card(slack)
    await slack.click("U0BEN", flag_card, "flag_not_wrong")
    await slack.wait_for(lambda: flag_card.text.startswith("Not wrong"))
    await slack.click("U0BEN", flag_card, "flag_reopen")
    await slack.wait_for(lambda: flag_card.text.startswith("Flagged"))

    assert [flag.state for flag in flags(bot, tmp_path)] == [FlagState.OPEN]
    assert slack.from_app(slack.im("U0ANNA").id) == []


@BOTH_WAYS
async def test_a_click_counts_only_from_the_review_channel(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    """Slack shows the card only to members. The bot checks the channel all the same."""
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    flag_card = await card(slack)
    await slack.leave("U0BEN", "C0REVIEW")
    slack.channels["C0REVIEW"].members.append("U0GUEST")
    await pressed_by_stealth(slack, "U0BEN", flag_card, "flag_fixed")
    await slack.click("U0GUEST", flag_card, "flag_fixed")
    reply = await slack.wait_for_ephemeral("U0GUEST")

    assert reply.text == NOT_A_REVIEWER
    assert [flag.state for flag in flags(bot, tmp_path)] == [FlagState.OPEN]


async def test_the_second_of_two_reviewers_is_told_that_it_is_settled(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    flag_card = await card(slack)
    before = copy.deepcopy(flag_card)
    await slack.click("U0BEN", flag_card, "flag_not_wrong")
    await slack.wait_for(lambda: flag_card.text.startswith("Not wrong"))
    await slack.click("U0BEN", before, "flag_fixed")
    reply = await slack.wait_for_ephemeral("U0BEN")

    assert reply.text == TOO_LATE
    assert [flag.state for flag in flags(bot, tmp_path)] == [FlagState.NOT_WRONG]


async def test_edit_page_leads_where_the_page_is_edited_and_only_to_hosts_that_are_allowed(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.change_wiki(git="https://forge.example.com/handbook.git")
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    allowed = await card(slack)
    links = {live.host for live in slack.live_pings(allowed)}
    bot.library.edits = {LEAVE.page: "https://evil.example.com/edit"}
    await slack.click("U0BEN", allowed, "flag_take")
    await slack.wait_for(lambda: "is on it" in words(allowed))

    assert "forge.example.com" in links
    assert "Edit page" not in words(allowed)
    assert "evil" not in words(allowed)


@BOTH_WAYS
async def test_a_wiki_may_have_a_review_channel_of_its_own(bot: Bot, slack: LocalSlack) -> None:
    slack.add_channel("C0BOOK", name="handbook", members=["U0BEN"])
    bot.change_wiki(review_channel="C0BOOK")
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    flag_card = await card(slack, "C0BOOK")

    assert flag_card.text.startswith("Flagged")
    assert slack.from_app("C0REVIEW") == []


async def test_the_owner_is_named_alive_once_slack_finds_them_by_address(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.handbook.said = Answer("So. [1]", (replace(LEAVE, owner="Ben <ben@example.com>"),), 0.9)
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    flag_card = await card(slack)

    assert "Page of <@U0BEN>" in words(flag_card)
    assert slack.from_app(slack.im("U0BEN").id) == []


async def test_an_owner_outside_the_review_channel_is_told_once(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.handbook.said = Answer("So. [1]", (replace(LEAVE, owner="anna@example.com"),), 0.9)
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    notice = await slack.wait_for_message(slack.im("U0ANNA").id)
    flag_card = await card(slack)
    await slack.click("U0BEN", flag_card, "flag_take")
    await slack.wait_for(lambda: "is on it" in words(flag_card))

    assert notice.text.startswith("A page of yours was flagged: outdated")
    assert "How do I book leave?" in words(notice)
    assert "So." not in words(notice)
    assert notice.action_ids() == []
    assert len(slack.from_app(slack.im("U0ANNA").id)) == 1


async def test_an_owner_whom_slack_lets_nobody_write_to_is_no_trouble_of_the_review_channel(
    bot: Bot, slack: LocalSlack, caplog: pytest.LogCaptureFixture
) -> None:
    bot.change(review_channel="")
    bot.handbook.said = Answer("So. [1]", (replace(LEAVE, owner="ben@example.com"),), 0.9)
    await bot.start()
    answer = await ask_in_channel(bot, slack)
    slack.fail_next("chat.postMessage", error="messages_tab_disabled")
    await flagged(slack, answer)
    await slack.wait_for_ephemeral("U0ANNA")
    await quiet(bot)

    assert "The owner of flag 1's page cannot be told" in caplog.text
    assert "review channel" not in caplog.text


@pytest.mark.parametrize(
    "owner",
    ["<@U0BEN>", "<!channel>", "@here", "people-team", "gus@else.example", "nobody@example.com"],
)
async def test_the_owner_that_a_page_names_is_not_pinged(
    bot: Bot, slack: LocalSlack, owner: str
) -> None:
    bot.handbook.said = Answer("So. [1]", (replace(LEAVE, owner=owner),), 0.9)
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    flag_card = await card(slack)

    assert {live.kind for live in slack.live_pings(flag_card)} == {"link"}
    assert "Page of " in words(flag_card)


ADA = "confluence-user:wiki.example.com:557058"


@pytest.mark.parametrize("address", ["ben@example.com", ""])
async def test_whom_the_wiki_knows_is_named_by_slack_or_not_at_all(
    bot: Bot, slack: LocalSlack, address: str
) -> None:
    """An account's id means nothing to readers."""
    bot.library.owners[ADA] = address
    bot.handbook.said = Answer("So. [1]", (replace(LEAVE, owner=ADA),), 0.9)
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    card_text = words(await card(slack))

    assert ("Page of <@U0BEN>" in card_text) == bool(address)
    assert ("Page of" in card_text) == bool(address)
    assert "confluence-user" not in card_text


async def test_an_address_that_only_the_wiki_tells_and_slack_does_not_know_is_not_shown(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.library.owners[ADA] = "ada@else.example"
    bot.handbook.said = Answer("So. [1]", (replace(LEAVE, owner=ADA),), 0.9)
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))

    assert "Page of" not in words(await card(slack))


async def test_the_owner_of_a_closed_page_is_told_alone_if_they_may_read_it(
    bot: Bot, slack: LocalSlack
) -> None:
    """The card names neither the page nor its owner, so a reviewer who owns it is told as well."""
    slack.add_usergroup("S0HR", handle="hr", users=["U0BEN"])
    sources = (replace(SALARY, owner="anna@example.com"), replace(SALARY, owner="ben@example.com"))
    bot.handbook.said = Answer("So much. [1] [2]", sources, 0.9)
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    flag_card = await card(slack)
    notice = await slack.wait_for_message(slack.im("U0BEN").id)
    await quiet(bot)

    assert "Salaries" in words(notice)
    assert "So much" not in words(notice)
    assert "Salaries" not in words(flag_card)
    assert "U0BEN" not in words(flag_card)
    assert slack.from_app(slack.im("U0ANNA").id) == []


@BOTH_WAYS
async def test_an_edited_page_is_asked_again_once_for_each_edit(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    flag_card = await card(slack)
    bot.handbook.text = "Book leave in the portal. [1]"
    bot.library.edited(LEAVE, "r2")
    passed(bot, tmp_path)
    for _ in range(3):
        await bot.app.maintenance.run_once()
    first = words(flag_card)
    bot.handbook.text = "Book leave by phone. [1]"
    bot.library.edited(LEAVE, "r3")
    passed(bot, tmp_path)
    await bot.app.maintenance.run_once()

    assert "Old answer" in first
    assert "Book leave in the *portal.*" in first
    assert "Book leave *by phone.*" in words(flag_card)
    assert flag_card.text.startswith("Flagged")
    assert [deed for deed, _ in history(bot, tmp_path)] == ["raised", "asked_again", "asked_again"]


async def test_a_settled_flag_is_not_asked_again(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    flag_card = await card(slack)
    await slack.click("U0BEN", flag_card, "flag_not_wrong")
    await slack.wait_for(lambda: flag_card.text.startswith("Not wrong"))
    bot.library.edited(LEAVE, "r2")
    passed(bot, tmp_path)
    await bot.app.maintenance.run_once()

    assert [deed for deed, _ in history(bot, tmp_path)] == ["raised", "not_wrong"]


@pytest.mark.parametrize("settled", [False, True])
async def test_a_page_that_is_closed_later_leaves_the_card(
    bot: Bot, slack: LocalSlack, tmp_path: Path, settled: bool
) -> None:
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    flag_card = await card(slack)
    if settled:
        await slack.click("U0BEN", flag_card, "flag_not_wrong")
        await slack.wait_for(lambda: flag_card.text.startswith("Not wrong"))
    before = words(flag_card)
    bot.library.restricted(LEAVE, "group:hr")
    bot.handbook.said = Answer("Ask. [1]", (replace(SALARY, page="x"),), 0.9)
    passed(bot, tmp_path)
    await bot.app.maintenance.run_once()

    assert "calendar" in before
    assert "calendar" not in words(flag_card)
    assert LEAVE.url not in words(flag_card)
    assert "not open to everyone" in words(flag_card)


async def test_a_card_that_slack_could_not_take_comes_with_the_next_round(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    await bot.app.maintenance.run_once()  # after the round at the start
    answer = await ask_in_channel(bot, slack)
    slack.fail_next("chat.postMessage", status=503)
    await flagged(slack, answer)
    await slack.wait_for_ephemeral("U0ANNA")
    before = slack.from_app("C0REVIEW")
    await bot.app.maintenance.run_once()

    assert before == []
    assert len(slack.from_app("C0REVIEW")) == 1


async def test_a_card_that_slack_took_without_our_hearing_of_it_is_not_put_up_twice(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    answer = await ask_in_channel(bot, slack)
    slack.fail_next("chat.postMessage", drop=True, done=True)
    await flagged(slack, answer)
    await card(slack)
    await slack.wait_for_ephemeral("U0ANNA")
    await bot.kill()
    await bot.start()
    await bot.app.maintenance.run_once()
    (flag_card,) = slack.from_app("C0REVIEW")
    await slack.click("U0BEN", flag_card, "flag_take")
    await slack.wait_for(lambda: "is on it" in words(flag_card))

    assert len(slack.from_app("C0REVIEW")) == 1


async def test_who_is_quicker_than_the_news_of_a_card_gets_no_second_one(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    answer = await ask_in_channel(bot, slack)
    slack.fail_next("chat.postMessage", drop=True, done=True)
    await flagged(slack, answer)
    flag_card = await card(slack)
    await slack.wait_for_ephemeral("U0ANNA")
    await slack.click("U0BEN", flag_card, "flag_take")
    await slack.wait_for(lambda: not bot.app.failures._at_work)
    await slack.settled()
    await bot.app.maintenance.run_once()

    assert len(slack.from_app("C0REVIEW")) == 1
    assert "is on it" in words(flag_card)


@BOTH_WAYS
async def test_killed_after_fixed_its_person_is_told_after_the_restart(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    flag_card = await card(slack)
    slack.fail_next("conversations.open", status=503)
    await slack.click("U0BEN", flag_card, "flag_fixed")
    await slack.wait_for(lambda: flag_card.text.startswith("Fixed"))
    await slack.wait_for(lambda: slack.calls_to("conversations.open"))
    await bot.kill()
    before = slack.from_app(slack.im("U0ANNA").id)
    await bot.start()
    await slack.wait_for_message(slack.im("U0ANNA").id)
    await bot.app.maintenance.run_once()

    assert before == []
    assert len(slack.from_app(slack.im("U0ANNA").id)) == 1


async def test_one_of_two_processes_at_a_time_does_the_due_work(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    await bot.app.maintenance.run_once()  # after the round at the start
    answer = await ask_in_channel(bot, slack)
    slack.fail_next("chat.postMessage", status=503)
    await flagged(slack, answer)
    await slack.wait_for_ephemeral("U0ANNA")
    with database(tmp_path) as opened, Process(opened, lambda: bot.now) as other:
        with DatabaseLocks(opened, other).hold(["(upkeep)"]):
            await bot.app.maintenance.run_once()
        before = slack.from_app("C0REVIEW")
        await bot.app.maintenance.run_once()

    assert before == []
    assert len(slack.from_app("C0REVIEW")) == 1


@BOTH_WAYS
async def test_a_waiting_flag_is_reminded_of_once_a_day(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    bot.change(remind_after_days=3)
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    await card(slack)
    await flagged(slack, await ask_in_channel(bot, slack, "And leave for parents?"), "U0BEN")
    await slack.wait_for(lambda: len(slack.from_app("C0REVIEW")) == 2)

    async def reminded(after: timedelta) -> int:
        bot.now += after
        await bot.app.maintenance.run_once()
        return sum("waiting" in message.text for message in slack.from_app("C0REVIEW"))

    counts = [
        await reminded(after)
        for after in (timedelta(days=2), timedelta(days=2), timedelta(hours=20), timedelta(hours=5))
    ]
    last = slack.from_app("C0REVIEW")[-1]

    assert counts == [0, 1, 1, 2]
    assert last.text == "2 flags are waiting."
    assert "And leave for parents?" in words(last)


async def test_who_took_a_flag_is_reminded_alone(bot: Bot, slack: LocalSlack) -> None:
    bot.change(remind_after_days=3)
    await bot.start()
    await flagged(slack, await ask_in_channel(bot, slack))
    flag_card = await card(slack)
    await slack.click("U0BEN", flag_card, "flag_take")
    await slack.wait_for(lambda: "is on it" in words(flag_card))
    bot.now += timedelta(days=4)
    await bot.app.maintenance.run_once()
    notice = await slack.wait_for_message(slack.im("U0BEN").id)

    assert notice.text == "A flag is waiting."
    assert len(slack.from_app("C0REVIEW")) == 1


async def pressed_by_stealth(slack: LocalSlack, person: str, message: Message, action: str) -> None:
    """Press as a person who is not in the channel. Slack's own client would not allow it."""
    slack.channels[message.channel].members.append(person)
    payload = slack._interaction("block_actions", person) | slack._in_message(person, message)
    slack.channels[message.channel].members.remove(person)
    (element,) = [element for element in message.elements() if element["action_id"] == action]
    pressed = {"type": "button", "action_id": action, "value": element["value"]}
    payload |= {"trigger_id": slack.new_trigger(person), "actions": [pressed]}
    await slack._deliver("interactive", payload)
