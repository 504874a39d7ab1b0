"""`indexers.sources.confluence.wiki` against the local Confluence, both products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from footnote_bot.indexers.errors import WikiMisconfigured, WikiUnavailable
from footnote_bot.indexers.model import (
    EVERYONE,
    NOBODY,
    OPEN,
    Changed,
    Enumerated,
    Failed,
    KnownPage,
    PageChange,
    Principal,
    Relabelled,
    Skipped,
    Space,
)
from footnote_bot.indexers.sources.confluence.addresses import Base, PageLink, base_of, page_link
from footnote_bot.indexers.sources.confluence.reading import PageLocation
from footnote_bot.indexers.sources.confluence.rights import Tokens
from footnote_bot.indexers.sources.confluence.scope import Scope
from footnote_bot.indexers.sources.confluence.survey import Enumeration
from footnote_bot.indexers.sources.confluence.transport import Transport
from footnote_bot.indexers.sources.confluence.wiki import ConfluenceWiki
from footnote_bot.playground.confluence.faults import Fault
from footnote_bot.playground.confluence.model import Content, User, Who
from tests.indexers.sources.confluence.looking import live_pages

KnownPages = dict[str, KnownPage]


def wiki_of(site, **settings) -> ConfluenceWiki:
    return ConfluenceWiki("wiki", site.transport(), Scope(**settings))


def sync(wiki: ConfluenceWiki, known: KnownPages) -> list[PageChange]:
    """Run one pass and apply its changes to ``known``, as a sync does."""
    changes = list(wiki.changes(dict(known)))
    for change in changes:
        match change:
            case Enumerated(keys):
                for key in wiki.gone(sorted(known.keys() - keys)):
                    del known[key]
            case Changed(page):
                known[page.key] = KnownPage(page.revision, page.acl)
            case Relabelled(key, revision, acl):
                known[key] = KnownPage(revision, acl)
    return changes


def kinds(changes: list[PageChange]) -> Mapping[str, list[str]]:
    keys_by_kind: dict[str, list[str]] = {}
    for change in changes:
        if not isinstance(change, Enumerated):
            key = change.page.key if isinstance(change, Changed) else change.key
            keys_by_kind.setdefault(type(change).__name__, []).append(key)
    return keys_by_kind


def principal(site, user: User) -> Principal:
    """Return the principal of a person, computed from the world itself."""
    world = site.world
    tokens = Tokens(site.transport().base.site)
    groups = [world.groups[name] for name in world.groups_of(user.id)]
    names = [group.id if site.cloud else group.name for group in groups]
    own_tokens = [EVERYONE, tokens.user(user.id), *map(tokens.group, names)]
    return Principal.of(*own_tokens, *([] if user.guest else [tokens.licensed]))


def assert_rights_as_the_world_has_them(site, known: KnownPages) -> None:
    for user in site.world.users.values():
        reader = principal(site, user)
        for key, page in known.items():
            assert page.acl.admits(reader) == site.world.may_read(user.id, key), (user.name, key)


@pytest.fixture
def handbook(site) -> dict[str, Content]:
    """Return pages of a space: a tree with a folder (Cloud), and a blog post. Add two people."""
    world = site.world
    ada, bob = world.add_user("Ada"), world.add_user("Bob")
    world.add_user("Gil", guest=True)
    world.add_group("engineers", [ada])
    world.add_space("ENG", "Engineering")
    top = world.create("ENG", "Top", "<p>The top of all.</p>")
    middle = world.create("ENG", "Middle", "<h2>Part</h2><p>Words.</p>", parent=top.id)
    above = middle
    if site.cloud:
        above = world.create("ENG", "Folder", type="folder", parent=middle.id)
        world.restrict(above.id, users=[bob.id, ada.id])
    leaf = world.create("ENG", "Leaf", "<p>A leaf.</p>", parent=above.id)
    post = world.create("ENG", "News", "<p>It is out.</p>", type="blogpost")
    return {"top": top, "middle": middle, "leaf": leaf, "post": post}


def test_every_current_page_and_blog_post_is_read_once(site, handbook) -> None:
    site.world.create("ENG", "Draft", "<p>Not yet.</p>", draft=True)
    site.world.trash(site.world.create("ENG", "Old", "<p>Gone.</p>").id)

    changes = sync(wiki_of(site), {})

    ids = {content.id for content in handbook.values()}
    assert Enumerated(frozenset(ids), {"ENG": Space(pages=4)}) in changes
    assert {*kinds(changes)["Changed"]} == ids


def test_a_page_carries_its_sections_its_address_and_its_day(site, handbook) -> None:
    changes = list(wiki_of(site).changes({}))

    page = next(c.page for c in changes if isinstance(c, Changed) and c.page.title == "Middle")
    assert [(s.headings, s.text) for s in page.sections] == [(("Part",), "Words.")]
    assert page.url.startswith(site.confluence.base_url + "/")
    assert str(page.updated) == "2026-11-24"


def test_an_unchanged_pass_reads_no_body_and_changes_nothing(site, handbook) -> None:
    known: KnownPages = {}
    sync(wiki_of(site), known)

    assert {*kinds(sync(wiki_of(site), known))} == {"Unchanged"}
    assert_rights_as_the_world_has_them(site, known)


def test_an_edit_is_read_alone(site, handbook) -> None:
    known: KnownPages = {}
    sync(wiki_of(site), known)
    site.world.edit(handbook["leaf"].id, body="<p>A new leaf.</p>")

    assert kinds(sync(wiki_of(site), known))["Changed"] == [handbook["leaf"].id]


@pytest.mark.parametrize("where", ["top", "middle", "leaf"])
def test_a_restriction_relabels_the_page_and_all_below_it(site, handbook, where) -> None:
    known: KnownPages = {}
    sync(wiki_of(site), known)
    bob = next(user for user in site.world.users.values() if user.name == "Bob")
    site.world.restrict(handbook[where].id, users=[bob.id], groups=[])

    changes = kinds(sync(wiki_of(site), known))

    below = {"top": 3, "middle": 2, "leaf": 1}[where]
    assert len(changes["Relabelled"]) == below
    assert "Changed" not in changes
    assert_rights_as_the_world_has_them(site, known)


def test_a_lifted_restriction_opens_again(site, handbook) -> None:
    known: KnownPages = {}
    site.world.restrict(handbook["top"].id, groups=["engineers"])
    sync(wiki_of(site), known)
    site.world.open(handbook["top"].id)
    sync(wiki_of(site), known)

    assert_rights_as_the_world_has_them(site, known)


def test_a_move_below_a_restricted_page_takes_its_rights(site, handbook) -> None:
    known: KnownPages = {}
    secret = site.world.create("ENG", "Secret", "<p>Hush.</p>")
    site.world.restrict(secret.id, groups=["engineers"])
    sync(wiki_of(site), known)
    site.world.move(handbook["middle"].id, parent=secret.id)
    sync(wiki_of(site), known)

    assert_rights_as_the_world_has_them(site, known)


def test_narrowed_rights_come_before_anything_is_read(site, handbook) -> None:
    """Even if the page's text changed as well and cannot be read."""
    known: KnownPages = {}
    sync(wiki_of(site), known)
    leaf = handbook["leaf"].id
    site.world.restrict(leaf, groups=["engineers"])
    site.world.edit(leaf, body="<p>Secret now.</p>")
    site.confluence.faults.on(
        rf"(pages|content)/{leaf}\?(body|expand=body)", Fault(500), times=None
    )
    changes = sync(wiki_of(site), known)

    assert isinstance(changes[1], Relabelled)
    assert kinds(changes)["Failed"] == [leaf]
    assert_rights_as_the_world_has_them(site, known)


def test_subjects_over_several_pages_of_results_are_all_named(site, handbook) -> None:
    site.confluence.subjects_per_page = 2
    many = [site.world.add_user(f"Reader {n}") for n in range(7)]
    site.world.restrict(handbook["leaf"].id, users=[u.id for u in many], groups=["engineers"])
    known: KnownPages = {}
    sync(wiki_of(site), known)

    assert_rights_as_the_world_has_them(site, known)


def test_only_those_who_may_view_the_space_read_its_pages(site, handbook) -> None:
    world = site.world
    ada, bob, *_ = (user for user in world.users.values() if user.name in {"Ada", "Bob"})
    world.add_space("OPS", readers=[Who("group", "engineers"), Who("user", bob.id)])
    world.add_space("WEB", readers=[Who("anonymous")])
    world.add_space("NON", readers=[])
    world.grant("NON", Who("licensed"), "create")
    world.grant("NON", Who("user", ada.id), "administer")
    for key in ("OPS", "WEB", "NON"):
        world.create(key, f"In {key}", "<p>Words.</p>")
    known: KnownPages = {}
    sync(wiki_of(site), known)

    assert len(known) == 7
    assert_rights_as_the_world_has_them(site, known)


def test_a_restriction_that_cannot_be_read_closes_the_page_and_the_pages_below(
    site, handbook
) -> None:
    for path in (r"content/search\?cql=id", r"rest/api/content\?.*restrictions"):
        site.confluence.faults.on(path, Fault(404), times=None)
    unread = rf"content/{handbook['middle'].id}/restriction"
    site.confluence.faults.on(unread, Fault(403), times=None)
    known: KnownPages = {}
    listed = next(c for c in sync(wiki_of(site), known) if isinstance(c, Enumerated))

    assert known[handbook["middle"].id].acl == known[handbook["leaf"].id].acl == NOBODY
    assert known[handbook["top"].id].acl != NOBODY
    assert listed.spaces["ENG"].closed == 2


def test_space_permissions_that_cannot_be_read_close_the_space(site, handbook) -> None:
    site.confluence.faults.on(r"permissions", Fault(500), times=None)
    known: KnownPages = {}
    sync(wiki_of(site), known)

    assert {page.acl for page in known.values()} == {NOBODY}


@pytest.mark.parametrize(
    "away",
    [lambda world, key: world.trash(key), lambda world, key: world.delete(key)],
    ids=["trashed", "deleted"],
)
def test_a_page_that_is_put_away_is_gone(site, handbook, away) -> None:
    known: KnownPages = {}
    sync(wiki_of(site), known)
    away(site.world, handbook["leaf"].id)
    sync(wiki_of(site), known)

    assert handbook["leaf"].id not in known
    assert len(known) == 3


def test_an_existing_page_is_not_gone_though_a_listing_missed_it(site, handbook) -> None:
    wiki = wiki_of(site)

    assert wiki.gone([content.id for content in handbook.values()]) == frozenset()


def test_a_page_that_moved_to_a_space_that_is_not_read_is_gone(site, handbook) -> None:
    site.world.add_space("OPS")
    site.world.move(handbook["leaf"].id, space="OPS")

    assert wiki_of(site, spaces=["ENG"]).gone([handbook["leaf"].id]) == {handbook["leaf"].id}


@pytest.mark.parametrize(
    "fault", [Fault(403), Fault(404), Fault(500), Fault(kind="login"), Fault(kind="cut")], ids=repr
)
def test_a_refused_listing_is_never_an_empty_wiki(site, handbook, fault) -> None:
    site.confluence.faults.on(r"(api/v2/pages|rest/api/content)\?", fault, times=None)

    with pytest.raises(WikiUnavailable):
        list(wiki_of(site).changes({}))


@pytest.mark.parametrize("fault", [Fault(500), Fault(kind="login"), Fault(kind="drop")], ids=repr)
def test_a_page_that_cannot_be_read_is_not_gone(site, handbook, fault) -> None:
    leaf = handbook["leaf"].id
    site.confluence.faults.on(rf"(pages|content)/{leaf}", fault, times=None)

    with pytest.raises(WikiUnavailable):
        wiki_of(site).gone([leaf])


def test_personal_and_archived_spaces_are_read_only_if_named(site, handbook) -> None:
    world = site.world
    world.add_space("~ada")
    world.add_space("OLD")
    mine = world.create("~ada", "Mine", "<p>Mine.</p>")
    world.create("OLD", "Old", "<p>Old.</p>")
    world.archive_space("OLD")
    everything, personal = {}, {}
    sync(wiki_of(site), everything)
    sync(wiki_of(site, spaces=["~ada"]), personal)

    assert len(everything) == 4
    assert {*personal} == {mine.id}


def test_a_space_that_the_token_does_not_see_is_reported(site, handbook) -> None:
    with pytest.raises(WikiMisconfigured, match="NOPE"):
        list(wiki_of(site, spaces=["NOPE"]).changes({}))


def test_labelled_pages_can_be_left_out(site, handbook) -> None:
    site.world.label(handbook["leaf"].id, "secret")
    known: KnownPages = {}
    sync(wiki_of(site, labels_out=["secret"]), known)

    assert handbook["leaf"].id not in known


def test_a_renamed_space_changes_its_pages(site, handbook) -> None:
    known: KnownPages = {}
    sync(wiki_of(site), known)
    site.world.rename_space("ENG", "Engineers")

    assert len(kinds(sync(wiki_of(site), known))["Changed"]) == 4


def test_a_body_without_storage_format_is_read_as_rendered(site, handbook) -> None:
    site.confluence.unstorable.add(handbook["leaf"].id)

    assert handbook["leaf"].id in kinds(sync(wiki_of(site), {}))["Changed"]


def test_an_unavailable_body_fails_alone(site, handbook) -> None:
    leaf = handbook["leaf"].id
    for path in (rf"content/{leaf}\?expand=body", r"v2/pages\?id=", rf"pages/{leaf}\?"):
        site.confluence.faults.on(path, Fault(403), times=None)
    changes = list(wiki_of(site).changes({}))

    assert kinds(changes)["Failed"] == [leaf]
    assert len(kinds(changes)["Changed"]) == 3
    assert any(isinstance(change, Failed) and "403" in change.reason for change in changes)


def test_links_between_pages_lead_to_their_addresses(site, handbook) -> None:
    site.world.edit(
        handbook["leaf"].id,
        body='<p><ac:link><ri:page ri:content-title="Middle"/></ac:link></p>',
    )
    changes = list(wiki_of(site).changes({}))
    pages = {c.page.title: c.page for c in changes if isinstance(c, Changed)}

    leads = f"{site.confluence.base_url}/display/ENG/Middle"

    assert pages["Leaf"].sections[0].text == f"[Middle]({leads})"


def test_a_person_without_a_name_is_requested_once_a_pass(site) -> None:
    site.world.add_space("ENG")
    kind = "account-id" if site.cloud else "userkey"
    for number in range(3):
        mention = f'<ac:link><ri:user ri:{kind}="gone"/></ac:link>'
        site.world.create("ENG", f"Page {number}", f"<p>Ask {mention}.</p>")
    wiki = wiki_of(site)
    for _ in range(2):
        site.confluence.requests.clear()
        changes = list(wiki.changes({}))

        assert kinds(changes)["Changed"]
        assert [request.path for request in site.confluence.requests].count("/rest/api/user") == 1


@pytest.mark.parametrize("title", ["Q&A", "CI/CD", "C++", "What?", "100%"])
def test_a_link_to_a_title_that_is_no_path_names_it_in_the_query(title: str) -> None:
    links = PageLocation("https://w.example", "https://w.example/x/1", "1", "ENG").links(str)
    address = links.page("", title)

    assert address.startswith("https://w.example/pages/viewpage.action?spaceKey=ENG&title=")
    assert page_link("/pages/viewpage.action", address) == PageLink("", "ENG", title)


def test_an_unchanged_pass_takes_a_request_for_each_hundred_pages(site) -> None:
    site.world.add_space("ENG")
    for n in range(1000):
        site.world.create("ENG", f"Page {n}", f"<p>{n}</p>")
    wiki = wiki_of(site)
    known: KnownPages = {}
    sync(wiki, known)
    before = wiki.requests
    changes = sync(wiki, known)

    assert {*kinds(changes)} == {"Unchanged"}
    assert len(known) == 1000
    assert wiki.requests - before <= 20


def test_pages_that_the_search_does_not_know_yet_are_asked_for_alone(cloud) -> None:
    cloud.world.index_lag = timedelta(minutes=5)
    cloud.world.add_space("ENG")
    page = cloud.world.create("ENG", "New", "<p>New.</p>")
    cloud.world.restrict(page.id, users=[cloud.bot.id])
    known: KnownPages = {}
    sync(wiki_of(cloud), known)

    assert_rights_as_the_world_has_them(cloud, known)


# Recent passes


def recent(wiki: ConfluenceWiki, known: KnownPages) -> list[PageChange]:
    changes = list(wiki.recent(dict(known)))
    for change in changes:
        match change:
            case Changed(page):
                known[page.key] = KnownPage(page.revision, page.acl)
            case Relabelled(key, revision, acl):
                known[key] = KnownPage(revision, acl)
    return changes


def test_the_cheap_pass_reads_new_and_edited_pages_and_no_others(site, handbook) -> None:
    known: KnownPages = {}
    wiki = wiki_of(site)
    sync(wiki, known)
    new = site.world.create("ENG", "New", "<p>Just in.</p>", parent=handbook["leaf"].id)
    site.world.edit(handbook["post"].id, body="<p>It is out again.</p>")

    changes = recent(wiki, known)

    assert kinds(changes).keys() == {"Changed"}
    assert {*kinds(changes)["Changed"]} == {handbook["post"].id, new.id}
    assert not any(isinstance(change, Enumerated) for change in changes)
    assert_rights_as_the_world_has_them(site, known)
    assert kinds(sync(wiki, known)).keys() == {"Unchanged"}


def test_the_cheap_pass_over_nothing_new_takes_two_requests(site, handbook) -> None:
    known: KnownPages = {}
    wiki = wiki_of(site)
    sync(wiki, known)
    before = wiki.requests

    assert recent(wiki, known) == []
    assert wiki.requests - before == 2


def test_an_edit_of_long_ago_is_left_to_the_full_pass(site, handbook) -> None:
    known: KnownPages = {}
    wiki = wiki_of(site)
    sync(wiki, known)
    site.world.edit(handbook["leaf"].id, body="<p>A new leaf.</p>")
    site.clock.at += timedelta(days=2)

    assert recent(wiki, known) == []
    assert kinds(sync(wiki, known))["Changed"] == [handbook["leaf"].id]


def test_a_new_page_below_a_restricted_one_is_closed_by_the_cheap_pass_too(site, handbook) -> None:
    known: KnownPages = {}
    wiki = wiki_of(site)
    sync(wiki, known)
    site.world.restrict(handbook["top"].id, groups=["engineers"])
    site.world.create("ENG", "New", "<p>Just in.</p>", parent=handbook["leaf"].id)
    recent(wiki, known)
    sync(wiki, known)

    assert_rights_as_the_world_has_them(site, known)


# Live checks


def test_a_current_page_has_its_current_readers(site, handbook) -> None:
    known: KnownPages = {}
    wiki = wiki_of(site)
    sync(wiki, known)
    site.world.restrict(handbook["middle"].id, groups=["engineers"])
    cited = {page.id: known[page.id].revision for page in handbook.values()}
    acls = {key: live.acl for key, live in live_pages(site, cited).stand.items()}

    assert acls.keys() == cited.keys()
    assert acls[handbook["top"].id] == known[handbook["top"].id].acl
    for key in (handbook["middle"].id, handbook["leaf"].id):
        for user in site.world.users.values():
            assert acls[key].admits(principal(site, user)) == site.world.may_read(user.id, key)


def test_pages_that_are_gone_or_reverted_are_not_current(site, handbook) -> None:
    known: KnownPages = {}
    wiki = wiki_of(site)
    sync(wiki, known)
    site.world.trash(handbook["leaf"].id)
    newer = known[handbook["post"].id].revision
    cited = {
        handbook["leaf"].id: known[handbook["leaf"].id].revision,
        handbook["post"].id: newer.replace("1", "7", 1),
        handbook["top"].id: known[handbook["top"].id].revision,
    }
    site.world.edit(handbook["top"].id, body="<p>Newer.</p>")

    assert live_pages(site, cited).stand.keys() == {handbook["top"].id}


# What the search, a partial list or a move in progress must not do


def test_a_page_listed_in_two_spaces_has_the_readers_of_both(site, handbook) -> None:
    """This happens to a page that moves while it is listed."""
    wiki = wiki_of(site)
    listed = wiki.survey.enumerated(wiki.survey.spaces()).pages
    twice = (*listed, *(replace(page, acl=OPEN) for page in listed))
    wiki.survey.enumerated = lambda _: Enumeration(twice, {})
    known: KnownPages = {}
    changes = sync(wiki, known)

    assert len(kinds(changes)["Changed"]) == len(listed)
    assert_rights_as_the_world_has_them(site, known)


def test_a_space_missing_from_the_list_loses_no_page(site, handbook) -> None:
    site.world.add_space("HR")
    page = site.world.create("HR", "Leave", "<p>Long.</p>")
    wiki = wiki_of(site)
    known: KnownPages = {}
    sync(wiki, known)
    only = [space for space in wiki.survey.spaces() if space.key == "ENG"]
    wiki.survey.product.spaces = lambda *_, **__: only

    with pytest.raises(WikiUnavailable, match="not all of its spaces"):
        wiki.gone([page.id])


def test_labels_of_the_page_itself_count_where_the_search_is_late(site, handbook) -> None:
    site.world.index_lag = timedelta(hours=1)
    site.clock.at += timedelta(hours=2)
    new = site.world.create("ENG", "New", "<p>Not for the bot.</p>", labels=["internal"])
    known: KnownPages = {}
    changes = sync(wiki_of(site, labels_out=("internal",)), known)

    assert new.id not in known
    assert kinds(changes)["Skipped"] == [new.id]
    assert all(change.on_purpose for change in changes if isinstance(change, Skipped))


def test_a_search_that_finds_nothing_removes_no_labelled_page(site, handbook) -> None:
    site.world.label(handbook["top"].id, "public")
    wiki = wiki_of(site, labels=("public",))
    known: KnownPages = {}
    sync(wiki, known)
    site.confluence.faults.on(r"content/search", Fault(kind="empty"), times=None)

    assert wiki.gone([handbook["top"].id]) == frozenset()


def test_only_labelled_pages_below_a_tree_that_a_search_finds_are_read(site, handbook) -> None:
    site.world.label(handbook["leaf"].id, "public")
    site.world.label(handbook["top"].id, "public")
    leaf, middle = handbook["leaf"].id, handbook["middle"].id

    def read(**scope: object) -> set[str]:
        return set(kinds(sync(wiki_of(site, **scope), {}))["Changed"])

    assert read(labels=("public",)) == {leaf, handbook["top"].id}
    assert read(trees=(middle,)) == {leaf, middle}
    assert read(trees=(middle,), labels=("public",)) == {leaf}
    assert read(cql='title = "Middle"') == {middle}
    assert handbook["post"].id not in read(blog_posts=False)


def test_a_search_that_is_not_understood_is_the_operator_s_to_mend(site, handbook) -> None:
    with pytest.raises(WikiMisconfigured, match="does not understand `cql`"):
        sync(wiki_of(site, cql="colour ~~ 7"), {})


def test_personal_and_archived_spaces_are_read_where_they_are_asked_for(site, handbook) -> None:
    site.world.add_space("~ada")
    site.world.create("~ada", "Mine", "<p>My notes.</p>")
    site.world.add_space("OLD")
    site.world.create("OLD", "Once", "<p>Long ago.</p>")
    site.world.archive_space("OLD")

    def spaces(**scope: object) -> set[str]:
        listed = next(c for c in sync(wiki_of(site, **scope), {}) if isinstance(c, Enumerated))
        return set(listed.spaces)

    assert spaces() == {"ENG"}
    assert spaces(personal=True) == {"ENG", "~ada"}
    assert spaces(archived=True) == {"ENG", "OLD"}
    assert spaces(spaces=("~ada", "OLD")) == {"~ada", "OLD"}


def test_an_empty_page_is_asked_for_once(site, handbook) -> None:
    site.world.create("ENG", "Empty", "")
    wiki = wiki_of(site)
    known: KnownPages = {}
    sync(wiki, known)
    before = wiki.requests
    sync(wiki, known)
    full = wiki.requests - before
    recent(wiki, known)
    before = wiki.requests

    assert recent(wiki, known) == []
    assert wiki.requests - before == 2
    assert not [r for r in site.confluence.requests[-full - 7 :] if "body" in r.query]


def test_a_page_whose_reading_failed_is_tried_again_by_the_next_cheap_pass(site, handbook) -> None:
    wiki = wiki_of(site)
    known: KnownPages = {}
    sync(wiki, known)
    site.world.edit(handbook["leaf"].id, body="<p>A new leaf.</p>")
    site.confluence.faults.on(r"body", Fault(400), times=None)
    assert "Failed" in kinds(recent(wiki, known))
    site.confluence.faults.clear()

    assert kinds(recent(wiki, known))["Changed"] == [handbook["leaf"].id]


def licensed(site: Base) -> list[str]:
    return [Tokens(site.site).licensed]


def test_a_scoped_token_reads_everything_through_the_gateway(cloud) -> None:
    world = cloud.world
    world.add_space("ENG")
    top = world.create("ENG", "Top", "<p>The top of all.</p>")
    world.restrict(top.id, users=[cloud.bot.id])
    scopes = frozenset(
        f"read:{right}:confluence"
        for right in (
            "page",
            "space",
            "content-details",
            "space.permission",
            "hierarchical-content",
        )
    )
    scopes |= {"search:confluence", "read:confluence-content.permission"}
    site = base_of(cloud.confluence.base_url, "cloud", cloud_id="local-cloud-id")
    address = cloud.confluence.gateway_url.removesuffix(site.path)
    transport = Transport(
        replace(site, origin=address),
        cloud.confluence.token(cloud.bot, scopes=scopes),
        email=cloud.bot.email,
        time=cloud.clock.time,
    )
    known: KnownPages = {}
    changes = sync(ConfluenceWiki("wiki", transport), known)

    (page,) = [change.page for change in changes if isinstance(change, Changed)]
    assert page.url == f"{cloud.confluence.base_url}/spaces/ENG/pages/{top.id}/Top"
    assert page.acl.admits(Principal.of(Tokens(site.site).user(cloud.bot.id), *licensed(site)))
    assert not page.acl.admits(Principal.of(EVERYONE, *licensed(site)))


@pytest.mark.parametrize(("editor", "anchor"), [("v1", "Middle-PartOne"), ("v2", "Part-One")])
def test_a_section_s_anchor_is_that_of_the_page_s_editor(cloud, editor, anchor) -> None:
    cloud.world.add_space("ENG")
    page = cloud.world.create("ENG", "Middle", "<h2>Part One</h2><p>Words.</p>")
    page.editor = editor
    changes = sync(wiki_of(cloud), {})

    (read_page,) = [change.page for change in changes if isinstance(change, Changed)]
    assert [section.anchor for section in read_page.sections] == [anchor]
