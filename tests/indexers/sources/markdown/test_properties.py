"""Any text is read: nothing is raised, no word is lost, code keeps its bytes."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footnote_bot.indexers.sources.markdown.convert import sections
from footnote_bot.indexers.sources.markdown.dialects import DIALECTS
from footnote_bot.indexers.sources.markdown.front_matter import split
from tests.long import tries

PIECES = st.sampled_from(
    [
        "# ", "## ", "- ", "1. ", "> ", "    ", "\n", "\n\n", "```\n", "~~~", "`", "``", "*",
        "**", "_", "[", "](", ")", "![", "[[", "]]", "|", "| - |\n", "<div>", "</div>",
        "<td>", "<table>", "<li>", "<a name=x>", "<!--", "-->", "<![", "<fn-ref>",
        "<fn-footnote>", "<fn-link>", "</", "<pre>", "{% note %}", "{% endnote %}",
        "{% raw %}", "{{< x >}}", "{{% alert %}}", "{{% /alert %}}", "{{", "}}", "{%", "%}",
        "%%", "{#a}", "{: .b}", ":::note\n", ":::\n", "!!! note\n", '=== "T"\n',
        "> [!note] ", "$", "$$", "==", "[^1]", "[^1]: ", "\t", "\\", "&amp;", "---\n",
        "+++\n", "import ", "\ufeff", "\r\n", "\x00", "\U000f0000", "word", "Other", "ü",
        "日本", "<T a={b}>", "</T>", "term\n: ",
    ]
)  # fmt: skip
WORDS = st.from_regex(r"[a-z]{3,8}", fullmatch=True)


@given(st.lists(PIECES, max_size=40).map("".join), st.sampled_from(sorted(DIALECTS)))
@tries(400)
@example("<fn-ref to='x'>", "github")
@example("# a\n\n\x1f\n\n## b\n\nc", "github")
@example(">" * 3000 + " deep", "github")
@example("<div>" * 3000 + "deep", "github")
@example("\n".join("  " * depth + "- x" for depth in range(200)), "mkdocs")
@example("a " * 50_000, "hugo")
def test_any_text_is_read(text: str, flavour: str) -> None:
    page = sections(text, flavour=flavour)

    assert page.title
    assert all(section.text.strip() for section in page.sections)


@given(st.text(max_size=300), st.sampled_from(["auto", *sorted(DIALECTS)]))
@tries(200)
def test_any_characters_are_read(text: str, flavour: str) -> None:
    sections(text, flavour=flavour)


def test_a_title_has_the_characters_that_its_entities_name_on_one_line() -> None:
    matter, _ = split("---\ntitle: Logging in &amp; Networks&#10;&lt;2&gt;\n---\n")

    assert matter.title == "Logging in & Networks <2>"


@given(st.text(max_size=200))
@tries(200)
def test_any_front_matter_is_read(text: str) -> None:
    for mark in ("---", "+++"):
        matter, _ = split(f"{mark}\n{text}\n{mark}\nrest")
        _ = (matter.title, matter.tags, matter.owner, matter.updated, matter.outdated)


@st.composite
def _documents(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Return a well-formed page and its words."""
    words: list[str] = []

    def some(least: int = 1) -> str:
        drawn = draw(st.lists(WORDS, min_size=least, max_size=5))
        words.extend(drawn)
        return " ".join(drawn)

    shapes = {
        "paragraph": lambda: f"{some()} *{some()}* [{some()}](x.md) `{some()}`\n{some()}",
        "list": lambda: f"- {some()}\n  - {some()}\n\n    {some()}\n- [ ] {some()}",
        "ordered": lambda: f"1. {some()}\n\n   ```\n   {some()}\n   ```\n2. {some()}",
        "table": lambda: f"| {some()} | {some()} |\n|---|---|\n| {some()} | **{some()}** |",
        "quote": lambda: f"> {some()}\n>\n> > {some()}",
        "callout": lambda: f"> [!tip] {some()}\n> {some()}",
        "html": lambda: f"<details><summary>{some()}</summary>\n\n{some()}\n\n</details>",
        "cells": lambda: f"<table><tr><td>{some()}<td><b>{some()}</b></table>",
        "code": lambda: f"~~~\n{some()}\n~~~",
        "heading": lambda: f"## {some()}\n\n{some()}",
    }
    parts = [
        shapes[draw(st.sampled_from(sorted(shapes)))]() for _ in range(draw(st.integers(1, 6)))
    ]
    return "\n\n".join(parts), words


@given(_documents(), st.sampled_from(sorted(DIALECTS)))
@tries(200)
def test_no_word_is_lost(document: tuple[str, list[str]], flavour: str) -> None:
    text, words = document
    page = sections(text, flavour=flavour)
    text_read = " ".join(" ".join((*part.headings, part.text)) for part in page.sections)

    assert sorted(set(words) - set(re.findall(r"\w+", text_read))) == []


@pytest.mark.parametrize("flavour", sorted(DIALECTS))
@pytest.mark.parametrize(
    "code",
    [
        '{{< ref "x" >}}\n\n{% raw %}{{ x | y }}{% endraw %}\n',
        "  indented\n\ttab\n\n\n# no heading\n<div>&amp;</div>\n",
        ":::note\n!!! note\n[[Page]] %%c%% ==m== $x$ <T a={1}/> ``` ~~~~\n",
    ],
)
def test_code_keeps_its_bytes(flavour: str, code: str) -> None:
    fence = "`````"
    within = "".join(
        f"  {line}" if line.strip() else line for line in code.splitlines(keepends=True)
    )
    page = sections(
        f"Before\n\n{fence}x\n{code}{fence}\n\n- item\n\n  {fence}\n{within}  {fence}\n",
        flavour=flavour,
    )

    assert page.sections[0].text.count(code) == 2
