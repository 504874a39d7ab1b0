"""Copies of an index: made for a backup, and opened to be checked before a restore."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from footnote_bot.indexers.errors import IndexCorrupt, IndexUnavailable
from footnote_bot.indexers.index.current import CurrentIndex
from footnote_bot.indexers.index.folder_catalog import PREFIX
from footnote_bot.indexers.index.languages import Languages
from footnote_bot.indexers.index.lock import FolderLock
from footnote_bot.indexers.index.opening import InFolder
from footnote_bot.indexers.index.schema import SCHEMA_VERSION
from footnote_bot.indexers.text.counting import counted

_ROOT = Path(__file__).parents[3]
ENGINE = f"qdrant-edge-py {version('qdrant-edge-py')}"


def back_up(index: CurrentIndex, dimensions: int, kind: str, folder: Path) -> dict[str, Any]:
    """Put a copy of the current index into ``folder``, or the name of a snapshot on a server, and
    return a description for `require`. ``kind`` is that of its `IndexPlace`.

    Raises:
        OSError: the copy cannot be written.
        IndexUnavailable: the index cannot be read, or its copy is damaged.
    """
    counts = index.back_up(folder)
    if kind == InFolder.kind:
        _require_sound(folder, dimensions)
    return {
        "kind": kind,
        "engine": ENGINE,
        "schema": SCHEMA_VERSION,
        "dimensions": dimensions,
        "wikis": counts,
        "trouble": index.trouble,
    }


def require(folder: Path, described: Mapping[str, Any]) -> None:
    """Open the copy of an embedded index in ``folder`` and compare its counts.

    Raises:
        IndexUnavailable: it cannot be opened, or does not hold the ``described`` counts.
    """
    if described["schema"] > SCHEMA_VERSION:
        raise IndexUnavailable("A newer Footnote made this index: update Footnote.")
    try:
        counts, _ = _checked(folder, described["dimensions"])
    except IndexCorrupt as error:
        raise IndexUnavailable(
            f"The index of the backup cannot be opened: {described['engine']} wrote it, and"
            f" {ENGINE} reads it here ({error.why})."
        ) from error
    expected = {name: tuple(numbers) for name, numbers in described["wikis"].items()}
    if counts != expected:
        raise IndexUnavailable(
            f"The index of the backup holds {counts}, and held {expected} when it was made."
        )


@contextmanager
def replaceable(folder: Path) -> Iterator[None]:
    """Lock the embedded indexes in ``folder``, so that no process opens one within.

    Raises:
        IndexLocked: a process holds one.
    """
    with ExitStack() as locks:
        for index_folder in sorted(folder.glob(f"{PREFIX}*")):
            locks.enter_context(FolderLock(index_folder))
        yield


def _require_sound(folder: Path, dimensions: int) -> None:
    """Check the copy in ``folder`` in a process of its own: opening an index holds up this one's
    threads, and a process that maps a damaged file may be killed. Raises IndexUnavailable."""
    command = [sys.executable, "-m", __name__, str(folder.resolve()), str(dimensions)]
    ended = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    if ended.returncode or ended.stdout:
        why = ended.stdout or f"The process that opened it ended with code {ended.returncode}."
        raise IndexUnavailable(
            f"The copy of the index cannot be used, so no backup is made. {why} If the index itself"
            " is damaged, restart Footnote: it rebuilds it."
        )


def _problem(folder: Path, dimensions: int) -> str:
    """Return why the copy in ``folder`` cannot be used; empty if it can."""
    try:
        _, incomplete = _checked(folder, dimensions)
    except IndexUnavailable as error:
        return str(error)
    part = f"It holds only a part of {counted(incomplete, 'page')}: run `footnote sync` first."
    return part if incomplete else ""


def _checked(folder: Path, dimensions: int) -> tuple[dict[str, tuple[int, int]], int]:
    """Open the current index in ``folder`` and check it. Return the pages and passages of each
    wiki, and the number of incomplete pages.

    Raises:
        IndexCorrupt: there is none, or it cannot be read.
        IndexUnavailable: the disk is full.
    """
    catalog = InFolder(folder).catalog(dimensions, Languages())
    name = catalog.current()
    if name is None:
        raise IndexCorrupt(f"There is no index in {folder}.")
    with closing(catalog.open(name)) as index:
        incomplete = index.check()
        return index.counts(), incomplete


if __name__ == "__main__":
    sys.stdout.write(_problem(Path(sys.argv[1]), int(sys.argv[2])))
