"""The contract of Directory: Slack's, the terminal's, and the fake in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from footnote_bot.bot.conversation.model import (
    ANYBODY,
    AskedQuestion,
    Closed,
    MessageRef,
    RecordedAnswer,
)
from footnote_bot.bot.conversation.ports import Directory
from footnote_bot.bot.model import Answer
from footnote_bot.bot.slack.api.slack_api import SlackApi, connections, web_client
from footnote_bot.bot.slack.rights.slack_directory import REMEMBERED, directory_of
from footnote_bot.bot.terminal_chat.terminal_chat import TerminalDirectory
from footnote_bot.config.slack import SlackSettings
from footnote_bot.indexers.model import EVERYONE, Acl, Principal, Reader, addressed
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.fakes.chat import FakeDirectory

MANIFEST = Path(__file__).parents[2] / "config" / "slack_manifest.json"
ANNA, BEN, GUEST, TEAM = "U0ANNA", "U0BEN", "U0GUEST", "C0TEAM"
HERS, HR = Principal.of(EVERYONE, "group:hr"), Acl.of(["group:hr"])
ASKED = AskedQuestion("leave?", ANNA, MessageRef("T0", TEAM, "1.0", "1.0"), private=False)
SHOWN = RecordedAnswer(1, ASKED, Answer("Book it.", (), 0.9), datetime(2026, 11, 24, tzinfo=UTC))
PRIVATE = replace(SHOWN, asked=replace(ASKED, private=True))


@dataclass
class People:
    """A channel of Anna, who is in group:hr, and Ben, and the ways to change it. The guest, who
    gets no answers, is known but not in the channel at first."""

    directory: Directory
    join: Callable[[str], Awaitable[None]]
    leave: Callable[[str], Awaitable[None]]

    async def reader(self, *, private: bool) -> Reader:
        reader = await self.directory.reader_in(ANNA, TEAM, private=private, shared=False)
        assert not isinstance(reader, Closed)
        return reader


def in_memory() -> People:
    directory = FakeDirectory(closed={GUEST}, readers={ANNA: HERS})

    async def join(person: str) -> None:
        assert person == GUEST
        directory.outsiders.add(TEAM)

    async def leave(person: str) -> None:
        directory.left.add(person)

    return People(directory, join, leave)


def in_slack(slack: LocalSlack, api: SlackApi) -> People:
    now = [0.0]
    directory = directory_of(
        api,
        SlackSettings(),
        team=slack.team_id,
        bot=slack.bot_user_id,
        organization="",
        tokens=addressed,
        clock=lambda: now[0],
    )

    async def join(person: str) -> None:
        await slack.join(person, TEAM)
        now[0] += REMEMBERED

    async def leave(person: str) -> None:
        await slack.leave(person, TEAM)
        now[0] += REMEMBERED

    return People(directory, join, leave)


def at_a_terminal() -> People:
    async def never(_person: str) -> None:
        raise AssertionError("Nobody comes to a terminal, and nobody goes.")

    return People(TerminalDirectory(ANNA, TEAM, lambda: HERS), never, never)


@pytest.fixture
async def people(request: pytest.FixtureRequest) -> AsyncIterator[People]:
    if request.param == "memory":
        yield in_memory()
        return
    if request.param == "terminal":
        yield at_a_terminal()
        return
    async with LocalSlack(MANIFEST) as slack, connections() as session:
        slack.add_user(ANNA, name="anna", email="anna@example.com")
        slack.add_user(BEN, name="ben", email="ben@example.com")
        slack.add_user(GUEST, name="guest", is_restricted=True)
        slack.add_usergroup("S0HR", handle="hr", users=[ANNA])
        slack.add_channel(TEAM, name="team", members=[ANNA, BEN])
        client = web_client(slack.bot_token, slack.api_url)
        client.session = session
        yield in_slack(slack, SlackApi(client, slack.bot_id))


everywhere = pytest.mark.parametrize("people", ["memory", "slack", "terminal"], indirect=True)
among_others = pytest.mark.parametrize("people", ["memory", "slack"], indirect=True)


@everywhere
async def test_a_person_has_a_name(people: People) -> None:
    assert "anna" in (await people.directory.name(ANNA)).lower()


@everywhere
async def test_a_private_answer_follows_the_persons_own_rights(people: People) -> None:
    own = await people.directory.reader(ANNA, private=True, shared=False)

    assert not isinstance(own, Closed)
    assert HR.admits(own)
    assert HR.admits(await people.reader(private=True))


@everywhere
async def test_whose_rights_count_is_told_if_anybodys_own_do(people: People) -> None:
    """The audit trail names these people."""
    for_all = await people.reader(private=False)

    assert bool(await people.directory.readers_in(TEAM)) == (for_all != ANYBODY)


@among_others
async def test_what_others_see_is_what_everyone_may_read(people: People) -> None:
    assert await people.directory.reader(ANNA, private=False, shared=False) == ANYBODY
    assert await people.reader(private=False) == ANYBODY
    assert await people.directory.readers_in(TEAM) == frozenset()


@among_others
@pytest.mark.parametrize("private", [True, False])
async def test_who_gets_no_answers_is_told_why(people: People, private: bool) -> None:
    for result in (
        await people.directory.reader(GUEST, private=private, shared=False),
        await people.directory.reader_in(GUEST, TEAM, private=private, shared=False),
    ):
        assert isinstance(result, Closed)
        assert result.why.endswith(".")


@everywhere
async def test_an_answer_may_be_posted_while_nobody_comes(people: People) -> None:
    reader = await people.reader(private=False)

    assert not await people.directory.has_outsiders(TEAM)
    assert await people.directory.may_still_read(TEAM, reader, shared=False)


@among_others
async def test_an_answer_may_not_be_posted_once_somebody_reads_along_who_gets_none(
    people: People,
) -> None:
    reader = await people.reader(private=False)
    await people.join(GUEST)

    assert await people.directory.has_outsiders(TEAM)
    assert not await people.directory.may_still_read(TEAM, reader, shared=False)


@everywhere
async def test_an_answer_is_seen_by_its_asker(people: People) -> None:
    assert await people.directory.is_in(ANNA, TEAM)
    assert await people.directory.may_see(ANNA, SHOWN)
    assert await people.directory.may_see(ANNA, PRIVATE)


@everywhere
async def test_a_private_answer_is_seen_by_nobody_else(people: People) -> None:
    assert not await people.directory.may_see(BEN, PRIVATE)


@among_others
async def test_an_answer_is_seen_by_who_is_in_its_channel_now(people: People) -> None:
    before = await people.directory.may_see(BEN, SHOWN)
    await people.leave(BEN)
    await people.leave(ANNA)

    assert before
    assert not await people.directory.is_in(BEN, TEAM)
    assert not await people.directory.may_see(BEN, SHOWN)
    assert not await people.directory.may_see(ANNA, PRIVATE)


@everywhere
async def test_a_channel_of_this_workspace_is_shared_with_nobody(people: People) -> None:
    assert not await people.directory.is_shared(TEAM)


@everywhere
async def test_a_public_channel_is_made_of_what_everyone_may_read(people: People) -> None:
    is_public = await people.directory.is_public(TEAM)

    assert not is_public or await people.reader(private=False) == ANYBODY


@among_others
async def test_a_channel_that_anybody_may_join_is_public(people: People) -> None:
    assert await people.directory.is_public(TEAM)
