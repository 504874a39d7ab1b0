"""Workbooks as sections."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart
from openpyxl.styles import Font

from footnote_bot.indexers.sources.attachments.reading import read
from tests.indexers.sources.attachments.files import saved, xlsx


def text_of(data: bytes) -> str:
    [section] = read("a.xlsx", data).sections
    return section.text


def table(*rows: str) -> str:
    head, *body = (f"| {row} |" for row in rows)
    return "\n".join([head, "|" + " --- |" * (rows[0].count("|") + 1), *body])


def test_a_sheet_is_a_section_and_a_hidden_one_is_none() -> None:
    book = Workbook()
    first, second, third, empty = (
        book.worksheets[0],
        *(book.create_sheet(name) for name in ("Rota", "Old", "Empty")),
    )
    first.title = "Hosts"
    first["A1"], second["A1"], third["A1"] = "web", "Ana", "secret"
    third.sheet_state = "hidden"
    sections = read("a.xlsx", saved(book)).sections

    assert [(part.headings, part.text) for part in sections] == [
        (("Hosts",), "web"),
        (("Rota",), "Ana"),
    ]
    assert empty.title == "Empty"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.0, "1"),
        (0.1 + 0.2, "0.3"),
        (12_345_678_901, "12345678901"),
        (True, "TRUE"),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1), "2026-03-01"),  # noqa: DTZ001 - a sheet knows no zones
        (datetime(2026, 3, 1, 9, 30), "2026-03-01 09:30"),  # noqa: DTZ001
        (datetime(2026, 3, 1, 0, 0, 45), "2026-03-01 00:00:45"),  # noqa: DTZ001
        (time(9, 30), "09:30"),
        (time(0, 3, 45), "00:03:45"),
        (timedelta(hours=30), "1 day, 6:00:00"),
        ("two\nlines | of it", "two lines \\| of it"),
        ("#N/A", ""),
        ("=A1+1", ""),
    ],
)
def test_a_cell_says_its_value(value: object, expected: str) -> None:
    """A formula shows its last value. This file has none."""
    assert text_of(xlsx([["Key", "Value"], ["a", value]])).splitlines()[2] == (
        f"| a | {expected} |" if expected else "| a |  |"
    )


def test_shares_are_shown_as_the_sheet_shows_them() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Region", "Share"])
    sheet.append(["North", 0.256])
    sheet["B2"].number_format = "0.0%"

    assert text_of(saved(book)).endswith("| North | 25.6% |")


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (25.6, '0.0"%"', "25.6"),
        (25.6, r"0.0\%", "25.6"),
        (1067, "00000", "01067"),
        (-7, "000", "-7"),
        (1.5, "00", "1.5"),
        (12, '"00"', "12"),
    ],
)
def test_a_number_is_the_one_that_its_format_shows(value: float, form: str, expected: str) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Name", "Number"])
    sheet.append(["web", value])
    sheet["B2"].number_format = form

    assert text_of(saved(book)).endswith(f"| web | {expected} |")


def test_a_struck_cell_says_nothing() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Host", "Port"])
    sheet.append(["web", 80])
    sheet["B2"].font = Font(strike=True)

    assert text_of(saved(book)).endswith("| web |  |")


def test_columns_that_are_left_out_are_reported() -> None:
    content = read("a.xlsx", xlsx([[f"c{n}" for n in range(1, 102)], range(1, 102)]))

    assert "c100 |" in content.sections[0].text
    assert "c101" not in content.sections[0].text
    assert content.warnings == ("only the first 100 columns of a sheet are read",)


def test_a_title_above_a_table_is_text_and_empty_rows_and_columns_are_gone() -> None:
    rows = [[], [None, "Hosts of 2026"], [], [None, "Name", None, "Port"], [None, "web", None, 80]]

    assert text_of(xlsx(rows)) == "Hosts of 2026\n\n" + table("Name | Port", "web | 80")


def test_an_empty_row_parts_tables_only_before_another_header() -> None:
    rows = [
        ["Name", "Port"], ["web", 80], [], ["db", 5432], [],
        ["Person", "Phone"], ["Ana", 7], [],
        ["Old ones"], ["Name", "Port"], ["mail", 25],
    ]  # fmt: skip

    assert text_of(xlsx(rows)) == "\n\n".join(
        [
            table("Name | Port", "web | 80", "db | 5432"),
            table("Person | Phone", "Ana | 7"),
            "Old ones",
            table("Name | Port", "mail | 25"),
        ]
    )


def test_a_merged_cell_says_its_words_in_each_of_its_rows_and_columns() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (["Plan", None], ["Team", "Year", None], ["Web", 1, 2], [None, 3, 4], ["App", 5, 6]):
        sheet.append(row)
    for cells in ("A1:C1", "B2:C2", "A3:A4"):
        sheet.merge_cells(cells)

    assert text_of(saved(book)) == "Plan\n\n" + table(
        "Team | Year | Year", "Web | 1 | 2", "Web | 3 | 4", "App | 5 | 6"
    )


def test_charts_on_sheets_of_their_own_are_passed_over() -> None:
    book = Workbook()
    book.worksheets[0]["A1"] = "web"
    book.create_chartsheet("Chart").add_chart(BarChart())

    assert text_of(saved(book)) == "web"
