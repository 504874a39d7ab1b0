"""Copies of an embedded index: opened to be checked, and put where another one lies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from importlib.metadata import version
from pathlib import Path

from indexers.errors import IndexCorrupt
from indexers.index.folder_catalog import PREFIX
from indexers.index.languages import Languages
from indexers.index.lock import FolderLock
from indexers.index.opening import catalog_in

ENGINE = f"qdrant-edge-py {version('qdrant-edge-py')}"


def counts_in(folder: Path, dimensions: int) -> dict[str, tuple[int, int]]:
    """Open the current index in ``folder`` and return the pages and passages of each wiki.

    Raises:
        IndexCorrupt: there is none, or it cannot be read.
        IndexUnavailable: the disk is full.
    """
    catalog = catalog_in(folder, dimensions, Languages())
    name = catalog.current()
    if name is None:
        raise IndexCorrupt(f"There is no index in {folder}.")
    with closing(catalog.open(name)) as index:
        return index.counts()


@contextmanager
def all_held(folder: Path) -> Iterator[None]:
    """Hold every index in ``folder``, so that no process opens one within.

    Raises:
        IndexLocked: a process holds one.
    """
    with ExitStack() as held:
        for place in sorted(folder.glob(f"{PREFIX}*")):
            held.enter_context(FolderLock(place))
        yield
