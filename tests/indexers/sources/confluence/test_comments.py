"""What is said about pages of a made-up Confluence, both products."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.playground.confluence.faults import Fault
from bot.playground.confluence.model import Comment, Content, User
from indexers.errors import WikiUnavailable
from indexers.model import Failed, LivePage, Page, Relabelled, Skipped, Space, Unchanged
from indexers.sources.confluence.extras import Extras
from tests.indexers.sources.confluence.extras import (
    Held,
    assert_they_have_their_page_s_rights,
    of,
    pages,
    recent,
    sync,
    wiki_of,
)
from tests.indexers.sources.confluence.looking import looked

ONLY = Extras(comments=True)


@dataclass
class Talk:
    """Two people, a page with three comments, and a page below it without."""

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


def read(site, key: str) -> Page:
    return pages(sync(wiki_of(site, ONLY), {}))[key]


def test_a_page_s_comments_are_one_document_of_a_section_each(site, talk) -> None:
    page = read(site, talk.key)

    assert page.title == "Comments on Top"
    assert [(s.headings, s.anchor, s.text) for s in page.sections] == [
        (("Bob, 2026-11-24",), f"comment-{talk.first.id}", "Is this so?"),
        (("Bob, 2026-11-24", "Ada, 2026-11-25"), f"comment-{talk.answer.id}", "It is so."),
        (("Bob, 2026-11-25",), f"comment-{talk.inline.id}", "> top of all\n\nOf what?"),
    ]
    assert str(page.updated) == "2026-11-25"


def test_it_leads_to_the_page_at_the_first_comment(site, talk) -> None:
    odd = site.world.create("ENG", "What & why?", "<p>So.</p>")
    said = site.world.comment(odd.id, "<p>Why?</p>")
    changes = pages(sync(wiki_of(site), {}))

    url, at = changes[talk.key].url, f"focusedCommentId={talk.first.id}"
    assert url == f"{changes[talk.top.id].url}?{at}"
    mark = "?" if site.cloud else "&"
    odd_url = changes[f"{odd.id}/comments"].url
    assert odd_url == f"{changes[odd.id].url}{mark}focusedCommentId={said.id}"


def test_tallies_count_pages_alone(site, talk) -> None:
    changes = sync(wiki_of(site, ONLY), {})

    assert changes[0].spaces == {"ENG": Space(pages=2)}
    assert changes[0].keys == {talk.top.id, talk.leaf.id, talk.key}


def test_comments_are_for_their_page_s_readers(site, talk) -> None:
    held: Held = {}
    site.world.comment(talk.leaf.id, "<p>Hush.</p>")
    site.world.restrict(talk.leaf.id, users=[talk.bob.id])
    sync(wiki_of(site), held)
    hung = {talk.key: talk.top.id, f"{talk.leaf.id}/comments": talk.leaf.id}
    assert_they_have_their_page_s_rights(site, held, hung)
    site.world.restrict(talk.top.id, users=[talk.ada.id])
    changes = sync(wiki_of(site), held)

    assert {type(change) for change in changes[1:]} == {Relabelled}
    assert_they_have_their_page_s_rights(site, held, hung)


def test_what_is_resolved_is_left_out_with_the_answers_to_it(site, talk) -> None:
    world = site.world
    late = world.comment(talk.top.id, "<p>Of all.</p>", answers=talk.inline.id)
    world.comment(talk.top.id, "<p>I see.</p>", answers=late.id)
    held: Held = {}
    wiki = wiki_of(site, ONLY)
    sync(wiki, held)
    world.resolve(talk.top.id, talk.inline.id)
    changes = sync(wiki, held)

    assert [s.text for s in pages(changes)[talk.key].sections] == ["Is this so?", "It is so."]
    assert looked(site, {talk.key: held[talk.key].revision}).stand == {
        talk.key: LivePage(held[talk.key].acl)
    }


def test_with_its_last_open_comment_the_document_is_gone(site, talk) -> None:
    held: Held = {}
    sync(wiki_of(site), held)
    site.world.delete_comment(talk.top.id, talk.answer.id)
    site.world.delete_comment(talk.top.id, talk.first.id)
    site.world.resolve(talk.top.id, talk.inline.id)
    sync(wiki_of(site), held)

    assert {*held} == {talk.top.id, talk.leaf.id}


def test_with_its_page_the_document_is_gone(site, talk) -> None:
    held: Held = {}
    sync(wiki_of(site), held)
    site.world.trash(talk.top.id)
    sync(wiki_of(site), held)

    assert {*held} == {talk.leaf.id}


def test_comments_that_the_search_misses_are_not_gone(site, talk) -> None:
    held: Held = {}
    sync(wiki_of(site), held)
    site.world.unindexed |= {talk.first.id, talk.inline.id, talk.answer.id}
    site.world.restrict(talk.top.id, users=[talk.bob.id])
    changes = sync(wiki_of(site), held)

    assert not pages(changes)
    assert_they_have_their_page_s_rights(site, held, {talk.key: talk.top.id})


def test_what_cannot_be_looked_at_is_not_gone(site, talk) -> None:
    held: Held = {}
    sync(wiki_of(site), held)
    site.confluence.faults.on(r"comment", Fault(500), times=None)

    with pytest.raises(WikiUnavailable):
        wiki_of(site).gone([talk.key])


def test_an_unchanged_pass_reads_no_comment(site, talk) -> None:
    held: Held = {}
    wiki, without = wiki_of(site, ONLY), wiki_of(site, Extras())
    sync(wiki, held)
    before = wiki.requests
    changes = list(wiki.changes(held))
    list(without.changes({key: held[key] for key in (talk.top.id, talk.leaf.id)}))

    assert {type(change) for change in changes[1:]} == {Unchanged}
    assert wiki.requests - before == without.requests + 1


@pytest.mark.parametrize("how", ["said", "edited", "deleted"])
def test_whatever_is_said_anew_changes_the_document(site, talk, how) -> None:
    held: Held = {}
    sync(wiki_of(site), held)
    match how:
        case "said":
            site.world.comment(talk.top.id, "<p>And this?</p>")
        case "edited":
            site.world.edit_comment(talk.top.id, talk.first.id, "<p>It is.</p>")
        case "deleted":
            site.world.delete_comment(talk.top.id, talk.inline.id)
    changes = sync(wiki_of(site), held)

    texts = [s.text for s in pages(changes)[talk.key].sections]
    said = {"said": "And this?", "edited": "It is.", "deleted": "It is so."}[how]
    assert said in texts
    assert len(texts) == {"said": 4, "edited": 3, "deleted": 2}[how]


def test_a_body_that_is_not_to_be_had_as_storage_is_read_as_shown(site, talk) -> None:
    site.confluence.unstorable.add(talk.first.id)

    assert len(read(site, talk.key).sections) == 3


def test_a_comment_is_rendered_only_where_its_storage_format_breaks(site, talk) -> None:
    site.confluence.faults.on(r"search\?cql=id.*body", Fault(kind="cut"), times=2)
    failed = of(sync(wiki_of(site, ONLY), {}), Failed)

    assert {*failed} == {talk.key}
    assert not any("body.view" in request.query for request in site.confluence.requests)


def test_bodies_that_are_not_to_be_had_are_a_line(site, talk) -> None:
    site.confluence.faults.on(r"search\?cql=id.*body", Fault(500), times=None)
    failed = of(sync(wiki_of(site, ONLY), {}), Failed)

    assert {*failed} == {talk.key}


def test_a_comment_that_is_edited_while_it_is_read_waits_for_the_next_sync(site, talk) -> None:
    def edit(path: str) -> None:
        if "body.storage" in path and "comment" not in edited and "inlineProperties" in path:
            edited.append("comment")
            site.world.edit_comment(talk.top.id, talk.first.id, "<p>For fewer.</p>")

    edited: list[str] = []
    site.confluence.before_each = edit

    assert "edited" in of(sync(wiki_of(site, ONLY), {}), Failed)[talk.key]


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
    held: Held = {}
    wiki = wiki_of(site, ONLY)
    sync(wiki, held)
    before = len(site.confluence.requests)
    skipped = of(sync(wiki, held), Skipped)

    assert skipped == {f"{talk.leaf.id}/comments": "empty"}
    assert not [r for r in site.confluence.requests[before:] if "body" in r.query]


def test_the_cheap_pass_finds_what_was_said(site, talk) -> None:
    held: Held = {}
    wiki = wiki_of(site, ONLY)
    sync(wiki, held)
    site.world.comment(talk.leaf.id, "<p>New.</p>", author=talk.ada.id)
    changes = pages(recent(wiki, held))

    assert [s.text for s in changes[f"{talk.leaf.id}/comments"].sections] == ["New."]
    before = wiki.requests
    assert recent(wiki, held) == []
    assert wiki.requests - before == 3


def test_the_cheap_pass_asks_for_nothing_that_the_full_one_has_shown(site, talk) -> None:
    held: Held = {}
    wiki = wiki_of(site, ONLY)
    sync(wiki, held)
    before = wiki.requests

    assert recent(wiki, held) == []
    assert wiki.requests - before == 3


def test_comments_whose_reading_failed_are_tried_again_by_the_next_cheap_pass(site, talk) -> None:
    held: Held = {}
    wiki = wiki_of(site, ONLY)
    site.confluence.faults.on(r"search\?cql=id.*body", Fault(500), times=20)
    assert of(sync(wiki, held), Failed)
    site.confluence.faults.clear()

    assert {*pages(recent(wiki, held))} == {talk.key}


def test_comments_stand_as_long_as_they_are_the_same(site, talk) -> None:
    held: Held = {}
    wiki = wiki_of(site, ONLY)
    sync(wiki, held)
    cited = {talk.key: held[talk.key].revision}
    site.world.restrict(talk.top.id, users=[talk.bob.id])
    standing = looked(site, cited).stand
    sync(wiki, held)
    acl = held[talk.top.id].acl
    assert standing == {talk.key: LivePage(acl)}
    site.world.delete_comment(talk.top.id, talk.inline.id)
    edited = looked(site, cited).stand[talk.key]

    assert (edited.acl, edited.edited) == (acl, True)
    assert edited.now is not None
    assert [part.text for part in edited.now.sections] == ["Is this so?", "It is so."]


def test_comments_of_a_page_that_is_gone_do_not_stand(site, talk) -> None:
    held: Held = {}
    wiki = wiki_of(site, ONLY)
    sync(wiki, held)
    site.world.trash(talk.top.id)

    assert looked(site, {talk.key: held[talk.key].revision}).stand == {}


def test_comments_on_blog_posts_stand_too(site, talk) -> None:
    post = site.world.create("ENG", "News", "<p>It is out.</p>", type="blogpost")
    site.world.comment(post.id, "<p>Hooray.</p>")
    held: Held = {}
    wiki = wiki_of(site, ONLY)
    sync(wiki, held)
    key = f"{post.id}/comments"

    assert {*looked(site, {key: held[key].revision}).stand} == {key}
    assert wiki.gone([key]) == frozenset()


def test_another_process_asks_for_the_comments_of_no_page_that_is_indexed_as_it_is(site) -> None:
    """As `footnote sync --recent` is at each run."""
    world = site.world
    world.add_space("ENG")
    made = [world.create("ENG", f"Page {number}", "<p>Words.</p>") for number in range(20)]
    for page in made:
        first = world.comment(page.id, "<p>One.</p>")
        world.comment(page.id, "<p>Two.</p>", answers=first.id)
    held: Held = {}
    sync(wiki_of(site), held)
    site.confluence.requests.clear()

    assert recent(wiki_of(site), held) == []
    assert len(site.confluence.requests) <= 5

    site.clock.sleep(60)
    world.comment(made[3].id, "<p>Three.</p>")

    assert list(pages(recent(wiki_of(site), held))) == [f"{made[3].id}/comments"]


def test_a_comment_that_another_process_has_not_seen_as_it_is_now_is_read(site) -> None:
    world = site.world
    world.add_space("ENG")
    page = world.create("ENG", "Page", "<p>Words.</p>")
    said = world.comment(page.id, "<p>One.</p>")
    held: Held = {}
    sync(wiki_of(site), held)
    site.clock.sleep(60)
    world.edit_comment(page.id, said.id, "<p>Another.</p>")

    assert list(pages(recent(wiki_of(site), held))) == [f"{page.id}/comments"]
