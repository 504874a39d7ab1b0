"""`/wiki token`, and the tokens on the Home tab; and the tools of a workspace's agents."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from footnote_bot.bot.agents.agents import Agents
from footnote_bot.bot.agents.errors import CallRefused
from footnote_bot.bot.agents.model import Caller
from footnote_bot.bot.state.database import Database
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.bot.agents.agents import agents_in

from .conftest import Bot, words
from .test_audit import trail
from .test_commands import forget, whispered
from .test_home import home

URL = "https://wiki.example.com/leave"


@pytest.fixture
async def agents(bot: Bot, tmp_path: Path) -> AsyncIterator[Agents]:
    """The agents of the running bot."""
    with closing(Database.open(tmp_path / "state.db")) as state:
        agents = agents_in(state, lambda: bot.now)
        bot.env = replace(bot.env, agents=agents)
        await bot.start()
        yield agents
        await bot.stop()


async def told(slack: LocalSlack, person: str, text: str, says: str) -> str:
    """Send the command, and return the reply that has these words."""
    await slack.command(person, "C0TEAM", "/wiki", text)
    return words(await slack.wait_for_ephemeral(person, lambda reply: says in words(reply)))


async def made(slack: LocalSlack, person: str, name: str) -> str:
    """Make a token as people do, and return it."""
    said = await told(slack, person, f"token new {name}", "works until")
    return str(re.search(r"footnote_[\w-]{43}", said)[0])  # type: ignore[index]


async def test_a_token_is_made_shown_once_listed_and_revoked(
    agents: Agents, slack: LocalSlack
) -> None:
    await told(slack, "U0ANNA", "token", "None.")
    token = await made(slack, "U0ANNA", "laptop")
    listed = await told(slack, "U0ANNA", "token", "laptop, until 22 Feb 2027")
    caller = await agents.caller(token)
    await told(slack, "U0ANNA", "token revoke laptop", "is revoked")

    assert caller == Caller(slack.team_id, "U0ANNA", "laptop")
    assert token not in listed
    assert await agents.caller(token) is None
    await told(slack, "U0ANNA", "token revoke laptop", "no token called laptop")


@pytest.mark.parametrize("text", ["token new", "token old laptop", "token revoke"])
async def test_other_words_are_no_command(agents: Agents, slack: LocalSlack, text: str) -> None:
    assert "take one name" in await whispered(slack, "U0ANNA", text)


async def test_the_home_tab_lists_ones_tokens_and_revokes_them(
    agents: Agents, slack: LocalSlack
) -> None:
    token = await made(slack, "U0ANNA", "laptop")
    assert "laptop, until" in await home(slack, "U0ANNA")
    assert "laptop, until" not in await home(slack, "U0BEN")

    await slack.click("U0ANNA", slack.home("U0ANNA"), "revoke_token", "laptop")
    tab = await slack.wait_for_home("U0ANNA", lambda tab: "laptop, until" not in words(tab))

    assert "None." in words(tab)
    assert await agents.caller(token) is None


async def test_without_agents_nobody_hears_of_tokens(listening: Bot, slack: LocalSlack) -> None:
    assert "token" not in await whispered(slack, "U0ANNA", "help")
    assert "tokens" not in await home(slack, "U0ANNA")


async def test_a_guest_has_no_token(agents: Agents, slack: LocalSlack) -> None:
    slack.add_user("U0GUEST", name="guest", email="guest@example.com", is_restricted=True)
    slack.channels["C0TEAM"].members.append("U0GUEST")

    assert "members of this workspace" in await whispered(slack, "U0GUEST", "token new laptop")


async def test_an_agent_gets_what_its_person_may_read(
    bot: Bot, agents: Agents, slack: LocalSlack, tmp_path: Path
) -> None:
    bot.tokens = lambda email: frozenset({"group:hr"} if email.startswith("anna") else ())
    anna = await agents.caller(await made(slack, "U0ANNA", "laptop"))
    ben = await agents.caller(await made(slack, "U0BEN", "laptop"))
    assert anna
    assert ben

    found = [await agents.call(who, "search", {"query": "pay"}) for who in (anna, ben)]
    read = await agents.call(anna, "read_section", {"section": "handbook/0-00000000/pay.md"})
    with pytest.raises(CallRefused, match="no such section"):
        await agents.call(ben, "read_section", {"section": "handbook/0-00000000/pay.md"})

    assert [[each["page"] for each in found_["sections"]] for found_ in found] == [
        ["leave.md", "pay.md"],
        ["leave.md"],
    ]
    assert read["title"] == "Salaries"
    rows = trail(tmp_path, person="U0ANNA")
    assert {(row["way"], row["channel"], row["page"]) for row in rows} == {
        ("agent", "agent:laptop", "leave.md"),
        ("agent", "agent:laptop", "pay.md"),
    }


async def test_who_is_forgotten_has_no_tokens_and_no_agent_in_the_trail(
    agents: Agents, slack: LocalSlack, tmp_path: Path
) -> None:
    token = await made(slack, "U0ANNA", "laptop")
    caller = await agents.caller(token)
    assert caller
    await agents.call(caller, "ask", {"question": "leave?"})
    await forget(slack, "U0ANNA")

    assert await agents.caller(token) is None
    assert [(row["person"], row["channel"]) for row in trail(tmp_path)] == [("(forgotten)", "")]


async def test_the_tokens_of_who_was_deactivated_are_gone_for_good(
    agents: Agents, slack: LocalSlack
) -> None:
    token = await made(slack, "U0ANNA", "laptop")
    slack.people["U0ANNA"].deleted = True
    then = await agents.caller(token)
    slack.people["U0ANNA"].deleted = False

    assert (then, await agents.caller(token)) == (None, None)


async def test_who_calls_too_often_has_to_wait(bot: Bot, slack: LocalSlack, tmp_path: Path) -> None:
    with closing(Database.open(tmp_path / "state.db")) as state:
        agents = agents_in(state, lambda: bot.now, most=2)
        bot.env = replace(bot.env, agents=agents)
        await bot.start()
        anna, ben = (Caller(slack.team_id, person, "a") for person in ("U0ANNA", "U0BEN"))
        for _ in range(2):
            await agents.call(anna, "search", {"query": "leave"})
        with pytest.raises(CallRefused, match="2 times in a minute") as refused:
            await agents.call(anna, "search", {"query": "leave"})
        await agents.call(ben, "search", {"query": "leave"})
        await bot.stop()

    assert refused.value.status == 429


async def test_a_failure_is_logged_and_told_without_its_words(bot: Bot, agents: Agents) -> None:
    class Broken:
        def search(self, *_: object) -> None:
            raise RuntimeError("secret words")

    caller = Caller(bot.slack.team_id, "U0ANNA", "a")
    agents._workspaces[bot.slack.team_id] = replace(
        agents._workspaces[bot.slack.team_id], sections=Broken()
    )
    with pytest.raises(CallRefused, match=r"logged as 1\.$") as refused:
        await agents.call(caller, "search", {"query": "leave"})

    assert refused.value.status == 500


async def test_one_learns_which_gates_one_passes_and_no_name_of_a_closed_page_or_person(
    bot: Bot, agents: Agents, slack: LocalSlack
) -> None:
    caller, ask = Caller(slack.team_id, "U0ANNA", "a"), {"url": URL}
    open_ = await agents.call(caller, "may_i_read", ask)
    bot.operations.may_read["anna@example.com"] = False
    closed = await agents.call(caller, "may_i_read", ask)
    with pytest.raises(CallRefused, match="has a page at this address"):
        await agents.call(caller, "may_i_read", {"url": "https://elsewhere.example.com/"})

    assert (open_["may_read"], open_["title"]) == (True, "Salaries")
    assert (closed["may_read"], closed["title"]) == (False, "")
    assert closed["gates"] == [
        {"where": "space HR", "passed": True},
        {"where": "a page above it", "passed": False},
    ]
    assert not any(name in repr(closed) for name in ("Layoffs", "Ben", "Salaries"))
