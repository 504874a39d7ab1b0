"""A company that asks in Slack and by its people's agents: the bot as `footnote serve` composes it,
over a local Confluence, with the real index and the real recheck."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from footnote_bot.bot.agents.agents import Agents
from footnote_bot.bot.agents.errors import CallRefused
from footnote_bot.bot.agents.model import Caller
from footnote_bot.bot.answering.latest import Latest, LatestSections
from footnote_bot.bot.answering.question.several import Several
from footnote_bot.bot.app import App
from footnote_bot.bot.result_json import result_json
from footnote_bot.bot.state.answers import DatabaseAnswers
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.workspaces.narrowing import WikiPorts
from footnote_bot.config.settings import AnswerSettings, Secrets, Settings
from footnote_bot.indexers.findings import Access
from footnote_bot.indexers.indexing import Indexing
from footnote_bot.indexers.model import Acl, Principal
from footnote_bot.indexers.sources.confluence.access import ConfluenceAccess
from footnote_bot.indexers.sources.confluence.live import AT_ONCE
from footnote_bot.indexers.sources.confluence.members import ConfluenceMembers
from footnote_bot.indexers.sources.source import WikiSource
from footnote_bot.indexers.sources.wikis import Wikis
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.bot.agents.agents import agents_in
from tests.bot.slack.conftest import MANIFEST, QUICK, Bot, Syncs, quiet
from tests.fakes.confidence import SURE
from tests.fakes.defaults import Recheck
from tests.fakes.further_workspaces import InstallableSlack
from tests.indexers.sources.confluence.conftest import Site
from tests.indexers.sources.confluence.looking import live_of
from tests.properties.confluences import EMBEDDER, WIKI, wiki_of

SAME = ("kind", "tone", "text", "confidence", "sources", "nearest", "linked", "unchecked", "reason")
"""What an agent and its person get in the same words."""


class AskedConfluence(WikiSource):
    """The Confluence of a site as a source. Nobody sleeps between two tries of a request."""

    def __init__(self, site: Site) -> None:
        transport = site.transport(concurrency=AT_ONCE)
        super().__init__(wiki_of(transport))
        self.live = live = live_of(site)
        survey = live.survey
        self.members = ConfluenceMembers(transport, survey.tokens, clock=site.clock.monotonic)
        self._access = ConfluenceAccess(WIKI, transport, survey, self.members)

    def path(self, url: str, *, ask: bool = False) -> str | None:
        return self._access.path(url, ask=ask)

    def key_at(self, url: str) -> str:
        return self._access.key_at(url)

    def tokens(self, email: str) -> frozenset[str]:
        return self.members.tokens(email)

    def access(self, url: str, email: str, reader: Callable[[], Principal]) -> tuple[Access, Acl]:
        return self._access.to(url, email, reader)


class BotOver(Bot):
    """The running bot over these wikis."""

    def __init__(self, slack: LocalSlack, data: Path, wikis: WikiPorts) -> None:
        super().__init__(slack, data)
        self._wikis = wikis
        self.change(review_channel="")

    @property
    def wikis(self) -> WikiPorts:
        return self._wikis


@dataclass
class Company:
    """The company. ``calls`` counts what was asked, by tool."""

    app: App
    bot: BotOver
    agents: Agents
    state: Database
    calls: dict[str, int] = field(default_factory=dict)

    @property
    def slack(self) -> LocalSlack:
        return self.bot.slack

    async def by_agent(self, person: str, tool: str, **arguments: object) -> dict[str, Any]:
        """Return what the person's agent gets.

        Raises:
            CallRefused
        """
        self.calls[tool] = self.calls.get(tool, 0) + 1
        caller = Caller(self.slack.team_id, person, "laptop")
        return await self.agents.call(caller, tool, arguments)

    async def tried(self, person: str, tool: str, **arguments: object) -> dict[str, Any] | str:
        """Return what the person's agent gets, or the words in which it is refused."""
        try:
            return await self.by_agent(person, tool, **arguments)
        except CallRefused as error:
            return str(error)

    async def refused(self, person: str, tool: str, **arguments: object) -> str:
        """Return why the person's agent gets nothing; empty if it does get something."""
        got = await self.tried(person, tool, **arguments)
        return got if isinstance(got, str) else ""

    async def in_slack(self, person: str, question: str) -> dict[str, Any]:
        """Return what the person gets in a direct message, as JSON."""
        self.calls["direct message"] = self.calls.get("direct message", 0) + 1
        message = await self.slack.dm(person, question)
        await self.slack.wait_for_message(message.channel, thread_ts=message.ts)
        await quiet(self.bot)
        stored = DatabaseAnswers(self.state)
        (recorded,) = stored.in_thread(self.slack.team_id, message.channel, message.ts)
        return same(result_json(recorded.answer))


def same(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what must be the same in Slack and for an agent."""
    return {key: result.get(key) for key in SAME}


def pages_in(result: object) -> Iterator[str]:
    """Yield the key of each page that the result names."""
    if isinstance(result, Mapping):
        if isinstance(page := result.get("page"), str):
            yield page
        result = list(result.values())
    if isinstance(result, list):
        for each in result:
            yield from pages_in(each)


@asynccontextmanager
async def company_over(
    site: Site, folder: Path, people: Mapping[str, str], **recheck: Any
) -> AsyncIterator[Company]:
    """Sync the Confluence, and yield the company. ``people`` are e-mail addresses by Slack's id;
    ``recheck`` are options of a `Recheck`. An admin is there, too."""
    settings = Settings(data_dir=folder / "app", answer=AnswerSettings(reranker=""))
    indexing = Indexing(settings, Secrets(), wikis=())
    indexing.wikis = Wikis([AskedConfluence(site)])
    indexing.__dict__["embedder"] = EMBEDDER
    with App(settings, Secrets(), indexing=indexing) as app:
        app.__dict__["recheck"] = Recheck(
            indexing.wikis.live_wikis, lambda _: None, indexing.splitter, **recheck
        )
        app.__dict__["searching"] = replace(app.searching, confidence=SURE)
        indexing.sync()
        wikis = ports_of(app)
        async with InstallableSlack(MANIFEST, timing=QUICK) as slack:
            slack.add_user("U0BOSS", name="boss", email="boss@example.com", is_admin=True)
            slack.add_channel("C0TEAM", name="team", members=["U0BOSS"])
            for person, email in people.items():
                slack.add_user(person, name=person.lower(), email=email)
            bot = BotOver(slack, folder, wikis)
            with closing(Database.open(folder / "state.db")) as state:
                agents = agents_in(state, lambda: bot.now)
                bot.change(agents=agents)
                await bot.start()
                yield Company(app, bot, agents, state)
                await bot.stop()


def ports_of(app: App) -> WikiPorts:
    """Return the ports as `serving.serve_app` composes them, without reindexing."""
    return WikiPorts(
        answering=Latest(lambda: Several(app.answerer)),
        reindexing=Syncs(),
        operating=app.queries,
        library=app.library,
        sections=LatestSections(lambda: app.searching),
        tokens=app.indexing.wikis.tokens,
    )
