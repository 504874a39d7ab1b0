"""All output of Footnote to anybody, searched for words of pages that they may not read. Insiders
do get those words: otherwise the search would prove nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from footnote_bot.playground.confluence.site import LocalConfluence
from footnote_bot.playground.confluence.state import Product
from footnote_bot.playground.slack.model import Message, View
from footnote_bot.playground.slack.workspace import LocalSlack
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
    rendered,
    settings,
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
        """Return the questions of each person."""
        all_of_them = list(questions)
        return [all_of_them if self.whole else all_of_them[at::people] for at in range(people)]

    @property
    def slack(self) -> LocalSlack:
        return self.company.slack

    async def ask(self, person: str, questions: Iterable[str]) -> list[Message]:
        """Ask in direct messages; return the replies."""
        room, texts = self.slack.im(person).id, list(questions)
        before = len(self.slack.from_app(room))
        for text in texts:
            await self.slack.dm(person, text)
        await self.slack.wait_for(lambda: len(self.slack.from_app(room)) == before + len(texts))
        return self.slack.from_app(room)[before:]

    async def mentioned(self, person: str, channel: str, text: str) -> Message:
        question = await self.slack.mention(person, channel, text)
        return await self.slack.wait_for_message(channel, thread_ts=question.ts)

    async def flagged(self, person: str, answer: Message) -> None:
        cards, before = len(self.slack.from_app("C0REVIEW")), texts_of([answer])
        await self.slack.click(person, answer, "verdict", "negative")
        form = await self.slack.wait_for_view(person)
        await self.slack.submit(person, form, {"choice": "wrong", "words": "That is wrong."})
        await self.slack.wait_for(
            lambda: len(self.slack.from_app("C0REVIEW")) > cards and texts_of([answer]) != before,
        )

    def told_to_others(self, person: str, since: int) -> str:
        """Return all output to Slack, except messages to this person alone (an owner is addressed
        by id) and titles: a conversation's title is its question."""
        own_channels = {self.slack.im(person).id, person}
        calls = [
            (call.method, dict(call.arguments))
            for call in self.slack.calls[since:]
            if own_channels.isdisjoint(map(call.arguments.get, ("channel", "channel_id")))
            and call.method != "assistant.threads.setTitle"
        ]
        whispers = [(message.text, message.blocks) for message in self.slack.ephemeral]
        acknowledged = [delivery.answer for delivery in self.slack.deliveries]
        return rendered([calls, whispers, acknowledged])


def texts_of(messages: Iterable[Message]) -> str:
    return rendered([(message.text, message.blocks) for message in messages])


OFFICES = (("cloud", "socket", False), ("cloud", "socket", True), ("data-center", "http", True))


@pytest.fixture(params=few(OFFICES, 1), ids=str)
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    product: Product
    product, mode, whole = request.param
    port, pages = free_port(), closed(product)
    with LocalConfluence(pages.world, context="/confluence") as confluence:
        async with LocalSlack(MANIFEST, timing=UNHURRIED) as slack:
            secrets = {"CONFLUENCE_TOKEN": confluence.token(pages.bot)}
            company = Company(tmp_path, slack, mode, port, secrets)
            company.write_settings(settings(confluence, pages.bot) + in_slack(mode, port))
            furnish(slack)
            office = Office(company, confluence, pages, whole)
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
person_minute = 0
channel_minute = 0
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
    readable = texts_of(await office.ask("U0BOB", map(question, ("later", "thrown"))))
    assert canary("later", "") in readable
    assert canary("thrown", "") in readable
    public = await office.mentioned("U0BOB", "C0TEAM", question("closing"))
    assert canary("closing", "") in texts_of([public])
    office.closed.shut()
    since = len(slack.calls)

    adas = dict(zip(TOPICS, await office.ask("U0ADA", map(question, TOPICS)), strict=True))
    for page in OPEN:
        assert canary(page, "") in texts_of(adas.values())
        assert canary(page, "title") in texts_of(adas.values())
    for page in SHUT:
        assert canary(page, "") not in texts_of(adas.values())

    aimed = [form(page) for form in (annex, remark) for page in ("restricted", "hidden", "later")]
    more_texts = texts_of(await office.ask("U0ADA", aimed))
    assert canary("hidden", "annexed") in more_texts
    assert canary("hidden", "remark") in more_texts

    guess = f"What is {canary('restricted', 'title')}?"
    everything = [*map(question, TOPICS), *aimed, guess]
    turns = office.shared_out(everything, len(OUTSIDERS))
    for person, questions in zip(OUTSIDERS, turns, strict=True):
        answers = await office.ask(person, questions)
        assert "ask the front desk" in texts_of(answers)
    in_team, in_shared = office.shared_out(map(question, TOPICS), 2)
    await asyncio.gather(
        *(office.mentioned("U0ADA", "C0TEAM", text) for text in in_team),
        *(office.mentioned("U0OLGA", "C0SHARED", text) for text in in_shared),
    )

    for page in ("restricted", "hidden", "later"):
        await office.flagged("U0ADA", adas[page])
    await slack.click("U0ADA", adas["restricted"], "verdict", "positive")
    await slack.settled()
    assert CANARY not in office.told_to_others("U0ADA", since)

    # The channel's answer stays there; reviewers see no more than is open now.
    await office.flagged("U0BOB", public)
    assert CANARY not in texts_of(slack.from_app("C0REVIEW"))


async def nor_in_reports(office: Office) -> None:
    """One pass fails at some pages, and one fails altogether; the admin sees the reports."""
    slack, pages, world = office.slack, office.closed.pages, office.closed.world
    since, room = len(slack.calls), slack.im("U0BOSS").id
    for page in ("restricted", "hidden"):
        world.edit(pages[page].id, title=f"{canary(page, 'title')} anew")
        office.confluence.faults.on(rf"{pages[page].id}.*body", BROKEN["errors"], times=None)
    await slack.command("U0BOSS", "C0TEAM", "/wiki", "reindex wiki")
    report = await slack.wait_for_message("C0TEAM", lambda m: "Reindexed" in m.text)
    details = await slack.wait_for_message(room, lambda m: "went wrong" in m.text)
    assert pages["restricted"].id in texts_of([details])
    assert pages["restricted"].id not in texts_of([report])
    await nor_on_home_tabs(office)

    office.confluence.faults.clear()
    office.confluence.faults.on(".*", BROKEN["errors"], times=None)
    await slack.command("U0BOSS", "C0TEAM", "/wiki", "reindex")
    await slack.wait_for_message("C0TEAM", lambda m: "ended early" in m.text)
    await slack.wait_for_message(room, lambda m: "ended early" in texts_of([m]))
    office.closed.mend(office.confluence)
    assert CANARY not in office.told_to_others("U0ADA", since)


async def nor_on_home_tabs(office: Office) -> None:
    """An admin only learns the key of a page that failed."""
    slack, page = office.slack, office.closed.pages["restricted"]
    home_tabs = {}
    for person in OUTSIDERS:
        await slack.open_home(person)
        home = await slack.wait_for_home(person, is_whole)
        home_tabs[person] = rendered(home.blocks)
    assert [person for person, tab in home_tabs.items() if page.id in tab] == ["U0BOSS"]
    assert "last 30 days" in home_tabs["U0BOSS"]
    assert CANARY not in rendered(home_tabs)


def is_whole(home: View) -> bool:
    return "one moment" not in rendered(home.blocks)


async def nor_while_confluence_is_broken(office: Office) -> None:
    since = len(office.slack.calls)
    for fault in list(BROKEN.values())[: None if office.whole else 2]:
        office.confluence.faults.clear()
        office.confluence.faults.on(".*", fault, times=None)
        adas, *_ = await asyncio.gather(
            office.ask("U0ADA", [annex("group")]),
            office.ask("U0BOB", map(question, ("restricted", "later"))),
            office.ask("U0NELL", [question("hidden")]),
            office.ask("U0GUS", [question("below")]),
            office.mentioned("U0BOB", "C0TEAM", question("blog")),
        )
        # She may read it, but gets no word of it either: Confluence cannot confirm her rights.
        assert CANARY not in texts_of(adas)
        assert "i could not confirm that you may read this now" in texts_of(adas)
    office.closed.mend(office.confluence)
    assert CANARY not in office.told_to_others("U0ADA", since)
