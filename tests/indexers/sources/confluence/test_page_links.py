"""Addresses as people copy them, from any Confluence."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.indexers.sources.confluence.addresses import (
    PageLink,
    edit_address,
    page_link,
    path_within,
    tiny,
)

CLOUD = "https://acme.atlassian.net/wiki"
CENTER = "https://wiki.example.com:8443/confluence"

PAGES = {
    "/spaces/ENG/pages/123/A+Title#Heading": PageLink("123"),
    "/spaces/ENG/pages/edit-v2/123": PageLink("123"),
    "/spaces/~ann/blog/2026/11/24/456/News": PageLink("456"),
    "/pages/viewpage.action?pageId=789&src=search#x": PageLink("789"),
    "/pages/viewpreviousversions.action?pageId=789": PageLink("789"),
    "/download/attachments/321/map.png?version=1": PageLink("321"),
    "/x/LIQHD": PageLink("201819180"),
    "/pages/viewpage.action?spaceKey=ENG&title=A+%22Title%22": PageLink("", "ENG", 'A "Title"'),
    "/display/ENG/Ask%3F+Us": PageLink("", "ENG", "Ask? Us"),
    "/display/~ann/2026/11/24/News": PageLink("", "~ann", "News"),
    "/display/ENG": PageLink(),
    "/spaces/ENG/overview": PageLink(),
    "/": PageLink(),
    "": PageLink(),
}


@pytest.mark.parametrize("base", [CLOUD, CENTER, "http://localhost:8090"])
@pytest.mark.parametrize("link", PAGES)
def test_an_address_names_its_page(base: str, link: str) -> None:
    path = path_within(base, base + link)

    assert path is not None
    assert page_link(path, base + link) == PAGES[link]


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.atlassian.net/wikis/x/AQAB",
        "https://acme.atlassian.net/jira/browse/X-1",
        "https://other.atlassian.net/wiki/x/AQAB",
        "https://acme.atlassian.net:444/wiki/x/AQAB",
        "https://acme.atlassian.net@evil.example.com/wiki/x/AQAB",
        "http://[bad/wiki",
        "nonsense",
        "",
    ],
)
def test_another_address_is_of_another_wiki(url: str) -> None:
    assert path_within(CLOUD, url) is None


def test_a_default_port_and_the_case_of_a_host_make_no_difference() -> None:
    assert path_within(CLOUD, " https://ACME.atlassian.net:443/wiki/x/AQAB") == "/x/AQAB"


@given(st.integers(min_value=1, max_value=2**63 - 1))
def test_a_tiny_link_says_its_number(number: int) -> None:
    """The code follows the vendor's own."""
    encoded = b64encode(number.to_bytes(8, "little")).decode().rstrip("=").rstrip("A")
    assert tiny(encoded.replace("/", "-").replace("+", "_")) == str(number)


@given(st.text())
def test_no_address_is_too_odd(url: str) -> None:
    path = path_within(CLOUD, url)
    page_link(path or "", url if path is not None else "")


@pytest.mark.parametrize(
    ("base", "link", "edited"),
    [
        (CLOUD, "/spaces/ENG/pages/123/A#B", "/spaces/ENG/pages/edit-v2/123"),
        (CLOUD, "/spaces/~ann/blog/2026/11/24/456/N", "/spaces/~ann/blog/edit-v2/456"),
        (CLOUD, "/download/attachments/321/m.png", "/pages/editpage.action?pageId=321"),
        (CENTER, "/pages/viewpage.action?pageId=789", "/pages/editpage.action?pageId=789"),
        (CENTER, "/display/ENG/Ask", "/pages/editpage.action?pageId=12"),
        (CENTER, "/display/ENG/2026/11/24/News", "/pages/editblogpost.action?pageId=12"),
    ],
)
def test_a_page_is_edited_at(base: str, link: str, edited: str) -> None:
    assert edit_address(base, "12", base + link, cloud=base == CLOUD) == base + edited


@pytest.mark.parametrize(
    ("key", "url"),
    [("12", "https://evil.example.com/display/ENG/Ask"), ("att12", f"{CENTER}/display/ENG/Ask")],
)
def test_an_address_that_is_no_page_of_the_wiki_has_no_edit_address(key: str, url: str) -> None:
    assert edit_address(CENTER, key, url, cloud=False) == ""
