"""MyST directives and roles that the page in `tests/data` does not show."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.sources.markdown.convert import sections


def text(page: str) -> str:
    return "\n".join(section.text for section in sections(page, flavour="myst").sections)


def test_a_directive_without_an_end_ends_with_the_page() -> None:
    assert text(":::{note}\nFirst.\n\nSecond.\n") == "> Note: First.\n>\n> Second."


def test_a_directive_in_a_list_ends_with_its_item() -> None:
    page = "- One\n\n  ```{tip}\n  Take care.\n  ```\n- Two\n"

    assert text(page) == "- One\n  > Tip: Take care.\n- Two"


def test_a_directive_that_nothing_closes_ends_with_its_item() -> None:
    page = "- One\n\n  ```{tip}\n  Take care.\n- Two\n\nAfter.\n"

    assert text(page) == "- One\n  > Tip: Take care.\n- Two\n\nAfter."


def test_directives_nested_deeper_than_anybody_writes_lose_no_word() -> None:
    page = "".join(f"{':' * (200 - depth)}{{note}}\n" for depth in range(150)) + "Innermost.\n"

    assert "Innermost." in text(page)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("{ref}`the table <limits>`", "the table"),
        ("{ref}`limits`", "limits"),
        ("{py:class}`~a.b.Client`", "Client"),
        ("{py:class}`!a.b.Client`", "a.b.Client"),
        ("{kbd}`Esc`", "`Esc`"),
        ("{math}`x < y`", "$x < y$"),
        ("{ref}``a`", "{ref}``a`"),
        ("{no role} `a`", "{no role} `a`"),
    ],
)
def test_a_role_is_read_as_it_is_shown(role: str, expected: str) -> None:
    assert text(f"See {role} now.") == f"See {expected} now."


def test_a_table_written_as_a_list_is_a_list() -> None:
    page = (
        "```{list-table} Breads\n:header-rows: 1\n\n* - Name\n  - Heat\n* - **Rye**\n  - 200\n"
        "* - Oat\n  - - low\n    - high\n```\n"
    )

    assert text(page) == (
        "Breads\n\n- - Name\n  - Heat\n- - Rye\n  - 200\n- - Oat\n  - - low\n    - high"
    )


def test_values_with_commas_are_a_table() -> None:
    rows = 'Rye, `200`\n"Oat", [180](a.md)\n'
    page = f'```{{csv-table}} Breads\n:header: Name, "Heat, up to"\n\n{rows}```\n'

    assert text(page) == (
        "Breads\n\n| Name | Heat, up to |\n| --- | --- |\n| Rye | `200` |\n| Oat | [180](a.md) |"
    )


def test_what_a_directive_describes_is_named() -> None:
    page = (
        "````{py:class} Oven(heat)\n```{option} --hot\nHotter.\n```\n````\n```{py:module} a\n```\n"
    )

    assert text(page) == "Oven(heat)\n\n--hot\n\nHotter."


def test_an_icon_is_no_word() -> None:
    assert text("Bake {octicon}`flame;1em` now.\n") == "Bake now."
