"""The rows of a table that answer: by their first cells, by an amount, or after a question about
another row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.answering.quoting.outline import Unit
from bot.answering.quoting.ranges import rows_of_amount
from bot.answering.quoting.window import TIE, Window, best_first
from bot.answering.words.shared_words import weighty_stems
from bot.answering.words.stems import stems
from bot.answering.words.tables import Table
from indexers.text.prose import Kind


def with_range(question: str, units: Sequence[Unit], windows: Sequence[Window]) -> list[Window]:
    """Return the windows with the row for the question's amount first, if the best one is a row for
    another range: "up to 500", if it asks about 3,000."""
    best = windows[0]
    of_table = [
        place for place, unit in enumerate(units) if unit.listed == units[best.place].listed
    ]
    rows = {place: row for place in of_table if (row := as_table(units, place))}
    if best.place not in rows:
        return list(windows)
    table = Table(rows[best.place].header, tuple(row.rows[0] for row in rows.values()))
    held = [list(rows)[place] for place in sorted(rows_of_amount(question, table))]
    if not held:
        return list(windows)
    others = [window for window in windows if window.place not in held]
    # No cross-encoder compares amounts: its score for another row is as good.
    first = [replace(best, place=place) for place in held]
    others = [replace(window, behind=max(window.behind, 2 * TIE)) for window in others]
    return [*first, *best_first(others)]


def as_table(units: Sequence[Unit], index: int) -> Table | None:
    """Return a unit that is a row as a table of its own; None if it is none, or lacks a cell."""
    headers = [lead for lead in units[index].leads if units[lead].kind is Kind.TABLE]
    table = Table.of(units[headers[-1]].text, [units[index].text]) if headers else None
    return table if table and table.rows else None


def without_previous_rows(
    swapped: str, units: Sequence[Unit], windows: Sequence[Window]
) -> list[Window]:
    """Return the windows without rows about what the question before asked for: of a table with
    rows that have words of the follow-up ("And for brass?"), only these."""
    swapped_stems = weighty_stems(swapped)
    fitting = {
        units[window.place].listed
        for window in windows
        if units[window.place].kind is Kind.TABLE
        and swapped_stems & stems(units[window.place].text)
    }
    return [
        window
        for window in windows
        if (unit := units[window.place]).listed not in fitting
        or unit.kind is not Kind.TABLE
        or swapped_stems & stems(unit.text)
    ]


def without_other_rows(
    question: str, units: Sequence[Unit], windows: Sequence[Window]
) -> list[Window]:
    """Return the windows without rows about another thing, if the best window is a row. Those are
    the rows of its table whose first cell has only some of the question's words that another one's
    has, or none: the best of the other rows is then the best window. They are also the rows that
    have only some of its words of the question, and no others. Rows answer equally well
    if the question has at least half of the words of their first cells, and not the same ones."""
    listed = units[windows[0].place].listed
    if units[windows[0].place].kind is not Kind.TABLE:
        return list(windows)
    question_stems = weighty_stems(question)
    rows = [window.place for window in windows if units[window.place].listed == listed]
    cells = {row: named_by_first_cell(units, row) for row in rows}
    named = {row: question_stems & cells[row] for row in rows}
    others = {row for row in rows if any(named[row] < more for more in named.values())}
    left = [window for window in windows if window.place not in others]
    best = next(window for window in left if window.place in named)

    def behind(window: Window) -> float:
        row = window.place
        if (
            row in named
            and named[row] != named[best.place]
            and 2 * len(named[row]) >= len(cells[row])
        ):
            return min(TIE, window.behind)
        return max(0.0, window.behind - best.behind)

    left = [
        replace(window, behind=behind(window))
        for window in (best, *(other for other in left if other is not best))
    ]
    best_words = question_stems & stems(units[left[0].place].text)
    others |= {row for row in rows if question_stems & stems(units[row].text) < best_words}
    return [window for window in left if window.place not in others]


def named_by_first_cell(units: Sequence[Unit], row: int) -> frozenset[str]:
    """Return the words that say what a row is about: those of its first cell without those of that
    column's name, which say it of all rows."""
    headers = [lead for lead in units[row].leads if units[lead].kind is Kind.TABLE]
    column = frozenset[str]().union(*(stems(_first_cell(units[header])) for header in headers))
    return stems(_first_cell(units[row])) - column


def _first_cell(row: Unit) -> str:
    return row.text.partition("\u00b7")[0]
