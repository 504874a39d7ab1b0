"""From a page in Confluence to its owner in Slack."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from footnote_bot.playground.confluence.model import Content, User, Who
from footnote_bot.playground.confluence.site import LocalConfluence
from footnote_bot.playground.confluence.world import World
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.ports import free_port

from .conftest import MANIFEST, UNHURRIED, Company

pytestmark = pytest.mark.long

PARKING = "Where do visitors park their cars?"
CELLAR = "What is the code of the wine cellar door?"
BONUS = "What is the bonus for night shifts?"


class Office:
    """A Cloud with pages that everyone may read and one that few may read, and its bot."""

    def __init__(self, company: Company, world: World, people: dict[str, User]) -> None:
        self.company = company
        self.slack = company.slack
        self.world = world
        self.people = people

    def page(self, title: str, words: str, author: str, space: str = "ALL") -> Content:
        return self.world.create(space, title, f"<p>{words}</p>", author=self.people[author].id)

    async def flagged(self, question: str) -> Message:
        """Flag the bot's private answer to Bob; return the card."""
        cards = len(self.slack.from_app("C0REVIEW"))
        message = await self.slack.dm("U0BOB", question)
        answer = await self.slack.wait_for_message(message.channel, thread_ts=message.ts)
        await self.slack.click("U0BOB", answer, "verdict", "negative")
        form = await self.slack.wait_for_view("U0BOB")
        await self.slack.submit("U0BOB", form, {"choice": "outdated", "words": ""})
        await self.slack.wait_for(lambda: len(self.slack.from_app("C0REVIEW")) > cards)
        return self.slack.from_app("C0REVIEW")[-1]

    def notices(self, person: str) -> list[str]:
        return [rendered(message) for message in self.slack.from_app(self.slack.im(person).id)
                if "A page of yours" in message.text]  # fmt: skip


def rendered(message: Message) -> str:
    return json.dumps(message.blocks, ensure_ascii=False) + message.text


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    world, port = World("cloud", now=lambda: datetime.now(UTC)), free_port()
    people = {name: world.add_user(name) for name in ("Ada", "Bob", "Eve", "Gone")}
    reader = world.add_user("Foot Note", admin=True, sees_everything=True)
    world.add_space("ALL", readers=[Who("anonymous"), Who("licensed")])
    world.add_space("ENG")
    with LocalConfluence(world) as confluence:
        async with LocalSlack(MANIFEST, timing=UNHURRIED) as slack:
            for name in people:
                slack.add_user(f"U0{name.upper()}", name=name, email=f"{name.lower()}@example.com")
            slack.add_user("U0BOSS", name="boss", email="boss@example.com", is_admin=True)
            slack.add_channel("C0TEAM", name="team", members=["U0BOSS", "U0BOB"])
            slack.add_channel("C0REVIEW", name="review", members=["U0BOSS"])
            secrets = {"CONFLUENCE_TOKEN": confluence.token(reader)}
            company = Company(tmp_path, slack, "socket", port, secrets)
            company.write_settings(f"""
[[wiki]]
type = "confluence"
name = "wiki"
url = "{confluence.base_url}"
product = "cloud"
email = "{reader.email}"

[sync]
every_minutes = 0
recent_minutes = 0

[answer]
check_seconds = 10

[slack]
port = {port}
review_channel = "C0REVIEW"
""")
            yield Office(company, world, people)


async def test_whoever_keeps_a_page_hears_that_it_was_flagged_and_nobody_else(
    office: Office,
) -> None:
    slack, world = office.slack, office.world
    parking = office.page("Parking", "Visitors park their cars behind the mill.", "Ada")
    office.page("Wine cellar", "The code of the wine cellar door is 4711.", "Eve", "ENG")
    bonus = office.page("Bonuses", "The bonus for night shifts is 40 percent.", "Gone", "ENG")
    world.deactivate(office.people["Gone"].id)
    bot = await started(office)
    try:
        first = await office.flagged(PARKING)
        closed = await office.flagged(CELLAR)
        nobody = await office.flagged(BONUS)
        await slack.wait_for(lambda: office.notices("U0ADA") and office.notices("U0EVE"))
        world.label(parking.id, "owner-eve")
        world.set_property(bonus.id, "owner", "ada@example.com")
        world.restrict(bonus.id, users=[office.people["Bob"].id])
        await slack.command("U0BOSS", "C0TEAM", "/wiki", "reindex")
        report = await slack.wait_for_message(
            "C0TEAM", lambda message: "Reindexed" in rendered(message)
        )
        second = await office.flagged(f"Tell me: {PARKING}")
        await office.flagged(f"Tell me: {BONUS}")
        await slack.wait_for(lambda: len(office.notices("U0EVE")) == 2)
        await asyncio.sleep(0.3)  # no other member reads the answer there
    finally:
        await office.company.stop(bot)

    assert "Page of <@U0ADA>" in rendered(first)
    assert "Page of <@U0EVE>" in rendered(second)
    assert "Page of" not in rendered(closed) + rendered(nobody)
    assert "4711" not in rendered(closed)
    assert "2 moved or with other readers" in rendered(report)
    assert len(office.notices("U0ADA")) == 1
    assert [("cellar" in text, "Parking" in text) for text in office.notices("U0EVE")] == [
        (True, False),
        (False, True),
    ]
    assert office.notices("U0GONE") == office.notices("U0BOB") == []


async def started(office: Office) -> asyncio.subprocess.Process:
    code, _, errors = await office.company.run("sync")
    assert code == 0, errors
    return await office.company.serve()
