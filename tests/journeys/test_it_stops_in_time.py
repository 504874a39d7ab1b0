"""SIGTERM while a server that the bot waits for does not respond: the bot ends within 20 seconds,
and the next process answers the open questions."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.fakes.openai_server import Reply, Server, openai_server
from tests.forked import Forked, Process
from tests.ports import free_port

from .conftest import LONG, MANIFEST, PAGES, UNHURRIED, WIKI, Company, write

Bot = asyncio.subprocess.Process | Process
STOPS_WITHIN = 20.0
"""Seconds that docs/operating.md promises, and after which supervisors kill (30 in ours)."""
FOR_EVER = 600.0
LEAVE = "How many days of annual leave does everyone have?"
ANSWER = "Everyone has 28 days of annual leave a year [1]."
BOT = """

[slack]
port = {port}
"""
MODEL = """
[sync]
every_minutes = 0

[llm]
provider = "compatible"
model = "tiny"
url = "{url}"
seconds = 120
"""


class SilentServer:
    """Accepts every connection and never responds."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._connections: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def reached(self) -> None:
        self._listener.settimeout(LONG)
        self._connections.append(self._listener.accept()[0])

    def close(self) -> None:
        for closable in (*self._connections, self._listener):
            closable.close()


@pytest.fixture
def silent() -> Iterator[SilentServer]:
    server = SilentServer()
    yield server
    server.close()


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Company]:
    write(tmp_path / "wiki", PAGES)
    async with LocalSlack(MANIFEST, timing=UNHURRIED) as slack:
        slack.add_user("U0ANNA", name="anna", email="anna@example.com")
        slack.add_channel("C0TEAM", name="team", members=["U0ANNA"])
        secrets = {"FOOTNOTE_LLM_KEY": "sk-secret", "CONFLUENCE_TOKEN": "secret"}
        yield Company(tmp_path, slack, "socket", free_port(), secrets)


@asynccontextmanager
async def serving(company: Company) -> AsyncIterator[Bot]:
    bot = await company.serve()
    try:
        yield bot
    finally:
        if bot.returncode is None:
            bot.kill()


async def stopped(process: Bot) -> tuple[int, float]:
    """Send SIGTERM; return the exit code, and the seconds until it came."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(3 * STOPS_WITHIN):
            code = await process.wait()
    except TimeoutError:
        process.kill()
        code = -1
    return code, time.monotonic() - began


SILENT_WIKIS = {
    "git": 'type = "markdown"\ngit = "{url}/r.git"\n',
    "confluence": 'type = "confluence"\nurl = "{url}"\nproduct = "data_center"\n'
    "timeout_seconds = 300\n",
}


@pytest.mark.parametrize("kind", SILENT_WIKIS)
async def test_a_bot_that_syncs_a_wiki_which_does_not_answer(
    company: Company, silent: SilentServer, kind: str
) -> None:
    wiki = f'[[wiki]]\nname = "silent"\n{SILENT_WIKIS[kind].format(url=silent.url)}'
    company.write_settings(wiki + BOT.format(port=company.port))
    async with serving(company) as bot:
        await asyncio.to_thread(silent.reached)
        code, seconds = await stopped(bot)

    assert code == 0, company.log
    assert seconds < STOPS_WITHIN
    assert "Traceback" not in company.log


@pytest.mark.parametrize("kind", SILENT_WIKIS)
async def test_an_indexer_of_a_wiki_which_does_not_answer(
    company: Company, silent: SilentServer, kind: str
) -> None:
    wiki = f'[[wiki]]\nname = "silent"\n{SILENT_WIKIS[kind].format(url=silent.url)}'
    company.write_settings(wiki)
    with (company.folder / "serve.log").open("wb") as log:
        where = {"cwd": company.folder, "env": company.environment()}
        indexer = Process(Forked(("sync", "--watch"), **where, stdout=log, stderr=log))
    await asyncio.to_thread(silent.reached)
    code, seconds = await stopped(indexer)

    assert code == 0, company.log
    assert seconds < STOPS_WITHIN
    assert "Traceback" not in company.log


async def test_a_bot_whose_model_does_not_answer_leaves_the_question_to_the_next(
    company: Company,
) -> None:
    slack = company.slack
    with openai_server(Reply([ANSWER], pause=FOR_EVER)) as silent:
        use(company, silent)
        assert (await company.run("sync"))[0] == 0
        async with serving(company) as bot:
            question = await slack.dm("U0ANNA", LEAVE)
            await slack.wait_for(lambda: bool(silent.asked), timeout=LONG)
            code, seconds = await stopped(bot)
        silent.over.set()
    assert code == 0, company.log
    assert seconds < STOPS_WITHIN
    with openai_server(Reply([ANSWER])) as quick:
        use(company, quick)
        async with serving(company) as bot:
            await slack.wait_for(
                lambda: any(
                    "28 days" in rendered(message) for message in slack.from_app(question.channel)
                ),
                timeout=LONG,
            )
            assert (await stopped(bot))[0] == 0

    replies = [
        message for message in slack.from_app(question.channel) if "28 days" in rendered(message)
    ]
    assert len(replies) == 1
    assert quick.asked


def use(company: Company, model: Server) -> None:
    text = WIKI + BOT.format(port=company.port) + MODEL.format(url=model.url)
    company.write_settings(text)


def rendered(message: Message) -> str:
    return json.dumps(message.blocks) + message.text
