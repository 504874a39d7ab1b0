"""Comments on pages of a local Confluence, both products."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from footnote_bot.indexers.errors import WikiUnavailable
from footnote_bot.indexers.model import (
    Failed,
    LivePage,
    Page,
    Relabelled,
    Skipped,
    Space,
    Unchanged,
)
from footnote_bot.indexers.sources.confluence.extras import Extras
from footnote_bot.playground.confluence.faults import Fault
from footnote_bot.playground.confluence.model import Comment, Content, User
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

ONLY = Extras(comments=True)


@dataclass
class Talk:
    """Two people, a page with three comments, and a child page without any."""

    ada: User
    bob: User
    top: Content
    leaf: Content
    first: Comment
    inline: Comment
    answer: Comment

    @property
    def key(self) -> str:
        return f"{self.top.id}/comments"


@pytest.fixture
def talk(site) -> Talk:
    world = site.world
    ada, bob = world.add_user("Ada"), world.add_user("Bob")
    world.add_user("Gil", guest=True)
    world.add_space("ENG", "Engineering")
    top = world.create("ENG", "Top", "<p>The top of all.</p>", author=ada.id)
    leaf = world.create("ENG", "Leaf", "<p>A leaf.</p>", parent=top.id)
    first = world.comment(top.id, "<p>Is this <strong>so</strong>?</p>", author=bob.id)
    site.clock.at += timedelta(days=1)
    inline = world.comment(top.id, "<p>Of what?</p>", author=bob.id, selection="top of all")
    answer = world.comment(top.id, "<p>It is so.</p>", author=ada.id, answers=first.id)
    return Talk(ada, bob, top, leaf, first, inline, answer)


def read_page(site, key: str) -> Page:
    return pages(sync(wiki_of(site, ONLY), {}))[key]


def test_a_page_s_comments_are_one_document_of_a_section_each(site, talk) -> None:
    page = read_page(site, talk.key)

    assert page.title == "Comments on Top"
    assert [(s.headings, s.anchor, s.text) for s in page.sections] == [
        (("Bob, 2026-11-24",), f"comment-{talk.first.id}", "Is this so?"),
        (("Bob, 2026-11-24", "Ada, 2026-11-25"), f"comment-{talk.answer.id}", "It is so."),
        (("Bob, 2026-11-25",), f"comment-{talk.inline.id}", "> top of all\n\nOf what?"),
    ]
    assert str(page.updated) == "2026-11-25"


def test_it_leads_to_the_page_at_the_first_comment(site, talk) -> None:
    odd_page = site.world.create("ENG", "What & why?", "<p>So.</p>")
    comment = site.world.comment(odd_page.id, "<p>Why?</p>")
    changes = pages(sync(wiki_of(site), {}))

    url, at = changes[talk.key].url, f"focusedCommentId={talk.first.id}"
    assert url == f"{changes[talk.top.id].url}?{at}"
    mark = "?" if site.cloud else "&"
    odd_url = changes[f"{odd_page.id}/comments"].url
    assert odd_url == f"{changes[odd_page.id].url}{mark}focusedCommentId={comment.id}"


def test_tallies_count_pages_alone(site, talk) -> None:
    changes = sync(wiki_of(site, ONLY), {})

    assert changes[0].spaces == {"ENG": Space(pages=2)}
    assert changes[0].keys == {talk.top.id, talk.leaf.id, talk.key}


def test_comments_are_for_their_page_s_readers(site, talk) -> None:
    known: KnownPages = {}
    site.world.comment(talk.leaf.id, "<p>Hush.</p>")
    site.world.restrict(talk.leaf.id, users=[talk.bob.id])
    sync(wiki_of(site), known)
    page_of = {talk.key: talk.top.id, f"{talk.leaf.id}/comments": talk.leaf.id}
    assert_they_have_their_page_s_rights(site, known, page_of)
    site.world.restrict(talk.top.id, users=[talk.ada.id])
    changes = sync(wiki_of(site), known)

    assert {type(change) for change in changes[1:]} == {Relabelled}
    assert_they_have_their_page_s_rights(site, known, page_of)


def test_resolved_comments_are_left_out_with_their_replies(site, talk) -> None:
    world = site.world
    late = world.comment(talk.top.id, "<p>Of all.</p>", answers=talk.inline.id)
    world.comment(talk.top.id, "<p>I see.</p>", answers=late.id)
    known: KnownPages = {}
    wiki = wiki_of(site, ONLY)
    sync(wiki, known)
    world.resolve(talk.top.id, talk.inline.id)
    changes = sync(wiki, known)

    assert [s.text for s in pages(changes)[talk.key].sections] == ["Is this so?", "It is so."]
    assert live_pages(site, {talk.key: known[talk.key].revision}).stand == {
        talk.key: LivePage(known[talk.key].acl)
    }


def test_the_document_is_gone_when_its_last_open_comment_is(site, talk) -> None:
    known: KnownPages = {}
    sync(wiki_of(site), known)
    site.world.delete_comment(talk.top.id, talk.answer.id)
    site.world.delete_comment(talk.top.id, talk.first.id)
    site.world.resolve(talk.top.id, talk.inline.id)
    sync(wiki_of(site), known)

    assert {*known} == {talk.top.id, talk.leaf.id}


def test_the_document_is_gone_when_its_page_is(site, talk) -> None:
    known: KnownPages = {}
    sync(wiki_of(site), known)
    site.world.trash(talk.top.id)
    sync(wiki_of(site), known)

    assert {*known} == {talk.leaf.id}


def test_comments_that_the_search_misses_are_not_gone(site, talk) -> None:
    known: KnownPages = {}
    sync(wiki_of(site), known)
    site.world.unindexed |= {talk.first.id, talk.inline.id, talk.answer.id}
    site.world.restrict(talk.top.id, users=[talk.bob.id])
    changes = sync(wiki_of(site), known)

    assert not pages(changes)
    assert_they_have_their_page_s_rights(site, known, {talk.key: talk.top.id})


def test_comments_that_cannot_be_read_are_not_gone(site, talk) -> None:
    known: KnownPages = {}
    sync(wiki_of(site), known)
    site.confluence.faults.on(r"comment", Fault(500), times=None)

    with pytest.raises(WikiUnavailable):
        wiki_of(site).gone([talk.key])


def test_an_unchanged_pass_reads_no_comment(site, talk) -> None:
    known: KnownPages = {}
    wiki, without = wiki_of(site, ONLY), wiki_of(site, Extras())
    sync(wiki, known)
    before = wiki.requests
    changes = list(wiki.changes(known))
    list(without.changes({key: known[key] for key in (talk.top.id, talk.leaf.id)}))

    assert {type(change) for change in changes[1:]} == {Unchanged}
    assert wiki.requests - before == without.requests + 1


@pytest.mark.parametrize("how", ["said", "edited", "deleted"])
def test_a_new_edited_or_deleted_comment_changes_the_document(site, talk, how) -> None:
    known: KnownPages = {}
    sync(wiki_of(site), known)
    match how:
        case "said":
            site.world.comment(talk.top.id, "<p>And this?</p>")
        case "edited":
            site.world.edit_comment(talk.top.id, talk.first.id, "<p>It is.</p>")
        case "deleted":
            site.world.delete_comment(talk.top.id, talk.inline.id)
    changes = sync(wiki_of(site), known)

    texts = [s.text for s in pages(changes)[talk.key].sections]
    expected = {"said": "And this?", "edited": "It is.", "deleted": "It is so."}[how]
    assert expected in texts
    assert len(texts) == {"said": 4, "edited": 3, "deleted": 2}[how]


def test_a_body_without_storage_format_is_read_as_rendered(site, talk) -> None:
    site.confluence.unstorable.add(talk.first.id)

    assert len(read_page(site, talk.key).sections) == 3


def test_a_comment_is_rendered_only_where_its_storage_format_breaks(site, talk) -> None:
    site.confluence.faults.on(r"search\?cql=id.*body", Fault(kind="cut"), times=2)
    failed = reasons(sync(wiki_of(site, ONLY), {}), Failed)

    assert {*failed} == {talk.key}
    assert not any("body.view" in request.query for request in site.confluence.requests)


def test_unavailable_bodies_are_one_line_of_the_report(site, talk) -> None:
    site.confluence.faults.on(r"search\?cql=id.*body", Fault(500), times=None)
    failed = reasons(sync(wiki_of(site, ONLY), {}), Failed)

    assert {*failed} == {talk.key}


def test_a_comment_that_is_edited_while_it_is_read_waits_for_the_next_sync(site, talk) -> None:
    def edit(path: str) -> None:
        if "body.storage" in path and "comment" not in edited and "inlineProperties" in path:
            edited.append("comment")
            site.world.edit_comment(talk.top.id, talk.first.id, "<p>For fewer.</p>")

    edited: list[str] = []
    site.confluence.before_each = edit

    assert "edited" in reasons(sync(wiki_of(site, ONLY), {}), Failed)[talk.key]


def test_many_comments_come_fifty_a_request(site, talk) -> None:
    world = site.world
    for number in range(120):
        world.comment(talk.leaf.id, f"<p>Comment {number}.</p>")
    wiki = wiki_of(site, ONLY)
    page = pages(sync(wiki, {}))[f"{talk.leaf.id}/comments"]

    assert [s.text for s in page.sections] == [f"Comment {number}." for number in range(120)]
    bodies = [r for r in site.confluence.requests if "inlineProperties" in r.query]
    assert len(bodies) == 4


def test_comments_that_say_nothing_are_asked_for_once(site, talk) -> None:
    site.world.comment(talk.leaf.id, "")
    known: KnownPages = {}
    wiki = wiki_of(site, ONLY)
    sync(wiki, known)
    before = len(site.confluence.requests)
    skipped = reasons(sync(wiki, known), Skipped)

    assert skipped == {f"{talk.leaf.id}/comments": "empty"}
    assert not [r for r in site.confluence.requests[before:] if "body" in r.query]


def test_the_cheap_pass_finds_new_comments(site, talk) -> None:
    known: KnownPages = {}
    wiki = wiki_of(site, ONLY)
    sync(wiki, known)
    site.world.comment(talk.leaf.id, "<p>New.</p>", author=talk.ada.id)
    changes = pages(recent(wiki, known))

    assert [s.text for s in changes[f"{talk.leaf.id}/comments"].sections] == ["New."]
    before = wiki.requests
    assert recent(wiki, known) == []
    assert wiki.requests - before == 3


def test_the_cheap_pass_requests_nothing_that_the_full_pass_has_read(site, talk) -> None:
    known: KnownPages = {}
    wiki = wiki_of(site, ONLY)
    sync(wiki, known)
    before = wiki.requests

    assert recent(wiki, known) == []
    assert wiki.requests - before == 3


def test_comments_whose_reading_failed_are_tried_again_by_the_next_cheap_pass(site, talk) -> None:
    known: KnownPages = {}
    wiki = wiki_of(site, ONLY)
    site.confluence.faults.on(r"search\?cql=id.*body", Fault(500), times=20)
    assert reasons(sync(wiki, known), Failed)
    site.confluence.faults.clear()

    assert {*pages(recent(wiki, known))} == {talk.key}


def test_comments_are_current_as_long_as_they_are_the_same(site, talk) -> None:
    known: KnownPages = {}
    wiki = wiki_of(site, ONLY)
    sync(wiki, known)
    cited = {talk.key: known[talk.key].revision}
    site.world.restrict(talk.top.id, users=[talk.bob.id])
    live = live_pages(site, cited).stand
    sync(wiki, known)
    acl = known[talk.top.id].acl
    assert live == {talk.key: LivePage(acl)}
    site.world.delete_comment(talk.top.id, talk.inline.id)
    edited = live_pages(site, cited).stand[talk.key]

    assert (edited.acl, edited.edited) == (acl, True)
    assert edited.now is not None
    assert [part.text for part in edited.now.sections] == ["Is this so?", "It is so."]


def test_comments_of_a_page_that_is_gone_are_not_current(site, talk) -> None:
    known: KnownPages = {}
    wiki = wiki_of(site, ONLY)
    sync(wiki, known)
    site.world.trash(talk.top.id)

    assert live_pages(site, {talk.key: known[talk.key].revision}).stand == {}


def test_comments_on_blog_posts_are_current_too(site, talk) -> None:
    post = site.world.create("ENG", "News", "<p>It is out.</p>", type="blogpost")
    site.world.comment(post.id, "<p>Hooray.</p>")
    known: KnownPages = {}
    wiki = wiki_of(site, ONLY)
    sync(wiki, known)
    key = f"{post.id}/comments"

    assert {*live_pages(site, {key: known[key].revision}).stand} == {key}
    assert wiki.gone([key]) == frozenset()


def test_another_process_asks_for_the_comments_of_no_page_that_is_indexed_as_it_is(site) -> None:
    """`footnote sync --recent` is a new process at each run."""
    world = site.world
    world.add_space("ENG")
    created = [world.create("ENG", f"Page {number}", "<p>Words.</p>") for number in range(20)]
    for page in created:
        first = world.comment(page.id, "<p>One.</p>")
        world.comment(page.id, "<p>Two.</p>", answers=first.id)
    known: KnownPages = {}
    sync(wiki_of(site), known)
    site.confluence.requests.clear()

    assert recent(wiki_of(site), known) == []
    assert len(site.confluence.requests) <= 5

    site.clock.sleep(60)
    world.comment(created[3].id, "<p>Three.</p>")

    assert list(pages(recent(wiki_of(site), known))) == [f"{created[3].id}/comments"]


def test_a_comment_that_another_process_has_not_seen_as_it_is_now_is_read(site) -> None:
    world = site.world
    world.add_space("ENG")
    page = world.create("ENG", "Page", "<p>Words.</p>")
    comment = world.comment(page.id, "<p>One.</p>")
    known: KnownPages = {}
    sync(wiki_of(site), known)
    site.clock.sleep(60)
    world.edit_comment(page.id, comment.id, "<p>Another.</p>")

    assert list(pages(recent(wiki_of(site), known))) == [f"{page.id}/comments"]
