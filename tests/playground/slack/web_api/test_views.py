"""Opening, pushing, changing and publishing views."""

from __future__ import annotations

import json
from typing import Any, Protocol

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from footnote_bot.playground.slack.errors import CannotAct
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.playground.slack.conftest import MANIFEST


class Settable(Protocol):
    now: float


def modal(title: str = "Title", **fields: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": title},
        "blocks": [{"type": "divider"}],
        **fields,
    }


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


async def refusal(call: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_a_trigger_opens_one_view(slack: LocalSlack, client: AsyncWebClient) -> None:
    trigger = slack.new_trigger("U0ANNA")

    opened = await client.views_open(trigger_id=trigger, view=modal(private_metadata="m"))

    [view] = slack.views("U0ANNA")
    assert (view.id, view.private_metadata) == (opened["view"]["id"], "m")
    again = client.views_open(trigger_id=trigger, view=modal())
    assert await refusal(again) == "exchanged_trigger_id"


async def test_a_trigger_lasts_three_seconds(
    slack: LocalSlack, client: AsyncWebClient, clock: Settable
) -> None:
    trigger = slack.new_trigger("U0ANNA")
    clock.now += 3.1

    late = client.views_open(trigger_id=trigger, view=modal())
    made_up = client.views_open(trigger_id="1.2.3", view=modal())

    assert await refusal(late) == "expired_trigger_id"
    assert await refusal(made_up) == "invalid_trigger_id"


async def test_three_views_lie_on_each_other(slack: LocalSlack, client: AsyncWebClient) -> None:
    await client.views_open(trigger_id=slack.new_trigger("U0ANNA"), view=modal("1"))
    await client.views_push(trigger_id=slack.new_trigger("U0ANNA"), view=modal("2"))
    await client.views_push(trigger_id=slack.new_trigger("U0ANNA"), view=modal("3"))

    fourth = client.views_push(trigger_id=slack.new_trigger("U0ANNA"), view=modal("4"))

    assert await refusal(fourth) == "push_limit_reached"
    assert [view.title for view in slack.views("U0ANNA")] == ["1", "2", "3"]


async def test_a_view_is_changed_if_it_is_still_the_same(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    trigger = slack.new_trigger("U0ANNA")
    opened = (await client.views_open(trigger_id=trigger, view=modal("old")))["view"]
    target = {"view_id": opened["id"], "hash": opened["hash"]}

    await client.views_update(**target, view=modal("new"))

    assert slack.views("U0ANNA")[0].title == "new"
    assert await refusal(client.views_update(**target, view=modal())) == "hash_conflict"
    assert await refusal(client.views_update(view_id="V0NO", view=modal())) == "not_found"


async def test_a_home_tab_is_published(slack: LocalSlack, client: AsyncWebClient) -> None:
    home = {"type": "home", "blocks": [{"type": "divider"}]}

    await client.views_publish(user_id="U0ANNA", view=home)

    tab = slack.home("U0ANNA")
    assert tab is not None
    assert tab.blocks[0]["type"] == "divider"
    assert await refusal(client.views_publish(user_id="U0NO", view=home)) == "user_not_found"


async def test_a_home_tab_is_changed_if_it_is_still_the_same(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    first = (await client.views_publish(user_id="U0ANNA", view=home))["view"]
    second = (await client.views_publish(user_id="U0ANNA", view=home, hash=first["hash"]))["view"]
    stale = client.views_publish(user_id="U0ANNA", view=home, hash=first["hash"])

    assert first["id"] == second["id"]
    assert await refusal(stale) == "hash_conflict"


@pytest.mark.parametrize(
    ("blocks", "error"),
    [
        ([{"type": "divider"}] * 101, "invalid_arguments"),
        ([section("x" * 3_001)], "invalid_arguments"),
        ([section("x" * 3_000)] * 90, "view_too_large"),
    ],
)
async def test_a_home_tab_that_is_too_long_is_refused(
    slack: LocalSlack, client: AsyncWebClient, blocks: list[dict[str, Any]], error: str
) -> None:
    call = client.views_publish(user_id="U0ANNA", view={"type": "home", "blocks": blocks})

    assert await refusal(call) == error
    assert slack.home("U0ANNA") is None


async def test_an_app_without_a_home_tab_has_none_to_publish_or_to_open() -> None:
    document = json.loads(MANIFEST.read_text())
    document["features"]["app_home"]["home_tab_enabled"] = False
    async with LocalSlack(document) as slack:
        slack.add_user("U0ANNA")
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        home = {"type": "home", "blocks": [{"type": "divider"}]}

        assert await refusal(client.views_publish(user_id="U0ANNA", view=home)) == "not_enabled"
        with pytest.raises(CannotAct, match="home tab"):
            await slack.open_home("U0ANNA")


async def test_a_wrong_view_keeps_its_trigger(slack: LocalSlack, client: AsyncWebClient) -> None:
    """Slack checks the view first."""
    trigger = slack.new_trigger("U0ANNA")

    wrong = client.views_open(trigger_id=trigger, view=modal("x" * 25))

    assert await refusal(wrong) == "invalid_arguments"
    await client.views_open(trigger_id=trigger, view=modal())
