"""How light Markdown is read: its blocks, and its plain words."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from footnote_bot.indexers.text.prose import (
    Kind,
    beside_links,
    blocks,
    fenced,
    in_code_spans,
    plain,
    plain_line,
)
from tests.indexers.light_markdown import SECTIONS
from tests.timing import seconds_of

MARKUP = st.text(st.sampled_from("`~|->#*+[]()!\\ \n\r\t1.ab:\u2028"), max_size=60)
ANYTHING = st.text(st.characters(exclude_categories=[]), max_size=80) | MARKUP


def kinds(text: str) -> list[tuple[Kind, str]]:
    return [(block.kind, block.text) for block in blocks(text)]


@given(ANYTHING | SECTIONS)
@example("```\nunclosed")
@example("a\r\n\r\n| b |\r\n| --- |\r\n")
def test_blocks_are_exact_slices_that_hold_every_line_that_is_not_blank(text: str) -> None:
    parsed = blocks(text)
    outside = "".join(
        text[before.end if before else 0 : after.start if after else len(text)]
        for before, after in zip([None, *parsed], [*parsed, None], strict=True)
    )

    assert all(block.text == text[block.start : block.end] for block in parsed)
    assert not outside.strip()


@given(ANYTHING)
def test_any_text_has_words(text: str) -> None:
    assert len(plain(text)) <= 3 * len(text)


@given(SECTIONS)
def test_plain_words_are_the_words_without_their_marks(text: str) -> None:
    unlinked = re.sub(r"\]\(\S+\)", " ", text)
    unlinked = re.sub(r"^```\w*$|\[x\]|^ *1\. ", " ", unlinked, flags=re.MULTILINE)
    words = plain(text)

    assert re.findall(r"[a-z]+", words) == re.findall(r"[a-z]+", unlinked)
    assert not re.search(r"[`|\[\]()]|https|^[->]", words, re.MULTILINE)


@given(SECTIONS)
def test_plain_words_have_no_marks_left_to_take(text: str) -> None:
    plain_text = plain(text)

    assert plain(plain_text) == "\n".join(
        line.strip() for line in plain_text.split("\n") if line.strip()
    )


def test_blocks_stand_apart_by_blank_lines() -> None:
    text = "One.\nStill one.\n\nTwo.\n\n> A note.\n> More.\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"

    assert kinds(text) == [
        (Kind.PARAGRAPH, "One.\nStill one."),
        (Kind.PARAGRAPH, "Two."),
        (Kind.QUOTE, "> A note.\n> More."),
        (Kind.TABLE, "| a | b |\n| --- | --- |\n| 1 | 2 |"),
    ]


def test_each_item_is_a_block_with_its_own_lines() -> None:
    text = "- One\n  goes on\n  - nested\n    as well\n2. Two\n- [ ] Three"

    assert kinds(text) == [
        (Kind.ITEM, "- One\n  goes on"),
        (Kind.ITEM, "  - nested\n    as well"),
        (Kind.ITEM, "2. Two"),
        (Kind.ITEM, "- [ ] Three"),
    ]
    assert plain(text) == "One\ngoes on\nnested\nas well\nTwo\nThree"


def test_code_is_one_block_whatever_it_holds() -> None:
    code = "````md\n# no heading\n\n- no item\n```\n| no | row |\n````"

    assert kinds(f"Before\n{code}\nafter") == [
        (Kind.PARAGRAPH, "Before"),
        (Kind.CODE, code),
        (Kind.PARAGRAPH, "after"),
    ]
    assert plain(code) == "# no heading\n\n- no item\n```\n| no | row |"


def test_code_keeps_its_bytes() -> None:
    code = "```\n\tif x:\x0c\u2028\x1c\n\n    [a](b) `c`\n```"

    assert plain(code) == "\tif x:\x0c\u2028\x1c\n\n    [a](b) `c`"


@pytest.mark.parametrize("margin", ["  ", "    ", "> ", "> > "])
def test_code_in_an_item_or_a_quote_is_code_without_the_margin(margin: str) -> None:
    code = "\n".join(f"{margin}{line}".rstrip() for line in ["```sh", "run", "", "  it", "```"])
    before = "- One" if margin.isspace() else f"{margin}One"

    assert [kind for kind, _ in kinds(f"{before}\n{code}\n{before}")][1] is Kind.CODE
    assert plain(code) == "run\n\n  it"


def test_code_that_is_never_closed_ends_with_the_text() -> None:
    assert kinds("```\na\n\n- b") == [(Kind.CODE, "```\na\n\n- b")]
    assert plain("```\na\n\n- b") == "a\n\n- b"


def test_a_shorter_fence_closes_nothing() -> None:
    assert [kind for kind, _ in kinds("````\na\n```\nb\n````\n\nc")] == [Kind.CODE, Kind.PARAGRAPH]


def test_code_within_a_line_opens_no_fence() -> None:
    text = "```make `it` so``` is how it goes\n\nand on"

    assert [kind for kind, _ in kinds(text)] == [Kind.PARAGRAPH, Kind.PARAGRAPH]
    assert plain(text) == "make `it` so is how it goes\nand on"


def test_a_fence_that_is_missing_is_made_up() -> None:
    assert fenced("```py\na\n```") == ("```py", ["a"], "```")
    assert fenced("> ~~~~ py\n> a\n> ~~~") == ("> ~~~~ py", ["> a", "> ~~~"], "> ~~~~")
    assert fenced("```") == ("```", [], "```")


def test_line_ends_of_windows_change_nothing() -> None:
    text = "One\n\n- two\n- three\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n```\ncode\n```\n\nfour"
    windows = text.replace("\n", "\r\n")

    assert [kind for kind, _ in kinds(windows)] == [kind for kind, _ in kinds(text)]
    assert plain(windows).replace("\r", "") == plain(text)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("See [the guide](https://example.com/a_(b)) and [it](/x#y).", "See the guide and it."),
        ('![A cat](cat.png "title") sits', "A cat sits"),
        ("[`code` [1] in a label](x)", "code [1] in a label"),
        ("Run `make [all](x)` now", "Run make [all](x) now"),
        ("`` a `b` ``, ``c`d``", "a `b`, c`d"),
        ("`a``b` and ``c", "a``b and ``c"),
        ("` x ` keeps its spaces", " x  keeps its spaces".strip()),
        ("[not a link] (really) and a lone ` mark", "[not a link] (really) and a lone ` mark"),
        ("a * b, a_b_c and 2 | 3", "a * b, a_b_c and 2 | 3"),
    ],
)
def test_a_line_without_marks(line: str, words: str) -> None:
    assert plain_line(line) == words


CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
"""Code spans as one pattern: correct, but slow if many backtick runs stay open."""


@given(st.text(st.sampled_from("```ab \n"), max_size=60))
def test_code_lasts_to_the_next_run_of_as_many_backticks_on_its_line(text: str) -> None:
    lines = "\n".join(f"a {line}" for line in text.split("\n"))  # no line opens a code block
    marked = CODE.sub(lambda match: f"{match[1]}<{match[2]}>{match[1]}", lines)

    assert in_code_spans(lines, "<{}>".format) == marked


@pytest.mark.parametrize(
    ("text", "outside_links"),
    [
        ("See [`a` b](x) and `[c](y)`", "See  and `[c](y)`"),
        ("[a ` b](x) ` c", " ` c"),
        ("`a [b](`x)", "`a [b](`x)"),
        ("`` [b](`x) ``` y", "``  ``` y"),
    ],
)
def test_code_and_links_that_overlap_are_the_one_that_begins_first(
    text: str, outside_links: str
) -> None:
    assert beside_links(text) == outside_links


def test_runs_of_backticks_of_which_none_closes_another_are_read_in_one_pass() -> None:
    """The pattern searches all following text for each end: a second here."""
    runs = " a ".join("`" * length for length in range(1, 630))

    assert seconds_of(lambda: plain_line(runs), 0.1) < 0.1
    assert plain_line(runs) == runs


def test_a_row_is_its_cells() -> None:
    table = "| Name | `a \\| b` |\n| :--- | ---: |\n|  | [x](y) |\n| 1 \\| 2 | 3 |"

    assert plain(table) == "Name · a | b\nx\n1 | 2 · 3"


@pytest.mark.parametrize("piece", ["`", "``` ", "[", "[a](", "[[x]", "|", "> ", "- ", "!["])
def test_long_lines_of_marks_are_read_at_once(piece: str) -> None:
    """A pattern that tries every way of pairing 20,000 marks would take minutes."""
    line = "x " + piece * 20_000

    assert plain(line)
