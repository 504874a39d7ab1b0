"""`/wiki` except reindexing: who may use which command, and what each person may see."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.bot.model import Answer, Role, Tone, Turn
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.schema import metadata
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import BOTH_WAYS, LEAVE, MANIFEST, NOW, Bot, until
from .test_answering_in_slack import words
from .test_restarts import quiet
from .test_verdicts import flag

ROW: dict[str, Any] = {
    "pages": 242,
    "passages": 1200,
    "closed": 3,
    "as_of": NOW.isoformat(),
    "lag_seconds": {
        "edits": {"count": 4, "p50": 200.0, "p95": 400.0},
        "everything_else": {"count": 0, "p50": None, "p95": None},
    },
    "failed": {"secret/plans.md": "not readable"},
    "pages_failed": 1,
    "warnings": [],
    "error": "",
}


async def whispered(slack: LocalSlack, person: str, text: str) -> str:
    await slack.command(person, "C0TEAM", "/wiki", text)
    return words(await slack.wait_for_ephemeral(person))


@pytest.mark.parametrize("text", ["flags", "gaps", "access <@U0BEN> <https://wiki.example.com/a>"])
async def test_only_admins_may_use_the_commands_of_admins(
    bot: Bot, slack: LocalSlack, text: str
) -> None:
    await bot.start()

    assert (await whispered(slack, "U0ANNA", text)).startswith("Only admins may use /wiki")
    assert bot.operations.asked == []


@pytest.mark.parametrize(
    ("person", "text"),
    [
        ("U0ANNA", "access to the VPN?"),
        ("U0ANNA", "status of the migration project?"),
        ("U0ANNA", "forget my password, what now?"),
        ("U0ANNA", "help me reset my password"),
        ("U0BEN", "access to the VPN?"),
        ("U0BEN", "help with my new laptop"),
    ],
)
async def test_a_question_that_begins_like_a_command_is_answered(
    bot: Bot, slack: LocalSlack, person: str, text: str
) -> None:
    await bot.start()

    assert (await whispered(slack, person, text)).startswith("That is a question")
    await until(lambda: bot.handbook.asked)
    assert bot.handbook.asked[0].text == text
    assert bot.operations.asked == []


@pytest.mark.parametrize(
    ("person", "text", "says"),
    [
        ("U0BEN", "reindex the handbook of our team", "Name one wiki"),
        ("U0BEN", "access <@U0BEN> <https://wiki.example.com/a> now?", "Name one person"),
        ("U0ANNA", "access <@U0BEN> <https://wiki.example.com/a> please?", "Only admins may use"),
        ("U0ANNA", "forget <@U0BEN> and their questions", "I can forget you"),
        ("U0ANNA", "reindex my mail folder in Outlook", "Only admins may use"),
        ("U0ANNA", "help me", "Mention me"),
        ("U0ANNA", "status please", "This command takes no arguments."),
    ],
)
async def test_a_mistaken_command_is_told_its_usage(
    bot: Bot, slack: LocalSlack, person: str, text: str, says: str
) -> None:
    await bot.start()

    assert (await whispered(slack, person, text)).startswith(says)
    assert bot.handbook.asked == []


@BOTH_WAYS
async def test_status_says_to_everybody_what_is_read_and_to_admins_how_it_goes(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.operations.rows["wikis"] = {"handbook": ROW}
    await bot.start()
    member = await whispered(slack, "U0ANNA", "status")
    admin = await whispered(slack, "U0BEN", "status")

    assert "*handbook*: 242 pages, as of" in member
    assert "passages" not in member
    assert "1,200 passages, 3 pages nobody can read" in admin
    assert "Edits reach answers in 3 min (95% in 7 min)" in admin
    assert "1 page failed" in admin
    assert "plans" not in admin


async def test_guests_are_told_nothing_of_the_wikis(bot: Bot, slack: LocalSlack) -> None:
    bot.operations.rows["wikis"] = {"handbook": ROW}
    slack.channels["C0TEAM"].members.append("U0GUEST")
    await bot.start()

    assert "members of this workspace only" in await whispered(slack, "U0GUEST", "status")


@BOTH_WAYS
async def test_access_says_which_gate_stops_somebody(bot: Bot, slack: LocalSlack) -> None:
    bot.operations.may_read["anna@example.com"] = False
    await bot.start()
    reply = await whispered(
        slack, "U0BEN", "access <@U0ANNA|anna> <https://wiki.example.com/pay|pay>"
    )

    assert "No: anna may not read Salaries of wiki" in reply
    assert "Passed at space HR" in reply
    assert "STOPPED at Layoffs above it: restricted to Ben" in reply
    assert bot.operations.asked[0] == (
        "anna@example.com",
        "https://wiki.example.com/pay",
        frozenset({"group:S0HR", "group:hr"}),
    )


async def test_access_names_no_page_that_the_admin_may_not_read(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.operations.may_read["ben@example.com"] = False
    await bot.start()
    reply = await whispered(slack, "U0BEN", "access <@U0ANNA> <https://wiki.example.com/pay>")

    assert "Yes: anna may read this page of wiki" in reply
    assert "Salaries" not in reply
    assert "Layoffs" not in reply
    assert "Passed at a page above it" in reply


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("access @anna <https://wiki.example.com/pay>", "Slack sent me the name @anna"),
        ("access anna <https://wiki.example.com/pay>", "anna is not a person"),
        ("access <@U0ANNA> pay", "The second is not a link"),
        ("access <@U0ANNA>", "Name one person and one page"),
        ("access <@U0ANNA> <https://wiki.example.com/pay> --all", "I do not know --all"),
        ("access <@U0ANNA> <https://else.example.com/pay>", "That is the address of no wiki"),
        ("access <@U0GUEST> <https://wiki.example.com/pay>", "They are not a full member"),
        ("forget", "I can forget you, and nobody else."),
        ("forget <@U0BEN>", "I can forget you, and nobody else."),
        ("flags now", "This command takes no arguments."),
    ],
)
async def test_what_is_wrong_is_said(bot: Bot, slack: LocalSlack, typed: str, why: str) -> None:
    await bot.start()

    assert (await whispered(slack, "U0BEN", typed)).startswith(why)


@BOTH_WAYS
async def test_flags_show_what_was_asked_and_not_what_was_answered(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    await slack.dm("U0ANNA", "What is the salary of level 4?")
    answer = await slack.wait_for_message(slack.im("U0ANNA").id)
    await quiet(bot)
    await flag(slack, "U0ANNA", answer, "wrong", "Wrong <!here> number")
    await slack.wait_for_message("C0REVIEW")
    reply = await whispered(slack, "U0BEN", "flags")
    while "Open the card" not in reply:  # where it is is noted a moment after it was posted
        await whispered(slack, "U0BEN", "flags")
        reply = words(slack.ephemerals("U0BEN")[-1])

    assert "1 open flag, the oldest first:" in reply
    assert "What is the salary of level 4?" in reply
    assert "Wrong &lt;!here&gt; number" in reply
    assert "It is secret" not in reply


async def test_no_flag_is_a_sentence(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()

    assert await whispered(slack, "U0BEN", "flags") == "No flag is open."


async def ask(slack: LocalSlack, *texts: str) -> None:
    for number, text in enumerate(texts, len(slack.from_app("C0TEAM")) + 1):
        await slack.mention("U0ANNA", "C0TEAM", text)
        await slack.wait_for(lambda n=number: len(slack.from_app("C0TEAM")) == n)  # type: ignore[misc]


@BOTH_WAYS
async def test_gaps_are_grouped_with_the_nearest_pages_and_private_ones_counted(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    await ask(slack, "Where is the parking garage?", "parking garage where?", "Who runs payroll?")
    await slack.dm("U0ANNA", "Am I being fired?")
    await slack.wait_for_message(slack.im("U0ANNA").id)
    reply = await whispered(slack, "U0BEN", "gaps")

    first, second = reply.index("parking garage where?"), reply.index("Who runs payroll?")
    assert first < second
    assert "Asked 2 times, last today" in reply
    assert "Leave &gt; Annual leave" in reply
    assert "fired" not in reply
    assert "And 1 question asked in private, which I show to nobody." in reply


NO_GAPS = "Of the last 30 days no question is left that the wiki does not answer."


async def test_a_question_that_was_shown_only_the_nearest_sections_is_a_gap(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    closest = Answer("Book it. [1]", (LEAVE,), 0.3, tone=Tone.CLOSEST)  # of an earlier version
    for said, question in ((closest, "Where do I park?"), (None, "Who runs payroll?")):
        bot.handbook.said = said
        await ask(slack, question)
    reply = await whispered(slack, "U0BEN", "gaps")

    assert "Where do I park?" in reply
    assert "Who runs payroll?" in reply
    assert reply.count("Leave &gt; Annual leave") == 2
    assert "0 of 2 questions answered; 2 shown the nearest sections" in reply


async def test_a_gap_that_the_wiki_answers_by_now_is_none(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    await ask(slack, "Where is the parking garage?")
    bot.handbook.said = Answer("Below the house. [1]", (LEAVE,), 0.9)

    assert (await whispered(slack, "U0BEN", "gaps")) == NO_GAPS


async def test_a_question_that_was_deleted_is_no_gap(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "Where is the parking garage?")
    await slack.wait_for_message("C0TEAM", thread_ts=question.ts)
    await quiet(bot)
    await slack.delete(question)
    await quiet(bot)

    assert (await whispered(slack, "U0BEN", "gaps")) == NO_GAPS


async def test_a_question_of_a_private_channel_is_private_whoever_its_answer_was_open_to(
    bot: Bot, slack: LocalSlack
) -> None:
    slack.add_channel("C0BOARD", name="board", kind="group", members=["U0ANNA"])
    bot.change(private_members=0)
    await bot.start()
    question = await slack.mention("U0ANNA", "C0BOARD", "Is Ben being fired?")
    await slack.wait_for_message("C0BOARD", thread_ts=question.ts)
    await quiet(bot)
    reply = await whispered(slack, "U0BEN", "gaps")

    assert "fired" not in reply
    assert "And 1 question asked in private, which I show to nobody." in reply


async def test_where_all_gaps_are_private_no_list_is_announced(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    await slack.dm("U0ANNA", "Am I being fired?")
    await slack.wait_for_message(slack.im("U0ANNA").id)
    reply = await whispered(slack, "U0BEN", "gaps")

    assert reply == (
        "Of the last 30 days there is no unanswered question that I may show.\n"
        "*Last 30 days*: 0 of 1 question answered; 1 shown the nearest sections\n"
        "And 1 question asked in private, which I show to nobody."
    )


async def forget(slack: LocalSlack, person: str) -> Any:
    await slack.command(person, "C0TEAM", "/wiki", "forget me")
    message = await slack.wait_for_ephemeral(person, lambda tab: "Shall I" in tab.text)
    await slack.click(person, message, "forget_me")
    await slack.wait_for(lambda: "Deleted" in message.text)
    return message


def kept_of(data: Path, *marks: str) -> list[str]:
    """Return the database rows that still contain one of ``marks``."""
    database, lines = Database.open(data / "state.db"), []
    with database.begin() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(table.select()):
                text = repr(tuple(row))
                lines += [f"{table.name}: {text}" for mark in marks if mark in text]
    database.close()
    return lines


@BOTH_WAYS
async def test_whoever_asks_to_be_forgotten_is_in_no_table(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    bot.change(admins=frozenset({"U0ANNA"}))
    await bot.start()
    await slack.command("U0ANNA", "C0TEAM", "/wiki", "reindex")
    await ask(slack, "How do I book leave, asked Anna?")
    await slack.mention("U0BEN", "C0TEAM", "Ben asks of leave?")
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM")) == 3)
    await quiet(bot)
    for cards, answer in enumerate(slack.from_app("C0TEAM")[-2:]):
        await flag(slack, "U0ANNA", answer, "wrong", "words of Anna")
        await slack.wait_for(lambda cards=cards: len(slack.from_app("C0REVIEW")) > cards)
    before = kept_of(tmp_path, "U0ANNA", "Anna")
    await forget(slack, "U0ANNA")
    await slack.wait_for(
        lambda: not any("words of Anna" in words(m) for m in slack.from_app("C0REVIEW"))
    )
    await bot.stop()

    assert before
    assert kept_of(tmp_path, "U0ANNA", "Anna") == []
    assert kept_of(tmp_path, "Ben asks")
    deleted, remaining = (words(message) for message in slack.from_app("C0REVIEW"))
    assert deleted == "The person who asked this had it deleted, and the flag with it."
    assert "Flagged by someone" in remaining


async def test_a_question_that_is_not_answered_yet_is_forgotten_too(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    bot.handbook.open.clear()
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave, of Anna?")
    await slack.wait_for(lambda: bot.handbook.asked)
    await forget(slack, "U0ANNA")
    bot.handbook.open.set()
    await quiet(bot)
    await bot.stop()

    assert slack.from_app("C0TEAM") == []
    assert kept_of(tmp_path, "U0ANNA", "of Anna") == []


async def test_a_forgotten_question_is_not_answered_when_slack_delivers_it_again(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    await ask(slack, "leave?")
    await forget(slack, "U0ANNA")
    event = next(d for d in slack.deliveries if d.event_type == "app_mention")
    slack.deliverer.begin("events_api", event.payload)
    await slack.settled()

    assert len(slack.from_app("C0TEAM")) == 1


@BOTH_WAYS
async def test_caps_refuse_once_and_kindly(bot: Bot, slack: LocalSlack) -> None:
    bot.change(person_minute=2)
    await bot.start()
    for number in range(5):
        await slack.mention("U0ANNA", "C0TEAM", f"leave {number}?")
    await slack.mention("U0BEN", "C0TEAM", "leave for Ben?")
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM")) == 4)
    await quiet(bot)

    texts = [message.text for message in slack.from_app("C0TEAM")]
    assert texts[2].startswith("You have asked 2 questions within a minute")
    assert [text.startswith("Book leave") for text in texts] == [True, True, False, True]
    assert [question.text for question in bot.handbook.asked][-1] == "leave for Ben?"
    assert bot.app.inbox.store.unfinished() == []


async def test_who_edits_one_question_again_and_again_is_refused_like_who_asks_anew(
    bot: Bot, slack: LocalSlack
) -> None:
    bot.change(person_minute=2)
    await bot.start()
    question = await slack.mention("U0ANNA", "C0TEAM", "leave?")
    for number in range(5):
        await quiet(bot)
        await slack.edit(question, f"<@U0LOCALBOT> leave {number}?")
    await quiet(bot)
    await slack.mention("U0ANNA", "C0TEAM", "leave once more?")
    await quiet(bot)

    assert [question.text for question in bot.handbook.asked] == ["leave?", "leave 0?"]
    (reply,) = slack.from_app("C0TEAM")
    assert reply.text.startswith("You have asked 2 questions within a minute")


@BOTH_WAYS
async def test_a_channel_s_cap_counts_everybody_in_it(bot: Bot, slack: LocalSlack) -> None:
    bot.change(channel_minute=1)
    await bot.start()
    await slack.mention("U0ANNA", "C0TEAM", "leave?")
    await slack.mention("U0BEN", "C0TEAM", "leave?")
    await slack.dm("U0BEN", "leave?")
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM")) == 2)
    private = await slack.wait_for_message(slack.im("U0BEN").id)

    assert slack.from_app("C0TEAM")[1].text.startswith("This channel has asked 1 question within")
    assert private.text.startswith("Book leave")


@BOTH_WAYS
async def test_the_help_shows_people_what_they_may_use(bot: Bot, slack: LocalSlack) -> None:
    slack.channels["C0TEAM"].members.append("U0GUEST")
    await bot.start()
    admin, member = (
        await whispered(slack, "U0BEN", "help"),
        await whispered(slack, "U0ANNA", "help"),
    )
    guest = await whispered(slack, "U0GUEST", "help")

    for name in ("reindex", "flags", "access", "gaps", "audit"):
        assert f"/wiki {name}" in admin
        assert f"/wiki {name}" not in member + guest
    assert "/wiki forget me" in guest
    assert "/wiki help" in guest
    assert "/wiki settings" in admin
    assert "/wiki settings" in member  # Anna made the channel
    assert "/wiki settings" not in guest
    assert "/wiki status" in member
    assert "/wiki status" not in guest
    assert "(admins)" not in admin


async def test_slack_s_own_hint_names_each_subcommand(bot: Bot, slack: LocalSlack) -> None:
    """The hint is in the manifest, apart from the commands."""
    (command,) = json.loads(MANIFEST.read_text())["features"]["slash_commands"]
    hinted = {each.split()[0] for each in command["usage_hint"].split(" | ")}
    await bot.start()
    reply = await whispered(slack, "U0BEN", "help")
    subcommands = set(re.findall(r"/wiki (\w+)", reply)) - {"and"}  # "and a question"

    assert "audit" in subcommands
    assert subcommands == hinted
    assert all(name in command["description"].casefold() for name in subcommands)


def direct(slack: LocalSlack, text: str) -> Iterator[Message]:
    """Yield the bot's direct messages with this text."""
    for channel in slack.channels:
        if channel.startswith("D"):
            yield from (message for message in slack.from_app(channel) if text in words(message))


@BOTH_WAYS
async def test_characters_that_no_database_accepts_are_left_out_of_a_question(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    reply = await whispered(slack, "U0ANNA", "how do I\0 book leave?")
    await until(lambda: bot.handbook.asked)

    assert reply.startswith("That is a question")
    assert bot.handbook.asked[0].text == "how do I book leave?"


@pytest.mark.parametrize("text", ["how do I book leave", "leave?", "the form for parental leave"])
async def test_a_question_is_answered_in_a_direct_message(
    bot: Bot, slack: LocalSlack, text: str
) -> None:
    await bot.start()

    assert "I answer it in our direct messages" in await whispered(slack, "U0ANNA", text)
    answer = await slack.wait_for(lambda: next(direct(slack, "Book leave"), None))
    (question,) = direct(slack, "You asked")
    assert answer.thread_ts == question.ts
    assert bot.handbook.asked[-1].text == text
    assert bot.handbook.asked[-1].person == "U0ANNA"
    assert slack.from_app("C0TEAM") == []


async def test_a_follow_up_to_a_question_asked_with_the_command_comes_with_it(
    bot: Bot, slack: LocalSlack
) -> None:
    question = "how do I book `parental` leave & tell @here at https://wiki.example.com/leave ?"
    await bot.start()
    await slack.command("U0ANNA", "C0TEAM", "/wiki", question.replace("&", "&amp;"))
    answer = await slack.wait_for(lambda: next(direct(slack, "Book leave"), None))
    await quiet(bot)
    await slack.dm("U0ANNA", "And for leave abroad?", thread_ts=answer.thread_ts)
    await until(lambda: len(bot.handbook.asked) == 2)

    assert bot.handbook.asked[-1].history == (
        Turn(Role.ASKER, question),
        Turn(Role.BOT, "Book leave in the calendar."),
    )


async def test_a_text_that_is_no_command_and_no_question_gets_advice(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    reply = await whispered(slack, "U0ANNA", "vpn")

    assert "I do not know /wiki vpn." in reply
    assert "/wiki how do I" in reply
    assert bot.handbook.asked == []


async def test_a_refusal_says_what_can_be_done_instead(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    reply = await whispered(slack, "U0ANNA", "reindex")

    assert "Ask one of them. /wiki help lists what you can use." in reply
