"""The making of a town: two wikis, a workspace, a database, and the settings of a bot."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from benchmarks.material import ROOT
from benchmarks.soak.databases import AwayDatabase, DistantPostgresql, LockedSqlite
from benchmarks.soak.index_server import IndexServer
from benchmarks.soak.process import SupervisedBot, environment
from benchmarks.soak.town import Town, furnish
from benchmarks.soak.wikis import ChangingWikis
from footnote_bot.playground.slack.timing import Timing
from footnote_bot.playground.slack.workspace import LocalSlack

_MANIFEST = ROOT / "config" / "slack_manifest.json"
_CONFLUENCE, _MARKDOWN = 24, 12
"""Number of pages in each wiki."""
_REDELIVERED = (1.0, 5.0, 15.0, 30.0, 60.0)
"""Seconds between deliveries; Slack's own are 0, 60 and 300. A soak is shorter, and restarts more
often."""
_SETTINGS = """
data_dir = "data"

[[wiki]]
type = "confluence"
name = "confluence"
url = "{url}"
product = "data_center"
timeout_seconds = 5
members_minutes = 0

[[wiki]]
type = "markdown"
name = "folder"
path = "wiki"
site_url = "https://wiki.example.com"

[sync]
every_minutes = 1
recent_minutes = 1
max_removal = 1

[answer]
precision = 0
check_seconds = 5
unchecked = "refuse"

[slack]
person_minute = 0
channel_minute = 0
mode = "socket"
port = 0

[state]
url = "{database}"

[index]
url = "{index}"
"""


def settings_file(folder: Path) -> Path:
    return folder / "footnote.toml"


def log_file(folder: Path) -> Path:
    return folder / "serve.log"


@asynccontextmanager
async def founded(folder: Path, chance: random.Random, postgresql: str) -> AsyncIterator[Town]:
    """Open a town in a folder. Its bot is not started yet. ``postgresql`` is a URL, or empty for
    SQLite and an embedded index."""
    wikis = ChangingWikis(folder / "wiki", chance, _CONFLUENCE, _MARKDOWN)
    database: AwayDatabase = LockedSqlite(folder / "data")
    index: IndexServer | None = None
    if postgresql:
        database, index = DistantPostgresql(postgresql), IndexServer()
    town: list[Town] = []  # the workspace's clock and the bot's supervisor use it later
    slack = LocalSlack(
        _MANIFEST,
        clock=lambda: time.time() + (town[0].seconds_ahead if town else 0),
        timing=Timing(retries=_REDELIVERED),
    )
    async with AsyncExitStack() as stack:
        stack.enter_context(wikis.site)
        await stack.enter_async_context(slack)
        furnish(slack)
        await database.open()
        stack.push_async_callback(database.close)
        if index is not None:
            await index.open()
            stack.push_async_callback(index.close)
        settings = _SETTINGS.format(
            url=wikis.site.base_url, database=database.url, index=index.url if index else ""
        )
        settings_file(folder).write_text(settings, "utf-8")
        variables = {
            "CONFLUENCE_TOKEN": wikis.site.token(wikis.reader),
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url,
            "QDRANT_API_KEY": IndexServer.key,
        }
        bot = SupervisedBot(
            settings_file(folder),
            environment(variables),
            log_file(folder),
            lambda: ", ".join(sorted(town[0].suspects())),
        )
        stack.push_async_callback(bot.abandon)
        town.append(Town(slack, wikis, bot, database, chance, index))
        yield town[0]
