"""Backups: a folder with the copies of index and state, and a manifest that is written last.

A folder without a manifest is no backup: whoever made it was interrupted.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any

from footnote_bot.bot.errors import BackupRefused
from footnote_bot.indexers.text.counting import counted

FORMAT = 1
"""Increased when older versions of Footnote can no longer restore a backup."""
MANIFEST = "manifest.json"
INDEX, STATE, SETTINGS = "index", "state.sqlite3", "footnote.toml"
CURVE = "confidence.json"
KEPT = ("owner", CURVE)
"""Small files of the data folder that belong to index and state."""
_UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The description of a backup: ``parts`` by name, and each of its files with its size in bytes
    and its SHA-256."""

    version: str
    made: str
    parts: dict[str, Any]
    files: dict[str, tuple[int, str]]
    format: int = FORMAT

    @property
    def index(self) -> dict[str, Any] | None:
        """Return the description of the index; None if there was none."""
        return self.parts["index"]  # type: ignore[no-any-return]

    @property
    def state(self) -> dict[str, Any] | None:
        """Return the description of the database; None if there was none."""
        return self.parts["state"]  # type: ignore[no-any-return]

    @property
    def summary(self) -> dict[str, Any]:
        """Return the manifest's part in the JSON of `footnote backup` and `footnote restore`."""
        return {"made": self.made, "index": self.index, "state": self.state}

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read the manifest in ``folder``.

        Raises:
            BackupRefused: there is none, or a newer Footnote wrote it.
        """
        try:
            fields = json.loads(regular(folder, MANIFEST).read_bytes())
            if fields["format"] > FORMAT:
                raise BackupRefused(
                    f"The backup in {folder} was made by Footnote {fields['version']}, whose form"
                    " this one does not know: update Footnote."
                )
            files = {
                str(name): (int(size), str(sha)) for name, (size, sha) in fields["files"].items()
            }
            manifest = cls(
                str(fields["version"]), str(fields["made"]), dict(fields["parts"]), files
            )
            for part in (manifest.index, manifest.state):
                _ = part is None or part["kind"]  # raises KeyError without a kind
        except FileNotFoundError:
            raise BackupRefused(
                f"{folder} holds no whole backup: it has no {MANIFEST}, which is written last."
            ) from None
        except OSError as error:
            raise BackupRefused(f"{folder} cannot be read: {error.strerror}.") from error
        except (
            ArithmeticError, AttributeError, KeyError, RecursionError, TypeError, ValueError,
        ) as error:  # fmt: skip
            raise BackupRefused(f"{folder / MANIFEST} is damaged.") from error
        for name in files:
            if not name or not name.isprintable() or ".." in Path(name).parts or name[0] == "/":
                raise BackupRefused(f"{folder / MANIFEST} names a file outside of it: {name!r}.")
        return manifest

    def described(self, folder: Path) -> list[str]:
        """Return a line for each part, including those that the backup in ``folder`` lacks."""
        lines = [f"{folder}: made {self.made}"]
        if self.index is None:
            lines.append("  index  none: nothing was synced yet")
        else:
            wikis = self.index["wikis"].values()
            pages, passages = (sum(counts[column] for counts in wikis) for column in (0, 1))
            lines.append(f"  index  {counted(pages, 'page')}, {counted(passages, 'passage')}")
            if self.index["kind"] == "server":
                lines.append(
                    "         as a snapshot, which the Qdrant server keeps: copy it from there"
                )
            if self.index["trouble"]:
                lines.append(f"         {self.index['trouble']}")
        if self.state is None:
            lines.append("  state  none: no question was asked yet")
        elif self.state["kind"] == "file":
            answers, flags = (self.state["rows"][table] for table in ("answers", "flags"))
            lines.append(f"  state  {counted(answers, 'answer')}, {counted(flags, 'flag')}")
        else:
            lines.append(f"  state  is not in it, but on PostgreSQL: {self.state['by_hand']}")
        return lines


def back_up(
    folder: Path,
    copy_to: Callable[[Path], dict[str, Any]],
    *,
    version: str,
    made: str,
    check: Callable[[], object] = lambda: None,
) -> Manifest:
    """Write a backup into ``folder``, which is created. ``copy_to`` puts everything into it and
    returns the manifest's parts. ``check`` is called before the manifest is put in place, and
    raises if nobody waits for the backup any more.

    Raises:
        BackupRefused: the folder is not empty, or cannot be written, or others may write into it,
            or another backup is being written into it.
        As ``copy_to``, but for OSError, and ``check``.
    """
    try:
        with _prepared(folder):
            parts = copy_to(folder)
            files = {
                file.relative_to(folder).as_posix(): (file.stat().st_size, checksum(file))
                for file in sorted(folder.rglob("*"))
                if file.is_file() and file.name != _UNFINISHED
            }
            manifest = Manifest(version, made, parts, files)
            new_manifest = folder / f"{MANIFEST}.new"
            new_manifest.unlink(missing_ok=True)
            with new_manifest.open("x", encoding="utf-8") as stream:  # which follows no link
                stream.write(json.dumps(asdict(manifest), indent=1) + "\n")
            sync_folders(folder)
            check()
            new_manifest.replace(folder / MANIFEST)
            (folder / _UNFINISHED).unlink()
            sync(folder)
    except OSError as error:
        # Name the file only if it is one that is copied: those in the backup tell nobody anything.
        failed = Path(error.filename or folder)
        place = folder if failed.is_relative_to(folder) else failed
        raise BackupRefused(
            f"The backup cannot be written: {error.strerror or error}: {place}"
        ) from error
    return manifest


@contextmanager
def _prepared(folder: Path) -> Iterator[None]:
    """Make the folder, delete the files of an interrupted backup in it, and lock it."""
    folder.mkdir(0o700, parents=True, exist_ok=True)
    status = folder.stat()
    if status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise BackupRefused(
            f"Other users may write into {folder}, and could have the backup overwrite other files:"
            " name a new folder, or one that only you may write to (`chmod go-w`)."
        )
    _require_free(folder)
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
    with os.fdopen(os.open(folder / _UNFINISHED, flags, 0o600), "w") as unfinished:
        try:
            fcntl.flock(unfinished, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupRefused(f"Another backup is being written into {folder}.") from None
        if (folder / MANIFEST).exists():  # another backup was completed just now
            (folder / _UNFINISHED).unlink(missing_ok=True)
            _require_free(folder)
        for name in (INDEX, STATE, SETTINGS, *KEPT):
            remove(folder / name)
        yield


def _require_free(folder: Path) -> None:
    """Check that the folder is empty, or holds only an interrupted backup."""
    entries = {path.name for path in folder.iterdir()}
    if MANIFEST in entries:
        raise BackupRefused(f"{folder} holds a backup already: name a new folder.")
    if entries and _UNFINISHED not in entries:
        raise BackupRefused(f"{folder} is not empty: name a new folder.")


def regular(folder: Path, name: str) -> Path:
    """Return the file ``name`` in the backup in ``folder``.

    Raises:
        BackupRefused: it is no file, such as a pipe, or a link leads to it.
        OSError: it is missing, or cannot be looked at.
    """
    file = folder / name
    if Path(os.path.realpath(file, strict=True)) != folder.resolve() / name or not file.is_file():
        raise BackupRefused(f"{file} is not a file of its own in the backup: nothing is restored.")
    return file


def checksum(file: Path) -> str:
    """Flush a file to the disk and return its SHA-256."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
        return file_digest(opened, "sha256").hexdigest()


def sync(folder: Path) -> None:
    """Write a folder's entries to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folders(folder: Path) -> None:
    """Write the entries of the folder, and of all folders below it, to the disk."""
    for place, _, _ in os.walk(folder):
        sync(Path(place))


def remove(path: Path) -> None:
    """Delete a file or a folder, if there is one."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
