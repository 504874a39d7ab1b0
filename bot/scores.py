"""The figures of ``footnote eval`` on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.table import Table

from footnote_bot.bot.screen import out, safe
from footnote_bot.indexers.text.counting import counted

_FEW, _MANY = 5, 20
"""Most pages, failures or sentences, and most changed questions, that are listed."""
_APART = {
    "intervals", "latency_ms", "stages_ms", "by_type", "by_turn", "unreachable", "answers",
    "against",
}  # fmt: skip
"""Scores that are not a line of their own."""
_OF_PAGES = ("hit@1", "recall@5", "ndcg@10", "containment")
_OF_FACTS = ("right", "right_in_250", "useful_quotes", "words", "right_auroc")


def unreachable(pages: dict[str, list[str]]) -> Iterator[str]:
    """Yield the lines about pages that no search could have found."""
    for why, words in (
        ("not_indexed", "of the relevant pages are not indexed"),
        ("ambiguous", "of the relevant pages are named as several are (write wiki/page)"),
        ("closed", "of the relevant pages may not be read by whom this asks for (see --as)"),
    ):
        if unreached := pages[why]:
            more = ", ..." if len(unreached) > _FEW else ""
            yield f"{len(unreached)} {words}: {', '.join(unreached[:_FEW])}{more}"


def print_scores(scores: dict[str, Any]) -> None:
    """Print the figures of `footnote eval`, those by group as tables."""
    intervals = scores["intervals"]
    for name, value in scores.items():
        if name == "plain":
            _print_plain(value)
        elif name not in _APART:
            span = intervals.get(name)
            low_high = f"  ({span[0]:.3f} to {span[1]:.3f})" if span else ""
            out().print(f"{name:16} {_figure(value)}{low_high}", soft_wrap=True)
    for stage, times in scores["stages_ms"].items():
        out().print(f"{stage + ' ms':16} {_figure(times)}")
    for name in ("type", "turn"):
        if groups := scores[f"by_{name}"]:
            _print_groups(name, groups)
    if "answers" in scores:
        _print_answers(scores["answers"])
    if "against" in scores:
        _print_against(scores["against"])


def _print_plain(plain: dict[str, Any]) -> None:
    """Print how many answers are plain, and the share of these that is right in each sense."""
    out().print(f"{'plain answers':16} {plain['answers']}")
    for name, number in plain["of"].items():
        out().print(f"  {name:20} {_figure(plain[name])} of {number}")


def print_replay(report: dict[str, Any]) -> None:
    """Print which parts of recorded answers readers would see."""
    counts = report["counts"]
    out().print(
        f"{'answers':16} {counts['answers']}, {counts['composed']} of them shown as composed"
    )
    for name in ("faithful_shown", "wrong_unmarked", "whole", "cut", "passed"):
        out().print(f"{name:16} {_figure(report[name])}")
    wrong_shown = report["wrong_shown"]
    errors = {error: (counts["wrong"][error], shown) for error, shown in wrong_shown.items()}
    _print_table("error", ("n", "shown"), errors)
    columns = ("answers", "faithful", "faithful_shown", "faithful_passed", "whole")
    styles = report["by_style"].items()
    _print_table("style", columns, {style: [row[c] for c in columns] for style, row in styles})


def _print_table(name: str, columns: Sequence[str], rows: Mapping[str, Sequence[object]]) -> None:
    """Print a table whose first column, ``name``, has the keys of ``rows``; skip an empty one."""
    if not rows:
        return
    table = Table(name, *columns, box=None, pad_edge=False)
    for key, cells in rows.items():
        table.add_row(safe(key or "-"), *map(_figure, cells))
    out().print()
    out().print(table)


def _print_groups(name: str, groups: dict[str, dict[str, Any]]) -> None:
    """Print the figures by group: one table of the pages found, one of the facts stated, each if
    anything of it was measured. The rest is in the JSON."""
    for columns in (_OF_PAGES, _OF_FACTS):
        if any(scores[column] is not None for scores in groups.values() for column in columns):
            rows = {
                group: [scores["questions"], *(_with_interval(scores, c) for c in columns)]
                for group, scores in groups.items()
            }
            _print_table(name, ("n", *columns), rows)


def _with_interval(scores: dict[str, Any], name: str) -> str:
    """Return the figure with half the width of its interval, if it has one."""
    if not (interval := scores["intervals"].get(name)):
        return _figure(scores[name])
    low, high = interval
    return f"{_figure(scores[name])} ±{(high - low) / 2:.2f}"


def _print_answers(answers: dict[str, Any]) -> None:
    """Print the figures of the check of answers, and a few answers that fail each check."""
    out().print()
    for name, value in answers.items():
        if name != "failures":
            out().print(f"{name:16} {_figure(value) or '-'}")
    for name, failing in answers["failures"].items():
        out().print(safe(f"\n{len(failing)} fail by {name}:", style="bold"))
        for failure in failing[:_FEW]:
            out().print(safe(f"  {failure['id']}: {failure['question']}"), soft_wrap=True)
            for sentence in failure["said"][:_FEW]:
                out().print(safe(f"    > {_short(sentence)}"), soft_wrap=True)
        if len(failing) > _FEW:
            out().print(f"  and {len(failing) - _FEW} more (see --json)")


def _print_against(comparison: dict[str, Any]) -> None:
    """Print the comparison with an earlier run."""
    columns = ("n", "before", "after", "change", "95 %", "p", "+/-")
    rows = {}
    for name, row in comparison["measures"].items():
        low, high = row["interval"]
        rows[name] = (
            row["questions"], row["before"], row["after"], f"{row['difference']:+.3f}",
            f"{low:+.3f} {high:+.3f}", f"{row['p']:.4f}", f"{row['better']}/{row['worse']}",
        )  # fmt: skip
    _print_table("measure", columns, rows)
    out().print(
        f"\nIn both runs: {counted(comparison['questions'], 'question')}; in that one only: "
        f"{comparison['only_before']}; in this one only: {comparison['only_after']}. "
        f"{counted(len(comparison['answers_changed']), 'answer')} changed."
    )
    if reworded := len(comparison["other_words"]):
        out().print(f"{counted(reworded, 'question')} with other words under the same id.")
    for way in ("better", "worse", "mixed"):
        if comparison[way]:
            _print_changed(way, comparison[way])


def _print_changed(way: str, questions: Sequence[dict[str, Any]]) -> None:
    """Print the questions whose scores changed in the same ``way``."""
    out().print(safe(f"\n{len(questions)} {way}:", style="bold"))
    for question in questions[:_MANY]:
        steps = ", ".join(
            f"{name} {before:.2f} > {after:.2f}"
            for name, (before, after) in question["scores"].items()
        )
        line = f"  {question['id']}: {question['question']} ({steps})"
        out().print(safe(line), soft_wrap=True)
    if len(questions) > _MANY:
        out().print(f"  and {len(questions) - _MANY} more (see --json)")


def _short(sentence: str) -> str:
    line = " ".join(sentence.split())
    return line if len(line) <= 160 else f"{line[:157]}..."


def _figure(value: object) -> str:
    """Return a figure, or several by name, as text."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_figure(inner)}" for name, inner in value.items())
    if isinstance(value, float):
        return f"{value:.3f}"
    return "-" if value is None else str(value)
