"""Confluence answers some requests in time and not others; the answers that arrive count. Each page
was open to everyone when it was indexed, and the viewers of its space are unknown now."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import pytest

from footnote_bot.bot.answering.retrieval.retrieval import FoundPage, Retrieved
from footnote_bot.bot.answering.retrieval.sources import source_of
from footnote_bot.bot.model import Answer, Doubt, NoAnswer, Reason, Result
from footnote_bot.indexers.model import EVERYONE, OPEN, Changed, Hit, Page, Principal
from footnote_bot.indexers.sources.confluence import live as live_check
from footnote_bot.indexers.sources.confluence.comments import TAIL, Comment, live_comments
from footnote_bot.indexers.sources.confluence.extras import Extras
from footnote_bot.indexers.sources.confluence.partial_result import PartialResult
from footnote_bot.indexers.sources.confluence.transport import Transport
from footnote_bot.playground.confluence.faults import Fault
from footnote_bot.playground.confluence.model import Who
from tests.fakes.defaults import Recheck
from tests.fakes.engine import checked
from tests.fakes.wiki import by_section
from tests.indexers.sources.confluence.conftest import Site
from tests.indexers.sources.confluence.extras import wiki_of
from tests.indexers.sources.confluence.looking import PATIENT, live_of

SECRET = "Tin opener"
ADA = Principal.of(EVERYONE, "confluence-user:ada")


class Shelf:
    """A page in an open space with a parent, a file and a comment."""

    def __init__(self, site: Site) -> None:
        world = site.world
        self.site, self.bob = site, world.add_user("Bob")
        world.add_space("ALL", readers=[Who("licensed"), Who("anonymous")])
        world.add_space("HR", readers=[])
        self.above = world.create("ALL", "Above", "<p>Shelves.</p>").id
        self.key = world.create("ALL", "Shelf", f"<p>{SECRET}.</p>", parent=self.above).id
        self.file = world.attach(self.key, "plan.txt", SECRET.encode()).id
        self.comment = world.comment(self.key, f"<p>{SECRET}.</p>").id
        changes = wiki_of(site).changes({})
        pages = [change.page for change in changes if isinstance(change, Changed)]
        self.pages = {page.key: page for page in pages}
        assert all(page.acl == OPEN for page in pages)

    def ask(self, of: str) -> Result:
        recheck = Recheck({"wiki": live_of(self.site)}, lambda _: None, by_section, seconds=PATIENT)
        return checked(recheck, ADA, Retrieved((found_page(self.pages[of]),), 0, 0), quotes)


@pytest.fixture
def shelf(site: Site) -> Shelf:
    return Shelf(site)


def found_page(page: Page) -> FoundPage:
    return FoundPage(
        "wiki", page.key, 1.0, tuple(Hit(passage, 1.0, 1.0) for passage in by_section(page))
    )


def quotes(retrieved: Retrieved) -> Result:
    passages = [hit.passage for hit in retrieved.hits]
    if not passages:
        return NoAnswer(Reason.NOTHING_INDEXED, "Nothing.")
    return Answer(
        passages[0].text, tuple(source_of(passage, passage.text) for passage in passages), 1.0
    )


NO_VIEWERS = (Fault(500), Fault(429), Fault(kind="login"), Fault(kind="drop"))


def restrict(shelf: Shelf) -> None:
    shelf.site.world.restrict(shelf.key, users=[shelf.bob.id])


def restrict_above(shelf: Shelf) -> None:
    shelf.site.world.restrict(shelf.above, users=[shelf.bob.id])


def redact(shelf: Shelf) -> None:
    shelf.site.world.edit(shelf.key, body="<p>It was taken out.</p>")


def move(shelf: Shelf) -> None:
    shelf.site.world.move(shelf.key, space="HR")


@pytest.mark.parametrize("fault", NO_VIEWERS)
@pytest.mark.parametrize("close", [restrict, restrict_above])
def test_a_page_that_is_known_to_be_restricted_now_is_not_even_linked(
    shelf: Shelf, close: Callable[[Shelf], None], fault: Fault
) -> None:
    close(shelf)
    shelf.site.confluence.faults.on("permissions", fault, times=None)
    for key in shelf.pages.keys() - {shelf.above}:
        result = shelf.ask(key)

        assert SECRET not in repr(result)
        assert result.linked == ()


@pytest.mark.parametrize("fault", NO_VIEWERS)
@pytest.mark.parametrize("change", [redact, move])
def test_a_page_that_is_known_to_be_another_now_is_linked(
    shelf: Shelf, change: Callable[[Shelf], None], fault: Fault
) -> None:
    change(shelf)
    shelf.site.confluence.faults.on("permissions", fault, times=None)
    result = shelf.ask(shelf.key)

    assert SECRET not in repr(result)
    assert [link.doubt for link in result.linked] == [Doubt.UNCONFIRMED]


def test_an_edited_page_whose_text_does_not_come_is_linked(shelf: Shelf) -> None:
    redact(shelf)
    shelf.site.confluence.faults.on("body", Fault(kind="drop"), times=None)
    result = shelf.ask(shelf.key)

    assert SECRET not in repr(result)
    assert [link.page for link in result.linked] == [shelf.key]


def test_a_changed_extra_of_a_page_is_linked(shelf: Shelf) -> None:
    world = shelf.site.world
    world.attach(shelf.key, "plan.txt", b"It was taken out.")
    world.delete_comment(shelf.key, shelf.comment)
    shelf.site.confluence.faults.on("permissions", Fault(500), times=None)
    for key in shelf.pages.keys() - {shelf.key, shelf.above}:
        assert SECRET not in repr(shelf.ask(key))


def test_changed_comments_that_come_after_the_failure_are_linked(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, wait = Event(), PartialResult.wait

    def comments_come_last(transport: Transport, page: str) -> list[Comment]:
        assert waits.wait(PATIENT)
        return live_comments(transport, page)

    def waiting(result: PartialResult, seconds: float) -> None:
        waits.set()
        wait(result, seconds)

    monkeypatch.setattr(live_check, "live_comments", comments_come_last)
    monkeypatch.setattr(PartialResult, "wait", waiting)
    shelf.site.world.delete_comment(shelf.key, shelf.comment)
    shelf.site.confluence.faults.on("permissions", Fault(500), times=None)
    result = shelf.ask(f"{shelf.key}{TAIL}")

    assert SECRET not in repr(result)
    assert [link.doubt for link in result.linked] == [Doubt.UNCONFIRMED]


def test_comments_of_a_page_that_is_gone_are_gone_even_if_their_listing_hangs(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = Event()

    def comments_hang(transport: Transport, page: str) -> list[Comment]:
        answered.wait(2 * PATIENT)
        return live_comments(transport, page)

    monkeypatch.setattr(live_check, "live_comments", comments_hang)
    shelf.site.world.trash(shelf.key)
    result = shelf.ask(f"{shelf.key}{TAIL}")
    answered.set()

    assert SECRET not in repr(result)
    assert result.linked == ()


@pytest.mark.parametrize("fault", NO_VIEWERS)
def test_a_page_that_is_the_same_as_far_as_known_keeps_its_answer(
    shelf: Shelf, fault: Fault
) -> None:
    shelf.site.confluence.faults.on("permissions", fault, times=None)
    result = shelf.ask(shelf.key)

    assert isinstance(result, Answer)
    assert SECRET in result.text
    assert result.unchecked is not None


def test_a_wiki_that_answered_in_part_is_asked_about_other_pages(site: Site) -> None:
    shelf = Shelf(site)
    keys = [shelf.above, shelf.key]
    site.confluence.faults.on("permissions", Fault(500), times=None)
    result = live_of(site, Extras()).current(
        {key: shelf.pages[key].revision for key in keys}, PATIENT
    )

    assert result.untold == {*keys}
    assert {key: (live.acl, live.edited) for key, live in result.partly.items()} == dict.fromkeys(
        keys, (OPEN, False)
    )
