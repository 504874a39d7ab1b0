"""The comparison of two runs, and the file that stores one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from footnote_bot.bot.evaluation.comparing import BadRun, Row, compare, load, save

HUGE = f'{{"a": 1{"0" * 400}}}'


def row(name: str, answer: str = "", **scores: float) -> Row:
    return Row(name, f"{name}?", ("a", "b"), answer, 0.5, scores)


def test_a_run_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    saved = [row("1", hit=1.0, mrr=1 / 3), row("2")]
    save(tmp_path / "run.json", {"questions": 2}, saved)

    assert load(tmp_path / "run.json") == saved
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{\n{", r"is not a run .* \(line 2: "),
        ("[]", "is not a run"),
        ("[" * 100_000, "cannot be read"),
        ('{"footnote_run": 0}', "is not a run"),
        ('{"footnote_run": 1}', "is incomplete"),
        ('{"footnote_run": 1, "questions": [{"id": "1"}]}', "is incomplete"),
        ('{"footnote_run": 1, "questions": 3}', "is incomplete"),
        ('{"footnote_run": 1, "questions": [{"ranked": [], "scores": [1]}]}', "is incomplete"),
        ('{"footnote_run": 1, "questions": [{"ranked": [], "scores": {"a": "b"}}]}', "incomplete"),
        (f'{{"footnote_run": 1, "questions": [{{"ranked": [], "scores": {HUGE}}}]}}', "incomplete"),
    ],
)
def test_a_file_that_is_no_run_is_reported(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    file.write_text(text)

    with pytest.raises(BadRun, match=message) as caught:
        load(file)
    assert str(caught.value).startswith(str(file))


def test_files_that_cannot_be_read_or_written_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadRun, match="cannot be read"):
        load(tmp_path / "nowhere.json")
    with pytest.raises(BadRun, match="cannot be written"):
        save(tmp_path / "nowhere" / "run.json", {}, [])


def test_better_and_worse_questions_are_listed() -> None:
    before = [
        row("same", hit=1.0),
        row("better", hit=0.0, mrr=0.0),
        row("much better", hit=0.0, mrr=0.0),
        row("worse", hit=1.0, mrr=1.0),
        row("mixed", hit=1.0, mrr=0.0),
        row("old", hit=1.0),
    ]
    after = [
        row("new", hit=1.0),
        row("mixed", hit=0.0, mrr=0.5),
        row("worse", hit=0.0, mrr=1.0),
        row("much better", hit=1.0, mrr=1.0),
        row("better", hit=0.0, mrr=0.5),
        row("same", hit=1.0, containment=1.0),
    ]
    comparison = compare(before, after)

    assert (comparison["questions"], comparison["only_before"], comparison["only_after"]) == (
        5,
        1,
        1,
    )
    assert [change["id"] for change in comparison["better"]] == ["much better", "better"]
    assert [change["id"] for change in comparison["worse"]] == ["worse"]
    assert comparison["worse"][0]["scores"] == {"hit": (1.0, 0.0)}
    assert [change["id"] for change in comparison["mixed"]] == ["mixed"]
    hit = comparison["measures"]["hit"]
    assert hit | {"interval": 0, "p": 0} == {
        "questions": 5, "before": 0.6, "after": 0.4, "difference": pytest.approx(-0.2),
        "interval": 0, "p": 0, "better": 1, "worse": 2,
    }  # fmt: skip
    assert hit["interval"][0] < -0.2 < hit["interval"][1]
    assert hit["p"] > 0.5
    assert comparison["measures"].keys() == {"hit", "mrr"}


def test_a_gain_over_many_questions_is_told_from_chance() -> None:
    before = [row(str(n), hit=float(n % 2)) for n in range(100)]
    after = [row(str(n), hit=float(n % 2 or n % 10 == 0)) for n in range(100)]
    measure = compare(before, after)["measures"]["hit"]

    assert measure["difference"] == pytest.approx(0.1)
    assert measure["p"] < 0.01
    assert measure["interval"][0] > 0


def test_a_run_against_itself_changes_nothing() -> None:
    run = [row(str(n), answer="Yes.", hit=float(n % 3 == 0)) for n in range(30)]
    comparison = compare(run, run)

    assert comparison["better"] == comparison["worse"] == comparison["mixed"] == []
    assert comparison["answers_changed"] == []
    assert comparison["measures"]["hit"]["p"] == 1.0
    assert comparison["measures"]["hit"]["interval"] == (0.0, 0.0)


def test_answers_that_changed_are_told_even_where_no_measure_says_how() -> None:
    comparison = compare(
        [row("1", "Thirty days."), row("2", "So.")], [row("1", "28."), row("2", "So.")]
    )

    assert comparison["answers_changed"] == [{"id": "1", "question": "1?"}]


def test_an_id_that_came_to_another_question_is_told() -> None:
    """A question without an id is known by its line, and a new line moves the rest."""
    before = [row("1"), row("2")]
    after = [row("1"), replace(row("2"), question="How is travel booked?")]

    assert compare(before, after)["other_words"] == [
        {"id": "2", "question": "How is travel booked?"}
    ]
    assert compare(before, before)["other_words"] == []
