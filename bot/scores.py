"""The figures of ``footnote eval`` on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.table import Table

from bot.screen import out, safe
from indexers.text.counting import counted

_LISTED = 20


def unreachable(pages: dict[str, list[str]]) -> Iterator[str]:
    """Yield the lines about pages that no search could have found."""
    for why, said in (
        ("not_indexed", "of the relevant pages are not indexed"),
        ("ambiguous", "of the relevant pages are named as several are (write wiki/page)"),
        ("closed", "of the relevant pages may not be read by whom this asks for (see --as)"),
    ):
        if found := pages[why]:
            more = ", ..." if len(found) > _FEW else ""
            yield f"{len(found)} {said}: {', '.join(found[:_FEW])}{more}"


_FEW = 5


def print_scores(scores: dict[str, Any]) -> None:
    intervals = scores["intervals"]
    for name, value in scores.items():
        if name not in _APART:
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


def print_replay(found: dict[str, Any]) -> None:
    """Print what readers would see of recorded answers."""
    counts = found["counts"]
    out().print(
        f"{'answers':16} {counts['answers']}, {counts['composed']} of them shown as composed"
    )
    for name in ("faithful_shown", "wrong_unmarked", "whole", "cut", "passed"):
        out().print(f"{name:16} {_figure(found[name])}")
    for name, key, columns in (
        ("error", "wrong_shown", ()),
        (
            "style",
            "by_style",
            ("answers", "faithful", "faithful_shown", "faithful_passed", "whole"),
        ),
    ):
        if not found[key]:
            continue
        out().print()
        table = Table(name, *(columns or ("n", "shown")), box=None, pad_edge=False)
        for group, told in found[key].items():
            cells = [told[one] for one in columns] or [counts["wrong"][group], told]
            table.add_row(safe(group or "-"), *map(_figure, cells))
        out().print(table)


_APART = {
    "intervals", "latency_ms", "stages_ms", "by_type", "by_turn", "unreachable", "answers",
    "against",
}  # fmt: skip
_OF_GROUP = ("hit@1", "recall@5", "ndcg@10", "containment")


def _print_groups(name: str, groups: dict[str, dict[str, Any]]) -> None:
    """Print the figures by group, each with half the width of its interval. The rest is in the
    JSON."""
    out().print()
    table = Table(name, "n", *_OF_GROUP, box=None, pad_edge=False)
    for group, scores in groups.items():
        spans = scores["intervals"]
        cells = []
        for column in _OF_GROUP:
            span = spans.get(column)
            around = f" ±{(span[1] - span[0]) / 2:.2f}" if span else ""
            cells.append(f"{_figure(scores[column])}{around}")
        table.add_row(safe(group or "-"), str(scores["questions"]), *cells)
    out().print(table)


def _print_answers(answers: dict[str, Any]) -> None:
    out().print()
    for name, value in answers.items():
        if name != "failures":
            out().print(f"{name:16} {_figure(value) or '-'}")
    for name, failing in answers["failures"].items():
        out().print(safe(f"\n{len(failing)} fail by {name}:", style="bold"))
        for one in failing[:_FEW]:
            out().print(safe(f"  {one['id']}: {one['question']}"), soft_wrap=True)
            for said in one["said"][:_FEW]:
                out().print(safe(f"    > {_short(said)}"), soft_wrap=True)
        if len(failing) > _FEW:
            out().print(f"  and {len(failing) - _FEW} more (see --json)")


def _print_against(found: dict[str, Any]) -> None:
    out().print()
    table = Table(
        "measure", "n", "before", "after", "change", "95 %", "p", "+/-", box=None, pad_edge=False
    )
    for name, told in found["measures"].items():
        low, high = told["interval"]
        table.add_row(
            name, str(told["questions"]), _figure(told["before"]), _figure(told["after"]),
            f"{told['difference']:+.3f}", f"{low:+.3f} {high:+.3f}", f"{told['p']:.4f}",
            f"{told['better']}/{told['worse']}",
        )  # fmt: skip
    out().print(table)
    out().print(
        f"\nIn both runs: {counted(found['questions'], 'question')}; in that one only: "
        f"{found['only_before']}; in this one only: {found['only_after']}. "
        f"{counted(len(found['answers_changed']), 'answer')} changed."
    )
    if other := len(found["other_words"]):
        out().print(f"{counted(other, 'question')} with other words under the same id.")
    for way in ("better", "worse", "mixed"):
        if not found[way]:
            continue
        out().print(safe(f"\n{len(found[way])} {way}:", style="bold"))
        for one in found[way][:_LISTED]:
            steps = ", ".join(
                f"{name} {start:.2f} > {end:.2f}" for name, (start, end) in one["scores"].items()
            )
            out().print(safe(f"  {one['id']}: {one['question']} ({steps})"), soft_wrap=True)
        if len(found[way]) > _LISTED:
            out().print(f"  and {len(found[way]) - _LISTED} more (see --json)")


def _short(said: str) -> str:
    line = " ".join(said.split())
    return line if len(line) <= 160 else f"{line[:157]}..."


def _figure(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_figure(inner)}" for name, inner in value.items())
    if isinstance(value, float):
        return f"{value:.3f}"
    return "-" if value is None else str(value)
