"""The key of a page is the path of its file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from footnote_bot.indexers.model import Changed, Enumerated, Page, Skipped
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki

COMPOSED, DECOMPOSED = "\u00d6ffnung.md", "O\u0308ffnung.md"


def write(folder: Path, name: bytes, text: str = "Täglich.") -> None:
    file = os.fsencode(folder) + b"/" + name
    os.makedirs(os.path.dirname(file), exist_ok=True)  # noqa: PTH103, PTH120 - a Path cannot be bytes
    with open(file, "w", encoding="utf-8") as opened:  # noqa: PTH123 - the same
        opened.write(text)


def pages(folder: Path) -> dict[str, Page]:
    changes = MarkdownWiki("w", folder, site_url="https://x.org", flavour="github").changes({})
    return {change.page.key: change.page for change in changes if isinstance(change, Changed)}


def test_one_letter_or_two_are_two_pages_and_a_link_finds_either(tmp_path: Path) -> None:
    write(tmp_path, DECOMPOSED.encode(), "Decomposed.")
    write(tmp_path, b"a.md", f"See [it]({COMPOSED}) and [[{COMPOSED[:-3]}]].")
    pages_by_key = pages(tmp_path)

    assert set(pages_by_key) == {DECOMPOSED, "a.md"}
    assert f"]({pages_by_key[DECOMPOSED].url})" in pages_by_key["a.md"].sections[0].text

    write(tmp_path, COMPOSED.encode(), "Composed.")
    pages_by_key = pages(tmp_path)

    assert set(pages_by_key) == {DECOMPOSED, COMPOSED, "a.md"}
    assert f"]({pages_by_key[COMPOSED].url})" in pages_by_key["a.md"].sections[0].text


def test_a_pattern_means_a_name_however_its_letters_are_written(tmp_path: Path) -> None:
    write(tmp_path, DECOMPOSED.encode())
    write(tmp_path, b"a.md")
    wiki = MarkdownWiki("w", tmp_path, exclude=[COMPOSED])
    listed = next(wiki.changes({}))

    assert isinstance(listed, Enumerated)
    assert listed.keys == {"a.md"}


@pytest.mark.parametrize(
    ("name", "address"),
    [
        (b"%C3%96ffnung.md", "%25C3%2596ffnung.md"),
        (COMPOSED.encode(), "%C3%96ffnung.md"),
        (b"100%.md", "100%25.md"),
    ],
)
def test_an_address_is_of_the_bytes_too(tmp_path: Path, name: bytes, address: str) -> None:
    write(tmp_path, name)
    view = "https://github.com/o/r/blob/main"
    wiki = MarkdownWiki("w", tmp_path, repository_url=view)
    (page,) = [change.page for change in wiki.changes({}) if isinstance(change, Changed)]

    assert page.url == f"{view}/{address}"
    assert wiki.edit_address(page.key) == f"https://github.com/o/r/edit/main/{address}"


def test_a_name_that_is_not_utf_8_is_told_and_not_read(tmp_path: Path) -> None:
    write(tmp_path, b"caf\xe9.md")
    write(tmp_path, b"caf\xe9/a.md")
    write(tmp_path, b"caf\xe9.png")
    write(tmp_path, b"a.md")
    changes = list(MarkdownWiki("w", tmp_path).changes({}))

    why = "its name is not UTF-8"
    assert [change for change in changes if isinstance(change, Skipped)] == [
        Skipped("caf?/", why),
        Skipped("caf?.md", why),
    ]
    assert [change.page.key for change in changes if isinstance(change, Changed)] == ["a.md"]
