"""`footnote migrate-index`, from the data folder to a server. A local qdrant-client stands in for
the server."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest
from qdrant_client import QdrantClient

from indexers.index import server
from tests.bot.running.test_commands_beside_a_process import synced
from tests.bot.shell import Shell
from tests.ports import free_port

__all__ = ["synced"]  # a fixture

URL = "http://qdrant.example.com:6333"

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning")


def test_an_index_that_was_moved_answers_from_the_server(
    shell: Shell, synced: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(synced, shell.folder, dirs_exist_ok=True)
    client = partial(QdrantClient, path=str(shell.folder / "server"))
    monkeypatch.setattr(server, "QdrantClient", lambda **_: client())
    monkeypatch.setattr(server.Server, "version_problem", lambda _: None)
    before = shell.footnote("ask", "How long is leave?")
    moved = shell.footnote("migrate-index", "--to", URL, "--json")
    monkeypatch.setenv("FOOTNOTE_INDEX__URL", URL)
    shutil.rmtree(shell.folder / "data/index")
    after = shell.footnote("ask", "How long is leave?")
    unchanged = shell.footnote("sync")

    assert moved.code == 0, moved.err
    assert moved.json == {"pages": 2, "passages": 2, "written": 4, "questions": 2, "same": 1.0}
    assert (after.code, after.out) == (0, before.out)
    assert "2 unchanged, 0 failed; 0 passages embedded" in unchanged.err


def test_an_empty_address_is_not_the_server_on_this_machine(shell: Shell) -> None:
    result = shell.footnote("migrate-index", "--to", "")

    assert (result.code, result.out) == (2, "")
    assert "it is empty; is a variable not set?" in result.err


def test_a_server_that_does_not_answer_is_named_by_the_option(shell: Shell, synced: Path) -> None:
    shutil.copytree(synced, shell.folder, dirs_exist_ok=True)
    result = shell.footnote("migrate-index", "--to", f"http://127.0.0.1:{free_port()}")

    assert (result.code, result.out) == (1, "")
    assert "is it running, and is --to right?" in result.err
    assert "[index] url" not in result.err
