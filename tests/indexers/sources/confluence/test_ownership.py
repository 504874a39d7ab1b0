"""What names the owner of a page, against the local Confluence, both products."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.indexers.model import Changed, KnownPage, PageChange, Relabelled, Unchanged
from footnote_bot.indexers.sources.confluence.extras import Extras
from footnote_bot.indexers.sources.confluence.ownership import Ownership
from footnote_bot.indexers.sources.confluence.rights import Tokens
from footnote_bot.indexers.sources.confluence.scope import Scope
from footnote_bot.indexers.sources.confluence.wiki import ConfluenceWiki
from footnote_bot.playground.confluence.model import Content, User

ALL = Ownership("owner", "owner-", editor=True)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["metadata", "properties", "owner", "value", "labels", "results",
                         "name", "prefix"]), inner, max_size=4),
)  # fmt: skip


def wiki_of(site, ownership: Ownership = ALL, **extras: bool) -> ConfluenceWiki:
    return ConfluenceWiki("wiki", site.transport(), Scope(), Extras(**extras), ownership)


def owners(changes: list[PageChange]) -> dict[str, str]:
    return {c.page.key: c.page.owner for c in changes if isinstance(c, Changed)}


def known_pages(changes: list[PageChange]) -> dict[str, KnownPage]:
    pages = [change.page for change in changes if isinstance(change, Changed)]
    return {page.key: KnownPage(page.revision, page.acl, page.owner) for page in pages}


def token_of(site, user: User) -> str:
    return Tokens(site.transport().base.site).user(user.id)


@pytest.fixture
def ada(site) -> User:
    return site.world.add_user("Ada")


@pytest.fixture
def page(site, ada) -> Content:
    site.world.add_space("ENG")
    return site.world.create("ENG", "Engines", "<p>About engines.</p>", author=ada.id)


def test_a_page_belongs_to_its_last_editor(site, page) -> None:
    bob = site.world.add_user("Bob")
    site.world.edit(page.id, author=bob.id)

    assert owners(list(wiki_of(site).changes({}))) == {page.id: token_of(site, bob)}


def test_a_label_goes_before_the_last_editor_and_a_property_before_a_label(site, page) -> None:
    site.world.label(page.id, "engines", "owner-bob", "Owner-Ada")
    by_label = owners(list(wiki_of(site).changes({})))
    site.world.set_property(page.id, "owner", "eve@example.com")
    by_property = owners(list(wiki_of(site).changes({})))

    assert by_label == {page.id: "ada"}
    assert by_property == {page.id: "eve@example.com"}


def test_a_property_may_be_a_list_and_is_nobody_where_it_is_no_words(site, page) -> None:
    owner_by_value = {}
    for value in (["ada@example.com", "bob"], {"owner": "ada"}, 7, [], "x" * 300):
        site.world.set_property(page.id, "owner", value)
        owner_by_value[str(value)[:9]] = owners(list(wiki_of(site).changes({})))[page.id]

    assert list(owner_by_value.values()) == [
        "ada@example.com, bob",
        *[token_of(site, user_of(site, page))] * 4,
    ]


def user_of(site, page: Content) -> User:
    return site.world.users[page.author]


@pytest.mark.parametrize(
    ("ownership", "expected"),
    [
        (Ownership(), ""),
        (Ownership("keeper", "team-", editor=True), "last"),
        (Ownership("keeper", "owner-"), "ada"),
        (Ownership("", "team-"), ""),
    ],
)
def test_only_the_fields_that_the_settings_name_are_read(site, page, ownership, expected) -> None:
    site.world.label(page.id, "owner-ada")
    site.world.set_property(page.id, "owner", "eve@example.com")
    expected = token_of(site, user_of(site, page)) if expected == "last" else expected

    assert owners(list(wiki_of(site, ownership).changes({}))) == {page.id: expected}


def test_another_owner_is_a_relabel_and_reads_no_body(site, page) -> None:
    known = known_pages(list(wiki_of(site).changes({})))
    site.world.label(page.id, "owner-bob")
    wiki = wiki_of(site)
    changes = list(wiki.changes(known))
    (change,) = [change for change in changes if isinstance(change, Relabelled)]
    relabelled = KnownPage(change.revision, change.acl, change.owner or "")

    assert not [change for change in changes if isinstance(change, Changed)]
    assert relabelled == KnownPage(known[page.id].revision, known[page.id].acl, "bob")
    assert [*wiki.changes({page.id: relabelled})][-1] == Unchanged(page.id)


def test_pages_of_an_older_index_get_their_owner_without_being_read(site, page) -> None:
    before = known_pages(list(wiki_of(site, Ownership()).changes({})))
    (change,) = [c for c in wiki_of(site).changes(before) if isinstance(c, Relabelled)]

    assert change.owner == token_of(site, user_of(site, page))
    assert change.revision == before[page.id].revision


def test_owners_cost_no_request(site, page) -> None:
    spent = []
    for ownership in (Ownership(), ALL):
        first, second = wiki_of(site, ownership), wiki_of(site, ownership)
        again_known = known_pages(list(first.changes({})))
        list(second.changes(again_known))
        spent.append((first.requests, second.requests))

    assert spent[0] == spent[1]


def test_the_latest_edits_have_their_owners(site, page) -> None:
    wiki = wiki_of(site)
    known = known_pages(list(wiki.changes({})))
    site.clock.at += timedelta(minutes=5)
    site.world.label(page.id, "owner-bob")
    site.world.edit(page.id, body="<p>About trains.</p>")

    assert owners(list(wiki.recent(known))) == {page.id: "bob"}
    assert owners(list(wiki.page(page.id))) == {page.id: "bob"}


def test_extras_of_a_page_have_its_owner(site, page) -> None:
    site.world.label(page.id, "owner-bob")
    site.world.attach(page.id, "manual.txt", b"Turn the crankshaft.")
    site.world.comment(page.id, "<p>Oil it first.</p>")
    changes = list(wiki_of(site, attachments=True, comments=True).changes({}))

    assert len(owners(changes)) == 3
    assert {*owners(changes).values()} == {"bob"}


@given(JSON, st.text(max_size=5))
def test_any_answer_of_confluence_names_one_owner_or_nobody(properties, last) -> None:
    owner = ALL.of(properties if isinstance(properties, dict) else {}, last)

    assert len(owner) <= 200
    assert "\n" not in owner or owner == last
