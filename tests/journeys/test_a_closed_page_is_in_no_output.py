"""Everything that Footnote says to anybody, walked for the words of pages that they may not
read. Whoever may read them is told them: else none of this would prove anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.playground.confluence.site import LocalConfluence
from bot.playground.confluence.state import Product
from bot.playground.model import Message, View
from bot.playground.workspace import LocalSlack
from tests.long import few
from tests.ports import free_port

from .closed_pages import (
    BROKEN,
    CANARY,
    OPEN,
    SHUT,
    TOPICS,
    Closed,
    annex,
    canary,
    closed,
    question,
    remark,
    settings,
    shown,
)
from .conftest import MANIFEST, UNHURRIED, Company

pytestmark = pytest.mark.long

OUTSIDERS = {
    "U0BOB": "a member without the right",
    "U0BOSS": "an admin of the workspace, who is none of the wiki",
    "U0NELL": "a member whom Confluence does not know",
    "U0DEE": "a member who had the right, deactivated in Confluence",
    "U0GUS": "a guest, whom the pages name",
}


@dataclass
class Office:
    """A company that reads its Confluence."""

    company: Company
    confluence: LocalConfluence
    closed: Closed
    whole: bool
    """Whether everybody asks everything. In `make test` they take turns."""

    def shared_out(self, questions: Iterable[str], people: int) -> list[list[str]]:
        """What each of the people asks."""
        all_of_them = list(questions)
        return [all_of_them if self.whole else all_of_them[at::people] for at in range(people)]

    @property
    def slack(self) -> LocalSlack:
        return self.company.slack

    async def asked(self, person: str, questions: Iterable[str]) -> list[Message]:
        """What they are told in their direct messages."""
        room, texts = self.slack.im(person).id, list(questions)
        before = len(self.slack.from_app(room))
        for text in texts:
            await self.slack.dm(person, text)
        await self.slack.wait_for(lambda: len(self.slack.from_app(room)) == before + len(texts))
        return self.slack.from_app(room)[before:]

    async def mentioned(self, person: str, channel: str, text: str) -> Message:
        asked = await self.slack.mention(person, channel, text)
        return await self.slack.wait_for_message(channel, thread_ts=asked.ts)

    async def flagged(self, person: str, answer: Message) -> None:
        cards, before = len(self.slack.from_app("C0REVIEW")), told([answer])
        await self.slack.click(person, answer, "verdict", "negative")
        form = await self.slack.wait_for_view(person)
        await self.slack.submit(person, form, {"choice": "wrong", "words": "That is wrong."})
        await self.slack.wait_for(
            lambda: len(self.slack.from_app("C0REVIEW")) > cards and told([answer]) != before,
        )

    def told_to_others(self, person: str, since: int) -> str:
        """All that went out to Slack, but for what went to the person alone (an owner is
        written to by their id), and for titles: a conversation is called by what was asked in
        it, whatever that was."""
        theirs = {self.slack.im(person).id, person}
        calls = [
            (call.method, dict(call.arguments))
            for call in self.slack.calls[since:]
            if theirs.isdisjoint(map(call.arguments.get, ("channel", "channel_id")))
            and call.method != "assistant.threads.setTitle"
        ]
        whispers = [(message.text, message.blocks) for message in self.slack.ephemeral]
        acknowledged = [delivery.answer for delivery in self.slack.deliveries]
        return shown([calls, whispers, acknowledged])


def told(messages: Iterable[Message]) -> str:
    return shown([(message.text, message.blocks) for message in messages])


OFFICES = (("cloud", "socket", False), ("cloud", "socket", True), ("data-center", "http", True))


@pytest.fixture(params=few(OFFICES, 1), ids=str)
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    product: Product
    product, mode, whole = request.param
    port, made = free_port(), closed(product)
    with LocalConfluence(made.world, context="/confluence") as confluence:
        async with LocalSlack(MANIFEST, timing=UNHURRIED) as slack:
            secrets = {"CONFLUENCE_TOKEN": confluence.token(made.bot)}
            company = Company(tmp_path, slack, mode, port, secrets)
            company.write_settings(settings(confluence, made.bot) + in_slack(mode, port))
            furnish(slack)
            office = Office(company, confluence, made, whole)
            office.closed.mend(office.confluence)
            yield office


def in_slack(mode: str, port: int) -> str:
    return f"""
[slack]
mode = "{mode}"
port = {port}
review_channel = "C0REVIEW"
guests = true
shared_channels = true
"""


def furnish(slack: LocalSlack) -> None:
    slack.add_user("U0ADA", name="ada", email="ada@example.com")
    slack.add_user("U0BOB", name="bob", email="bob@example.com")
    slack.add_user("U0BOSS", name="boss", email="boss@example.com", is_admin=True)
    slack.add_user("U0NELL", name="nell", email="nell@elsewhere.example")
    slack.add_user("U0DEE", name="dee", email="dee@example.com")
    slack.add_user("U0GUS", name="gus", email="gus@example.com", is_restricted=True)
    slack.add_user(
        "U0OLGA", name="olga", email="ada@example.com", team_id="T0OTHER", is_stranger=True
    )
    slack.add_channel("C0TEAM", name="team", members=["U0ADA", "U0BOB", "U0BOSS", "U0GUS"])
    slack.add_channel("C0REVIEW", name="review", members=["U0BOSS"])
    slack.add_channel("C0SHARED", name="shared", members=["U0ADA", "U0OLGA"], is_ext_shared=True)


async def test_in_slack_nobody_is_told_a_word_of_a_page_that_they_may_not_read(
    office: Office,
) -> None:
    company = office.company
    _, out, errors = await company.run("sync", "--json")
    assert "broken" in errors, "an attached file is"
    assert CANARY not in (out + errors).casefold()
    bot = await company.serve()
    try:
        await closed_pages_are_told_to_nobody_else(office)
        await nor_in_reports(office)
        await nor_while_confluence_is_broken(office)
    finally:
        await company.stop(bot)

    assert CANARY not in company.log.casefold()


async def closed_pages_are_told_to_nobody_else(office: Office) -> None:
    slack = office.slack
    readable = told(await office.asked("U0BOB", map(question, ("later", "thrown"))))
    assert canary("later", "") in readable
    assert canary("thrown", "") in readable
    public = await office.mentioned("U0BOB", "C0TEAM", question("closing"))
    assert canary("closing", "") in told([public])
    office.closed.shut()
    since = len(slack.calls)

    hers = dict(zip(TOPICS, await office.asked("U0ADA", map(question, TOPICS)), strict=True))
    for page in OPEN:
        assert canary(page, "") in told(hers.values())
        assert canary(page, "title") in told(hers.values())
    for page in SHUT:
        assert canary(page, "") not in told(hers.values())

    aimed = [of(page) for of in (annex, remark) for page in ("restricted", "hidden", "later")]
    told_more = told(await office.asked("U0ADA", aimed))
    assert canary("hidden", "annexed") in told_more
    assert canary("hidden", "remark") in told_more

    guess = f"What is {canary('restricted', 'title')}?"
    everything = [*map(question, TOPICS), *aimed, guess]
    turns = office.shared_out(everything, len(OUTSIDERS))
    for person, asked in zip(OUTSIDERS, turns, strict=True):
        answers = await office.asked(person, asked)
        assert "ask the front desk" in told(answers)
    in_team, in_shared = office.shared_out(map(question, TOPICS), 2)
    await asyncio.gather(
        *(office.mentioned("U0ADA", "C0TEAM", text) for text in in_team),
        *(office.mentioned("U0OLGA", "C0SHARED", text) for text in in_shared),
    )

    for page in ("restricted", "hidden", "later"):
        await office.flagged("U0ADA", hers[page])
    await slack.click("U0ADA", hers["restricted"], "verdict", "positive")
    await slack.settled()
    assert CANARY not in office.told_to_others("U0ADA", since)

    # What the channel was told stands there; those who review hear no more than is open now.
    await office.flagged("U0BOB", public)
    assert CANARY not in told(slack.from_app("C0REVIEW"))


async def nor_in_reports(office: Office) -> None:
    """One pass that fails at some pages, one that fails altogether; the admin watches."""
    slack, pages, world = office.slack, office.closed.pages, office.closed.world
    since, room = len(slack.calls), slack.im("U0BOSS").id
    for page in ("restricted", "hidden"):
        world.edit(pages[page].id, title=f"{canary(page, 'title')} anew")
        office.confluence.faults.on(rf"{pages[page].id}.*body", BROKEN["errors"], times=None)
    await slack.command("U0BOSS", "C0TEAM", "/wiki", "reindex wiki")
    report = await slack.wait_for_message("C0TEAM", lambda m: "Reindexed" in m.text)
    details = await slack.wait_for_message(room, lambda m: "went wrong" in m.text)
    assert pages["restricted"].id in told([details])
    assert pages["restricted"].id not in told([report])
    await nor_on_home_tabs(office)

    office.confluence.faults.clear()
    office.confluence.faults.on(".*", BROKEN["errors"], times=None)
    await slack.command("U0BOSS", "C0TEAM", "/wiki", "reindex")
    await slack.wait_for_message("C0TEAM", lambda m: "ended early" in m.text)
    await slack.wait_for_message(room, lambda m: "ended early" in told([m]))
    office.closed.mend(office.confluence)
    assert CANARY not in office.told_to_others("U0ADA", since)


async def nor_on_home_tabs(office: Office) -> None:
    """An admin is told of a page that failed by its key alone."""
    slack, page = office.slack, office.closed.pages["restricted"]
    seen = {}
    for person in OUTSIDERS:
        await slack.open_home(person)
        home = await slack.wait_for_home(person, is_whole)
        seen[person] = shown(home.blocks)
    assert [person for person, told_ in seen.items() if page.id in told_] == ["U0BOSS"]
    assert "last 30 days" in seen["U0BOSS"]
    assert CANARY not in shown(seen)


def is_whole(home: View) -> bool:
    return "one moment" not in shown(home.blocks)


async def nor_while_confluence_is_broken(office: Office) -> None:
    since = len(office.slack.calls)
    for fault in list(BROKEN.values())[: None if office.whole else 2]:
        office.confluence.faults.clear()
        office.confluence.faults.on(".*", fault, times=None)
        hers, *_ = await asyncio.gather(
            office.asked("U0ADA", [annex("group")]),
            office.asked("U0BOB", map(question, ("restricted", "later"))),
            office.asked("U0NELL", [question("hidden")]),
            office.asked("U0GUS", [question("below")]),
            office.mentioned("U0BOB", "C0TEAM", question("blog")),
        )
        # Not even she is told a word of it, though she may read it: Confluence cannot say so.
        assert CANARY not in told(hers)
        assert "i could not confirm that you may read this now" in told(hers)
    office.closed.mend(office.confluence)
    assert CANARY not in office.told_to_others("U0ADA", since)
