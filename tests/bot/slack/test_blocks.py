"""The layout of an answer in Slack."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from footnote_bot.bot import foreign
from footnote_bot.bot.conversation.model import AskedQuestion, MessageRef, RecordedAnswer, Tally
from footnote_bot.bot.flags.content import (
    Circumstances,
    FlagCard,
    HistoryLine,
    OpenParts,
    OwnerNote,
)
from footnote_bot.bot.flags.model import Complaint, Flag, FlagState
from footnote_bot.bot.foreign import clean
from footnote_bot.bot.model import (
    Answer,
    Doubt,
    Fallback,
    Linked,
    Narrowed,
    NoAnswer,
    Reason,
    Source,
    Unchecked,
)
from footnote_bot.bot.slack.flags import cards
from footnote_bot.bot.slack.rendering import blocks, mrkdwn
from footnote_bot.bot.slack.rendering.links import origins
from footnote_bot.bot.slack.rendering.message import Message
from footnote_bot.bot.slack.rendering.mrkdwn import literal, render
from footnote_bot.bot.slack.rendering.sections import sections
from footnote_bot.playground.slack.kit.blocks import block_problems, text_length
from footnote_bot.playground.slack.limits import MESSAGE_BLOCKS_TEXT, UPDATED_TEXT
from footnote_bot.playground.slack.pings import live_pings
from tests.long import tries

ALLOWED = origins(["wiki.example.com"])
TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
SOURCE = Source(
    title="Leave",
    heading="Annual leave",
    url="https://wiki.example.com/leave#annual",
    quote="q",
    wiki="handbook",
    page="leave.md",
    revision="r1",
)
LINKED = (
    Linked(
        "handbook",
        "7",
        "https://wiki.example.com/pages/viewpage.action?pageId=7",
        Doubt.UNCONFIRMED,
    ),
    Linked("handbook", "8", "https://elsewhere.example/8", Doubt.EDITED),
)
"""The second link leads to no wiki."""
ASKED = AskedQuestion("How?", "U1", MessageRef("T1", "C1", "1.0", "1.0"), private=False)


def recorded_answer(answer: Answer | NoAnswer, **changes: object) -> RecordedAnswer:
    return replace(RecordedAnswer(7, ASKED, answer, NOW), **changes)  # type: ignore[arg-type] - a test's shorthand


def messages_of(answer: Answer | NoAnswer, tally: Tally | None = None) -> list[Message]:
    return blocks.answer(recorded_answer(answer), ALLOWED, today=TODAY, tally=tally)


def test_an_answer_is_text_then_sources_then_buttons() -> None:
    old = replace(SOURCE, title="Old", heading="", outdated=True, updated=date(2019, 1, 1))
    recorded = recorded_answer(
        Answer("Ask Ann. [1] Or not. [2]", (replace(SOURCE, updated=date(2026, 8, 1)), old), 0.9),
        as_of=datetime(2026, 11, 24, 14, 2, tzinfo=UTC),
    )
    [message] = blocks.answer(recorded, ALLOWED, today=TODAY)

    link = "https://wiki.example.com/leave#annual"
    assert message.text == "Ask Ann."
    assert message.blocks[:2] == [
        {
            "type": "section",
            "text": {
                "type": "mrkdwn",
                "text": f"Ask Ann. <{link}|[1]> Or not. <{link}|[2]>",
                "verbatim": True,
            },
        },
        {
            "type": "context",
            "elements": [
                {
                    "type": "mrkdwn",
                    "text": f"[1] <{link}|Leave &gt; Annual leave> \u00b7 updated 3 months ago\n"
                    f"[2] <{link}|Old> \u00b7 :warning: marked as outdated\n"
                    "Wiki as of 14:02 UTC",
                    "verbatim": True,
                }
            ],
        },
    ]
    assert [block["type"] for block in message.blocks[2:]] == ["context_actions"]


def small_print(recorded: RecordedAnswer) -> str:
    [message] = blocks.answer(recorded, ALLOWED, today=TODAY)
    return str(message.blocks[1]["elements"][0]["text"])


def test_quotations_in_a_model_s_place_say_why() -> None:
    answer = Answer("Ask Ann. [1]", (SOURCE,), 0.9, fallback=Fallback.SLOW)

    assert small_print(recorded_answer(answer)).split("\n")[0] == (
        "The language model took too long, so here are quotes from the pages."
    )


COMPOSED = Answer(
    "You get 30 days. [1]",
    (replace(SOURCE, quote="Leave is thirty days long."),),
    0.9,
    composed=True,
)


def test_the_words_behind_a_footnote_of_a_model_stand_below_its_source() -> None:
    lines = small_print(recorded_answer(COMPOSED)).split("\n")

    assert lines[0].startswith("[1] <https://wiki.example.com/leave")
    assert lines[1:] == ["\u201cLeave is thirty days long.\u201d"]


def test_a_quotation_is_not_repeated_below_its_source() -> None:
    [line] = small_print(recorded_answer(replace(COMPOSED, composed=False))).split("\n")

    assert line.startswith("[1] ")


def test_words_behind_a_footnote_ping_nobody_and_link_nowhere() -> None:
    hostile = "<!channel> @here <@U1> [x](https://evil.com) https://evil.com :white_check_mark: [2]"
    answer = replace(COMPOSED, sources=(replace(SOURCE, quote=hostile),))
    [message] = messages_of(answer)

    live = live_pings({"text": message.text, "blocks": message.blocks})
    assert {(ping.kind, ping.host) for ping in live} == {("link", "wiki.example.com")}
    assert small_print(recorded_answer(answer)).split("\n")[1] == (
        "\u201c&lt;!channel&gt; @\u2060here &lt;@U1&gt; x https:\u2060//evil.com "
        ":\u2060white_check_mark: (2)\u201d"
    )


def test_where_there_is_no_room_the_sources_stay_and_the_words_behind_go() -> None:
    """Addresses of this length fill the small print alone."""
    long = [f"https://wiki.example.com/{number}?{'x' * 560}" for number in range(5)]
    quotes = tuple(replace(SOURCE, url=url, quote="&" * 150) for url in long)
    lines = small_print(recorded_answer(replace(COMPOSED, sources=quotes))).split("\n")

    assert [line[:3] for line in lines] == ["[1]", "[2]", "[3]", "[4]"]


def test_so_does_a_reply_without_an_answer_above_the_nearest_pages() -> None:
    nothing = NoAnswer(Reason.NOTHING_FITS, "Nothing.", (SOURCE,), fallback=Fallback.FAILED)
    lines = small_print(recorded_answer(nothing)).split("\n")

    assert lines[0] == "The language model failed, so I only looked for words to quote."
    assert lines[1] == "The nearest sections:"


@pytest.mark.parametrize("why", Fallback)
def test_a_reply_without_an_answer_promises_no_quotes(why: Fallback) -> None:
    assert "here are quotes" in why.words
    assert "here are quotes" not in why.words_without_quotes
    assert why.words_without_quotes.partition(", so ")[0] == why.words.partition(", so ")[0]


def test_only_the_start_of_a_huge_title_is_examined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Messages are made on the event loop: a title of 300 KB of joiners took 0.8 s for each
    source."""
    looked_at: list[int] = []

    def record_length(text: str) -> str:
        looked_at.append(len(text))
        return clean(text)

    for module in (foreign, mrkdwn):
        monkeypatch.setattr(module, "clean", record_length)
    endless = replace(SOURCE, title="\u200d" * 300_000, heading="Leave " * 50_000)
    line = blocks.source_line(endless, ALLOWED, TODAY)

    assert "Leave Leave" in line
    assert max(looked_at) < 3_000


def test_an_old_source_says_so() -> None:
    old = replace(SOURCE, updated=date(2023, 11, 1), old=True)
    answer = Answer("Ask Ann. [1]", (old,), 0.9)

    assert small_print(recorded_answer(answer)).endswith(
        " \u00b7 :warning: old, updated 3 years ago"
    )


def test_an_answer_that_could_not_be_checked_says_so_above_its_sources() -> None:
    """The note stays whole, however many sources there are. Its date replaces our own."""
    answer = Answer("Ask Ann. [1]", (SOURCE,), 0.9, unchecked=Unchecked(NOW.replace(hour=9)))
    lines = small_print(recorded_answer(answer, as_of=NOW)).split("\n")

    assert lines[0] == (
        ":warning: The wiki did not answer in time, so these pages could not be checked again."
        " They were last checked on 24 Nov 2026 at 09:00 UTC."
    )
    assert [line[:3] for line in lines[1:]] == ["[1]"]


def test_an_answer_to_whoever_confluence_does_not_tell_says_so_above_its_sources() -> None:
    answer = Answer("Ask Ann. [1]", (SOURCE,), 0.9, narrowed=Narrowed())

    assert small_print(recorded_answer(answer)).split("\n")[0] == (
        ":warning: I could not ask the wiki what you may read, so I searched only what is open"
        " to everyone."
    )


def test_no_answer_says_so_once() -> None:
    [message] = messages_of(
        NoAnswer(Reason.RIGHTS_UNKNOWN, "I could not ask.", narrowed=Narrowed())
    )

    assert len(message.blocks) == 1


def test_no_answer_says_so_of_its_nearest_pages() -> None:
    nothing = NoAnswer(Reason.NOTHING_FITS, "Nothing.", (SOURCE,), unchecked=Unchecked())
    lines = small_print(recorded_answer(nothing, as_of=NOW)).split("\n")

    assert lines[0].startswith(":warning: The wiki did not answer in time")
    assert lines[0].endswith("could not be checked again.")
    assert lines[-1] == "Wiki as of 15:00 UTC"


@pytest.mark.parametrize(
    "answer",
    [
        Answer("Ask Ann. [1]", (SOURCE,), 0.9, linked=LINKED),
        NoAnswer(Reason.UNCHECKED, "I only link them.", linked=LINKED),
    ],
)
def test_a_page_that_could_not_be_checked_is_a_link_that_tells_nothing(
    answer: Answer | NoAnswer,
) -> None:
    *_, first, second = small_print(recorded_answer(answer)).split("\n")

    assert first == (
        ":link: <https://wiki.example.com/pages/viewpage.action?pageId=7|A page of handbook>:"
        " I could not confirm that you may read this now."
    )
    assert second == (
        ":link: A page of handbook: It was edited since I read it, and I could not read it again"
        " in time."
    )


def test_what_is_no_word_on_the_wiki_has_no_buttons() -> None:
    [message] = messages_of(NoAnswer(Reason.TOO_LONG, "Please ask in fewer words."))
    [unchecked] = messages_of(NoAnswer(Reason.UNCHECKED, "Please ask again."))

    assert unchecked.blocks[1:] == []
    assert [block["type"] for block in message.blocks] == ["section"]


@pytest.mark.parametrize(
    ("days", "words"),
    [(-1, "today"), (0, "today"), (1, "1 day ago"), (45, "1 month ago"), (800, "2 years ago")],
)
def test_ages_are_told_in_words(days: int, words: str) -> None:
    assert blocks.ago(date.fromordinal(TODAY.toordinal() - days), TODAY) == words


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Ask Ann. [1] She knows.", "Ask Ann."),
        ("Version 2.1 is out! Get it.", "Version 2.1 is out!"),
        ("- one\n- two", "one two"),
        ("```\ncode here\n```", "code here"),
        ("\u4f11\u6687\u3002\u6b21", "\u4f11\u6687\u3002"),
        ("word " * 100, "word " * 28 + "word\u2026"),
        ("", ""),
        (
            "**Tell your manager by ten.** Then rest.\n\u2014 **Leave > Sick leave** [1]",
            "Tell your manager by ten.",
        ),
    ],
)
def test_the_notification_is_the_first_sentence(text: str, sentence: str) -> None:
    assert blocks.first_sentence(text) == sentence


def test_verdicts_are_counted_in_channels_and_named_in_private() -> None:
    answer = Answer("Yes.", (SOURCE,), 0.9)
    private = recorded_answer(answer, asked=replace(ASKED, private=True))

    [open_] = messages_of(answer, Tally(good=2, bad=1))
    [closed] = blocks.answer(private, ALLOWED, today=TODAY, tally=Tally(bad=1))

    assert open_.blocks[-2]["elements"][0]["text"] == ":+1: 2   :-1: 1"
    assert closed.blocks[-2]["elements"][0]["text"] == "You flagged this."


HOSTILE = st.lists(
    st.sampled_from(
        ["<!channel>", "<@U1>", "@here", "www.evil.com", "https://evil.com", "ftp://evil.com/x",
         "https://\"evil", "[x](https://evil.com)", "`", "```", "\n", "\n\n```\n", " word ", "[1]",
         "https://wiki.example.com@evil.com", "https://wiki.example.com\\.evil.com/", "@group",
         "x" * 700, "&" * 700, "| a | b |\n", "**", "<http://evil.com|ok>", "\u202e", "\u200b"]
    )
    | st.text(max_size=20),
    max_size=30,
).map("".join)  # fmt: skip


@tries(150)
@examples(HOSTILE, HOSTILE, st.booleans())
def test_slack_takes_every_answer_and_card_and_nothing_in_them_is_alive(
    text: str, other: str, composed: bool
) -> None:
    """The local Slack judges; it shares no code with the sanitizer."""
    source = replace(SOURCE, title=other or "t", heading=text)
    foreign = replace(SOURCE, url=other, title=text)
    behind = (replace(source, quote=text), replace(foreign, quote=other))
    answer = recorded_answer(Answer(text or "x", behind, 0.9, composed=composed))
    again = Answer(f"{text} {other} x", behind, 0.9)
    flag = Flag(1, answer, "U1", Complaint.WRONG, other, FlagState.OPEN, NOW, NOW, again=again)
    open_parts = OpenParts((source, foreign), whole=True)
    around = Circumstances(
        other[:80], answer.asked.question, open_parts, open_parts, holder=text[:80],
        owner_words=text, address=f"https://wiki.example.com/{other}", edits=(text, other),
        history=(HistoryLine("took it", other[:80], NOW),),
    )  # fmt: skip
    allowed = cards.Allowed(ALLOWED, ALLOWED)
    messages = blocks.answer(answer, ALLOWED, today=TODAY, tally=Tally(1, 1))
    messages.append(cards.card(FlagCard(flag, around), allowed, today=TODAY))
    note = OwnerNote(flag, around.person, around.question, source, other)
    messages.append(cards.word_to_owner(note, allowed, today=TODAY))

    for message in messages:
        assert block_problems(message.blocks, "message") == []
        assert text_length(message.blocks) <= MESSAGE_BLOCKS_TEXT
        assert 0 < len(message.text) <= UPDATED_TEXT
        live = live_pings({"text": message.text, "blocks": message.blocks})
        assert {(ping.kind, ping.host) for ping in live} <= {("link", "wiki.example.com")}


def test_a_card_with_two_long_answers_and_many_sources_is_one_that_slack_takes() -> None:
    sources = tuple(
        replace(SOURCE, title=f"Page {number}", url=f"https://wiki.example.com/{'x' * 180}{number}")
        for number in range(12)
    )
    answer = recorded_answer(Answer("word " * 1_000, sources, 0.9))
    flag = Flag(
        1, answer, "U1", Complaint.WRONG, "c" * 1_000, FlagState.FIXED, NOW, NOW,
        again=answer.answer,
    )  # fmt: skip
    parts = OpenParts(sources, whole=True)
    around = Circumstances(
        "Ann", "if a < b: " * 100, parts, parts, edits=tuple(source.url for source in sources),
        history=(HistoryLine("took it", "Ben", NOW),) * 12,
    )  # fmt: skip
    message = cards.card(FlagCard(flag, around), cards.Allowed(ALLOWED, ALLOWED), today=TODAY)

    assert text_length(message.blocks) <= MESSAGE_BLOCKS_TEXT
    assert sum("Page 0" in str(block) for block in message.blocks) == 2


@tries(150)
@examples(HOSTILE)
def test_a_second_judge_finds_nothing_alive(text: str) -> None:
    for out in (literal(text), *sections(render(text, ALLOWED))):
        assert {(ping.kind, ping.host) for ping in live_pings(out)} <= {
            ("link", "wiki.example.com")
        }


def test_forty_thousand_characters_come_whole_in_messages_that_slack_takes() -> None:
    words = [f"word{number}" for number in range(4500)]
    messages = messages_of(Answer(" ".join(words), (SOURCE,) * 40, 0.9))

    assert all(text_length(message.blocks) < MESSAGE_BLOCKS_TEXT for message in messages)
    assert all(block_problems(message.blocks, "message") == [] for message in messages)
    texts = [b["text"]["text"] for m in messages for b in m.blocks if b["type"] == "section"]
    assert " ".join(texts).split() == words
