"""The output of `footnote eval` for people."""

from __future__ import annotations

from typing import Any

import pytest

from footnote_bot.bot import scores

FIGURES: dict[str, Any] = {
    "questions": 3,
    "hit@1": 0.5,
    "ndcg@10": None,
    "refusal": {"precision": None, "recall": 1.0},
    "intervals": {"hit@1": (0.25, 0.75), "ndcg@10": None},
    "latency_ms": {"retrieve_p50": 1.0, "retrieve_p95": 2.0},
    "stages_ms": {"embed": {"p50": 1.0, "p95": 2.0}},
    "by_type": None,
    "by_turn": None,
    "unreachable": {},
}


def printed(capsys: pytest.CaptureFixture[str], **figures: Any) -> list[str]:
    scores.print_scores(FIGURES | figures)
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_figures_are_lined_up_with_their_intervals(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys) == [
        "questions        3",
        "hit@1            0.500  (0.250 to 0.750)",
        "ndcg@10          -",
        "refusal          precision -, recall 1.000",
        "embed ms         p50 1.000, p95 2.000",
    ]


PAGES = ("hit@1", "recall@5", "ndcg@10", "containment")
FACTS = ("right", "right_in_250", "useful_quotes", "words", "right_auroc")


def group(*names: str) -> dict[str, Any]:
    scores = {name: 0.5 if name in names else None for name in (*PAGES, *FACTS)}
    spans = {name: (0.25, 0.75) for name in names if not name.startswith(("u", "w", "right_a"))}
    return scores | {"questions": 150, "intervals": spans}


def test_a_table_of_groups_is_of_what_was_measured(capsys: pytest.CaptureFixture[str]) -> None:
    facts = printed(capsys, by_type={"yesno": group(*FACTS), "unanswerable": group()})
    pages = printed(capsys, by_type={"yesno": group("recall@5")})
    neither = printed(capsys, by_type={"yesno": group()})

    assert facts[5:] == [
        "",
        "type          n    right        right_in_250  useful_quotes  words  right_auroc",
        "yesno         150  0.500 ±0.25  0.500 ±0.25   0.500          0.500  0.500",
        "unanswerable  150  -            -             -              -      -",
    ]
    assert pages[5:] == [
        "",
        "type   n    hit@1  recall@5     ndcg@10  containment",
        "yesno  150  -      0.500 ±0.25  -        -",
    ]
    assert neither[5:] == []


def test_pages_and_facts_of_groups_fit_eighty_columns(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, by_type={"unanswerable": group(*PAGES, *FACTS)})

    assert [line.split()[:3] for line in lines if line.startswith("type")] == [
        ["type", "n", "hit@1"],
        ["type", "n", "right"],
    ]
    assert max(map(len, lines)) <= 80
    assert sum(line.count("±") for line in lines) == 6


def test_failing_questions_are_listed_a_few_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    answer_text = ["Leave is [b]forty[/]\x1b[2J days\n\nlong. " + "x" * 200]
    failing = [{"id": f"q{n}", "question": "How [long]?", "said": answer_text} for n in range(7)]
    answers = {
        "sentences": 2, "cited_sentences": 0.5, "faithful": None, "relevant": None,
        "failures": {"cited_sentences": failing},
    }  # fmt: skip
    lines = printed(capsys, answers=answers)

    assert lines[6:12] == [
        "sentences        2",
        "cited_sentences  0.500",
        "faithful         -",
        "relevant         -",
        "",
        "7 fail by cited_sentences:",
    ]
    assert lines[12] == "  q0: How [long]?"
    assert lines[13].startswith("    > Leave is [b]forty[/][2J days long. xxx")
    assert len(lines[13]) <= len("    > ") + 160
    assert lines[-1] == "  and 2 more (see --json)"


def test_a_comparison_fits_eighty_columns(capsys: pytest.CaptureFixture[str]) -> None:
    comparison = {
        "questions": 3017, "before": 0.5, "after": 0.25, "difference": -0.25,
        "interval": (-0.5, 0.125), "p": 0.0123, "better": 1000, "worse": 1000,
    }  # fmt: skip
    changed = [{"id": f"q{n}", "question": "?", "scores": {"hit@1": (1.0, 0.0)}} for n in range(22)]
    lines = printed(
        capsys,
        against={
            "questions": 3017, "only_before": 1, "only_after": 2, "answers_changed": [{}],
            "other_words": [],
            "measures": {"containment": comparison}, "better": [], "worse": changed, "mixed": [],
        },
    )  # fmt: skip

    assert lines[6].split() == ["measure", "n", "before", "after", "change", "95", "%", "p", "+/-"]
    assert lines[7].split() == [
        "containment", "3017", "0.500", "0.250", "-0.250", "-0.500", "+0.125", "0.0123", "1000/1000"
    ]  # fmt: skip
    assert max(map(len, lines[6:8])) <= 80
    assert "22 worse:" in lines
    assert "  q0: ? (hit@1 1.00 > 0.00)" in lines
    assert lines[-1] == "  and 2 more (see --json)"


def test_pages_that_cannot_be_found_are_counted_and_a_few_named() -> None:
    pages = {"not_indexed": [f"p{n}" for n in range(7)], "ambiguous": ["a"], "closed": []}

    assert list(scores.unreachable(pages)) == [
        "7 of the relevant pages are not indexed: p0, p1, p2, p3, p4, ...",
        "1 of the relevant pages are named as several are (write wiki/page): a",
    ]
