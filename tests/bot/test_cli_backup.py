"""`footnote backup` and `footnote restore`: as an operator uses them, and killed at any moment."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa
from qdrant_client import QdrantClient
from qdrant_client.models import SnapshotDescription
from rich.console import Console

from footnote_bot.bot.backup import restoring
from footnote_bot.bot.backup.archive import MANIFEST, Manifest, back_up, checksum
from footnote_bot.bot.errors import BackupRefused, StateUnavailable
from footnote_bot.bot.running.server import Left
from footnote_bot.bot.screen import Remote, Screen, shown_on
from footnote_bot.bot.state import copies
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.place import StatePlace
from footnote_bot.bot.state.schema import keys
from footnote_bot.indexers import sparse
from footnote_bot.indexers.index import server
from tests.bot.kept_folders import copy
from tests.bot.running.test_commands_beside_a_process import hold_folder, run, synced, until
from tests.bot.shell import Shell
from tests.long import few

__all__ = ["synced"]  # a fixture

QUESTION = "How long is leave?"
SCHEMAS = Path(__file__).parents[1] / "data/schemas"


@pytest.fixture
def handbook(shell: Shell, synced: Path) -> Shell:
    copy(synced, shell.folder)
    return shell


def answer(shell: Shell) -> object:
    """Return the answer and its sources."""
    payload = shell.footnote("ask", QUESTION, "--json").json
    return payload["text"], [source["url"] for source in payload["sources"]]


def edit(shell: Shell) -> None:
    shell.write("pages/leave.md", "# Leave\n\nLeave is ninety days long.\n")
    assert shell.footnote("sync").code == 0


def test_a_restored_backup_answers_as_it_did(handbook: Shell) -> None:
    before = answer(handbook)
    backup = handbook.footnote("backup", "backups/monday")
    edit(handbook)
    changed = answer(handbook)
    shutil.rmtree(handbook.folder / "data")
    restored = handbook.footnote("restore", "backups/monday")

    assert backup.code == restored.code == 0, backup.err + restored.err
    assert "2 pages, 2 passages" in restored.out
    assert changed != before == answer(handbook)
    assert {path.name for path in (handbook.folder / "data").iterdir()} >= {
        "index",
        "state.sqlite3",
    }


def test_a_backup_is_made_while_a_process_holds_the_index(handbook: Shell) -> None:
    before = answer(handbook)
    with hold_folder(handbook.folder) as process:
        backup = handbook.footnote("backup", "backups/monday", "--json")
        refused = handbook.footnote("restore", "backups/monday", "--force")
        still = process.poll()
    edit(handbook)
    restored = handbook.footnote("restore", "backups/monday", "--force")

    assert (backup.code, restored.code, still) == (0, 0, None), backup.err + restored.err
    assert backup.json["index"]["wikis"] == {"handbook": [2, 2]}
    assert refused.code == 1
    assert "stop it first" in refused.err
    assert answer(handbook) == before


def test_data_is_replaced_only_where_that_is_said(handbook: Shell) -> None:
    handbook.footnote("backup", "backups/monday")
    refused = handbook.footnote("restore", "backups/monday")

    assert refused.code == 1
    assert "--force" in refused.err


def test_a_folder_that_is_taken_is_not_written_to(handbook: Shell) -> None:
    handbook.write("taken/notes.txt", "mine")
    codes = [handbook.footnote("backup", name) for name in ("taken", "monday", "monday")]

    assert [result.code for result in codes] == [1, 0, 1]
    assert "not empty" in codes[0].err
    assert "already" in codes[2].err


@pytest.mark.parametrize("place", ["data", "data/backups/monday", "link/monday", "new/../data/bk"])
def test_a_backup_within_the_data_folder_is_refused(handbook: Shell, place: str) -> None:
    (handbook.folder / "link").symlink_to(handbook.folder / "data")
    before = set(handbook.folder.rglob("*"))
    result = handbook.footnote("backup", place)

    assert (result.code, result.out) == (2, "")
    assert "is in the data folder" in result.err
    elsewhere = (handbook.folder / "data-backups" / Path(place).name).resolve()
    assert "would be lost with it: name a folder outside it" in " ".join(result.err.split())
    assert f"such as {elsewhere}." in result.err.replace("\n", " ")
    assert set(handbook.folder.rglob("*")) == before


def test_a_process_that_holds_the_index_refuses_it_too(handbook: Shell) -> None:
    with hold_folder(handbook.folder):
        result = handbook.footnote("backup", "data/monday")

    assert (result.code, result.out) == (2, "")
    assert "is in the data folder" in result.err
    assert not (handbook.folder / "data/monday").exists()


@pytest.mark.parametrize(
    "named",
    few(
        [
            "sqlite:///{folder}/elsewhere/bot.db",
            "sqlite:///data/bot.db",
            "sqlite:///{folder}/data/state.sqlite3",
            "sqlite:///elsewhere/bot.db",
            "sqlite:///{folder}/data/bot.db",
            "sqlite:///data/state.sqlite3",
        ],
        3,
    ),
)
def test_a_database_that_a_url_names_by_its_file_is_backed_up_as_the_usual_one(
    handbook: Shell, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    place = named.removeprefix("sqlite:///").removeprefix("{folder}/")
    file = handbook.folder / place
    file.parent.mkdir(exist_ok=True)
    (handbook.folder / "data/state.sqlite3").rename(file)
    monkeypatch.setenv("FOOTNOTE_STATE__URL", named.format(folder=handbook.folder))
    note(file, "then")
    backup = handbook.footnote("backup", "monday")
    exists = (handbook.folder / "monday/state.sqlite3").exists()
    note(file, "since")
    unasked = handbook.footnote("restore", "monday")
    with closing(Database.open(file)):
        in_use = handbook.footnote("restore", "monday", "--force")
    restored = handbook.footnote("restore", "monday", "--force")
    back = traces(file)
    for name in handbook.folder.glob(f"{place}*"):
        name.unlink()
    anew = handbook.footnote("restore", "monday", "--force", "--json")

    assert (backup.code, exists) == (0, True), backup.err
    assert "answer" in backup.out
    assert "pg_dump" not in backup.out
    assert "--force" in unasked.err
    assert file.name in unasked.err
    assert "stop it first" in in_use.err
    assert (restored.code, anew.code) == (0, 0), restored.err + anew.err
    assert anew.json["state"]["kind"] == "file"
    assert back == traces(file) == ["then"]
    assert file.stat().st_mode & 0o077 == 0
    assert not list(handbook.folder.rglob("*.restore"))


def note(file: Path, word: str) -> None:
    """Store a message in the bot's database."""
    with closing(Database.open(file)) as database, database.begin() as connection:
        connection.execute(sa.insert(keys).values(name=word, value=""))


def traces(file: Path) -> list[str]:
    with closing(Database.open(file)) as database, database.read() as connection:
        return list(connection.scalars(sa.select(keys.c.name)))


def test_a_backup_of_the_usual_database_is_restored_to_where_a_url_says(
    handbook: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(handbook.folder / "data/state.sqlite3", "then")
    handbook.footnote("backup", "monday")
    shutil.rmtree(handbook.folder / "data")
    new = handbook.folder / "new/bot.db"
    monkeypatch.setenv("FOOTNOTE_STATE__URL", f"sqlite:///{new}")
    restored = handbook.footnote("restore", "monday")

    assert restored.code == 0, restored.err
    assert traces(new) == ["then"]
    assert not (handbook.folder / "data/state.sqlite3").exists()


def test_a_database_that_no_url_names_yet_is_not_made_by_its_backup(
    handbook: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_STATE__URL", f"sqlite:///{handbook.folder}/bot.db")
    backup = handbook.footnote("backup", "monday", "--json")

    assert backup.json["state"] is None
    assert not (handbook.folder / "bot.db").exists()


DUMP = (
    "pg_dump --format=custom --file=footnote.dump"
    " 'postgresql://footnote@db.example.com:5433/footnote?sslmode=require'"
)
POSTGRESQL_URL = "postgresql+psycopg://footnote:secret@db.example.com:5433/footnote?sslmode=require"


@pytest.mark.parametrize(
    ("kind", "set_", "says"),
    [
        ("embedded", {"INDEX__URL": "http://127.0.0.1:9"}, "`footnote migrate-index`"),
        ("server", {}, "set its [index] url"),
        ("embedded", {"STATE__URL": POSTGRESQL_URL}, "[state] url names no file"),
        ("embedded", {"STATE__URL": "sqlite://"}, "[state] url names no file"),
    ],
)
def test_a_backup_of_another_engine_than_the_settings_name_is_refused(
    handbook: Shell,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    set_: dict[str, str],
    says: str,
) -> None:
    handbook.footnote("ask", QUESTION)
    note(handbook.folder / "data/state.sqlite3", "then")
    handbook.footnote("backup", "monday")
    manifest = handbook.folder / "monday" / MANIFEST
    manifest_ = json.loads(manifest.read_text())
    manifest_["parts"]["index"]["kind"] = kind
    manifest.write_text(json.dumps(manifest_))
    before = {*(handbook.folder / "data").rglob("*")}
    with monkeypatch.context() as patched:
        for name, value in set_.items():
            patched.setenv(f"FOOTNOTE_{name}", value)
        refused = handbook.footnote("restore", "monday", "--force")

    assert refused.code == 1
    assert says in refused.err
    assert before <= {*(handbook.folder / "data").rglob("*")}
    assert not (handbook.folder / "data/restore.ready").exists()
    assert handbook.footnote("ask", QUESTION).code == 0


@pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning")
def test_an_index_on_a_server_is_a_snapshot_there_and_a_note_here(
    handbook: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """qdrant-client on the disk stands in for the server."""

    class LikeAServer(QdrantClient):
        def create_snapshot(
            self, collection_name: str, wait: bool = True, **_: Any
        ) -> SnapshotDescription:
            assert wait
            return SnapshotDescription(name=f"{collection_name}.snapshot", size=1, checksum="abc")

        def close(self, **_: Any) -> None:
            """Stay open: there can be only one client."""

    client = LikeAServer(path=str(handbook.folder / "server"))
    monkeypatch.setattr(server, "QdrantClient", lambda **_: client)
    monkeypatch.setattr(server.Server, "version_problem", lambda _: None)
    url = "http://qdrant.example.com:6333"
    assert handbook.footnote("migrate-index", "--to", url).code == 0
    monkeypatch.setenv("FOOTNOTE_INDEX__URL", url)
    backup = handbook.footnote("backup", "monday")
    (file,) = (handbook.folder / "monday/index").rglob("*.json")
    note = json.loads(file.read_text())
    embedded = {*(handbook.folder / "data/index").rglob("*")}
    restored = handbook.footnote("restore", "monday", "--force")
    QdrantClient.close(client)

    assert backup.code == 0, backup.err
    assert "2 pages, 2 passages" in backup.out
    assert "as a snapshot, which the Qdrant server keeps" in backup.out
    assert (file.name, note["checksum"]) == ("snapshot.json", "abc")
    assert note["snapshot"] == f"{note['collection']}.snapshot"
    assert restored.code == 0, restored.err
    assert "Recover the snapshot of the index on the Qdrant server itself." in restored.err
    assert embedded == {*(handbook.folder / "data/index").rglob("*")}
    assert not list((handbook.folder / "data").rglob("snapshot.json"))


def test_what_is_on_servers_is_told_with_what_to_do_about_it(tmp_path: Path) -> None:
    index = {"kind": "server", "wikis": {"handbook": [2, 3]}, "trouble": ""}
    state = {"kind": "server", "by_hand": StatePlace(tmp_path, POSTGRESQL_URL).dump_command()}
    manifest = Manifest("1", "now", {"index": index, "state": state}, {})

    assert manifest.described(tmp_path)[1:] == [
        "  index  2 pages, 3 passages",
        "         as a snapshot, which the Qdrant server keeps: copy it from there",
        f"  state  is not in it, but on PostgreSQL: {DUMP}",
    ]


@pytest.mark.parametrize("damage", ["changed", "missing", "unfinished", "newer", "newer state"])
def test_a_damaged_backup_is_refused_and_nothing_is_touched(handbook: Shell, damage: str) -> None:
    handbook.footnote("backup", "monday")
    edit(handbook)
    now = answer(handbook)
    folder = handbook.folder / "monday"
    manifest = json.loads((folder / MANIFEST).read_text())
    match damage:
        case "changed":
            with (folder / "state.sqlite3").open("r+b") as file:
                file.seek(5000)
                file.write(b"?")
        case "missing":
            next(folder.glob("index/passages-*/segments/*/*.*")).unlink()
        case "unfinished":
            (folder / MANIFEST).unlink()
        case "newer":
            (folder / MANIFEST).write_text(json.dumps(manifest | {"format": 99}))
        case "newer state":
            with closing(sqlite3.connect(folder / "state.sqlite3")) as database, database:
                database.execute("INSERT INTO schema_version VALUES (999, '2030-01-01')")
            size = (folder / "state.sqlite3").stat().st_size
            manifest["files"]["state.sqlite3"] = [size, checksum(folder / "state.sqlite3")]
            (folder / MANIFEST).write_text(json.dumps(manifest))
    refused = handbook.footnote("restore", "monday", "--force")
    words = {
        "changed": "checksum", "missing": "lacks", "unfinished": "no whole backup",
        "newer": "update Footnote", "newer state": "Update Footnote",
    }  # fmt: skip

    assert refused.code == 1
    assert words[damage] in refused.err
    assert answer(handbook) == now


def test_a_database_of_an_earlier_version_is_brought_forward(handbook: Shell) -> None:
    handbook.footnote("backup", "monday")
    folder = handbook.folder / "monday"
    state = folder / "state.sqlite3"
    state.unlink()
    with closing(sqlite3.connect(state)) as old:
        old.executescript((SCHEMAS / "05a.sql").read_text())
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["parts"]["state"]["rows"] = {"inbox": 1, "answers": 1, "flags": 0}
    manifest["files"]["state.sqlite3"] = [state.stat().st_size, checksum(state)]
    (folder / MANIFEST).write_text(json.dumps(manifest))
    restored = handbook.footnote("restore", "monday", "--force")

    assert restored.code == 0, restored.err
    assert "1 answer," in restored.out
    assert handbook.footnote("flags", "--json").json == []


def test_a_database_that_is_open_elsewhere_is_not_replaced(handbook: Shell) -> None:
    """For example, by a bot whose index is on a server."""
    handbook.footnote("backup", "monday")
    with closing(Database.open(handbook.folder / "data/state.sqlite3")):
        refused = handbook.footnote("restore", "monday", "--force")

    assert refused.code == 1
    assert "stop it first" in refused.err
    assert handbook.footnote("restore", "monday", "--force").code == 0


def test_a_database_that_cannot_be_replaced_is_not_called_in_use(handbook: Shell) -> None:
    """For example, because Docker made a folder in place of a missing file."""
    handbook.footnote("backup", "monday")
    for file in handbook.folder.glob("data/state.sqlite3*"):
        file.unlink()
    (handbook.folder / "data/state.sqlite3").mkdir()
    result = handbook.footnote("restore", "monday", "--force")

    assert (result.code, result.out) == (1, "")
    assert "data/state.sqlite3 cannot be replaced (unable to open database file)" in result.err


def test_a_backup_that_was_killed_is_no_backup_and_may_be_made_again(handbook: Shell) -> None:
    folder, whole = handbook.folder / "monday", True
    while whole:  # until one is killed in time: on a busy machine it may have finished before
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        process = run(handbook.folder, "backup", "monday")
        until(lambda: (folder / "index").exists() or process.poll() is not None)  # noqa: B023 - called in this round
        process.kill()
        process.communicate()
        whole = (folder / MANIFEST).exists()
    refused = handbook.footnote("restore", "monday", "--force")
    again = handbook.footnote("backup", "monday")

    assert refused.code == 1
    assert "no whole backup" in refused.err
    assert again.code == 0, again.err


def test_a_backup_during_which_its_process_ends_does_not_count(handbook: Shell) -> None:
    """The command makes a new backup alone, and must not use the partial one."""

    class Ending:
        """The output of a command; the process that works for it stops after a while."""

        shown = 0

        def busy(self, doing: str) -> None:
            self.shown += bool(doing)
            if self.shown > 1:
                raise Left

    with shown_on(Screen(Console(), Console(stderr=True), cast("Remote", Ending()))):
        ended = handbook.footnote("backup", "monday")
    again = handbook.footnote("backup", "monday")

    assert (ended.code, again.code) == (130, 0), again.err


def test_a_full_disk_is_named_in_one_sentence_and_is_no_trouble_of_the_index(
    handbook: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_source: Path, _target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sparse, "copy_file", full)
    result = handbook.footnote("backup", "full/bk")

    assert (result.code, result.out) == (1, "")
    assert result.err == "The backup cannot be written: No space left on device: full/bk\n"


def test_a_copy_of_the_database_that_cannot_be_opened_is_no_trouble_of_the_database(
    handbook: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For example on a disk that is full after the copy: SQLite needs a few more bytes."""

    def full(_file: Path) -> dict[str, int]:
        raise StateUnavailable("The bot's database cannot be used (disk I/O error).")

    monkeypatch.setattr(copies, "rows_in", full)
    result = handbook.footnote("backup", "bk")

    assert (result.code, result.out) == (1, "")
    assert result.err == (
        "The bot's database cannot be copied to bk/state.sqlite3: the copy cannot be opened. Is"
        " the disk full?\n"
    )


def test_only_one_of_two_backups_into_one_folder_is_made(handbook: Shell) -> None:
    refused: list[Exception] = []

    def meanwhile(place: Path) -> dict[str, Any]:
        with pytest.raises(BackupRefused) as caught:
            back_up(place, lambda _: {}, version="1", made="today")
        refused.append(caught.value)
        return {"index": None, "state": None}

    manifest = back_up(handbook.folder / "monday", meanwhile, version="1", made="today")

    folder = handbook.folder / "monday"
    assert [str(error) for error in refused] == [f"Another backup is being written into {folder}."]
    assert Manifest.read(folder) == manifest


class Killed(BaseException):
    """`kill -9` at a call of the file system."""


@pytest.mark.parametrize("database", ["data/state.sqlite3", "elsewhere/bot.db"])
def test_killed_at_any_moment_a_restore_leaves_the_old_data_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    """The next process finishes the restore or leaves the data alone."""
    dumps = []
    for moment in count():
        place = tmp_path / str(moment)
        backup, data = place / "backup", place / "data"
        _write(backup, "new")
        _write(data, "old")
        state = place / database
        state.parent.mkdir(exist_ok=True)
        (data / "state.sqlite3").rename(state)
        log = state.with_name(f"{state.name}-wal")
        log.write_text("old")
        with monkeypatch.context() as patched:
            calls = iter(count())
            for name in ("rename", "replace", "unlink"):
                patched.setattr(os, name, _dying(getattr(os, name), calls, moment))
            patched.setattr(shutil, "rmtree", _dying(shutil.rmtree, calls, moment))
            try:
                restoring.restore(
                    backup, data, state, check=lambda *_: None, unused=_unused, force=True
                )
            except Killed:
                pass
            else:
                break
        restoring.finish(data)
        texts = {file.read_text() for file in (data / "index/x", state, data / "owner")}
        dumps.append((*texts, log.exists()))
        assert not [*data.glob("restore.*"), *place.rglob("*.restore")]

    assert {*dumps} == {("old", True), ("new", False)}
    assert dumps == sorted(dumps, reverse=True)


@pytest.mark.parametrize("refuses", ["check", "unused"])
def test_a_refused_restore_leaves_no_copy_of_the_questions(tmp_path: Path, refuses: str) -> None:
    calls = iter(count())

    @contextmanager
    def unused() -> Iterator[None]:
        if refuses == "unused" and next(calls):
            raise BackupRefused("A bot was started meanwhile.")
        yield

    def check(*_: object) -> None:
        if refuses == "check":
            raise BackupRefused("Another engine.")

    backup, data, state = tmp_path / "backup", tmp_path / "data", tmp_path / "elsewhere/bot.db"
    _write(backup, "new")
    with pytest.raises(BackupRefused):
        restoring.restore(backup, data, state, check=check, unused=unused, force=True)

    assert not [*data.iterdir(), *tmp_path.rglob("*.restore")]


def test_a_copy_that_a_restore_still_makes_is_left_alone_by_a_process_that_starts(
    tmp_path: Path,
) -> None:
    backup, data = tmp_path / "backup", tmp_path / "data"
    _write(backup, "new")
    second = []

    def check(*_: object) -> None:
        restoring.finish(data)
        with pytest.raises(BackupRefused, match="Another restore"):
            restore(lambda *_: None)
        second.append(True)

    def restore(check: Callable[..., None]) -> None:
        restoring.restore(
            backup, data, data / "state.sqlite3", check=check, unused=_unused, force=True
        )

    restore(check)

    assert second
    assert (data / "state.sqlite3").read_text() == "new"


def test_a_restore_whose_volume_is_missing_at_the_next_start_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup, data, volume = tmp_path / "backup", tmp_path / "data", tmp_path / "volume"
    _write(backup, "new")
    _write(data, "old")
    state = volume / "bot.db"
    volume.mkdir()
    (data / "state.sqlite3").rename(state)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", _dying(Path.replace, iter(count()), 0))
        with pytest.raises(Killed):
            restoring.restore(
                backup, data, state, check=lambda *_: None, unused=_unused, force=True
            )
    volume.rename(tmp_path / "unmounted")
    volume.mkdir()
    with pytest.raises(BackupRefused, match="Mount its file system"):
        restoring.finish(data)
    old = (data / "index/x").read_text()
    volume.rmdir()
    (tmp_path / "unmounted").rename(volume)
    restoring.finish(data)

    assert old == "old"
    assert {(data / "index/x").read_text(), state.read_text()} == {"new"}
    assert not [*data.glob("restore.*"), *volume.glob("*.restore")]


def test_a_restore_that_cannot_be_finished_is_one_sentence_of_the_next_command(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For example, root began it and the service's user should finish it."""
    backup, data = shell.folder / "backup", shell.folder / "data"
    _write(backup, "new")
    _write(data, "old")

    def refused(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    with monkeypatch.context() as patched:
        patched.setattr(restoring, "_move", refused)
        with pytest.raises(BackupRefused, match="Permission denied"):
            restoring.restore(
                backup,
                data,
                data / "state.sqlite3",
                check=lambda *_: None,
                unused=_unused,
                force=True,
            )
        status = shell.footnote("status")

    assert status.code == 1
    assert "What a restore has made ready" in status.err
    assert (data / "index/x").read_text() == "old"


@pytest.mark.parametrize("mounted", ["index", "state.sqlite3", "elsewhere/bot.db"])
def test_where_something_is_mounted_nothing_is_restored(
    mounted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For example by Docker, from the same disk: it could not be renamed, and no command would
    start until somebody had fixed that."""
    backup, data = tmp_path / "backup", tmp_path / "the data"
    elsewhere = mounted.startswith("elsewhere")
    state = tmp_path / mounted if elsewhere else data / "state.sqlite3"
    _write(backup, "new")
    _write(data, "old")
    place = tmp_path / mounted if elsewhere else data / mounted
    escaped = str(place).replace(" ", "\\040")
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        f"1 0 0:1 / / rw - ext4 /dev/a rw\n2 1 0:1 /x {escaped} rw - ext4 /dev/a rw\n"
    )
    monkeypatch.setattr(restoring, "_MOUNTS", mounts)

    def restore() -> None:
        restoring.restore(backup, data, state, check=lambda *_: None, unused=_unused, force=True)

    with pytest.raises(BackupRefused, match="is a mount point"):
        restore()
    assert (data / "index/x").read_text() == "old"
    assert not list(data.glob("restore.*"))
    mounts.unlink()
    restore()
    assert (data / "index/x").read_text() == "new"


def _dying(call: Callable[..., object], calls: Iterator[int], moment: int) -> Callable[..., object]:
    def called(*arguments: object, **named: object) -> object:
        if next(calls) == moment:
            raise Killed
        return call(*arguments, **named)

    return called


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"files": {"index/../../x": [3, "0"]}}, "outside"),
        ({"files": {"": [3, "0"]}}, "outside"),
        ({"files": {"index/\0": [3, "0"]}}, "outside"),
        ({"files": {"index/\ud800": [3, "0"]}}, "outside"),
        ({"files": {"index/x": [float("inf"), "0"]}}, "damaged"),
        ({"parts": {}}, "damaged"),
        ({"parts": {"index": {}, "state": None}}, "damaged"),
        ({"files": []}, "damaged"),
    ],
)
def test_a_manifest_that_is_none_is_refused(
    tmp_path: Path, change: dict[str, object], says: str
) -> None:
    _write(tmp_path / "backup", "new")
    file = tmp_path / "backup" / MANIFEST
    file.write_text(json.dumps(json.loads(file.read_text()) | change))

    with pytest.raises(BackupRefused, match=says):
        Manifest.read(tmp_path / "backup")


@pytest.mark.parametrize("name", [MANIFEST, "index/x"])
@pytest.mark.parametrize("planted", ["pipe", "link", "linked folder"])
def test_only_files_of_the_backup_itself_are_restored(
    tmp_path: Path, name: str, planted: str
) -> None:
    """A pipe would never end, and a link would bring in a file from outside."""
    backup, outside, data = tmp_path / "backup", tmp_path / "outside", tmp_path / "data"
    _write(backup, "new")
    file = backup / name
    if planted == "pipe":
        file.unlink()
        os.mkfifo(file)
    elif planted == "link" or name == MANIFEST:
        file.rename(outside)
        file.symlink_to(outside)
    else:
        file.parent.rename(outside)
        file.parent.symlink_to(outside)
    with pytest.raises(BackupRefused, match="is not a file of its own in the backup"):
        restoring.restore(
            backup, data, data / "state.sqlite3", check=lambda *_: None, unused=_unused, force=True
        )

    assert not list(tmp_path.glob("data/*"))


def test_a_link_to_a_backup_is_as_good_as_the_backup(tmp_path: Path) -> None:
    data = tmp_path / "data"
    _write(tmp_path / "real", "new")
    (tmp_path / "link").symlink_to("real")
    restoring.restore(
        tmp_path / "link",
        data,
        data / "state.sqlite3",
        check=lambda *_: None,
        unused=_unused,
        force=True,
    )

    assert (tmp_path / "data/index/x").read_text() == "new"


@pytest.mark.parametrize("mode", [0o777, 0o720, 0o1777])
def test_a_folder_that_others_may_write_to_gets_no_backup(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(BackupRefused, match="Other users may write into"):
        _write(folder, "new")

    assert not list(folder.iterdir())


def test_a_folder_of_another_user_gets_no_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(BackupRefused, match="Other users may write into"):
        _write(tmp_path / "monday", "new")


@pytest.mark.parametrize("name", [f"{MANIFEST}.new", "unfinished", "index", "state.sqlite3"])
def test_a_planted_link_is_not_followed(tmp_path: Path, name: str) -> None:
    """For example planted while others could write to the folder."""
    mine, folder = tmp_path / "mine", tmp_path / "monday"
    mine.write_text("mine")
    folder.mkdir(0o700)
    (folder / "unfinished").touch()
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(mine)
    try:
        _write(folder, "new")
    except BackupRefused:
        assert name == "unfinished"

    assert mine.read_text() == "mine"


def test_a_damaged_database_is_not_backed_up_and_doctor_says_so(handbook: Shell) -> None:
    file = handbook.folder / "data/state.sqlite3"
    earlier = handbook.footnote("backup", "earlier")
    with closing(sqlite3.connect(file)) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'answers'"
        ((page,),) = connection.execute(query).fetchall()
    with file.open("r+b") as stream:
        stream.seek((page - 1) * 4096)
        stream.write(b"\xff" * 200)
    refused, doctor = handbook.footnote("backup", "monday"), handbook.footnote("doctor")
    back = handbook.footnote("restore", "earlier", "--force")

    assert (earlier.code, refused.code, doctor.code, back.code) == (0, 1, 1, 0), back.err
    assert "is damaged" in refused.err
    assert "footnote restore" in refused.err
    assert "is damaged" in " ".join(doctor.out.split())
    assert not (handbook.folder / "monday" / MANIFEST).exists()
    assert handbook.footnote("backup", "tuesday").code == 0


def test_a_backup_of_a_damaged_database_is_not_restored(handbook: Shell) -> None:
    """An earlier Footnote took it for good."""
    handbook.footnote("backup", "monday")
    state = handbook.folder / "monday/state.sqlite3"
    with state.open("r+b") as stream:
        stream.seek(state.stat().st_size - 4096)
        stream.write(b"\xff" * 200)
    manifest = handbook.folder / "monday" / MANIFEST
    fields = json.loads(manifest.read_text())
    fields["files"]["state.sqlite3"] = [state.stat().st_size, checksum(state)]
    manifest.write_text(json.dumps(fields))
    refused = handbook.footnote("restore", "monday", "--force")

    assert refused.code == 1
    assert "is damaged" in refused.err
    assert handbook.footnote("flags").code == 0


@contextmanager
def _unused() -> Iterator[None]:
    yield


def _write(folder: Path, text: str) -> None:
    def put(place: Path) -> dict[str, Any]:
        (place / "index").mkdir()
        for name in ("index/x", "state.sqlite3", "owner"):
            (place / name).write_text(text)
        return {"index": None, "state": None}

    back_up(folder, put, version="1", made="now")


def test_where_there_is_nothing_a_backup_fails_and_makes_nothing(shell: Shell) -> None:
    result = shell.footnote("backup", "monday")

    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("There is nothing to back up: ")
    assert list(shell.folder.iterdir()) == []
