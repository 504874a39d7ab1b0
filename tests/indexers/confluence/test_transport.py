"""`indexers.confluence.transport`, `addresses` and `paging` over real HTTP."""

from __future__ import annotations

import pytest

from bot.playground.confluence.faults import Fault
from indexers.confluence.addresses import base_of
from indexers.confluence.paging import by_cursor, results
from indexers.confluence.transport import Refused
from indexers.errors import WikiMisconfigured, WikiUnavailable

WHO = "/rest/api/user/current"


@pytest.mark.parametrize(
    ("url", "base", "cloud"),
    [
        ("https://x.atlassian.net", "https://x.atlassian.net/wiki", True),
        ("https://x.atlassian.net/wiki/spaces/A/pages/1", "https://x.atlassian.net/wiki", True),
        ("https://wiki.example.com/", "https://wiki.example.com", False),
        ("https://example.com/ctx/display/A/B", "https://example.com/ctx", False),
        (
            "https://api.atlassian.com/ex/confluence/1",
            "https://api.atlassian.com/ex/confluence/1/wiki",
            True,
        ),
    ],
)
def test_the_base_is_told_by_the_address(url: str, base: str, cloud: bool) -> None:
    assert (base_of(url).url, base_of(url).cloud) == (base, cloud)


def test_a_next_is_followed_below_the_base_and_never_to_its_host() -> None:
    base = base_of("https://api.atlassian.com/ex/confluence/1")

    assert base.relative("https://evil.example/wiki/api/v2/pages?cursor=a") == (
        "/api/v2/pages?cursor=a"
    )


@pytest.mark.parametrize(("said", "waited"), [("7", 7.25), ("date9", 9.25), (None, 0.375)])
def test_a_429_is_waited_for_as_it_asks(site, said, waited) -> None:
    site.confluence.faults.on("user/current", Fault(429, retry_after=said))

    assert site.transport().get(WHO)["displayName"] == "Foot Note"
    assert site.clock.slept == [waited]


@pytest.mark.parametrize("fault", [Fault(503), Fault(kind="drop")], ids=repr)
def test_tries_are_bounded_and_counted(site, fault) -> None:
    site.confluence.faults.on("user/current", fault, times=None)
    transport = site.transport()

    with pytest.raises(WikiUnavailable):
        transport.get(WHO)
    assert transport.requests == 3


def test_a_login_page_is_an_error(site) -> None:
    site.confluence.faults.on("user/current", Fault(kind="login"))

    with pytest.raises(Refused, match="login page"):
        site.transport().get(WHO)


def test_a_refused_token_is_told_without_the_token(site) -> None:
    transport = site.transport()
    token = site.confluence.token(site.bot)
    site.confluence.faults.on("user/current", Fault(401))

    with pytest.raises(WikiMisconfigured) as caught:
        transport.get(WHO)
    assert token not in str(caught.value)


def test_a_listing_ends_at_an_empty_page_that_names_a_next(cloud) -> None:
    cloud.confluence.next_after_last = True
    cloud.world.add_space("A")
    cloud.world.add_space("B")
    answers = by_cursor(cloud.transport(), "/api/v2/spaces", {"limit": 1})

    assert [row["key"] for answer in answers for row in results(answer)] == ["A", "B"]
