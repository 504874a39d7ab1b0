"""The files of a folder: listed completely or not at all, and read with care."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec

from indexers.errors import WikiMisconfigured, WikiUnavailable

_IGNORED = frozenset({"node_modules", "bower_components", "__pycache__", "_site"})
_DEPENDENCIES = frozenset({"vendor", "themes"})
_PROGRAMS = frozenset(
    {"Gemfile", "go.mod", "package.json", "composer.json", "hugo.toml", "config.toml", "hugo.yaml"}
)
"""Beside one of these, a top folder of dependencies holds no pages of the wiki's own."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Paths relative to the folder, with ``/``; undecodable bytes as surrogates."""

    files: tuple[str, ...]
    folders: frozenset[str]


def _is_withheld(name: str) -> bool:
    """Whether nothing below a folder of this name is read (`.git` holds addresses and more)."""
    return name.startswith(".") or name in _IGNORED


def check(root: Path) -> None:
    """
    Raises:
        WikiMisconfigured: there is no such folder.
        WikiUnavailable: a folder above it may not be looked into.
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
    """Every file below ``root``, hidden folders and dependencies left out. Links to
    folders are not followed.

    Raises:
        WikiMisconfigured: there is no such folder.
        WikiUnavailable: some folder cannot be listed.
    """
    check(root)
    files: list[str] = []
    folders: set[str] = set()
    pending = [""]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(root / folder) as entries:
                for entry in entries:
                    path = f"{folder}{entry.name}"
                    if entry.is_dir(follow_symlinks=False):
                        folders.add(path)
                        if not _is_withheld(entry.name):
                            pending.append(f"{path}/")
                    else:
                        files.append(path)
        except OSError as error:
            raise WikiUnavailable(
                f"the folder {root / folder} cannot be listed: {error.strerror or error}"
            ) from error
    if _PROGRAMS & set(files):
        files = [path for path in files if path.split("/", 1)[0] not in _DEPENDENCIES]
    return Listing(tuple(sorted(files)), frozenset(folders))


@dataclass(frozen=True, slots=True)
class Selection:
    """Which files are pages: by suffix, and by patterns as in ``.gitignore``."""

    suffixes: tuple[str, ...]
    include: GitIgnoreSpec | None
    exclude: GitIgnoreSpec

    @classmethod
    def of(
        cls, suffixes: Sequence[str], include: Sequence[str], exclude: Sequence[str]
    ) -> Selection:
        """
        Raises:
            WikiMisconfigured: a pattern cannot be understood.
        """
        try:
            return cls(
                tuple(suffixes),
                GitIgnoreSpec.from_lines(include) if include else None,
                GitIgnoreSpec.from_lines(exclude),
            )
        except (ValueError, re.error) as error:
            raise WikiMisconfigured(f"include or exclude has a wrong pattern: {error}") from error

    def __call__(self, path: str) -> bool:
        name = path.rsplit("/", 1)[-1]
        return (
            name.lower().endswith(self.suffixes)
            and not name.startswith(".")
            and (self.include is None or self.include.match_file(path))
            and not self.excludes(path)
        )

    def excludes(self, path: str) -> bool:
        return bool(self.exclude.match_file(path))


class Unread(Exception):
    """Why a file was not read: ``skipped`` on purpose, or failed this time."""

    def __init__(self, reason: str, *, skipped: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.skipped = skipped


_NOWHERE = "a link that leads nowhere or no regular file"


def read(
    root: Path, path: str, max_bytes: int, excluded: Callable[[str], bool] = lambda _: False
) -> bytes:
    """Return the bytes of a page. ``excluded`` says of which files nothing may be read, not by a
    link from another name either.

    Raises:
        Unread: it leads out of the folder, is too large, binary or unreadable.
    """
    file = root / path
    try:
        target, top = file.resolve(), root.resolve()
        if not target.is_relative_to(top):
            raise Unread("a link that leads out of the folder", skipped=True)
        inside = target.relative_to(top)
        if any(map(_is_withheld, inside.parts)) or excluded(inside.as_posix()):
            raise Unread("a link to what is not read", skipped=True)
        if not file.is_file():
            raise Unread(_NOWHERE, skipped=True)
        size = file.stat().st_size
        if size > max_bytes:
            raise Unread(f"too large: {size:,} bytes, at most {max_bytes:,}", skipped=True)
        raw = file.read_bytes()
    except RuntimeError as error:  # what Python before 3.13 says of links in a circle
        raise Unread(_NOWHERE, skipped=True) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unread(f"cannot be read: {reason}", skipped=False) from error
    if b"\0" in raw:
        raise Unread("binary", skipped=True)
    return raw


def text_of(raw: bytes) -> tuple[str, str]:
    """The text, and a warning where bytes had to be replaced."""
    try:
        return raw.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        warning = "not UTF-8 throughout; what could not be read was replaced"
        return raw.decode("utf-8-sig", "replace"), warning


def key_of(path: str) -> str:
    """A path as valid text: bytes that are no UTF-8 become ``%FF``."""
    return re.sub("[\udc80-\udcff]", lambda match: f"%{ord(match[0]) - 0xDC00:02X}", path)


def paths_of(key: str) -> Iterator[str]:
    """The paths that may have this key, the likely one first."""
    yield key
    if "%" in key:
        yield re.sub(r"%([89A-F][0-9A-F])", lambda match: chr(0xDC00 + int(match[1], 16)), key)
