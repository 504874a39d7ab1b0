"""Actions of a person, and the events that the app gets."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from footnote_bot.playground.slack.errors import CannotAct
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack


def events(slack: LocalSlack, kind: str) -> list[dict[str, Any]]:
    return [d.payload["event"] for d in slack.deliveries if d.event_type == kind]


async def test_a_mention_in_a_direct_conversation_is_a_message_alone(slack: LocalSlack) -> None:
    await slack.dm("U0ANNA", f"<@{slack.bot_user_id}> hello")

    assert events(slack, "app_mention") == []
    [message] = events(slack, "message")
    assert message["channel_type"] == "im"
    assert "thread_ts" not in message


async def test_private_channels_have_events_of_their_own(slack: LocalSlack) -> None:
    slack.add_channel("G0BOARD", kind="group", members=["U0ANNA"])

    await slack.say("U0ANNA", "G0BOARD", "Hello")

    assert events(slack, "message")[0]["channel_type"] == "group"


async def test_where_the_app_is_no_member_it_hears_nothing(slack: LocalSlack) -> None:
    slack.add_channel("C0OTHER", members=["U0ANNA"], with_bot=False)

    await slack.mention("U0ANNA", "C0OTHER", "hello?")

    assert slack.deliveries == []


async def test_a_shared_channels_events_say_so(slack: LocalSlack) -> None:
    slack.add_user("U0FAR", team_id="T0FAR", is_stranger=True)
    slack.add_channel("C0SHARED", members=["U0FAR"], is_ext_shared=True)

    await slack.mention("U0FAR", "C0SHARED", "hello?")

    assert all(d.payload["is_ext_shared_channel"] for d in slack.deliveries)
    assert events(slack, "app_mention")[0]["team"] == "T0FAR"


async def test_the_app_hears_its_own_words_with_its_bot_id(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel="C0TEAM", text=f"I am <@{slack.bot_user_id}>")

    assert [event["bot_id"] for event in events(slack, "message")] == [slack.bot_id]
    assert events(slack, "app_mention") == []


async def test_another_bots_message_carries_its_bot_id(slack: LocalSlack) -> None:
    slack.add_user("U0ROBOT", is_bot=True)
    await slack.join("U0ROBOT", "C0TEAM")

    await slack.mention("U0ROBOT", "C0TEAM", "beep")

    assert events(slack, "app_mention")[0]["bot_id"] == "B0ROBOT"


async def test_an_edit_tells_before_and_after(slack: LocalSlack) -> None:
    question = await slack.mention("U0ANNA", "C0TEAM", "How long?")

    await slack.edit(question, f"<@{slack.bot_user_id}> How long is leave?")

    changed = events(slack, "message")[-1]
    assert changed["subtype"] == "message_changed"
    assert changed["message"]["text"].endswith("How long is leave?")
    assert changed["previous_message"]["text"].endswith("How long?")
    assert changed["message"]["edited"]["user"] == "U0ANNA"
    assert len(events(slack, "app_mention")) == 1


async def test_an_edit_that_adds_a_mention_mentions(slack: LocalSlack) -> None:
    message = await slack.say("U0ANNA", "C0TEAM", "How long?")

    await slack.edit(message, f"<@{slack.bot_user_id}> How long?")

    assert len(events(slack, "app_mention")) == 1


async def test_a_deleted_message_is_told_by_its_time(slack: LocalSlack) -> None:
    question = await slack.mention("U0ANNA", "C0TEAM", "How long?")

    await slack.delete(question)

    deleted = events(slack, "message")[-1]
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", question.ts)


async def test_a_deleted_question_with_replies_leaves_a_tombstone(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    question = await slack.mention("U0ANNA", "C0TEAM", "How long?")
    await client.chat_postMessage(channel="C0TEAM", thread_ts=question.ts, text="Four weeks.")

    await slack.delete(question)

    changed = events(slack, "message")[-1]
    assert changed["subtype"] == "message_changed"
    assert changed["message"]["subtype"] == "tombstone"
    assert len(slack.thread("C0TEAM", question.ts)) == 2


async def test_a_files_comment_and_a_forwarded_message(slack: LocalSlack) -> None:
    await slack.mention("U0ANNA", "C0TEAM", "this?", files=[{"id": "F1", "name": "a.png"}])
    await slack.mention("U0ANNA", "C0TEAM", "that?", attachments=[{"text": "Forwarded"}])

    first, second = events(slack, "message")
    assert (first["subtype"], first["files"][0]["id"]) == ("file_share", "F1")
    assert second["attachments"] == [{"text": "Forwarded"}]
    assert "subtype" not in events(slack, "app_mention")[0]


async def test_reactions_are_told(slack: LocalSlack) -> None:
    message = await slack.say("U0ANNA", "C0TEAM", "x")

    await slack.react("U0BEN", message, "eyes")
    await slack.unreact("U0BEN", message, "eyes")

    [added], [removed] = events(slack, "reaction_added"), events(slack, "reaction_removed")
    assert (added["reaction"], added["item"]["ts"]) == ("eyes", message.ts)
    assert removed["user"] == "U0BEN"
    assert message.reactions == {}


async def test_coming_and_going_is_told(slack: LocalSlack) -> None:
    slack.add_user("U0NEW")

    await slack.join("U0NEW", "C0TEAM")
    await slack.leave("U0NEW", "C0TEAM")

    assert events(slack, "member_joined_channel")[0]["user"] == "U0NEW"
    assert events(slack, "member_left_channel")[0]["user"] == "U0NEW"
    assert events(slack, "message")[0]["subtype"] == "channel_join"


async def test_the_messages_tab_is_told_apart(slack: LocalSlack) -> None:
    await slack.open_home("U0ANNA", tab="messages")

    [opened] = events(slack, "app_home_opened")
    assert (opened["tab"], opened["channel"]) == ("messages", slack.im("U0ANNA").id)


async def test_a_person_cannot_do_the_impossible(slack: LocalSlack, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C0TEAM", text="x")
    message = slack.message("C0TEAM", posted["ts"])
    slack.add_user("U0OUT")

    for impossible in (
        slack.say("U0OUT", "C0TEAM", "x"),
        slack.say("U0ANNA", "C0TEAM", "x", thread_ts="1.000001"),
        slack.click("U0ANNA", message, "vote"),
        slack.command("U0ANNA", "C0TEAM", "/other"),
    ):
        with pytest.raises(CannotAct):
            await impossible


async def test_waiting_says_what_there_was_instead(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel="C0TEAM", text="Something else")

    with pytest.raises(TimeoutError, match="Something else"):
        await slack.wait_for_message("C0TEAM", lambda message: message.text == "This", timeout=0.01)


def test_a_reply_knows_its_thread() -> None:
    reply = Message("C1", "2.0", "U1", "T1", thread_ts="1.0")
    first = Message("C1", "1.0", "U1", "T1", thread_ts="1.0")

    assert (reply.is_reply, reply.root) == (True, "1.0")
    assert (first.is_reply, first.root) == (False, "1.0")
