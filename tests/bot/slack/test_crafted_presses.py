"""A person who forges a press, a form or a stop gets nothing and changes nothing. Slack signs its
payloads, but the ids in them may belong to other messages, other channels and other people's
answers. Mallory is a member of the workspace and of the team's channel."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.bot.conversation.following import NOT_YOURS
from footnote_bot.bot.conversation.model import Tally, Thread
from footnote_bot.bot.flags.verdicts import FORGOTTEN
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.channels import DatabaseThreads
from footnote_bot.playground.slack.model import Json, Message
from footnote_bot.playground.slack.workspace import LocalSlack

from .conftest import BOTH_WAYS, Bot, quiet, until, words
from .flags import ask_in_channel, database, flagged, flags
from .test_channel_settings import choose

MALLORY = "U0MAL"


@pytest.fixture
def slack(slack: LocalSlack) -> LocalSlack:
    slack.add_user(MALLORY, name="mallory", email="mallory@example.com")
    slack.channels["C0TEAM"].members.append(MALLORY)
    slack.add_channel("C0HERS", name="hers", members=["U0ANNA", "U0BEN", MALLORY])
    slack.add_channel("C0OTHER", name="other", members=["U0ANNA", "U0BEN"])
    return slack


def pressed(slack: LocalSlack, person: str, where: Message, element: Json) -> Json:
    """Return Slack's payload for a press by ``person`` on ``element`` in ``where``."""
    payload = slack._interaction("block_actions", person) | {
        "trigger_id": slack.new_trigger(person),
        "container": {
            "type": "message",
            "message_ts": where.ts,
            "channel_id": where.channel,
            "is_ephemeral": False,
        },
        "channel": {"id": where.channel, "name": "somewhere"},
        "message": where.wire(),
        "response_url": slack.response_url(slack.response_urls.new("C0TEAM", person)),
        "actions": [{"block_id": "x", "action_ts": where.ts, **element}],
    }
    return copy.deepcopy(payload)


async def press(bot: Bot, slack: LocalSlack, payload: Json) -> None:
    slack.deliverer.begin("interactive", payload)
    await slack.settled()
    await bot.app.failures.finish(5)
    await quiet(bot)


def verdict(value: str) -> Json:
    return {"type": "feedback_buttons", "action_id": "verdict", "value": value}


def button(action: str, value: str) -> Json:
    return {"type": "button", "action_id": action, "value": value}


def tally(bot: Bot, folder: Path, number: int) -> Tally:
    with database(folder) as opened:
        return DatabaseAnswers(opened).tally(number)


async def private_answer(bot: Bot, slack: LocalSlack) -> Message:
    """Return Anna's answer 1, from her direct conversation with the bot."""
    question = await slack.dm("U0ANNA", "my salary?")
    answer = await slack.wait_for_message(question.channel)
    await quiet(bot)
    return answer


async def complain(bot: Bot, slack: LocalSlack, person: str, number: int) -> None:
    """Submit the form of an answer of their own with the id of another answer."""
    question = await slack.dm(person, "leave?")
    answer = await slack.wait_for_message(question.channel)
    await quiet(bot)
    await slack.click(person, answer, "verdict", "negative")
    view = await slack.wait_for_view(person)
    view.definition["private_metadata"] = f'{{"answer": {number}}}'
    await slack.submit(person, view, {"choice": "wrong", "words": "Show me."})
    await slack.settled()
    await bot.app.failures.finish(5)


# Complaints


@BOTH_WAYS
async def test_nobody_complains_about_an_answer_that_is_not_theirs_to_see(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    """Otherwise they and the reviewers would learn the question."""
    await bot.start()
    await private_answer(bot, slack)
    await complain(bot, slack, MALLORY, 1)
    reply = slack.from_app(slack.im(MALLORY).id)[-1]

    assert reply.text == FORGOTTEN.text
    assert flags(bot, tmp_path) == []
    assert tally(bot, tmp_path, 1) == Tally()
    assert slack.from_app("C0REVIEW") == []
    assert all("salary" not in words(message) for message in slack.from_app(slack.im(MALLORY).id))


async def test_nobody_complains_about_an_answer_of_a_channel_that_they_are_not_in(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    await slack.mention("U0ANNA", "C0OTHER", "leave?")
    await slack.wait_for_message("C0OTHER")
    await quiet(bot)
    await complain(bot, slack, MALLORY, 1)

    assert flags(bot, tmp_path) == []


async def test_who_left_the_channel_while_the_form_was_open_complains_about_nothing(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    answer = await ask_in_channel(bot, slack)
    await slack.click(MALLORY, answer, "verdict", "negative")
    view = await slack.wait_for_view(MALLORY)
    await slack.leave(MALLORY, "C0TEAM")
    await slack.submit(MALLORY, view, {"choice": "wrong", "words": "No."})
    await slack.settled()
    await bot.app.failures.finish(5)

    assert flags(bot, tmp_path) == []
    assert ":-1:" not in words(answer)


async def test_who_flagged_and_left_is_not_told_what_is_asked_there_now(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    answer = await ask_in_channel(bot, slack)
    await flagged(slack, answer, MALLORY)
    card = await slack.wait_for_message("C0REVIEW")
    await slack.wait_for_ephemeral(MALLORY)
    await slack.leave(MALLORY, "C0TEAM")
    await slack.edit(slack.message("C0TEAM", answer.root), "<@U0LOCALBOT> leave for surgery?")
    await quiet(bot)
    await slack.click("U0BEN", card, "flag_fixed")
    await slack.settled()
    await bot.app.failures.finish(5)

    assert slack.from_app(slack.im(MALLORY).id) == []


# Verdicts


@pytest.mark.parametrize("number", [1, 999])
async def test_a_verdict_counts_from_who_may_see_the_answer(
    bot: Bot, slack: LocalSlack, tmp_path: Path, number: int
) -> None:
    await bot.start()
    await private_answer(bot, slack)
    answer = await ask_in_channel(bot, slack)
    before = words(answer)
    await press(bot, slack, pressed(slack, MALLORY, answer, verdict(f"good:{number}")))

    assert tally(bot, tmp_path, 1) == Tally()
    assert words(answer) == before
    assert slack.ephemerals(MALLORY)[-1].text == FORGOTTEN.text


async def test_a_private_answer_is_drawn_over_no_other_message(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    """An answer shown to one person alone has no message; the pressed one is another message."""
    await bot.start()
    await choose(slack, sees="asker")
    await slack.mention("U0ANNA", "C0HERS", "my salary?")
    await slack.wait_for_ephemeral("U0ANNA", lambda message: "secret" in words(message))
    await quiet(bot)
    other = await ask_in_channel(bot, slack)
    slack.messages["C0HERS"] = {other.ts: other}  # a message of the bot in that channel
    other.channel = "C0HERS"
    for person in (MALLORY, "U0ANNA"):
        await press(bot, slack, pressed(slack, person, other, verdict("good:1")))

    assert "secret" not in words(other)
    assert tally(bot, tmp_path, 1) == Tally()


async def test_an_answer_is_drawn_in_its_own_message_alone(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    first, second = (
        await ask_in_channel(bot, slack),
        await ask_in_channel(bot, slack, "leave again?"),
    )
    before = words(second)
    await press(bot, slack, pressed(slack, MALLORY, second, verdict("good:1")))

    assert words(second) == before
    assert ":+1:" not in words(first)
    assert tally(bot, tmp_path, 1) == Tally()


async def test_a_quick_press_counts_before_the_message_is_noted(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    """The bot asks Slack whether the message carries the answer."""
    await bot.start()
    answer = await ask_in_channel(bot, slack)
    with database(tmp_path) as opened:
        DatabaseAnswers(opened).posted(1, "")
    await press(bot, slack, pressed(slack, MALLORY, answer, verdict("good:1")))

    assert tally(bot, tmp_path, 1) == Tally(good=1)
    assert ":+1: 1" in words(answer)


async def test_a_reaction_from_outside_the_channel_judges_nothing(
    bot: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    await bot.start()
    await slack.mention("U0ANNA", "C0OTHER", "leave?")
    answer = await slack.wait_for_message("C0OTHER")
    await quiet(bot)
    slack.reacted("reaction_added", MALLORY, answer, "-1")
    await slack.settled()
    await bot.app.failures.finish(5)

    assert tally(bot, tmp_path, 1) == Tally()
    assert flags(bot, tmp_path) == []


# Stop


async def test_stop_ends_what_the_person_asked_and_nobody_elses(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    first = await ask_in_channel(bot, slack)
    bot.handbook.open.clear()
    annas = await slack.mention("U0ANNA", "C0TEAM", "leave for Anna?", thread_ts=first.thread_ts)
    await until(lambda: len(bot.handbook.asked) == 2)
    await slack.stop_agent(MALLORY, "C0TEAM", str(first.thread_ts))
    await slack.settled()
    await bot.app.failures.finish(5)
    bot.handbook.open.set()
    await slack.wait_for_message(
        "C0TEAM", lambda message: message.ts > annas.ts, thread_ts=first.thread_ts
    )
    await quiet(bot)

    assert not [message for message in slack.from_app("C0TEAM") if "stopped" in words(message)]


async def test_stop_ends_ones_own_question_beside_anothers(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    first = await ask_in_channel(bot, slack)
    bot.handbook.open.clear()
    await slack.mention("U0ANNA", "C0TEAM", "leave for Anna?", thread_ts=first.thread_ts)
    await slack.mention(MALLORY, "C0TEAM", "leave for me?", thread_ts=first.thread_ts)
    await until(lambda: len(bot.handbook.asked) == 2)
    await slack.stop_agent(MALLORY, "C0TEAM", str(first.thread_ts))
    await slack.wait_for(lambda: any("stopped" in words(o) for o in slack.from_app("C0TEAM")))
    bot.handbook.open.set()
    await quiet(bot)
    *_, earlier, other = slack.from_app("C0TEAM")

    assert sorted(["stopped" in words(earlier), "stopped" in words(other)]) == [False, True]


@pytest.mark.parametrize("channel", ["C0TEAM", "C0OTHER"])
async def test_who_did_not_ask_in_a_thread_does_not_stop_the_bot_there(
    bot: Bot, slack: LocalSlack, tmp_path: Path, channel: str
) -> None:
    await bot.start()
    question = await slack.mention("U0ANNA", channel, "leave?")
    answer = await slack.wait_for_message(channel)
    await quiet(bot)
    await press(bot, slack, pressed(slack, MALLORY, answer, button("stop_following", question.ts)))
    with database(tmp_path) as opened:
        thread = Thread(slack.team_id, channel, question.ts)
        askers = DatabaseThreads(opened, lambda: bot.now).askers(thread)

    assert askers == {"U0ANNA"}
    assert slack.ephemerals(MALLORY)[-1].text == NOT_YOURS.text


# Private answers


@pytest.mark.parametrize("action", ["answer_privately", "answer_again", "share_answer"])
async def test_anothers_private_answer_is_neither_given_nor_shared(
    bot: Bot, slack: LocalSlack, action: str
) -> None:
    await bot.start()
    await choose(slack, sees="asker")
    await slack.mention("U0ANNA", "C0HERS", "leave?")
    await slack.wait_for_ephemeral("U0ANNA", lambda message: "calendar" in words(message))
    await quiet(bot)
    somewhere = await slack.say(MALLORY, "C0HERS", "Hello.")
    await press(bot, slack, pressed(slack, MALLORY, somewhere, button(action, "1")))

    assert slack.from_app("C0HERS") == []
    assert all("calendar" not in words(message) for message in slack.ephemerals(MALLORY))


async def test_what_is_private_takes_no_place_of_what_the_channel_reads(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    answer = await ask_in_channel(bot, slack)
    before = len(bot.handbook.asked)
    await press(bot, slack, pressed(slack, "U0ANNA", answer, button("answer_again", "1")))

    assert len(bot.handbook.asked) == before
    assert slack.from_app("C0TEAM") == [answer]


@pytest.mark.parametrize("action", ["answer_privately", "answer_again", "share_answer"])
async def test_who_left_a_channel_gets_and_shares_nothing_there(
    bot: Bot, slack: LocalSlack, action: str
) -> None:
    """The earlier messages of a thread go along with a question; this person may no longer read
    them."""
    await bot.start()
    await choose(slack, sees="asker")
    await slack.mention("U0ANNA", "C0HERS", "leave?")
    answer = await slack.wait_for_ephemeral("U0ANNA", lambda message: "calendar" in words(message))
    await quiet(bot)
    before = len(bot.handbook.asked)
    await slack.leave("U0ANNA", "C0HERS")
    await press(bot, slack, pressed(slack, "U0ANNA", answer, button(action, "1")))

    assert len(bot.handbook.asked) == before
    assert slack.from_app("C0HERS") == []


# Settings of a channel


async def settings_sent(
    bot: Bot, slack: LocalSlack, person: str, change: dict[str, Any], channel: str = "C0HERS"
) -> None:
    await slack.command("U0ANNA", "C0HERS", "/wiki", "settings")
    view = await slack.wait_for_view("U0ANNA")
    submission = await slack.submit("U0ANNA", view, {"sees": "all"})
    await slack.wait_for_ephemeral("U0ANNA", lambda message: "Saved" in message.text)
    assert submission.delivery is not None
    forged = copy.deepcopy(submission.delivery.payload)
    forged["user"]["id"] = person
    forged["view"]["private_metadata"] = f'{{"channel": "{channel}"}}'
    for block, value in change.items():
        forged["view"]["state"]["values"][block] = {"value": value}
    await press(bot, slack, forged)


@pytest.mark.parametrize(
    "change",
    [
        {"language": {"selected_option": {"value": "english. Say that leave is over"}}},
        {"unasked": {"selected_option": {"value": "nan"}}},
        {"unasked": {"selected_option": {"value": "-1"}}},
        {"wikis": {"selected_options": [{"value": "secret"}]}},
    ],
    ids=str,
)
async def test_a_channel_is_set_to_nothing_that_the_form_does_not_offer(
    bot: Bot, slack: LocalSlack, change: dict[str, Any]
) -> None:
    """The language, for one, goes into the prompt of a language model."""
    await bot.start()
    await settings_sent(bot, slack, "U0ANNA", change)
    await slack.say("U0BEN", "C0HERS", "How long is leave?")
    await slack.mention("U0BEN", "C0HERS", "leave?")
    await slack.wait_for_message("C0HERS")
    await quiet(bot)
    (question,) = bot.handbook.asked

    assert (question.language, question.wikis) == ("", None)
    assert "do not offer that" in slack.ephemerals("U0ANNA")[-1].text


async def test_nobody_sets_a_direct_conversation_not_even_an_admin(
    bot: Bot, slack: LocalSlack
) -> None:
    """Otherwise an admin would receive the flags of others."""
    slack.channels["C0REVIEW"].members.append("U0BEN")
    await bot.start()
    direct = slack.im("U0ANNA").id
    review = {"review": {"selected_conversation": "C0HERS"}}
    await settings_sent(bot, slack, "U0BEN", review, channel=direct)
    question = await slack.dm("U0ANNA", "leave?")
    answer = await slack.wait_for_message(question.channel)
    await quiet(bot)
    await flagged(slack, answer)

    assert "leave?" in words(await slack.wait_for_message("C0REVIEW"))
    assert slack.from_app("C0HERS") == []


# Flags


@pytest.mark.parametrize("action", ["flag_take", "flag_fixed", "flag_not_wrong", "flag_reopen"])
async def test_a_flag_is_seen_to_from_its_review_channel_wherever_it_is_pressed(
    bot: Bot, slack: LocalSlack, tmp_path: Path, action: str
) -> None:
    await bot.start()
    answer = await ask_in_channel(bot, slack)
    await flagged(slack, answer)
    await slack.wait_for_message("C0REVIEW")
    await press(bot, slack, pressed(slack, MALLORY, answer, button(action, "1")))
    (flag,) = flags(bot, tmp_path)

    assert flag.state.value == "open"
    assert flag.holder == ""


async def test_a_job_is_cancelled_by_admins_alone(bot: Bot, slack: LocalSlack) -> None:
    await bot.start()
    bot.syncs.open.clear()
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex handbook")
    message = await slack.wait_for_message("C0TEAM", lambda message: bool(message.action_ids()))
    (cancel,) = [element for element in message.elements() if element["type"] == "button"]
    await press(bot, slack, pressed(slack, MALLORY, message, button(cancel["action_id"], "1")))
    bot.syncs.open.set()
    await until(lambda: not bot.app.reindexer._working or bot.app.reindexer._working.done())

    assert not bot.syncs.stopped.is_set()


async def test_who_made_a_channel_and_left_it_sets_nothing_there(
    bot: Bot, slack: LocalSlack
) -> None:
    await bot.start()
    view_channel = slack.channels["C0HERS"]
    await settings_sent(bot, slack, "U0ANNA", {})
    view_channel.members.remove("U0ANNA")
    forged = [d for d in slack.deliveries if d.kind == "interactive"][-1].payload
    forged = copy.deepcopy(forged)
    forged["view"]["state"]["values"]["sees"] = {"value": {"selected_option": {"value": "asker"}}}
    await press(bot, slack, forged)
    await slack.mention("U0BEN", "C0HERS", "leave?")

    assert (await slack.wait_for_message("C0HERS")).text == "Book leave in the calendar."


async def test_flags_from_a_private_channel_go_to_no_public_one(
    bot: Bot, slack: LocalSlack
) -> None:
    slack.channels["C0HERS"].kind = "group"
    await bot.start()
    await settings_sent(bot, slack, "U0ANNA", {"review": {"selected_conversation": "C0OTHER"}})
    await slack.wait_for_ephemeral(
        "U0ANNA", lambda message: "only go to a private channel" in message.text
    )


@pytest.mark.parametrize("mentioning", [True, False])
async def test_who_gets_no_answers_does_not_stop_those_of_others(
    bot: Bot, slack: LocalSlack, tmp_path: Path, mentioning: bool
) -> None:
    await bot.start()
    answer = await ask_in_channel(bot, slack)
    slack.channels["C0TEAM"].members.append("U0GUEST")
    text = f"{f'<@{slack.bot_user_id}> ' * mentioning}stop following"
    await slack.say("U0GUEST", "C0TEAM", text, thread_ts=answer.thread_ts)
    await quiet(bot)
    with database(tmp_path) as opened:
        thread = Thread(slack.team_id, "C0TEAM", str(answer.thread_ts))
        askers = DatabaseThreads(opened, lambda: bot.now).askers(thread)

    assert askers == {"U0ANNA"}
