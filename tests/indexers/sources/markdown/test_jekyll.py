"""Jekyll: where its pages, posts and collections are."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote_bot.indexers.model import Skipped
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki
from tests.indexers.sources.markdown.test_flavours import read_pages, write_files

DOCS = "collections: {docs: {output: true}, people: {}}\n"


@pytest.mark.parametrize(
    ("settings", "file", "address"),
    [
        (DOCS, "_docs/deep/a.md", "/docs/deep/a.html"),
        (f"permalink: pretty\n{DOCS}", "_docs/a.md", "/docs/a/"),
        (f"permalink: /:title/\n{DOCS}", "_docs/a.md", "/docs/a/"),
        ("collections: {docs: {output: true, permalink: '/k/:path/'}}", "_docs/x/a.md", "/k/x/a/"),
        ("collections: {docs: {output: true, permalink: '/:name'}}", "_docs/x/A b.md", "/a-b"),
        (f"collections_dir: all\n{DOCS}", "all/_docs/a.md", "/docs/a.html"),
        ("", "_posts/2024-1-02-hi-there.md", "/2024/01/02/hi-there.html"),
        ("permalink: pretty", "_posts/2024-01-02-Hi_there.md", "/2024/01/02/Hi_there/"),
        ("permalink: pretty", "news/_posts/2024-01-02-hi.md", "/news/2024/01/02/hi/"),
        ("permalink: none", "_posts/2024-01-02-hi.md", "/hi.html"),
        ("permalink: /blog/:year/:day/:title", "_posts/2024-01-02-hi.md", "/blog/2024/02/hi"),
        ("collections: {posts: {permalink: '/n/:slug'}}", "_posts/2024-01-02-Hi.md", "/n/hi"),
        ("source: site", "site/a.md", "/a.html"),
        ("", "docs/a.md", "/docs/a.html"),
    ],
)  # fmt: skip
def test_a_page_is_where_the_settings_put_it(
    tmp_path: Path, settings: str, file: str, address: str
) -> None:
    pages = read_pages(write_files(tmp_path, {"_config.yml": f"title: x\n{settings}", file: "x"}))

    assert [page.url for page in pages.values()] == [f"https://x.org{address}"]


@pytest.mark.parametrize(
    ("matter", "address"),
    [
        ("categories: Ops On-call", "/ops/on-call/2024/01/02/hi/"),
        ("categories: [Ops, On call]", "/ops/on%20call/2024/01/02/hi/"),
        ("date: 2024-03-04 10:00:00", "/2024/03/04/hi/"),
        ("slug: Ho", "/2024/01/02/Ho/"),
        ("permalink: /own/", "/own/"),
        ("permalink: /:no_such_thing/", "/2024/01/02/hi/"),
    ],
)
def test_a_post_is_where_its_front_matter_puts_it(
    tmp_path: Path, matter: str, address: str
) -> None:
    files = {
        "_config.yml": "permalink: pretty",
        "_posts/2024-01-02-hi.md": f"---\n{matter}\n---\nx",
    }
    pages = read_pages(write_files(tmp_path, files))

    assert [page.url for page in pages.values()] == [f"https://x.org{address}"]


def test_links_lead_to_the_pages_of_a_collection(tmp_path: Path) -> None:
    files = {
        "_config.yml": DOCS,
        "index.md": "[a]({% link _docs/a.md %}#b), [a](/docs/a.html),"
        " [p]({% post_url 2024-01-02-hi %})",
        "_docs/a.md": "x",
        "_posts/2024-01-02-hi.md": "x",
    }
    index = read_pages(write_files(tmp_path, files))["index.md"]

    assert index.sections[0].text == (
        "[a](https://x.org/docs/a.html#b), [a](https://x.org/docs/a.html),"
        " [p](https://x.org/2024/01/02/hi.html)"
    )


def test_a_file_that_other_pages_include_is_no_page(tmp_path: Path) -> None:
    write_files(tmp_path, {"_config.yml": "", "a.md": "x", "_includes/note.md": "x"})

    assert Skipped("_includes/note.md", "partial") in MarkdownWiki("w", tmp_path).changes({})


@pytest.mark.parametrize(
    ("settings", "anchor"),
    [
        ("kramdown: {input: kramdown}", "first-step"),
        ("kramdown: {input: GFM}", "1-first-step"),
        ("kramdown: {math_engine: katex}", "1-first-step"),
        ("", "1-first-step"),
    ],
)
def test_anchors_are_those_of_the_parser(tmp_path: Path, settings: str, anchor: str) -> None:
    pages = read_pages(
        write_files(tmp_path, {"_config.yml": settings, "a.md": "## 1. First step\n\nx"})
    )

    assert pages["a.md"].sections[0].anchor == anchor
