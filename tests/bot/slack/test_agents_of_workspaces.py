"""The agents of people in several workspaces: each gets the wikis of its own workspace alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.bot.agents import texts
from footnote_bot.bot.agents.agents import Agents
from footnote_bot.bot.agents.errors import CallRefused
from footnote_bot.bot.agents.model import Caller
from footnote_bot.bot.agents.texts import NO_SUCH_PAGE
from footnote_bot.bot.errors import ChatUnavailable
from footnote_bot.bot.model import FoundSection, Question, SectionRef
from footnote_bot.bot.state.audit import DatabaseAudit
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.forgetting import forget_person
from footnote_bot.bot.state.teams import Team
from footnote_bot.indexers.model import Reader
from tests.bot.agents.agents import agents_in
from tests.fakes.further_workspaces import FurtherWorkspace, InstallableSlack

from .conftest import LEAVE, PATIENCE, QUICK, Bot, furnished
from .further import Browser, Clock, manifest
from .test_audit import AuditQuery
from .test_workspaces import Several, answer_text, furnished_further

URL = "https://wiki.example.com/leave"
BOARD = "board/0-00000000/leave.md"
BOTH = {"handbook", "board"}


class Shelves:
    """A section of the handbook, and one of a wiki that is not for further workspaces."""

    def search(self, question: Question, limit: int) -> Sequence[FoundSection]:
        asked = BOTH if question.wikis is None else question.wikis
        return [self._of(wiki) for wiki in sorted(BOTH) if wiki in asked][:limit]

    def read(self, ref: SectionRef, _reader: Reader) -> FoundSection | None:
        return self._of(ref.wiki)

    def _of(self, wiki: str) -> FoundSection:
        ref = SectionRef(wiki, "leave.md", 0, "00000000")
        return FoundSection(replace(LEAVE, wiki=wiki), ref, 0.9)


@dataclass
class Elsewhere:
    """A bot in several workspaces, in each of which somebody has the id U0ANNA."""

    slack: InstallableSlack
    several: Several
    agents: Agents
    state: Database

    async def installed(self, team: str, **more: Any) -> FurtherWorkspace:
        workspace = furnished_further(self.slack, team, **more)
        await self.several.browser.install(workspace)
        await answer_text(workspace, "How do I book leave?")  # it is open
        return workspace

    async def token(self, team: str) -> str:
        token, _ = self.agents.tokens.new(team, "U0ANNA", "laptop")
        return token

    async def by_agent(self, team: str, tool: str, **arguments: str) -> dict[str, Any]:
        return await self.agents.call(Caller(team, "U0ANNA", "laptop"), tool, arguments)

    async def refused(self, team: str, tool: str, **arguments: str) -> str:
        """Return why the agent gets nothing; empty if it does get something."""
        try:
            await self.by_agent(team, tool, **arguments)
        except CallRefused as error:
            return str(error)
        return ""

    async def wikis(self, team: str) -> set[str]:
        found = await self.by_agent(team, "search", query="leave")
        return {str(each["wiki"]) for each in found["sections"]}

    async def ended(self, token: str) -> None:
        """Wait until nobody is known by the token. While its workspace is closed, Slack cannot be
        asked about its person."""
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(ChatUnavailable):
                    if await self.agents.caller(token) is None:
                        return
                await asyncio.sleep(0.005)


@pytest.fixture
async def slack() -> AsyncIterator[InstallableSlack]:
    async with InstallableSlack(manifest(), timing=QUICK) as workspace:
        yield furnished(workspace)  # type: ignore[misc] # the same one


@pytest.fixture
async def elsewhere(
    slack: InstallableSlack, tmp_path: Path, free_port: int
) -> AsyncIterator[Elsewhere]:
    bot = Bot(slack, tmp_path)
    bot.sections = Shelves()  # type: ignore[assignment] # also a port of sections
    several = Several(bot, Clock(datetime.now(UTC)))
    several.browser = Browser(f"http://127.0.0.1:{free_port}")
    slack.oauth.redirect_url = f"{several.browser.url}/slack/oauth_redirect"
    with closing(Database.open(tmp_path / "state.db")) as state:
        agents = agents_in(state, several.clock)
        bot.change(port=free_port, agents=agents)
        await several.start()
        yield Elsewhere(slack, several, agents, state)
        await several.stop()


async def test_an_agent_gets_the_wikis_of_its_persons_workspace_alone(elsewhere: Elsewhere) -> None:
    home = elsewhere.slack.team_id
    await elsewhere.installed("T0GARDEN")
    await elsewhere.installed("T0BARE")
    elsewhere.several.elsewhere.asked.clear()
    await elsewhere.by_agent("T0GARDEN", "ask", question="How do I book leave?")

    assert await elsewhere.wikis(home) == BOTH
    assert await elsewhere.wikis("T0GARDEN") == {"handbook"}
    assert await elsewhere.wikis("T0BARE") == set()
    assert await elsewhere.refused(home, "read_section", section=BOARD) == ""
    for team in ("T0GARDEN", "T0BARE"):
        refused = await elsewhere.refused(team, "read_section", section=BOARD)
        assert refused == texts.NOT_HERE
        # Nobody is known there by an address.
        assert await elsewhere.refused(team, "may_i_read", url=URL) == texts.NO_ADDRESS
    assert [asked.wikis for asked in elsewhere.several.elsewhere.asked] == [("handbook",)]


async def test_a_trusted_workspace_is_not_told_who_may_read_what(elsewhere: Elsewhere) -> None:
    park = await elsewhere.installed("T0PARK", organization="E0PARKS", org_wide=True)

    assert await elsewhere.wikis(park.team_id) == {"handbook"}
    assert await elsewhere.refused(park.team_id, "may_i_read", url=URL) == NO_SUCH_PAGE


async def test_a_token_is_of_one_workspace_as_are_its_audit_and_its_end(
    elsewhere: Elsewhere,
) -> None:
    home, state = elsewhere.slack.team_id, elsewhere.state
    garden = await elsewhere.installed("T0GARDEN")
    tokens = {team: await elsewhere.token(team) for team in (home, "T0GARDEN")}
    await elsewhere.wikis("T0GARDEN")
    garden_trail = DatabaseAudit(state, elsewhere.several.clock, Team("T0GARDEN"))
    home_trail = DatabaseAudit(state, elsewhere.several.clock, Team(home, home=True))
    entries = [trail.entries(AuditQuery()) for trail in (garden_trail, home_trail)]
    callers = [await elsewhere.agents.caller(token) for token in tokens.values()]
    forget_person(state, "U0ANNA", Team("T0GARDEN"))
    after = [await elsewhere.agents.caller(token) for token in tokens.values()]
    again = await elsewhere.token("T0GARDEN")
    elsewhere.slack.oauth.revoke(garden.bot_token)
    await elsewhere.ended(again)

    assert [len(each) for each in entries] == [1, 0]
    assert entries[0][0].entry.place.channel == "agent:laptop"
    assert callers == [Caller(team, "U0ANNA", "laptop") for team in tokens]
    assert after == [callers[0], None]
