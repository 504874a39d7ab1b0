"""Whatever changed in Confluence since the sync counts for a person's agent as it does in Slack:
in the next call, and without a sync."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.bot.agents.texts import NOT_HERE
from footnote_bot.indexers.model import LivePages, digest
from footnote_bot.indexers.sources.confluence import live
from footnote_bot.playground.confluence.faults import Fault
from footnote_bot.playground.confluence.model import Content, User, Who
from footnote_bot.playground.confluence.state import Product
from footnote_bot.playground.confluence.world import World
from tests.bot.agents.companies import Company, company_over, pages_in
from tests.indexers.sources.confluence.conftest import Site
from tests.long import few
from tests.properties.confluences import WIKI, site_of

QUESTION = "When does pay day come?"
PEOPLE = {"U0ADA": "ada@example.com", "U0BOB": "bob@example.com", "U0CY": "cy@example.com"}

NO_HEADINGS = digest()[:8]
"""In the id of a section without a heading."""


@dataclass
class Office:
    """A company whose Confluence has a page on pay below one on money. All three people may read
    both; everybody may read the one on lunch."""

    site: Site
    company: Company
    ada: User
    bob: User
    money: Content
    pay: Content
    lunch: Content

    @property
    def world(self) -> World:
        return self.site.world

    async def pay_section(self, person: str = "U0ADA") -> str:
        """Return the id of the section on pay, as a search has it."""
        found = await self.company.by_agent(person, "search", query=QUESTION)
        ids = {each["page"]: str(each["section"]) for each in found["sections"]}
        return ids[self.pay.id]

    async def all_ways(self, person: str, section: str) -> dict[str, str]:
        """Return what the person gets in each way, as text."""
        by_agent, refused = self.company.by_agent, self.company.refused
        reads = "" if await refused(person, "read_section", section=section) else "may"
        results = {
            "in Slack": await self.company.in_slack(person, QUESTION),
            "ask": await by_agent(person, "ask", question=QUESTION),
            "search": await by_agent(person, "search", query=QUESTION),
            "read_section": reads and await by_agent(person, "read_section", section=section),
        }
        return {way: json.dumps(result) for way, result in results.items()}


@asynccontextmanager
async def office_of(product: Product, folder: Path, **recheck: Any) -> AsyncIterator[Office]:
    with site_of(product) as site:
        world = site.world
        ada, bob, cy = (world.add_user(name) for name in ("Ada", "Bob", "Cy"))
        world.add_group("paid", [ada, bob, cy])
        world.add_space("ENG", "Engineering", readers=[Who("group", "paid")])
        world.add_space("ALL", "Everybody", readers=[Who("anonymous"), Who("licensed")])
        money = world.create("ENG", "Money", "<p>Pay and more.</p>")
        pay = world.create(
            "ENG", "Project Zebra", "<p>Pay day does come on Friday.</p>", parent=money.id
        )
        lunch = world.create("ALL", "Lunch", "<p>Lunch does come at noon.</p>")
        async with company_over(site, folder, PEOPLE, **recheck) as company:
            yield Office(site, company, ada, bob, money, pay, lunch)


@pytest.fixture(params=few(["cloud", "data-center"], 1))
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    async with office_of(request.param, tmp_path) as office:
        yield office


def restricted(office: Office) -> None:
    office.world.restrict(office.pay.id, users=[office.ada.id])


def restricted_above(office: Office) -> None:
    office.world.restrict(office.money.id, users=[office.ada.id])


def moved_below_a_restriction(office: Office) -> None:
    vault = office.world.create("ENG", "Vault", "<p>No more.</p>")
    office.world.restrict(vault.id, users=[office.ada.id])
    office.world.move(office.pay.id, parent=vault.id)


def its_space_closed(office: Office) -> None:
    office.world.grant("ENG", Who("user", office.ada.id))
    office.world.revoke("ENG", Who("group", "paid"))


def out_of_the_group(office: Office) -> None:
    office.world.leave("paid", office.bob.id)


AT_ONCE = [restricted, restricted_above, moved_below_a_restriction]
IN_A_MINUTE = [its_space_closed, out_of_the_group]


@pytest.mark.parametrize("change", [*AT_ONCE, *IN_A_MINUTE])
async def test_a_right_taken_away_counts_as_soon_as_in_slack(
    office: Office, change: Callable[[Office], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_SPACES_KEPT", 0.05)  # it is a minute, by a clock of its own
    section = await office.pay_section("U0BOB")
    before = await office.all_ways("U0BOB", section)
    change(office)
    if change in IN_A_MINUTE:  # a space's viewers and a person's groups are known for so long
        office.site.clock.sleep(61)
        await asyncio.sleep(0.06)
    bobs = await office.all_ways("U0BOB", section)
    adas = await office.all_ways("U0ADA", section)

    assert all("Friday" in text for text in before.values()), before
    for text in bobs.values():
        assert not any(word in text for word in ("Friday", "Zebra", office.pay.id)), bobs
    assert all("Friday" in text for text in adas.values()), adas
    assert await office.company.refused("U0BOB", "read_section", section=section) == NOT_HERE


async def test_a_page_that_was_thrown_away_is_returned_to_nobody(office: Office) -> None:
    section = await office.pay_section()
    office.world.trash(office.pay.id)

    for person in PEOPLE:
        for text in (await office.all_ways(person, section)).values():
            assert "Friday" not in text
            assert "Zebra" not in text


async def test_an_edited_page_is_read_in_its_current_words(office: Office) -> None:
    section = await office.pay_section()
    office.world.edit(office.pay.id, body="<p>Pay day does come on Monday.</p>")
    ways = await office.all_ways("U0BOB", section)

    assert all("Monday" in text for text in ways.values()), ways
    assert not any("Friday" in text for text in ways.values()), ways


async def test_words_that_are_on_no_page_any_more_are_not_read(office: Office) -> None:
    section = await office.pay_section()
    office.world.edit(office.pay.id, body="<p>See the intranet.</p>")
    ways = await office.all_ways("U0BOB", section)

    assert not any("Friday" in text for text in ways.values()), ways


async def test_a_section_is_the_one_that_was_named_and_whole_after_an_edit(office: Office) -> None:
    steps = [f"<p>Pay day, step {number}: {'go on ' * 150}.</p>" for number in range(6)]
    alpha, beta = (f"<h2>{name}</h2><p>Pay day does come by {name}.</p>" for name in "AB")
    office.world.edit(office.pay.id, body=alpha + beta)
    await asyncio.to_thread(office.company.app.indexing.sync)
    found = await office.company.by_agent("U0BOB", "search", query=QUESTION)
    by_name = {each["heading"]: str(each["section"]) for each in found["sections"]}
    office.world.edit(office.pay.id, body="<h2>New</h2><p>Pay.</p>" + alpha + "".join(steps) + beta)
    read = [
        await office.company.by_agent("U0BOB", "read_section", section=by_name[name])
        for name in "AB"
    ]

    assert [each["heading"] for each in read] == ["A", "B"]
    assert all(f"step {number}" in read[0]["quote"] for number in range(6))


DOWN = [Fault(503), Fault(kind="drop"), Fault(kind="login"), Fault(kind="cut")]


@pytest.mark.parametrize("fault", few(DOWN, 2), ids=str)
async def test_while_the_wiki_fails_only_open_pages_are_returned(
    office: Office, fault: Fault
) -> None:
    """Bob is known already; Cy asks for the first time."""
    section = await office.pay_section("U0BOB")
    lunch = f"{WIKI}/0-{NO_HEADINGS}/{office.lunch.id}"
    office.site.confluence.faults.on(".*", fault, times=None)
    for person in ("U0BOB", "U0CY"):
        ways = await office.all_ways(person, section)
        read = await office.company.by_agent(person, "read_section", section=lunch)

        assert not any(word in text for text in ways.values() for word in ("Friday", "Zebra"))
        assert "at noon" in ways["search"]
        assert "at noon" in read["quote"]
        assert read["unchecked"]
        assert '"unchecked": true' in ways["search"]
    assert await office.company.refused("U0BOB", "read_section", section=section) == NOT_HERE


async def test_whoever_the_wiki_does_not_know_now_is_told_so(office: Office) -> None:
    office.site.confluence.faults.on(".*", Fault(503), times=None)
    found = await office.company.by_agent("U0CY", "search", query=QUESTION)
    asked = await office.company.by_agent("U0CY", "ask", question=QUESTION)

    assert found["notes"]
    assert asked["notes"]


class Hanging:
    """A wiki that does not answer."""

    def __init__(self, plain_address: Callable[[str, str], str]) -> None:
        self.plain_address = plain_address
        self.answers = threading.Event()

    def current(self, _cited: Mapping[str, str], _seconds: float) -> LivePages:
        self.answers.wait(60)
        return LivePages({}, frozenset())


@contextmanager
def hanging(company: Company) -> Iterator[None]:
    recheck = company.app.recheck
    assert recheck
    known = recheck._live_wikis[WIKI]
    wiki = Hanging(known.plain_address)
    recheck._live_wikis[WIKI] = wiki
    yield
    wiki.answers.set()
    recheck._live_wikis[WIKI] = known


async def test_while_the_wiki_hangs_only_open_pages_are_returned_in_time(tmp_path: Path) -> None:
    async with office_of("data-center", tmp_path) as office:
        section, lunch = (
            await office.pay_section("U0BOB"),
            f"{WIKI}/0-{NO_HEADINGS}/{office.lunch.id}",
        )
        assert office.company.app.recheck
        office.company.app.recheck._seconds = 0.05
        with hanging(office.company):
            ways = await office.all_ways("U0BOB", section)
            read = await office.company.by_agent("U0BOB", "read_section", section=lunch)

    assert not any(word in text for text in ways.values() for word in ("Friday", "Zebra"))
    assert "at noon" in ways["search"]
    assert "at noon" in read["quote"]


async def test_where_unchecked_pages_are_refused_a_failing_wiki_gives_nothing(
    tmp_path: Path,
) -> None:
    async with office_of("data-center", tmp_path, refuses=True) as office:
        office.site.confluence.faults.on(".*", Fault(503), times=None)
        found = await office.company.by_agent("U0BOB", "search", query=QUESTION)
        asked = await office.company.by_agent("U0BOB", "ask", question=QUESTION)
        lunch = f"{WIKI}/0-{NO_HEADINGS}/{office.lunch.id}"
        refused = await office.company.refused("U0BOB", "read_section", section=lunch)

    assert not found["sections"]
    assert set(pages_in(asked["sources"])) | set(pages_in(asked["nearest"])) == set()
    assert refused == NOT_HERE
