"""In a table with merged cells, each value stands below its header, in Markdown and in storage
format."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from footnote_bot.indexers.sources.confluence import storage_format
from footnote_bot.indexers.sources.markdown import convert


def of_markdown(table: str) -> str:
    return "\n\n".join(
        part.text for part in convert.sections(f"{table}\n", flavour="github").sections
    )


def of_confluence(table: str) -> str:
    return "\n\n".join(part.text for part in storage_format.sections(table, title="T"))


READERS = pytest.mark.parametrize("text", [of_markdown, of_confluence])


@READERS
def test_a_cell_of_several_rows_is_repeated_in_each(text: Callable[[str], str]) -> None:
    table = (
        "<table><tr><th>Region</th><th>Role</th><th>Phone</th></tr>"
        '<tr><td rowspan="2">EU</td><td>Ops</td><td>111</td></tr>'
        "<tr><td>Sales</td><td>222</td></tr></table>"
    )

    assert text(table).splitlines()[2:] == ["| EU | Ops | 111 |", "| EU | Sales | 222 |"]


@READERS
def test_a_header_names_each_column_that_it_covers(text: Callable[[str], str]) -> None:
    table = (
        '<table><thead><tr><th rowspan="2">Place</th><th colspan="2">Phone</th></tr>'
        "<tr><th>Day</th><th>Night</th></tr></thead>"
        "<tbody><tr><td>Oslo</td><td>1</td><td>2</td></tr></tbody></table>"
    )

    assert text(table).splitlines()[0] == "| Place | Phone / Day | Phone / Night |"


@READERS
def test_a_title_across_the_table_stands_above_it(text: Callable[[str], str]) -> None:
    table = (
        '<table><tr><th colspan="2">On call</th></tr><tr><th>Who</th><th>Phone</th></tr>'
        "<tr><td>Anna</td><td>1</td></tr></table>"
    )

    assert text(table) == "On call\n\n| Who | Phone |\n| --- | --- |\n| Anna | 1 |"


@READERS
def test_a_row_that_only_repeats_is_left_out(text: Callable[[str], str]) -> None:
    table = (
        "<table><tr><th>Region</th><th>Role</th></tr>"
        '<tr><td rowspan="3">EU</td><td>Ops</td></tr><tr></tr><tr><td></td></tr></table>'
    )

    assert text(table).splitlines()[2:] == ["| EU | Ops |"]


@READERS
@pytest.mark.parametrize(("high", "wide"), [(1000, 99), (1000, 2), (2, 99), (40, 40)])
def test_repeated_cells_stay_in_proportion_to_the_table(
    text: Callable[[str], str], high: int, wide: int
) -> None:
    words = "word " * 39 + "abcd"
    table = (
        f'<table><tbody><tr><td rowspan="{high}" colspan="{wide}">{words}</td><td>x</td></tr>'
        f"{'<tr><td>y</td></tr>' * (high - 1)}</tbody></table>"
    )

    assert len(text(table)) < 40 * len(table)
    assert text(table).count("y |") == high - 1


@READERS
def test_repeated_headers_stay_in_proportion_to_the_table(
    text: Callable[[str], str],
) -> None:
    header = '<tr><th>x</th><th colspan="99">{}</th></tr>'
    headers = "".join(header.format(f"{number} words") for number in range(1000))
    table = f"<table>{headers}<tr><td>1</td><td>2</td></tr></table>"

    assert len(text(table)) < 40 * len(table)


@READERS
def test_many_columns_do_not_widen_every_row(text: Callable[[str], str]) -> None:
    table = f"<table><tr>{'<td>x</td>' * 2000}</tr>{'<tr><td>y</td></tr>' * 2000}</table>"

    assert len(text(table)) < 40 * len(table)


def test_code_in_a_header_is_kept_below_its_name() -> None:
    code = (
        '<ac:structured-macro ac:name="code"><ac:plain-text-body>'
        "<![CDATA[a = 1\nb = 2]]></ac:plain-text-body></ac:structured-macro>"
    )
    table = f"<table><tr><th>Old</th><th>New{code}</th></tr><tr><td>x</td><td>y</td></tr></table>"

    assert of_confluence(table).endswith("| x | y |\n\nNew\n\n```\na = 1\nb = 2\n```")


def test_a_long_header_does_not_name_code() -> None:
    code = (
        '<td><ac:structured-macro ac:name="code"><ac:plain-text-body>'
        "<![CDATA[a = 1\nb = 2]]></ac:plain-text-body></ac:structured-macro></td>"
    )
    table = f"<table><tr><td>{'word ' * 2000}</td>{code * 200}</tr></table>"

    assert len(of_confluence(table)) < 2 * len(table)
