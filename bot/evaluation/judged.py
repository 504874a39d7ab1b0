"""Questions whose answers people judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.evaluation.lines import write_rows
from bot.evaluation.regression import regression
from bot.flags.ports import KeptVerdicts


def write_judged(verdicts: KeptVerdicts, file: Path) -> int:
    """Write the questions whose answers people judged, as a question set. Return their number.

    Raises:
        BadSet: the file cannot be written.
    """
    rows = [row for _, _, row in judged(verdicts)]
    write_rows(file, rows)
    return len(rows)


def judged(verdicts: KeptVerdicts) -> list[tuple[int, str, dict[str, Any]]]:
    """Return the rows of a question set, each with its number and its name."""
    rows = regression(verdicts.flags(), verdicts.praised(), verdicts.earlier)
    return [(number, f"judged question {number}", row) for number, row in enumerate(rows, start=1)]
