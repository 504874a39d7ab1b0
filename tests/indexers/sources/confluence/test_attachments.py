"""Attached files of a local Confluence, both products."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest

from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.model import (
    NOBODY,
    Enumerated,
    Failed,
    LivePage,
    Relabelled,
    Skipped,
    Space,
    Unchanged,
)
from footnote_bot.indexers.sources.attachments.content import NOT_INSTALLED
from footnote_bot.indexers.sources.confluence import attachments
from footnote_bot.indexers.sources.confluence.extras import Extras
from footnote_bot.playground.confluence.faults import Fault
from footnote_bot.playground.confluence.model import Content, User, Who
from tests.indexers.sources.attachments.files import pdf
from tests.indexers.sources.confluence.conftest import TRIES
from tests.indexers.sources.confluence.extras import (
    KnownPages,
    assert_they_have_their_page_s_rights,
    pages,
    reasons,
    recent,
    sync,
    wiki_of,
)
from tests.indexers.sources.confluence.looking import live_pages


@dataclass
class Office:
    """Two people, a page, a page below it, and a file on each."""

    ada: User
    bob: User
    top: Content
    leaf: Content
    plan: str
    notes: str

    @property
    def page_of(self) -> dict[str, str]:
        return {self.plan: self.top.id, self.notes: self.leaf.id}


@pytest.fixture
def office(site) -> Office:
    world = site.world
    ada, bob = world.add_user("Ada"), world.add_user("Bob")
    world.add_user("Gil", guest=True)
    world.add_group("engineers", [ada])
    world.add_space("ENG", "Engineering")
    top = world.create("ENG", "Top", "<p>The top of all.</p>")
    leaf = world.create("ENG", "Leaf", "<p>A leaf.</p>", parent=top.id)
    plan = world.attach(top.id, "Plan 2026.pdf", pdf(["First page.", "Second page."])).id
    notes = world.attach(leaf.id, "notes.txt", b"Some notes.").id
    return Office(ada, bob, top, leaf, plan, notes)


def paths_requested(site, *words: str) -> list[str]:
    return [
        request.path
        for request in site.confluence.requests
        if any(word in request.path + request.query for word in words)
    ]


def test_a_file_is_a_document_of_its_own(site, office) -> None:
    changes = sync(wiki_of(site), {})

    plan = pages(changes)[office.plan]
    assert plan.title == "Plan 2026.pdf (Top)"
    assert [(s.anchor, s.text) for s in plan.sections] == [
        ("page=1", "First page."),
        ("page=2", "Second page."),
    ]
    link = f"{site.confluence.base_url}/download/attachments/{office.top.id}/Plan%202026.pdf?"
    assert plan.url.startswith(link)
    assert str(plan.updated) == "2026-11-24"
    listed = next(change for change in changes if isinstance(change, Enumerated))
    assert {office.plan, office.notes} < listed.keys
    assert listed.spaces == {"ENG": Space(pages=2)}


def test_files_on_blog_posts_are_read_too(site, office) -> None:
    post = site.world.create("ENG", "News", "<p>It is out.</p>", type="blogpost")
    news = site.world.attach(post.id, "news.md", b"# News\n\nIt is out.").id
    known: KnownPages = {}
    sync(wiki_of(site), known)

    assert news in known
    site.world.unindexed.add(news)
    assert wiki_of(site).gone([news]) == frozenset()


def test_files_are_for_their_page_s_readers(site, office) -> None:
    known: KnownPages = {}
    site.world.restrict(office.leaf.id, users=[office.bob.id])
    site.world.add_space("OPS", readers=[Who("group", "engineers")])
    runbook = site.world.create("OPS", "Runbook", "<p>Run.</p>")
    steps = site.world.attach(runbook.id, "steps.txt", b"One, two.").id
    sync(wiki_of(site), known)

    assert_they_have_their_page_s_rights(site, known, {**office.page_of, steps: runbook.id})


def test_a_tightened_page_tightens_its_files_before_anything_is_read(site, office) -> None:
    known: KnownPages = {}
    sync(wiki_of(site), known)
    site.world.attach(office.leaf.id, "notes.txt", b"Secret notes.")
    site.world.edit(office.leaf.id, body="<p>Secret.</p>")
    site.world.restrict(office.top.id, users=[office.bob.id])
    changes = sync(wiki_of(site), known)

    tightened = {change.key for change in changes[1:5] if isinstance(change, Relabelled)}
    assert tightened == {office.top.id, office.leaf.id, office.plan, office.notes}
    assert {*pages(changes)} == {office.leaf.id, office.notes}
    assert_they_have_their_page_s_rights(site, known, office.page_of)


def test_a_file_that_the_search_misses_is_tightened_too(site, office) -> None:
    known: KnownPages = {}
    sync(wiki_of(site), known)
    site.world.unindexed.add(office.notes)
    site.world.restrict(office.leaf.id, users=[office.bob.id])
    sync(wiki_of(site), known)

    assert_they_have_their_page_s_rights(site, known, office.page_of)


def test_an_opened_page_opens_its_files_and_downloads_nothing(site, office) -> None:
    known: KnownPages = {}
    site.world.restrict(office.top.id, users=[office.bob.id])
    sync(wiki_of(site), known)
    site.world.open(office.top.id)
    before = len(paths_requested(site, "/download"))
    sync(wiki_of(site), known)

    assert_they_have_their_page_s_rights(site, known, office.page_of)
    assert len(paths_requested(site, "/download")) == before


def test_an_unchanged_pass_costs_one_request_for_two_hundred_files(site, office) -> None:
    for number in range(250):
        site.world.attach(office.top.id, f"{number}.txt", b"Words.")
    known: KnownPages = {}
    wiki, without = wiki_of(site, Extras(attachments=True)), wiki_of(site, Extras())
    sync(wiki, known)
    before = wiki.requests
    changes = list(wiki.changes(known))
    list(without.changes({key: known[key] for key in (office.top.id, office.leaf.id)}))

    assert {type(change) for change in changes[1:]} == {Unchanged}
    assert wiki.requests - before == without.requests + 2


def test_a_replaced_file_is_read_anew(site, office) -> None:
    known: KnownPages = {}
    sync(wiki_of(site), known)
    before = known[office.notes].revision
    site.clock.at += timedelta(days=3)
    site.world.attach(office.leaf.id, "notes.txt", b"Better notes.")
    changes = sync(wiki_of(site), known)

    (notes,) = pages(changes).values()
    assert [section.text for section in notes.sections] == ["Better notes."]
    assert before.startswith("1.")
    assert notes.revision.startswith("2.")


def test_the_version_that_was_listed_is_read_though_a_newer_one_comes_first(site, office) -> None:
    def replace(path: str) -> None:
        if "/download" in path and "notes" not in replaced:
            replaced.append("notes")
            site.world.attach(office.leaf.id, "notes.txt", b"For fewer.")

    replaced: list[str] = []
    site.confluence.before_each = replace
    changes = sync(wiki_of(site, spaces=["ENG"]), {})

    assert pages(changes)[office.notes].sections[0].text == "Some notes."


@pytest.mark.parametrize("way", ["trash", "delete"])
def test_a_file_is_gone_if_its_page_is(site, office, way) -> None:
    known: KnownPages = {}
    sync(wiki_of(site), known)
    getattr(site.world, way)(office.leaf.id)
    sync(wiki_of(site), known)

    assert {*known} == {office.top.id, office.plan}


def test_a_file_that_is_taken_off_is_gone(site, office) -> None:
    known: KnownPages = {}
    sync(wiki_of(site), known)
    site.world.detach(office.leaf.id, "notes.txt")
    sync(wiki_of(site), known)

    assert office.notes not in known


def test_a_file_that_the_search_misses_is_not_gone(site, office) -> None:
    known: KnownPages = {}
    sync(wiki_of(site), known)
    site.world.unindexed |= {office.plan, office.notes}
    changes = sync(wiki_of(site), known)

    assert {office.plan, office.notes} < {*known}
    assert {type(change) for change in changes[1:]} == {Unchanged}


def test_a_file_that_cannot_be_looked_at_ends_the_pass_and_is_not_gone(site, office) -> None:
    known: KnownPages = {}
    sync(wiki_of(site), known)
    site.world.unindexed.add(office.notes)
    site.confluence.faults.on(rf"/{office.notes}(\?|$)", Fault(500), times=None)

    with pytest.raises(WikiUnavailable):
        sync(wiki_of(site), known)
    assert office.notes in known


def test_files_of_pages_that_are_not_read_are_not_read(site, office) -> None:
    site.world.label(office.leaf.id, "secret")
    known: KnownPages = {}
    sync(wiki_of(site, labels_out=["secret"]), known)

    assert {*known} == {office.top.id, office.plan}


def test_a_page_left_out_by_its_own_labels_takes_its_files_along(site, office) -> None:
    """The search does not know the label yet. The changed page is read directly."""
    known: KnownPages = {}
    sync(wiki_of(site, labels_out=["secret"]), known)
    site.world.index_lag = timedelta(hours=1)
    site.world.label(office.leaf.id, "secret")
    site.world.edit(office.leaf.id, body="<p>Secret.</p>")
    sync(wiki_of(site, labels_out=["secret"]), known)

    assert {*known} == {office.top.id, office.plan}


def test_a_file_of_an_unread_type_or_too_large_a_size_is_left_out_and_not_fetched(
    site, office
) -> None:
    image = site.world.attach(office.top.id, "photo.png", b"\x89PNG").id
    large = site.world.attach(office.top.id, "large.txt", b"x" * 100_001).id
    changes = sync(wiki_of(site), {})

    skipped = reasons(changes, Skipped)
    assert skipped[image] == "no reader for files that end in .png"
    assert "100,001 bytes" in skipped[large]
    assert "max_attachment_bytes" in skipped[large]
    assert not paths_requested(site, f"{large}/download", "large.txt", "photo.png")


def test_a_held_file_that_is_too_large_now_leaves_the_index(site, office) -> None:
    known: KnownPages = {}
    sync(wiki_of(site), known)
    sync(wiki_of(site, Extras(attachments=True, max_bytes=100)), known)

    assert office.plan not in known
    assert office.notes in known


def test_a_broken_file_is_a_line_and_is_fetched_once(site, office) -> None:
    broken = site.world.attach(office.top.id, "broken.pdf", b"%PDF-1.4 and no more").id
    known: KnownPages = {}
    wiki = wiki_of(site)
    first_failures = reasons(sync(wiki, known), Failed)
    before = len(paths_requested(site, "/download"))
    second_failures = reasons(sync(wiki, known), Failed)

    assert {*first_failures} == {broken}
    assert first_failures[broken].startswith(f"attached to the page {office.top.id}: broken")
    assert second_failures == first_failures
    assert len(paths_requested(site, "/download")) == before


def test_a_file_that_breaks_keeps_its_last_version_under_the_new_rights(site, office) -> None:
    known: KnownPages = {}
    sync(wiki_of(site), known)
    before = known[office.plan].revision
    site.world.attach(office.top.id, "Plan 2026.pdf", b"%PDF-1.4 and no more")
    site.world.restrict(office.top.id, users=[office.bob.id])
    sync(wiki_of(site), known)

    assert known[office.plan].revision == before
    assert_they_have_their_page_s_rights(site, known, office.page_of)


def test_a_download_that_fails_is_a_line_and_tried_again(site, office) -> None:
    path = rf"{office.notes}/download|/notes.txt"
    site.confluence.faults.on(path, Fault(500), times=TRIES)
    known: KnownPages = {}
    wiki = wiki_of(site)
    changes = sync(wiki, known)

    assert reasons(changes, Failed) == {
        office.notes: f"attached to the page {office.leaf.id}: Confluence answered 500 to the"
        " download."
    }
    assert {*pages(recent(wiki, known))} == {office.notes}


@pytest.mark.parametrize(
    "fault", [Fault(429, retry_after="1"), Fault(500), Fault(503), Fault(kind="drop")]
)
def test_a_passing_trouble_of_a_download_passes(site, office, fault) -> None:
    site.confluence.faults.on(rf"{office.notes}/download|/notes.txt", fault)

    assert not reasons(sync(wiki_of(site), {}), Failed)


def test_a_login_page_is_no_file(site, office) -> None:
    site.confluence.faults.on(r"/download", Fault(kind="login"), times=None)
    failed = reasons(sync(wiki_of(site), {}), Failed)

    assert {*failed} == {office.plan, office.notes}
    assert "login page" in failed[office.plan]


def test_a_login_page_is_no_attached_web_page(site, office) -> None:
    web = site.world.attach(office.top.id, "web.html", b"<p>A web page.</p>", "text/html").id
    assert pages(sync(wiki_of(site), {}))[web].sections[0].text == "A web page."
    site.confluence.faults.on(r"/download", Fault(kind="login"), times=None)

    assert "another size" in reasons(sync(wiki_of(site), {}), Failed)[web]


def test_a_reader_that_is_not_installed_is_reported_once(site, office, monkeypatch) -> None:
    monkeypatch.setattr(attachments, "_installed", lambda ending, **_: ending != ".pdf")
    extra_pdf = site.world.attach(office.leaf.id, "more.pdf", pdf(["More."])).id
    known: KnownPages = {}
    failed = reasons(sync(wiki_of(site), known), Failed)

    assert list(failed.values()) == [f"{NOT_INSTALLED} (this and 1 more files)"]
    assert office.notes in known
    assert extra_pdf not in known


def test_the_readers_here_are_installed() -> None:
    assert all(map(attachments._installed, (".pdf", ".docx", ".pptx", ".xlsx", ".txt", ".html")))


def test_if_extras_are_off_nothing_is_requested_and_old_extras_leave_the_index(
    site, office
) -> None:
    known: KnownPages = {}
    site.world.comment(office.top.id, "<p>Well said.</p>")
    sync(wiki_of(site), known)
    requested_before = len(paths_requested(site, "attachment", "comment"))
    wiki, plain = wiki_of(site, Extras()), wiki_of(site, Extras())
    sync(wiki, known)
    recent(wiki, known)
    sync(plain, {})

    assert {*known} == {office.top.id, office.leaf.id}
    assert len(paths_requested(site, "attachment", "comment")) == requested_before


def test_the_cheap_pass_finds_new_and_replaced_files(site, office) -> None:
    known: KnownPages = {}
    wiki = wiki_of(site)
    sync(wiki, known)
    site.world.restrict(office.leaf.id, users=[office.bob.id])
    site.world.attach(office.leaf.id, "notes.txt", b"Better notes.")
    new = site.world.attach(office.leaf.id, "new.txt", b"New.").id
    site.world.attach(office.leaf.id, "photo.png", b"\x89PNG")

    assert {*pages(recent(wiki, known))} == {office.notes, new}
    assert known[new].acl == known[office.notes].acl
    before = wiki.requests
    assert recent(wiki, known) == []
    assert wiki.requests - before == 4


def test_a_file_is_current_at_its_version_or_a_newer_one_for_its_page_s_readers(
    site, office
) -> None:
    known: KnownPages = {}
    wiki = wiki_of(site)
    sync(wiki, known)
    cited = {office.notes: known[office.notes].revision}
    site.world.attach(office.leaf.id, "notes.txt", b"Better notes.")
    site.world.restrict(office.leaf.id, users=[office.bob.id])
    live = live_pages(site, cited).stand
    sync(wiki, known)

    assert live == {office.notes: LivePage(known[office.leaf.id].acl, edited=True)}
    newest = {office.notes: known[office.notes].revision}
    assert live_pages(site, newest).stand == {office.notes: LivePage(known[office.leaf.id].acl)}
    assert live_pages(site, {office.notes: "3.later.rights"}).stand == {}


@pytest.mark.parametrize("way", ["detach", "trash"])
def test_a_file_that_is_gone_is_not_current(site, office, way) -> None:
    known: KnownPages = {}
    wiki = wiki_of(site)
    sync(wiki, known)
    if way == "detach":
        site.world.detach(office.leaf.id, "notes.txt")
    else:
        site.world.trash(office.leaf.id)

    cited = {key: known[key].revision for key in (office.notes, office.plan)}
    assert {*live_pages(site, cited).stand} == {office.plan}


def test_a_file_whose_download_failed_is_tried_again_by_each_cheap_pass(site, office) -> None:
    path = rf"{office.notes}/download|/notes.txt"
    site.confluence.faults.on(path, Fault(500), times=3 * TRIES)
    known: KnownPages = {}
    wiki = wiki_of(site)
    sync(wiki, known)

    assert {*reasons(recent(wiki, known), Failed)} == {office.notes}
    assert {*reasons(recent(wiki, known), Failed)} == {office.notes}
    assert {*pages(recent(wiki, known))} == {office.notes}


def test_files_that_cannot_be_listed_keep_no_page_from_being_tightened(site, office) -> None:
    known: KnownPages = {}
    sync(wiki_of(site), known)
    site.confluence.faults.on(r"cql=type.+attachment", Fault(500), times=None)
    site.world.restrict(office.leaf.id, users=[office.bob.id])
    changes = []
    with pytest.raises(WikiUnavailable):
        changes.extend(wiki_of(site).changes(known))

    assert not any(isinstance(change, Enumerated) for change in changes)
    relabelled = {change.key: change.acl for change in changes if isinstance(change, Relabelled)}
    # Nobody knows where the files are now, so nobody may read them.
    assert relabelled.keys() == {office.leaf.id, office.notes, office.plan}
    assert relabelled[office.notes] == relabelled[office.plan] == NOBODY


def test_no_file_is_shown_under_rights_that_were_read_before_it_was_attached(site, office) -> None:
    """The page is closed and the file is attached during the pass."""

    def attach(path: str) -> None:
        if "permissions" in path and not attached:
            site.world.restrict(office.leaf.id, users=[office.bob.id])
            attached.append(site.world.attach(office.leaf.id, "secret.txt", b"For few.").id)

    attached: list[str] = []
    site.confluence.before_each = attach
    known: KnownPages = {}
    sync(wiki_of(site), known)

    assert attached
    assert attached[0] not in known


def test_many_spaces_are_asked_about_together(site, office) -> None:
    for number in range(30):
        site.world.add_space(f"S{number}")
    page = site.world.create("S29", "Far", "<p>Away.</p>")
    far = site.world.attach(page.id, "far.txt", b"Far.").id

    assert far in pages(sync(wiki_of(site), {}))
    assert (
        len([r for r in site.confluence.requests if re.search("cql=type.+attachment", r.query)])
        == 2
    )
