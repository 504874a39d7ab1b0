"""Reading question sets, and naming the line that is wrong."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from footnote_bot.bot.evaluation.lines import BadSet, read_rows, write_rows
from footnote_bot.bot.evaluation.questions import read_cases
from footnote_bot.bot.model import Role, Turn


def write(file: Path, *rows: object) -> Path:
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return file


def test_a_question_with_all_its_judgements(tmp_path: Path) -> None:
    row = {
        "id": "q1",
        "question": "How long?",
        "relevant": {"leave": 2, "pay": 0},
        "answers": ["thirty days", 30],
        "answerable": True,
        "type": "Temporal",
        "turn": 4,
        "history": [
            {"role": "user", "text": "What is leave?"},
            {"role": "assistant", "text": "Time off."},
            {"role": "manager", "text": "See the wiki."},
            "And then?",
        ],
        "rewrite": "How long is leave?",
    }
    (case,) = read_cases(write(tmp_path / "q.jsonl", row))

    assert (case.id, case.question) == ("q1", "How long?")
    assert case.relevant == {"leave": 2.0, "pay": 0.0}
    assert case.answers == ("thirty days", "30")
    assert case.answerable is True
    assert case.has_answer
    assert not case.unanswerable
    assert case.unfit == {"pay"}
    assert (case.kind, case.turn, case.rewrite) == ("Temporal", 4, "How long is leave?")
    assert case.history == (
        Turn(Role.ASKER, "What is leave?"),
        Turn(Role.BOT, "Time off."),
        Turn(Role.OTHER, "See the wiki."),
        Turn(Role.ASKER, "And then?"),
    )
    assert (case.rewritten.question, case.rewritten.history) == ("How long is leave?", ())


def test_a_turn_is_counted_by_what_the_asker_said_before(tmp_path: Path) -> None:
    history = [{"role": "user", "text": "Hi"}, {"role": "assistant", "text": "Yes?"}, "Leave?"]
    rows = [{"question": "How long?", "history": history}, {"question": "How long?"}]
    later, first = read_cases(write(tmp_path / "q.jsonl", *rows))

    assert (later.turn, first.turn) == (3, 1)


def test_two_questions_of_one_id_are_told_of_and_told_apart(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [{"id": 1, "question": "One?"}, {"id": "1", "question": "Two?"}]
    read = read_cases(write(tmp_path / "q.jsonl", *rows))

    assert [case.id for case in read] == ["1", "1 (line 2)"]
    assert "line 2: the id '1' is that of line 1 already" in caplog.text


def test_a_number_for_want_of_an_id_is_told_apart_from_an_id(tmp_path: Path) -> None:
    rows = [{"id": 2, "question": "One?"}, {"question": "Two?"}, {"id": None, "question": "Three?"}]

    assert [case.id for case in read_cases(write(tmp_path / "q.jsonl", *rows))] == [
        "2", "2 (line 2)", "3"
    ]  # fmt: skip


def test_the_kept_sets_have_known_keys_alone(caplog: pytest.LogCaptureFixture) -> None:
    folder = Path(__file__).parents[3] / "benchmarks" / "questions"
    sets = [*folder.glob("*.jsonl"), *folder.glob("compounds/*.jsonl")]

    assert all(map(read_cases, sets))
    assert not caplog.records


@pytest.mark.parametrize(
    ("row", "has_answer", "unanswerable"),
    [
        ({"answerable": True}, True, False),
        ({"relevant": {"a": 1}}, True, False),
        ({"relevant": {"a": 1}, "answerable": False}, False, True),
        ({"relevant": {"a": 0}}, False, False),
        ({"facts": [["thirty"]]}, True, False),
        ({"facts": [["thirty"]], "answerable": False}, False, True),
        ({}, False, False),
    ],
)
def test_whether_it_has_an_answer_may_be_unsaid(
    row: dict[str, object], has_answer: bool, unanswerable: bool, tmp_path: Path
) -> None:
    (case,) = read_cases(write(tmp_path / "q.jsonl", {"question": "?"} | row))

    assert (case.has_answer, case.unanswerable) == (has_answer, unanswerable)


def test_a_question_needs_nothing_but_its_words(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text('\n{"question": "Why?", "relevant": null, "answers": null}\n\n')
    (case,) = read_cases(file)

    assert (case.id, case.relevant, case.answers, case.answerable) == ("2", {}, (), None)


def test_what_is_zipped_is_read_alike(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl.gz"
    file.write_bytes(gzip.compress('{"question": "Où?"}\n'.encode()))

    assert [case.question for case in read_cases(file)] == ["Où?"]


def test_a_note_of_the_author_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "q.jsonl"
    line = '{"question": "Fine?", "comment": "a"}'
    file.write_text(f'{line}\n{{"question": "Me?", "comment": "b", "relevent": {{}}}}\n')

    assert len(read_cases(file)) == 2
    assert caplog.text.count("'comment' is no key that is read") == 1
    assert "line 2: 'relevent' is no key that is read; did you mean 'relevant'?" in caplog.text


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2: not JSON"),
        ("[1]", "line 2: not an object"),
        ("{}", "line 2: no 'question'"),
        ('{"question": ""}', "line 2: no 'question'"),
        ('{"question": ["x"]}', "line 2: 'question' is not text"),
        ('{"question": 3}', "line 2: 'question' is not text"),
        ('{"question": true}', "line 2: 'question' is not text"),
        ('{"question": "x", "id": [1]}', "line 2: 'id' is not text"),
        ('{"question": "x", "relevant": ["a"]}', "line 2: 'relevant' is not {page: grade}"),
        ('{"question": "x", "relevant": {"a": "b"}}', "line 2: 'relevant' is not {page: grade}"),
        ('{"question": "x", "relevant": {"a": 1024}}', "line 2: 'relevant' is not {page: grade}"),
        ('{"question": "x", "relevant": {"a": NaN}}', "line 2: 'relevant' is not {page: grade}"),
        (f'{{"relevant": {{"a": 1{"0" * 400}}}, "question": "x"}}', "line 2: 'relevant' is not"),
        (f'{{"question": {"1" * 5000}}}', "line 2: cannot be read (Exceeds"),
        ("[" * 100_000, "line 2: cannot be read (maximum recursion"),
        ('{"question": "x", "answers": "one"}', "line 2: 'answers' is no list"),
        ('{"question": "x", "history": "a"}', "line 2: 'history' is no list"),
        ('{"question": "x", "history": [3]}', "line 2: a turn of 'history' is no {role, text}"),
        ('{"question": "x", "history": [{}]}', "line 2: a turn of 'history' is no {role, text}"),
        ('{"question": "x", "turn": "late"}', "line 2: 'turn' is no number"),
        ('{"question": "x", "answerable": "no"}', "line 2: 'answerable' is neither true nor false"),
    ],
)
def test_a_broken_line_is_named(line: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(f'{{"question": "Fine?"}}\n{line}\n')

    with pytest.raises(BadSet) as caught:
        read_cases(file)
    assert str(caught.value).startswith(f"{file}, {message}")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("q.jsonl", b'{"question": "\xff"}'),
        ("q.jsonl.gz", b"not zipped"),
        ("q.jsonl.gz", gzip.compress(b'{"question": "x"}' * 99, mtime=0)[:-9]),
        ("q.jsonl.gz", gzip.compress(b"x" * 999, mtime=0)[:15] + b"\xff" * 40),
    ],
    ids=["not UTF-8", "not zipped", "cut off", "corrupt"],
)
def test_a_file_that_cannot_be_read_is_named(name: str, content: bytes, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(content)

    with pytest.raises(BadSet, match=name):
        read_cases(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSet, match=r"nowhere\.jsonl: cannot be read"):
        read_cases(tmp_path / "nowhere.jsonl")


def test_an_editor_s_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_bytes(b'\xef\xbb\xbf{"question": "x"}\n')

    assert [case.question for case in read_cases(file)] == ["x"]


def test_half_a_character_is_replaced_and_a_whole_one_kept(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(r'{"question": "a\ud800b \ud83c\udf89", "answers": ["\uDFFF"]}')
    (case,) = read_cases(file)

    assert (case.question, case.answers) == ("a?b \N{PARTY POPPER}", ("?",))


@pytest.mark.parametrize("name", ["q.jsonl", "q.jsonl.gz"])
def test_what_is_written_is_read_again(name: str, tmp_path: Path) -> None:
    rows = [{"question": "Où?\u2028Là"}, {"question": "Why?"}]
    write_rows(tmp_path / name, rows)

    assert [row for _, _, row in read_rows(tmp_path / name)] == rows


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSet, match=r"nowhere/q\.jsonl: cannot be written \(No such file"):
        write_rows(tmp_path / "nowhere" / "q.jsonl", [])
