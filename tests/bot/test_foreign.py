"""No text of a page, a model or a person can pass for a footnote or a mark of ours."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot import foreign, terminal
from footnote_bot.bot.foreign import (
    clean,
    excerpt,
    on_one_line,
    quoted,
    unmarked,
    with_mark,
    words_behind,
)
from footnote_bot.bot.model import Answer, Fallback, Question, Source
from footnote_bot.bot.slack.rendering.blocks import source_line
from footnote_bot.bot.slack.rendering.links import origins
from footnote_bot.bot.slack.rendering.mrkdwn import JOINER, inert, literal, render
from footnote_bot.indexers.model import EVERYONE, Principal
from tests.fakes.confidence import SURE
from tests.fakes.defaults import Answerer
from tests.fakes.passages import passages
from tests.fakes.retrieval import TickingClock, retrieval_over

WIKI = origins(["wiki.example.com"])
OURS = re.compile(r"\[\d{1,3}\]")
LIVE = re.compile(r"<https://wiki\.example\.com/[^|<>]*\|(\[\d{1,3}\])>")
SIGN = ":white_check_mark:"


def answer(text: str, title: str = "Leave", heading: str = "") -> Answer:
    """Return a quoting answer from a page that says ``text`` and another page."""
    pages = [
        replace(passage, title=title, headings=(heading,) if heading else ())
        for passage in passages("leave", text)
    ]
    answerer = Answerer(
        retrieval_over([*pages, *passages("sick", "Leave for the sick has no end.")]),
        SURE,
        clock=TickingClock(),
    )
    result = answerer.answer(Question("How long is leave?", Principal.of(EVERYONE)))
    assert isinstance(result, Answer)
    return result


def shown_in_slack(answer: Answer) -> str:
    notes = [f"https://wiki.example.com/{number}" for number, _ in enumerate(answer.sources)]
    return "\n\n".join(piece.text for piece in render(answer.text, WIKI, notes))


@pytest.mark.parametrize(
    ("page", "reads"),
    [
        ("Leave is long [2].", "Leave is long (2)."),
        ("Leave is long [1, 2].", "Leave is long (1, 2)."),
        ("Leave is long [1][2].", "Leave is long (1)(2)."),
        ("Leave is long [^2].", "Leave is long (^2)."),
        ("Leave is long [\N{ZERO WIDTH SPACE}2].", "Leave is long (2)."),
        ("Leave is long [\N{FULLWIDTH DIGIT TWO}].", "Leave is long (\N{FULLWIDTH DIGIT TWO})."),
        ("Leave is long [[2](https://wiki.example.com/x)].", "Leave is long (2)."),
        ("Leave is `days[2]` long.", "Leave is days[ 2 ] long."),
        ("Leave of 2026 is in [Leave](https://wiki.example.com/x).", "Leave of 2026 is in Leave."),
        ("```\nleave = days[2]\n```", "```\nleave = days[2]\n```"),
    ],
)
def test_a_pages_own_footnote_reads_as_none_of_ours(page: str, reads: str) -> None:
    assert quoted(page) == reads


def test_a_footnote_stands_below_code_which_it_would_keep_from_ending() -> None:
    reply = answer("```\nleave --long\n```")

    assert reply.text == "```\nleave --long\n```\n\u2014 **Leave** [1]"
    assert set(LIVE.findall(shown_in_slack(reply))) == {
        f"[{n + 1}]" for n in range(len(reply.sources))
    }


def test_code_that_never_ends_is_ended() -> None:
    assert (
        with_mark(quoted("Leave:\n\n```\nleave[2]"), "[1]") == "Leave:\n\n```\nleave[2]\n```\n[1]"
    )


def test_a_title_is_one_line_without_footnotes_on_every_surface() -> None:
    source = Source("Leave\n[2] Faked", "How [3]", "https://wiki.example.com/x", "q", "w", "p", "r")

    assert terminal.where(source) == "Leave (2) Faked > How (3)"
    in_slack = source_line(source, WIKI, date(2026, 11, 24))
    assert in_slack == "<https://wiki.example.com/x|Leave (2) Faked &gt; How (3)>"


hostile = st.lists(
    st.sampled_from([
        "[", "]", "[1]", "[2]", "[[2]", "[2](https://wiki.example.com/2)", "`", "``", "```", "\n",
        "\n\n", " ", "**", "1", "2", "~~~", "> ", "- ", "| a | b |\n| --- | --- |\n", "|", "Leave",
        "\N{ZERO WIDTH SPACE}", "\N{RIGHT-TO-LEFT OVERRIDE}", "(", ")", "](", "1]", "[1", "\\", "<",
        "\N{FULLWIDTH LEFT SQUARE BRACKET}", ", ", ".",
    ]),
    max_size=25,
).map("".join)  # fmt: skip


@given(hostile, hostile)
def test_the_live_footnotes_are_ours_and_no_others(text: str, title: str) -> None:
    reply = answer(f"Leave is long. {text}", title=f"Leave {title}")

    ours = [f"[{number}]" for number in range(1, len(reply.sources) + 1)]
    assert sorted(LIVE.findall(shown_in_slack(reply))) == ours


@given(hostile)
def test_outside_of_code_nothing_reads_as_a_footnote(text: str) -> None:
    for words in (on_one_line(text), with_mark(unmarked(text), "[7]").removesuffix("[7]")):
        prose = [piece.text for piece in render(words, WIKI) if not piece.code]
        assert not [text for text in prose if OURS.search(re.sub(r"`[^`\n]*`", "", text))]


@pytest.mark.parametrize(
    "text",
    [
        f"{SIGN} Verified by Ada on 3 Mar 2026",
        "\N{WHITE HEAVY CHECK MARK} Verified by Ada",
        "\N{HEAVY CHECK MARK}\N{VARIATION SELECTOR-16} *Verified* by Ada",
        f":{JOINER}white_check_mark: verified",
        ":[white_check_mark](https://evil.example.com): Verified",
        ":**white_check_mark**: Verified",
        ":verified: by Ada",
        ":+1: :100: :heavy_check_mark:",
    ],
)
def test_a_sign_of_ours_is_never_drawn_for_others(text: str) -> None:
    drawn = [piece.text for piece in render(text, WIKI)]
    drawn += [literal(text), inert(text)]

    assert not [line for line in drawn if re.search(r":[\w+'-]+:", line)]
    assert not [
        line for line in drawn if re.search(r"[\u2705\u2714]\W*verified", line, re.IGNORECASE)
    ]


def test_what_is_no_sign_of_ours_stays() -> None:
    text = "At 10:30:45 \N{WHITE HEAVY CHECK MARK} done, `a:b:c`, https://wiki.example.com/a:b:c"

    assert [piece.text for piece in render(text, WIKI)] == [
        "At 10:30:45 \N{WHITE HEAVY CHECK MARK} done, `a:b:c`, <https://wiki.example.com/a:b:c>"
    ]


@pytest.mark.parametrize("text", ["\u200d" * 9, "\u200c\u200d\u200c", "é\u200d\u200d\u200dé"])
def test_joiners_make_no_word_that_nobody_sees(text: str) -> None:
    assert clean(text).replace("é", "") == ""


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f469\u200d\U0001f680",  # an astronaut
        "\U0001f469\U0001f3fd\u200d\U0001f680",
        "\u2764\ufe0f\u200d\U0001f525",  # a heart on fire
        "\u0915\u094d\u200d\u0937",  # Devanagari
        "\u0645\u06cc\u200c\u062e\u0648",  # Persian
    ],
)
def test_joiners_stay_where_a_script_or_an_emoji_needs_them(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize("dagger", "\u2020\u271d\u2e38")
def test_nobody_else_can_mark_a_sentence_as_unverified(dagger: str) -> None:
    assert on_one_line(f"Leave is paid.{dagger}") == "Leave is paid.+"
    assert unmarked(f"Leave is paid. [1]{dagger}") == "Leave is paid. (1)+"
    assert on_one_line(f"run `kill {dagger}`") == f"run `kill {dagger}`"


QUOTE = Source("Leave", "", "https://wiki.example.com/leave", "", "handbook", "leave", "1")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("- **Leave** is `long` [1].", "Leave is long (1)."),
        ("Ask [your lead](https://evil.example.com).\n\nThen go.", "Ask your lead. Then go."),
        ("one two three four five six seven eight", "one two \u2026 seven eight"),
        ("one two three fourfivesixseveneight", "one two \u2026 ixseveneight"),
        ("abcdefghijklmnopqrstuvwxyz" * 2, "abcdefghijkl \u2026 opqrstuvwxyz"),
        ("", ""),
    ],
)
def test_an_excerpt_is_one_short_line_that_keeps_both_ends(words: str, expected: str) -> None:
    assert excerpt(words, 27) == expected


@given(st.text(max_size=400), st.integers(20, 200))
def test_an_excerpt_is_never_longer_and_holds_no_mark(words: str, most: int) -> None:
    short = excerpt(words, most)

    assert len(short) <= most
    assert "\n" not in short
    assert not OURS.search(short)


def test_only_the_ends_of_a_huge_quote_are_examined(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[int] = []

    def record_length(text: str) -> str:
        looked_at.append(len(text))
        return clean(text)

    monkeypatch.setattr(foreign, "clean", record_length)
    short = excerpt(f"First. {'Leave ' * 50_000} Last.", 40)

    assert (short[:6], short[-5:]) == ("First.", "Last.")
    assert max(looked_at) < 3_000


def test_the_words_behind_are_those_of_composed_answers_alone() -> None:
    quote = replace(QUOTE, quote="Leave is thirty days long.")
    composed = Answer("You get 30 days. [1]", (quote,), 0.9, composed=True)

    assert words_behind(composed) == ("Leave is thirty days long.",)
    assert words_behind(replace(composed, composed=False)) == ("",)


def test_quoted_words_are_not_repeated_behind_the_footnote() -> None:
    """Two questions: a model answered the first one, and failed at the second one."""
    other = replace(QUOTE, quote="The desk resets your token.")
    two_parts = Answer(
        "> Leave?\n\nYou get 30 days. [1]\n\n"
        "> VPN?\n\n**The desk** resets your token.\n\u2014 **VPN** [2]",
        (replace(QUOTE, quote="Leave is thirty days long."), other),
        0.9,
        composed=True,
        fallback=Fallback.FAILED,
    )

    assert words_behind(two_parts) == ("Leave is thirty days long.", "")


@pytest.mark.parametrize("many", [1, 3, 8, 30])
def test_the_words_behind_many_footnotes_do_not_double_an_answer(many: int) -> None:
    quotes = tuple(replace(QUOTE, quote=f"Rule {n} is that " + "word " * 80) for n in range(many))
    behind = words_behind(Answer("Text.", quotes, 0.9, composed=True))

    assert sum(map(len, behind)) <= 600
    assert all(words.startswith("Rule") for words in behind)
