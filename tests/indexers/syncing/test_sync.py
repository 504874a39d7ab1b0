"""The sync use case, with the embedded index and a wiki in a dictionary."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.indexers.errors import IndexUnavailable, MassRemoval, WikiUnavailable
from footnote_bot.indexers.index.edge import EdgeIndex
from footnote_bot.indexers.model import (
    EVERYONE,
    NOBODY,
    OPEN,
    Acl,
    Failed,
    Page,
    Passage,
    Principal,
    Progress,
    Skipped,
    SyncReport,
)
from footnote_bot.indexers.parsing.process import Parsers, stoppable
from footnote_bot.indexers.ports import Embedding, PassageIndex
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki
from footnote_bot.indexers.syncing import embedding
from tests.fakes.defaults import attempted_sync, sync
from tests.fakes.embedding import WordEmbedder
from tests.fakes.searching import search
from tests.fakes.wiki import DictWiki, by_section

ANYONE = Principal.of(EVERYONE)


class Recorder:
    """An index that records its calls in order."""

    def __init__(self, index: PassageIndex) -> None:
        self._index = index
        self.done: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def replace(self, passages: Sequence[Passage], embeddings: Sequence[Embedding]) -> None:
        self.done.append(f"replace {passages[0].page}")
        self._index.replace(passages, embeddings)

    def relabel(
        self, wiki: str, page: str, revision: str, acl: Acl, owner: str | None = None
    ) -> None:
        self.done.append(f"relabel {page}")
        self._index.relabel(wiki, page, revision, acl, owner)

    def remove(self, wiki: str, pages: Sequence[str]) -> None:
        self.done.append(f"remove {', '.join(pages)}")
        self._index.remove(wiki, pages)


class House:
    """A wiki, an index, and a sync between them."""

    def __init__(self, index: PassageIndex) -> None:
        self.wiki = DictWiki()
        self.index = Recorder(index)
        self.embedder = WordEmbedder()

    def sync(self, **options: Any) -> SyncReport:
        report = self.attempted_sync(**options)
        if report.error:
            raise report.error
        return report

    def attempted_sync(self, **options: Any) -> SyncReport:
        self.index.done.clear()
        self.embedder.embedded.clear()
        return attempted_sync(self.wiki, self.index, self.embedder, by_section, **options)

    def readable(self, reader: Principal = ANYONE) -> dict[str, set[str]]:
        """Return every text that a search can find, by page."""
        texts: dict[str, set[str]] = {}
        question = self.embedder.embed_question("anything")
        for hit in search(self.index, "anything", question, reader=reader, limit=50):
            texts.setdefault(hit.passage.page, set()).add(hit.passage.text)
        return texts


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with EdgeIndex.open(tmp_path / "index", dimensions=WordEmbedder.dimensions) as index:
        yield House(index)


def stop_after(questions: int) -> Callable[[], bool]:
    remaining = iter(range(questions))
    return lambda: next(remaining, None) is None


def test_a_new_wiki_is_indexed(house: House) -> None:
    house.wiki.write("leave", "Leave is long.", "Leave is paid.")
    house.wiki.write("travel", "Travel is far.")
    report = house.sync()

    assert (report.added, report.changed, report.passages_embedded) == (2, 0, 3)
    assert report.complete
    assert report.requests == 2
    assert house.readable() == {
        "leave": {"Leave is long.", "Leave is paid."},
        "travel": {"Travel is far."},
    }


def test_a_second_sync_embeds_nothing(house: House) -> None:
    house.wiki.write("leave", "Leave is long.")
    house.sync()
    report = house.sync()

    assert (report.unchanged, report.added, report.passages_embedded) == (1, 0, 0)
    assert house.index.done == []


def test_an_edited_page_is_replaced_and_only_new_passages_are_embedded(house: House) -> None:
    house.wiki.write("leave", "Leave is long.", "Leave is paid.")
    house.sync()
    house.wiki.write("leave", "Leave is long.", "Leave is unpaid.")
    report = house.sync()

    assert (report.changed, report.passages_embedded) == (1, 1)
    assert house.embedder.embedded == ["Leave\nLeave is unpaid."]
    assert house.readable() == {"leave": {"Leave is long.", "Leave is unpaid."}}


def test_equal_passages_of_one_batch_are_embedded_once(house: House) -> None:
    house.wiki.write("a", "The same.", title="Same")
    house.wiki.write("b", "The same.", title="Same")

    assert house.sync().passages_embedded == 1


def test_a_moved_page_follows_without_a_new_embedding(house: House) -> None:
    house.wiki.write("leave", "Leave is long.", title="Leave")
    house.sync()
    del house.wiki.pages["leave"]
    house.wiki.write("time-off/leave", "Leave is long.", title="Leave")
    report = house.sync()

    assert (report.added, report.removed, report.passages_embedded) == (1, 1, 0)
    assert house.index.done == ["replace time-off/leave", "remove leave"]
    assert house.readable() == {"time-off/leave": {"Leave is long."}}


def test_a_vanished_page_leaves(house: House) -> None:
    house.wiki.write("leave", "Leave is long.")
    house.wiki.write("travel", "Travel is far.")
    house.sync()
    del house.wiki.pages["leave"]

    assert house.sync().removed == 1
    assert house.readable().keys() == {"travel"}


def test_a_page_that_was_only_not_listed_stays(house: House) -> None:
    house.wiki.write("leave", "Leave is long.")
    house.sync()
    house.wiki.still_there = {"leave"}
    house.wiki.pages.clear()

    assert house.sync().removed == 0
    assert house.readable().keys() == {"leave"}


def test_a_page_that_became_a_draft_or_empty_leaves(house: House) -> None:
    house.wiki.write("leave", "Leave is long.")
    house.wiki.write("travel", "Travel is far.")
    house.sync()
    house.wiki.drafts = {"leave"}
    house.wiki.write("travel", "")
    report = house.sync()

    assert report.removed == 2
    assert report.skipped == [
        Skipped("leave", "draft", on_purpose=True),
        Skipped("travel", "no words"),
    ]
    assert house.readable() == {}


def test_an_unreadable_page_keeps_its_last_version(house: House) -> None:
    house.wiki.write("leave", "Leave is long.")
    house.wiki.write("travel", "Travel is far.")
    house.sync()
    house.wiki.unreadable = {"leave"}
    report = house.sync()

    assert report.failed == [Failed("leave", "not readable")]
    assert report.removed == 0
    assert house.readable().keys() == {"leave", "travel"}


def test_a_page_that_cannot_be_cut_fails_alone(house: House) -> None:
    def cut(page: Page) -> list[Passage]:
        if page.key == "leave":
            raise RecursionError(f"too deep: {page.sections}")
        return by_section(page)

    house.wiki.write("leave", "Leave is long.")
    house.wiki.write("travel", "Travel is far.")
    report = sync(house.wiki, house.index, house.embedder, cut)

    assert report.failed == [Failed("leave", "cannot be indexed (RecursionError; see the log)")]
    assert report.added == 1
    assert house.readable().keys() == {"travel"}


def test_a_page_that_cannot_be_embedded_fails_alone_and_keeps_its_last_version(
    house: House,
) -> None:
    house.wiki.write("leave", "Leave is long.")
    house.sync()
    house.embedder = WordEmbedder(breaking=["poison"])
    house.wiki.write("leave", "Leave is poison.")
    house.wiki.write("travel", "Travel is far.")
    report = house.sync()

    assert [failed.key for failed in report.failed] == ["leave"]
    assert (report.added, report.changed, report.passages_embedded) == (1, 0, 1)
    assert house.readable() == {"leave": {"Leave is long."}, "travel": {"Travel is far."}}


def test_a_page_that_the_index_refuses_fails_alone(house: House) -> None:
    house.wiki.write("leave \ud800", "Leave is long.")
    house.wiki.write("travel", "Travel is far.")
    report = house.sync()

    assert [failed.key for failed in report.failed] == ["leave \ud800"]
    assert house.readable().keys() == {"travel"}


def test_changed_rights_cost_no_embedding(house: House) -> None:
    house.wiki.write("leave", "Leave is long.")
    house.sync()
    house.wiki.write("leave", "Leave is long.", acl=Acl.of(["group:people"]))
    report = house.sync()

    assert (report.relabelled, report.passages_embedded) == (1, 0)
    assert house.readable() == {}
    assert house.readable(Principal.of("group:people")).keys() == {"leave"}
    assert house.sync().unchanged == 1


def test_narrower_rights_are_applied_before_anything_is_embedded(house: House) -> None:
    house.wiki.write("a", "Open.")
    house.wiki.write("b", "Open.")
    house.wiki.write("z", "Open.")
    house.sync()
    house.wiki.write("a", "Edited.")
    house.wiki.write("b", "Open.", acl=NOBODY)
    house.wiki.write("z", "Edited and closed.", acl=NOBODY)
    house.sync()

    assert house.index.done == ["relabel b", "relabel z", "replace a", "replace z"]


def test_a_page_that_is_closed_and_breaks_is_closed(house: House) -> None:
    house.wiki.write("leave", "Leave is long.")
    house.sync()
    house.embedder = WordEmbedder(breaking=["poison"])
    house.wiki.write("leave", "Leave is poison.", acl=NOBODY)
    house.sync()

    assert house.readable() == {}


def test_an_old_text_for_few_readers_is_not_shown_to_more(house: House) -> None:
    """Wider rights come with the new text. If the new text fails, the old one stays closed."""
    house.wiki.write("leave", "Secret.", acl=Acl.of(["group:people"]))
    house.sync()
    house.embedder = WordEmbedder(breaking=["poison"])
    house.wiki.write("leave", "Public poison.", acl=OPEN)
    house.sync()

    assert house.readable() == {}


def write_pages(house: House, pages: int) -> None:
    for number in range(pages):
        house.wiki.write(f"page-{number:03}", f"Text of page {number}.")


def test_many_pages_do_not_vanish_without_a_human_word(house: House) -> None:
    write_pages(house, 50)
    house.sync()
    remaining = dict(list(house.wiki.pages.items())[:25])
    house.wiki.pages = remaining
    house.wiki.write("page-000", "Edited.")
    with pytest.raises(MassRemoval, match=r"25 of the 50 pages.*--allow-mass-removal"):
        house.sync()

    assert len(house.index.known("handbook")) == 50
    assert "Edited." in house.readable()["page-000"]

    report = house.sync(allow_mass_removal=True)

    assert report.removed == 25
    assert house.index.known("handbook").keys() == remaining.keys()


@pytest.mark.parametrize("remaining", [25, 0])
def test_vanished_pages_are_shown_to_nobody_while_their_removal_waits(
    house: House, remaining: int
) -> None:
    """For wikis with page rights: the pages may have been closed to us."""
    house.wiki.has_page_rights = True
    write_pages(house, 50)
    house.sync()
    before = dict(house.wiki.pages)
    house.wiki.pages = dict(list(before.items())[:remaining])
    report = house.attempted_sync()

    assert "nobody is shown what may have been closed" in str(report.error)
    assert len(house.readable()) == remaining
    assert len(house.index.known("handbook")) == 50
    assert (report.relabelled, report.removed) == (50 - remaining, 0)

    house.wiki.pages = before
    second_report = house.sync()

    assert (second_report.relabelled, second_report.passages_embedded) == (50 - remaining, 0)
    assert len(house.readable()) == 50


def test_vanished_pages_of_a_wiki_without_rights_are_still_read_while_their_removal_waits(
    house: House,
) -> None:
    """The settings name its readers. A folder that is not mounted has closed nothing."""
    write_pages(house, 50)
    house.sync()
    house.wiki.pages.clear()
    with pytest.raises(MassRemoval):
        house.sync()

    assert len(house.readable()) == 50


def test_vanished_pages_that_cannot_be_checked_are_shown_to_nobody(house: House) -> None:
    class Silent(DictWiki):
        def gone(self, keys: Sequence[str]) -> frozenset[str]:
            raise WikiUnavailable(f"Confluence does not answer for {keys}.")

    house.wiki = Silent()
    house.wiki.has_page_rights = True
    write_pages(house, 3)
    house.sync()
    page = house.wiki.pages.pop("page-001")
    with pytest.raises(WikiUnavailable):
        house.sync()

    assert house.readable().keys() == {"page-000", "page-002"}

    house.wiki.pages[page.key] = page

    assert (house.sync().passages_embedded, len(house.readable())) == (0, 3)


def test_a_dry_run_closes_nothing(house: House) -> None:
    house.wiki.has_page_rights = True
    write_pages(house, 50)
    house.sync()
    house.wiki.pages.clear()
    with pytest.raises(MassRemoval):
        house.sync(dry_run=True)

    assert len(house.readable()) == 50


def test_the_guard_names_the_settings_that_choose_the_pages(house: House) -> None:
    """The settings may have changed, and then the wiki is complete."""
    write_pages(house, 50)
    house.sync()
    house.wiki.pages.clear()

    with pytest.raises(MassRemoval, match="its `pages` are as you want them"):
        house.sync()


@pytest.mark.parametrize("pages", [1, 3, 19, 20])
def test_a_wiki_that_seems_empty_loses_nothing_without_a_human_word(
    house: House, pages: int
) -> None:
    write_pages(house, pages)
    house.sync()
    house.wiki.pages.clear()
    report = house.attempted_sync(max_removal=1.0)

    assert isinstance(report.error, MassRemoval)
    assert re.search(r"gone at once.*--allow-mass-removal", str(report.error))
    assert (report.removed, len(house.index.known("handbook"))) == (0, pages)

    assert house.sync(allow_mass_removal=True).removed == pages
    assert house.sync().removed == 0


def test_a_new_wiki_without_pages_is_no_removal(house: House) -> None:
    report = house.sync()

    assert report.complete
    assert report.warnings == ["no page was found: see its `pages`"]


@pytest.mark.parametrize(
    ("before", "after", "options"),
    [
        (50, 40, {}),  # exactly a fifth is allowed
        (25, 6, {}),  # under twenty pages
        (50, 10, {"max_removal": 0.9}),
    ],
)
def test_few_pages_vanish_unasked(
    house: House, before: int, after: int, options: dict[str, Any]
) -> None:
    write_pages(house, before)
    house.sync()
    house.wiki.pages = dict(list(house.wiki.pages.items())[:after])

    assert house.sync(**options).removed == before - after


def test_moved_pages_and_drafts_do_not_count_as_vanished(house: House) -> None:
    for number in range(50):
        house.wiki.write(f"old/{number}", f"Text of page {number}.", title="Same")
    house.sync()
    house.wiki.pages.clear()
    for number in range(25):
        house.wiki.write(f"new/{number}", f"Text of page {number}.", title="Same")
    for number in range(25, 50):
        house.wiki.write(f"old/{number}", f"Text of page {number}.", title="Same")
    house.wiki.drafts = {f"old/{number}" for number in range(25, 50)}
    report = house.sync()

    assert report.removed == 50
    assert len(house.index.known("handbook")) == 25


def test_nothing_is_removed_after_an_incomplete_listing(house: House) -> None:
    house.wiki.write("leave", "Leave is long.")
    house.wiki.write("travel", "Travel is far.")
    house.sync()
    del house.wiki.pages["leave"]
    house.wiki.forgetful = True
    report = house.sync()

    assert not report.complete
    assert report.removed == 0
    assert house.readable().keys() == {"leave", "travel"}


def test_pages_read_before_the_wiki_went_away_are_indexed(house: House) -> None:
    write_pages(house, 5)
    house.wiki.breaks_off = 3
    with pytest.raises(WikiUnavailable):
        house.sync()

    assert len(house.readable()) == 3


def test_an_index_that_fails_stops_the_sync(house: House) -> None:
    class Full(Recorder):
        def replace(self, passages: Sequence[Passage], embeddings: Sequence[Embedding]) -> None:
            raise IndexUnavailable("The disk is full.")

    house.index = Full(house.index)
    write_pages(house, 3)
    with pytest.raises(IndexUnavailable):
        house.sync()


def test_a_page_without_text_is_not_indexed(house: House) -> None:
    house.wiki.write("empty", "")
    report = house.sync()

    assert (report.added, report.removed) == (0, 0)
    assert house.index.known("handbook") == {}


def test_a_full_sync_embeds_everything_anew(house: House) -> None:
    write_pages(house, 3)
    house.sync()
    report = house.sync(full=True)

    assert (report.changed, report.added, report.passages_embedded) == (3, 0, 3)
    assert len(house.readable()) == 3


def test_a_full_sync_keeps_a_page_that_grew_too_large(house: House) -> None:
    write_pages(house, 3)
    house.sync()
    house.wiki.too_large = {"page-001"}
    report = house.sync(full=True)

    assert report.failed == [Failed("page-001", "too large; its last version stays")]
    assert (report.skipped, report.removed, len(house.readable())) == ([], 0, 3)


def test_a_full_sync_removes_what_vanished(house: House) -> None:
    write_pages(house, 3)
    house.sync()
    del house.wiki.pages["page-001"]

    assert house.sync(full=True).removed == 1


def test_a_dry_run_counts_and_changes_nothing(house: House) -> None:
    write_pages(house, 4)
    house.sync()
    house.wiki.write("page-000", "Edited.")
    house.wiki.write("page-001", "Text of page 1.", acl=NOBODY)
    house.wiki.write("new", "New.")
    del house.wiki.pages["page-002"]
    before = house.readable()
    report = house.sync(dry_run=True)

    assert (report.added, report.changed, report.relabelled) == (1, 1, 1)
    assert (report.removed, report.unchanged, report.passages_embedded) == (1, 1, 2)
    assert house.readable() == before
    assert house.index.done == []
    assert house.embedder.embedded == []


def test_a_stop_before_the_first_page_is_no_trouble_of_the_wiki(
    house: House, tmp_path: Path
) -> None:
    (tmp_path / "leave.md").write_text("# Leave\n\nThirty days.\n")
    wiki = MarkdownWiki("wiki", tmp_path, parse=Parsers())

    with stoppable(lambda: True):
        report = sync(wiki, house.index, house.embedder, by_section)

    assert (report.error, report.complete, report.added) == (None, False, 0)


def test_a_stopped_sync_removes_nothing_and_the_next_one_completes_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "BATCH", 4)
    write_pages(house, 30)
    house.sync()
    for number in range(20):
        house.wiki.write(f"page-{number:03}", f"New text of page {number}.")
    for number in range(28, 30):
        del house.wiki.pages[f"page-{number:03}"]
    report = house.sync(stopped=stop_after(31))

    assert not report.complete
    assert 0 < report.changed < 20
    assert report.removed == 0
    assert len(house.readable()) == 30

    second_report = house.sync()

    assert second_report.complete
    assert second_report.changed == 20 - report.changed
    assert second_report.removed == 2


def test_leftovers_of_a_killed_sync_are_swept_first(house: House) -> None:
    house.wiki.write("leave", "Leave is long.")
    house.sync()
    swept: list[str] = []

    class Sweeping(Recorder):
        def sweep(self, wiki: str) -> int:
            swept.append(wiki)
            return 0

    house.index = Sweeping(house.index)
    house.sync()

    assert swept == ["handbook"]


def test_progress_counts_every_page_once(house: House) -> None:
    write_pages(house, 5)
    house.sync()
    house.wiki.write("page-000", "Edited.")
    house.wiki.write("page-001", "Text of page 1.", acl=NOBODY)
    house.wiki.drafts = {"page-002"}
    house.wiki.unreadable = {"page-003"}
    reported: list[Progress] = []
    house.sync(progress=reported.append)

    assert reported == [Progress("handbook", done, 5) for done in range(6)]


def test_a_report_says_how_long_it_took(house: House) -> None:
    started = time.monotonic()
    report = house.sync()

    assert 0 < report.seconds <= time.monotonic() - started


def test_batches_are_embedded_together_across_pages(house: House) -> None:
    calls: list[int] = []

    class Counting(WordEmbedder):
        def embed_passages(self, texts: Sequence[str]) -> list[Embedding]:
            calls.append(len(texts))
            return super().embed_passages(texts)

    house.embedder = Counting()
    write_pages(house, 300)
    house.sync()

    assert sorted(calls) == [44, 256]


def test_a_wiki_without_a_page_says_so(house: House) -> None:
    assert house.sync().warnings == ["no page was found: see its `pages`"]


def test_the_work_before_an_error_is_in_the_report(house: House) -> None:
    write_pages(house, 5)
    house.wiki.breaks_off = 3
    report = house.attempted_sync()

    assert isinstance(report.error, WikiUnavailable)
    assert report.added == 3
    assert not report.complete
