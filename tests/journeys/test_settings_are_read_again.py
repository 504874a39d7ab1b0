"""SIGHUP: each setting that a running bot can change takes effect, and one that it cannot is
named."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from footnote_bot.config.reloading import LIVE
from footnote_bot.playground.confluence.model import Content
from footnote_bot.playground.confluence.site import LocalConfluence
from footnote_bot.playground.confluence.world import World
from footnote_bot.playground.slack.model import Message
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.forked import Process
from tests.ports import free_port

from .conftest import LONG, MANIFEST, PAGES, UNHURRIED, Company, write

PEOPLE = ("U0ANNA", "U0BOB", "U0CY", "U0DEE")
TAXI = "When are taxi rides reimbursed?"
DOG = "What is the office dog called?"
GARAGE = "How is the garage door opened?"
OLD = """---
updated: 2020-01-01
---
# Garage

The garage door is opened with the green button beside the ramp, which has to be held down.

It is held for five seconds, until the lamp above it is lit, and is let go only when the door has
come to its end.
"""
SELDOM, OFTEN = 1440, 0.01
"""Minutes between two passes."""


@dataclass
class Bot:
    company: Company
    confluence: LocalConfluence
    world: World
    crates: Content
    process: asyncio.subprocess.Process | Process | None = None
    settings: dict[str, dict[str, object]] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)

    @property
    def slack(self) -> LocalSlack:
        return self.company.slack

    def write_settings(self) -> None:
        text = f"""
log_level = "{self.settings.get("", {}).get("log_level", "INFO")}"

[[wiki]]
type = "markdown"
name = "handbook"
path = "wiki"
site_url = "https://wiki.example.com"

[[wiki]]
type = "confluence"
name = "wiki"
url = "{self.confluence.base_url}"
product = "data_center"
"""
        base: dict[str, dict[str, object]] = {
            "sync": {"every_minutes": SELDOM, "recent_minutes": SELDOM},
            "answer": {"check_seconds": 10},
            "slack": {"port": self.company.port, "person_minute": 0, "channel_minute": 0},
        }
        for section, values in base.items():
            every = values | self.settings.get(section, {})
            lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in every.items())
            text += f"\n[{section}]\n{lines}"
        self.company.write_settings(text)

    async def change(self, section: str = "", **values: object) -> str:
        """Change these settings of the start, and no others; return what the log says of it."""
        before = self.settings
        self.settings = {section: values} if values else {}
        self.write_settings()
        at = len(self.company.log)
        assert self.process
        self.process.send_signal(signal.SIGHUP)
        await self.logged("The settings were read again", at)
        log = self.company.log[at:]
        for table in (section, *before):
            for name in (*values, *before.get(table, {})):
                if (setting := f"{table}.{name}".removeprefix(".")) in LIVE:
                    assert setting in log
                    self.tried.add(setting)
        return log

    async def reindexed(self) -> None:
        await self.slack.command("U0BOSS", "C0TEAM", "/wiki", "reindex")
        await self.slack.wait_for_message(
            "C0TEAM", lambda message: "Reindexed" in rendered(message)
        )

    async def logged(self, words: str, at: int = 0) -> None:
        async with asyncio.timeout(LONG):
            while words not in self.company.log[at:]:  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.05)

    async def answer(self, question: str, person: str = "U0BOSS", channel: str = "") -> str:
        """Ask in a channel, or in a direct message; return the reply."""
        slack = self.slack
        if channel:
            message = await slack.mention(person, channel, question)
        else:
            message = await slack.dm(person, question)
        return rendered(await slack.wait_for_message(message.channel, thread_ts=message.ts))


def rendered(message: Message) -> str:
    return json.dumps(message.blocks, ensure_ascii=False) + message.text


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    write(tmp_path / "wiki", {**PAGES, "garage.md": OLD})
    world = World("data-center", now=lambda: datetime.now(UTC))
    reader = world.add_user("Foot Note", admin=True, sees_everything=True)
    world.add_space("ENG", "Engineering")
    crates = world.create("ENG", "Crates", "<p>Our crates are made of oak.</p>")
    with LocalConfluence(world, context="/confluence") as confluence:
        async with LocalSlack(MANIFEST, timing=UNHURRIED) as slack:
            for user in PEOPLE:
                slack.add_user(user, name=user[2:].lower())
            slack.add_user("U0BOSS", name="boss", is_admin=True)
            for channel in ("C0TEAM", "C0OPS"):
                slack.add_channel(channel, name=channel[2:].lower(), members=[*PEOPLE, "U0BOSS"])
            secrets = {"CONFLUENCE_TOKEN": confluence.token(reader)}
            company = Company(tmp_path, slack, "socket", free_port(), secrets)
            bot_ = Bot(company, confluence, world, crates)
            bot_.write_settings()
            bot_.process = await company.serve()
            try:
                await bot_.logged("Synced handbook")
                await bot_.logged("Synced wiki")
                yield bot_
            finally:
                await company.stop(bot_.process)


async def test_each_live_setting_takes_effect_and_others_are_named(bot: Bot) -> None:
    await the_thresholds_of_answers(bot)
    await the_limits_of_questions(bot)
    await the_intervals_of_syncs(bot)
    await the_level_of_the_log(bot)

    assert bot.tried == set(LIVE)


async def the_thresholds_of_answers(bot: Bot) -> None:
    assert "[1]" not in await bot.answer(DOG)
    await bot.change("answer", precision=0.0)
    assert "[1]" in await bot.answer(DOG)

    whole = await bot.answer(GARAGE)
    assert "until the lamp above it is lit" in whole
    assert "old, " not in whole
    await bot.change("answer", old_after_days=30)
    assert "old, " in await bot.answer(GARAGE)
    await bot.change("answer", max_characters=100)
    assert "until the lamp above it is lit" not in await bot.answer(GARAGE)


async def the_limits_of_questions(bot: Bot) -> None:
    await bot.answer(TAXI, "U0ANNA")
    await bot.change("slack", person_minute=1)
    assert "You have asked 1 question within a minute" in await bot.answer(TAXI, "U0ANNA")
    await bot.change()
    await bot.answer(TAXI, "U0CY", "C0TEAM")
    await bot.change("slack", channel_minute=1)
    refusal = await bot.answer(TAXI, "U0CY", "C0TEAM")
    assert "This channel has asked 1 question within a minute" in refusal
    await bot.change()


async def the_intervals_of_syncs(bot: Bot) -> None:
    at = len(bot.company.log)
    write(bot.company.wiki, {"pets.md": "# Pets\n\nDogs may come on Fridays.\n"})
    await asyncio.sleep(1.0)
    assert "Synced handbook" not in bot.company.log[at:]
    await bot.change("sync", every_minutes=OFTEN)
    await bot.logged("Synced handbook: 1 added", at)

    await bot.change()
    await bot.reindexed()  # after the running pass, because two never run at once
    at = len(bot.company.log)
    bot.world.edit(bot.crates.id, body="<p>Our crates are made of ash.</p>")
    await asyncio.sleep(1.0)
    assert "Synced wiki" not in bot.company.log[at:]
    await bot.change("sync", recent_minutes=OFTEN)
    await bot.logged("Synced wiki: 0 added, 1 changed", at)


async def the_level_of_the_log(bot: Bot) -> None:
    at = len(bot.company.log)
    bot.settings = {"": {"log_level": "WARNING"}, "slack": {"review_channel": "C0TEAM"}}
    bot.write_settings()
    assert bot.process
    bot.process.send_signal(signal.SIGHUP)
    await bot.logged("These settings differ now, and need a restart: slack.review_channel", at)
    at = len(bot.company.log)
    await bot.answer(TAXI)
    await bot.change()
    assert "Answered message" not in bot.company.log[at:]
    await bot.answer(TAXI)
    await bot.logged("Answered message", at)
