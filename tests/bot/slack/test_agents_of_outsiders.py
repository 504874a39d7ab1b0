"""The agents of guests, of people who left and of people whom nobody knows for certain; and what
the audit trail has of an agent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.bot.agents import texts
from footnote_bot.bot.agents.agents import Agents
from footnote_bot.bot.agents.errors import CallRefused
from footnote_bot.bot.agents.model import Caller
from footnote_bot.bot.state.database import Database
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.bot.agents.agents import agents_in

from .conftest import NOW, Bot
from .test_audit import fields_of, trail

PAY = "handbook/0-00000000/pay.md"


@dataclass
class Asking:
    """A bot whose page on pay Anna may read, by her address and by her user group."""

    bot: Bot
    agents: Agents

    @property
    def slack(self) -> LocalSlack:
        return self.bot.slack

    async def token(self, person: str) -> str:
        return self.agents.tokens.new(self.slack.team_id, person, "laptop")[0]

    async def call(self, person: str, tool: str, **arguments: str) -> dict[str, Any]:
        caller = Caller(self.slack.team_id, person, "laptop")
        return await self.agents.call(caller, tool, arguments)

    async def refused(self, person: str, tool: str, **arguments: str) -> str:
        """Return why the agent gets nothing; empty if it does get something."""
        try:
            await self.call(person, tool, **arguments)
        except CallRefused as error:
            return str(error)
        return ""

    async def pages(self, person: str) -> list[str]:
        found = await self.call(person, "search", query="pay")
        return [str(each["page"]) for each in found["sections"]]


@pytest.fixture
async def asking(bot: Bot, tmp_path: Path) -> AsyncIterator[Asking]:
    bot.tokens = lambda email: frozenset({"group:hr"} if email.startswith("anna") else ())
    with closing(Database.open(tmp_path / "state.db")) as state:
        agents = agents_in(state, lambda: bot.now)
        bot.change(agents=agents)
        yield Asking(bot, agents)
        await bot.stop()


def _guest(slack: LocalSlack) -> None:
    slack.people["U0ANNA"].is_restricted = True


def _guest_of_one_channel(slack: LocalSlack) -> None:
    slack.people["U0ANNA"].is_ultra_restricted = True


def _gone(slack: LocalSlack) -> None:
    slack.people["U0ANNA"].deleted = True


def _unknown(slack: LocalSlack) -> None:
    del slack.people["U0ANNA"]


@pytest.mark.parametrize("happens", [_guest, _guest_of_one_channel, _gone, _unknown])
async def test_whoever_is_no_member_any_more_gets_nothing(
    asking: Asking, tmp_path: Path, happens: Callable[[LocalSlack], None]
) -> None:
    """With a token from the time when they were one."""
    await asking.bot.start()
    token = await asking.token("U0ANNA")
    assert await asking.agents.caller(token)
    assert await asking.pages("U0ANNA") == ["leave.md", "pay.md"]

    happens(asking.slack)
    assert await asking.agents.caller(token) is None
    for tool, arguments in (
        ("ask", {"question": "salary?"}),
        ("search", {"query": "pay"}),
        ("read_section", {"section": PAY}),
        ("may_i_read", {"url": "https://wiki.example.com/pay"}),
    ):
        refused = await asking.refused("U0ANNA", tool, **arguments)
        assert refused == texts.NO_ANSWERS_FOR_YOU
    assert len({row["at"] for row in trail(tmp_path)}) == 1


async def test_a_guest_who_may_ask_gets_what_is_open_to_everyone(
    asking: Asking, tmp_path: Path
) -> None:
    asking.bot.change(guests=True)
    _guest(asking.slack)
    await asking.bot.start()
    assert await asking.agents.caller(await asking.token("U0ANNA"))

    assert await asking.pages("U0ANNA") == ["leave.md"]
    assert await asking.refused("U0ANNA", "read_section", section=PAY) == texts.NOT_HERE
    url = "https://wiki.example.com/pay"
    assert await asking.refused("U0ANNA", "may_i_read", url=url) == texts.NO_ADDRESS
    assert [fields_of(row) for row in trail(tmp_path)] == [
        ("U0ANNA", "agent", "leave.md", "words", ["everyone"])
    ]


async def test_an_address_that_two_people_have_gives_an_agent_no_rights(asking: Asking) -> None:
    asking.slack.usergroups.clear()
    asking.slack.add_user("U0EVE", name="eve", email="anna@example.com")
    await asking.bot.start()

    for person in ("U0ANNA", "U0EVE"):
        assert await asking.pages(person) == ["leave.md"]
        assert await asking.refused(person, "read_section", section=PAY) == texts.NOT_HERE
        url = "https://wiki.example.com/pay"
        assert await asking.refused(person, "may_i_read", url=url) == texts.NO_ADDRESS


async def test_the_trail_has_each_page_that_an_agent_got_and_none_that_it_was_refused(
    asking: Asking, tmp_path: Path
) -> None:
    await asking.bot.start()
    await asking.call("U0ANNA", "ask", question="my salary?")
    await asking.call("U0ANNA", "read_section", section=PAY)
    await asking.pages("U0BEN")
    await asking.refused("U0BEN", "read_section", section=PAY)
    await asking.call("U0BEN", "ask", question="my salary?")
    rows = trail(tmp_path)

    assert [fields_of(row) for row in rows] == [
        ("U0ANNA", "agent", "pay.md", "words", ["U0ANNA"]),
        ("U0ANNA", "agent", "pay.md", "words", ["U0ANNA"]),
        ("U0BEN", "agent", "leave.md", "words", ["everyone"]),
        ("U0BEN", "agent", "leave.md", "title", ["everyone"]),
    ]
    assert {row["channel"] for row in rows} == {"agent:laptop"}
    assert trail(tmp_path, page="https://wiki.example.com/pay") == rows[:2]


async def test_expired_tokens_are_deleted_after_the_days_that_all_else_is_kept(
    asking: Asking,
) -> None:
    bot, team = asking.bot, asking.slack.team_id
    bot.change(retention_days=30)
    await bot.start()
    await asking.token("U0ANNA")
    (token,) = asking.agents.tokens.of(team, "U0ANNA")
    kept = []
    for days in (-1, 29, 31):
        bot.now = token.expires + timedelta(days=days)
        bot.app.forgetting()
        kept.append(len(asking.agents.tokens.of(team, "U0ANNA")))

    assert token.expires > NOW
    assert kept == [1, 1, 0]
