"""Buttons, fields, modals, commands and their response_url, as payloads have them."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from footnote_bot.playground.slack.delivery import Ack, Delivery
from footnote_bot.playground.slack.errors import CannotAct
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value.title()), "value": value}


def field(name: str, element: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": name,
        "label": plain(name),
        "element": {"action_id": f"{name}_field", **element},
        **fields,
    }


FORM = {
    "type": "modal",
    "callback_id": "form",
    "private_metadata": "kept",
    "notify_on_close": True,
    "title": plain("Form"),
    "submit": plain("Send"),
    "blocks": [
        field("why", {"type": "radio_buttons", "options": [option("wrong"), option("old")]}),
        field("words", {"type": "plain_text_input", "max_length": 5}, optional=True),
        field("who", {"type": "users_select", "initial_user": "U0BEN"}),
        field(
            "what",
            {"type": "checkboxes", "options": [option("a"), option("b")]},
            optional=True,
        ),
    ],
}

BUTTONS = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {"type": "button", "action_id": "take", "text": plain("Take"), "value": "flag-7"},
            {
                "type": "static_select",
                "action_id": "state",
                "options": [option("open"), option("fixed")],
            },
        ],
    },
    {
        "type": "context_actions",
        "block_id": "votes",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "vote",
                "positive_button": {"text": plain("Good"), "value": "up"},
                "negative_button": {"text": plain("Bad"), "value": "down"},
            }
        ],
    },
]


class Answering:
    """Stands in for the app: accepts everything and responds with ``answer``."""

    def __init__(self) -> None:
        self.answer: Any = None
        self.payloads: list[dict[str, Any]] = []

    async def send(self, delivery: Delivery, number: int, reason: str) -> Ack:
        self.payloads.append(delivery.payload)
        return Ack(200, self.answer)


@pytest.fixture
def answering(slack: LocalSlack) -> Answering:
    slack.deliverer.transport = answering = Answering()
    return answering


@pytest.fixture
async def card(slack: LocalSlack, client: AsyncWebClient, answering: Answering) -> Message:
    posted = await client.chat_postMessage(channel="C0TEAM", text="card", blocks=BUTTONS)
    await slack.settled()
    answering.payloads.clear()
    return slack.message("C0TEAM", posted["ts"])


@pytest.fixture
async def form(slack: LocalSlack, client: AsyncWebClient, answering: Answering) -> Any:
    await client.views_open(trigger_id=slack.new_trigger("U0ANNA"), view=FORM)
    return slack.views("U0ANNA")[0]


async def test_a_button_sends_its_value_message_and_trigger(
    slack: LocalSlack, answering: Answering, card: Message
) -> None:
    await slack.click("U0ANNA", card, "take")

    [payload] = answering.payloads
    [action] = payload["actions"]
    assert payload["type"] == "block_actions"
    assert (action["action_id"], action["block_id"], action["value"]) == ("take", "row", "flag-7")
    assert payload["message"]["ts"] == payload["container"]["message_ts"] == card.ts
    assert payload["trigger_id"] in slack.triggers
    assert payload["user"]["id"] == "U0ANNA"
    assert payload["channel"] == {"id": "C0TEAM", "name": "team"}


@pytest.mark.parametrize(("side", "value"), [("positive", "up"), ("down", "down")])
async def test_feedback_buttons_send_the_pressed_ones_value(
    slack: LocalSlack, answering: Answering, card: Message, side: str, value: str
) -> None:
    await slack.click("U0ANNA", card, "vote", side)

    [action] = answering.payloads[0]["actions"]
    assert (action["type"], action["value"]) == ("feedback_buttons", value)


async def test_a_menu_sends_the_picked_option_and_state(
    slack: LocalSlack, answering: Answering, card: Message
) -> None:
    await slack.click("U0ANNA", card, "state", "fixed")

    [payload] = answering.payloads
    assert payload["actions"][0]["selected_option"]["value"] == "fixed"
    assert payload["state"]["values"]["row"]["state"]["selected_option"]["value"] == "fixed"


async def test_an_ephemeral_message_is_not_sent_along(
    slack: LocalSlack, client: AsyncWebClient, answering: Answering
) -> None:
    await client.chat_postEphemeral(channel="C0TEAM", user="U0ANNA", text="card", blocks=BUTTONS)
    [message] = slack.ephemerals("U0ANNA")

    await slack.click("U0ANNA", message, "take")

    assert "message" not in answering.payloads[0]
    assert answering.payloads[0]["container"]["is_ephemeral"]
    with pytest.raises(CannotAct):
        await slack.click("U0BEN", message, "take")


async def test_a_form_sends_all_its_fields(
    slack: LocalSlack, answering: Answering, form: Any
) -> None:
    response = await slack.submit(
        "U0ANNA", form, {"why": "wrong", "words_field": "Six", "what": ["a"]}
    )

    [payload] = answering.payloads
    values = payload["view"]["state"]["values"]
    assert response.accepted
    assert payload["type"] == "view_submission"
    assert payload["view"]["private_metadata"] == "kept"
    assert values["why"]["why_field"]["selected_option"]["value"] == "wrong"
    assert values["words"]["words_field"]["value"] == "Six"
    assert values["who"]["who_field"]["selected_user"] == "U0BEN"
    assert [o["value"] for o in values["what"]["what_field"]["selected_options"]] == ["a"]
    assert slack.views("U0ANNA") == []


@pytest.mark.parametrize(
    "values",
    [{}, {"why": "made up"}, {"why": "old", "words": "too long"}, {"why": "old", "nothing": "x"}],
)
async def test_the_window_holds_an_unfit_form_back(
    slack: LocalSlack, answering: Answering, form: Any, values: dict[str, Any]
) -> None:
    with pytest.raises(CannotAct):
        await slack.submit("U0ANNA", form, values)

    assert answering.payloads == []


@pytest.mark.parametrize(
    "follows",
    [
        ({"response_action": "errors", "errors": {"why": "no"}}, False, ["Form"]),
        ({"response_action": "errors", "errors": {"nothing": "no"}}, False, ["Form"]),
        ({"response_action": "update", "view": FORM | {"title": plain("New")}}, True, ["New"]),
        (
            {"response_action": "push", "view": FORM | {"title": plain("Next")}},
            True,
            ["Form", "Next"],
        ),
        ({"response_action": "update", "view": {"type": "modal"}}, False, ["Form"]),
        ({"response_action": "clear"}, True, []),
        ({"response_action": "sing"}, False, ["Form"]),
    ],
)
async def test_the_window_follows_the_apps_answer(
    slack: LocalSlack, answering: Answering, form: Any, follows: tuple[Any, bool, list[str]]
) -> None:
    answering.answer, accepted, titles = follows

    response = await slack.submit("U0ANNA", form, {"why": "old"})

    assert response.accepted is accepted
    assert [view.title for view in slack.views("U0ANNA")] == titles


async def test_closing_is_told_where_the_view_asks_for_it(
    slack: LocalSlack, answering: Answering, form: Any
) -> None:
    await slack.close_view("U0ANNA", form)

    assert answering.payloads[0]["type"] == "view_closed"
    assert slack.views("U0ANNA") == []


async def test_a_command_says_who_where_and_what(slack: LocalSlack, answering: Answering) -> None:
    answering.answer = {"response_type": "in_channel", "text": "Reindexing"}

    await slack.command("U0BEN", "C0TEAM", "/wiki", "reindex handbook")

    [payload] = [p for p in answering.payloads if "command" in p]
    assert (payload["command"], payload["text"]) == ("/wiki", "reindex handbook")
    assert (payload["user_id"], payload["channel_name"]) == ("U0BEN", "team")
    assert [message.text for message in slack.from_app("C0TEAM")] == ["Reindexing"]


async def post(url: str, **content: Any) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, json=content) as response:
        return response.status, await response.text()


async def test_a_response_url_works_five_times(slack: LocalSlack, answering: Answering) -> None:
    await slack.command("U0BEN", "C0TEAM", "/wiki", "status")
    url = answering.payloads[0]["response_url"]

    results = [await post(url, text=f"{number}") for number in range(6)]

    assert [status for status, _ in results] == [200] * 5 + [404]
    assert [message.text for message in slack.ephemerals("U0BEN")] == ["0", "1", "2", "3", "4"]


async def test_a_response_url_works_for_half_an_hour(
    slack: LocalSlack, answering: Answering, clock: Any
) -> None:
    await slack.command("U0BEN", "C0TEAM", "/wiki", "status")
    clock.now += 1_801

    status, _ = await post(answering.payloads[0]["response_url"], text="late")

    assert status == 404


async def test_a_response_url_replaces_and_deletes_its_message(
    slack: LocalSlack, answering: Answering, card: Message
) -> None:
    await slack.click("U0ANNA", card, "take")
    url = answering.payloads[0]["response_url"]

    await post(url, replace_original=True, text="Taken by Anna")
    replaced = (card.text, card.blocks)
    await post(url, delete_original=True)

    assert replaced == ("Taken by Anna", [])
    assert slack.from_app("C0TEAM") == []


async def test_a_response_url_refuses_wrong_blocks(slack: LocalSlack, answering: Answering) -> None:
    await slack.command("U0BEN", "C0TEAM", "/wiki", "status")

    answer = await post(answering.payloads[0]["response_url"], blocks=[{"type": "poem"}])

    assert answer == (400, "invalid_blocks")
