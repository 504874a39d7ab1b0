"""Rights that could not be read: the page is closed at once, read again at the end, and
reported."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from footnote_bot.indexers.model import NOBODY, Acl, SyncReport
from footnote_bot.indexers.sources.confluence.extras import Extras
from footnote_bot.indexers.sources.confluence.rights import Tokens
from footnote_bot.indexers.sources.confluence.transport import Patience
from footnote_bot.indexers.sources.confluence.wiki import ConfluenceWiki
from footnote_bot.playground.confluence.faults import Fault
from footnote_bot.playground.confluence.model import Content, Who
from tests.fakes.defaults import sync
from tests.fakes.index import ListIndex
from tests.indexers.sources.confluence.conftest import TRIES, Site
from tests.properties.confluences import EMBEDDER, SPLIT, hits_for, pages, principal

PERMISSIONS = "permissions"


class Telling(ListIndex):
    """An index that records the changes of rights."""

    def __init__(self) -> None:
        super().__init__()
        self.relabelled: list[tuple[str, bool]] = []

    def relabel(
        self, wiki: str, page: str, revision: str, acl: Acl, owner: str | None = None
    ) -> None:
        super().relabel(wiki, page, revision, acl, owner)
        self.relabelled.append((page, frozenset() in acl.gates))


@dataclass
class Office:
    """A space of two pages, one with a comment, synced."""

    site: Site
    wiki: ConfluenceWiki
    index: Telling
    top: Content
    leaf: Content

    def sync(self) -> SyncReport:
        self.index.relabelled.clear()
        self.site.confluence.requests.clear()
        return sync(self.wiki, self.index, EMBEDDER, SPLIT)

    def pages_shown(self, name: str = "Ada") -> set[str]:
        user = next((u for u in self.site.world.users.values() if u.name == name), None)
        reader = principal(self.site.world, Tokens(self.site.transport().base.site), user)
        return pages(hits_for(self.index, "words", reader))


@pytest.fixture
def office(site) -> Office:
    world = site.world
    world.add_user("Ada")
    world.add_space("ENG", readers=[Who("licensed")])
    top = world.create("ENG", "Top", "<p>words on top</p>")
    leaf = world.create("ENG", "Leaf", "<p>words on a leaf</p>", parent=top.id)
    world.comment(top.id, "<p>words said</p>")
    wiki = ConfluenceWiki("wiki", site.transport(), extras=Extras(comments=True))
    office = Office(site, wiki, Telling(), top, leaf)
    office.sync()
    return office


def all_pages(office: Office) -> set[str]:
    return {office.top.id, office.leaf.id, f"{office.top.id}/comments"}


def fail_requests(site: Site, where: str, *, times: int | None) -> None:
    site.confluence.faults.on(where, Fault(500), times=times)


def test_one_500_on_permissions_takes_no_right_away(site, office) -> None:
    fail_requests(site, PERMISSIONS, times=1)
    report = office.sync()

    assert report.complete
    assert not report.failed
    assert office.index.relabelled == []
    assert office.pages_shown() == all_pages(office)


def test_permissions_that_come_late_close_the_pages_until_the_end_of_the_pass(site, office) -> None:
    site.confluence.faults.on(PERMISSIONS, Fault(kind="cut"), times=1)
    report = office.sync()

    assert not report.failed
    assert {key for key, closed in office.index.relabelled if closed} == all_pages(office)
    assert office.index.relabelled[-1][1] is False
    assert office.pages_shown() == all_pages(office)
    assert office.sync().unchanged == 3


def test_permissions_that_do_not_come_close_the_pages_and_are_reported(site, office) -> None:
    """On Data Center a repeated 500 is a refusal. Broken JSON is an answer of neither product."""
    site.confluence.faults.on(PERMISSIONS, Fault(kind="cut"), times=None)
    report = office.sync()

    assert report.complete
    assert office.pages_shown() == set()
    (failed,) = report.failed
    assert failed.key == "space ENG"
    assert "broken JSON" in failed.reason
    assert "Nobody is shown the 2 pages behind it." in failed.reason

    site.confluence.faults.clear()
    second_report = office.sync()

    assert (second_report.relabelled, second_report.passages_embedded) == (3, 0)
    assert office.pages_shown() == all_pages(office)


def test_a_refusal_for_good_is_a_warning_and_asked_for_once(site, office) -> None:
    site.confluence.faults.on(PERMISSIONS, Fault(403), times=None)
    report = office.sync()

    assert not report.failed
    assert office.pages_shown() == set()
    (warning,) = report.warnings
    assert warning.startswith("Who may view space ENG cannot be read: ")
    requests = [request for request in site.confluence.requests if PERMISSIONS in request.path]
    assert len(requests) == 1


def test_data_centers_500_to_who_is_no_administrator_is_a_warning_and_soon_given_up(
    data_center,
) -> None:
    world = data_center.world
    world.add_space("ENG", readers=[Who("licensed")])
    page = world.create("ENG", "Page", "<p>words</p>")
    transport = data_center.transport(world.add_user("Reader"), patience=Patience())
    office = Office(data_center, ConfluenceWiki("wiki", transport), Telling(), page, page)

    for tries in (4, 2):
        report = office.sync()

        assert not report.failed
        assert "no administrator of the space. Nobody is shown the page" in report.warnings[0]
        assert (
            sum(PERMISSIONS in request.path for request in data_center.confluence.requests) == tries
        )
    assert office.index.known("wiki")[page.id].acl == NOBODY


def test_an_unavailable_restriction_closes_the_pages_below_and_is_reported_once(
    site, office
) -> None:
    top = office.top.id
    fail_requests(site, rf"content/{top}/restriction", times=None)
    fail_requests(site, r"content/search\?cql=id|rest/api/content\?.*restrictions", times=None)
    report = office.sync()

    assert office.pages_shown() == set()
    assert [failed.key for failed in report.failed] == [top]
    assert "Nobody is shown the 2 pages behind it." in report.failed[0].reason


def test_ancestors_that_come_late_are_read_at_the_end_of_the_pass(cloud) -> None:
    world = cloud.world
    world.add_user("Ada")
    world.add_space("ENG", readers=[Who("licensed")])
    folder = world.create("ENG", "Folder", type="folder")
    leaf = world.create("ENG", "Leaf", "<p>words</p>", parent=folder.id)
    wiki = ConfluenceWiki("wiki", cloud.transport())
    office = Office(cloud, wiki, Telling(), folder, leaf)
    fail_requests(cloud, "ancestors", times=TRIES)
    report = office.sync()

    assert not report.failed
    assert office.pages_shown() == {leaf.id}


def test_a_page_that_is_edited_and_whose_rights_come_late_says_its_new_text(site, office) -> None:
    site.world.edit(office.leaf.id, body="<p>words anew</p>")
    site.confluence.faults.on(PERMISSIONS, Fault(kind="cut"), times=1)
    report = office.sync()

    assert (report.changed, report.failed) == (1, [])
    assert office.pages_shown() == all_pages(office)


def test_only_visitors_lose_a_right_that_cannot_be_read_and_it_is_reported(site) -> None:
    world = site.world
    world.add_user("Ada")
    world.add_space("WEB", readers=[Who("anonymous"), Who("licensed")])
    page = world.create("WEB", "Page", "<p>words</p>")
    office = Office(site, ConfluenceWiki("wiki", site.transport()), Telling(), page, page)
    office.sync()

    assert office.pages_shown("a visitor") == {page.id}

    site.confluence.faults.on(r"/spaces?/[^/?]+$", Fault(kind="drop"), times=None)
    report = office.sync()

    assert office.pages_shown("a visitor") == set()
    assert office.pages_shown() == {page.id}
    assert [failed.key for failed in report.failed] == ["space WEB"]
    assert "Visitors who are not logged in are not shown the page" in report.failed[0].reason


def test_a_body_that_comes_late_is_read_at_the_end_of_the_pass(site, office) -> None:
    site.world.edit(office.leaf.id, body="<p>words anew</p>")
    body = rf"(pages|content)/{office.leaf.id}\?(body|expand=body)"
    fail_requests(site, body, times=2 * TRIES)
    report = office.sync()

    assert (report.changed, report.failed) == (1, [])


@pytest.mark.parametrize("kind", ["cut", "login"])
def test_a_body_that_is_cut_off_is_requested_again_and_not_rendered(site, office, kind) -> None:
    """A rendered page shows what the token sees of other pages."""
    site.world.edit(office.leaf.id, body="<p>words anew</p>")
    body = rf"(pages|content)/{office.leaf.id}\?(body|expand=body)"
    site.confluence.faults.on(body, Fault(kind=kind))
    report = office.sync()

    assert (report.changed, report.failed) == (1, [])
    assert not any("view" in request.query for request in site.confluence.requests)


@pytest.mark.parametrize("fault", [Fault(400), Fault(404), Fault(kind="cut")], ids=repr)
def test_a_listing_that_breaks_off_once_is_read_at_the_end_of_the_pass(site, office, fault) -> None:
    """A server may forget a cursor."""
    site.world.edit(office.leaf.id, body="<p>words anew</p>")
    site.confluence.faults.on(r"^/(api/v2/pages|rest/api/content)\?.*status=current", fault)
    report = office.sync()

    assert (report.changed, report.failed, report.complete) == (1, [], True)
