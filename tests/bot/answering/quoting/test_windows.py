"""The sentence that answers, chosen by a cross-encoder or by words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.quoting.outline import outline
from bot.answering.quoting.window import TIE
from bot.answering.quoting.windows import CHARACTERS, Read, ranked
from bot.answering.words.stems import Weights, stems
from tests.fakes.passages import passages
from tests.indexers.light_markdown import SECTIONS


def best(question: str, text: str, read: Read | None = None) -> list[str]:
    """Return the texts of the units, the best first."""
    (passage,) = passages("leave", text)
    units = outline(text)
    weigh = Weights([stems(text), stems("other words"), stems("and more")])
    return [units[window.place].text for window in ranked(question, passage, units, weigh, read)]


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("Who is the first aider in hall 2?", "First aiders in hall 1: Ada. In hall 2: Mia.", 1),
        ("torque of BT30", "BT40 holders: 110 Nm. BT30 holders: 60 Nm.", 1),
        ("what is in 3.13.2", "- 3.13.0: the panel\n- 3.13.2: the clock", 1),
        ("from hall 2 to hall 1", "Hall 1 is near. Hall 2 is far.", 0),
        ("who is in hall 3", "Hall 1 is near. Hall 2 is far.", 0),
        ("what happened in 2026", "In 2025 it rained. In 2026 it snowed.", 0),
        ("where does lift 2 go", "| Lift | Floors |\n|---|---|\n| 1 | 0-6 |\n| 2 | 0-4 |", 2),
        ("where does lift 2 go", "| Lift | Floors |\n|---|---|\n| 1 | 2 |\n| 2 | 0-4 |", 2),
    ],
)
def test_a_sentence_about_another_numbered_thing_is_not_the_answer(
    question: str, text: str, answer: int
) -> None:
    units = [unit.text for unit in outline(text)]

    def likes_the_first(_: str, texts: Sequence[str]) -> list[float]:
        return [5.0 * text.endswith(units[0]) for text in texts]

    assert best(question, text, likes_the_first)[0] == units[answer]


def test_of_items_that_answer_equally_well_the_one_with_more_of_the_words_answers() -> None:
    text = "- Saturday: 25 %\n- Sunday: 50 %\n- Night: 30 %"

    assert best("overtime sunday", text, lambda _, texts: [1.0] * len(texts))[0] == "Sunday: 50 %"


def test_a_follow_up_for_another_thing_is_not_answered_with_the_row_of_the_first() -> None:
    text = "| Material | Feed |\n|---|---|\n| Brass | 1100 |\n| Steel | 480 |\n\nFeeds are safe."
    (passage,) = passages("feeds", text)
    units = outline(text)

    def likes_brass(_: str, texts: Sequence[str]) -> list[float]:
        return [5.0 * ("Brass" in text) for text in texts]

    windows = ranked(
        "feed for brass for steel?", passage, units, Weights([]), likes_brass, "for steel?"
    )

    assert "Brass" not in " ".join(units[window.place].text for window in windows)
    assert units[windows[0].place].text.startswith("Steel")


TEXT = "Ask early. Leave is thirty days long. Cats are fine."


def test_without_a_model_the_words_that_are_shared_decide() -> None:
    assert best("How long is leave?", TEXT)[0] == "Leave is thirty days long."


def test_a_cross_encoder_decides_where_there_is_one() -> None:
    def likes_cats(_: str, texts: Sequence[str]) -> list[float]:
        return [float("Cats" in text) for text in texts]

    assert best("How long is leave?", TEXT, likes_cats)[0] == "Cats are fine."


def test_a_cross_encoder_that_cannot_tell_in_time_changes_nothing() -> None:
    assert best("How long is leave?", TEXT, lambda *_: None) == best("How long is leave?", TEXT)


ROWS = (
    "| Level | Fix |\n| --- | --- |\n| Severity 1 | 30 days |\n| Severity 2 | year |\n| Red | no |"
)


@pytest.mark.parametrize("read", [None, lambda _, texts: [-len(text) / 99 for text in texts]])
def test_rows_with_fewer_words_of_the_question_are_about_something_else(read: Read | None) -> None:
    assert best("How long is a fix of severity 1?", ROWS)[:1] == ["Severity 1 · 30 days"]
    assert "Severity 2 · year" not in best("How long is a fix of severity 1?", ROWS)
    assert "Severity 2 · year" in best("How long are severity 1 and severity 2?", ROWS, read)
    assert "Severity 2 · year" in best("How long is a severity?", ROWS, read)
    assert "Red · no" in best("Are severity 1 and red alike?", ROWS, read)


DOSES = (
    "| Drug | Maximum | Reduce |\n| --- | --- | --- |\n| Aspirin, oral | 4 g | |\n"
    "| Aspirin, IV | 4 g | |\n| Other drug | ask | |\n| Codeine | 1 g | over 75 years |\n\n"
    "Never exceed it."
)


def test_a_row_whose_first_cell_the_question_names_goes_before_one_like_the_rest_of_it() -> None:
    def likes_codeine(_: str, texts: Sequence[str]) -> list[float]:
        return [9.0 * ("Codeine" in text) + ("IV" in text) for text in texts]

    ordered = best("How much aspirin at 4 years?", DOSES, likes_codeine)

    assert ordered == ["Aspirin, IV · 4 g", "Aspirin, oral · 4 g", "Never exceed it."]
    assert (
        best("How much over 75 years?", DOSES, likes_codeine)[0] == "Codeine · 1 g · over 75 years"
    )


def test_two_rows_whose_first_cells_the_question_names_answer_together() -> None:
    (passage,) = passages("doses", DOSES)
    table = outline(DOSES)

    def likes_aspirin(_: str, texts: Sequence[str]) -> list[float]:
        return [9.0 * ("Aspirin, oral" in text) for text in texts]

    windows = ranked(
        "How much of the drug oral aspirin and codeine?",
        passage,
        table,
        Weights([stems(DOSES)]),
        likes_aspirin,
    )

    assert [table[window.place].text for window in windows if window.behind <= TIE] == [
        "Aspirin, oral · 4 g",
        "Codeine · 1 g · over 75 years",
    ]


@pytest.mark.parametrize(
    "repeated", ["> Charge cannot be updated on MM/DD", "```\nCharge cannot be updated\n```"]
)
def test_a_message_that_the_question_repeats_is_no_answer_to_it(repeated: str) -> None:
    text = f"You may see this:\n\n{repeated}\n\nThe licence was renewed twice."

    units = best('"charge cannot be updated", what now?', text)
    assert "The licence was renewed twice." in units
    assert not any(unit.startswith("Charge") for unit in units)


def test_a_command_that_says_more_than_the_question_answers() -> None:
    text = "Do it so:\n\n```sh\nterraform apply -var private=false\n```"

    assert "private=false" in best("how do I apply terraform?", text)[0]


RULE = "For example, leave of ten days is paid for five days. Leave is paid for half of its days."


@pytest.mark.parametrize("read", [None, lambda _, texts: [1.0 + len(text) / 99 for text in texts]])
def test_a_rule_goes_before_an_example_of_it(read: Read | None) -> None:
    assert best("How many days of leave are paid?", RULE, read)[0].startswith("Leave is paid")


PLANS = (
    "| Plan | Requests |\n|---|---|\n| Starter | 300 |\n| Pro | 1200 |\n\n"
    "Example: A Starter customer that sends 350 requests gets 50 errors."
)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("how many requests can a Starter customer make", "Starter · 300"),
        ("how many requests can a Pro customer make", "Pro · 1200"),
        ("how many requests can a Business customer make", "Example"),
        ("an example of the requests of a Starter customer", "Example"),
    ],
)
def test_the_row_of_the_thing_goes_before_an_example(question: str, answer: str) -> None:
    def likes_examples(_: str, texts: Sequence[str]) -> list[float]:
        return [20.0 * ("Example" in text) for text in texts]

    assert best(question, PLANS, likes_examples)[0].startswith(answer)


def test_an_example_of_another_numbered_thing_goes_behind() -> None:
    text = "Rates are in the app. Example: a band 5 nurse earns 214 pounds."

    def likes_examples(_: str, texts: Sequence[str]) -> list[float]:
        return [20.0 * ("Example" in text) for text in texts]

    assert best("rate for band 7", text, likes_examples)[0] == "Rates are in the app."
    assert best("rate for band 5", text, likes_examples)[0].startswith("Example")


def test_whoever_asks_for_an_example_gets_it() -> None:
    question = "What is an example of leave that is paid for days?"

    assert best(question, RULE)[0].startswith("For example")


def test_it_reads_where_a_sentence_stands_and_what_introduces_it() -> None:
    texts_read: list[str] = []

    def read(_: str, texts: Sequence[str]) -> list[float]:
        texts_read.extend(texts)
        return [0.0] * len(texts)

    best("What do I need?", "You need:\n\n- a lead\n- a form", read)

    assert all(text.startswith("Leave\n") for text in texts_read)
    assert "Leave\nYou need:\na form" in texts_read


def test_what_only_names_what_is_below_it_does_not_answer() -> None:
    table = "Rates\n\n| City | Days |\n| --- | --- |\n| Berlin | 30 |"

    assert best("rates city days", table) == ["Berlin · 30"]


@given(SECTIONS, st.text("abcdefghij ", max_size=20))
def test_what_is_read_is_bounded_and_the_best_has_nothing_before_it(
    text: str, question: str
) -> None:
    texts_read: list[str] = []

    def noting(_: str, texts: Sequence[str]) -> list[float]:
        texts_read.extend(texts)
        return [float(len(text)) for text in texts]

    (passage,) = passages("leave", text or "x")
    units = outline(text)
    windows = ranked(question, passage, units, Weights([]), noting)

    assert sum(map(len, texts_read)) <= CHARACTERS + len(texts_read) * len("Leave\n")
    assert [window.behind for window in windows] == sorted(window.behind for window in windows)
    assert not windows or windows[0].behind == 0


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("A manager may spend 500 euros. A director may spend 2000 euros. Ask first.", 1),
        ("- A manager may spend 500 euros.\n- A director may spend 2000 euros.", 1),
        # A sentence about both answers, and so does one that no other replaces.
        ("A manager or director may spend 500 euros. Ask the director first.", 0),
        ("A manager may spend 500 euros. Ask first.", 0),
    ],
)
def test_a_follow_up_for_another_thing_is_not_answered_with_the_sentence_about_the_first(
    text: str, answer: int
) -> None:
    units = outline(text)
    (passage,) = passages("spending", text)

    def likes_the_manager(_: str, texts: Sequence[str]) -> list[float]:
        return [5.0 * ("manager" in text) for text in texts]

    question = "How much may a manager spend? a director?"
    windows = ranked(question, passage, units, Weights([]), likes_the_manager, "a director?")

    assert windows[0].place == answer


@pytest.mark.parametrize(("question", "answer"), [("leave?", 0), ("when is leave lost?", 2)])
def test_a_section_whose_name_is_asked_is_quoted_from_its_beginning(
    question: str, answer: int
) -> None:
    text = "Leave is thirty days long. Ask early. It is lost in May."
    (passage,) = passages("leave", text)
    passage = replace(passage, headings=("Leave",))
    units = outline(text)

    def likes_the_last(_: str, texts: Sequence[str]) -> list[float]:
        return [5.0 * ("lost" in text) for text in texts]

    windows = ranked(question, passage, units, Weights([]), likes_the_last)

    assert windows[0].place == answer
