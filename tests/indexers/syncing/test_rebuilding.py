"""`full` builds a new index beside the old one, and takes it only if every check passes."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from footnote_bot.config.settings import Secrets, Settings
from footnote_bot.indexers.errors import RebuildRefused
from footnote_bot.indexers.indexing import Indexing
from footnote_bot.indexers.model import EVERYONE, Acl, Principal
from footnote_bot.indexers.ports import PassageIndex
from tests.fakes.embedding import WordEmbedder
from tests.fakes.searching import search
from tests.fakes.wiki import DictWiki
from tests.properties.killing import Fuse, Killed, dying_writes

ANYONE = Principal.of(EVERYONE)


class Library(Indexing):
    """Two wikis, one of 30 pages and one of a single page."""

    def __init__(self, folder: Path) -> None:
        self.embedder = WordEmbedder()
        self.big, self.small = DictWiki("big"), DictWiki("small")
        for number in range(30):
            self.big.write(f"page-{number}", f"Text of page {number}.")
        self.small.write("leave", "Everyone has 28 days.")
        super().__init__(Settings(), Secrets(), wikis=[self.big, self.small], folder=folder)

    def pages_found(self, text: str) -> set[str]:
        vector = self.embedder.embed_question(text)
        return {
            hit.passage.page for hit in search(self.index, text, vector, reader=ANYONE, limit=50)
        }


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path) as library:
        library.sync()
        library.embedder.embedded.clear()
        yield library


def names(folder: Path) -> list[str]:
    return sorted(path.name.partition(".")[2] for path in folder.glob("passages-*"))


def test_everything_is_embedded_anew_and_then_read(library: Library, tmp_path: Path) -> None:
    big, small = library.sync(full=True)

    assert (big.passages_embedded, small.passages_embedded) == (30, 1)
    assert not library.index.building
    assert library.index.counts() == {"big": (30, 30), "small": (1, 1)}
    assert library.pages_found("leave") >= {"leave"}
    assert names(tmp_path) == ["1"]


def test_a_rebuild_is_logged_when_it_begins_and_when_it_ends(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="footnote_bot.indexers"):
        library.sync()
        library.sync(full=True)

    assert [message for message in caplog.messages if "index" in message] == [
        "The index is being rebuilt beside the current one",
        "The rebuilt index is the current one now",
    ]


def test_a_rebuild_that_is_refused_is_logged(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    library.big.pages.clear()
    with caplog.at_level(logging.INFO, logger="footnote_bot.indexers"):
        library.sync(full=True)

    assert caplog.messages[-1].startswith("The index is not replaced")


def test_a_rebuilt_index_is_the_one_of_the_next_start_and_costs_nothing(
    library: Library, tmp_path: Path
) -> None:
    library.sync(full=True)
    library.close()
    with Library(tmp_path) as restarted:
        reports = restarted.sync()

        assert [report.unchanged for report in reports] == [30, 1]
        assert restarted.sync(full=True)[0].error is None
        assert names(tmp_path) == ["2"]


def test_a_rebuild_for_one_wiki_takes_the_others_along_with_their_vectors(library: Library) -> None:
    library.sync("small", full=True)

    assert library.embedder.embedded == ["Leave\nEveryone has 28 days."]
    assert library.index.counts() == {"big": (30, 30), "small": (1, 1)}


def test_a_wiki_that_lost_its_pages_leaves_the_old_index_as_it_was(
    library: Library, tmp_path: Path
) -> None:
    for number in range(25):
        del library.big.pages[f"page-{number}"]
    reports = library.sync(full=True)

    assert isinstance(reports[-1].error, RebuildRefused)
    assert "25 of the 30 pages of big would be gone at once. If that is" in str(reports[-1].error)
    assert library.index.counts()["big"] == (30, 30)
    assert names(tmp_path) == [""]


def test_pages_missing_in_a_refused_index_are_shown_to_nobody(library: Library) -> None:
    """For wikis with page rights: the old index must not continue with the old rights."""
    library.big.has_page_rights = True
    pages = dict(library.big.pages)
    for number in range(25):
        del library.big.pages[f"page-{number}"]
    reports = library.sync(full=True)

    assert isinstance(reports[-1].error, RebuildRefused)
    assert library.pages_found("text of page") - {"leave"} == {f"page-{n}" for n in range(25, 30)}
    assert library.index.counts()["big"] == (30, 30)

    library.big.pages = pages
    library.embedder.embedded.clear()
    library.sync()

    assert len(library.pages_found("text of page") - {"leave"}) == 30
    assert not library.embedder.embedded


def test_many_pages_may_be_removed_if_a_person_allows_it(library: Library) -> None:
    for number in range(25):
        del library.big.pages[f"page-{number}"]
    library.sync(full=True, allow_mass_removal=True)

    assert library.index.counts()["big"] == (5, 5)


def test_a_small_wiki_without_any_page_leaves_the_old_index_as_it_was(library: Library) -> None:
    library.small.pages.clear()
    reports = library.sync(full=True)

    assert "The only page of small would be gone at once." in str(reports[-1].error)
    assert library.index.counts()["small"] == (1, 1)

    library.sync(full=True, allow_mass_removal=True)

    assert "small" not in library.index.counts()


def test_another_model_takes_no_index_in_which_a_wiki_is_empty(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        library.sync()
    with Library(tmp_path) as restarted:
        restarted.embedder.identity = "another model"
        restarted.small.pages.clear()
        refused = restarted.sync()

        assert isinstance(refused[-1].error, RebuildRefused)
        assert not refused[-1].complete
        assert restarted.index.counts() == {"big": (30, 30), "small": (1, 1)}

        restarted.small.write("leave", "Everyone has 28 days.")

        assert restarted.sync()[-1].complete
        assert not restarted.index.building


def test_another_model_drops_no_large_wiki_that_left_the_settings_unasked(tmp_path: Path) -> None:
    with Library(tmp_path) as library:
        library.sync()
    with Library(tmp_path) as restarted:
        restarted.embedder.identity = "another model"
        del restarted.wikis["big"]
        refused = restarted.sync()

        assert str(refused[-1].error).endswith(
            "big left the settings; its 30 pages would be gone at once. If that is as it should"
            " be, run `footnote sync --allow-mass-removal`."
        )
        assert restarted.index.counts() == {"big": (30, 30), "small": (1, 1)}
        assert restarted.sync(allow_mass_removal=True)[-1].complete
        assert restarted.index.counts() == {"small": (1, 1)}


def test_a_page_that_cannot_be_read_again_keeps_its_last_version(library: Library) -> None:
    library.big.unreadable.add("page-7")
    reports = library.sync(full=True)

    assert "A page of big could not be read again." in str(reports[-1].error)
    assert library.index.counts()["big"] == (30, 30)


def test_a_page_that_grew_too_large_keeps_its_last_version(library: Library) -> None:
    library.big.too_large.add("page-7")
    reports = library.sync(full=True)

    assert "A page of big could not be read again." in str(reports[-1].error)
    assert library.index.counts()["big"] == (30, 30)


def test_a_page_that_was_always_too_large_keeps_nothing_back(library: Library) -> None:
    library.big.write("new", "Never read.")
    library.big.too_large.add("new")

    assert library.sync(full=True)[-1].error is None


def test_a_page_that_could_never_be_read_keeps_nothing_back(library: Library) -> None:
    library.big.write("new", "Never read.")
    library.big.unreadable.add("new")

    assert library.sync(full=True)[-1].error is None


def test_a_wiki_that_is_away_leaves_the_old_index(library: Library) -> None:
    library.big.breaks_off = 3
    library.sync(full=True)

    assert not library.index.building
    assert library.index.counts() == {"big": (30, 30), "small": (1, 1)}


def test_the_gate_is_shown_both_and_has_a_word(library: Library, tmp_path: Path) -> None:
    library.small.write("travel", "Travel is far.")

    def gate(current: PassageIndex, candidate: PassageIndex) -> Sequence[str]:
        return [f"{current.counts()['small'][0]} and {candidate.counts()['small'][0]}."]

    reports = library.sync(full=True, gate=gate)

    assert str(reports[-1].error).endswith("the old one is kept. 1 and 2.")
    assert library.pages_found("travel") & {"travel"} == set()
    assert names(tmp_path) == [""]


def test_a_stopped_rebuild_is_continued(library: Library, tmp_path: Path) -> None:
    counts: list[int] = []
    library.sync(
        full=True, progress=lambda p: counts.append(p.done), stopped=lambda: len(counts) > 12
    )
    before = len(library.embedder.embedded)

    assert 0 < before < 31
    assert not library.index.building
    assert names(tmp_path) == ["", "1"]

    library.sync(full=True)

    assert len(library.embedder.embedded) == 31
    assert names(tmp_path) == ["1"]


def test_a_stopped_rebuild_that_is_abandoned_leaves_nothing(
    library: Library, tmp_path: Path
) -> None:
    counts: list[int] = []
    library.sync(
        full=True, progress=lambda p: counts.append(p.done), stopped=lambda: len(counts) > 12
    )
    library.abandon()

    assert names(tmp_path) == [""]


@pytest.mark.parametrize("full", [True, False])
def test_a_page_that_was_closed_before_an_unfinished_index_is_completed_stays_closed(
    full: bool, tmp_path: Path
) -> None:
    """It cannot be read when the new index is completed, of a full sync or for another model."""
    chiefs = Acl.of(["group:chiefs"])

    def begun(library: Library) -> bool:
        return bool(library.index.candidate.known("big"))

    def opened(model: str) -> Library:
        library = Library(tmp_path)
        library.embedder.identity = model
        return library

    with opened("one") as library:
        library.sync()
    with opened("one" if full else "another") as library:
        library.sync(full=full, stopped=lambda: library.index.building and begun(library))
    with opened("one") as library:
        library.big.write("page-0", "Text of page 0.", acl=chiefs)
        library.sync()
        assert "page-0" not in library.pages_found("text of page")
    with opened("one" if full else "another") as library:
        library.big.unreadable.add("page-0")
        reports = library.sync(full=full)

        assert [report.error for report in reports] == [None, None]
        assert not library.index.building
        assert library.index.known("big").keys() >= {"page-0", "page-1"}
        assert "page-0" not in library.pages_found("text of page")


def test_an_index_for_another_model_is_not_abandoned_with_a_full_sync(tmp_path: Path) -> None:
    """Otherwise the vectors of that model would be written into the old index."""
    with Library(tmp_path) as library:
        library.sync()
    with Library(tmp_path) as library:
        library.embedder.identity = "another model"
        library.sync(full=True, stopped=lambda: bool(library.index.known("big")))
        library.abandon()
        assert library.index.building
        assert library.index.candidate.counts() == {"big": (30, 30)}

        library.sync()

        assert not library.index.building
        assert library.index.counts() == {"big": (30, 30), "small": (1, 1)}
        assert len(library.embedder.embedded) == 31


def test_an_edit_between_reaches_the_index_that_is_read(library: Library) -> None:
    """An unfinished rebuild must not disturb the ordinary passes."""
    library.sync(full=True, gate=lambda *_: ["No."])
    library.small.write("leave", "Everyone has 30 days.")
    library.sync("small")

    vector = library.embedder.embed_question("leave")
    (hit,) = search(library.index, "leave", vector, reader=ANYONE, limit=1, wikis=["small"])
    assert hit.passage.text == "Everyone has 30 days."


def test_a_dry_run_says_what_it_would_do_and_builds_nothing(
    library: Library, tmp_path: Path
) -> None:
    library.small.write("travel", "Travel is far.")
    del library.small.pages["leave"]
    (report,) = library.sync("small", dry_run=True)

    assert report.planned == ["add travel", "remove leave"]
    assert library.sync(full=True, dry_run=True)[0].changed == 30
    assert names(tmp_path) == [""]


@pytest.mark.parametrize("full", [False, True])
def test_a_large_wiki_that_left_the_settings_waits_for_leave_to_go(
    full: bool, library: Library
) -> None:
    del library.wikis["big"]
    (report,) = library.sync(full=full)
    lines = [*report.warnings, str(report.error or "")]
    assert library.index.counts()["big"] == (30, 30)
    assert any("30" in line and ("allow-mass-removal" in line or full) for line in lines)

    library.sync(full=full, allow_mass_removal=True)

    assert library.index.counts() == {"small": (1, 1)}


@pytest.mark.parametrize("writes", [0, 1])
def test_a_killed_sync_leaves_nothing_for_good_of_a_wiki_that_left_the_settings(
    writes: int, library: Library
) -> None:
    del library.wikis["small"]
    with dying_writes(Fuse(writes), Killed()), pytest.raises(Killed):
        library.sync()
    library.sync()

    assert library.index.wikis() == {"big"}
    assert {point.payload.get("wiki", "big") for point in library.index.current.points()} == {"big"}


@pytest.mark.parametrize("writes", [91, 92])
def test_a_killed_rebuild_keeps_no_wiki_that_left_the_settings_since(
    writes: int, library: Library
) -> None:
    """The rebuild was killed while a page of that wiki was partly or fully written."""
    with dying_writes(Fuse(writes), Killed()), pytest.raises(Killed):
        library.sync(full=True)
    library.index.set_aside()
    del library.wikis["small"]
    library.sync()
    library.sync(full=True)

    assert library.index.wikis() == {"big"}
