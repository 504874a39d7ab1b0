"""Privacy of the data folder: only its owner may read it, because it holds pages that not everybody
may read, and people's questions."""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path

from footnote_bot.bot.operations import texts
from footnote_bot.indexers.findings import Finding, ok, warning

UMASK = 0o077
"""The umask for all files that this process, its libraries or git create."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OURS = (
    "cache", "clones", "demo", "index", "models", "owner", "process", "restore.*", "scratch",
    "spool", "state.sqlite3*",
)  # fmt: skip
_USED = ("index", "owner", "state.sqlite3*")
"""The patterns that mark a folder as one that we have used."""


def exposed(folder: Path) -> list[Path]:
    """Return the paths in the data folder that other users can access. If the folder and its direct
    children are closed, nothing deeper is reachable or checked.

    Raises:
        OSError: the folder cannot be read.
    """
    first = list(_top_paths(folder))
    if not any(map(_is_open, first)):
        return []
    return [path for top in first for path in _with_contents(top, folder) if _is_open(path)]


def close(folder: Path) -> list[str]:
    """Remove other users' access to the data folder. Return a line for each failure."""
    problems = []
    try:
        paths = exposed(folder)
    except OSError as error:
        return [str(error)]
    for path in paths:
        try:
            path.chmod(stat.S_IMODE(path.lstat().st_mode) & ~_OTHERS)
        except FileNotFoundError:
            continue  # SQLite deletes its own files when it no longer needs them
        except OSError as error:
            problems.append(f"{path}: {error.strerror}")
    return problems


def findings(folder: Path) -> Iterator[Finding]:
    """Report whether other users of the machine may read the data folder now."""
    try:
        paths = exposed(folder)
    except OSError as error:
        yield warning(texts.DATA_FOLDER, texts.not_looked_at(error), texts.SEE_DATA_DIR)
        return
    if paths:
        says = texts.open_to_others(len(paths), folder, paths[0])
        yield warning(texts.DATA_FOLDER, says, texts.close_it(folder))
    else:
        yield _privacy_of_new_files(folder)


def _privacy_of_new_files(folder: Path) -> Finding:
    """Report whether files created in the folder now are private to their owner."""
    if not folder.exists():
        return ok(texts.DATA_FOLDER, texts.not_made_yet(folder))
    if _is_shared(folder):
        return ok(texts.DATA_FOLDER, texts.only_what_is_ours(folder))
    owner = folder.stat().st_uid
    if owner == os.geteuid():
        return ok(texts.DATA_FOLDER, texts.only_its_owner(folder))
    name = _user(owner)
    says = texts.of_another_user(folder, name, _user(os.geteuid()))
    return warning(texts.DATA_FOLDER, says, texts.run_as(name, folder))


def _user(number: int) -> str:
    """Return the user's name; the number as text if it has none."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # a container's user often has no name
        return str(number)


def _top_paths(folder: Path) -> Iterator[Path]:
    """Yield the folder, unless it is shared with others, and our files in it."""
    if not folder.is_dir():
        return
    if _is_shared(folder):
        for pattern in _OURS:
            yield from folder.glob(pattern)
        return
    yield folder
    yield from folder.iterdir()


def _is_shared(folder: Path) -> bool:
    """Return whether the folder holds more than our data: the working folder or a parent of it, a
    home, a folder that everybody can write to, or one that a mistyped setting names."""
    place, working_folder = folder.resolve(), Path.cwd()
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home() fails if a user has none
    return (
        place in {working_folder, *working_folder.parents, home}
        or bool(place.stat().st_mode & stat.S_ISVTX)  # the sticky bit, as of /tmp
        or not _is_data(place)
    )


def _is_data(folder: Path) -> bool:
    """Return whether it is a data folder: one that we have used, or an empty one."""
    used = any(next(folder.glob(name), None) for name in _USED)
    return used or next(folder.iterdir(), None) is None


def _with_contents(top: Path, folder: Path) -> Iterator[Path]:
    """Yield ``top`` and everything below it; for the data folder itself only the folder."""
    yield top
    if top == folder or top.is_symlink():
        return
    for place, folders, files in os.walk(top):
        yield from (Path(place, name) for name in (*folders, *files))


def _is_open(path: Path) -> bool:
    """Return whether the path gives other users any permission."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return False
    return not stat.S_ISLNK(mode) and bool(mode & _OTHERS)
