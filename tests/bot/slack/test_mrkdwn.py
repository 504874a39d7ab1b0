"""Light Markdown becomes Slack's mrkdwn. Only our own links in it are live."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.foreign import clean
from footnote_bot.bot.slack.rendering.links import origins
from footnote_bot.bot.slack.rendering.mrkdwn import Piece, inert, link, literal, render
from footnote_bot.bot.slack.rendering.sections import sections
from footnote_bot.bot.slack.rendering.tables import aligned
from tests.timing import seconds_of

ALLOWED = origins(["wiki.example.com"])
JOINER = "\u2060"

SPICE = [
    "<!channel>", "<!here|x>", "<@U123>", "<#C123>", "<!subteam^S1>", "@here", "@channel",
    "@Everyone", "@", "here", "\u200b", "\u202e", "\u2060", "&lt;!channel&gt;", "&", "<", ">", "|",
    "`", "``", "```", "\n```\n", "\n~~~\n", "\n", "\n\n", "[", "]", "(", ")", "![", "**", "> ",
    "- ", "| a | b |\n| --- | --- |\n", "[1]", "[9]", "# ", "[x](https://evil.com)",
    "[x](https://wiki.example.com/a)", "![i](https://wiki.example.com/i.png)",
    "https://evil.com/@here", "https://wiki.example.com/@here", "<https://evil.com|wiki>",
    "https://wiki.example.com@evil.com", "ops@here.example", "\ud800", "\u2028", "\x00", "\r",
]  # fmt: skip
EVIL = st.lists(st.sampled_from(SPICE) | st.text(max_size=8), max_size=25).map("".join)


def rendered(text: str, notes: tuple[str, ...] = ()) -> str:
    return "\n\n".join(sections(render(text, ALLOWED, notes)))


@pytest.mark.parametrize(
    ("light", "mrkdwn"),
    [
        ("Ask in `#people`.", "Ask in `#people`."),
        ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
        ("[it](https://wiki.example.com/?b=c&d)", "<https://wiki.example.com/?b=c&amp;d|it>"),
        ("[elsewhere](https://evil.com)", "elsewhere"),
        ("[mail](mailto:a@b.example)", "mail"),
        ("![a picture](https://wiki.example.com/x.png)", "a picture"),
        ("See https://evil.com/a, please.", "See `https://evil.com/a`, please."),
        ("See https://wiki.example.com/a.", "See <https://wiki.example.com/a>."),
        ("- one\n- two\n  - [x] deep\n1. first", "\u2022 one\n\u2022 two\n  \u2611 deep\n1. first"),
        ("> Careful.\n> Really.", "&gt; Careful.\n&gt; Really."),
        ("## Big **one**", "*Big one*"),
        ("It is **very** big", "It is *very* big"),
        ("```python\nif a < b:\n    pass\n```", "```\nif a &lt; b:\n    pass\n```"),
        ("a\nb\n\nc", "a\nb\n\nc"),
        ("", ""),
    ],
)  # fmt: skip
def test_light_markdown_as_slack_shows_it(light: str, mrkdwn: str) -> None:
    assert rendered(light) == mrkdwn


def test_footnotes_are_links_outside_of_code() -> None:
    notes = ("https://wiki.example.com/a", "https://evil.com")

    assert rendered("Yes [1], no [2], what [3]? `x[1]`", notes) == (
        "Yes <https://wiki.example.com/a|[1]>, no [2], what [3]? `x[1]`"
    )


def test_a_table_is_aligned_code() -> None:
    table = "| Who | Days |\n| --- | --- |\n| [Ann](https://x) | 3 |\n| \u65e5\u672c | 12 |"

    assert rendered(table) == "```\nWho   Days\n----  ----\nAnn   3\n\u65e5\u672c  12\n```"


def test_a_table_too_wide_for_a_message_is_lines_of_prose() -> None:
    table = f"| Who | What |\n| --- | --- |\n| Ann | {'long ' * 30}|"

    assert rendered(table).startswith("\u2022 Who: Ann; What: long long")


def test_a_table_with_rows_of_all_lengths_takes_time_linear_in_its_text() -> None:
    lines = ["|" * 2_000, "|---|", *["|a|"] * 2_000]

    assert seconds_of(lambda: aligned(lines), 0.5) <= 0.5


def test_long_names_of_columns_stand_once_and_not_in_each_row() -> None:
    name = "name " * 100
    table = f"| {name}| B |\n| --- | --- |\n" + "| a | b |\n" * 200
    lines = rendered(table).splitlines()

    assert lines[0] == f"{name.strip()} \u00b7 B"
    assert set(lines[1:]) == {"\u2022 a; b"}


def test_addresses_in_a_table_too_wide_lead_nowhere_either() -> None:
    table = f"| Who | What |\n| --- | --- |\n| `Ann` | https://evil.com {'long ' * 30}|"

    assert rendered(table).startswith(f"\u2022 Who: Ann; What: https:{JOINER}//evil.com long")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How do I <!channel> @here?", f"How do I <{JOINER}!channel> @{JOINER}here?"),
        ("https://evil.com & a < b", f"https:{JOINER}//evil.com & a < b"),
        ("Write to ops@here.example", "Write to ops@here.example"),
    ],
)
def test_what_is_shown_as_it_is_is_not_escaped(text: str, expected: str) -> None:
    assert inert(text) == expected


@pytest.mark.parametrize(
    "address", ["ops@here.example", "a.b@channel.io", "x+y@everyone.co.uk", "me@channel-9.example"]
)
def test_mail_addresses_stay_whole(address: str) -> None:
    assert rendered(f"Write to {address}.") == f"Write to {address}."


@pytest.mark.parametrize(
    "ping", ["@here", "@Channel", "@everyone", "(@here)", "x @here.", "@here!"]
)
def test_pings_are_broken(ping: str) -> None:
    assert rendered(ping) == literal(ping) == ping.replace("@", f"@{JOINER}")


def test_content_never_closes_its_fence() -> None:
    text = rendered("````\na\n```\n<!channel>\n````")

    assert text == f"```\na\n`{JOINER}``{JOINER}\n&lt;!channel&gt;\n```"


def test_scripts_and_emoji_that_need_joiners_keep_them() -> None:
    persian, family = (
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\U0001f469\u200d\U0001f4bb",
    )

    assert clean(f"{persian} {family}") == f"{persian} {family}"
    assert clean("@he\u200dre \u202eevil\u200b") == "@here evil"


def test_a_label_is_one_line_that_ends_with_its_link() -> None:
    assert link("https://wiki.example.com/", "a|b>\nc @here", ALLOWED) == (
        f"<https://wiki.example.com/|a\u2223b&gt; c @{JOINER}here>"
    )
    assert len(link("https://wiki.example.com/", "&" * 5000, ALLOWED)) < 3000


def all_links(text: str) -> list[str]:
    return re.findall(r"<([^>|]*)", text)


@given(EVIL)
def test_nothing_pings_and_nothing_links_elsewhere(text: str) -> None:
    for out in (rendered(text, ("https://wiki.example.com/1",)), literal(text)):
        outside = re.sub(r"<https://[^>|]*", "<", out)

        assert all(url.startswith("https://wiki.example.com") for url in all_links(out))
        assert (
            "wiki.example.com@" not in out.replace("`", "")
            or "<https://wiki.example.com@" not in out
        )
        assert out.count("<") == len(re.findall(r"<https://[^<>|]+(?:\|[^<>|\n]+)?>", out))
        assert not re.search(r"(?<![\w.+%-])@(here|channel|everyone)\b", outside, re.IGNORECASE)
        assert not re.search("[\u200b\u202a-\u202e\u2066-\u2069\x00-\x08\ud800-\udfff]", out)


@given(EVIL)
def test_fences_open_and_close_in_turn(text: str) -> None:
    for section in sections(render(text, ALLOWED)):
        assert section.count("```") % 2 == 0
        assert "````" not in section


@given(EVIL)
def test_what_is_safe_stays_safe_and_literal_settles(text: str) -> None:
    once = literal(text)

    assert clean(clean(text)) == clean(text)
    assert "<" not in literal(once)
    assert "<" not in once


@given(
    st.text(max_size=300).filter(lambda text: not re.search(r"[`*\[\]|<>&@#~:_+-]|\d[.)]", text))
)
def test_no_word_of_prose_is_lost(text: str) -> None:
    out = rendered(text)

    assert out.split() == clean(text).split()


@pytest.mark.parametrize(
    "text",
    ["a" * 40_000, "`" * 40_000, "[" * 40_000, "[a](" * 10_000, "@here" * 8_000, "``a" * 13_000,
     "*" * 40_000, "a@" * 20_000, "| " * 20_000, "> " * 20_000, "<!channel>" * 4_000],
)  # fmt: skip
def test_forty_thousand_characters_take_no_time(text: str) -> None:
    assert seconds_of(lambda: rendered(text), 2) <= 2


def test_pieces_say_what_is_code() -> None:
    assert render("a\n\n- b\n- c\n\n```\nd\n```", ALLOWED) == [
        Piece("a"),
        Piece("\u2022 b"),
        Piece("\u2022 c", tight=True),
        Piece("d", code=True),
    ]
