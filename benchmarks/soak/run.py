"""The course of a soak, from an empty folder to balanced books."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from benchmarks.soak import books
from benchmarks.soak.founding import founded, log_file, settings_file
from benchmarks.soak.happenings import ACTIONS, FAULTS, Happening
from benchmarks.soak.town import ADMIN, StreamQuestion, Town
from benchmarks.soak.watching import Watcher
from benchmarks.soak.wikis import BOSS, EVERYONE, PEOPLE, WikiPage, markers
from footnote_bot.indexers.sources.confluence.remembering import FAILURES_KEPT

_PATIENCE = 180.0
"""Seconds that the bot may need for open work once all faults are over."""
_FAULT_EVERY = 5.0
"""Seconds from one fault to the next."""
_REINDEXES = 6
"""Times that an admin tries to reindex."""
_PAUSES = (0.1, 0.3, 0.6, 1.0)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of a soak: its minutes, its most events, and the ``seed`` of its chance."""

    minutes: float
    events: int
    seed: int
    postgresql: str = ""


def soak(bounds: Bounds, progress: Callable[[str], None]) -> dict[str, Any]:
    """Run a soak and return its summary; ``balanced`` says whether its books balance. If they do
    not, its folder stays."""
    folder = Path(mkdtemp(prefix="footnote-soak-"))
    summary = asyncio.run(_Soak(bounds, folder, progress).run())
    if summary["balanced"]:
        shutil.rmtree(folder)
    else:
        summary["folder"] = str(folder)
        progress(f"the books do not balance, see {folder}: {json.dumps(summary['faults'])}")
    return summary


class _Soak:
    def __init__(self, bounds: Bounds, folder: Path, progress: Callable[[str], None]) -> None:
        self._bounds, self._folder, self._progress = bounds, folder, progress
        self._chance = random.Random(bounds.seed)  # noqa: S311 - no secret
        self._began = time.monotonic()
        self._events = 0

    async def run(self) -> dict[str, Any]:
        async with founded(self._folder, self._chance, self._bounds.postgresql) as town:
            watcher = Watcher(town)
            looking = asyncio.create_task(self._look(watcher))
            town.bot.start()
            if not await self._wait(lambda: bool(town.slack.sockets.usable()), "the first start"):
                log = log_file(self._folder).read_text(encoding="utf-8", errors="replace")
                sys.exit("\n".join(["The bot does not start:", *log.splitlines()[-5:]]))
            await self._happen(town)
            ended = await self._settle(town)
            code = await town.bot.end()
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking
            watcher.look()
            return self._balance(town, watcher, ended, code)

    async def _happen(self, town: Town) -> None:
        """Run one event after the other, until the time or the number of events is used up."""
        until = time.monotonic() + 60 * self._bounds.minutes
        reported = time.monotonic()
        kinds, weights, faults = list(ACTIONS), list(ACTIONS.values()), self._faults()
        last_fault = time.monotonic()
        while time.monotonic() < until and self._events < self._bounds.events:
            self._events += 1
            event = self._chance.choices(kinds, weights)[0]
            town.happened[event.__name__] += 1
            await event(town)
            if time.monotonic() - last_fault > _FAULT_EVERY:
                last_fault = time.monotonic()
                await next(faults)(town)
            await asyncio.sleep(self._chance.choice(_PAUSES))
            if time.monotonic() - reported > 10:
                reported = time.monotonic()
                self._report(town)

    def _faults(self) -> Iterator[Happening]:
        while True:
            yield from self._chance.sample(FAULTS, len(FAULTS))

    async def _settle(self, town: Town) -> list[str]:
        """Stop all faults, and wait until the bot has done its open work; return the work that it
        did not do."""
        self._progress("nothing more goes wrong; waiting for what is owed")
        await town.calm()
        # Until then the bot does not repeat a request that failed: it might not know who asks.
        await asyncio.sleep(FAILURES_KEPT)
        undone: list[str] = []
        probes: list[tuple[str, WikiPage, StreamQuestion]] = []
        if not await self._wait(lambda: not _owed(town), "the answers"):
            undone.append("answers were still missing")
        # The first to report may have begun before the last edit.
        if not await self._reindexed(town) or not await self._reindexed(town):
            undone.append("the last reindex was not reported")
        for page in self._chance.sample(list(town.wikis.pages.values()), 8):
            probes += [(person, page, await town.ask_by(person, page)) for person in PEOPLE]
        if not await self._wait(lambda: not _owed(town), "the last answers"):
            undone.append("the last answers were missing")
        for person, page, question in probes:
            if {person, EVERYONE} & town.wikis.readers(page) and page.exists:
                reply = json.dumps([message.blocks for message in town.replies(question)])
                if (page.key, page.version) not in markers(reply):
                    undone.append(f"{person} was not told {page.key}, version {page.version}")
        return undone

    def _balance(
        self, town: Town, watcher: Watcher, undone: list[str], code: int
    ) -> dict[str, Any]:
        counts, wrong = books.answered(town)
        index = books.indexed(settings_file(self._folder), town.wikis)
        log = log_file(self._folder).read_text(encoding="utf-8", errors="replace")
        expected, others = books.tracebacks(log)
        first, last, ratio = books.growth(town.bot.samples)
        unexpected = sum(n for end, n in town.bot.ends.items() if "no reason" in end)
        unexpected += town.bot.ends["did not stop in time"]
        faults = {
            "questions": wrong,
            "undone": undone,
            "index": index.wrong,
            "leaks": [asdict(leak) for leak in watcher.leaks],
            "memory": ratio if ratio > books.MEMORY else 0,
            "tracebacks": dict(others),
            "ends": unexpected,
            "exit": code,
        }
        return {
            "balanced": not any(faults.values()),
            "minutes": round((time.monotonic() - self._began) / 60, 1),
            "seed": self._bounds.seed,
            "database": "postgresql" if self._bounds.postgresql else "sqlite",
            "events": self._events,
            "happened": dict(sorted(town.happened.items())),
            "questions": dict(counts),
            "markers_shown": watcher.shown,
            "markers_in_flight": watcher.late,
            "markers_outdated": watcher.outdated,
            "index": asdict(index),
            "pages": len(town.wikis.newest()),
            "memory": {"first": round(first), "last": round(last), "ratio": round(ratio, 3)},
            "processes": dict(town.bot.ends),
            "tracebacks_stated": dict(expected),
            "log": books.levels(log),
            "faults": {name: value for name, value in faults.items() if value},
        }

    async def _look(self, watcher: Watcher) -> None:
        while True:
            watcher.look()
            watcher.town.bot.measure()
            await asyncio.sleep(0.2)

    async def _reindexed(self, town: Town) -> bool:
        """Let an admin reindex until a report comes: another sync may be running."""
        reports_before = len(_reports(town))
        for _ in range(_REINDEXES):
            await town.reindex()
            if await self._wait(
                lambda: len(_reports(town)) > reports_before, "a reindex", _PATIENCE / 6
            ):
                return True
        return False

    async def _wait(
        self, done: Callable[[], bool], awaited: str, patience: float = _PATIENCE
    ) -> bool:
        until = time.monotonic() + patience
        while not done():
            if time.monotonic() > until:
                self._progress(f"{awaited}: not within {patience:g} s")
                return False
            await asyncio.sleep(0.1)
        return True

    def _report(self, town: Town) -> None:
        seconds = time.monotonic() - self._began
        memory = town.bot.samples[-1].own if town.bot.samples else 0
        self._progress(
            f"{seconds:5.0f} s: {self._events} events, {len(town.questions)} questions, "
            f"{len(town.waiting())} waiting, {town.bot.lives} processes, {memory:.0f} MB"
        )


def _owed(town: Town) -> bool:
    return any(not town.replies(question) for question in town.questions if not question.deleted)


def _reports(town: Town) -> list[str]:
    texts = [message.text for message in town.slack.from_app(ADMIN)]
    texts += [message.text for message in town.slack.ephemerals(BOSS)]
    return [text for text in texts if text.startswith("Reindexed")]


def progress(line: str) -> None:
    """Print a line of progress, apart from the summary."""
    print(line, file=sys.stderr, flush=True)
