"""The state on each database that supports it, and the command line in a temporary folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

from footnote_bot.bot.answering.quoting import responding
from footnote_bot.bot.answering.reranking import blending
from footnote_bot.bot.cli import through
from footnote_bot.bot.state import database as database_module
from footnote_bot.bot.state.database import Database
from footnote_bot.config.settings import Secrets
from footnote_bot.indexers import indexing
from footnote_bot.indexers.parsing.process import Parsers
from tests.bot.databases import POSTGRESQL, empty, lay_out, migrate_at_once
from tests.bot.kept_folders import KeptFolders
from tests.bot.shell import Shell
from tests.kept_logging import kept_logging

T = TypeVar("T")

_PATIENCE = 60.0
"""Seconds."""


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRESQL else [])])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "postgresql":
        empty(POSTGRESQL)
    else:
        lay_out(tmp_path / "state.db")
    opened = Database.open(POSTGRESQL if request.param == "postgresql" else tmp_path / "state.db")
    yield opened
    opened.close()


class KeptParsers(Parsers):
    """Parsing processes that outlive a command."""

    def rest(self) -> None:
        """Keep the processes running."""


@pytest.fixture(scope="session")
def parsers() -> Iterator[Parsers]:
    """All commands of a test process share parsing processes: starting one takes a fifth of a
    second, and they keep nothing of a page."""
    parsers = KeptParsers()
    yield parsers
    Parsers.rest(parsers)


@pytest.fixture(scope="session")
def kept_folders(tmp_path_factory: pytest.TempPathFactory) -> KeptFolders:
    return KeptFolders(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def shell(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    parsers: Parsers,
) -> Iterator[Shell]:
    """A shell in an empty folder, without Footnote's variables. It does not wait for an index that
    another process holds. The cross-encoder has no time limit: answers must not depend on how busy
    the machine is."""
    monkeypatch.setattr(indexing, "Parsers", lambda: parsers)
    monkeypatch.setattr(database_module, "migrate", migrate_at_once)
    for place, name in (
        (blending, "Reranking"),
        (responding, "Bounded"),
    ):
        monkeypatch.setattr(place, name, partial(_patient, getattr(place, name)))
    monkeypatch.setattr(through, "PATIENCE", 0.0)
    for name in list(os.environ):
        if name.upper().startswith("FOOTNOTE_") or name.lower() in Secrets.model_fields:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    with kept_logging():
        yield Shell(tmp_path, monkeypatch, capsys)


def _patient(kind: Callable[..., T], *arguments: object, seconds: float, **named: object) -> T:
    return kind(*arguments, seconds=max(seconds, _PATIENCE), **named)
