"""The words that a text is found by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footnote_bot.indexers.index.lexical import Words, with_more_words
from tests.timing import seconds_of

WORDS = Words()


def tokens(text: str) -> set[int]:
    return set(WORDS.of_passage(text)[0])


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Restart after ERR-1234.", "ERR1234"),
        ("see OPS-77 or WEB-8", "OPS77 WEB8"),
        ("conf/app/paths.yml", "confapppathsyml pathsyml"),
        ("pass --dry-run twice", "dryrun"),
        ("v1.2.3", "v1dot2dot3 1dot2dot3"),
        ("0x80070005", "80070005"),
        ("10.20.30.40:443", "10dot20dot30dot40443 10dot20dot30dot40"),
        ("runs on .NET", "dotNET"),
        ("max_retry_count", "maxretrycount"),
        ("std::vector", "stdvector"),
        ("ada@example.com", "adaexamplecom examplecom"),
        ("a camelCase name", "camel Case"),
        ("HTTPServerError", "HTTP Server Error"),
        ("utf8Decoder", "utf 8 Decoder"),
        ("C++ or C#", "Cplusplus Csharp"),
        ("休暇は", "休暇 暇は"),
    ],
)
def test_hidden_words_are_added(text: str, hidden: str) -> None:
    assert with_more_words(text) == f"{text} {hidden}"


@pytest.mark.parametrize("text", ["", "Plain words, and a dash - so.", "NASA Ada", "é, ü!"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert with_more_words(text) == text


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("ERR-1234", "It says ERR-1234."),
        ("err 1234", "It says ERR-1234."),
        ("err1234", "It says ERR-1234."),
        ("camel case", "Use camelCase."),
        ("paths.yml", "Edit conf/paths.yml there."),
        ("dry run", "Pass --dry-run."),
        ("cafe", "The café is open."),
        ("running", "It runs."),
    ],
)
def test_a_word_is_found_in_part_and_as_a_whole(question: str, text: str) -> None:
    assert set(WORDS.of_question(question)[0]) & tokens(text)


def test_a_key_shares_more_with_itself_than_with_its_parts() -> None:
    question_tokens = set(WORDS.of_question("ERR-1234")[0])

    assert len(question_tokens & tokens("ERR-1234")) > len(
        question_tokens & tokens("1234 times an err")
    )


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("年假", "员工每年有二十天年假。"),
        ("休暇", "有給休暇は二十日です。"),
        ("휴가", "휴가는 이십 일입니다."),
        ("วันลา", "พนักงานมีวันลายี่สิบวัน"),
    ],
    ids=["Chinese", "Japanese", "Korean", "Thai"],
)
def test_a_word_is_found_where_no_space_parts_it_from_others(question: str, text: str) -> None:
    assert set(WORDS.of_question(question)[0]) & tokens(text)


def test_a_language_has_its_stop_words() -> None:
    assert Words("german").of_question("der die das")[0] == []


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="klingon"):
        Words("klingon")


@given(st.text())
def test_any_text_has_words(text: str) -> None:
    indices, values = WORDS.of_passage(text)

    assert len(indices) == len(values)
    assert with_more_words(text).startswith(text)


@pytest.mark.parametrize("unit", ["x", "A", "a.", "aB", "-", "漢", "1_", "x" * 50 + "\n"])
def test_time_grows_no_faster_than_the_text(unit: str) -> None:
    text = unit * (100_000 // len(unit))

    assert seconds_of(lambda: with_more_words(text), 1) <= 1
