"""How Slack's client changes typed text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.playground.slack.kit.blocks import block_problems
from footnote_bot.playground.slack.kit.typed import typed


def test_mentions_links_and_code_become_parts() -> None:
    [block] = typed("<@U1> see <https://e.com|it> &amp; ```x &lt; y```")

    line, code = block["elements"]
    assert line["elements"] == [
        {"type": "user", "user_id": "U1"},
        {"type": "text", "text": " see "},
        {"type": "link", "url": "https://e.com", "text": "it"},
        {"type": "text", "text": " & "},
    ]
    assert code == {
        "type": "rich_text_preformatted",
        "elements": [{"type": "text", "text": "x < y"}],
    }


def test_an_empty_text_has_no_block() -> None:
    assert typed("") == []


@given(st.text(alphabet="a <>&`\n", max_size=40).map(lambda t: t.replace("<", "&lt;")))
def test_whatever_is_typed_makes_a_valid_block(text: str) -> None:
    assert block_problems(typed(text), "message") == []
