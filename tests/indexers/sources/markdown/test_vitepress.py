"""VitePress: where its pages are, as its settings say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from footnote_bot.indexers.model import Skipped
from footnote_bot.indexers.sources.markdown.dialects import guess
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki
from tests.indexers.sources.markdown.test_flavours import read_pages, write_files


@pytest.mark.parametrize(
    ("files", "address"),
    [
        ({".vitepress/config.js": "", "a/guide.md": "x"}, "https://x.org/a/guide.html"),
        ({".vitepress/config.mts": "cleanUrls: true", "guide.md": "x"}, "https://x.org/guide"),
        ({".vitepress/config.ts": "// cleanUrls: true", "guide.md": "x"}, "https://x.org/guide.html"),
        ({".vitepress/config.ts": "", "guide/index.md": "x"}, "https://x.org/guide/"),
        ({".vitepress/config.ts": "", "guide/README.md": "x"}, "https://x.org/guide/README.html"),
        ({"docs/.vitepress/config.ts": "", "docs/guide.md": "x"}, "https://x.org/guide.html"),
        (
            {".vitepress/config.ts": "srcDir: './src',", "src/guide.md": "x", "README.md": "x"},
            "https://x.org/guide.html",
        ),
        (
            {"docs/.vitepress/config/index.ts": "cleanUrls: true", "docs/guide.md": "x"},
            "https://x.org/guide",
        ),
    ],
)  # fmt: skip
def test_a_page_is_where_the_settings_put_it(
    tmp_path: Path, files: Mapping[str, str], address: str
) -> None:
    pages = read_pages(write_files(tmp_path, files))

    assert [page.url for page in pages.values()] == [address]


def test_the_folder_of_the_pages_alone_is_read_with_the_settings_above_it(tmp_path: Path) -> None:
    files = {".vitepress/config.ts": "srcDir: 'src', cleanUrls: true", "src/guide.md": "x"}
    pages = read_pages(write_files(tmp_path, files) / "src")

    assert pages["guide.md"].url == "https://x.org/guide"


def test_its_address_is_the_sitemaps_and_links_lead_where_the_pages_are(tmp_path: Path) -> None:
    config = "base: '/kit/', sitemap: { lastmod: 1, hostname: 'https://docs.example.com/kit/' }"
    page = {
        "docs/.vitepress/config.ts": config,
        "docs/index.md": "[a](./guide/a.md#_1-x) [b](/guide/a) [c](guide/a.html) [d](/guide/)",
        "docs/guide/a.md": "## 1. X\n\nx",
        "docs/guide/index.md": "x",
        "README.md": "no page",
    }
    pages = read_pages(write_files(tmp_path, page), "")

    to = "https://docs.example.com/kit/guide"
    assert pages.keys() == {"index.md", "guide/a.md", "guide/index.md"}
    assert pages["guide/a.md"].sections[0].anchor == "_1-x"
    assert pages["index.md"].sections[0].text == (
        f"[a]({to}/a.html#_1-x) [b]({to}/a.html) [c]({to}/a.html) [d]({to}/)"
    )


def test_files_excluded_by_its_settings_and_page_templates_are_no_pages(tmp_path: Path) -> None:
    files = {
        ".vitepress/config.ts": "srcExclude: [\n  '**/README.md',\n  \"parts/**\",\n],",
        "a.md": "x", "deep/README.md": "x", "parts/p.md": "x", "deep/parts/q.md": "x",
        "[pkg].md": "x",
    }  # fmt: skip
    wiki = MarkdownWiki("w", write_files(tmp_path, files), site_url="https://x.org")
    skipped = [change for change in wiki.changes({}) if isinstance(change, Skipped)]

    assert read_pages(tmp_path).keys() == {"a.md", "deep/parts/q.md"}
    assert skipped == [Skipped("[pkg].md", "a form of many pages")]


@pytest.mark.parametrize(
    ("page", "flavour"),
    [
        ("::: tip\nWords.\n:::\n", "vitepress"),
        ("<script setup>\nimport a from './a.vue'\n</script>\n", "vitepress"),
        ("<<< @/a.js\n", "vitepress"),
        ("<!--@include: ./a.md-->\n", "vitepress"),
        (":::tip\nWords.\n:::\n", "docusaurus"),
        ("::: mermaid\ngraph LR;\n:::\n", "github"),
    ],
)
def test_a_single_file_is_recognised_by_its_syntax(page: str, flavour: str) -> None:
    assert guess(page) == flavour
