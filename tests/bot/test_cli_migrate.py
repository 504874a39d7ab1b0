"""`footnote migrate-index`, from the data folder to a server over HTTP."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from footnote_bot.indexers.index import moving
from tests.bot.running.test_commands_beside_a_process import synced
from tests.bot.shell import Shell
from tests.fakes.qdrant_server import QdrantServer
from tests.ports import free_port

__all__ = ["synced"]  # a fixture


@pytest.fixture
def qdrant() -> Iterator[QdrantServer]:
    with QdrantServer("right") as server:
        yield server


@pytest.fixture(autouse=True)
def data(shell: Shell, synced: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(synced, shell.folder, dirs_exist_ok=True)
    monkeypatch.setenv("QDRANT_API_KEY", "right")


def test_an_index_that_was_moved_answers_from_the_server(
    shell: Shell, qdrant: QdrantServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shell.footnote("ask", "How long is leave?")
    moved = shell.footnote("migrate-index", "--to", qdrant.url, "--json")
    monkeypatch.setenv("FOOTNOTE_INDEX__URL", qdrant.url)
    shutil.rmtree(shell.folder / "data/index")
    after = shell.footnote("ask", "How long is leave?")
    unchanged = shell.footnote("sync")

    assert moved.code == 0, moved.err
    assert moved.json == {"pages": 2, "passages": 2, "written": 4}
    assert (after.code, after.out) == (0, before.out)
    assert "2 unchanged, 0 failed; 0 passages embedded" in unchanged.err


def test_a_wrong_key_moves_nothing(
    shell: Shell, qdrant: QdrantServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QDRANT_API_KEY", "wrong")
    refused = shell.footnote("migrate-index", "--to", qdrant.url)
    asked = shell.footnote("ask", "How long is leave?")

    assert (refused.code, refused.out) == (1, "")
    assert f"{qdrant.url} refuses the key: set QDRANT_API_KEY." in refused.err
    assert "wrong" not in refused.err
    assert qdrant.requests == []
    assert "thirty days" in asked.out


def test_a_move_goes_on_after_its_server_went_away_in_the_middle(
    shell: Shell, qdrant: QdrantServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "_AT_ONCE", 1)
    qdrant.leave_after(writes=2)
    broken = shell.footnote("migrate-index", "--to", qdrant.url)
    away = shell.footnote("migrate-index", "--to", qdrant.url)
    qdrant.come_back()
    moved = shell.footnote("migrate-index", "--to", qdrant.url, "--json")
    monkeypatch.setenv("FOOTNOTE_INDEX__URL", qdrant.url)
    after = shell.footnote("ask", "How long is leave?")

    for failed in (broken, away):
        assert (failed.code, failed.out) == (1, "")
        assert f"The Qdrant server at {qdrant.url} does not answer" in failed.err
        assert "Traceback" not in failed.err
    assert moved.code == 0, moved.err
    assert moved.json == {"pages": 2, "passages": 2, "written": 2}
    assert "thirty days" in after.out


@pytest.mark.parametrize("command", ["ask", "sync", "status", "doctor"])
def test_no_command_uses_an_index_that_is_moved_in_part(
    shell: Shell, qdrant: QdrantServer, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(moving, "_AT_ONCE", 1)
    qdrant.leave_after(writes=1)
    shell.footnote("migrate-index", "--to", qdrant.url)
    qdrant.come_back()
    with monkeypatch.context() as moved_too_early:
        moved_too_early.setenv("FOOTNOTE_INDEX__URL", qdrant.url)
        result = shell.footnote(command, *(["How long is leave?"] if command == "ask" else []))
    finished = shell.footnote("migrate-index", "--to", qdrant.url, "--json")

    assert result.code == 1
    assert f"run `footnote migrate-index --to {qdrant.url}` again" in " ".join(
        (result.out + result.err).split()
    )
    assert "thirty days" not in result.out
    assert finished.json["written"] == 3, finished.err


def test_an_empty_index_begins_on_the_server_once_the_part_that_was_moved_is_deleted(
    shell: Shell, qdrant: QdrantServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "_AT_ONCE", 1)
    qdrant.leave_after(writes=1)
    shell.footnote("migrate-index", "--to", qdrant.url)
    qdrant.come_back()
    monkeypatch.setenv("FOOTNOTE_INDEX__URL", qdrant.url)
    refused = shell.footnote("sync")
    match = re.search(r"delete the collection (\S+) on", " ".join(refused.err.split()))
    assert match, refused.err
    qdrant.respond("DELETE", f"/collections/{match.group(1)}", {})

    assert "2 passages embedded" in shell.footnote("sync").err


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
