"""Tables of HTML in Markdown: which rows name the columns."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.sources.markdown.convert import sections

IN_A_HEAD = (
    "<thead><tr><td>Name</td><td>Room</td></tr><tr><td>Ann</td><td>12</td></tr></thead>"
    "<tbody><tr><td>Bob</td><td>14</td></tr></tbody>"
)
OF_HEADERS = (
    "<tr><th>Name</th><th>Room</th></tr><tr><th>Ann</th><th>12</th></tr>"
    "<tr><td>Bob</td><td>14</td></tr>"
)
GROUPED = (
    "<tr><th>Name</th><th>Room</th></tr><tr><th colspan=2>Berlin</th></tr>"
    "<tr><td>Ann</td><td>12</td></tr>"
)
MERGED = (
    "<tr><th rowspan=2>Name</th><th colspan=2>Room</th></tr><tr><th>old</th><th>new</th></tr>"
    "<tr><td>Ann</td><td>12</td><td>14</td></tr>"
)


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        (IN_A_HEAD, ["| Name | Room |", "| --- | --- |", "| Ann | 12 |", "| Bob | 14 |"]),
        (OF_HEADERS, ["| Name | Room |", "| --- | --- |", "| Ann | 12 |", "| Bob | 14 |"]),
        (GROUPED, ["| Name | Room |", "| --- | --- |", "| Berlin |  |", "| Ann | 12 |"]),
        (
            MERGED,
            ["| Name | Room / old | Room / new |", "| --- | --- | --- |", "| Ann | 12 | 14 |"],
        ),
    ],
)
def test_a_second_row_of_headers_names_the_columns_only_below_a_merged_cell(
    rows: str, lines: list[str]
) -> None:
    (section,) = sections(f"<table>{rows}</table>\n", flavour="github").sections

    assert section.text.splitlines() == lines


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("<ul><li>flour</li><li>salt</li></ul>", "• flour • salt"),
        ("Take:<ol><li>flour</li><li>salt</li></ol>now", "Take: 1. flour 2. salt now"),
        ("\n\n- flour\n  - rye\n- salt\n\n", "• flour • rye • salt"),
    ],
)
def test_the_items_of_a_list_in_a_cell_keep_their_marks(cell: str, expected: str) -> None:
    page = f"<table><tr><th>A</th></tr><tr><td>{cell}</td></tr></table>\n"
    (section,) = sections(page, path="a.md").sections

    assert section.text == f"| A |\n| --- |\n| {expected} |"
