"""Restoring: a backup is copied beside the data, checked there, and then takes its place.

The copy is in ``restore.new`` until it is whole and checked. Once it is renamed to
``restore.ready``, the restore will be completed: if a process is killed while it moves files, the
next one moves the rest, because it calls `finish` before it opens anything. Before the renaming,
the old data stays untouched.

A database in another folder (`[state] url` names its file) is replaced by a copy beside it, because
a rename is atomic only within a file system.

Every copy holds people's questions. So a restore that is refused deletes its copy, and `finish`
deletes the copy of a killed one: the process that makes ``restore.new`` locks it.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

from footnote_bot.bot.errors import BackupRefused
from footnote_bot.bot.operations.backups import (
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
from footnote_bot.indexers.sparse import copy_file

log = logging.getLogger(__name__)

_NEW, _READY, _OLD = "restore.new", "restore.ready", "restore.old"
_PLAN = "plan.json"
_LOGS = ("-wal", "-shm")
_OF_STATE = (*(f"{STATE}{log}" for log in _LOGS), STATE)
_STAGED = ".restore"
_PRIVATE = 0o600
_MOUNTS = Path("/proc/self/mountinfo")
"""Linux's list of this process's mount points."""


def restore(  # noqa: PLR0913 - where from, where to, and the checks
    backup: Path,
    data_dir: Path,
    *,
    state: Path | None = None,
    check: Callable[[Manifest, Path], None],
    unused: Callable[[], AbstractContextManager[None]],
    force: bool,
) -> Manifest:
    """Put a backup in place of the data in ``data_dir``, and its database in place of the file
    ``state``, if given: it may be in another folder. ``check`` opens the copy before it replaces
    anything; ``unused`` keeps other processes out of the data.

    Raises:
        BackupRefused: the backup is damaged, there is data and ``force`` is false, the folder
            cannot be written, or something is mounted where data is replaced.
        As ``check`` and ``unused`` do.
    """
    manifest = Manifest.read(backup)
    try:
        finish(data_dir)
        usual = (data_dir / STATE).resolve()
        elsewhere = state.resolve() if state and state.resolve() != usual else None
        existing = [name for name in (INDEX, STATE) if (data_dir / name).exists()]
        if elsewhere:
            existing = [name for name in existing if name != STATE]
            existing += [str(elsewhere)] if elsewhere.exists() else []
        places = [data_dir / name for name in (INDEX, *_OF_STATE, *KEPT)]
        _require_movable([*places, elsewhere] if elsewhere else places)
        if existing and not force:
            raise BackupRefused(
                f"{data_dir} holds data ({', '.join(existing)}), which the backup would replace:"
                " say --force, or name another folder with --data-dir."
            )
        with unused():
            data_dir.mkdir(parents=True, exist_ok=True)
        with ExitStack() as kept_out:
            with _copying(data_dir / _NEW) as copy:
                _copy(backup, copy, manifest)
                check(manifest, copy)
                _plan(copy, elsewhere)
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
    try:
        _finish(data_dir)
    except OSError as error:
        raise BackupRefused(
            f"What a restore has made ready cannot be put in place: {error}. Mend that, or run this"
            " as the user who restored."
        ) from error


def _finish(data_dir: Path) -> None:
    ready, old = data_dir / _READY, data_dir / _OLD
    try:
        descriptor = os.open(ready, os.O_RDONLY | os.O_DIRECTORY)
    except (FileNotFoundError, NotADirectoryError):
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # two processes may start at once
        if (ready / _PLAN).exists():
            old.mkdir(exist_ok=True)
            _move(ready, data_dir, old)
            sync(data_dir)
            (ready / _PLAN).unlink()
        shutil.rmtree(old, ignore_errors=True)  # first: without `ready`, nobody would look for it
        shutil.rmtree(ready, ignore_errors=True)  # the other process may have done it
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
    descriptor = os.open(copy, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield copy
    except (Exception, KeyboardInterrupt):
        _discard(copy)
        raise
    finally:
        os.close(descriptor)


def _discard_unlocked(copy: Path) -> None:
    """Delete a copy that no process makes any more."""
    try:
        descriptor = os.open(copy, os.O_RDONLY | os.O_DIRECTORY)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:  # such as another user's
        log.warning("%s, which a restore left, cannot be deleted: %s", copy, error.strerror)
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _discard(copy)
    except BlockingIOError:
        pass  # a restore is at work
    finally:
        os.close(descriptor)


def _discard(copy: Path) -> None:
    """Delete a copy that is not ready, and the database that it has staged elsewhere."""
    try:
        if elsewhere := _read_plan(copy).get("elsewhere"):
            _staged(Path(elsewhere)).unlink(missing_ok=True)
        if copy.exists():
            shutil.rmtree(copy)
    except OSError as error:
        log.warning("%s, which a restore left, cannot be deleted: %s", copy, error.strerror)


def _read_plan(folder: Path) -> dict[str, Any]:
    """Return the plan in ``folder``; empty if there is none, or only a part of one."""
    try:
        plan = json.loads((folder / _PLAN).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return plan if isinstance(plan, dict) else {}


def _move(ready: Path, data_dir: Path, old: Path) -> None:
    plan = json.loads((ready / _PLAN).read_bytes())
    if elsewhere := plan.get("elsewhere"):  # first: if it is missing, the old data stays whole
        _replace(Path(elsewhere), plan.get("checksum"), ready)
    for name in plan["replaces"]:
        new, place = ready / name, data_dir / name
        if name in plan["brings"] and not new.exists():
            continue  # the killed process has already moved it
        if place.exists():
            remove(old / name)
            place.rename(old / name)
        if new.exists():
            new.rename(place)


def _replace(file: Path, expected: str | None, ready: Path) -> None:
    """Put the staged database in place of ``file``, if it is not there yet.

    Raises:
        BackupRefused: it is in neither place.
    """
    staged = _staged(file)
    if staged.exists():
        for log_ in _LOGS:  # first: they would be replayed on the new database
            file.with_name(file.name + log_).unlink(missing_ok=True)
        staged.replace(file)
        sync(file.parent)
    elif expected and not (file.exists() and checksum(file) == expected):
        raise BackupRefused(
            f"A restore was interrupted, and the database {staged}, which it was to put in place,"
            f" is missing. Mount its file system, or delete {ready} to keep the old data."
        )


def _require_movable(places: Iterable[Path]) -> None:
    """Check that nothing is mounted at the places: that cannot be renamed, and a restore would stop
    half-way.

    Raises:
        BackupRefused: something is.
    """
    for place in places:
        if _is_mounted(place):
            raise BackupRefused(
                f"{place} is a mount point, and nothing can take its place: mount the folder above"
                " it instead."
            )


def _is_mounted(place: Path) -> bool:
    if os.path.ismount(place):
        return True
    try:  # only this list names what is mounted from the same disk, as Docker does
        lines = _MOUNTS.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return False
    listed = str(place.parent.resolve() / place.name)
    for character in "\\ \t\n":
        listed = listed.replace(character, f"\\{ord(character):03o}")
    return any(line.split(" ")[4] == listed for line in lines)


def _staged(file: Path) -> Path:
    return file.with_name(file.name + _STAGED)


def _stage(copy: Path, file: Path, expected: str) -> None:
    """Copy a database to the place beside the ``file`` that it will replace, flushed to the
    disk."""
    file.parent.mkdir(parents=True, exist_ok=True)
    staged = _staged(file)
    staged.unlink(missing_ok=True)
    staged.touch(_PRIVATE)
    copy_file(copy, staged)
    if checksum(staged) != expected:
        raise BackupRefused(f"{staged} is not what was written to it: nothing is restored.")
    sync(staged.parent)
    copy.unlink()


def _copy(backup: Path, copy: Path, manifest: Manifest) -> None:
    index = manifest.parts["index"]
    # For an index on a server the backup has only the snapshot's name.
    brings = (*((INDEX,) if index is None or index["kind"] != "server" else ()), STATE, *KEPT)
    for name, (size, expected) in manifest.files.items():
        if Path(name).parts[0] not in brings:
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


def _plan(copy: Path, elsewhere: Path | None) -> None:
    """Write the plan: which files are replaced. Files that the backup does not hold stay."""
    brings = {path.name for path in copy.iterdir()}
    plan: dict[str, Any] = {}
    if elsewhere and STATE in brings:
        plan = {"elsewhere": str(elsewhere), "checksum": checksum(copy / STATE)}
        brings.remove(STATE)
    replaces = [name for name in KEPT if name in brings]
    if INDEX in brings:  # a curve that was fitted since belongs to the old index
        replaces = sorted({*replaces, CURVE, INDEX})
    if STATE in brings:
        replaces += _OF_STATE
    plan |= {"brings": sorted(brings), "replaces": replaces}
    (copy / _PLAN).write_text(json.dumps(plan), encoding="utf-8")
    checksum(copy / _PLAN)  # so that it is on the disk
    if elsewhere and "elsewhere" in plan:  # once the plan tells where to look for it
        _stage(copy / STATE, elsewhere, plan["checksum"])
    sync_folders(copy)
