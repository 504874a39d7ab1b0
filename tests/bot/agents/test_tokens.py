"""Personal tokens: made once, stored as a digest, and over after 90 days."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from footnote_bot.bot.agents.errors import TokenRefused
from footnote_bot.bot.agents.tokens import MOST, PersonalTokens
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.forgetting import forget_before, forget_person
from footnote_bot.bot.state.schema import tokens as table
from footnote_bot.bot.state.tokens import DatabaseTokens

NOW = datetime(2026, 12, 2, 14, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Database]:
    with closing(Database.open(tmp_path / "state.db")) as database:
        yield database


@pytest.fixture
def tokens(state: Database, clock: Clock) -> PersonalTokens:
    return PersonalTokens(DatabaseTokens(state), clock)


def test_a_token_is_its_owners_and_nowhere_stored(tokens: PersonalTokens, state: Database) -> None:
    token, made = tokens.new("T1", "U1", "laptop")
    stored = state.all(sa.select(table))

    assert tokens.owner(token) == made
    assert (made.person, made.name) == ("U1", "laptop")
    assert token not in repr(stored)
    assert tokens.owner(token[:-1]) is tokens.owner(f"{token} ") is tokens.owner("") is None


def test_a_token_is_over_after_90_days(tokens: PersonalTokens, clock: Clock) -> None:
    token, _ = tokens.new("T1", "U1", "laptop")
    clock.now = NOW + timedelta(days=90) - timedelta(seconds=1)
    just_before = tokens.owner(token)
    clock.now = NOW + timedelta(days=90)

    assert just_before is not None
    assert tokens.owner(token) is None
    assert tokens.is_over(tokens.of("T1", "U1")[0])


def test_a_person_revokes_their_own_tokens_alone(tokens: PersonalTokens) -> None:
    kept = [tokens.new("T1", "U2", "laptop")[0], tokens.new("T2", "U1", "laptop")[0]]
    gone, other = tokens.new("T1", "U1", "laptop")[0], tokens.new("T1", "U1", "other")[0]

    assert tokens.revoke("T1", "U1", "laptop") == 1
    assert tokens.owner(gone) is None
    assert tokens.owner(other) is not None
    assert tokens.revoke("T1", "U1") == 1
    assert all(tokens.owner(token) for token in kept)


@pytest.mark.parametrize("name", ["", "two words", "x" * 25, "`a`", "<@U1>", "a\n", "\u0430"])
def test_a_name_that_slack_or_the_audit_could_take_for_more_is_refused(
    tokens: PersonalTokens, name: str
) -> None:
    with pytest.raises(TokenRefused, match="one word"):
        tokens.new("T1", "U1", name)


def test_a_person_has_each_name_once_and_few_tokens(tokens: PersonalTokens) -> None:
    tokens.new("T1", "U1", "0")
    with pytest.raises(TokenRefused, match="called 0"):
        tokens.new("T1", "U1", "0")
    for number in range(1, MOST):
        tokens.new("T1", "U1", str(number))
    with pytest.raises(TokenRefused, match="revoke one first"):
        tokens.new("T1", "U1", "one-more")

    assert tokens.new("T1", "U2", "0")


def test_a_forgotten_persons_tokens_and_those_long_over_are_deleted(
    tokens: PersonalTokens, state: Database, clock: Clock
) -> None:
    forgotten, kept = (tokens.new("T1", person, "laptop")[0] for person in ("U1", "U2"))
    forget_person(state, "U1")

    assert (tokens.owner(forgotten), tokens.owner(kept) is None) == (None, False)
    forget_before(state, NOW + timedelta(days=90))
    assert tokens.of("T1", "U2")
    forget_before(state, NOW + timedelta(days=90, seconds=1))
    assert not tokens.of("T1", "U2")
