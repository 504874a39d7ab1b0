"""A tag such as ``<script>``, named in a sentence, costs no word of the page."""

from __future__ import annotations

import time

import pytest

from footnote_bot.indexers.sources.markdown.convert import sections
from footnote_bot.indexers.sources.markdown.dialects import DIALECTS
from footnote_bot.indexers.sources.markdown.tree import show_unclosed_elements

TAGS = (
    "iframe", "noembed", "noframes", "plaintext", "script", "style", "textarea", "title", "xmp"
)  # fmt: skip


def texts(page: str, flavour: str) -> list[str]:
    return [section.text for section in sections(page, flavour=flavour).sections]


@pytest.mark.parametrize("flavour", DIALECTS)
@pytest.mark.parametrize("tag", TAGS)
def test_a_tag_in_a_sentence_is_text_and_hides_nothing(tag: str, flavour: str) -> None:
    page = f"Put the <{tag}> tag last.\n\n## Next\n\nCall 911.\n"

    assert texts(page, flavour) == [f"Put the <{tag}> tag last.", "Call 911."]


@pytest.mark.parametrize("flavour", DIALECTS)
def test_a_tag_in_a_heading_or_at_a_lines_start_hides_nothing(flavour: str) -> None:
    page = "<script> is a tag.\n\n<b>Call</b> 911.\n"

    assert "Call 911." in texts(page, flavour)[0]
    assert texts("# T\n\n## The <title> tag\n\nCall 911.\n", flavour) == ["Call 911."]


@pytest.mark.parametrize("flavour", DIALECTS)
@pytest.mark.parametrize(
    "block",
    [
        "<script>\nlet a = 1;\n\nrun(a)\n</script>",
        "<style>\np { color: red }\n</style>",
        "<div>\n<style>\n\np {}\n\n</style>\n</div>",
        "<iframe src='https://x.example'></iframe>",
        "<!-- <script> -->",
    ],
)
def test_a_script_or_style_of_the_site_is_no_text(block: str, flavour: str) -> None:
    assert texts(f"Before.\n\n{block}\n\nCall 911.\n", flavour) == ["Before.\n\nCall 911."]


def test_github_shows_the_words_between_two_tags_and_a_browser_reads_a_script() -> None:
    page = "Between <script> and </script> stands code.\n"

    assert texts(page, "github") == ["Between <script> and </script> stands code."]
    assert texts(page, "mkdocs") == ["Between stands code."]


def test_a_script_further_down_does_not_end_a_tag_in_a_sentence() -> None:
    page = "The <script> tag.\n\nCall 911.\n\n<script>\nrun()\n</script>\n"

    assert texts(page, "mkdocs") == ["The <script> tag.\n\nCall 911."]


@pytest.mark.parametrize(
    "seed", ["<script ", "<script>", "<!--><xmp>", "<title></title>", "<xmp/>"]
)
def test_many_tags_are_read_in_linear_time(seed: str) -> None:
    def seconds(size: int) -> float:
        start = time.thread_time()
        show_unclosed_elements(seed * (size // len(seed)))
        return time.thread_time() - start

    assert seconds(400_000) < 2
