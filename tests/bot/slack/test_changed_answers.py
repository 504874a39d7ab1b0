"""The card of a fixed flag: both answers whole, and what changed is marked."""

from __future__ import annotations

from footnote_bot.bot.flags.content import Circumstances, FlagCard, OpenParts
from footnote_bot.bot.flags.model import Complaint, Flag, FlagState
from footnote_bot.bot.model import Answer
from footnote_bot.bot.slack.flags import cards
from footnote_bot.bot.slack.rendering.changes import mark_changes
from footnote_bot.bot.slack.rendering.mrkdwn import render
from footnote_bot.bot.slack.texts import flags as texts
from footnote_bot.playground.slack.kit.blocks import block_problems, text_length
from footnote_bot.playground.slack.limits import MESSAGE_BLOCKS_TEXT

from .test_blocks import ALLOWED, NOW, SOURCE, TODAY, recorded_answer

STEPS = "Do this:\n\n1. Lock it.\n2. Tell **your lead**.\n3. Inform #equipment."


def test_words_that_went_are_struck_through_and_new_ones_are_bold() -> None:
    old, new = marked(STEPS, STEPS.replace("#equipment.", "#equipment, and call 555-0100."))

    assert old == "Do this:\n1. Lock it.\n2. Tell *your lead*.\n3. Inform ~#equipment.~"
    assert new == (
        "Do this:\n1. Lock it.\n2. Tell *your lead*.\n3. Inform *#equipment, and call 555-0100.*"
    )


def test_a_mark_ends_with_its_line() -> None:
    old, new = marked("One two three four.", "One two three four.\n\n- Five six.\n- Seven.")

    assert old == "One two three four."
    assert new == "One two three four.\n*\u2022 Five six.*\n*\u2022 Seven.*"


def test_links_and_code_are_marked_whole_and_a_quotation_stays_one() -> None:
    link = "[the form](https://wiki.example.com/a)"
    old, new = marked("> See the page and call Ann now", f"> See {link} and `run it` call Ann now")

    assert old == "&gt; See ~the page~ and call Ann now"
    assert new == ("&gt; See *<https://wiki.example.com/a|the form>* and *`run it`* call Ann now")


def test_text_in_a_fence_is_shown_as_it_is() -> None:
    old, new = marked("Run this now:\n\n```\nmake *all*\n```", "Run this now:\n\n```\nmake it\n```")

    assert old.endswith("make *all*")
    assert new.endswith("make it")


def test_an_answer_with_mostly_other_words_is_not_marked() -> None:
    assert marked("Ask Ann.", "Leave is booked in the portal.") == (
        "Ask Ann.", "Leave is booked in the portal.",
    )  # fmt: skip


def test_texts_that_would_take_long_to_compare_are_not_marked() -> None:
    words = " ".join(map(str, range(1_300)))

    assert marked(words, f"{words} c") == (words, f"{words} c")


def test_a_card_says_how_changes_are_marked() -> None:
    shown = texts_of(STEPS, STEPS.replace("Lock", "Wipe"))

    assert f"*{texts.OLD_ANSWER_MARKED}*" in shown
    assert "~Lock~ it." in shown
    assert f"*{texts.NEW_ANSWER_MARKED}*" in shown
    assert "*Wipe* it." in shown


def test_a_card_says_that_the_new_answer_is_the_same() -> None:
    shown = texts_of(STEPS, STEPS)

    assert f"*{texts.SAME_ANSWER}*" in shown
    assert "~" not in shown


def test_two_answers_of_five_thousand_characters_are_shown_whole() -> None:
    sentences = [f"Sentence {number} of the long answer." for number in range(140)]
    old, new = " ".join(sentences), " ".join([*sentences, "And a new one."])
    shown = texts_of(old, new)

    assert shown.count(sentences[0]) == shown.count(sentences[-1]) == 2
    assert "*And a new one.*" in shown
    assert texts.REST_TOO_LONG not in shown


def test_a_card_says_that_an_answer_does_not_fit() -> None:
    short, long = "One short sentence.", "word " * 4_000
    shown = texts_of(short, long)

    assert "One short sentence." in shown
    assert shown.count(texts.REST_TOO_LONG) == 1


def marked(old: str, new: str) -> tuple[str, str]:
    first, second = mark_changes(render(old, ALLOWED), render(new, ALLOWED))
    return "\n".join(piece.text for piece in first), "\n".join(piece.text for piece in second)


def texts_of(old: str, new: str) -> str:
    """Return the text of the card's blocks, which Slack takes."""
    recorded = recorded_answer(Answer(old, (SOURCE,), 0.9))
    flag = Flag(
        1, recorded, "U1", Complaint.WRONG, "", FlagState.FIXED, NOW, NOW,
        again=Answer(new, (SOURCE,), 0.9),
    )  # fmt: skip
    parts = OpenParts((SOURCE,), whole=True)
    around = Circumstances("Ann", "How?", parts, parts, edits=("",))
    card = cards.card(FlagCard(flag, around), cards.Allowed(ALLOWED, ALLOWED), today=TODAY)

    assert block_problems(card.blocks, "message") == []
    assert text_length(card.blocks) <= MESSAGE_BLOCKS_TEXT
    sections = [block["text"] for block in card.blocks if block["type"] == "section"]
    small = [text for block in card.blocks for text in block.get("elements", ())]
    return "\n".join(str(text["text"]) for text in (*sections, *small))
