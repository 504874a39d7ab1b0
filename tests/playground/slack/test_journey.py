"""A minimal Bolt app lives in the workspace, over HTTP and over Socket Mode."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from footnote_bot.playground.slack.workspace import LocalSlack

VOTE = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "vote",
            "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "up"},
            "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "down"},
        }
    ],
}
WHY = {
    "type": "modal",
    "callback_id": "why",
    "title": {"type": "plain_text", "text": "What is wrong?"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "reason",
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {
                "type": "static_select",
                "action_id": "picked",
                "options": [
                    {"text": {"type": "plain_text", "text": "Wrong"}, "value": "wrong"},
                    {"text": {"type": "plain_text", "text": "Outdated"}, "value": "outdated"},
                ],
            },
        },
        {
            "type": "input",
            "block_id": "words",
            "optional": True,
            "label": {"type": "plain_text", "text": "More"},
            "element": {"type": "plain_text_input", "action_id": "typed"},
        },
    ],
}


@pytest.fixture(params=["http", "socket"])
async def running(
    request: pytest.FixtureRequest,
    slack: LocalSlack,
    app: AsyncApp,
    over_http: Callable[[], Awaitable[None]],
    connect: Callable[[], Awaitable[None]],
) -> str:
    """The running app, connected one way or the other."""
    app.event("app_mention")(answer)
    app.event("message")(overhear)
    app.event("app_home_opened")(show_home)
    app.action("vote")(ask_why)
    app.view("why")(thank)
    app.command("/wiki")(obey)
    await (over_http if request.param == "http" else connect)()
    return str(request.param)


async def answer(event: dict[str, Any], client: AsyncWebClient) -> None:
    await client.chat_postMessage(
        channel=event["channel"],
        thread_ts=event.get("thread_ts") or event["ts"],
        text="Four weeks.",
        blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "Four weeks."}}, VOTE],
    )


async def overhear(event: dict[str, Any]) -> None:
    pass


async def ask_why(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
    await ack()
    if body["actions"][0]["value"] == "down":
        await client.views_open(trigger_id=body["trigger_id"], view=WHY)


async def thank(ack: Any, body: dict[str, Any], view: dict[str, Any], client: Any) -> None:
    reason = view["state"]["values"]["reason"]["picked"]["selected_option"]["value"]
    if reason == "wrong" and not view["state"]["values"]["words"]["typed"]["value"]:
        await ack(response_action="errors", errors={"words": "What would be right?"})
        return
    await ack()
    await client.chat_postEphemeral(
        channel="C0TEAM", user=body["user"]["id"], text=f"Thanks: {reason}"
    )


async def obey(ack: Any, respond: Any, command: dict[str, Any]) -> None:
    await ack()
    await respond(f"Reindexing {command['text']}")


async def show_home(event: dict[str, Any], client: AsyncWebClient) -> None:
    await client.views_publish(
        user_id=event["user"],
        view={
            "type": "home",
            "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "Hello"}}],
        },
    )


async def test_a_mention_is_answered_in_its_thread(slack: LocalSlack, running: str) -> None:
    question = await slack.mention("U0ANNA", "C0TEAM", "How long is parental leave?")

    reply = await slack.wait_for_message("C0TEAM", thread_ts=question.ts)

    assert reply.text == "Four weeks."
    assert slack.thread("C0TEAM", question.ts) == [question, reply]


async def test_a_mention_comes_as_two_events_with_different_ids(
    slack: LocalSlack, running: str
) -> None:
    await slack.mention("U0ANNA", "C0TEAM", "Hello?")

    first, second = slack.deliveries[:2]

    assert {first.event_type, second.event_type} == {"app_mention", "message"}
    assert first.event_id != second.event_id


async def test_a_bad_vote_is_asked_for_its_reason_and_confirmed(
    slack: LocalSlack, running: str
) -> None:
    await slack.mention("U0ANNA", "C0TEAM", "How long?")
    reply = await slack.wait_for_message("C0TEAM")

    pressed = await slack.click("U0ANNA", reply, "vote", "negative")
    view = await slack.wait_for_view("U0ANNA")
    refused = await slack.submit("U0ANNA", view, {"picked": "wrong"})
    accepted = await slack.submit("U0ANNA", view, {"picked": "wrong", "typed": "Six weeks"})
    thanks = await slack.wait_for_ephemeral("U0ANNA")

    assert pressed.acked
    assert not refused.accepted
    assert refused.errors == {"words": "What would be right?"}
    assert accepted.accepted
    assert slack.views("U0ANNA") == []
    assert thanks.text == "Thanks: wrong"
    assert slack.ephemerals("U0BEN") == []


async def test_a_command_answers_through_its_response_url(slack: LocalSlack, running: str) -> None:
    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex handbook")

    answer = await slack.wait_for_ephemeral("U0BEN")

    assert answer.text == "Reindexing reindex handbook"


async def test_opening_the_home_tab_shows_what_the_app_publishes(
    slack: LocalSlack, running: str
) -> None:
    await slack.open_home("U0ANNA")

    home = await slack.wait_for(lambda: slack.home("U0ANNA"))

    assert home.blocks[0]["text"]["text"] == "Hello"


async def test_an_event_sent_again_reaches_the_app_again(slack: LocalSlack, running: str) -> None:
    await slack.mention("U0ANNA", "C0TEAM", "Again?")
    await slack.wait_for_message("C0TEAM")
    mention = next(d for d in slack.deliveries if d.event_type == "app_mention")

    slack.redeliver(mention.event_id)
    await slack.wait_for(lambda: len(slack.from_app("C0TEAM")) == 2)

    assert [attempt.number for attempt in mention.attempts] == [0, 1]
