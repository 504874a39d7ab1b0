"""Reading people, channels and messages."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from footnote_bot.playground.slack.workspace import LocalSlack


async def refusal(call: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_a_person_with_all_that_rights_need(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    slack.add_user("U0GUEST", email="guest@example.com", is_restricted=True)

    user = (await client.users_info(user="U0GUEST"))["user"]

    assert user["profile"]["email"] == "guest@example.com"
    assert user["is_restricted"]
    assert not user["is_admin"]
    assert user["team_id"] == slack.team_id


async def test_a_stranger_from_another_workspace(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.add_user("U0FAR", team_id="T0FAR", is_stranger=True)

    user = (await client.users_info(user="U0FAR"))["user"]

    assert (user["is_stranger"], user["team_id"]) == (True, "T0FAR")
    assert "is_admin" not in user


async def test_people_are_found_by_e_mail(slack: LocalSlack, client: AsyncWebClient) -> None:
    response = await client.users_lookupByEmail(email="Anna@Example.com")

    assert response["user"]["id"] == "U0ANNA"
    assert await refusal(client.users_lookupByEmail(email="x@example.com")) == "users_not_found"
    assert await refusal(client.users_info(user="U0NOBODY")) == "user_not_found"


async def test_user_groups_and_their_people(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.add_usergroup("S0DOCS", handle="docs", users=["U0ANNA"])

    groups = (await client.usergroups_list(include_users=True))["usergroups"]
    people = (await client.usergroups_users_list(usergroup="S0DOCS"))["users"]

    assert groups[0]["users"] == people == ["U0ANNA"]
    assert await refusal(client.usergroups_users_list(usergroup="S0NO")) == "no_such_subteam"


async def test_a_channel_and_its_members_page_by_page(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    slack.channels["C0TEAM"].is_ext_shared = True

    channel = (await client.conversations_info(channel="C0TEAM"))["channel"]
    first = await client.conversations_members(channel="C0TEAM", limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_members(channel="C0TEAM", limit=2, cursor=cursor)

    assert (channel["is_ext_shared"], channel["is_private"]) == (True, False)
    assert [*first["members"], *second["members"]] == ["U0ANNA", "U0BEN", slack.bot_user_id]
    assert second["response_metadata"]["next_cursor"] == ""


async def test_a_thread_comes_whole_and_oldest_first(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    question = await slack.mention("U0ANNA", "C0TEAM", "Hm?")
    reply = await slack.say("U0BEN", "C0TEAM", "Yes", thread_ts=question.ts)

    response = await client.conversations_replies(channel="C0TEAM", ts=question.ts)
    history = await client.conversations_history(channel="C0TEAM")

    assert [message["ts"] for message in response["messages"]] == [question.ts, reply.ts]
    assert response["messages"][0]["reply_count"] == 1
    assert response["messages"][1]["parent_user_id"] == "U0ANNA"
    assert [message["ts"] for message in history["messages"]] == [question.ts]
    lost = client.conversations_replies(channel="C0TEAM", ts="1.000001")
    assert await refusal(lost) == "thread_not_found"


async def test_a_thread_begins_with_its_first_message_on_each_page(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    first = await slack.say("U0ANNA", "C0TEAM", "Hm?")
    first_reply, second_reply = [
        await slack.say("U0BEN", "C0TEAM", x, thread_ts=first.ts) for x in "ab"
    ]
    thread = {"channel": "C0TEAM", "ts": first.ts}

    page = await client.conversations_replies(**thread, limit=1)
    cursor = page["response_metadata"]["next_cursor"]
    following = await client.conversations_replies(**thread, limit=1, cursor=cursor)
    later = await client.conversations_replies(**thread, oldest=first_reply.ts)

    assert [message["ts"] for message in page["messages"]] == [first.ts, first_reply.ts]
    assert [message["ts"] for message in following["messages"]] == [first.ts, second_reply.ts]
    assert [message["ts"] for message in later["messages"]] == [first.ts, second_reply.ts]


async def test_history_is_newest_first_between_times(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    first, second, third = [await slack.say("U0ANNA", "C0TEAM", text) for text in "abc"]

    everything = await client.conversations_history(channel="C0TEAM")
    between = await client.conversations_history(channel="C0TEAM", oldest=first.ts, latest=third.ts)

    assert [message["text"] for message in everything["messages"]] == ["c", "b", "a"]
    assert [message["ts"] for message in between["messages"]] == [second.ts]


async def test_a_direct_conversation_is_opened_once(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    first = await client.conversations_open(users="U0ANNA")
    again = await client.conversations_open(users=["U0ANNA"])

    assert first["channel"]["id"] == again["channel"]["id"] == slack.im("U0ANNA").id


async def test_no_conversation_is_opened_with_an_app_or_who_has_left(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    slack.add_user("U0LEFT", deleted=True)
    slack.add_user("U0OTHERBOT", is_bot=True)

    assert await refusal(client.conversations_open(users="U0LEFT")) == "user_disabled"
    assert await refusal(client.conversations_open(users="U0OTHERBOT")) == "cannot_dm_bot"


async def test_reactions_come_and_go(slack: LocalSlack, client: AsyncWebClient) -> None:
    message = await slack.say("U0ANNA", "C0TEAM", "x")
    target = {"channel": "C0TEAM", "timestamp": message.ts, "name": "eyes"}

    await client.reactions_add(**target)
    twice = await refusal(client.reactions_add(**target))
    reactions = {name: list(users) for name, users in message.reactions.items()}
    await client.reactions_remove(**target)

    assert reactions == {"eyes": [slack.bot_user_id]}
    assert twice == "already_reacted"
    assert message.reactions == {}
    assert await refusal(client.reactions_remove(**target)) == "no_reaction"


async def test_a_snippet_is_uploaded_into_a_thread(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    question = await slack.say("U0ANNA", "C0TEAM", "All of it?")

    await client.files_upload_v2(
        channel="C0TEAM", thread_ts=question.ts, content="a,b\n1,2", filename="table.csv"
    )

    [message] = slack.from_app("C0TEAM", question.ts)
    assert message.files[0]["name"] == "table.csv"
    assert next(iter(slack.files.values()))["content"] == b"a,b\n1,2"
