"""State on each database that it is meant for, and the command line in a folder of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

from bot.answering import blending, quoting
from bot.answering.composing import language_model
from bot.cli import through
from bot.state import database as database_module
from bot.state.database import Database
from config.settings import Secrets
from indexers import indexing
from indexers.parsing.process import Parsers
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
        """Keep them."""


@pytest.fixture(scope="session")
def parsers() -> Iterator[Parsers]:
    """One after the other, all commands have their pages read by the same processes: to start one
    takes a fifth of a second, and they keep nothing of a page."""
    kept = KeptParsers()
    yield kept
    Parsers.rest(kept)


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
    """In an empty folder, with no variables of ours. An index that is held is not waited for.
    However busy the machine is, the cross-encoder
    comes to its end: what is answered must not depend on that."""
    monkeypatch.setattr(indexing, "Parsers", lambda: parsers)
    monkeypatch.setattr(database_module, "migrate", migrate_at_once)
    for place, name in (
        (language_model, "Reranking"),
        (blending, "Reranking"),
        (quoting, "Bounded"),
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
