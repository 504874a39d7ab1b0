"""From a Confluence to answers that follow it: pages that Ada may read and Bob may not, pages that
are closed, edited and deleted, and a Confluence that fails."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from footnote_bot.playground.confluence.faults import Fault
from footnote_bot.playground.confluence.model import Content, User, Who
from footnote_bot.playground.confluence.site import LocalConfluence
from footnote_bot.playground.confluence.world import World
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.watching import PATIENCE
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.ports import free_port

from .conftest import MANIFEST, UNHURRIED, Company

SECRET = "webhooks-are-signed-with-this"
SETTLED = 3.5
"""Seconds after which a webhook would have started a pass."""
BONUS = "What is the bonus for night shifts?"
DEPLOY = "How do I deploy to production?"
LEAVE = "How many days of annual leave do I have?"
SHIPPING = "What are our shipping crates made of?"
CELLAR = "What is the code of the wine cellar door?"
SABBATICAL = "How long does a sabbatical take?"
PARKING = "Where do visitors park their cars?"


@dataclass
class Office:
    """A Data Center, which sends webhooks, with its bot in Slack."""

    company: Company
    confluence: LocalConfluence
    world: World
    ada: User
    pages: dict[str, Content] = field(default_factory=dict)

    @property
    def hooks(self) -> str:
        return f"http://127.0.0.1:{self.company.port}/confluence/events"

    async def answer(self, person: str, question: str, channel: str = "") -> str:
        """Ask in a direct message or in a channel; return the reply."""
        slack = self.company.slack
        if channel:
            message = await slack.mention(person, channel, question)
        else:
            message = await slack.dm(person, question)
        reply = await slack.wait_for_message(message.channel, thread_ts=message.ts)
        return rendered(reply)

    async def reindex(self) -> str:
        """Run a full pass; return the channel's message about it."""
        slack = self.company.slack
        before = len(slack.from_app("C0TEAM"))
        await slack.command("U0BOSS", "C0TEAM", "/wiki", "reindex")
        await slack.wait_for(
            lambda: [m for m in slack.from_app("C0TEAM")[before:] if "Reindexed" in m.text],
        )
        return rendered(slack.from_app("C0TEAM")[-1])

    async def webhooks(self, secret: str) -> list[int]:
        """Send all webhooks since the last time; return the status codes."""
        return await self.confluence.webhooks.send(self.hooks, secret=secret)


def rendered(message: Message) -> str:
    return json.dumps(message.blocks, ensure_ascii=False) + message.text


def settings(
    confluence: LocalConfluence, port: int, unchecked: str = "say", recent_minutes: int = 60
) -> str:
    return f"""
[[wiki]]
type = "confluence"
name = "wiki"
url = "{confluence.base_url}"
product = "data_center"
timeout_seconds = 5
members_minutes = 60 # who belongs where is known for as long as this takes

[sync]
every_minutes = 0
recent_minutes = {recent_minutes}

[answer]
unchecked = "{unchecked}"
check_seconds = 10

[slack]
mode = "socket"
port = {port}
"""


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    world, port = World("data-center", now=lambda: datetime.now(UTC)), free_port()
    ada, *_ = world.add_user("Ada"), world.add_user("Bob"), world.add_user("Cy")
    reader = world.add_user("Foot Note", admin=True, sees_everything=True)
    with LocalConfluence(world, context="/confluence") as confluence:
        async with LocalSlack(MANIFEST, timing=UNHURRIED) as slack:
            secrets = {
                "CONFLUENCE_TOKEN": confluence.token(reader),
                "CONFLUENCE_WEBHOOK_SECRET": SECRET,
            }
            office = Office(
                Company(tmp_path, slack, "socket", port, secrets), confluence, world, ada
            )
            office.company.write_settings(settings(confluence, port))
            furnish(office)
            yield office


def furnish(office: Office) -> None:
    slack, world = office.company.slack, office.world
    slack.add_user("U0ADA", name="ada", email="ada@example.com")
    slack.add_user("U0BOB", name="bob", email="bob@example.com")
    slack.add_user("U0CY", name="cy", email="cy@example.com")
    slack.add_user("U0BOSS", name="boss", email="boss@example.com", is_admin=True)
    slack.add_channel("C0TEAM", name="team", members=["U0ADA", "U0BOB", "U0BOSS"])
    slack.add_channel("C0ADA", name="ada", kind="group", members=["U0ADA"])
    slack.add_channel("C0BOTH", name="both", kind="group", members=["U0ADA", "U0BOB"])
    world.add_space("ALL", "Everybody", readers=[Who("anonymous"), Who("licensed")])
    world.add_space("ENG", "Engineering")
    world.add_space("HR", "People")
    office.confluence.faults.on(r"space/HR/permission", Fault(403), times=None)
    for key, space, title, words in (
        ("bonus", "ENG", "Bonuses", "The bonus for night shifts is 40 percent."),
        ("deploy", "ENG", "Deploying", "To deploy to production, run the script ship-it."),
        ("crates", "ENG", "Shipping crates", "Our shipping crates are made of oak."),
        ("cellar", "ENG", "Wine cellar", "The code of the wine cellar door is 4711."),
        ("leave", "ENG", "Leave", "You have 28 days of annual leave."),
        ("nights", "ALL", "Night shifts", "Ask your lead for the bonus for night shifts."),
        ("parking", "ALL", "Parking", "Visitors park their cars behind the mill."),
        ("strict", "HR", "Strict", "Who may read this, Confluence does not say."),
    ):
        office.pages[key] = world.create(space, title, f"<p>{words}</p>")
    world.restrict(office.pages["bonus"].id, users=[office.ada.id])
    world.restrict(office.pages["cellar"].id, users=[office.ada.id])


async def test_answers_follow_a_confluence_and_whoever_asks(office: Office) -> None:
    company = office.company
    code, _, errors = await company.run("sync")
    assert code == 0, errors
    bot = await company.serve()
    try:
        await the_first_look_for_edits_is_over(office)
        unsigned = await an_edit_is_told_without_a_signature(office)
        await two_people_get_two_answers(office)
        await private_channels_get_what_their_members_share(office)
        await a_restriction_counts_at_once_and_for_good(office)
        await asyncio.sleep(max(0.0, unsigned + SETTLED - time.monotonic()))
        await only_a_signed_webhook_hurries_the_edit(office)
        await a_deleted_page_is_gone(office)
        await whoever_confluence_does_not_tell_hears_so(office)
        await what_cannot_be_checked_is_said_with_its_date(office)
    finally:
        await company.stop(bot)
    await status_tells_lags_and_closed_pages(office)
    await or_refused(office)


async def the_first_look_for_edits_is_over(office: Office) -> None:
    """It runs when the bot starts, and must not be the one that finds the edits to come."""
    async with asyncio.timeout(PATIENCE):
        while not any("lastmodified" in request.query for request in office.confluence.requests):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def an_edit_is_told_without_a_signature(office: Office) -> float:
    """Return when that was."""
    office.confluence.webhooks.pending.clear()
    office.world.edit(office.pages["leave"].id, body="<p>You have 31 days of annual leave.</p>")
    office.world.create("ENG", "Sabbaticals", "<p>A sabbatical takes ninety days.</p>")
    assert await office.webhooks(secret="") == [401, 401]
    assert await office.webhooks(secret="") == []
    return time.monotonic()


async def two_people_get_two_answers(office: Office) -> None:
    adas, bobs, everybodys = await asyncio.gather(
        office.answer("U0ADA", BONUS),
        office.answer("U0BOB", BONUS),
        office.answer("U0ADA", BONUS, "C0TEAM"),
    )
    assert "40 percent" in adas
    for answer in (bobs, everybodys):
        assert "Ask your lead" in answer
        assert "40 percent" not in answer
        assert "Bonuses" not in answer


async def private_channels_get_what_their_members_share(office: Office) -> None:
    """Ada alone is offered the rest."""
    slack = office.company.slack
    assert "40 percent" in await office.answer("U0ADA", BONUS, "C0ADA")
    together = await office.answer("U0ADA", SHIPPING, "C0BOTH")
    assert "made of oak" in together
    nothing = await office.answer("U0ADA", CELLAR, "C0BOTH")
    assert "4711" not in nothing

    offer = await slack.wait_for_ephemeral("U0ADA")
    assert slack.ephemerals("U0BOB") == []
    await slack.click("U0ADA", offer, "answer_privately")
    ephemeral = await slack.wait_for_ephemeral("U0ADA", lambda m: "4711" in rendered(m))
    await slack.click("U0ADA", ephemeral, "share_answer")
    await slack.wait_for_ephemeral("U0ADA", lambda m: "cannot share" in m.text)
    assert all("4711" not in rendered(message) for message in slack.history("C0BOTH"))


async def a_restriction_counts_at_once_and_for_good(office: Office) -> None:
    deploy = office.pages["deploy"].id
    assert "ship-it" in await office.answer("U0BOB", DEPLOY)

    office.world.restrict(deploy, users=[office.ada.id])
    assert "ship-it" not in await office.answer("U0BOB", DEPLOY)
    assert "ship-it" in await office.answer("U0ADA", DEPLOY)


async def only_a_signed_webhook_hurries_the_edit(office: Office) -> None:
    """The earlier restriction needs a full pass as well. A known page is quoted with its current
    text; a new one is unknown."""
    answer = await office.answer("U0BOB", LEAVE)
    assert "31 days" in answer
    assert "28 days" not in answer
    assert "ninety days" not in await office.answer("U0BOB", SABBATICAL)
    assert await office.webhooks(secret="some other secret") == [401]

    office.world.edit(office.pages["leave"].id)
    assert await office.webhooks(secret=SECRET) == [200]
    await asyncio.sleep(SETTLED)
    async with asyncio.timeout(PATIENCE):
        while "ninety days" not in await office.answer("U0BOB", SABBATICAL):  # noqa: ASYNC110
            await asyncio.sleep(0.5)


async def a_deleted_page_is_gone(office: Office) -> None:
    assert "behind the mill" in await office.answer("U0BOB", PARKING, "C0TEAM")

    office.world.delete(office.pages["parking"].id)
    report = await office.reindex()
    assert "1 moved or with other readers, 1 removed" in report
    assert "behind the mill" not in await office.answer("U0BOB", PARKING, "C0TEAM")


async def whoever_confluence_does_not_tell_hears_so(office: Office) -> None:
    """Cy asks for the first time, and Confluence does not say which groups he is in."""
    office.confluence.faults.on("user/(list|memberof)", Fault(403), times=None)
    answer = await office.answer("U0CY", SHIPPING)

    assert "I could not ask the wiki what you may read" in answer
    assert "oak" not in answer


async def what_cannot_be_checked_is_said_with_its_date(office: Office) -> None:
    """This holds for pages that were open to everyone. Other pages are only linked, and pages that
    the last pass saw closed stay closed."""
    office.confluence.faults.on(".*", Fault(kind="drop"), times=None)
    today = datetime.now().astimezone()
    days = (today, today - timedelta(hours=1))  # the last pass may have been before midnight
    nights = await office.answer("U0BOB", BONUS)
    assert "Ask your lead" in nights
    assert any(f"last checked on {day:%d %b %Y}" in nights for day in days)
    adas = await office.answer("U0ADA", DEPLOY)
    deploy = office.pages["deploy"].id
    assert f"viewpage.action?pageId={deploy}|A page of wiki>: I could not confirm" in adas
    assert "ship-it" not in adas
    assert "Deploying" not in adas
    bobs = await office.answer("U0BOB", DEPLOY)
    assert "ship-it" not in bobs
    assert deploy not in bobs


async def status_tells_lags_and_closed_pages(office: Office) -> None:
    _, out, _ = await office.company.run("status", "--json")
    wiki = json.loads(out)["wikis"]["wiki"]
    assert wiki["lag_seconds"]["edits"]["count"] >= 1
    assert wiki["lag_seconds"]["everything_else"]["count"] >= 1
    assert wiki["spaces"]["ENG"]["lag_seconds"]["edits"]["p95"] < 3600
    assert wiki["spaces"]["HR"]["closed"] == wiki["closed"] == 1


async def or_refused(office: Office) -> None:
    company = office.company
    company.write_settings(settings(office.confluence, company.port, "refuse", 0))
    bot = await company.serve()
    try:
        refused = await office.answer("U0BOB", BONUS)
        assert "I cannot check whether what I found there is still current" in refused
        assert "Ask your lead" not in refused
    finally:
        await company.stop(bot)
