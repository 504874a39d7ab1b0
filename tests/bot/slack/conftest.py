"""The real app in a local Slack. The answers are made up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import closing
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.bot.errors import SyncRunning
from footnote_bot.bot.model import (
    Answer,
    FoundSection,
    NoAnswer,
    Question,
    Reason,
    Result,
    SectionRef,
    Source,
)
from footnote_bot.bot.operations.model import AccessNow, Order
from footnote_bot.bot.ports import Answering, OnText
from footnote_bot.bot.serving import SlackParts
from footnote_bot.bot.slack.api.slack_api import SlackConnection
from footnote_bot.bot.slack.environment import Environment
from footnote_bot.bot.slack.events import handling
from footnote_bot.bot.slack.events.parsing import Identity
from footnote_bot.bot.slack.running import SlackApp
from footnote_bot.bot.slack.serve import serve
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.process import Process
from footnote_bot.bot.workspaces.narrowing import WikiPorts
from footnote_bot.config.settings import Settings
from footnote_bot.config.wikis import MarkdownSettings
from footnote_bot.indexers.errors import WikiMisconfigured
from footnote_bot.indexers.findings import Access, GateInWords
from footnote_bot.indexers.model import (
    EVERYONE,
    OPEN,
    Acl,
    KnownPage,
    Principal,
    Progress,
    Reader,
    SyncReport,
    SyncScope,
    addressed,
)
from footnote_bot.playground.slack.model import Message, View
from footnote_bot.playground.slack.timing import Timing
from footnote_bot.playground.slack.watching import PATIENCE
from footnote_bot.playground.slack.workspace import LocalSlack
from tests import ports
from tests.bot.databases import lay_out
from tests.fakes.further_workspaces import InstallableSlack
from tests.long import few

QUICK = Timing(ack=PATIENCE, trigger=PATIENCE, retries=(0.0, 0.01, 0.02))
"""Slack's limit of three seconds is too short for a busy machine."""
MANIFEST = Path(__file__).parents[3] / "config" / "slack_manifest.json"
NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)

LEAVE = Source(
    title="Leave",
    heading="Annual leave",
    url="https://wiki.example.com/leave#annual",
    quote="Book leave in the calendar.",
    wiki="handbook",
    page="leave.md",
    revision="r1",
    updated=date(2025, 11, 1),
)
SALARY = replace(
    LEAVE, title="Salaries", heading="", url="https://wiki.example.com/pay", page="pay.md"
)

HR = Acl.of(["group:hr"])


class Handbook:
    """Answers from two pages. One of them is only for the group ``hr``."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.open = threading.Event()
        self.open.set()
        self.error: Exception | None = None
        self.text = "Book leave in the calendar. [1]"
        self.confidence = 0.9
        self.said: Result | None = None
        """The result for every question, if set."""

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        self.asked.append(question)
        self.open.wait(60)
        if self.error:
            raise self.error
        if self.said:
            return self.said
        if "salary" in question.text and HR.admits(question.reader):
            return Answer("It is secret. [1]", (SALARY,), 0.9)
        if "leave" in question.text and OPEN.admits(question.reader):
            return Answer(self.text, (LEAVE,), self.confidence)
        nearest = (replace(LEAVE, quote=""),)
        return NoAnswer(Reason.NOTHING_FITS, "I searched handbook and found nothing.", nearest)


class Library:
    """Two pages, one for everyone and one for the group ``hr``. A test can edit, restrict and
    remove them, and make their wiki unavailable."""

    def __init__(self) -> None:
        self.pages = {
            (LEAVE.wiki, LEAVE.page): KnownPage(LEAVE.revision, OPEN),
            (SALARY.wiki, SALARY.page): KnownPage(SALARY.revision, Acl.of(["group:hr"])),
        }
        self.silent = False
        self.edits = {LEAVE.page: "https://forge.example.com/edit/leave.md"}
        self.owners: dict[str, str] = {}
        """E-mail addresses by the owner that a page names. Empty: the owner has left."""

    def page(self, wiki: str, page: str) -> KnownPage | None:
        return self.pages.get((wiki, page))

    def fingerprint(self, wiki: str, page: str) -> str:
        known = self.page(wiki, page)
        return known.revision if known else ""

    def open_to(self, reader: Reader, sources: Sequence[Source]) -> tuple[Source, ...]:
        if self.silent:
            return ()
        known = ((source, self.page(source.wiki, source.page)) for source in sources)
        return tuple(source for source, page in known if page and page.acl.admits(reader))

    def edit_address(self, source: Source) -> str:
        return self.edits.get(source.page, "")

    def owner(self, source: Source) -> str:
        return self.owners.get(source.owner, source.owner)

    def edited(self, source: Source, revision: str) -> None:
        known = self.pages[source.wiki, source.page]
        self.pages[source.wiki, source.page] = replace(known, revision=revision)

    def restricted(self, source: Source, *tokens: str) -> None:
        known = self.pages[source.wiki, source.page]
        self.pages[source.wiki, source.page] = KnownPage(f"{known.revision}.r", Acl.of(tokens))

    def removed(self, source: Source) -> None:
        del self.pages[source.wiki, source.page]


class Sections:
    """The sections of the two pages, by the rights of the `Handbook`."""

    def search(self, question: Question, limit: int) -> Sequence[FoundSection]:
        found = [FoundSection(LEAVE, _ref(LEAVE), 0.9)]
        if HR.admits(question.reader):
            found.append(FoundSection(SALARY, _ref(SALARY), 0.5))
        return found[:limit]

    def read(self, ref: SectionRef, reader: Reader) -> FoundSection | None:
        known = {_ref(LEAVE): LEAVE}
        if HR.admits(reader):
            known[_ref(SALARY)] = SALARY
        return FoundSection(known[ref], ref) if ref in known else None


def _ref(source: Source) -> SectionRef:
    return SectionRef(source.wiki, source.page, 0, "0" * 8)


class Syncs:
    """A sync that reports its progress and waits until a test lets it go on."""

    def __init__(self) -> None:
        self.started: list[str | None] = []
        self.orders: list[Order] = []
        self.addresses = {"https://wiki.example.com/leave": SyncScope("handbook", page="leave.md")}
        self.stopped = threading.Event()
        self.abandoned = 0
        self.open = threading.Event()
        self.open.set()
        self.pages = [Progress("handbook", 0, 242), Progress("handbook", 120, 242)]
        self.error: Exception | None = None
        self.report = SyncReport("handbook", added=3, changed=1, unchanged=238, seconds=4.2)
        self._running = threading.Lock()

    def wikis(self) -> Sequence[str]:
        return ["handbook", "space"]

    def part(self, what: str) -> SyncScope:
        if what in self.wikis():
            return SyncScope(what)
        if what in self.addresses:
            return self.addresses[what]
        raise WikiMisconfigured(f"There is no wiki called {what}. I know: handbook, space.")

    def carry_out(
        self, order: Order, progress: Callable[[Progress], None], stopped: Callable[[], bool]
    ) -> list[SyncReport]:
        if not self._running.acquire(blocking=False):
            raise SyncRunning("another sync runs")
        try:
            self.started.append(order.part.wiki if order.part else None)
            self.orders.append(order)
            for page in self.pages:
                progress(page)
            while not self.open.wait(0.01):
                if stopped():
                    self.stopped.set()
                    return [self.report]
            if self.error:
                raise self.error
            return [self.report]
        finally:
            self._running.release()

    def abandon(self) -> None:
        self.abandoned += 1


class Operations:
    """Made-up data for the commands of operators."""

    def __init__(self, handbook: Handbook) -> None:
        self._handbook = handbook
        self.rows: dict[str, Any] = {"building": False, "wikis": {}}
        self.asked: list[tuple[str, str, frozenset[str]]] = []
        self.may_read: dict[str, bool] = {}
        """Whether each e-mail address may read the page. Default: yes."""

    def status(self) -> dict[str, Any]:
        return self.rows

    def for_everyone(self, question: str) -> Answer | NoAnswer:
        return self._handbook.answer(Question(question, Principal.of(EVERYONE)))

    def access(self, email: str, url: str, groups: frozenset[str]) -> AccessNow:
        self.asked.append((email, url, groups))
        if "wiki.example.com" not in url:
            raise WikiMisconfigured("That is the address of no wiki that is set.")
        may_read = self.may_read.get(email, True)
        gates = (
            GateInWords("space HR", passed=True, why="may be viewed by everyone"),
            GateInWords("Layoffs above it", passed=may_read, why="restricted to Ben"),
        )
        access = Access("wiki", email, may_read, gates, title="Salaries", url=url)
        return AccessNow(access, None, rechecked=True)


class Bot:
    """The running bot. `kill` leaves the data as it is at that moment."""

    def __init__(self, slack: LocalSlack, data: Path) -> None:
        self._data = data
        self.slack = slack
        self.handbook = Handbook()
        self.answering: Answering = self.handbook
        self.library = Library()
        self.sections = Sections()
        self.syncs = Syncs()
        self.operations = Operations(self.handbook)
        self.tokens: Callable[[str], frozenset[str]] = addressed
        self.now = NOW
        self.env = Environment(
            clock=lambda: self.now,
            new_incident=lambda: "abc123",
            first_pause=0.01,
            ping_every=2,  # a busy machine must not seem cut off
            edit_every=0.01,
            grace=2,
            maintenance_every=3600,  # one round at the start; a test makes the others itself
        )
        self.connection = SlackConnection(
            bot_token=slack.bot_token,
            app_token=slack.app_token,
            signing_secret=slack.signing_secret,
            api_url=slack.api_url,
            host="127.0.0.1",
            port=None,
        )
        self.settings = Settings(data_dir=data)
        self.change(review_channel="C0REVIEW", person_minute=0, channel_minute=0)
        self.change_wiki(site_url="https://wiki.example.com")
        self.app: SlackApp
        lay_out(data / "state.db")
        self._task: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()

    def change(self, **values: Any) -> None:
        """Change the connection, the environment or the settings, by field name."""
        remaining = dict(values)
        for name in ("connection", "env"):
            part = getattr(self, name)
            own = {
                field.name: remaining.pop(field.name)
                for field in fields(part)
                if field.name in remaining
            }
            setattr(self, name, replace(part, **own))
        for section in ("slack", "answer", "llm", "state"):
            part = getattr(self.settings, section)
            own = {
                name: remaining.pop(name) for name in type(part).model_fields if name in remaining
            }
            section_settings = type(part).model_validate(part.model_dump() | own)
            self.settings = self.settings.model_copy(update={section: section_settings})

        assert not remaining

    def change_wiki(self, **values: Any) -> None:
        """Change the settings of the wiki ``handbook``. Its pages are made up."""
        known = [wiki.model_dump(exclude_defaults=True) for wiki in self.settings.wiki]
        wiki_settings = {"type": "markdown", "name": "handbook"} | dict(*known) | values
        wiki_settings["path"] = None if "git" in wiki_settings else self._data
        wiki = MarkdownSettings.model_validate(wiki_settings)
        self.settings = self.settings.model_copy(update={"wiki": (wiki,)})

    @property
    def wikis(self) -> WikiPorts:
        return WikiPorts(
            answering=self.answering,
            reindexing=self.syncs,
            operating=self.operations,
            library=self.library,
            sections=self.sections,
            tokens=lambda email: self.tokens(email),  # noqa: PLW0108 - it may change
        )

    def composed(
        self, state: Database, process: Process, env: Environment
    ) -> Callable[[Identity], SlackApp]:
        def build(me: Identity) -> SlackApp:
            return SlackParts(
                self.settings,
                self.connection,
                env,
                me,
                wikis=self.wikis,
                state=state,
                process=process,
            ).app()

        return build

    async def start(self) -> None:
        ready: asyncio.Future[SlackApp] = asyncio.get_running_loop().create_future()
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(self._serve(ready.set_result))
        await asyncio.wait([self._task, ready], return_when=asyncio.FIRST_COMPLETED)
        if self._task.done():
            task, self._task = self._task, None
            await task
        self.app = await ready

    @property
    def is_running(self) -> bool:
        return self._task is not None

    async def stop(self) -> None:
        if self._task:
            self._stop.set()
            task, self._task = self._task, None
            await task

    async def kill(self) -> None:
        """Cancel all work, as a killed process would."""
        for lane in list(self.app.workers._lanes.values()):
            lane.cancel()
        await self.stop()

    async def _serve(self, ready: Callable[[SlackApp], None]) -> None:
        state = Database.open(self._data / "state.db")
        state.tell_outages()
        with closing(state), Process(state, self.env.clock) as process:
            await serve(
                self.connection,
                self.composed(state, process, self.env),
                self.env,
                stop=self._stop,
                ready=ready,
            )


def words(message: Message | View) -> str:
    return "\n".join(
        part["text"]
        for block in message.blocks
        for part in [block.get("text"), *block.get("elements", [])]
        if isinstance(part, dict) and isinstance(part.get("text"), str)
    )


@pytest.fixture(autouse=True)
def _patient_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take longer to check a form than Slack waits."""
    monkeypatch.setattr(handling, "CHECK_PATIENCE", PATIENCE)


async def until(predicate: Callable[[], object]) -> None:
    """Wait for something in the bot that the workspace is not told."""
    async with asyncio.timeout(PATIENCE):
        while not predicate():  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.005)


async def quiet(bot: Bot) -> None:
    """Wait until nothing is on its way to the bot and nothing runs in it."""
    await bot.slack.settled()
    # On a busy machine a question may wait for the database for a moment.
    while (lanes := list(bot.app.workers._lanes.values())) or bot.app.waiting_room.is_open:
        await asyncio.wait([*lanes, asyncio.create_task(asyncio.sleep(0.005))])


def furnished(workspace: LocalSlack) -> LocalSlack:
    """Add people, channels and a user group."""
    workspace.add_user("U0ANNA", name="anna", email="Anna@example.com")
    workspace.add_user("U0BEN", name="ben", email="ben@example.com", is_admin=True)
    workspace.add_user("U0GUEST", name="gus", email="gus@else.example", is_restricted=True)
    workspace.add_user("U0OTHER", name="olga", team_id="T0OTHER", is_stranger=True)
    people = ["U0ANNA", "U0BEN"]
    workspace.add_channel("C0TEAM", name="team", members=people)
    workspace.add_channel("C0REVIEW", name="review", members=["U0BEN"])
    workspace.add_channel("C0NOBOT", name="nobot", members=people, with_bot=False)
    workspace.add_channel(
        "C0SHARED", name="shared", members=["U0ANNA", "U0OTHER"], is_ext_shared=True
    )
    workspace.add_usergroup("S0HR", handle="hr", users=["U0ANNA"])
    return workspace


@pytest.fixture
async def slack() -> AsyncIterator[InstallableSlack]:
    async with InstallableSlack(MANIFEST, timing=QUICK) as workspace:
        furnished(workspace)
        yield workspace


BOTH_WAYS = pytest.mark.parametrize("transport", few(["socket", "http"], 1), indirect=True)
"""Runs a test once for each way in which Slack reaches the bot, over HTTP in `make test-long`."""


@pytest.fixture
def transport(request: pytest.FixtureRequest) -> str:
    return str(getattr(request, "param", "socket"))


@pytest.fixture
async def bot(
    slack: LocalSlack, tmp_path: Path, transport: str, free_port: int
) -> AsyncIterator[Bot]:
    bot = Bot(slack, tmp_path)
    if transport == "http":
        await over_http(bot, free_port)
    yield bot
    bot.handbook.open.set()
    bot.syncs.open.set()
    await bot.stop()


@pytest.fixture(params=few(["socket", "http"], 1))
async def listening(request: pytest.FixtureRequest, bot: Bot, free_port: int) -> Bot:
    """The running bot, once for each transport."""
    if request.param == "http":
        await over_http(bot, free_port)
    await bot.start()
    return bot


async def over_http(bot: Bot, port: int) -> None:
    bot.change(app_token="", port=port)
    await bot.slack.deliver_to(f"http://127.0.0.1:{port}/slack/events")


@pytest.fixture
def free_port() -> int:
    return ports.free_port()
