"""A bot and a `footnote sync` in another folder share an index on a server, which goes away and
comes back."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from footnote_bot.bot.conversation.replies import WAITS
from footnote_bot.playground.slack.model import Message
from tests.bot.kept_folders import copy
from tests.fakes.qdrant_server import QdrantServer

from .closed_pages import rendered
from .conftest import LONG, Company, write

LEAVE = "How many days of annual leave does everyone have?"
PARKING = "Where do visitors park?"
BIKES = "Where do I lock my bicycle?"


@dataclass
class Shared:
    bot: Company
    other: Company
    qdrant: QdrantServer

    async def told(self, question: str) -> str:
        """Ask the bot; return its reply."""
        slack = self.bot.slack
        message = await slack.mention("U0ANNA", "C0TEAM", question)
        reply = await slack.wait_for_message("C0TEAM", thread_ts=message.ts, timeout=LONG)
        return rendered(reply)

    async def asks(self, number: int) -> Message:
        slack = self.bot.slack
        if number % 2:
            return await slack.dm("U0BOSS", PARKING)
        return await slack.mention("U0ANNA", "C0TEAM", PARKING)

    def replies(self, question: Message) -> list[str]:
        mark = f"reply-to-{question.ts}-"
        return [
            words
            for message in self.bot.slack.from_app(question.channel)
            if mark in (words := json.dumps(message.blocks))
        ]

    async def replied_to(self, questions: list[Message], words: str) -> None:
        """Wait until each has a reply with these words."""
        await self.bot.slack.wait_for(
            lambda: all(
                any(words in reply for reply in self.replies(question)) for question in questions
            ),
            timeout=LONG,
        )

    async def other_tells(self, question: str) -> str:
        _, out, err = await self.other.run("ask", question)
        return out + err

    @property
    def errors(self) -> list[str]:
        return [line for line in self.bot.log.splitlines() if re.search(r"\bERROR\b", line)]


@pytest.fixture
async def shared(company: Company, synced: Path, tmp_path: Path) -> AsyncIterator[Shared]:
    copy(synced / "wiki", company.folder / "wiki")
    copy(synced / "data", company.folder / "data")
    company.secrets["QDRANT_API_KEY"] = "key"
    other = replace(company, folder=tmp_path / "other")
    other.folder.mkdir()
    with QdrantServer("key") as qdrant:
        settings = (company.folder / "footnote.toml").read_text()
        settings = settings.replace('path = "wiki"', f'path = "{company.folder / "wiki"}"')
        database = f'[state]\nurl = "sqlite:///{tmp_path / "state.db"}"\n'
        settings += f'{database}\n[index]\nurl = "{qdrant.url}"\n'
        company.write_settings(settings)
        other.write_settings(settings)
        code, _, err = await company.run("migrate-index", "--to", qdrant.url)
        assert code == 0, err
        process = await company.serve()
        yield Shared(company, other, qdrant)
        await company.stop(process)


async def test_two_processes_share_an_index_that_goes_away_and_comes_back(shared: Shared) -> None:
    assert "28 days" in await shared.told(LEAVE)

    # What the other process writes, the bot finds.
    write(shared.bot.wiki, {"parking.md": "# Parking\n\nVisitors park behind the old mill.\n"})
    code, _, err = await shared.other.run("sync")
    assert code == 0, err
    assert "3 unchanged" in err
    assert "behind the old mill" in await shared.told(PARKING)

    # What the bot writes, the other process finds.
    write(shared.bot.wiki, {"bikes.md": "# Bicycles\n\nLock your bicycle in the blue shed.\n"})
    assert "blue shed" not in await shared.other_tells(BIKES)
    await shared.bot.slack.command("U0BOSS", "C0TEAM", "/wiki", "reindex")
    await shared.bot.slack.wait_for_message(
        "C0TEAM", lambda message: message.text.startswith("Reindexed"), timeout=LONG
    )
    assert "blue shed" in await shared.other_tells(BIKES)

    # While the server is away, both say so, and the bot logs one line for all questions.
    assert shared.errors == []
    with shared.qdrant.away():
        questions = [await shared.asks(number) for number in range(60)]
        await shared.replied_to(questions, WAITS.text)
        assert f"{shared.qdrant.url} does not answer" in await shared.other_tells(PARKING)
    await shared.replied_to(questions, "behind the old mill")
    await shared.bot.slack.settled()
    assert [len(shared.replies(question)) for question in questions] == [1] * 60
    assert len(shared.errors) == 1
    assert f"The Qdrant server at {shared.qdrant.url} does not answer" in shared.errors[0]
    assert "Traceback" not in shared.bot.log
    assert "httpx" not in shared.bot.log
    assert PARKING not in shared.bot.log

    # It answers again without a restart.
    assert "behind the old mill" in await shared.told(PARKING)
