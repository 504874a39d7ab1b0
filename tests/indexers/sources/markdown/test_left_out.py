"""Files that cannot be read or are not followed are named, and cost nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.indexers.errors import MassRemoval, WikiUnavailable
from footnote_bot.indexers.index.edge import EdgeIndex
from footnote_bot.indexers.model import Changed, Enumerated, Failed, KnownPage, Skipped, SyncReport
from footnote_bot.indexers.ports import PassageIndex
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki
from tests.fakes.defaults import sync
from tests.fakes.embedding import WordEmbedder
from tests.fakes.wiki import by_section

Close = Callable[[str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "wiki"
    for name in ("a.md", "b.md", "deep/c.md", "deep/er/d.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"This is {name}.")
    return folder


@pytest.fixture
def close(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Close:
    """Return a function that makes a folder unreadable, also for root, whom permissions do not
    stop."""
    closed: set[bytes] = set()
    scandir = os.scandir

    def guarded(path: Any) -> Any:
        if os.fsencode(path).rstrip(b"/") in closed:
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    return lambda name: closed.add(os.fsencode(folder / name))


@pytest.fixture
def index(tmp_path: Path) -> Iterator[PassageIndex]:
    with EdgeIndex.open(tmp_path / "index", dimensions=WordEmbedder.dimensions) as index:
        yield index


def wiki(folder: Path, **settings: Any) -> MarkdownWiki:
    return MarkdownWiki("w", folder, site_url="https://x.org", flavour="github", **settings)


def synced(source: MarkdownWiki, index: PassageIndex, **options: Any) -> SyncReport:
    return sync(source, index, WordEmbedder(), by_section, **options)


def test_a_folder_that_cannot_be_listed_keeps_its_pages_and_no_others_from_their_turn(
    folder: Path, close: Close, index: PassageIndex
) -> None:
    synced(wiki(folder), index)
    close("deep")
    (folder / "a.md").write_text("Edited.")
    (folder / "b.md").unlink()
    (folder / "new.md").write_text("New.")
    report = synced(wiki(folder), index)

    assert (report.added, report.changed, report.removed) == (1, 1, 1)
    assert report.failed == [
        Failed("deep/", "cannot be listed: Permission denied; what was read of it before stays")
    ]
    assert index.known("w").keys() == {"a.md", "new.md", "deep/c.md", "deep/er/d.md"}
    assert wiki(folder).gone(["deep/c.md", "gone.md"]) == {"gone.md"}
    assert list(wiki(folder).page("deep/c.md")) == [
        Failed("deep/c.md", "its folder cannot be listed")
    ]


@pytest.mark.parametrize("pattern", ["deep", "deep/", "/deep/", "deep/**", "deep/*"])
def test_a_folder_that_is_left_out_need_not_be_readable(
    folder: Path, close: Close, index: PassageIndex, pattern: str
) -> None:
    close("deep")
    report = synced(wiki(folder, exclude=[pattern]), index)

    assert report.failed == []
    assert report.added == 2


def test_a_file_of_the_file_system_itself_is_no_page(
    folder: Path, close: Close, index: PassageIndex
) -> None:
    (folder / "lost+found").mkdir()
    close("lost+found")

    assert synced(wiki(folder), index).failed == []


def test_a_wiki_whose_own_folder_cannot_be_listed_is_away(folder: Path, close: Close) -> None:
    close("")
    with pytest.raises(WikiUnavailable, match="cannot be listed: Permission denied"):
        list(wiki(folder).changes({}))


def test_links_to_folders_are_named_and_not_followed(folder: Path, index: PassageIndex) -> None:
    (folder / "again").symlink_to("deep")
    (folder / "up").symlink_to("..")
    (folder / "root").symlink_to("/")
    (folder / ".hidden").symlink_to("deep")
    report = synced(wiki(folder, exclude=["root"]), index)

    assert {(skipped.key, skipped.reason) for skipped in report.skipped} == {
        ("again/", "a link to a folder, which is not followed"),
        ("up/", "a link to a folder, which is not followed"),
    }
    assert report.added == 4


def test_a_page_that_grew_too_large_keeps_its_last_version(
    folder: Path, index: PassageIndex
) -> None:
    synced(wiki(folder), index)
    (folder / "a.md").write_text("x" * 2_000_001)
    (folder / "huge.md").write_text("x" * 2_000_001)
    report = synced(wiki(folder), index)

    why = "too large: 2,000,001 bytes, at most 2,000,000"
    assert report.failed == [Failed("a.md", f"{why}; its last version stays")]
    assert [(skipped.key, skipped.reason) for skipped in report.skipped] == [("huge.md", why)]
    assert "a.md" in index.known("w")

    second_report = synced(wiki(folder), index, full=True)

    assert second_report.failed == report.failed
    assert "a.md" in index.known("w")


def test_pages_that_are_links_into_a_place_that_is_away_stay(
    tmp_path: Path, folder: Path, index: PassageIndex
) -> None:
    """A ConfigMap is mounted like this: every page is a link through a folder that changes."""
    away = folder / "..data"
    for name in ("a.md", "b.md", "deep/c.md", "deep/er/d.md"):
        (folder / name).unlink()
    (folder / "v1").mkdir()
    for name in ("x.md", "y.md"):
        (folder / "v1" / name).write_text(f"This is {name}.")
    (folder / "v1").rename(folder / "one")
    for name in ("x.md", "y.md"):
        (folder / name).symlink_to(f"one/{name}")
    synced(wiki(folder, include=["/*.md"]), index)
    (folder / "one").rename(tmp_path / "away")
    with pytest.raises(MassRemoval):
        synced(wiki(folder, include=["/*.md"]), index)

    assert index.known("w").keys() == {"x.md", "y.md"}
    assert not away.exists()


def became_a_folder(folder: Path) -> None:
    (folder / "deep/c.md").unlink()
    (folder / "deep/c.md").mkdir()
    (folder / "deep/c.md/index.md").write_text("This is c.md.")


def became_a_pipe(folder: Path) -> None:
    (folder / "deep/c.md").unlink()
    os.mkfifo(folder / "deep/c.md")


def became_a_link_to_a_folder(folder: Path) -> None:
    (folder / "deep/c.md").unlink()
    (folder / "deep/c.md").symlink_to("er")


def was_moved_out_and_linked(folder: Path) -> None:
    (folder / "deep").rename(folder.parent / "out")
    (folder / "deep").symlink_to(folder.parent / "out")


def got_another_name_and_a_link(folder: Path) -> None:
    (folder / "deep").rename(folder / "deeper")
    (folder / "deep").symlink_to("deeper")


def got_another_case(folder: Path) -> None:
    (folder / "deep/c.md").rename(folder / "deep/C.md")


@pytest.mark.parametrize(
    "leave",
    [
        became_a_folder,
        became_a_pipe,
        became_a_link_to_a_folder,
        was_moved_out_and_linked,
        got_another_name_and_a_link,
        got_another_case,
    ],
)
def test_a_page_that_no_listing_has_is_gone(
    folder: Path, index: PassageIndex, leave: Callable[[Path], None]
) -> None:
    for number in range(20):
        (folder / f"{number}.md").write_text(f"This is {number}.")
    synced(wiki(folder), index)
    leave(folder)
    synced(wiki(folder), index)

    assert "deep/c.md" not in index.known("w")
    assert wiki(folder).gone(["a.md", "deep/c.md"]) == {"deep/c.md"}


def test_a_page_of_a_folder_that_became_a_dependency_is_gone(folder: Path) -> None:
    (folder / "vendor").mkdir()
    (folder / "vendor/acme.md").write_text("Call 111.")
    source = wiki(folder)

    assert source.gone(["a.md", "vendor/acme.md"]) == set()

    (folder / "package.json").write_text("{}")

    assert source.gone(["a.md", "vendor/acme.md"]) == {"vendor/acme.md"}


def test_a_page_is_gone_where_a_file_system_knows_no_case(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The path exists, but as another page's name."""
    (folder / "a.md").rename(folder / "A.md")
    stat = os.stat

    def either(path: Any, **options: Any) -> os.stat_result:
        is_there = path == folder / "a.md"
        return stat(folder / "A.md" if is_there else path, **options)

    monkeypatch.setattr(os, "stat", either)

    assert wiki(folder).gone(["a.md", "b.md"]) == {"a.md"}


def test_a_page_stays_while_an_error_hides_its_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For example, the share that a link points to is not mounted."""
    (folder / "a.md").unlink()
    (folder / "a.md").symlink_to("far.md")
    stat = os.stat

    def away(path: Any, **options: Any) -> os.stat_result:
        if os.fsdecode(path).endswith("/far.md") or (
            os.fsdecode(path).endswith("/a.md") and options.get("follow_symlinks", True)
        ):
            raise OSError(5, "Input/output error")
        return stat(path, **options)

    monkeypatch.setattr(os, "stat", away)

    assert wiki(folder).gone(["a.md", "gone.md"]) == {"gone.md"}
    assert list(wiki(folder).page("a.md")) == [Failed("a.md", "its place cannot be looked at")]


def test_a_part_of_an_empty_wiki_removes_nothing(tmp_path: Path) -> None:
    (tmp_path / "wiki").mkdir()
    with pytest.raises(WikiUnavailable, match="no page was found"):
        list(wiki(tmp_path / "wiki").page("a.md"))


def test_keys_of_an_unlisted_folder_are_listed_as_they_are_known(
    folder: Path, close: Close
) -> None:
    close("deep")
    known = {key: KnownPage("r", wiki(folder)._acl) for key in ("deep/c.md", "deepest.md")}
    (listed,) = [change for change in wiki(folder).changes(known) if isinstance(change, Enumerated)]

    assert listed.keys == {"a.md", "b.md", "deep/c.md"}


@pytest.mark.parametrize("name", ["pipe.md", "deep/SUMMARY.md", "SUMMARY.md"])
def test_a_pipe_is_named_and_nobody_waits_for_what_it_may_bring(folder: Path, name: str) -> None:
    os.mkfifo(folder / name)

    changes = list(MarkdownWiki("wiki", folder).changes({}))

    assert [(change.key, change.reason) for change in changes if isinstance(change, Skipped)] == [
        (name, "no regular file")
    ]
    assert sum(isinstance(change, Changed) for change in changes) == 4
