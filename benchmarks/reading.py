"""Answers read by eye: the counts that a reader wrote into reading.json.

Nobody who built the answers wrote the questions or judged them; docs/evaluation.md says how it is
done and defines the classes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.rows import Figure, Goal

_COUNTS = Path(__file__).with_suffix(".json")


def figures() -> Sequence[Figure]:
    """Return the figures of the latest reading."""
    reading = json.loads(_COUNTS.read_text(encoding="utf-8"))
    classes, answerable = reading["classes"], reading["answerable"]
    right = classes["A"] + classes["B"]
    useless = classes["C"] + classes["D"]
    plain = right + useless
    cut_away = reading["form"]["a condition or exception cut away"]
    unquoted = 1 - reading["unanswerable_quoted"] / reading["unanswerable"]
    return [
        *(Figure(f"class.{name}", count, "answers") for name, count in classes.items()),
        Figure("right", right / answerable, "share", Goal(">=", 0.45)),
        Figure("right_or_named", (right + classes["N"]) / answerable, "share", Goal(">=", 0.85)),
        Figure("plain_wrong_or_useless", useless / plain, "share", Goal("<=", 0.2)),
        Figure("condition_lost", cut_away / plain, "share", Goal("<=", 0.03)),
        Figure("unanswerable_unquoted", unquoted, "share", Goal(">=", 0.9)),
        *(Figure(f"form.{name}", count, "answers") for name, count in reading["form"].items()),
    ]
