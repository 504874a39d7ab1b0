"""The parts of a text that would really ping somebody or lead somewhere."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.playground.slack.model import Message, Stream
from footnote_bot.playground.slack.pings import Live, host_of, live_pings


def mrkdwn(text: str) -> list[Live]:
    return live_pings({"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]})


def markdown(text: str) -> list[Live]:
    return live_pings({"blocks": [{"type": "markdown", "text": text}]})


@pytest.mark.parametrize("read", [mrkdwn, markdown, live_pings])
@pytest.mark.parametrize(
    ("text", "kind", "target"),
    [
        ("<!channel>", "broadcast", "channel"),
        ("<!here|here>", "broadcast", "here"),
        ("<!everyone>", "broadcast", "everyone"),
        ("<@U012AB3CD>", "user", "U012AB3CD"),
        ("<#C012AB3CD|general>", "channel", "C012AB3CD"),
        ("<!subteam^S012AB3CD>", "usergroup", "S012AB3CD"),
        ("`<!channel>`", "broadcast", "channel"),
        ("ask @here please", "broadcast", "here"),
        ("@everyone: look", "broadcast", "everyone"),
    ],
)
def test_mentions_ping(read: Any, text: str, kind: str, target: str) -> None:
    assert [(live.kind, live.target) for live in read(text)] == [(kind, target)]


@pytest.mark.parametrize("read", [mrkdwn, markdown, live_pings])
@pytest.mark.parametrize(
    "text",
    [
        "plain words",
        "&lt;!channel&gt;",
        "<\u200b!channel>",
        "@\u200bhere",
        "someone@here.example.com",
        "anna@channel.dev",
        "`@here`",
        "```\nhttps://in.code.example.com\n```",
        "a < b and b > a",
    ],
)
def test_what_is_broken_or_plain_does_not(read: Any, text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("read", "text", "host"),
    [
        (mrkdwn, "<https://wiki.example.com/a|A>", "wiki.example.com"),
        (mrkdwn, "see https://wiki.example.com.", "wiki.example.com"),
        (mrkdwn, "www.example.com", "www.example.com"),
        (mrkdwn, "<mailto:a@example.com|a>", ""),
        (markdown, "[A](https://wiki.example.com/a)", "wiki.example.com"),
        (markdown, "[A](<https://wiki.example.com/a b>)", "wiki.example.com"),
        (markdown, "[A][1]\n\n[1]: https://wiki.example.com", "wiki.example.com"),
        (markdown, "<https://wiki.example.com>", "wiki.example.com"),
        (markdown, "[A [b] c](https://wiki.example.com)", "wiki.example.com"),
        (markdown, "[A](javascript:alert(1))", ""),
        (markdown, "[A](//evil.example.com)", "evil.example.com"),
    ],
)
def test_links_are_found_with_their_host(read: Any, text: str, host: str) -> None:
    assert {(live.kind, live.host) for live in read(text)} == {("link", host)}


def test_an_image_is_live_too() -> None:
    image = "https://evil.example.com/pixel.png"

    assert markdown(f"![x]({image})") == [Live("image", image, "evil.example.com")]


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://wiki.example.com@evil.example.org/", "evil.example.org"),
        ("https://evil.example.org\\@wiki.example.com", "evil.example.org"),
        ("https://wiki.example.com\t.evil.example.org", "wiki.example.com.evil.example.org"),
        ("HTTPS://WIKI.example.com.", "wiki.example.com"),
        ("https://[::1", "?"),
        ("/relative", ""),
    ],
)
def test_the_host_is_where_a_browser_goes(address: str, host: str) -> None:
    assert host_of(address) == host


def test_plain_text_and_headers_are_never_live() -> None:
    plain = {"type": "plain_text", "text": "<!channel> https://evil.example.com"}

    assert live_pings({"blocks": [{"type": "header", "text": plain}]}) == []


def test_buttons_images_and_rich_text_are_looked_into() -> None:
    blocks = [
        {"type": "actions", "elements": [{"type": "button", "url": "https://a.example.com"}]},
        {"type": "image", "image_url": "https://b.example.com/x.png", "alt_text": "<!here>"},
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "broadcast", "range": "here"},
                        {"type": "user", "user_id": "U1"},
                        {"type": "usergroup", "usergroup_id": "S1"},
                        {"type": "channel", "channel_id": "C1"},
                        {"type": "link", "url": "https://c.example.com"},
                    ],
                }
            ],
        },
    ]

    assert [live.kind for live in live_pings({"blocks": blocks})] == [
        "link", "image", "broadcast", "user", "usergroup", "channel", "link",
    ]  # fmt: skip


def test_the_notification_text_counts_beside_the_blocks() -> None:
    message = Message("C1", "1.000001", "U1", "T1", text="<!here>", blocks=[{"type": "divider"}])

    assert live_pings(message) == [Live("broadcast", "here")]


def test_a_streamed_text_is_read_as_markdown() -> None:
    text = "[A](https://wiki.example.com)"
    message = Message("C1", "1.000001", "U1", "T1", text=text, stream=Stream(0.0))
    message.blocks = [{"type": "markdown", "text": text}]

    assert live_pings(message) == [Live("link", "https://wiki.example.com", "wiki.example.com")]


@given(st.text(alphabet="<>!@#|`[]()https:/.www channelre\n\\", max_size=200))
def test_any_text_is_judged(text: str) -> None:
    mrkdwn(text)
    markdown(text)


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_broadcast_is_found_wherever_it_stands(before: str, after: str) -> None:
    assert Live("broadcast", "channel") in mrkdwn(f"{before} <!channel> {after}")
