"""One process exchanges each token before it expires, and no token is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from footnote_bot.bot.errors import StateUnavailable
from footnote_bot.bot.slack.rotation import AGAIN, EARLY, Rotation
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.installations import DatabaseInstallations
from footnote_bot.bot.state.locks import DatabaseLocks, SharedLocks
from footnote_bot.bot.state.process import Process
from footnote_bot.bot.workspaces.model import Installation
from tests.bot.slack.further import Clock, client_of
from tests.fakes.further_workspaces import FurtherWorkspace, InstallableSlack

HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC))


@pytest.fixture
def garden(slack: InstallableSlack) -> FurtherWorkspace:
    slack.oauth.rotates = True
    return slack.add_workspace("T0GARDEN")


def installed(slack: InstallableSlack, garden: FurtherWorkspace, clock: Clock) -> Installation:
    """Return an installation from now."""
    where = slack.oauth.confirmed({"team": garden.team_id, "client_id": slack.oauth.client_id})
    code = where.partition("code=")[2].partition("&")[0]
    oauth = slack.oauth
    client = {"client_id": oauth.client_id, "client_secret": oauth.client_secret}
    response = oauth.access({**client, "code": code})
    return Installation(
        id=garden.team_id,
        name="garden",
        enterprise="",
        bot=garden.bot_id,
        bot_user=garden.bot_user_id,
        token=response["access_token"],
        refresh_token=response["refresh_token"],
        expires=clock.now + timedelta(seconds=response["expires_in"]),
        installed=clock.now,
    )


class Store(DatabaseInstallations):
    """A store whose database can fail when a new token is stored."""

    is_away = False

    def rotate(self, before: Installation, after: Installation) -> bool:
        if self.is_away:
            raise StateUnavailable("The disk is full.")
        return super().rotate(before, after)


def _seconds(span: timedelta) -> float:
    return span.total_seconds()


@contextmanager
def rotating(
    slack: InstallableSlack, database: Database, clock: Clock
) -> Iterator[tuple[Rotation, Store]]:
    store = Store(database)
    began = clock.now
    with Process(database, clock) as process:
        yield (
            Rotation(
                installations=store,
                locks=SharedLocks(DatabaseLocks(database, process)),
                client=client_of(slack.oauth, slack.api_url),
                clock=clock,
                seconds=lambda: _seconds(clock.now - began),
            ),
            store,
        )


def exchanges(slack: InstallableSlack) -> int:
    return len(slack.calls_to("oauth.v2.access"))


async def test_a_token_is_exchanged_two_hours_before_its_end_and_not_sooner(
    slack: InstallableSlack, garden: FurtherWorkspace, database: Database, clock: Clock
) -> None:
    before = installed(slack, garden, clock)
    with rotating(slack, database, clock) as (rotation, store):
        store.save(before)
        clock.now += 10 * HOUR - timedelta(seconds=5)
        early = await rotation(before)
        clock.now += timedelta(seconds=5)
        after = await rotation(before)
        stored = store.find(before.id)

    assert early == before
    assert exchanges(slack) == 1
    assert after.token == garden.bot_token != before.token
    assert after.refresh_token != before.refresh_token
    assert after.expires
    assert stored == after
    assert EARLY == 2 * HOUR


async def test_a_token_without_an_end_is_left_alone(
    slack: InstallableSlack, garden: FurtherWorkspace, database: Database, clock: Clock
) -> None:
    before = installed(slack, garden, clock)
    for_ever = before.rotated(before.token, "", clock.now)
    object.__setattr__(for_ever, "expires", None)
    with rotating(slack, database, clock) as (rotation, _):
        clock.now += 1000 * HOUR

        assert await rotation(for_ever) == for_ever


async def test_one_of_two_processes_exchanges_a_token_and_the_other_uses_it(
    slack: InstallableSlack, garden: FurtherWorkspace, database: Database, clock: Clock
) -> None:
    before = installed(slack, garden, clock)
    with (
        rotating(slack, database, clock) as (first_rotation, store),
        rotating(slack, database, clock) as (other, _),
    ):
        store.save(before)
        clock.now += 10 * HOUR
        first = await first_rotation(before)
        clock.now += timedelta(minutes=1)
        second = await other(before.rotated(before.token, before.refresh_token, clock.now))

    assert exchanges(slack) == 1
    assert second == first


async def test_while_another_process_is_at_it_nothing_is_exchanged(
    slack: InstallableSlack, garden: FurtherWorkspace, database: Database, clock: Clock
) -> None:
    before = installed(slack, garden, clock)
    with rotating(slack, database, clock) as (rotation, store), Process(database, clock) as process:
        store.save(before)
        clock.now += 10 * HOUR
        process.beat()
        async with SharedLocks(DatabaseLocks(database, process)).hold(f"(token {before.id})"):
            meanwhile = await rotation(before)

    assert meanwhile == before
    assert exchanges(slack) == 0


async def test_a_refusal_is_logged_without_secrets_and_tried_again_later(
    slack: InstallableSlack,
    garden: FurtherWorkspace,
    database: Database,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = installed(slack, garden, clock)
    with rotating(slack, database, clock) as (rotation, store):
        store.save(before)
        clock.now += 11 * HOUR
        slack.fail_next("oauth.v2.access", error="internal_error")
        refused = await rotation(before)
        at_once = await rotation(before)
        tried = exchanges(slack)
        clock.now += timedelta(seconds=AGAIN)
        later = await rotation(before)

    assert refused == at_once == before
    assert tried == 1
    assert later.token == garden.bot_token
    assert "internal_error" in caplog.text
    assert before.token not in caplog.text
    assert before.refresh_token not in caplog.text


async def test_a_token_that_the_database_does_not_take_is_used_and_stored_once_it_does(
    slack: InstallableSlack, garden: FurtherWorkspace, database: Database, clock: Clock
) -> None:
    before = installed(slack, garden, clock)
    with rotating(slack, database, clock) as (rotation, store):
        store.save(before)
        clock.now += 10 * HOUR
        store.is_away = True
        after = await rotation(before)
        lost = store.find(before.id)
        store.is_away = False
        again = await rotation(before)

    assert lost == before
    assert again == after
    assert DatabaseInstallations(database).find(before.id) == after
    assert exchanges(slack) == 1


async def test_a_token_that_slack_gives_while_the_process_ends_is_not_lost(
    slack: InstallableSlack, garden: FurtherWorkspace, database: Database, clock: Clock
) -> None:
    before = installed(slack, garden, clock)
    with rotating(slack, database, clock) as (rotation, store):
        store.save(before)
        clock.now += 10 * HOUR
        hold = slack.hold_next("oauth.v2.access")
        task = asyncio.create_task(rotation(before))
        await hold.arrived.wait()
        task.cancel()
        hold.let_go.set()
        await asyncio.wait([task])
        stored = store.find(before.id)

    assert task.cancelled()
    assert stored
    assert stored.token == garden.bot_token != before.token
