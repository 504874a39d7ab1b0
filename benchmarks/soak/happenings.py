"""The events of a soak, and how often each comes: actions of people, and faults."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from benchmarks.soak.index_server import IndexServer
from benchmarks.soak.town import Town
from footnote_bot.playground.confluence.faults import Fault

_TROUBLED = (
    "chat.postMessage", "chat.update", "chat.delete", "conversations.replies",
    "conversations.members", "conversations.info", "users.info", "assistant.threads.setStatus",
)  # fmt: skip
_LOST: tuple[dict[str, Any], ...] = (
    {"drop": True},
    {"drop": True, "done": True},
    {"status": 503},
    {"status": 503, "done": True},
    {"error": "internal_error"},
)
_OLDEST = 10.0
"""Least age in seconds of a process that is killed: younger ones would never get to work."""
_JUMP = 6 * 3600.0
"""Seconds."""


# Actions of people


async def ask(town: Town) -> None:
    await town.ask()


async def edit_question(town: Town) -> None:
    await town.edit_question()


async def delete_question(town: Town) -> None:
    await town.delete_question()


async def edit_page(town: Town) -> None:
    town.wikis.edit(town.chance.choice(town.wikis.of_confluence() + town.wikis.of_markdown()))


async def remove_page(town: Town) -> None:
    if pages := (town.wikis.of_confluence() + town.wikis.of_markdown())[3:]:
        town.wikis.remove(town.chance.choice(pages))


async def bring_page_back(town: Town) -> None:
    wikis = town.wikis
    if pages := wikis.of_confluence(exists=False) + wikis.of_markdown(exists=False):
        wikis.bring_back(town.chance.choice(pages))


async def restrict_page(town: Town) -> None:
    town.wikis.restrict(town.chance.choice(town.wikis.of_confluence()))


async def lift_restriction(town: Town) -> None:
    town.wikis.lift(town.chance.choice(town.wikis.of_confluence()))


async def change_group(town: Town) -> None:
    town.wikis.join_or_leave()


async def reindex(town: Town) -> None:
    town.meanwhile("reindex", town.reindex())


async def reindex_full(town: Town) -> None:
    town.meanwhile("reindex --full", town.reindex("--full"))


# Faults


async def kill(town: Town) -> None:
    if town.bot.age > _OLDEST:
        town.happened["kill -9"] += 1
        town.bot.kill()


async def terminate(town: Town) -> None:
    # Before the bot is connected (on a busy machine after 30 s), SIGTERM just ends the process.
    if town.bot.age > _OLDEST and town.slack.sockets.usable():
        town.happened["SIGTERM"] += 1
        town.meanwhile("SIGTERM", town.bot.terminate())


async def rate_limits(town: Town) -> None:
    """Let Slack refuse some calls of each method for a second."""
    town.happened["429 storm"] += 1
    for method in _TROUBLED:
        town.slack.fail_next(method, retry_after=1, times=town.chance.randint(1, 4))


async def lost_call(town: Town) -> None:
    town.happened["lost call"] += 1
    town.slack.fail_next(town.chance.choice(_TROUBLED), **town.chance.choice(_LOST))


async def lost_sockets(town: Town) -> None:
    town.happened["lost sockets"] += 1
    if town.chance.random() < 0.5:
        await town.slack.sockets.refresh()
    await town.slack.sockets.cut()


async def confluence_away(town: Town) -> None:
    town.meanwhile("Confluence away", _confluence_away(town, town.chance.uniform(2, 8)))


async def folder_away(town: Town) -> None:
    town.meanwhile("folder away", _folder_away(town, town.chance.uniform(2, 8)))


async def database_away(town: Town) -> None:
    town.meanwhile("database away", _database_away(town, town.chance.uniform(2, 8)))


async def index_away(town: Town) -> None:
    if town.index is not None:
        seconds = town.chance.uniform(2, 8)
        town.meanwhile("index away", _index_away(town, town.index, seconds))


async def disk_full(town: Town) -> None:
    town.meanwhile("disk full", _disk_full(town, town.chance.uniform(2, 6)))


async def clock_jump(town: Town) -> None:
    """Set the bot's clock up to `_JUMP` ahead or back, Confluence's up to 90 s, and Slack's up to
    90 s ahead: its times never go back."""
    town.happened["clock jump"] += 1
    town.bot.set_clock(town.chance.uniform(-_JUMP, _JUMP))
    town.wikis.ahead = timedelta(seconds=town.chance.uniform(-90, 90))
    town.seconds_ahead = town.chance.uniform(0, 90)


async def _confluence_away(town: Town, seconds: float) -> None:
    faults = (Fault(500), Fault(503, "1"), Fault(kind="drop"), Fault(kind="login"), Fault(429, "1"))
    with town.fault("Confluence away"):
        town.wikis.site.faults.on(".*", town.chance.choice(faults), times=None)
        await asyncio.sleep(seconds)
        town.wikis.site.faults.clear()


async def _folder_away(town: Town, seconds: float) -> None:
    folder, elsewhere = town.wikis.folder, town.wikis.folder.with_suffix(".away")
    with town.fault("folder away"):
        town.wikis.folder_is_away = True
        folder.rename(elsewhere)
        await asyncio.sleep(seconds)
        elsewhere.rename(folder)
        town.wikis.folder_is_away = False


async def _database_away(town: Town, seconds: float) -> None:
    with town.fault("database away"):
        await town.database.away(seconds)


async def _index_away(town: Town, index: IndexServer, seconds: float) -> None:
    with town.fault("index away"):
        await index.away(seconds)


async def _disk_full(town: Town, seconds: float) -> None:
    with town.fault("disk full"):
        town.bot.limit_files(0)
        await asyncio.sleep(seconds)
        town.bot.limit_files(-1)


Happening = Callable[[Town], Awaitable[None]]

ACTIONS: Mapping[Happening, float] = {
    ask: 60,
    edit_question: 8,
    delete_question: 4,
    edit_page: 14,
    remove_page: 3,
    bring_page_back: 4,
    restrict_page: 7,
    lift_restriction: 6,
    change_group: 2,
    reindex: 3,
    reindex_full: 0.7,
}
"""The weight of each action among all actions."""
FAULTS: Sequence[Happening] = (
    kill, terminate, rate_limits, lost_call, lost_call, lost_sockets, confluence_away,
    folder_away, database_away, index_away, disk_full, clock_jump,
)  # fmt: skip
"""All faults take turns, in a new order each time, so that none is left out."""
