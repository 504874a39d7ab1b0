"""`footnote sync --watch`, the process that syncs for bots that do not: it follows the wiki and its
settings, reports whether it makes progress, and ends when it is told to."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from urllib.request import urlopen

import pytest

from tests.bot.kept_folders import copy
from tests.forked import Forked, finished
from tests.ports import free_port

from .conftest import LONG, PAGES, WIKI, write

OFTEN, SELDOM = 0.005, 1440
"""Minutes between two passes."""
STOPS_WITHIN = 20.0
LEAVE = "How many days of annual leave does everyone have?"


@dataclass
class Indexer:
    folder: Path
    process: Forked[bytes]
    port: int

    @property
    def log(self) -> str:
        return (self.folder / "sync.log").read_text()

    def set(self, minutes: float, *, level: str = "INFO", more: str = "") -> None:
        (self.folder / "footnote.toml").write_text(settings(minutes, level, port=self.port) + more)

    def footnote(self, *arguments: str) -> CompletedProcess[str]:
        return finished(arguments, self.folder, environment(), timeout=LONG)

    def get(self, path: str) -> str:
        with urlopen(f"http://127.0.0.1:{self.port}{path}") as response:
            return str(response.read().decode())

    def answer(self) -> str:
        """Ask its index, which it holds; return the answer."""
        process = self.footnote("ask", "--json", LEAVE)
        return (
            str(json.loads(process.stdout).get("text", ""))
            if process.returncode == 0
            else process.stderr
        )

    @property
    def passes(self) -> int:
        with closing(sqlite3.connect(self.folder / "data/state.sqlite3")) as state:
            (count,) = state.execute("SELECT count(*) FROM passes").fetchone()
        return int(count)

    def reach(self, done: Callable[[], bool]) -> None:
        until = time.monotonic() + LONG
        while not done():
            assert self.process.poll() is None, self.log
            assert time.monotonic() < until, self.log
            time.sleep(0.05)

    def read_again(self) -> str:
        """Send SIGHUP; return the log lines that follow."""
        before = len(self.log)
        self.process.send_signal(signal.SIGHUP)
        self.reach(lambda: "The settings " in self.log[before:])
        return self.log[before:]


def settings(minutes: float, level: str = "INFO", *, port: int) -> str:
    sync, answer = f"[sync]\nevery_minutes = {minutes}\n", "[answer]\n"
    return f'log_level = "{level}"\n{WIKI}\n[slack]\nport = {port}\n{sync}\n{answer}'


def environment() -> dict[str, str]:
    ours = ("SLACK_", "CONFLUENCE_", "FOOTNOTE_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


@pytest.fixture
def indexer(tmp_path: Path, synced: Path) -> Iterator[Indexer]:
    copy(synced / "data", tmp_path / "data")
    copy(synced / "wiki", tmp_path / "wiki")
    port = free_port()
    (tmp_path / "footnote.toml").write_text(settings(OFTEN, port=port))
    with (tmp_path / "sync.log").open("wb") as log:
        process: Forked[bytes] = Forked(
            ("sync", "--watch", "--metrics"),
            cwd=tmp_path,
            env=environment(),
            stdout=log,
            stderr=log,
        )
    with process:
        running = Indexer(tmp_path, process, port)
        yield running
        process.kill()


def test_it_follows_the_wiki_and_its_settings_until_it_is_told_to_end(indexer: Indexer) -> None:
    indexer.reach(lambda: "Synced handbook" in indexer.log)
    healthy = indexer.footnote("status", "--indexer")
    assert (healthy.returncode, healthy.stdout) == (0, "The indexer makes progress.\n")
    assert "28 days" in indexer.answer()
    metrics = indexer.get("/metrics")
    assert 'footnote_sync_lag_seconds{wiki="handbook"}' in metrics
    assert 'footnote_source_up{source="database"} 1.0' in metrics
    assert "footnote_slack_connected" not in metrics  # or the alert about Slack would fire
    assert '"ready"' in indexer.get("/readyz")

    # An edit is followed.
    write(indexer.folder / "wiki", {"leave.md": PAGES["leave.md"].replace("28", "31")})
    indexer.reach(lambda: "31 days" in indexer.answer())

    # Settings are followed, too, and those that cannot be are named.
    indexer.set(SELDOM, level="DEBUG", more='unchecked = "refuse"\n')
    log = indexer.read_again()
    indexer.reach(lambda: "changed: log_level, sync.every_minutes" in indexer.log)
    assert "These settings differ now, and need a restart: answer.unchecked" in log
    before = indexer.passes
    time.sleep(2.0)
    assert indexer.passes <= before + 1  # the pass that ran

    # Commands with the current settings still go through it.
    indexer.set(SELDOM)
    indexer.read_again()
    assert "31 days" in indexer.answer()
    indexer.set(OFTEN)
    indexer.read_again()
    indexer.reach(lambda: indexer.passes > before + 1)

    # A faulty file changes nothing.
    (indexer.folder / "footnote.toml").write_text("[sync]\nevery_minutes = -1\n")
    assert "`sync.every_minutes`" in indexer.read_again()
    indexer.set(OFTEN)
    before = indexer.passes
    indexer.reach(lambda: indexer.passes > before)

    began = time.monotonic()
    indexer.process.send_signal(signal.SIGTERM)
    assert indexer.process.wait(STOPS_WITHIN) == 0, indexer.log
    assert time.monotonic() - began < STOPS_WITHIN
    ended = indexer.footnote("status", "--indexer")
    assert ended.returncode == 1
    assert "no `footnote sync --watch` is running" in ended.stderr


def test_one_that_hangs_is_not_healthy(indexer: Indexer) -> None:
    indexer.reach(lambda: "Synced handbook" in indexer.log)
    indexer.process.send_signal(signal.SIGSTOP)
    try:
        os.utime(indexer.folder / "data/process/indexer", (0, time.time() - 3600))
        hung = indexer.footnote("status", "--indexer")
    finally:
        indexer.process.send_signal(signal.SIGCONT)

    assert hung.returncode == 1
    assert "has made no progress for 60 minutes: restart it" in hung.stderr
    indexer.reach(lambda: indexer.footnote("status", "--indexer").returncode == 0)
