"""The files of a folder: listed completely or not at all, and read with care."""

from __future__ import annotations

import errno
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec

from footnote_bot.indexers.errors import WikiMisconfigured, WikiUnavailable
from footnote_bot.indexers.sources.markdown.encoding import is_binary

_IGNORED = frozenset({
    "node_modules", "bower_components", "__pycache__", "_site",
    "lost+found", "System Volume Information", "$RECYCLE.BIN", "@eaDir",
})  # fmt: skip
"""Folders of tools and of file systems, which hold no pages."""
MAX_BYTES = 2_000_000
"""Bytes of the largest page that is read."""
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_FOLDER_LINK = "a link to a folder, which is not followed"
_NOWHERE = "a link that leads nowhere or no regular file"
_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})
"""The errors of a path at which nothing is, or a link that leads nowhere."""
_DEPENDENCIES = frozenset({"vendor", "themes"})
_PROGRAMS = frozenset(
    {"Gemfile", "go.mod", "package.json", "composer.json", "hugo.toml", "config.toml", "hugo.yaml"}
)
"""Files that mark a program: a folder of dependencies beside one holds no pages of the wiki."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing. Paths are relative to the folder, with ``/``. ``unlisted`` are folders (ending in
    ``/``) that could not be listed, and why. ``unread`` are entries that are not read, and why:
    links to a folder (ending in ``/``) or to nowhere, pipes, sockets and devices, and names that
    are not UTF-8."""

    files: tuple[str, ...]
    folders: frozenset[str]
    unlisted: Mapping[str, str]
    unread: Mapping[str, str]


def _is_withheld(name: str) -> bool:
    """Return whether a folder of this name is not read (`.git` may hold credentials)."""
    return name.startswith(".") or name in _IGNORED


def check(root: Path) -> None:
    """Check that the folder exists.

    Raises:
        WikiMisconfigured: there is no such folder.
        WikiUnavailable: a folder above it may not be read.
    """
    try:
        is_there = root.exists()
    except OSError as error:
        raise WikiUnavailable(f"{root} cannot be looked at: {error.strerror or error}") from error
    if not is_there:
        raise WikiMisconfigured(f"there is no folder {root}; set the wiki's path to one")
    if not root.is_dir():
        raise WikiMisconfigured(
            f"{root} is no folder; set the wiki's path to the folder of the pages"
        )


def listing(root: Path) -> Listing:
    """List every file below ``root``, without hidden folders and dependencies.

    Raises:
        WikiMisconfigured: there is no such folder.
        WikiUnavailable: ``root`` itself cannot be listed.
    """
    check(root)
    files: list[str] = []
    folders: set[str] = set()
    unlisted: dict[str, str] = {}
    unread: dict[str, str] = {}
    pending = [""]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(root / folder) as entries:
                children = list(entries)
        except OSError as error:
            why = error.strerror or str(error)
            if not folder:
                raise WikiUnavailable(f"the folder {root} cannot be listed: {why}") from error
            unlisted[folder] = why
            continue
        for entry in children:
            path = f"{folder}{entry.name}"
            is_folder = entry.is_dir(follow_symlinks=False)
            if is_folder:
                folders.add(path)
            if reason := _why_unread(entry):
                end = "/" if is_folder or reason == _FOLDER_LINK else ""
                unread[f"{path.encode(errors='replace').decode()}{end}"] = reason
            elif not is_folder:
                files.append(path)
            elif not _is_withheld(entry.name):
                pending.append(f"{path}/")
    if _PROGRAMS & set(files):
        files = [path for path in files if path.split("/", 1)[0] not in _DEPENDENCIES]
    return Listing(tuple(sorted(files)), frozenset(folders), unlisted, unread)


def _why_unread(entry: os.DirEntry[str]) -> str:
    """Return why an entry is neither read nor listed; empty if it is, or if it is of no interest.
    Opening a pipe would wait for its writer."""
    if _is_withheld(entry.name):
        return ""
    try:
        entry.name.encode("utf-8")
        if entry.is_file() or entry.is_dir(follow_symlinks=False):
            return ""
        if not entry.is_symlink():
            return "no regular file"
        return _FOLDER_LINK if entry.is_dir() else _NOWHERE
    except UnicodeEncodeError:  # Python decodes other bytes to surrogates
        return "its name is not UTF-8"
    except OSError:  # circular links
        return _NOWHERE


def may_exist(root: Path, path: str) -> bool:
    """Return whether a listing of ``root`` may have missed a file at ``path`` by an error."""
    file = root / path
    above = [folder for folder in file.parents if root in folder.parents]
    try:
        if any(stat.S_ISLNK(folder.lstat().st_mode) for folder in reversed(above)):
            return False  # no listing follows a link to a folder
        file.stat()
    except OSError as error:
        return error.errno not in _ABSENT
    return False


@dataclass(frozen=True, slots=True)
class Selection:
    """The files that are pages: by suffix, and by patterns as in ``.gitignore``."""

    suffixes: tuple[str, ...]
    include: GitIgnoreSpec | None
    exclude: GitIgnoreSpec

    @classmethod
    def of(
        cls, suffixes: Sequence[str], include: Sequence[str], exclude: Sequence[str]
    ) -> Selection:
        """Create a selection.

        Raises:
            WikiMisconfigured: a pattern cannot be understood.
        """
        try:
            return cls(
                tuple(suffixes),
                GitIgnoreSpec.from_lines(map(composed, include)) if include else None,
                GitIgnoreSpec.from_lines(map(composed, exclude)),
            )
        except (ValueError, re.error) as error:
            raise WikiMisconfigured(f"include or exclude has a wrong pattern: {error}") from error

    def __call__(self, path: str) -> bool:
        """Return whether the file at ``path`` is a page."""
        name = path.rsplit("/", 1)[-1]
        return (
            name.lower().endswith(self.suffixes)
            and not name.startswith(".")
            and (self.include is None or self.include.match_file(composed(path)))
            and not self.excludes(path)
        )

    def excludes(self, path: str) -> bool:
        """Return whether a pattern of ``exclude`` matches the path."""
        return bool(self.exclude.match_file(composed(path)))


class UnreadFile(Exception):
    """A file was not read: ``skipped`` on purpose, or failed this time. ``keeps``: an indexed
    version stays, and then this is a failure."""

    def __init__(self, reason: str, *, skipped: bool, keeps: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.skipped = skipped
        self.keeps = keeps


def read(
    root: Path,
    path: str,
    excluded: Callable[[str], bool] = lambda _: False,
    is_page: Callable[[str], bool] = lambda _: False,
) -> bytes:
    """Return the bytes of a page. ``excluded`` tells which files may not be read, even through a
    link. ``is_page`` tells which files are pages themselves: a link to one is no page.

    Raises:
        UnreadFile: the file is outside of the folder, too large, binary or unreadable.
    """
    file = root / path
    try:
        target, top = file.resolve(), root.resolve()
        if not target.is_relative_to(top):
            raise UnreadFile("a link that leads out of the folder", skipped=True)
        inside = target.relative_to(top).as_posix()
        if any(map(_is_withheld, inside.split("/"))) or excluded(inside):
            raise UnreadFile("a link to what is not read", skipped=True)
        if inside != path and is_page(inside):
            raise UnreadFile("a link to another page", skipped=True)
        if not file.is_file():
            raise UnreadFile(_NOWHERE, skipped=True)
        size = file.stat().st_size
        if size > MAX_BYTES:
            reason = f"too large: {size:,} bytes, at most {MAX_BYTES:,}"
            raise UnreadFile(reason, skipped=True, keeps=True)
        raw = file.read_bytes()
    except RuntimeError as error:  # Python before 3.13 raises it for circular links
        raise UnreadFile(_NOWHERE, skipped=True) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreadFile(f"cannot be read: {reason}", skipped=False) from error
    if raw.startswith(_LFS_POINTER):
        raise UnreadFile("kept in Git LFS, which is not read", skipped=True)
    if is_binary(raw):
        raise UnreadFile("binary", skipped=True)
    return raw


def read_quickly(root: Path, path: str) -> bytes | None:
    """Return the bytes of a regular file, to compare them with what `read` returned earlier; None
    if `read` has to decide. It does not look where folders on the way lead."""
    try:
        opened = os.open(root / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(opened, "rb") as file:
            if not stat.S_ISREG(os.fstat(opened).st_mode):
                return None
            content = file.read(MAX_BYTES + 1)
    except OSError:
        return None
    return content if len(content) <= MAX_BYTES else None


def composed(path: str) -> str:
    """Return a path in the form for comparisons with patterns and links: people write `Ö` as one
    character, and some file systems as two."""
    return unicodedata.normalize("NFC", path)
