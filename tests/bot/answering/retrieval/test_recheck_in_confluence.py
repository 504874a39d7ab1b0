"""Between a sync and a question a Confluence page is restricted or deleted: no part of the answer
contains it. Over HTTP, both products."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from footnote_bot.bot.answering.deciding.confidence import Confidence
from footnote_bot.bot.model import Answer, Doubt, NoAnswer, Question, Unchecked
from footnote_bot.indexers.model import EVERYONE, Changed, Principal
from footnote_bot.indexers.sources.confluence.live import LiveConfluence
from footnote_bot.indexers.sources.confluence.wiki import ConfluenceWiki
from footnote_bot.playground.confluence.faults import Fault
from footnote_bot.playground.confluence.model import Content, User, Who
from footnote_bot.playground.confluence.site import LocalConfluence
from footnote_bot.playground.confluence.state import Product
from footnote_bot.playground.confluence.world import World
from tests.fakes.confidence import SURE, always
from tests.fakes.defaults import Answerer, Recheck
from tests.fakes.retrieval import TickingClock, retrieval_over
from tests.fakes.wiki import by_section
from tests.indexers.sources.confluence.conftest import Clock, Site
from tests.indexers.sources.confluence.looking import live_of

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PATIENT = 240.0
"""Seconds; long enough that a slow machine does not change a result."""


@dataclass
class Company:
    """A Confluence that was synced, and a way to ask questions about it."""

    site: Site
    wiki: ConfluenceWiki
    live: LiveConfluence
    ada: User
    bob: User
    parent: Content
    pay: Content

    def ask(self, user: User, confidence: Confidence) -> Answer | NoAnswer:
        tokens, world = self.wiki.survey.tokens, self.site.world
        groups = [world.groups[name] for name in world.groups_of(user.id)]
        names = [group.id if world.is_cloud else group.name for group in groups]
        tokens_of_user = [
            EVERYONE,
            tokens.user(user.id),
            tokens.licensed,
            *map(tokens.group, names),
        ]
        question = Question("When does pay day come?", Principal.of(*tokens_of_user))
        return self.answerer(confidence).answer(question)

    def sync(self) -> None:
        changes = self.wiki.changes({})
        changed = [change.page for change in changes if isinstance(change, Changed)]
        self._retrieval = retrieval_over(p for page in changed for p in by_section(page))

    def answerer(self, confidence: Confidence) -> Answerer:
        recheck = Recheck({"wiki": self.live}, {"wiki": NOON}.get, by_section, seconds=PATIENT)
        return Answerer(self._retrieval, confidence, recheck=recheck, clock=TickingClock())


@pytest.fixture(params=["cloud", "data-center"])
def company(request: pytest.FixtureRequest) -> Iterator[Company]:
    clock = Clock()
    product: Product = request.param
    world = World(product, now=clock.now)
    with LocalConfluence(world, context="/confluence") as confluence:
        site = Site(world, clock, confluence)
        ada, bob = world.add_user("Ada"), world.add_user("Bob")
        world.add_space("ENG", "Engineering")
        parent = world.create("ENG", "Money", "<p>Pay and more.</p>")
        pay = world.create(
            "ENG", "Project Zebra", "<p>Pay day does come on Friday.</p>", parent=parent.id
        )
        world.create("ENG", "Lunch", "<p>Lunch does come at noon.</p>")
        transport = site.transport()
        wiki, live = ConfluenceWiki("wiki", transport), live_of(site)
        company = Company(site, wiki, live, ada, bob, parent, pay)
        company.sync()
        yield company
        transport.close()


def all_text(result: Answer | NoAnswer) -> str:
    """Return all texts of the result with its fingerprints: search for short numbers as words."""
    return repr(result)


CHANGES: dict[str, Callable[[Company], None]] = {
    "trashed": lambda c: c.site.world.trash(c.pay.id),
    "restricted": lambda c: c.site.world.restrict(c.pay.id, users=[c.ada.id]),
    "restricted above": lambda c: c.site.world.restrict(c.parent.id, users=[c.ada.id]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
@pytest.mark.parametrize("bias", [9.0, -1.0], ids=["answer", "no answer"])
def test_a_page_that_was_closed_or_thrown_away_is_nowhere_in_what_is_said(
    company: Company, change: Callable[[Company], None], bias: float
) -> None:
    assert "Zebra" in all_text(company.ask(company.bob, always(bias)))

    change(company)
    result = company.ask(company.bob, always(bias))

    assert "Zebra" not in all_text(result)
    assert "Friday" not in all_text(result)
    assert not re.search(rf"\b{company.pay.id}\b", all_text(result))
    assert "Lunch" in all_text(result)
    assert result.unchecked is None


def test_who_may_still_read_it_is_still_told(company: Company) -> None:
    company.site.world.restrict(company.pay.id, users=[company.ada.id])
    result = company.ask(company.ada, SURE)

    assert "Friday" in result.text
    assert result.unchecked is None


def test_a_page_that_was_edited_since_still_stands(company: Company) -> None:
    company.site.world.edit(company.pay.id, body="<p>Pay day does come on Monday.</p>")

    result = company.ask(company.bob, SURE)

    assert "Monday" in result.text
    assert "Friday" not in all_text(result)
    assert result.unchecked is None


DOWN = [
    Fault(503),
    Fault(500),
    Fault(429),
    Fault(kind="drop"),
    Fault(kind="cut"),
    Fault(kind="login"),
]


@pytest.mark.parametrize("fault", DOWN, ids=str)
@pytest.mark.parametrize("bias", [9.0, -1.0], ids=["answer", "no answer"])
def test_where_confluence_does_not_tell_a_page_that_is_not_open_is_linked_alone(
    company: Company, fault: Fault, bias: float
) -> None:
    company.site.confluence.faults.on(".*", fault, times=None)
    result = company.ask(company.bob, always(bias))

    assert company.pay.id in [link.page for link in result.linked]
    assert {link.doubt for link in result.linked} == {Doubt.UNCONFIRMED}
    assert all(link.url.endswith(f"viewpage.action?pageId={link.page}") for link in result.linked)
    for word in ("Friday", "Zebra", "ENG", "Lunch", "noon"):
        assert word not in all_text(result)


@pytest.mark.parametrize("fault", DOWN, ids=str)
def test_where_confluence_does_not_tell_an_open_page_keeps_its_answer(
    company: Company, fault: Fault
) -> None:
    company.site.world.grant("ENG", Who("anonymous"))
    company.sync()
    company.site.confluence.faults.on(".*", fault, times=None)
    result = company.ask(company.bob, SURE)

    assert "Friday" in result.text
    assert (result.unchecked, result.linked) == (Unchecked(NOON), ())


def test_a_secret_that_was_taken_out_is_nowhere_in_what_is_said(company: Company) -> None:
    world = company.site.world
    secret = "<p>Pay day does come on Friday.</p><p>Pay day password is x7y8.</p>"
    world.edit(company.pay.id, body=secret)
    company.sync()
    assert "x7y8" in all_text(company.ask(company.bob, SURE))

    world.edit(company.pay.id, body="<p>Pay day does come on Friday.</p>")
    result = company.ask(company.bob, SURE)

    assert "Friday" in result.text
    assert "x7y8" not in all_text(result)


@pytest.mark.parametrize("path", ["body-format", "body\\."])
def test_an_edited_page_that_cannot_be_read_again_is_linked(company: Company, path: str) -> None:
    if company.site.cloud is not (path == "body-format"):
        pytest.skip("the other product's")
    company.site.world.edit(company.pay.id, body="<p>Pay day does come on Monday.</p>")
    company.site.confluence.faults.on(path, Fault(500), times=None)
    result = company.ask(company.bob, SURE)

    assert [(link.page, link.doubt) for link in result.linked] == [(company.pay.id, Doubt.EDITED)]
    assert "Friday" not in all_text(result)
    assert "Zebra" not in all_text(result)


def test_people_named_on_an_edited_page_are_named_as_the_sync_names_them(
    company: Company,
) -> None:
    ada = company.ada.id
    kind = "account-id" if company.site.cloud else "userkey"
    mention = f'<ac:link><ri:user ri:{kind}="{ada}"/></ac:link>'
    body = f"<p>Pay day does come on Tuesday, says {mention}.</p>"
    company.site.world.edit(company.pay.id, body=body)
    result = company.ask(company.bob, SURE)

    assert "says Ada" in result.text
