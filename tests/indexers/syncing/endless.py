"""A process that syncs revision after revision until it is killed (see test_killed_sync)."""

from __future__ import annotations

import sys
from pathlib import Path

from qdrant_edge import UpdateOperation

from footnote_bot.indexers.index.edge import EdgeEngine
from footnote_bot.indexers.index.passages import StoredPassages
from tests.fakes.defaults import sync
from tests.fakes.embedding import WordEmbedder
from tests.fakes.wiki import DictWiki, by_section

PAGES = 40


def texts(page: int, revision: int) -> list[str]:
    """Return the passages of a page. Each revision has a different number."""
    return [f"name{page} of revision {revision}, part {n}" for n in range(1 + revision % 3)]


def wiki_at(revision: int) -> DictWiki:
    """Return a wiki with every page edited. Every fifth page moves back and forth."""
    wiki = DictWiki()
    for page in range(PAGES):
        key = f"page{page}" if page % 5 else f"page{page}-{revision % 2}"
        wiki.write(key, *texts(page, revision))
    return wiki


class Telling(EdgeEngine):
    """An engine that prints before each write which revision it belongs to."""

    revision = 0

    def _update(self, operation: UpdateOperation) -> None:
        sys.stdout.write(f"{self.revision}\n")
        sys.stdout.flush()
        super()._update(operation)


def main(folder: Path, revision: int) -> None:
    embedder = WordEmbedder()
    engine = Telling(folder, embedder.dimensions)
    index = StoredPassages(engine)
    while True:
        engine.revision = revision
        sync(wiki_at(revision), index, embedder, by_section)
        revision += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
