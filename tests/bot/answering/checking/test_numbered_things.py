"""Pages about numbered things (hosts, floors, years, lockers) do not disagree; two about one do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.deciding.confidence import Confidence
from bot.answering.words import numbers
from bot.answering.words.roles import Word
from bot.model import Answer, Question
from indexers.model import EVERYONE, Passage, Principal
from tests.fakes.defaults import Answerer
from tests.fakes.passages import passages
from tests.fakes.retrieval import TickingClock, retrieval_over
from tests.long import tries


@dataclass(frozen=True)
class Kind:
    """A kind of numbered thing: possible titles of its page, possible sentences about its value
    (with its number or without), and questions about it."""

    titles: Sequence[str]
    naming: Sequence[str]
    bare: Sequence[str]
    asking: Sequence[str]


HOSTS = Kind(
    ["Host {id}", "host-{id}", "Runbook of host {id}", "Database host {id} in the cellar"],
    ["Host {id} has {value} GB of memory.", "The memory of host {id} is {value} GB."],
    ["The host has {value} GB of memory.", "Its memory is {value} GB large."],
    ["How much memory has host {id}?", "How much memory does the host have?"],
)
FLOORS = Kind(
    ["Floor {id}", "Plan of floor {id}", "Berlin, floor {id}"],
    ["Floor {id} has {value} desks.", "On floor {id} there are {value} desks."],
    ["The floor has {value} desks in all.", "There are {value} desks on this floor."],
    ["How many desks are on floor {id}?", "How many desks does the floor have?"],
)
YEARS = Kind(
    ["Budget 20{id}", "20{id}", "Travel budget for 20{id}"],
    [
        "In 20{id} the travel budget was {value} euros.",
        "The travel budget of 20{id} is {value} euros.",
    ],
    ["The travel budget is {value} euros.", "We have {value} euros for travel budget."],
    ["What is the travel budget of 20{id}?", "How large is the travel budget?"],
)
LOCKERS = Kind(
    ["Locker {id}", "Locker number {id}", "Cellar: locker {id}"],
    ["Locker {id} has the code {value}.", "Locker {id}: the code is {value}."],
    ["The code of the locker is {value}.", "This locker opens with the code {value}."],
    ["What is the code of locker {id}?", "What is the code of the locker?"],
)
kinds = st.sampled_from([HOSTS, FLOORS, YEARS, LOCKERS])
ids = st.integers(10, 40)
values = st.integers(2, 60)
"""Small values: a value is often another thing's number."""


def answer(pages: Sequence[Passage], question: str) -> str:
    answerer = Answerer(
        retrieval_over(pages), Confidence(bias=9.0), ("handbook",), clock=TickingClock()
    )
    result = answerer.answer(Question(question, Principal.of(EVERYONE)))
    assert isinstance(result, Answer)
    return result.text


def page(key: str, title: str, text: str, heading: str = "") -> Passage:
    [passage] = passages(key, text)
    return replace(passage, title=title, headings=(heading,) if heading else ())


@st.composite
def wikis(draw: st.DrawFn) -> tuple[list[Passage], str]:
    """Return one page for each thing, all of the same form, and a question about one of them."""
    kind = draw(kinds)
    numbers = draw(st.lists(ids, min_size=2, max_size=6, unique=True))
    title = draw(st.sampled_from(kind.titles))
    where = draw(st.sampled_from(["title", "heading", "sentence"]))
    sentence = draw(st.sampled_from([*kind.naming, *(kind.bare if where != "sentence" else ())]))
    suffix = draw(st.sampled_from(["", " Ask the office first.", "\n\nIt was 7 before."]))
    pages = []
    for number in numbers:
        name = title.format(id=number)
        text = sentence.format(id=number, value=draw(values)) + suffix
        titled, heading = {"title": (name, ""), "heading": ("All of them", name)}.get(
            where, ("Notes", "")
        )
        pages.append(page(f"page-{number}", titled, text, heading))
    return pages, draw(st.sampled_from(kind.asking)).format(id=numbers[0])


@tries(200)
@given(wikis())
def test_pages_about_different_things_do_not_disagree(wiki: tuple[list[Passage], str]) -> None:
    pages, question = wiki

    assert "disagree" not in answer(pages, question)


@pytest.mark.parametrize(
    "sentence",
    [
        "Server A{id} has {value} disks.",
        "Room 4.{id} seats {value} people.",
        "Team {id} meets at {value}:30.",
        "The {id}th floor has {value} desks.",
        "Ticket OPS-{id} was closed after {value} days.",
        "Ticket #{id} was closed after {value} days.",
        "Port {id} of the switch leads to desk {value}.",
        "For version 3.{id} you need Python 3.{value}.",
        "The meeting on {id} March 2024 had {value} guests.",
        "- **Host {id}** ({value} GB of memory)",
        "- host{id}: {value} GB of memory",
        "{id}: the code is {value}",
    ],
)
@pytest.mark.parametrize("other_value", [7, 8])
def test_a_sentence_says_by_itself_which_thing_it_is_about(sentence: str, other_value: int) -> None:
    pages = [
        page("one", "Notes", sentence.format(id=12, value=7)),
        page("other", "Notes", sentence.format(id=13, value=other_value)),
    ]
    question = " ".join(word for word in sentence.split() if word.isalpha()) + " code memory?"

    assert "disagree" not in answer(pages, question)


@tries(150)
@given(st.data())
def test_two_pages_about_one_thing_disagree(data: st.DataObject) -> None:
    kind = data.draw(kinds)
    number = data.draw(ids)
    first, second = data.draw(st.lists(values, min_size=2, max_size=2, unique=True))
    sentence = data.draw(st.sampled_from([*kind.naming, *kind.bare]))
    titles = [data.draw(st.sampled_from(kind.titles)).format(id=number)] * 2
    if kind is LOCKERS or kind is HOSTS:
        titles[1] = f"Notes on {titles[1][:1].lower()}{titles[1][1:]}"
    pages = [
        page("one", titles[0], sentence.format(id=number, value=first)),
        page("other", titles[1], sentence.format(id=number, value=second)),
    ]
    text = answer(pages, kind.asking[0].format(id=number))

    assert "The pages disagree" in text
    assert str(first) in text.partition("disagree")[2]
    assert str(second) in text.partition("disagree")[2]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("Leave", "Annual leave is 25 days long."), ("Benefits", "Annual leave is 30 days long.")),
        (("Deploy", "Use port 8080 for staging."), ("Staging", "Use port 9090 for staging.")),
        (("People", "Ada sits on floor 2."), ("Offices", "Ada sits on floor 3.")),
        (("Rates", "The tax is 19 percent."), ("Invoices", "The tax is 7 %.")),
        (("Fees", "The pass costs $5 a month."), ("Gym", "The pass costs $7 a month.")),
        (("Contract", "The contract ends in 2027."), ("Legal", "The contract ends in 2028.")),
        (
            ("3.2 Leave", "Annual leave is 25 days long."),
            ("Leave", "Annual leave is 30 days long."),
        ),
        (
            ("Leave", "Annual leave is 30 days, and 5 of them may be carried over."),
            ("Benefits", "Annual leave is 25 days, and 3 of them may be carried over."),
        ),
        (
            ("Leave", "Annual leave is twenty-five days long."),
            ("Benefits", "Annual leave is 30 days long."),
        ),
        (("Leave", "Annual leave is 2.5 days long."), ("FAQ", "Annual leave is 25 days long.")),
        (
            ("Leave", "Parental leave is 16 weeks long and 4 weeks are paid."),
            ("FAQ", "Parental leave is 4 weeks long and 16 weeks are paid."),
        ),
        (
            ("Rules", "Passwords must have at least 12 characters."),
            ("FAQ", "Passwords must have 8 characters."),
        ),
        (
            ("Leave", "Carried leave is not more than 25 days."),
            ("FAQ", "Carried leave is at most 30 days."),
        ),
    ],
)
def test_another_value_of_the_same_is_told(first: tuple[str, str], second: tuple[str, str]) -> None:
    question = (
        f"What about this: {first[1].rstrip('.')}?" if "2027" not in first[1] else "contract ends?"
    )
    words = "".join(c for c in question if not c.isdigit())
    heading = first[0] if first[0][0].isdigit() else ""
    pages = [
        page("one", "Leave" if heading else first[0], first[1], heading),
        page("other", *second),
    ]

    assert "disagree" in answer(pages, words)


@pytest.mark.parametrize(
    ("first", "second", "question"),
    [
        (
            ("Leave", "Annual leave is 25 days."),
            ("FAQ", "Annual leave is 5 weeks."),
            "annual leave?",
        ),
        (
            ("Leave", "Annual leave is 25 days long."),
            ("Benefits", "Annual leave is twenty-five days long."),
            "How long is annual leave?",
        ),
        (
            ("Rooms", "Locker 17 belongs to Ada."),
            ("Keys", "Locker 18 belongs to Ada."),
            "locker Ada?",
        ),
        (
            ("A", "In 2024 Ada led the team."),
            ("B", "In 2025 Ada led the team."),
            "Who led the team?",
        ),
        (
            ("Desks", "| Desk | Screens |\n| --- | --- |\n| 12 | 2 screens each |"),
            ("More", "| Desk | Screens |\n| --- | --- |\n| 13 | 3 screens each |"),
            "How many screens each?",
        ),
        (
            ("Onboarding Berlin", "Probation in the Berlin office takes 6 months."),
            ("Onboarding Paris", "Probation in the Paris office takes 4 months."),
            "How long does probation in the office take?",
        ),
        (
            ("The Berlin office", "Probation takes 6 months."),
            ("The Paris office", "Probation takes 4 months."),
            "How long does probation take?",
        ),
        (
            ("Backups", "Backups run at 2 [1]."),
            ("Nightly jobs", "Backups run at 2 [2]."),
            "When do backups run?",
        ),
        (
            ("Passwords", "Passwords must have at least 12 characters."),
            ("Rules", "Passwords must have at most 64 characters."),
            "How long must passwords be?",
        ),
        (
            ("Small", "Purchases under 500 euros need approval by a manager."),
            ("Large", "Purchases over 5000 euros need approval by a manager."),
            "Which purchases need approval by a manager?",
        ),
        (
            ("Canteen", "The canteen opens at 8.30 every day."),
            ("Lunch", "The canteen opens at 8:30 every day."),
            "When does the canteen open?",
        ),
        (
            ("Canteen", "The canteen closes at 2:00 pm."),
            ("Lunch", "The canteen closes at 14:00."),
            "When does the canteen close?",
        ),
        (
            ("Expenses", "Submit expenses within 30 days."),
            ("Receipts", "Submit expenses after 5 days."),
            "When to submit expenses?",
        ),
        (
            ("Budget", "The budget is 1.000 euros."),
            ("Money", "The budget is 1000 euros."),
            "What is the budget?",
        ),
    ],
)
def test_what_only_looks_like_another_value_is_none(
    first: tuple[str, str], second: tuple[str, str], question: str
) -> None:
    assert "disagree" not in answer([page("one", *first), page("other", *second)], question)


@pytest.mark.parametrize("years", [200, 2_000])
def test_a_run_of_years_is_read_once(monkeypatch: pytest.MonkeyPatch, years: int) -> None:
    """A search for the end of the run from each of its years would take quadratic time."""
    looked, of_a_date = 0, numbers._is_of_a_date

    def counted(word: Word) -> bool:
        nonlocal looked
        looked += 1
        return of_a_date(word)

    monkeypatch.setattr(numbers, "_is_of_a_date", counted)

    assert len(numbers.read_numbers("Floor " + "1999 " * years + "is closed.")) == years
    assert looked <= years + 10
