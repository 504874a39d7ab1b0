"""One of three named spaces is lost. It alone is closed and named, and the others continue."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import pytest

from footnote_bot.indexers.errors import WikiMisconfigured, WikiUnavailable
from footnote_bot.indexers.model import NOBODY, OPEN, Relabelled, SyncReport
from footnote_bot.indexers.sources.confluence.extras import Extras
from footnote_bot.indexers.sources.confluence.scope import Scope
from footnote_bot.indexers.sources.confluence.wiki import ConfluenceWiki
from footnote_bot.indexers.syncing.splitting import Splitter
from footnote_bot.playground.confluence.faults import Fault
from footnote_bot.playground.confluence.model import Who
from tests.fakes.defaults import sync
from tests.fakes.embedding import WordEmbedder
from tests.fakes.index import ListIndex
from tests.indexers.sources.confluence.conftest import Site

EMBEDDER = WordEmbedder()
SPLIT = Splitter(EMBEDDER.count_tokens, 200)
KEYS = ("ENG", "HR", "ALL")
ANONYMOUS = Who("anonymous")


class Company:
    """Three spaces with three pages each, a file and a comment, synced once."""

    def __init__(self, site: Site) -> None:
        self.site, world = site, site.world
        self.bot = world.add_user("Reader", admin=True)
        self.ada = world.add_user("Ada")
        self.pages: dict[str, list[str]] = {}
        for key in KEYS:
            world.add_space(key, readers=[Who("licensed"), ANONYMOUS])
            self.pages[key] = [
                world.create(key, f"{key} {n}", f"<p>Word {key} {n}.</p>").id for n in range(3)
            ]
        hr = self.pages["HR"][0]
        self.file = world.attach(hr, "pay.txt", b"Pay is secret.").id
        world.comment(hr, "<p>Pay is said.</p>")
        self.index = ListIndex()
        assert self.sync().complete

    def wiki(self, *spaces: str) -> ConfluenceWiki:
        extras = Extras(attachments=True, comments=True)
        return ConfluenceWiki(
            "wiki", self.site.transport(self.bot), Scope(spaces=spaces or KEYS), extras
        )

    def sync(self, *spaces: str) -> SyncReport:
        return sync(self.wiki(*spaces), self.index, EMBEDDER, SPLIT)

    @property
    def hr(self) -> set[str]:
        return {*self.pages["HR"], self.file, f"{self.pages['HR'][0]}/comments"}

    def closed(self) -> set[str]:
        return {key for key, page in self.index.known("wiki").items() if page.acl == NOBODY}


@pytest.fixture
def company(site) -> Company:
    return Company(site)


def close_to_the_bot(company: Company) -> None:
    world = company.site.world
    world.grant("HR", Who("user", company.ada.id))
    for who in (Who("licensed"), ANONYMOUS):
        world.revoke("HR", who)


LOSSES: dict[str, Callable[[Company], None]] = {
    "deleted": lambda c: c.site.world.delete_space("HR"),
    "renamed": lambda c: c.site.world.rename_space_key("HR", "PEOPLE"),
    "closed to the bot": close_to_the_bot,
}


@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES)
def test_a_lost_space_is_closed_and_named_and_the_others_go_on(
    company: Company, lose: Callable[[Company], None]
) -> None:
    world, (edited, trashed, restricted) = company.site.world, company.pages["ENG"]
    lose(company)
    world.edit(edited, body="<p>Word anew.</p>")
    world.trash(trashed)
    world.restrict(restricted, users=[company.bot.id])
    report = company.sync()

    assert company.closed() == company.hr
    assert [failure.key for failure in report.failed] == ["space HR"]
    assert "Nobody is shown its pages" in report.failed[0].reason
    assert (report.changed, report.removed, report.complete) == (1, 1, True)
    known = company.index.known("wiki")
    assert trashed not in known
    assert known[restricted].acl != OPEN
    assert all(known[key].acl == OPEN for key in company.pages["ALL"])


@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES)
def test_its_pages_are_closed_by_the_look_for_edits_too(
    company: Company, lose: Callable[[Company], None]
) -> None:
    lose(company)
    wiki = company.wiki()
    closed = {change.key for change in wiki.recent(company.index.known("wiki"))}

    assert closed == company.hr


def test_a_space_that_is_seen_again_is_opened_without_embedding_anything(company: Company) -> None:
    company.site.world.rename_space_key("HR", "PEOPLE")
    company.sync()
    second_report = company.sync()
    company.site.world.rename_space_key("PEOPLE", "HR")
    report = company.sync()

    assert second_report.relabelled == 0
    assert not company.closed()
    assert (report.failed, report.passages_embedded) == ([], 0)
    assert report.complete


def test_a_space_taken_out_of_the_settings_leaves_the_index(company: Company) -> None:
    company.site.world.delete_space("HR")
    company.sync()
    report = company.sync("ENG", "ALL")

    assert not company.hr & company.index.known("wiki").keys()
    assert (report.failed, report.removed) == ([], len(company.hr))


@pytest.mark.parametrize("keys", [KEYS, ("HR",)])
def test_where_every_space_is_lost_all_pages_are_closed_and_the_sync_fails(
    site, keys: tuple[str, ...]
) -> None:
    company = Company(site)
    if len(keys) == 1:
        company.sync("HR")
    for key in keys:
        site.world.delete_space(key)
    with pytest.raises(WikiMisconfigured, match="HR"):
        company.sync(*keys)

    known = company.index.known("wiki")
    assert known
    assert company.closed() == known.keys()


def test_where_every_space_is_lost_the_look_for_edits_closes_all_pages_too(
    company: Company,
) -> None:
    for key in KEYS:
        company.site.world.delete_space(key)
    known = company.index.known("wiki")
    changes = company.wiki().recent(known)
    closed = list(islice(changes, len(known)))
    with pytest.raises(WikiMisconfigured, match="HR"):
        next(changes)

    acls = {change.key: change.acl for change in closed if isinstance(change, Relabelled)}
    assert acls == dict.fromkeys(known, NOBODY)


def test_a_space_that_confluence_fails_to_list_keeps_its_pages_and_is_named(site) -> None:
    """A temporary fault says nothing about rights: each page is checked before it is quoted."""
    company = Company(site)
    space = site.world.spaces["HR"]
    where = f"space-id={space.id}&" if site.cloud else "spaceKey=HR&"
    site.confluence.faults.on(
        f"^/(api/v2/pages|rest/api/content)\\?.*{where}", Fault(500), times=None
    )
    site.world.trash(company.pages["ENG"][0])
    report = company.sync()

    assert not company.closed()
    assert [failure.key for failure in report.failed] == ["space HR"]
    assert (report.removed, report.complete) == (1, False)
    assert company.hr <= company.index.known("wiki").keys()


def test_where_no_space_can_be_listed_the_sync_fails_and_nothing_changes(site) -> None:
    company = Company(site)
    site.confluence.faults.on("^/(api/v2/pages|rest/api/content\\?)", Fault(500), times=None)
    before = company.index.known("wiki")
    with pytest.raises(WikiUnavailable):
        company.sync()

    assert company.index.known("wiki") == before


def test_a_space_that_is_archived_is_still_read_where_it_is_named(company: Company) -> None:
    company.site.world.archive_space("HR")
    report = company.sync()

    assert set(company.pages["HR"]) <= company.index.known("wiki").keys()
    assert not company.closed() & set(company.pages["HR"])
    assert report.failed == []


def fail_to_report(site: Site, key: str) -> None:
    """Fail the request for one space. Data Center requests each space; Cloud lists them
    together."""
    site.confluence.faults.on(f"^/rest/api/space/{key}(\\?|$)", Fault(500), times=None)


def test_a_lost_space_closes_no_page_of_one_that_confluence_fails_to_report(
    data_center: Site,
) -> None:
    """A process that has seen neither space asks a page for its space."""
    company = Company(data_center)
    data_center.world.delete_space("ALL")
    fail_to_report(data_center, "HR")
    report = company.sync()

    assert company.closed() == set(company.pages["ALL"])
    reasons = {failure.key: failure.reason for failure in report.failed}
    assert "Nobody is shown its pages" in reasons["space ALL"]
    assert "could not be listed and stay as they were" in reasons["space HR"]
    assert (report.removed, report.complete) == (0, False)


def test_a_space_that_was_seen_before_is_distinguished_from_a_lost_one_by_its_id(
    data_center: Site,
) -> None:
    company = Company(data_center)
    wiki = company.wiki()
    sync(wiki, company.index, EMBEDDER, SPLIT)
    data_center.world.delete_space("ALL")
    fail_to_report(data_center, "HR")
    data_center.confluence.faults.on("^/rest/api/content/\\d+\\?", Fault(500), times=None)
    report = sync(wiki, company.index, EMBEDDER, SPLIT)

    assert company.closed() == set(company.pages["ALL"])
    assert "stay as they were" in next(o.reason for o in report.failed if o.key == "space HR")


def test_pages_that_may_belong_to_a_lost_space_are_shown_to_nobody(data_center: Site) -> None:
    """Nothing says which space the pages belong to, so they are closed. The report must agree."""
    company = Company(data_center)
    data_center.world.delete_space("ALL")
    fail_to_report(data_center, "HR")
    data_center.confluence.faults.on("^/rest/api/content/\\d+\\?", Fault(500), times=None)
    report = company.sync()

    assert company.closed() == {*company.pages["ALL"], *company.hr}
    reasons = {failure.key: failure.reason for failure in report.failed}
    assert "stay as they were" not in reasons["space HR"]
    assert "Nobody is shown those that may as well be in a space" in reasons["space HR"]

    data_center.confluence.faults.clear()
    second_report = company.sync()

    assert company.closed() == set(company.pages["ALL"])
    assert second_report.passages_embedded == 0


def test_a_page_that_moved_tells_nothing_of_the_space_that_it_was_in(data_center: Site) -> None:
    company = Company(data_center)
    for page in company.pages["ALL"][:2]:
        data_center.world.move(page, space="HR")
    data_center.world.delete_space("ALL")
    fail_to_report(data_center, "HR")
    company.sync()

    assert company.closed() == set(company.pages["ALL"])


def test_a_page_is_not_gone_because_confluence_fails_to_report_its_space(
    data_center: Site,
) -> None:
    company = Company(data_center)
    moved, unmoved = company.pages["ENG"][0], company.pages["HR"][0]
    data_center.world.move(moved, space="HR")
    fail_to_report(data_center, "HR")

    with pytest.raises(WikiUnavailable, match="space/HR"):
        list(company.wiki().page(unmoved))
    with pytest.raises(WikiUnavailable, match="space/HR"):
        company.sync()
    assert company.closed() == {moved}


def test_a_lost_space_is_closed_although_no_other_one_is_reported(data_center: Site) -> None:
    company = Company(data_center)
    company.sync("HR", "ALL")
    data_center.world.delete_space("ALL")
    fail_to_report(data_center, "HR")
    report = company.sync("HR", "ALL")

    assert company.closed() == set(company.pages["ALL"])
    assert not report.complete
    assert {failure.key for failure in report.failed} == {"space HR", "space ALL"}


def test_files_and_comments_that_cannot_be_listed_keep_no_reader_whom_their_page_has_lost(
    company: Company,
) -> None:
    site, page = company.site, company.pages["HR"][0]
    site.confluence.faults.on("content/search.*(attachment|comment)", Fault(500), times=None)
    with pytest.raises(WikiUnavailable):
        company.sync()
    assert not company.closed()

    site.world.restrict(page, users=[company.bot.id])
    with pytest.raises(WikiUnavailable):
        company.sync()
    assert company.closed() == {company.file, f"{page}/comments"}

    site.confluence.faults.clear()
    assert company.sync().passages_embedded == 0
    assert not company.closed()
