"""Whatever the rights in Confluence, a person's agent gets what the person gets in Slack, and no
page that they may not read there."""

from __future__ import annotations

import json
import logging
import random
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from footnote_bot.bot.agents.texts import NOT_HERE
from footnote_bot.indexers.model import digest
from footnote_bot.playground.confluence.model import Content, User
from footnote_bot.playground.confluence.state import Product
from tests.bot.agents.companies import Company, company_over, pages_in, same
from tests.long import few
from tests.properties.confluences import WIKI, may_read, site_of
from tests.properties.drawing import DrawnWorld, draw, draw_faults

logger = logging.getLogger(__name__)

SPACES = 2
"""Worlds in each Confluence: the people of one are strangers to the other."""
MOST = 20
"""Sections that a search returns."""
SHORT, LONG = 3, 100
"""Pages of each world that everybody guesses, and asks for their rights to, in `make test` and in
`make test-long`."""

NO_HEADINGS = digest()[:8]
"""In the id of a section without a heading."""


@dataclass
class Oracle:
    """The people by Slack's id, None if Confluence does not know them; and what the worlds say of
    them. ``over`` lists what somebody got against that; ``compared`` counts pages."""

    worlds: list[DrawnWorld]
    bot: User
    people: dict[str, User | None]
    over: list[str] = field(default_factory=list)
    compared: int = 0

    @property
    def pages(self) -> dict[str, Content]:
        return {page.id: page for drawn in self.worlds for page in drawn.pages()}

    def readable(self, person: str) -> set[str]:
        user = self.people[person]
        return {key for drawn in self.worlds for key in drawn.readable(user, bot=self.bot)}

    def permitted(self, person: str) -> set[str]:
        user = self.people[person]
        return {
            page.id
            for drawn in self.worlds
            for page in drawn.pages()
            if may_read(drawn.world, user, page.id)
        }

    def check(self, person: str, what: str, result: object, *, unsynced: bool = False) -> set[str]:
        """Return the pages of a result, and note each forbidden one by its key, title or words.
        ``unsynced``: it may also tell of pages whose rights no sync could read."""
        keys = set(pages_in(result))
        readable = self.permitted(person) if unsynced else self.readable(person)
        text = json.dumps(result)
        said = {
            key
            for key, page in self.pages.items()
            if page.title in text or any(mark(word, text) for word in marks_of(page))
        }
        self.over += [f"{person} got {key} by {what}" for key in (keys | said) - readable]
        self.compared += len(keys)
        return keys


def marks_of(page: Content) -> list[str]:
    return re.findall(r"text\w+", page.body)


def mark(word: str, text: str) -> bool:
    return re.search(rf"\b{word}\b", text) is not None


@pytest.mark.parametrize("product", ["cloud", "data-center"])
@pytest.mark.parametrize("seed", few(range(6), 1))
async def test_an_agent_gets_what_its_person_gets_in_slack_and_may_read(
    product: Product, seed: int, tmp_path: Path
) -> None:
    chance = random.Random(f"agents {product} {seed}")  # noqa: S311 - the same worlds in every run
    with site_of(product, subjects_per_page=chance.choice((2, 100))) as site:
        worlds = [draw(site.world, chance, number) for number in range(SPACES)]
        for drawn in worlds:
            draw_faults(drawn, chance, site.confluence.faults)
        users = [user for drawn in worlds for user in drawn.people]
        people: dict[str, User | None] = {f"U0P{n}": user for n, user in enumerate(users)}
        emails = {person: user.email for person, user in people.items() if user}
        emails["U0UNKNOWN"] = "unknown@example.com"
        people["U0UNKNOWN"] = None
        oracle = Oracle(worlds, site.bot, people)
        async with company_over(site, tmp_path, emails) as company:
            for drawn in worlds:
                await _asks_alike(company, oracle, f"What does {drawn.word} say?")
            sections = await _searches(company, oracle)
            most = LONG if seed else SHORT
            await _reads(company, oracle, sections, most)
            await _asks_for_rights(company, oracle, site.confluence.base_url, most)
    numbers = {"people": len(people), "pages": len(oracle.pages), "compared": oracle.compared}
    logger.info("%s", {**numbers, **company.calls, "over": len(oracle.over)})

    assert not oracle.over
    assert oracle.compared


async def _asks_alike(company: Company, oracle: Oracle, question: str) -> None:
    for person in oracle.people:
        in_slack = await company.in_slack(person, question)
        by_agent = await company.by_agent(person, "ask", question=question)

        assert same(by_agent) == in_slack, person
        by_agent.pop("timings_ms")
        oracle.check(person, "ask", by_agent)


async def _searches(company: Company, oracle: Oracle) -> dict[str, str]:
    """Return the page of each section that anybody finds. A person finds all they may read, unless
    Confluence does not say so now."""
    sections: dict[str, str] = {}
    for person in oracle.people:
        for drawn in oracle.worlds:
            found = await company.by_agent(person, "search", query=drawn.word, limit=MOST)
            keys = oracle.check(person, "search", found)
            theirs = drawn.readable(oracle.people[person], bot=oracle.bot)
            sections |= {each["section"]: each["page"] for each in found["sections"]}

            assert theirs <= keys or any(map(drawn.untold, drawn.pages())), f"{person} in {drawn}"
    return sections


async def _reads(company: Company, oracle: Oracle, found: dict[str, str], most: int) -> None:
    """Everybody reads what anybody found, and tries what nobody did."""
    nodes = [node.id for drawn in oracle.worlds for node in drawn.nodes[:most]]
    for person in oracle.people:
        readable = oracle.readable(person)
        for section, page in (
            {f"{WIKI}/0-{NO_HEADINGS}/{node}": node for node in nodes} | found
        ).items():
            read = await company.tried(person, "read_section", section=section)
            if read == NOT_HERE:
                assert page not in readable or section not in found, f"{person}: {section}"
            else:
                assert oracle.check(person, "read_section", read) == {page}, read


async def _asks_for_rights(company: Company, oracle: Oracle, base: str, most: int) -> None:
    for drawn in oracle.worlds:
        for page in drawn.pages()[:most]:
            url = f"{base}/pages/viewpage.action?pageId={page.id}"
            for person, user in oracle.people.items():
                told = await company.by_agent(person, "may_i_read", url=url)
                may = may_read(drawn.world, user, page.id)

                # A page requested alone may reveal what a sync cannot read in bulk.
                untold = drawn.untold(page) and not told["may_read"]
                assert told["may_read"] == may or untold, (person, told, str(drawn))
                oracle.compared += 1
                oracle.check(person, "may_i_read", told, unsynced=True)
