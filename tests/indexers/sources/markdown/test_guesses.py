"""The guessed flavour of a wiki is kept, and links to a forge have the forge's anchors."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote_bot.indexers.model import (
    Changed,
    Enumerated,
    KnownPage,
    Page,
    PageChange,
    ReadAs,
    Unchanged,
)
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki

PAGE = "# Deploy\n\n## Rollback\n\nOne.\n\n## Rollback\n\nTwo.\n\n## Own {#mine}\n\nThree.\n"
LINKED = "# B\n\nSee [[a]] and [[c]] and ![[d]].\n"


def wiki(folder: Path, **settings: str) -> MarkdownWiki:
    return MarkdownWiki("w", folder, **settings)  # type: ignore[arg-type]


def pages(changes: list[PageChange]) -> dict[str, Page]:
    return {change.page.key: change.page for change in changes if isinstance(change, Changed)}


def known_pages(changes: list[PageChange]) -> dict[str, KnownPage]:
    return {key: KnownPage(page.revision, page.acl) for key, page in pages(changes).items()}


def listed(changes: list[PageChange]) -> Enumerated:
    return next(change for change in changes if isinstance(change, Enumerated))


def anchors(page: Page) -> list[str]:
    return [section.anchor for section in page.sections]


@pytest.mark.parametrize("flavour", ["mkdocs", "hugo", "jekyll", "docusaurus", "middleman"])
@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("https://github.com/o/r/blob/main", ["rollback", "rollback-1", "own-mine"]),
        ("https://gitlab.com/o/r/-/blob/main", ["rollback", "rollback-1", "own-mine"]),
        ("https://codeberg.org/o/r/src/branch/main", ["rollback", "rollback-1", "own-mine"]),
        (
            "https://bitbucket.org/o/r/src/main",
            [
                "markdown-header-rollback",
                "markdown-header-rollback_1",
                "markdown-header-own-mine",
            ],
        ),
    ],
)
def test_a_link_to_a_forge_has_the_forges_anchor(
    tmp_path: Path, flavour: str, view: str, expected: list[str]
) -> None:
    (tmp_path / "a.md").write_text(PAGE)
    page = pages(list(wiki(tmp_path, flavour=flavour, repository_url=view).changes({})))["a.md"]

    assert page.url == f"{view}/a.md"
    assert anchors(page) == expected
    assert [section.headings for section in page.sections][-1] == ("Own",)


def test_a_link_to_the_site_keeps_the_sites_anchor(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(PAGE)
    source = wiki(tmp_path, flavour="mkdocs", site_url="https://docs.example.com")

    assert anchors(pages(list(source.changes({})))["a.md"]) == ["rollback", "rollback_1", "mine"]


def test_an_anchor_rule_that_is_set_holds_on_a_forge_too(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(PAGE)
    source = wiki(
        tmp_path, flavour="mkdocs", anchors="mkdocs", repository_url="https://github.com/o/r/blob/x"
    )

    assert anchors(pages(list(source.changes({})))["a.md"]) == ["rollback", "rollback_1", "mine"]


def test_one_new_page_does_not_change_how_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(PAGE)
    first = list(wiki(tmp_path, site_url="https://x.org").changes({}))
    (tmp_path / "b.md").write_text(LINKED)
    # A new process knows only what the index holds.
    second = list(wiki(tmp_path, site_url="https://x.org").changes(known_pages(first)))

    assert listed(first).read_as == ReadAs("github", guessed=True)
    assert listed(first).warnings == ()
    assert listed(second).read_as == ReadAs("github", guessed=True)
    assert Unchanged("a.md") in second
    (warning,) = listed(second).warnings
    assert "look like obsidian now, and are read as before: github" in warning
    assert "`flavour`" in warning
    assert "--full" in warning


def test_a_full_sync_guesses_anew_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(PAGE)
    first = known_pages(list(wiki(tmp_path).changes({})))
    (tmp_path / "b.md").write_text(LINKED)
    source = wiki(tmp_path)
    source.recall(first)
    full = listed(list(source.changes({})))

    assert full.read_as == ReadAs("obsidian")
    assert full.warnings == ("its pages are read as obsidian from now on; before: github",)


def test_a_flavour_that_is_set_is_no_guess(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(PAGE)
    first = known_pages(list(wiki(tmp_path).changes({})))
    changes = listed(list(wiki(tmp_path, flavour="mkdocs").changes(first)))

    assert changes.read_as == ReadAs("mkdocs", guessed=False)
    assert changes.warnings == ("its pages are read as mkdocs from now on; before: github",)


def test_a_new_page_at_the_top_does_not_give_all_pages_other_keys(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text(PAGE)
    (tmp_path / "README.md").write_text("About the repository.")
    first = list(wiki(tmp_path, flavour="github").changes({}))
    (tmp_path / "notes.md").write_text("Notes.")
    second = list(wiki(tmp_path, flavour="github").changes(known_pages(first)))

    assert listed(first).keys == {"a.md"}
    assert listed(second).keys == {"a.md"}
    assert listed(second).read_as == ReadAs("github", "docs/", guessed=False)
    assert "read as before: github, pages in docs/" in listed(second).warnings[0]


def test_a_folder_that_is_gone_is_guessed_anew(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text(PAGE)
    (tmp_path / "README.md").write_text("About the repository.")
    first = known_pages(list(wiki(tmp_path).changes({})))
    (tmp_path / "docs").rename(tmp_path / "pages")
    second = list(wiki(tmp_path).changes(first))

    assert "pages/a.md" in listed(second).keys
    assert listed(second).warnings


def test_a_part_is_read_as_the_whole_was(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(PAGE)
    first = list(wiki(tmp_path, site_url="https://x.org").changes({}))
    (tmp_path / "b.md").write_text(LINKED)
    source = wiki(tmp_path, site_url="https://x.org")
    source.recall(known_pages(first))
    (change,) = source.page("a.md")

    assert change == Changed(pages(first)["a.md"])
