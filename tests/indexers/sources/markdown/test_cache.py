"""The cache of a wiki's files: what it stores, and that it saves nothing but time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.indexers.model import Changed, KnownPage, PageChange, Skipped, Unchanged
from footnote_bot.indexers.parsing.limits import Limits, here
from footnote_bot.indexers.sources.markdown import cache
from footnote_bot.indexers.sources.markdown.cache import PageCache
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki
from tests.long import tries

SCALARS = (
    st.text(max_size=10)
    | st.integers(-(2**99), 2**99)
    | st.floats(allow_nan=False)
    | st.booleans()
    | st.none()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


class Parsing:
    """A `limits.Parse` that counts its calls."""

    def __init__(self) -> None:
        self.skimmed = 0
        self.converted = 0

    def __call__(
        self, limits: Limits, parser: Callable[..., Any], /, *arguments: Any, **options: Any
    ) -> Any:
        self.skimmed += parser.__name__ == "skim"
        self.converted += parser.__name__ == "convert_page"
        return here(limits, parser, *arguments, **options)


def known_pages(changes: list[PageChange]) -> dict[str, KnownPage]:
    pages = [change.page for change in changes if isinstance(change, Changed)]
    return {page.key: KnownPage(page.revision, page.acl) for page in pages}


def wiki_in(folder: Path, parsing: Parsing | None = None) -> MarkdownWiki:
    """Return the wiki as a new process opens it."""
    cache = PageCache(folder / "data" / "cache" / "w.json")
    parse = parsing or Parsing()
    return MarkdownWiki(
        "w", folder / "wiki", site_url="https://w.example", parse=parse, cache=cache
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path, text in {
        "a.md": "---\ndate: 2024-05-06\ntags: [x, {y: 1}]\n---\n# A\n\nSee [b](deep/b.md).\n",
        "deep/b.md": "# B\n\nSee [a](../a.md).\n",
        "deep/empty.md": "---\ntitle: Nothing\n---\n",
        "draft.md": "---\ndraft: true\n---\n# Draft\n\ntext\n",
    }.items():
        file = tmp_path / "wiki" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


@given(st.text(max_size=8), VALUES)
@tries(200)
def test_any_value_of_json_is_kept_as_it_is(
    tmp_path_factory: pytest.TempPathFactory, key: str, value: object
) -> None:
    file = tmp_path_factory.mktemp("cache") / "w.json"
    cache = PageCache(file)
    cache.keep(key, value)
    cache.save()

    assert repr(PageCache(file).get(key)) == repr(value)  # 1 is neither True nor 1.0


def test_what_was_not_used_is_forgotten(tmp_path: Path) -> None:
    cache = PageCache(tmp_path / "w.json")
    cache.keep("a", [1])
    cache.keep("b", [2])
    cache.forget_unused()
    cache.get("b")
    cache.forget_unused()
    cache.save()
    again = PageCache(tmp_path / "w.json")

    assert (again.get("a"), again.get("b")) == (None, [2])


def test_the_next_process_parses_nothing_of_an_unchanged_wiki(folder: Path) -> None:
    known = known_pages(list(wiki_in(folder).changes({})))
    parsing = Parsing()

    changes = list(wiki_in(folder, parsing).changes(known))

    assert [change for change in changes if isinstance(change, Unchanged)] == [
        Unchanged("a.md"),
        Unchanged("deep/b.md"),
    ]
    assert [change for change in changes if isinstance(change, Skipped)] == [
        Skipped("deep/empty.md", "empty"),
        Skipped("draft.md", "draft", on_purpose=True),
    ]
    assert (parsing.skimmed, parsing.converted) == (0, 0)


def test_one_edited_page_is_parsed_alone(folder: Path) -> None:
    known = known_pages(list(wiki_in(folder).changes({})))
    (folder / "wiki" / "deep" / "b.md").write_text("# B\n\nSee [a](../a.md), which is new.\n")
    parsing = Parsing()

    changes = list(wiki_in(folder, parsing).changes(known))

    assert [change.page.key for change in changes if isinstance(change, Changed)] == ["deep/b.md"]
    assert (parsing.skimmed, parsing.converted) == (1, 1)


def test_a_page_whose_link_leads_elsewhere_is_read_again(folder: Path) -> None:
    known = known_pages(list(wiki_in(folder).changes({})))
    (folder / "wiki" / "a.md").rename(folder / "wiki" / "deep" / "a.md")

    changes = list(wiki_in(folder).changes(known))

    assert {change.page.key for change in changes if isinstance(change, Changed)} == {
        "deep/a.md",
        "deep/b.md",
    }


def test_pages_that_are_gone_are_forgotten(folder: Path) -> None:
    list(wiki_in(folder).changes({}))
    file = folder / "data" / "cache" / "w.json"
    size = file.stat().st_size
    (folder / "wiki" / "deep" / "empty.md").unlink()
    (folder / "wiki" / "a.md").unlink()

    list(wiki_in(folder).changes({}))

    assert file.stat().st_size < size
    assert "Nothing" not in file.read_text()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"\xff" * 100),
        lambda file: file.write_bytes(file.read_bytes()[:-10]),
        lambda file: file.write_bytes(file.read_bytes().replace(b"2024-05-06", b"2024-05-07")),
        lambda file: file.unlink(),
        lambda file: (file.unlink(), file.mkdir()),
    ],
)
def test_a_damaged_cache_is_an_empty_one(folder: Path, spoil: Callable[[Path], object]) -> None:
    known = known_pages(list(wiki_in(folder).changes({})))
    spoil(folder / "data" / "cache" / "w.json")
    parsing = Parsing()

    changes = list(wiki_in(folder, parsing).changes(known))

    assert sum(isinstance(change, Unchanged) for change in changes) == 2
    assert parsing.skimmed == 4


def test_a_cache_of_other_code_is_an_empty_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(wiki_in(folder).changes({}))
    monkeypatch.setattr(cache, "_code", lambda: b"another version")
    parsing = Parsing()

    list(wiki_in(folder, parsing).changes({}))

    assert parsing.skimmed == 4


def test_where_no_cache_can_be_written_all_is_read(folder: Path) -> None:
    (folder / "data").write_text("no folder")
    first = list(wiki_in(folder).changes({}))

    assert known_pages(list(wiki_in(folder).changes({}))) == known_pages(first)


def test_a_cache_is_closed_to_others(folder: Path) -> None:
    list(wiki_in(folder).changes({}))

    assert (folder / "data" / "cache").stat().st_mode & 0o077 == 0


def test_an_edit_between_two_readings_of_a_page_is_not_missed(folder: Path) -> None:
    """The file differs when the sync converts it, and is the same as before at the next sync."""
    page = folder / "wiki" / "a.md"
    first, second = page.read_text(), "# A\n\nanother text\n"

    class Editing(Parsing):
        def __call__(
            self, limits: Limits, parser: Callable[..., Any], /, *arguments: Any, **options: Any
        ) -> Any:
            if parser.__name__ == "convert_page" and options["path"] == "a.md":
                page.write_text(second)
            return super().__call__(limits, parser, *arguments, **options)

    changes = list(wiki_in(folder, Editing()).changes({}))
    (page_read,) = (
        change.page
        for change in changes
        if isinstance(change, Changed) and change.page.key == "a.md"
    )
    assert "another" not in page_read.sections[0].text
    second_pass = list(wiki_in(folder).changes(known_pages(changes)))
    assert [change.page.key for change in second_pass if isinstance(change, Changed)] == ["a.md"]
    page.write_text(first)
    assert Unchanged("a.md") in list(wiki_in(folder).changes(known_pages(changes)))
