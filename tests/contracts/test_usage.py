"""The contract of Usage: in the bot's database, and in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.bot.answering.llm.usage import Cap, Payer, Spent, Usage
from footnote_bot.bot.conversation.model import IncomingMessage, MessageKind
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.inbox import DatabaseInbox
from footnote_bot.bot.state.usage import DatabaseUsage
from tests.bot.databases import POSTGRESQL, empty
from tests.fakes.usage import MemoryUsage
from tests.long import tries

TODAY = date(2026, 11, 24)
DAY: Payer = ("day", "")
ANNA: Payer = ("person", "U1")
FREE = Cap()


@pytest.fixture(params=["memory", "sqlite", *(["postgresql"] if POSTGRESQL else [])])
def usage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Usage]:
    if request.param == "memory":
        yield MemoryUsage()
        return
    if request.param == "postgresql":
        empty(POSTGRESQL)
    where = POSTGRESQL if request.param == "postgresql" else tmp_path / "state.db"
    database = Database.open(where)
    record_questions(database, "U1", "X")
    yield DatabaseUsage(database)
    database.close()


def record_questions(database: Database, *people: str) -> None:
    """Record a question of each person: usage is counted to people who ask."""
    inbox = DatabaseInbox(database, lambda: datetime(2026, 11, 24, tzinfo=UTC))
    for person in people:
        inbox.receive(
            IncomingMessage(person, MessageKind.DIRECT, "T1", "D1", person, person, person, "Why?")
        )


def remaining(usage: Usage, payer: Payer, cap: int, day: date = TODAY) -> int:
    """Return how many tokens ``payer`` may still take, by taking them and giving them back."""
    for tokens in range(cap, 0, -1):
        if usage.take(day, {payer: Cap(cap)}, Spent(tokens)):
            usage.correct(day, {payer: FREE}, Spent(-tokens))
            return tokens
    return 0


def test_a_cap_holds_exactly_what_it_is(usage: Usage) -> None:
    caps = {ANNA: Cap(10)}

    assert usage.take(TODAY, caps, Spent(4))
    assert usage.take(TODAY, caps, Spent(6))
    assert not usage.take(TODAY, caps, Spent(1))


def test_more_than_the_cap_is_never_taken_at_once(usage: Usage) -> None:
    assert not usage.take(TODAY, {ANNA: Cap(10)}, Spent(11))
    assert remaining(usage, ANNA, 10) == 10


def test_no_bound_is_no_bound_but_counts(usage: Usage) -> None:
    assert usage.take(TODAY, {DAY: FREE}, Spent(10**12, 10**6))
    assert not usage.take(TODAY, {DAY: Cap(10**12)}, Spent(1))


def test_cost_is_a_bound_of_its_own(usage: Usage) -> None:
    caps = {DAY: Cap(cost=1.0)}

    assert usage.take(TODAY, caps, Spent(10, 0.75))
    assert not usage.take(TODAY, caps, Spent(1, 0.5))
    assert usage.take(TODAY, caps, Spent(1, 0.25))


def test_tokens_over_one_payers_cap_are_counted_to_none(usage: Usage) -> None:
    assert usage.take(TODAY, {ANNA: Cap(5)}, Spent(5))
    assert not usage.take(TODAY, {DAY: Cap(10), ANNA: Cap(5)}, Spent(1))
    assert not usage.take(TODAY, {ANNA: Cap(5), ("zone", ""): Cap(10)}, Spent(1))
    assert remaining(usage, DAY, 10) == 10
    assert remaining(usage, ("zone", ""), 10) == 10


def test_payers_of_one_id_are_told_apart_by_their_kind(usage: Usage) -> None:
    assert usage.take(TODAY, {("person", "X"): Cap(1)}, Spent(1))
    assert usage.take(TODAY, {("channel", "X"): Cap(1)}, Spent(1))
    assert not usage.take(TODAY, {("person", "X"): Cap(1)}, Spent(1))


def test_unused_tokens_are_given_back(usage: Usage) -> None:
    caps = {DAY: Cap(10, 1.0)}
    usage.take(TODAY, caps, Spent(10, 1.0))
    usage.correct(TODAY, caps, Spent(-7, -0.75))

    assert usage.take(TODAY, caps, Spent(7, 0.75))
    assert not usage.take(TODAY, caps, Spent(1, 0.0))


def test_more_than_was_taken_may_have_been_used(usage: Usage) -> None:
    caps = {DAY: Cap(10)}
    usage.take(TODAY, caps, Spent(10))
    usage.correct(TODAY, caps, Spent(5))
    usage.correct(TODAY, caps, Spent(-5))

    assert remaining(usage, DAY, 10) == 0


def test_a_new_day_begins_with_nothing_spent(usage: Usage) -> None:
    caps = {DAY: Cap(10)}
    usage.take(TODAY, caps, Spent(10))

    assert usage.take(TODAY + timedelta(days=1), caps, Spent(10))


def test_what_is_given_back_of_yesterday_is_not_today_s(usage: Usage) -> None:
    caps = {DAY: Cap(10)}
    usage.take(TODAY, caps, Spent(10))
    tomorrow = TODAY + timedelta(days=1)
    usage.take(tomorrow, caps, Spent(10))
    usage.correct(TODAY, caps, Spent(-10))

    assert not usage.take(tomorrow, caps, Spent(1))


@pytest.mark.parametrize("tokens", [1, 4])
def test_however_many_take_at_once_a_cap_is_never_exceeded(usage: Usage, tokens: int) -> None:
    """And all tokens under the cap are handed out."""
    caps = {DAY: Cap(42), ANNA: FREE}
    amounts: list[int] = []

    def take() -> None:
        while usage.take(TODAY, caps, Spent(tokens)):
            amounts.append(tokens)

    together([take] * 4)

    assert sum(amounts) == 42 // tokens * tokens


def together(works: list[Callable[[], None]]) -> None:
    with ThreadPoolExecutor(len(works)) as pool:
        for future in [pool.submit(work) for work in works]:
            future.result()


def test_who_takes_for_the_same_payers_in_another_order_waits_for_nobody_for_ever(
    usage: Usage,
) -> None:
    caps: Mapping[Payer, Cap] = {DAY: FREE, ANNA: FREE}
    other: Mapping[Payer, Cap] = {ANNA: FREE, DAY: FREE}

    def take(caps: Mapping[Payer, Cap]) -> None:
        for _ in range(20):
            usage.take(TODAY, caps, Spent(1))
            usage.correct(TODAY, caps, Spent(1))

    together([lambda: take(caps), lambda: take(other)])

    assert usage.take(TODAY, {DAY: Cap(81), ANNA: Cap(81)}, Spent(1))
    assert not usage.take(TODAY, {DAY: Cap(81)}, Spent(1))


STEPS = st.lists(
    st.tuples(st.sampled_from(["take", "give back", "sleep"]), st.integers(0, 6), st.booleans()),
    max_size=25,
)


@tries(50)
@given(STEPS, st.integers(0, 20), st.integers(0, 12))
def test_the_database_counts_as_memory_does(
    steps: list[tuple[str, int, bool]], day_cap: int, person_cap: int
) -> None:
    database = Database.open("sqlite://")
    record_questions(database, "U1")
    usages, day = (MemoryUsage(), DatabaseUsage(database)), TODAY
    receipts: list[tuple[date, Mapping[Payer, Cap], int]] = []
    try:
        for step, tokens, anna in steps:
            if step == "take":
                caps = {DAY: Cap(day_cap)} | ({ANNA: Cap(person_cap)} if anna else {})
                from_memory, as_well = (usage.take(day, caps, Spent(tokens)) for usage in usages)
                assert from_memory == as_well
                receipts += [(day, caps, tokens)] if from_memory else []
            elif step == "give back" and receipts:
                day_taken, caps, most = receipts.pop()
                for usage in usages:
                    usage.correct(day_taken, caps, Spent(-min(tokens, most)))
            elif step == "sleep":
                day += timedelta(days=1)
    finally:
        database.close()
