"""A space is open to everyone only if a request without a login can really see it."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.sources.confluence.answers import ConfluenceSpace
from footnote_bot.indexers.sources.confluence.cloud import Cloud
from footnote_bot.indexers.sources.confluence.data_center import DataCenter
from footnote_bot.indexers.sources.confluence.product import Product
from footnote_bot.indexers.sources.confluence.rights import CLOSED, PASSABLE, Gate, Tokens
from footnote_bot.playground.confluence.faults import Fault
from footnote_bot.playground.confluence.model import Who

SPACE_ITSELF = r"^/(api/v2/spaces/\d+|rest/api/space/\w+)$"


def product_of(site) -> Product:
    wiki = site.transport()
    tokens = Tokens(wiki.base.site)
    return Cloud(wiki, tokens) if site.cloud else DataCenter(wiki, tokens)


def viewers(site, *readers: Who) -> Gate:
    space = site.world.add_space("WEB", readers=readers)
    return product_of(site).viewers(ConfluenceSpace(space.id, space.key, space.name))


def anonymous_requests(site) -> list[str]:
    return [request.path for request in site.confluence.requests if request.caller is None]


def test_a_space_that_anybody_sees_is_open(site) -> None:
    ann = site.world.add_user("Ann")

    assert viewers(site, Who("anonymous"), Who("user", ann.id)) == PASSABLE
    assert len(anonymous_requests(site)) == 1


@pytest.mark.parametrize(
    "fault",
    [Fault(401), Fault(403), Fault(404), Fault(500), Fault(302), Fault(kind="login"),
     Fault(kind="cut"), Fault(kind="drop"), Fault(429)],
    ids=repr,
)  # fmt: skip
def test_a_row_for_anonymous_visitors_alone_opens_nothing(site, fault) -> None:
    """The site keeps visitors out, or the answer is unclear. The other rows still count."""
    ann = site.world.add_user("Ann")
    site.confluence.faults.on(SPACE_ITSELF, fault, times=None)

    gate = viewers(site, Who("anonymous"), Who("user", ann.id))

    assert gate == {Tokens(site.transport().base.site).user(ann.id)}


def test_another_space_than_was_asked_for_opens_nothing(data_center) -> None:
    data_center.world.add_space("WEB", readers=[Who("anonymous")])

    assert product_of(data_center).viewers(ConfluenceSpace("another", "WEB", "")) == CLOSED


def test_nobody_is_sent_to_a_space_that_names_no_anonymous_visitors(site) -> None:
    viewers(site, Who("licensed"))

    assert anonymous_requests(site) == []
