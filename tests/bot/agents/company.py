"""The server of agents on loopback, with a made-up Slack, wiki and database behind it."""

from __future__ import annotations

import asyncio
import io
import logging
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from footnote_bot.bot.agents.agents import Address, Agents
from footnote_bot.bot.agents.model import AgentEndpoint, Known, PersonalToken, Standing
from footnote_bot.bot.agents.rate import Rate
from footnote_bot.bot.agents.server import serve
from footnote_bot.bot.agents.tokens import PersonalTokens
from footnote_bot.bot.agents.tools import AgentResources, AgentTools
from footnote_bot.bot.conversation.model import ANYBODY
from footnote_bot.bot.errors import ChatUnavailable, StateUnavailable
from footnote_bot.bot.model import (
    FoundSection,
    NoAnswer,
    Question,
    Reason,
    Result,
    SectionRef,
    Source,
)
from footnote_bot.config import logs
from footnote_bot.indexers.errors import IndexUnavailable, WikiUnavailable
from tests.kept_logging import kept_logging
from tests.ports import free_port

TEAM, ANNA = "T0TEAM", "U0ANNA"
QUESTION = "quokka vacation allowance"
"""The words of each question here."""
PAGE = "marmoset severance ledger"
"""The words of the only page."""
SECTION = FoundSection(
    Source("Leave", "", "https://wiki.example.com/leave/", PAGE, "handbook", "leave.md", "1"),
    SectionRef("handbook", "leave.md", 0, "00000000"),
    0.9,
)


@dataclass
class MemoryTokens:
    """The port `bot.agents.ports.TokenStore`."""

    rows: dict[str, PersonalToken] = field(default_factory=dict)
    is_away: bool = False

    def add(self, token: PersonalToken, digest: str) -> bool:
        self.rows[digest] = token
        return True

    def of(self, team: str, person: str) -> Sequence[PersonalToken]:
        return [row for row in self.rows.values() if (row.team, row.person) == (team, person)]

    def found(self, digest: str) -> PersonalToken | None:
        if self.is_away:
            raise StateUnavailable("The database is away.")
        return self.rows.get(digest)

    def revoke(self, team: str, person: str, name: str = "") -> int:
        gone = [key for key, row in self.rows.items() if name in ("", row.name)]
        for key in gone:
            del self.rows[key]
        return len(gone)


@dataclass
class People:
    """The port `bot.agents.ports.AgentPeople`."""

    standings: dict[str, Standing] = field(default_factory=lambda: {ANNA: Standing.MEMBER})
    is_away: bool = False

    async def standing(self, person: str) -> Standing:
        if self.is_away:
            raise ChatUnavailable("Slack is away.")
        return self.standings.get(person, Standing.OUTSIDE)

    async def known(self, person: str) -> Known | None:
        return Known(ANYBODY, "anna@example.com") if person in self.standings else None

    async def addressed_as(self, email: str) -> str:
        return ANNA if email == "anna@example.com" else ""


@dataclass
class Wiki:
    """The ports `bot.ports.Answering`, `bot.ports.Sections`, `bot.operations.ports.Operating` and
    `bot.conversation.ports.AuditTrail`. Calls wait until ``open`` is set."""

    open: threading.Event = field(default_factory=threading.Event)
    is_away: bool = False
    calls: int = 0
    waiting: int = 0

    def __post_init__(self) -> None:
        self.open.set()

    def answer(self, question: Question, on_text: object = None) -> Result:
        self._called()
        return NoAnswer(Reason.NOTHING_FITS, f"I found nothing. {PAGE}")

    def search(self, question: Question, limit: int) -> Sequence[FoundSection]:
        self._called()
        return [SECTION]

    def read(self, ref: object, reader: object) -> FoundSection | None:
        self._called()
        return SECTION

    def access(self, email: str, url: str, groups: frozenset[str]) -> Any:
        self._called()
        raise WikiUnavailable("No wiki has this address.")

    async def note(self, entry: object) -> None:
        pass

    def _called(self) -> None:
        self.calls += 1
        if self.is_away:
            raise IndexUnavailable("The index is away.")
        self.waiting += 1
        assert self.open.wait(60)
        self.waiting -= 1


@dataclass
class Company:
    """People, their tokens and a wiki; agents ask at ``port``."""

    address: Address | None = None
    issuer: str = ""
    per_minute: int = 0
    store: MemoryTokens = field(default_factory=MemoryTokens)
    people: People = field(default_factory=People)
    wiki: Wiki = field(default_factory=Wiki)
    port: int = field(default_factory=free_port)
    now: datetime = datetime(2026, 12, 1, tzinfo=UTC)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.tokens: Any = PersonalTokens(self.store, lambda: self.now)
        self.token, _ = self.tokens.new(TEAM, ANNA, "laptop")

    @contextmanager
    def serving(self) -> Iterator[None]:
        executor = ThreadPoolExecutor(4)
        rate = Rate(lambda: self.per_minute, lambda: self.seconds)
        resources = AgentResources(executor, rate, lambda: None, lambda _: None)
        agents = Agents(self.tokens, self.address, resources, lambda: "incident")
        wiki: Any = self.wiki
        agents.join(TEAM, AgentTools(self.people, wiki, wiki, wiki, wiki, resources))
        try:
            with serve(agents, AgentEndpoint("127.0.0.1", self.port, issuer=self.issuer)):
                yield
        finally:
            self.wiki.open.set()
            executor.shutdown()

    def expired_token(self) -> str:
        self.now -= timedelta(days=91)
        token, _ = self.tokens.new(TEAM, ANNA, "old")
        self.now += timedelta(days=91)
        return str(token)

    def request(
        self, path: str, body: bytes, *lines: str, token: str = "", host: str = ""
    ) -> bytes:
        """Return a POST after which the connection is closed, with more ``lines`` in its head."""
        lines = (
            f"POST {path} HTTP/1.1",
            f"Host: {host or f'127.0.0.1:{self.port}'}",
            "Connection: close",
            "Accept: application/json, text/event-stream",
            *([f"Authorization: Bearer {token}"] if token else []),
            *lines,
        )
        typed = [] if any(line.lower().startswith("content-type") for line in lines) else [JSON]
        framed = any(line.lower().startswith(("content-length", "transfer-enc")) for line in lines)
        sized = [] if framed else [f"Content-Length: {len(body)}"]
        head = "\r\n".join([*lines, *typed, *sized, "", ""])
        return head.encode("utf-8", "surrogatepass") + body

    async def asked(self, token: str = "") -> tuple[int, bytes]:
        """Return the status and the body of a good search."""
        return await self.sent(self.request("/api/v1/search", SEARCH, token=token))

    async def sent(self, request: bytes, timeout: float = 30.0) -> tuple[int, bytes]:  # noqa: ASYNC109 - a client's
        """Send bytes, and return the status of the answer (0: none) and its body."""
        reading, writing = await asyncio.open_connection("127.0.0.1", self.port)
        answer = b""
        try:
            async with asyncio.timeout(timeout):
                writing.write(request)
                with suppress(ConnectionError):  # it has answered before the end
                    await writing.drain()
                while more := await reading.read(1 << 16):
                    answer += more
        except ConnectionError:
            pass
        finally:
            writing.close()
        head, _, body = answer.partition(b"\r\n\r\n")
        return (int(head.split(b" ", 2)[1]) if head else 0), body


JSON = "Content-Type: application/json"
SEARCH = b'{"query": "%s"}' % QUESTION.encode()


@contextmanager
def logged() -> Iterator[Callable[[], str]]:
    """Log as `footnote serve` does, and yield what returns all lines so far."""
    written = io.StringIO()
    before, sys.stderr = sys.stderr, written
    try:
        with kept_logging(), logs.lines_only():
            logs.configure("INFO")
            try:
                yield written.getvalue
            finally:
                logging.getLogger().handlers.clear()
    finally:
        sys.stderr = before
