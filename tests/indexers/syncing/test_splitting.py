"""Pages split into passages: nothing is lost, and nothing that fits is split."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.indexers.index.embedding import LocalEmbedder
from footnote_bot.indexers.model import OPEN, Changed, Page, Passage, Section
from footnote_bot.indexers.sources.markdown.wiki import MarkdownWiki
from footnote_bot.indexers.syncing.splitting import Splitter
from footnote_bot.indexers.text.prose import Kind, blocks, plain
from tests.indexers.light_markdown import SECTIONS

HANDBOOK = Path(__file__).parents[3] / "playground" / "handbook" / "pages"


def words(text: str) -> int:
    return len(text.split())


def page(*sections: Section, title: str = "Leave") -> Page:
    return Page("handbook", "leave", title, "https://wiki.example.com/leave", "1", OPEN, sections)


def cut(text: str, max_tokens: int = 10) -> list[str]:
    passages = Splitter(words, max_tokens)(page(Section((), "", text)))
    return [passage.text for passage in passages]


def sentence(number: int, length: int) -> str:
    return " ".join(["Word", *["word"] * (length - 2), f"w{number}."])


def words_lost(text: str, pieces: list[str]) -> list[str]:
    """Return the words of ``text`` that the pieces do not hold in the same order."""
    remaining = iter(re.findall(r"\w+", "\n".join(map(plain, pieces))))
    return [word for word in re.findall(r"\w+", plain(text)) if word not in remaining]


@given(SECTIONS, st.integers(8, 40))
def test_no_word_is_lost_and_the_same_page_gives_the_same_passages(text: str, size: int) -> None:
    pieces = cut(text, size)

    assert not words_lost(text, pieces)
    assert pieces == cut(text, size)


@given(SECTIONS, st.integers(8, 40))
def test_a_passage_keeps_to_its_size_unless_one_row_or_line_alone_is_larger(
    text: str, size: int
) -> None:
    for piece in cut(text, size):
        (first, *following) = blocks(piece)
        one_line = first.text.count("\n") <= 2 and not following

        assert words(plain(piece)) <= size or (first.kind in (Kind.CODE, Kind.TABLE) and one_line)


@given(SECTIONS, st.integers(8, 40))
def test_every_passage_has_words(text: str, size: int) -> None:
    assert all(re.search(r"\w", plain(piece)) for piece in cut(text, size))


@given(SECTIONS, st.integers(8, 40))
def test_a_passage_stands_verbatim_in_its_section(text: str, size: int) -> None:
    """Except for the header or the fences around a part of a table or of code."""
    for piece in cut(text, size):
        first = blocks(piece)[0]
        lines = piece.split("\n")
        inner = {Kind.CODE: lines[1:-1], Kind.TABLE: lines[2:] or lines}.get(first.kind, lines)

        assert piece in text or "\n".join(inner) in text


def test_a_section_is_never_joined_with_another() -> None:
    passages = Splitter(words, 200)(
        page(
            Section((), "", "Before."),
            Section(("Paid",), "paid", "First."),
            Section(("Paid", "Sick"), "sick", ""),
            Section(("Paid", "Long"), "long", "Last."),
        )
    )

    assert [(p.ordinal, p.headings, p.url.partition("#")[2], p.text) for p in passages] == [
        (0, (), "", "Before."),
        (1, ("Paid",), "paid", "First."),
        (2, ("Paid", "Long"), "long", "Last."),
    ]
    assert passages[2].embedded == "Leave > Paid > Long\nLast."
    assert passages[0].url == "https://wiki.example.com/leave"


def test_the_embedded_words_have_no_markup() -> None:
    (passage,) = Splitter(words, 200)(
        page(Section(("A",), "a", "- See [it](https://x.example.com)."))
    )

    assert passage.embedded == "Leave > A\nSee it."
    assert passage.text == "- See [it](https://x.example.com)."


@pytest.mark.parametrize("text", ["", "\n\n", "- \n- ", "```\n\n```", "[](https://example.com)"])
def test_a_text_without_words_is_no_passage(text: str) -> None:
    assert cut(text) == []


def test_blocks_go_together_while_they_fit() -> None:
    text = "\n\n".join(sentence(n, 4) for n in range(3))

    assert cut(text) == [f"{sentence(0, 4)}\n\n{sentence(1, 4)}", sentence(2, 4)]


@pytest.mark.parametrize(
    "block",
    ["- " + sentence(1, 9), "```\n" + "a line\n" * 4 + "```", "> " + sentence(1, 8)],
)
def test_a_block_that_fits_is_never_cut(block: str) -> None:
    for before in range(10):
        text = f"{sentence(0, before + 2)}\n\n{block}\n\n{sentence(2, 5)}"

        assert any(block in piece for piece in cut(text))


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    text = " ".join(sentence(n, 4) for n in range(5))

    assert cut(text) == [
        f"{sentence(0, 4)} {sentence(1, 4)}",
        f"{sentence(2, 4)} {sentence(3, 4)}",
        sentence(4, 4),
    ]


def test_a_long_sentence_is_cut_between_words_and_what_follows_keeps_its_distance() -> None:
    text = f"{sentence(0, 13)}\n{sentence(1, 3)} {sentence(2, 3)}"
    pieces = cut(text)

    assert len(pieces) == 2
    assert all(piece in text for piece in pieces)
    assert pieces[1].endswith(f"w0.\n{sentence(1, 3)} {sentence(2, 3)}")


def test_an_address_does_not_count() -> None:
    """An address is neither embedded nor read, however long it is."""
    text = f"See [the long guide](https://example.com/{'x' * 500}) before you go."

    assert cut(f"{text} {text}", 7) == [text, text]


def test_a_link_is_whole_even_in_a_sentence_that_is_cut() -> None:
    link = "[the guide to leave](https://example.com/leave?a=very-long-address)"
    text = " ".join(["word"] * 8 + [link] + ["word"] * 8)

    assert [piece.count(link) for piece in cut(text)] == [0, 1, 0]


def test_words_without_spaces_are_cut_by_characters() -> None:
    pieces = Splitter(len, 40)(page(Section((), "", "字" * 1_000)))

    assert "".join(passage.text for passage in pieces) == "字" * 1_000
    assert max(len(passage.text) for passage in pieces) <= 40


def test_a_table_is_cut_between_rows_with_its_header_again() -> None:
    head = "| Day | Meal |\n| --- | --- |"
    rows = [f"| day{n} | meal{n} |" for n in range(5)]
    pieces = cut("\n".join([head, *rows]), 12)

    assert pieces == ["\n".join([head, *rows[:3]]), "\n".join([head, *rows[3:]])]


def test_a_header_too_long_to_stand_on_every_passage_stands_once() -> None:
    """Otherwise the model, which reads a limited number of tokens, would see headers alone."""
    head = "| " + " | ".join(["long header"] * 6) + " |\n" + "|" + " --- |" * 6
    rows = [f"| one{n} two{n} |" for n in range(6)]
    pieces = cut("\n".join([head, *rows]))

    assert [piece.count("long header") for piece in pieces[1:]] == [0] * (len(pieces) - 1)
    assert not words_lost("\n".join([head, *rows]), pieces)


@pytest.mark.parametrize("margin", ["", "  ", "> "])
def test_long_code_is_cut_between_lines_and_fenced_again(margin: str) -> None:
    lines = [f"line number {n}" for n in range(6)]
    code = "\n".join(f"{margin}{line}" for line in ["````sh", *lines, "````"])
    pieces = cut(code)

    assert len(pieces) > 1
    assert all(piece.startswith(f"{margin}````sh\n") for piece in pieces)
    assert all(piece.endswith(f"\n{margin}````") for piece in pieces)
    assert "\n".join(map(plain, pieces)) == "\n".join(lines)


def test_code_that_was_never_closed_is_closed_in_every_passage() -> None:
    lines = [f"line number {n}" for n in range(6)]
    pieces = cut("\n".join(["```", *lines]))

    assert [piece.splitlines()[-1] for piece in pieces] == ["```"] * 2
    assert "\n".join(map(plain, pieces)) == "\n".join(lines)


def test_code_is_counted_as_it_stands() -> None:
    """A line that looks like a link or a fence is code here, and is embedded."""
    lines = ["[a b c](d e f)", "```", "- one - two"] * 4
    pieces = cut("\n".join(["````", *lines, "````"]))

    assert max(words(plain(piece)) for piece in pieces) <= 10
    assert "\n".join(map(plain, pieces)) == "\n".join(lines)


def test_code_keeps_its_bytes_when_it_is_cut() -> None:
    line = "a\x0cb\u2028c d"
    pieces = cut("\n".join(["```", *[line] * 8, "```"]))

    assert [plain(piece).split("\n") for piece in pieces] == [[line] * 2] * 4


def test_another_size_is_another_splitter() -> None:
    assert Splitter(words, 100).identity != Splitter(words, 200).identity


@pytest.fixture(scope="module")
def handbook() -> list[tuple[Page, list[Passage]]]:
    split = Splitter(LocalEmbedder().count_tokens, 200)
    changes = MarkdownWiki("18f", HANDBOOK, site_url="https://18f.example.com").changes({})
    return [(c.page, split(c.page)) for c in changes if isinstance(c, Changed)]


@pytest.mark.long
def test_a_real_handbook_loses_no_word(handbook: list[tuple[Page, list[Passage]]]) -> None:
    for page_read, passages in handbook:
        text = "\n\n".join(section.text for section in page_read.sections)

        assert not words_lost(text, [passage.text for passage in passages]), page_read.key


@pytest.mark.long
def test_a_real_handbook_comes_to_passages_that_fit(
    handbook: list[tuple[Page, list[Passage]]],
) -> None:
    count = LocalEmbedder().count_tokens
    sizes = [count(plain(passage.text)) for _, passages in handbook for passage in passages]

    assert max(sizes) <= 200
    assert min(sizes) > 0
    assert len({passage.id for _, passages in handbook for passage in passages}) == len(sizes)


def test_all_passages_of_a_page_that_says_that_it_is_outdated_are_outdated() -> None:
    sections = (
        Section((), "", "No longer maintained."),
        Section(("Where",), "where", "In the yard."),
    )
    assert [passage.outdated for passage in Splitter(words, 200)(page(*sections))] == [True, True]
    assert not any(passage.outdated for passage in Splitter(words, 200)(page(*sections[1:])))
