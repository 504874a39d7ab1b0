"""The kind of a wiki, the folder of its pages and its settings are detected."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from footnote_bot.indexers.model import Changed, Page, Skipped
from footnote_bot.indexers.sources.markdown.dialects import guess
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki

MKDOCS = """
site_url: https://docs.example.com/kit
nav:
  - Welcome: index.md
  - Guides:
      - Set up: guides/setup.md
      - guides/other.md
markdown_extensions:
  - toc: {slugify: !!python/object/apply:pymdownx.slugs.slugify {kwds: {case: lower}}}
"""


def write_files(root: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root


def read_pages(root: Path, site_url: str = "https://x.org", **settings: str) -> dict[str, Page]:
    changes = MarkdownWiki("w", root, site_url=site_url, **settings).changes({})  # type: ignore[arg-type]
    return {change.page.key: change.page for change in changes if isinstance(change, Changed)}


@pytest.mark.parametrize(
    ("files", "address"),
    [
        ({"README.md": "x", "guide.md": "x"}, "https://x.org/guide/"),
        ({"LICENSE.md": "x", "pages/guide.md": '{% page "/a" %} x'}, "https://x.org/guide/"),
        ({"pages/guide.md": "x", "pages/sitemap.xml.njk": ""}, "https://x.org/guide/"),
        (
            {"NOTICE.md": "x", "content/_index.md": "x", "content/Guide.md": "x"},
            "https://x.org/guide/",
        ),
        ({"hugo.toml": "", "README.md": "x", "content/guide.md": "x"}, "https://x.org/guide/"),
        ({"source/guide.html.md": "x", "LICENCE.md": ""}, "https://x.org/guide.html"),
        (
            {"mkdocs.yml": "use_directory_urls: false", "docs/guide.md": "x"},
            "https://x.org/guide.html",
        ),
        ({"mkdocs.yml": "docs_dir: pages", "pages/guide.md": "x"}, "https://x.org/guide/"),
        ({"docusaurus.config.js": "", "docs/01-guide.md": "x"}, "https://x.org/guide"),
        (
            {"docusaurus.config.js": "numberPrefixParser: false,", "docs/01-guide.md": "x"},
            "https://x.org/01-guide",
        ),
        ({"_config.yml": "title: x", "guide.md": "x"}, "https://x.org/guide.html"),
        ({"_config.yml": "permalink: pretty", "guide.md": "x"}, "https://x.org/guide/"),
        ({".obsidian/app.json": "{}", "guide.md": "x"}, "https://x.org/guide"),
        ({"SUMMARY.md": "* [Our guide](guide.md)", "guide.md": "x"}, "https://x.org/guide"),
        ({"Home.md": "x", "_Sidebar.md": "x", "guide.md": "x"}, "https://x.org/guide"),
        ({"guide.mdx": "x"}, "https://x.org/guide"),
        (
            {"docs/conf.py": "extensions = ['myst_parser']", "docs/guide.md": "x"},
            "https://x.org/guide.html",
        ),
        ({"conf.py": "mystack = 'no Sphinx'", "guide.md": "x"}, "https://x.org/guide/"),
        ({"_config.yml": "# jupyter-book\ntitle: x", "guide.md": "x"}, "https://x.org/guide.html"),
        ({"docfx.json": "{}", "guide.md": "x"}, "https://x.org/guide.html"),
        ({"_quarto.yml": "", "guide.md": "x"}, "https://x.org/guide.html"),
        ({"guide.qmd": "x", "more.qmd": "x", "README.md": "x"}, "https://x.org/guide.html"),
        ({"guide.Rmd": "x", "a.md": "x", "b.md": "x", "Guide.md": "x"}, "https://x.org/Guide/"),
    ],
)
def test_a_wiki_is_recognised(tmp_path: Path, files: Mapping[str, str], address: str) -> None:
    pages = read_pages(write_files(tmp_path, files))

    assert address in {page.url for page in pages.values()}
    assert {key for key in pages if "uide" in key} <= {
        "guide.md", "Guide.md", "guide.html.md", "01-guide.md", "guide.mdx", "guide.qmd",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("page", "flavour"),
    [
        ('!!! warning "Mind"\n    Words.\n{: .note }\n', "mkdocs"),
        ('=== "Linux"\n    Words.\n', "mkdocs"),
        ("=== what ===\n", "github"),
        ("{: .note }\nWords.\n", "jekyll"),
        ("```{note}\nWords.\n```\n", "myst"),
        ("See {ref}`this <that>`.\n", "myst"),
        ("(here)=\n# Title\n", "myst"),
        (":::tip\nWords.\n:::\n", "docusaurus"),
        ('::: moniker range="v2"\nWords.\n::: moniker-end\n', "docfx"),
        ("[!INCLUDE [a](b.md)]\n", "docfx"),
        ("> [!NOTE]\n> Words.\n", "github"),
    ],
)
def test_a_single_file_is_recognised_by_its_syntax(page: str, flavour: str) -> None:
    assert guess(page) == flavour


def test_toml_front_matter_is_a_sign_of_hugo_on_most_pages_alone(tmp_path: Path) -> None:
    toml = '+++\ntitle = "A title"\n+++\nWords.\n'
    minority = write_files(tmp_path / "one", {"Toml.md": toml, "Guide.md": "x", "Other.md": "x"})
    majority = write_files(tmp_path / "most", {"Toml.md": toml, "Guide.md": toml, "Other.md": "x"})

    assert read_pages(minority)["Guide.md"].url == "https://x.org/Guide/"
    assert read_pages(minority)["Toml.md"].title == "A title"
    assert read_pages(majority)["Guide.md"].url == "https://x.org/guide/"


def test_mkdocs_gives_address_titles_and_rule(tmp_path: Path) -> None:
    files = {
        "mkdocs.yml": MKDOCS,
        "docs/index.md": "# Hello\n\nSee [set up](guides/setup.md#a--b) and [file](img/x.pdf).",
        "docs/guides/setup.md": "## A & B\n\nx",
        "docs/guides/other.md": "# Other\n\nx",
        "docs/img/x.pdf": "",
    }
    for root in (write_files(tmp_path, files), tmp_path / "docs"):
        pages = read_pages(root, "")

        assert {key: page.title for key, page in pages.items()} == {
            "index.md": "Welcome", "guides/setup.md": "Set up", "guides/other.md": "Other",
        }  # fmt: skip
        assert pages["guides/setup.md"].url == "https://docs.example.com/kit/guides/setup/"
        assert pages["guides/setup.md"].sections[0].anchor == "a--b"
        assert pages["index.md"].sections[0].text == (
            "See [set up](https://docs.example.com/kit/guides/setup/#a--b)"
            " and [file](https://docs.example.com/kit/img/x.pdf)."
        )


def test_the_table_of_contents_of_gitbook_is_no_page(tmp_path: Path) -> None:
    files = {"SUMMARY.md": "* [The `guide`](guide.md)", "guide.md": "# Our guide\n\nx"}
    pages = read_pages(write_files(tmp_path, files))

    assert [page.title for page in pages.values()] == ["Our guide"]


def test_a_file_whose_name_is_no_page_s_is_skipped(tmp_path: Path) -> None:
    write_files(tmp_path, {"source/a.html.md": "x", "source/partials/_p.html.md": "x"})
    changes = list(MarkdownWiki("w", tmp_path).changes({}))

    assert Skipped("partials/_p.html.md", "partial") in changes


@pytest.mark.parametrize("path", ["_part.mdx", "deep/_part.md", "_parts/a.md"])
def test_a_file_that_docusaurus_pages_import_is_no_page(tmp_path: Path, path: str) -> None:
    write_files(tmp_path, {"docusaurus.config.js": "", "docs/a.md": "x", f"docs/{path}": "x"})

    assert Skipped(path, "partial") in MarkdownWiki("w", tmp_path).changes({})


LANGUAGES = "[Languages.en]\n[Languages.de]\n[Languages.pt-BR]\n"


@pytest.mark.parametrize(
    ("files", "addresses"),
    [
        (
            {"hugo.toml": LANGUAGES, "content/a.md": "x", "content/a.de.md": "x",
             "content/b/index.pt-br.md": "x", "content/v1.2.md": "x"},
            ["/a/", "/de/a/", "/pt-br/b/", "/v1.2/"],
        ),
        (
            {"hugo.yaml": "defaultContentLanguage: de\nlanguages: {en: {}, de: {}}",
             "content/a.de.md": "x", "content/_index.en.md": "x"},
            ["/a/", "/en/"],
        ),
        (
            {"config/_default/hugo.toml": "DefaultContentLanguageInSubdir = true",
             "config/_default/languages.toml": "[en]\n[fr]\n",
             "content/a.md": "x", "content/b.fr.md": "x"},
            ["/en/a/", "/fr/b/"],
        ),
        (
            {"hugo.toml": "[languages.en]\ncontentDir = 'content/en'\n"
             "[languages.de]\ncontentdir = 'content/german'\n",
             "content/en/a.md": "x", "content/german/b.md": "x"},
            ["/a/", "/de/b/"],
        ),
        ({"hugo.toml": "", "content/a.de.md": "x"}, ["/a.de/"]),
    ],
)  # fmt: skip
def test_hugo_has_each_language_in_its_place(
    tmp_path: Path, files: Mapping[str, str], addresses: list[str]
) -> None:
    pages = read_pages(write_files(tmp_path, files))

    assert sorted(page.url.removeprefix("https://x.org") for page in pages.values()) == addresses


@pytest.mark.parametrize(
    ("root", "site", "key"),
    [
        ("content", "https://h.org", "handbook/sales/plan.md"),
        (".", "https://h.org", "handbook/sales/plan.md"),
        ("content/handbook", "https://h.org/handbook", "sales/plan.md"),
    ],
)
def test_a_part_of_a_site_keeps_its_links(tmp_path: Path, root: str, site: str, key: str) -> None:
    write_files(
        tmp_path,
        {
            "content/handbook/_index.md": "---\ntitle: Top\n---\nx",
            "content/handbook/sales/plan.md": (
                "[a](/handbook/sales/#x) [b](/jobs/) [c](../_index.md) [d](other/)"
                ' [e]({{< ref "/handbook/sales" >}}) [f]({{% relref "_index.md" %}}#y)'
            ),
            "content/handbook/sales/_index.md": "---\naliases: [/old/]\n---\nx",
        },
    )
    page = read_pages(tmp_path / root, site)[key]

    assert page.url == "https://h.org/handbook/sales/plan/"
    assert page.sections[0].text == (
        "[a](https://h.org/handbook/sales/#x) [b](https://h.org/jobs/)"
        " [c](https://h.org/handbook/) [d](https://h.org/handbook/sales/plan/other/)"
        " [e](https://h.org/handbook/sales/) [f](https://h.org/handbook/sales/#y)"
    )


def test_a_forge_view_keeps_file_names(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {
            "guide.md": "[r](README.md) [c](../src/main.py) [t](/docs/sub/a.md) [x](/LICENSE)",
            "README.md": "x",
            "sub/a.md": "x",
        },
    )
    page = read_pages(tmp_path, "", repository_url="https://github.com/o/r/blob/main/docs")[
        "guide.md"
    ]

    base = "https://github.com/o/r/blob/main"
    assert page.url == f"{base}/docs/guide.md"
    assert page.sections[0].text == (
        f"[r]({base}/docs/README.md) [c]({base}/src/main.py)"
        f" [t]({base}/docs/sub/a.md) [x]({base}/LICENSE)"
    )


def test_a_github_wiki_is_linked_by_name(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {"Home.md": "[[The guide|User-Guide]], [[User Guide]], [g](User-Guide)", "_Footer.md": "f",
         "User-Guide.md": "x"},
    )  # fmt: skip
    page = read_pages(tmp_path, "https://github.com/o/r/wiki")["Home.md"]

    to = "https://github.com/o/r/wiki/User-Guide"
    assert page.sections[0].text == f"[The guide]({to}), [User Guide]({to}), [g]({to})"


@pytest.mark.parametrize("settings", [{}, {"site_url": "https://git.x.org/g/r/-/wikis/"}])
def test_a_gitlab_wiki_is_linked_by_path(tmp_path: Path, settings: dict[str, str]) -> None:
    write_files(
        tmp_path,
        {"home.md": "[[The guide|ops/Guide]] [g](ops/Guide#2024)", "_sidebar.md": "s",
         "ops/Guide.md": "## 2024\n\n[up](../home)"},
    )  # fmt: skip
    wiki = settings.get("site_url", "https://gitlab.com/g/r/-/wikis").rstrip("/")
    pages = read_pages(tmp_path, settings.get("site_url", ""), repository_url=wiki)

    guide = f"{wiki}/ops/Guide"
    assert pages["home.md"].sections[0].text == f"[The guide]({guide}) [g]({guide}#2024)"
    assert pages["ops/Guide.md"].sections[0].anchor == "anchor-2024"
    assert pages["ops/Guide.md"].sections[0].text == f"[up]({wiki}/home)"
    assert "_sidebar.md" not in pages


def test_a_github_wiki_is_recognised_by_the_address_of_its_clone(tmp_path: Path) -> None:
    write_files(
        tmp_path, {"Start.md": "[[The guide|User-Guide]]", "User-Guide.md": "x", "i/a.png": ""}
    )
    page = read_pages(tmp_path, "", repository_url="https://github.com/o/r/wiki")["Start.md"]

    assert page.url == "https://github.com/o/r/wiki/Start"
    assert page.sections[0].text == "[The guide](https://github.com/o/r/wiki/User-Guide)"


def test_a_site_below_a_path_named_wiki_is_no_forges(tmp_path: Path) -> None:
    page = read_pages(
        write_files(tmp_path, {"_config.yml": "", "a.md": "x"}), "https://x.org/wiki"
    )["a.md"]

    assert page.url == "https://x.org/wiki/a.html"


def test_without_any_address_a_page_is_its_file(tmp_path: Path) -> None:
    page = read_pages(write_files(tmp_path / "w", {"a.md": "x"}), "")["a.md"]

    assert page.url == (tmp_path / "w" / "a.md").as_uri()
