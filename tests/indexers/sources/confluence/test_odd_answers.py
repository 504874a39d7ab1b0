"""`indexers.sources.confluence.cloud` and `data_center`: answers in an unknown form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from footnote_bot.indexers.sources.confluence.answers import UNKNOWN, ConfluenceSpace
from footnote_bot.indexers.sources.confluence.cloud import Cloud, _Chains
from footnote_bot.indexers.sources.confluence.data_center import DataCenter
from footnote_bot.indexers.sources.confluence.product import Product
from footnote_bot.indexers.sources.confluence.rights import CLOSED, PASSABLE, Tokens
from footnote_bot.indexers.sources.confluence.transport import Json, Params, Refused, Transport
from footnote_bot.playground.confluence.faults import Fault

Alter = Callable[[str, Json], Json]


class Altered(Transport):
    """A client that alters the answers of Confluence."""

    alter: Alter = staticmethod(lambda _, answer: answer)

    def get(self, path: str, params: Params | None = None, **settings: bool) -> Json:
        return self.alter(path, super().get(path, params, **settings))


def altered(site, alter: Alter) -> Product:
    wiki = site.transport(kind=Altered)
    wiki.alter = alter
    tokens = Tokens(wiki.base.site)
    return Cloud(wiki, tokens) if site.cloud else DataCenter(wiki, tokens)


def space_of(site, key: str) -> ConfluenceSpace:
    space = site.world.spaces[key]
    return ConfluenceSpace(space.id, space.key, space.name)


def listed(path: str) -> bool:
    return path.partition("?")[0] in {"/api/v2/pages", "/rest/api/content"}


def test_a_row_without_an_id_keeps_no_other_away(site) -> None:
    def alter(path: str, answer: Json) -> Json:
        if listed(path):
            answer["results"] += [None, {}, {"id": None}, "x"]
        return answer

    site.world.add_space("ENG")
    page = site.world.create("ENG", "Page")

    pages = altered(site, alter).pages(space_of(site, "ENG"))

    assert {listed.key for listed in pages if not listed.is_blog_post} == {page.id}


@pytest.mark.parametrize("number", [None, "x", [], "7"], ids=repr)
def test_a_version_of_another_form_breaks_nothing(site, number) -> None:
    def alter(path: str, answer: Json) -> Json:
        for row in answer["results"] if listed(path) else ():
            row["version"]["number"] = number
        return answer

    site.world.add_space("ENG")
    site.world.create("ENG", "Page")

    (page,) = altered(site, alter).pages(space_of(site, "ENG"))

    assert page.version == (7 if number == "7" else 0)


def test_a_page_that_tells_no_address_is_reached_by_its_id(site) -> None:
    def alter(path: str, answer: Json) -> Json:
        for row in answer["results"] if listed(path) else ():
            row["_links"] = {}
        return answer

    site.world.add_space("ENG")
    page = site.world.create("ENG", "Page")

    (listed_page,) = altered(site, alter).pages(space_of(site, "ENG"))

    assert listed_page.url == f"{site.confluence.base_url}/pages/viewpage.action?pageId={page.id}"


@pytest.mark.parametrize("missing", ["id", "status", "place"])
def test_a_page_without_a_status_is_not_taken_for_gone(site, missing) -> None:
    missing = {"place": "spaceId" if site.cloud else "space"}.get(missing, missing)

    def alter(_: str, answer: Json) -> Json:
        answer.pop(missing, None)
        return answer

    site.world.add_space("ENG")
    page = site.world.create("ENG", "Page")

    with pytest.raises(Refused):
        altered(site, alter).find(page.id)


def test_ancestors_that_do_not_say_who_they_are_close_the_page(data_center) -> None:
    def alter(path: str, answer: Json) -> Json:
        for row in answer["results"] if listed(path) else ():
            row["ancestors"] = [None, {"title": "Above"}]
        return answer

    data_center.world.add_space("ENG")
    data_center.world.create("ENG", "Page")
    product = altered(data_center, alter)

    (page,) = product.pages(space_of(data_center, "ENG"))

    assert page.ancestors == (UNKNOWN, UNKNOWN)
    assert product.rights([page]).gates.get(UNKNOWN, CLOSED) == CLOSED


def test_a_blog_post_has_nothing_above_it_though_that_is_not_said(data_center) -> None:
    def alter(path: str, answer: Json) -> Json:
        for row in answer["results"] if listed(path) else ():
            row.pop("ancestors")
        return answer

    data_center.world.add_space("ENG")
    data_center.world.create("ENG", "Post", type="blogpost")
    product = altered(data_center, alter)

    (post,) = product.pages(space_of(data_center, "ENG"))

    assert post.ancestors == ()
    assert product.rights([post]).gates == {post.key: PASSABLE}


def test_a_chain_that_is_cut_off_at_its_top_is_made_whole_or_closed(cloud) -> None:
    """Cloud returns only the lowest ancestors, without a `next`."""
    world = cloud.world
    world.add_space("ENG")
    top = world.create("ENG", "Top")
    middle = world.create("ENG", "Middle", parent=top.id)
    folder = world.create("ENG", "Folder", type="folder", parent=middle.id)
    leaf = world.create("ENG", "Leaf", parent=folder.id)

    def alter(path: str, answer: Json) -> Json:
        if path.endswith("/ancestors"):
            answer["results"] = answer["results"][1:]
        return answer

    pages = {page.key: page for page in altered(cloud, alter).pages(space_of(cloud, "ENG"))}

    assert pages[leaf.id].ancestors == (top.id, middle.id, folder.id)


def test_a_page_that_a_listing_names_twice_is_one_page(site) -> None:
    def alter(path: str, answer: Json) -> Json:
        if listed(path):
            answer["results"] *= 2
        return answer

    site.world.add_space("ENG")
    page = site.world.create("ENG", "Page")

    assert [p.key for p in altered(site, alter).pages(space_of(site, "ENG"))] == [page.id]


@pytest.mark.parametrize("path", ["permissions$|permissions[?]", "restriction"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_confluence_that_answers_nothing_now_closes_nothing(site, path, status) -> None:
    """The pass ends instead: every page would wait as long, and be opened again later."""
    site.world.add_space("ENG")
    site.world.create("ENG", "Page")
    space = space_of(site, "ENG")
    product = altered(site, lambda _, answer: answer)
    pages = [replace(page, own=None) for page in product.pages(space)]
    site.confluence.faults.on(path, Fault(status, retry_after="0"), times=None)

    with pytest.raises(Refused):
        product.viewers(space) if "permissions" in path else product.rights(pages)


def test_ancestors_that_name_their_own_page_come_to_an_end() -> None:
    """Two pages of one folder, each said to be above the other."""
    asked: list[str] = []

    def read(key: str) -> list[str]:
        asked.append(key)
        return {"K": ["A", "P"], "A": ["K", "P"]}[key]

    assert "P" in _Chains({"K": "P", "A": "P"}, read).above("K")
    assert asked == ["K"]
