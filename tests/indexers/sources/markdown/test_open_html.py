"""HTML that people go on in with Markdown."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.sources.markdown.convert import sections


def text(page: str, flavour: str = "github") -> str:
    (section,) = sections(page, flavour=flavour, path="a.md").sections
    return section.text


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<aside>\n💡 **Bake** [it](a.md)\n\n- item\n\n</aside>\n", "💡 Bake [it](a.md)\n\n- item"),
        ("<details><summary>More</summary>\n**Bake** it.\n</details>\n", "More\n\nBake it."),
        ("<details>\n<summary>\nMore\n</summary>\n- a\n- b\n\n</details>\n", "More\n\n- a\n- b"),
        ("- a\n  <details><summary>b</summary>\n  **c**\n  </details>\n", "- a\n  b\n  c"),
        ("<summary>\n\n**More**\n\n</summary>\n", "More"),
        ("<details>\n**a**\n</details>\n", "**a**"),
        (
            "<details><summary>A</summary>\n    <p>b</p>\n\n    <p>c</p>\n</details>\n",
            "A\n\nb\n\n```\n<p>c</p>\n```",
        ),
        (
            "<details>\n<summary>A</summary>\n<li>b</li>\n<li>c</li>\n</details>\n",
            "A\n\n- b\n\n- c",
        ),
    ],
)
def test_markdown_goes_on_within_the_tags(page: str, expected: str) -> None:
    assert text(page) == expected


def test_a_table_of_contents_below_a_summary_is_no_text() -> None:
    page = (
        '<details open markdown="block">\n  <summary>\n    On this page\n  </summary>\n'
        "  {: .text-delta }\n1. TOC\n{:toc}\n</details>\n\nBake.\n"
    )

    assert text(page, "jekyll") == "On this page\n\nBake."
