"""Restoring: a backup is copied beside the data, checked there, and then takes its place.

The copy is in ``restore.new`` until it is whole and checked; then its database is moved beside the
one that it will replace, which may be in another folder, because a rename is atomic only within a
file system. Once the copy is renamed to ``restore.ready``, the restore will be completed: if a
process is killed while it moves files, the next one moves the rest, because it calls `finish`
before it opens anything. Before that renaming, the old data stays untouched.

Every copy holds people's questions. So a restore that is refused deletes its copy, and `finish`
deletes the copy of a killed one: the process that makes ``restore.new`` locks it.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from footnote_bot.bot.backup.archive import (
    CURVE,
    INDEX,
    KEPT,
    STATE,
    Manifest,
    checksum,
    regular,
    remove,
    sync,
    sync_folders,
)
from footnote_bot.bot.errors import BackupRefused, StateUnavailable
from footnote_bot.indexers.sparse import copy_file

log = logging.getLogger(__name__)

_NEW, _READY = "restore.new", "restore.ready"
_PLAN = "plan.json"
_LOGS = ("-wal", "-shm")
_MOUNTS = Path("/proc/self/mountinfo")
"""Linux's list of this process's mount points."""
_PRIMARY = 0xFF
"""The bits of SQLite's error code that tell the kind of the error."""


def restore(  # noqa: PLR0913 - where from, where to, and the checks
    backup: Path,
    data_dir: Path,
    database: Path,
    *,
    check: Callable[[Manifest, Path], None],
    unused: Callable[[], AbstractContextManager[None]],
    force: bool,
) -> Manifest:
    """Put a backup in place of the data in ``data_dir``, and its database in place of the file
    ``database``. ``check`` opens the copy before it replaces anything; ``unused`` keeps other
    processes out of the data.

    Raises:
        BackupRefused: the backup is damaged, there is data and ``force`` is false, the folder
            cannot be written, or something is mounted where data is replaced.
        As ``check`` and ``unused`` do.
    """
    manifest = Manifest.read(backup)
    database = database.resolve()  # a link's target is replaced
    try:
        finish(data_dir)
        for place in (*(data_dir / name for name in (INDEX, *KEPT)), database, *_logs(database)):
            if _is_mounted(place):  # it cannot be renamed, and the restore would stop half-way
                raise BackupRefused(
                    f"{place} is a mount point, and nothing can take its place: mount the folder"
                    " above it instead."
                )
        existing = [str(place) for place in (data_dir / INDEX, database) if place.exists()]
        if existing and not force:
            raise BackupRefused(
                f"There is data in {' and '.join(existing)}, which the backup would replace:"
                " say --force, or name another folder with --data-dir."
            )
        with unused():
            data_dir.mkdir(parents=True, exist_ok=True)
        with ExitStack() as kept_out:
            with _copying(data_dir / _NEW) as copy:
                _copy(backup, copy, manifest)
                check(manifest, copy)
                _plan(copy, database)
                kept_out.enter_context(unused())
                copy.rename(data_dir / _READY)
                sync(data_dir)
            finish(data_dir)
    except OSError as error:
        raise BackupRefused(f"The backup cannot be restored: {error}.") from error
    return manifest


def finish(data_dir: Path) -> None:
    """Move a copy that is ready into its place, and delete the copy of a restore that was killed
    before. Do nothing if there is neither.

    Raises:
        BackupRefused: the new database is not where it was put, or the data folder cannot be
            written.
    """
    _discard_unlocked(data_dir / _NEW)
    ready = data_dir / _READY
    try:
        with _locked(ready):  # two processes may start at once
            if (ready / _PLAN).exists():
                _move(ready, data_dir)
                sync(data_dir)
                (ready / _PLAN).unlink()
            shutil.rmtree(ready, ignore_errors=True)  # the other process may have done it
    except OSError as error:
        is_away = isinstance(error, FileNotFoundError | NotADirectoryError) and not ready.is_dir()
        if is_away:  # there was none, or another process has finished it
            return
        raise BackupRefused(
            f"What a restore has made ready cannot be put in place: {error}. Mend that, or run this"
            " as the user who restored."
        ) from error


@contextmanager
def _locked(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock of a restore's folder, which stays with it when it is renamed.

    Raises:
        BlockingIOError: another process holds it, and this one shall not wait.
        OSError: there is no such folder, or it cannot be opened.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _copying(copy: Path) -> Iterator[Path]:
    """Make the folder ``copy``, locked until it is closed or renamed, and delete it if that fails.

    Raises:
        BackupRefused: another process copies into it.
    """
    _discard_unlocked(copy)
    try:
        copy.mkdir()
    except FileExistsError:
        raise BackupRefused(f"Another restore copies to {copy}: wait for it.") from None
    with _locked(copy):
        try:
            yield copy
        except (Exception, KeyboardInterrupt):
            _discard(copy)
            raise


def _discard_unlocked(copy: Path) -> None:
    """Delete a copy that no process makes any more."""
    try:
        with _locked(copy, wait=False):
            _discard(copy)
    except (FileNotFoundError, NotADirectoryError, BlockingIOError):
        pass  # there is none, or a restore is at work
    except OSError as error:  # such as another user's
        _warn(copy, error)


def _discard(copy: Path) -> None:
    """Delete a copy that is not ready, and the database that it has put elsewhere."""
    try:
        with suppress(FileNotFoundError, ValueError):  # no plan, or only a part of one
            if elsewhere := json.loads((copy / _PLAN).read_bytes()).get("elsewhere"):
                _staged(Path(elsewhere)).unlink(missing_ok=True)
        if copy.exists():
            shutil.rmtree(copy)
    except OSError as error:
        _warn(copy, error)


def _warn(copy: Path, error: OSError) -> None:
    log.warning("%s, which a restore left, cannot be deleted: %s", copy, error.strerror)


def _copy(backup: Path, copy: Path, manifest: Manifest) -> None:
    """Copy the backup's files into ``copy``, and compare each with its size and its checksum."""
    restored = {INDEX, STATE, *KEPT}
    if manifest.index and manifest.index["kind"] == "server":
        restored.remove(INDEX)  # the backup has only the snapshot's name
    for name, (size, expected) in manifest.files.items():
        if Path(name).parts[0] not in restored:
            continue
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            source = regular(backup, name)
            copy_file(source, target)
        except FileNotFoundError:
            raise BackupRefused(
                f"The backup in {backup} lacks {name}: it is not restored."
            ) from None
        if target.stat().st_size != size or checksum(target) != expected:
            raise BackupRefused(
                f"{source} is not what was backed up (its checksum differs): nothing is restored."
            )


def _plan(copy: Path, database: Path) -> None:
    """Write the plan, which says what is replaced, and move the new database beside the old one.
    Files that the backup does not hold stay."""
    brings = {name for name in (INDEX, *KEPT) if (copy / name).exists()}
    replaces = brings | ({CURVE} if INDEX in brings else set())  # a later curve is of the old index
    plan: dict[str, Any] = {"brings": sorted(brings), "replaces": sorted(replaces)}
    if (copy / STATE).exists():
        plan |= {"elsewhere": str(database), "checksum": checksum(copy / STATE)}
    (copy / _PLAN).write_text(json.dumps(plan), encoding="utf-8")
    checksum(copy / _PLAN)  # so that it is on the disk, and tells where to look for the database
    if (copy / STATE).exists():
        database.parent.mkdir(parents=True, exist_ok=True)
        staged = _staged(database)
        staged.unlink(missing_ok=True)
        shutil.move(copy / STATE, staged, copy_function=copy_file)  # if on another file system
        if checksum(staged) != plan["checksum"]:
            raise BackupRefused(f"{staged} is not what was written to it: nothing is restored.")
        sync(staged.parent)
    sync_folders(copy)


def _move(ready: Path, data_dir: Path) -> None:
    """Put the files that the plan names in place, but for those that a killed process has moved."""
    plan = json.loads((ready / _PLAN).read_bytes())
    if database := plan.get("elsewhere"):  # first: if it is missing, the old data stays whole
        _replace(Path(database), plan["checksum"], ready)
    for name in plan["replaces"]:
        new, place = ready / name, data_dir / name
        # A file that is replaced and not brought is only removed.
        if new.exists() or name not in plan["brings"]:
            remove(place)
        if new.exists():
            new.rename(place)


def _replace(database: Path, expected: str, ready: Path) -> None:
    """Put the new database, with the checksum ``expected``, in place of ``database``.

    Raises:
        BackupRefused: it is in neither place.
    """
    staged = _staged(database)
    if staged.exists():
        for log_file in _logs(database):  # first: they would be replayed on the new database
            log_file.unlink(missing_ok=True)
        staged.replace(database)
        sync(database.parent)
    elif not (database.exists() and checksum(database) == expected):
        raise BackupRefused(
            f"A restore was interrupted, and the database {staged}, which it was to put in place,"
            f" is missing. Mount its file system, or delete {ready} to keep the old data."
        )


def _staged(database: Path) -> Path:
    """Return where the new database lies until it replaces the old one."""
    return database.with_name(f"{database.name}.restore")


def _logs(database: Path) -> list[Path]:
    """Return the paths of SQLite's log files of the database."""
    return [database.with_name(database.name + suffix) for suffix in _LOGS]


def _is_mounted(place: Path) -> bool:
    """Return whether the path is a mount point."""
    if os.path.ismount(place):
        return True
    try:  # only this list names what is mounted from the same disk, as Docker does
        lines = _MOUNTS.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return False
    listed = str(place.parent.resolve() / place.name)  # with these characters escaped in octal
    for character in "\\ \t\n":
        listed = listed.replace(character, f"\\{ord(character):03o}")
    return any(line.split(" ")[4] == listed for line in lines)


def require_kinds(manifest: Manifest, *, index_on_server: bool, database_on_server: bool) -> None:
    """Refuse a backup of other engines than the settings name.

    Raises:
        BackupRefused
    """
    if manifest.index and manifest.index["kind"] == "embedded" and index_on_server:
        raise BackupRefused(
            "The backup holds an embedded index, and [index] url names a server: restore it"
            " without that setting, then move it with `footnote migrate-index`."
        )
    if manifest.index and manifest.index["kind"] == "server" and not index_on_server:
        raise BackupRefused("The backup is of an index on a Qdrant server: set its [index] url.")
    if manifest.state and manifest.state["kind"] == "file" and database_on_server:
        raise BackupRefused(
            "The backup holds a SQLite database, and [state] url names no file but a server:"
            " restore it without that setting."
        )


def require_rows(found: Mapping[str, int], expected: Mapping[str, int]) -> None:
    """Check that each table has as many rows as in the backup.

    Raises:
        BackupRefused: they are not as many.
    """
    for table, rows in expected.items():
        if found.get(table) != rows:
            raise BackupRefused(
                f"The table {table} of the backup has {found.get(table)} rows, and had {rows} when"
                " it was made."
            )


@contextmanager
def alone_in(database: Path) -> Iterator[None]:
    """Keep every other process out of a SQLite database.

    Raises:
        StateUnavailable: a process has it open, or it cannot be written.
    """
    if not database.exists():
        yield
        return
    with ExitStack() as opened:
        try:
            connection = sqlite3.connect(database, timeout=0, isolation_level=None)
            opened.enter_context(closing(connection))
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY == sqlite3.SQLITE_BUSY:
                why = f"A process has the database {database} open: stop it first."
            else:
                why = f"The database {database} cannot be replaced ({error})."
            raise StateUnavailable(why) from error
        except sqlite3.DatabaseError:
            pass  # damaged, so nobody can have it open
        yield
