"""Only addresses of exactly these origins become links."""

from __future__ import annotations

import pytest

from footnote_bot.bot.slack.rendering.links import allowed, origin, origins

ALLOWED = origins(["https://wiki.example.com/handbook", "docs.example.com", "http://intra:8080"])


def test_origins_come_from_addresses_and_host_names() -> None:
    assert {
        "https://wiki.example.com",
        "https://docs.example.com",
        "http://intra:8080",
    } == ALLOWED


@pytest.mark.parametrize(
    "url",
    [
        "https://wiki.example.com/a/b?c=d&e=f#g",
        "https://WIKI.example.com",
        "https://wiki.example.com:443/",
        "http://intra:8080/page",
        "https://docs.example.com/a_(b)",
    ],
)
def test_the_same_origin_is_linked(url: str) -> None:
    assert allowed(url, ALLOWED) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://wiki.example.com/",
        "https://wiki.example.com.evil.com/",
        "https://evil.com/wiki.example.com",
        "https://wiki.example.com@evil.com/",
        "https://user:pass@wiki.example.com/",
        "https://wiki.example.com:8443/",
        "https://intra:8080/",
        "https://wiki.example.com\\@evil.com/",
        "https://evil.com\\wiki.example.com/",
        "https://wiki.example.com\n.evil.com/",
        "https:wiki.example.com",
        "//wiki.example.com/",
        "javascript:alert(1)//wiki.example.com",
        "data:text/html,wiki.example.com",
        "https://wiki.examp\u043be.com/",
        "https://xn--wiki-example-com-3x0h/",
        "https://wiki\u3002example\u3002com/",
        "https://wiki.example.com:99999/",
        "https://[wiki.example.com/",
        "https://wiki.example.com/" + "x" * 2000,
        "https://wiki.example.com/?" + "&" * 1000,
        "",
    ],
)
def test_what_only_looks_like_it_is_not(url: str) -> None:
    assert allowed(url, ALLOWED) is None


def test_characters_that_end_a_link_in_slack_are_encoded() -> None:
    assert allowed("https://docs.example.com/a|b>c<d\u202ee", ALLOWED) == (
        "https://docs.example.com/a%7Cb%3Ec%3Cd%E2%80%AEe"
    )


def test_an_address_of_the_sixth_version_is_an_origin() -> None:
    assert origin("http://[::1]:3000/x") == "http://[::1]:3000"
