"""``kill -9`` at any moment of a sync, on the embedded index as in production."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from footnote_bot.indexers.index.edge import EdgeIndex
from footnote_bot.indexers.model import EVERYONE, Principal
from tests.fakes.defaults import sync
from tests.fakes.embedding import WordEmbedder
from tests.fakes.searching import search
from tests.fakes.wiki import by_section
from tests.indexers.syncing.endless import PAGES, texts, wiki_at
from tests.long import few

ROOT = Path(__file__).parents[3]
EMBEDDER = WordEmbedder()


def sync_and_be_killed(folder: Path, revision: int, writes: int) -> int:
    """Kill a sync after a number of writes, and return the revision that it was writing."""
    command = [sys.executable, "-m", "tests.indexers.syncing.endless", str(folder), str(revision)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(writes)]
        process.kill()
        lines += process.stdout.readlines()
    return int(lines[-1])


def readable(index: EdgeIndex, page: int) -> dict[str, list[str]]:
    """Return the texts that a search for the page's own word finds, by page key."""
    name = f"name{page}"
    texts_by_page: dict[str, list[str]] = {}
    hits = search(
        index, name, EMBEDDER.embed_question(name), reader=Principal.of(EVERYONE), limit=4 * PAGES
    )
    for hit in hits:
        if hit.passage.text.startswith(f"{name} "):
            texts_by_page.setdefault(hit.passage.page, []).append(hit.passage.text)
    return {key: sorted(found_texts) for key, found_texts in texts_by_page.items()}


@pytest.mark.parametrize("kills", few([2, 8], 1))
def test_a_killed_sync_leaves_one_whole_version_of_every_page(tmp_path: Path, kills: int) -> None:
    chance = random.Random(20251124)  # noqa: S311 - the same kills in every run
    folder = tmp_path / "index"
    embedder = WordEmbedder()
    with EdgeIndex.open(folder, dimensions=EMBEDDER.dimensions) as index:
        sync(wiki_at(0), index, embedder, by_section)
    revision = 0
    for _ in range(kills):
        revision = sync_and_be_killed(folder, revision, chance.randint(1, 180))
        before = max(revision - 1, 0)
        with EdgeIndex.open(folder, dimensions=EMBEDDER.dimensions) as index:
            for page in range(PAGES):
                versions = readable(index, page)
                whole_versions = [texts(page, before), texts(page, revision)]

                # A page that moves is briefly readable at both places, complete at each.
                assert 1 <= len(versions) <= (1 if page % 5 else 2)
                assert all(version in whole_versions for version in versions.values()), versions

    with EdgeIndex.open(folder, dimensions=EMBEDDER.dimensions) as index:
        report = sync(wiki_at(revision), index, embedder, by_section)

        assert report.complete
        assert index.known("handbook").keys() == wiki_at(revision).pages.keys()
        assert [list(readable(index, p).values()) for p in range(PAGES)] == [
            [texts(p, revision)] for p in range(PAGES)
        ]
        assert index.counts() == {"handbook": (PAGES, PAGES * len(texts(0, revision)))}
