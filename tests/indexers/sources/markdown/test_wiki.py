"""A folder as a wiki: what changed, what is skipped and why."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from footnote_bot.indexers.errors import WikiMisconfigured
from footnote_bot.indexers.model import (
    Acl,
    Changed,
    Enumerated,
    Failed,
    KnownPage,
    Page,
    PageChange,
    Relabelled,
    Skipped,
    Unchanged,
)
from footnote_bot.indexers.parsing.limits import Limits, here
from footnote_bot.indexers.sources.markdown import wiki as wiki_module
from footnote_bot.indexers.sources.markdown.reading import skim
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki
from footnote_bot.indexers.text.prose import Kind, blocks

HANDBOOK = Path(__file__).parents[4] / "playground" / "handbook"
SITE = "https://wiki.example.com"

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(path: str, text: str) -> Path:
        file = tmp_path / "wiki" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return write_file


def wiki(tmp_path: Path, **settings: object) -> MarkdownWiki:
    options: dict[str, object] = {"site_url": SITE, "flavour": "github", **settings}
    return MarkdownWiki("w", tmp_path / "wiki", **options)  # type: ignore[arg-type]


def pages(changes: list[PageChange]) -> dict[str, Page]:
    return {change.page.key: change.page for change in changes if isinstance(change, Changed)}


def known_pages(changes: list[PageChange]) -> dict[str, KnownPage]:
    return {key: KnownPage(page.revision, page.acl) for key, page in pages(changes).items()}


def kinds(changes: list[PageChange]) -> dict[str, str]:
    return {
        change.page.key if isinstance(change, Changed) else change.key: type(change).__name__
        for change in changes
        if not isinstance(change, Enumerated)
    }


def reasons(changes: list[PageChange]) -> dict[str, str]:
    return {item.key: item.reason for item in changes if isinstance(item, Skipped | Failed)}


def test_the_listing_comes_first_and_names_every_page(tmp_path: Path, write: Write) -> None:
    write("a.md", "A")
    write("deep/b.markdown", "B")
    write("deep/c.mdx", "C")
    write("no.txt", "no")

    first, *others = wiki(tmp_path).changes({})

    assert first == Enumerated(frozenset({"a.md", "deep/b.markdown", "deep/c.mdx"}))
    assert len(others) == 3


@pytest.mark.long
def test_the_whole_18f_handbook_is_read() -> None:
    source = MarkdownWiki("18f", HANDBOOK, site_url="https://handbook.tts.gsa.gov")
    changes = list(source.changes({}))
    pages_read = pages(changes)
    skipped = reasons(changes)

    assert not [change for change in changes if isinstance(change, Failed)]
    assert len(pages_read) + len(skipped) == 242
    assert set(skipped.values()) == {"empty"}
    assert len(skipped) == 8  # pages that only redirect people
    overtime = pages_read["travel-and-leave/overtime.md"]
    assert overtime.url == "https://handbook.tts.gsa.gov/travel-and-leave/overtime/"
    text = "\n".join(
        block.text
        for page in pages_read.values()
        for section in page.sections
        for block in blocks(section.text)
        if block.kind is not Kind.CODE
    )
    assert "]({%" not in text
    assert "](/" not in text
    assert "](https://handbook.tts.gsa.gov/" in text


def test_an_unchanged_page_is_not_parsed(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.md", "A")
    source = wiki(tmp_path)
    before = list(source.changes({}))

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr(wiki_module.convert, "page", refuse)

    assert list(source.changes(known_pages(before)))[1:] == [Unchanged("a.md")]


@pytest.mark.parametrize(
    "edit",
    [
        ("a.md", "# T\n\nother words [b](b.md)"),
        ("b.md", "---\npermalink: /moved/\n---\nB"),
    ],
    ids=["its text", "the address of a page it links to"],
)
def test_a_page_changes_with(tmp_path: Path, write: Write, edit: tuple[str, str]) -> None:
    write("a.md", "# T\n\nwords [b](b.md)")
    write("b.md", "B")
    source = wiki(tmp_path)
    before = list(source.changes({}))
    write(*edit)
    after = list(source.changes(known_pages(before)))

    assert kinds(after)["a.md"] == "Changed"
    assert pages(before)["a.md"].revision != pages(after)["a.md"].revision


def test_another_page_leaves_the_rest_unchanged(tmp_path: Path, write: Write) -> None:
    write("a.md", "A [b](b.md) [[c]]")
    write("b.md", "B")
    before = known_pages(list(wiki(tmp_path).changes({})))
    write("new.md", "new")

    assert kinds(list(wiki(tmp_path).changes(before))) == {
        "a.md": "Unchanged",
        "b.md": "Unchanged",
        "new.md": "Changed",
    }


def test_a_link_by_name_follows_the_page_that_bears_it(tmp_path: Path, write: Write) -> None:
    write("a.md", "See [[Rota]].")
    before = list(wiki(tmp_path, flavour="obsidian").changes({}))
    write("ops/Rota.md", "Who is on call.")
    after = list(wiki(tmp_path, flavour="obsidian").changes(known_pages(before)))

    assert pages(before)["a.md"].sections[0].text == "See Rota."
    assert pages(after)["a.md"].sections[0].text == f"See [Rota]({SITE}/ops/Rota)."


def test_a_page_whose_label_is_in_doubt_is_labelled_again(tmp_path: Path, write: Write) -> None:
    """The index looks like this after a kill, even if the rights went back since."""
    write("a.md", "A")
    (page,) = known_pages(list(wiki(tmp_path).changes({}))).values()
    in_doubt = {"a.md": KnownPage(f"{page.revision}?", page.acl)}
    (relabelled,) = list(wiki(tmp_path).changes(in_doubt))[1:]

    assert relabelled == Relabelled("a.md", page.revision, page.acl)


def test_other_rights_alone_relabel(tmp_path: Path, write: Write) -> None:
    write("a.md", "A")
    before = known_pages(list(wiki(tmp_path).changes({})))
    closed = Acl.of(["group:staff"])
    (relabelled,) = list(wiki(tmp_path, acl=closed).changes(before))[1:]

    assert isinstance(relabelled, Relabelled)
    assert relabelled.acl == closed
    relabelled_page = {"a.md": KnownPage(relabelled.revision, closed)}
    assert list(wiki(tmp_path, acl=closed).changes(relabelled_page))[1:] == [Unchanged("a.md")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("# Only a title\n", "empty"),
        ("a\0b", "binary"),
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
            "kept in Git LFS, which is not read",
        ),
        ("x" * 2_000_001, "too large: 2,000,001 bytes, at most 2,000,000"),
        ("---\ndraft: true\n---\nx", "draft"),
        ("---\npublished: false\n---\nx", "not published"),
        ("---\npublish: false\n---\nx", "not published"),
        ("---\npermalink: false\n---\nx", "not published"),
        ("---\npublishDate: 2024-06-02\n---\nx", "not published yet"),
        ("---\nexpiryDate: 2024-01-01\n---\nx", "expired"),
    ],
)
def test_a_page_is_skipped_as(tmp_path: Path, write: Write, text: str, reason: str) -> None:
    write("a.md", text)
    source = wiki(tmp_path, today=lambda: date(2024, 6, 1))

    assert reasons(list(source.changes({}))) == {"a.md": reason}


def test_a_page_is_read_from_the_day_on_which_it_is_published(tmp_path: Path, write: Write) -> None:
    write("a.md", "---\npublishDate: 2024-06-01T09:00:00Z\n---\nx")
    source = wiki(tmp_path, today=lambda: date(2024, 6, 1))

    assert set(pages(list(source.changes({})))) == {"a.md"}


def test_jekylls_drafts_are_drafts(tmp_path: Path, write: Write) -> None:
    write("_drafts/a.md", "x")
    write("_posts/2024-01-02-b.md", "x")
    changes = list(wiki(tmp_path, flavour="jekyll").changes({}))

    assert reasons(changes) == {"_drafts/a.md": "draft"}
    assert set(pages(changes)) == {"_posts/2024-01-02-b.md"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_draft_is_one_however_its_lines_end(tmp_path: Path, write: Write, end: str) -> None:
    write("a.md", "").write_bytes(end.join(["---", "draft: true", "---", "x"]).encode())

    assert reasons(list(wiki(tmp_path).changes({}))) == {"a.md": "draft"}


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, write: Write) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("secret")
    write("a.md", "A")
    (tmp_path / "wiki" / "b.md").symlink_to(secret)
    (tmp_path / "wiki" / "d.md").symlink_to("nowhere.md")
    (tmp_path / "wiki" / "e.md").symlink_to("e.md")
    (tmp_path / "wiki" / "out").symlink_to(tmp_path)
    changes = list(wiki(tmp_path).changes({}))

    assert set(pages(changes)) == {"a.md"}
    assert reasons(changes) == {
        "b.md": "a link that leads out of the folder",
        "d.md": "a link that leads nowhere or no regular file",
        "e.md": "a link that leads nowhere or no regular file",
        "out/": "a link to a folder, which is not followed",
    }


def test_a_link_to_another_page_is_no_second_page(tmp_path: Path, write: Write) -> None:
    write("deep/a.md", "A")
    write("old/b.txt", "B")
    (tmp_path / "wiki" / "c.md").symlink_to("deep/a.md")
    (tmp_path / "wiki" / "d.md").symlink_to("c.md")
    (tmp_path / "wiki" / "e.md").symlink_to("old/b.txt")
    changes = list(wiki(tmp_path).changes({}))

    assert set(pages(changes)) == {"deep/a.md", "e.md"}
    assert reasons(changes) == dict.fromkeys(("c.md", "d.md"), "a link to another page")


def test_a_link_to_a_page_that_the_site_does_not_show_is_a_page(
    tmp_path: Path, write: Write
) -> None:
    write("_part.html.md", "A")
    (tmp_path / "wiki" / "a.html.md").symlink_to("_part.html.md")
    source = wiki(tmp_path, flavour="middleman")

    assert set(pages(list(source.changes({})))) == {"a.html.md"}


def test_a_file_that_cannot_be_read_fails_and_the_rest_go_on(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.md", "A")
    write("b.md", "B")
    read_bytes = Path.read_bytes

    def refuse(file: Path) -> bytes:
        if file.name == "b.md":
            raise PermissionError(13, "Permission denied")
        return read_bytes(file)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    changes = list(wiki(tmp_path).changes({}))

    assert kinds(changes) == {"a.md": "Changed", "b.md": "Failed"}


def test_broken_bytes_are_replaced_with_a_warning(tmp_path: Path, write: Write) -> None:
    write("a.md", "").write_bytes(b"\xef\xbb\xbf# Caf\xc3\xa9\r\n\r\nna\xefve\r\n")
    (change,) = list(wiki(tmp_path).changes({}))[1:]

    assert isinstance(change, Changed)
    assert (change.page.title, change.page.sections[0].text) == ("Café", "na\ufffdve")
    assert change.warnings == ("not UTF-8 throughout; what could not be read was replaced",)


def test_broken_front_matter_is_a_warning(tmp_path: Path, write: Write) -> None:
    write("a.md", '---\ntitle: "Kept"\nbad: [1\n---\nText')
    (change,) = list(wiki(tmp_path).changes({}))[1:]

    assert isinstance(change, Changed)
    assert (change.page.title, change.page.sections[0].text) == ("Kept", "Text")
    assert "front matter is no YAML" in change.warnings[0]


def test_a_page_is_gone_if_its_file_is_or_if_the_settings_exclude_it(
    tmp_path: Path, write: Write
) -> None:
    write("a.md", "A")
    write("old/b.md", "B")
    source = wiki(tmp_path, exclude=["old/"])

    assert source.gone(["a.md", "old/b.md", "c.md"]) == {"old/b.md", "c.md"}


def test_patterns_choose_pages(tmp_path: Path, write: Write) -> None:
    for path in (
        "docs/a.md",
        "docs/private/b.md",
        "notes/c.md",
        ".github/d.md",
        "node_modules/e.md",
    ):
        write(path, "x")
    source = wiki(tmp_path, include=["docs/**"], exclude=["private/"])

    assert set(pages(list(source.changes({})))) == {"docs/a.md"}


@pytest.mark.parametrize("pattern", ["!", "a[z-b]"])
def test_a_pattern_that_is_none_is_a_wrong_setting(
    tmp_path: Path, write: Write, pattern: str
) -> None:
    write("a.md", "A")
    with pytest.raises(WikiMisconfigured, match="include or exclude has a wrong pattern"):
        list(wiki(tmp_path, exclude=[pattern]).changes({}))


def test_no_folder_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(WikiMisconfigured, match="there is no folder"):
        list(wiki(tmp_path).changes({}))
    with pytest.raises(WikiMisconfigured, match="no folder"):
        MarkdownWiki("w", Path(__file__)).gone(["a.md"])


@pytest.mark.parametrize("setting", ["flavour", "anchors", "addresses"])
def test_an_unknown_rule_is_a_wrong_setting(tmp_path: Path, write: Write, setting: str) -> None:
    write("a.md", "A")
    with pytest.raises(WikiMisconfigured, match="'nonsense'"):
        list(wiki(tmp_path, **{setting: "nonsense"}).changes({}))


def test_a_page_is_found_by_the_address_that_people_read_it_at(
    tmp_path: Path, write: Write
) -> None:
    write("index.md", "Home")
    write("leave/how long.md", "Thirty days")
    write("moved.md", "---\npermalink: /elsewhere/\n---\nHere")
    wiki = MarkdownWiki("w", tmp_path / "wiki", site_url=f"{SITE}/docs")
    keys = {
        f"{SITE}/docs": "index.md",
        f"{SITE}/docs/index.html#top": "index.md",
        f"{SITE}/docs/leave/how%20long/?q=1#a": "leave/how long.md",
        "https://WIKI.example.com/docs/elsewhere": "moved.md",
        f"{SITE}/docs/moved/": "",
        f"{SITE}/documents/": None,
        "https://other.example.com/docs/": None,
        "https://[bad/docs/": None,
    }

    assert {url: wiki.key_at(url) for url in keys} == keys


def test_a_link_opens_nothing_that_is_left_out(tmp_path: Path, write: Write) -> None:
    """A person who may write pages cannot make the bot read a file that the operator excluded."""
    write("private/pay.md", "Everybody's pay.")
    write(".git/config", "url = https://me:token@git.example.com/r.git")
    write("node_modules/x.md", "Theirs.")
    write("a.txt", "A")
    for name, target in {
        "pay.md": "private/pay.md",
        "config.md": ".git/config",
        "theirs.md": "node_modules/x.md",
        "fine.md": "a.txt",
    }.items():
        (tmp_path / "wiki" / name).symlink_to(target)
    changes = list(wiki(tmp_path, exclude=["private/**"]).changes({}))

    assert pages(changes).keys() == {"fine.md"}
    assert set(reasons(changes).values()) == {"a link to what is not read"}


def test_a_file_is_skimmed_once_as_long_as_it_is_the_same(tmp_path: Path) -> None:
    """Content decides, not the date, which may stay the same while the file changes."""
    skimmed: list[bytes] = []

    def parse(limits: Limits, parser: Any, /, *arguments: Any, **options: Any) -> Any:
        if parser is skim:
            skimmed.append(arguments[0])
        return here(limits, parser, *arguments, **options)

    page, other = tmp_path / "page.md", tmp_path / "other.md"
    page.write_text("# Leave\n\nLeave is long.\n")
    other.write_text("# Travel\n\nTravel is far.\n")
    wiki = MarkdownWiki("wiki", tmp_path, parse=parse)
    known = {
        change.page.key: KnownPage(change.page.revision, change.page.acl)
        for change in wiki.changes({})
        if isinstance(change, Changed)
    }
    assert len(skimmed) == 2
    assert [type(change) for change in wiki.changes(known)][1:] == [Unchanged, Unchanged]
    assert len(skimmed) == 2

    status = page.stat()
    page.write_text("# Leave\n\nLeave is paid.\n")
    os.utime(page, ns=(status.st_atime_ns, status.st_mtime_ns))
    changes = [type(change) for change in wiki.changes(known)][1:]
    assert sorted(map(str, changes)) == sorted(map(str, [Changed, Unchanged]))
    assert len(skimmed) == 3
