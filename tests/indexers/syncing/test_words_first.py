"""A first sync: all pages are found by their words first, and then embedded."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.indexers.index.edge import EdgeEngine, EdgeIndex
from footnote_bot.indexers.index.passages import StoredPassages
from footnote_bot.indexers.model import EVERYONE, Principal, Progress, SyncReport
from footnote_bot.indexers.ports import Embedding
from footnote_bot.indexers.syncing import embedding
from tests.fakes.defaults import sync
from tests.fakes.embedding import WordEmbedder
from tests.fakes.searching import search
from tests.fakes.wiki import DictWiki, by_section

ANYONE = Principal.of(EVERYONE)
PAGES = 30


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "BATCH", 4)


@pytest.fixture
def wiki() -> DictWiki:
    dict_wiki = DictWiki()
    for number in range(PAGES):
        dict_wiki.write(f"page-{number:02}", f"Rule{number} is about leave.")
    return dict_wiki


@pytest.fixture
def index(tmp_path: Path) -> Iterator[EdgeIndex]:
    with EdgeIndex.open(tmp_path / "index", dimensions=WordEmbedder.dimensions) as opened:
        yield opened


class Watching(WordEmbedder):
    """An embedder that calls ``before`` before each batch."""

    def __init__(self, before: Callable[[int], None], *, breaking: Sequence[str] = ()) -> None:
        super().__init__(breaking=breaking)
        self._before = before
        self._batches = itertools.count()

    def embed_passages(self, texts: Sequence[str]) -> list[Embedding]:
        self._before(next(self._batches))
        return super().embed_passages(texts)


def synced(wiki: DictWiki, index: StoredPassages, embedder: Any, **options: Any) -> SyncReport:
    return sync(wiki, index, embedder, by_section, **options)


def pages_found(index: StoredPassages, text: str, limit: int = 100) -> list[str]:
    vector = WordEmbedder().embed_question(text)
    hits = search(index, text, vector, reader=ANYONE, limit=limit)
    return [hit.passage.page for hit in hits]


def test_every_page_is_found_before_the_first_is_embedded(wiki: DictWiki, index: EdgeIndex) -> None:
    counts: list[int] = []

    def look(_: int) -> None:
        counts.append(len(set(pages_found(index, "leave"))))

    report = synced(wiki, index, Watching(look))

    # The last two pages did not fill a batch, so they were found later.
    assert counts[1:] == [PAGES] * (len(counts) - 1)
    assert (report.added, report.passages_embedded, report.complete) == (PAGES, PAGES, True)
    assert index.unembedded.counts() == {}


def test_a_few_new_pages_are_embedded_at_once(wiki: DictWiki, index: EdgeIndex) -> None:
    synced(wiki, index, WordEmbedder())
    wiki.write("new", "A new rule about leave.")
    waiting: list[dict[str, int]] = []
    synced(wiki, index, Watching(lambda _: waiting.append(index.unembedded.counts())))

    assert waiting == [{}]
    assert pages_found(index, "new rule")[0] == "new"


def test_an_old_version_is_found_until_its_successor_is_embedded(
    wiki: DictWiki, index: EdgeIndex
) -> None:
    synced(wiki, index, WordEmbedder())
    for number in range(PAGES):
        wiki.write(f"page-{number:02}", f"Rule{number} was changed.")
        wiki.write(f"new-{number:02}", f"Fresh{number} is new.")
    counted: list[int] = []
    embedder = Watching(lambda _: counted.append(index.unembedded.counts().get("handbook", 0)))
    report = synced(wiki, index, embedder)

    assert (report.changed, report.added) == (PAGES, PAGES)
    assert max(counted) <= PAGES
    assert index.unembedded.counts() == {}


def test_a_stopped_sync_continues_with_the_waiting_passages(
    wiki: DictWiki, index: EdgeIndex
) -> None:
    stopping: list[int] = []
    embedder = Watching(stopping.append)
    report = synced(wiki, index, embedder, stopped=lambda: len(stopping) > 3)
    waiting = index.unembedded.counts()["handbook"]

    assert not report.complete
    assert 0 < waiting < PAGES
    assert len(set(pages_found(index, "leave"))) == PAGES

    second_report = synced(wiki, index, WordEmbedder())

    assert (second_report.unchanged, second_report.passages_embedded) == (PAGES, waiting)
    assert second_report.complete
    assert index.unembedded.counts() == {}


def test_a_sync_without_words_first_does_not_embed_the_waiting_passages(
    wiki: DictWiki, index: EdgeIndex
) -> None:
    """A page changes while many wait for their embedding."""
    stopping: list[int] = []
    synced(wiki, index, Watching(stopping.append), stopped=lambda: len(stopping) > 3)
    waiting = index.unembedded.counts()["handbook"]
    wiki.write("page-00", "Rule0 was changed.")
    report = synced(wiki, index, WordEmbedder(), words_first=False)

    assert (report.changed, report.passages_embedded) == (1, 1)
    assert waiting - 1 <= index.unembedded.counts()["handbook"] <= waiting


def test_pages_read_before_the_wiki_went_away_are_embedded(
    wiki: DictWiki, index: EdgeIndex
) -> None:
    wiki.breaks_off = 20
    with pytest.raises(Exception, match="went away"):
        synced(wiki, index, WordEmbedder())

    assert index.counts() == {"handbook": (20, 20)}
    assert index.unembedded.counts() == {}


def test_a_passage_that_breaks_the_model_is_found_by_its_words_and_reported(
    wiki: DictWiki, index: EdgeIndex
) -> None:
    report = synced(wiki, index, WordEmbedder(breaking=["Rule7 "]))

    assert [failed.key for failed in report.failed] == ["page-07"]
    assert "words alone" in report.failed[0].reason
    assert index.unembedded.counts() == {"handbook": 1}
    assert pages_found(index, "Rule7")[0] == "page-07"


def test_progress_tells_pages_and_then_passages(wiki: DictWiki, index: EdgeIndex) -> None:
    reported: list[Progress] = []
    synced(wiki, index, WordEmbedder(), progress=reported.append)

    passages = [progress for progress in reported if progress.embedding]
    assert reported.index(passages[0]) > PAGES
    assert passages[-1].done == passages[-1].total > PAGES - 4


class Killed(BaseException):
    pass


class Dying(EdgeEngine):
    """An engine whose process is killed before write number ``last``."""

    last = 0

    def _update(self, operation: Any) -> None:
        if self.last == 0:
            raise Killed
        self.last -= 1
        super()._update(operation)


@pytest.mark.parametrize("last", range(0, 260, 13))
def test_a_kill_at_any_write_leaves_every_page_once_and_embedded_by_the_next(
    wiki: DictWiki, tmp_path: Path, last: int
) -> None:
    engine = Dying(tmp_path / "index", WordEmbedder.dimensions)
    engine.last = last
    dying = StoredPassages(engine)
    with contextlib.suppress(Killed):
        synced(wiki, dying, WordEmbedder())
    dying.close()
    with EdgeIndex.open(tmp_path / "index", dimensions=WordEmbedder.dimensions) as index:
        synced(wiki, index, WordEmbedder())

        assert index.unembedded.counts() == {}
        assert index.counts() == {"handbook": (PAGES, PAGES)}
        assert sorted(pages_found(index, "leave")) == sorted(wiki.pages)
        digests = [digest for key in wiki.pages for digest in index.digests("handbook", key)]
        assert len(index.embeddings(digests)) == PAGES
