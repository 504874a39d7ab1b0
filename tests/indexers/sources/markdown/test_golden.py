"""The pages of each dialect against the text that a person read in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote_bot.indexers.sources.markdown.convert import ParsedPage, sections

DATA = Path(__file__).parents[3] / "data" / "markdown"
INPUTS = sorted(file for file in DATA.glob("*/*") if file.suffix in (".md", ".mdx"))
REAL = {"govuk": "middleman", "playbook": "mkdocs"}


def flavour_of(file: Path) -> str:
    return REAL[file.name.split("-")[0]] if file.parent.name == "real" else file.parent.name


def golden_text(page: ParsedPage) -> str:
    """Return a page in the form of its golden file."""
    matter = page.matter
    facts = {
        "title": page.title,
        "description": matter.description,
        "tags": ", ".join(matter.tags),
        "owner": matter.owner,
        "updated": matter.updated,
        "outdated": matter.outdated or "",
        "warnings": "; ".join(page.warnings),
    }
    lines = [f"{name}: {value}" for name, value in facts.items() if value]
    for section in page.sections:
        lines += ["", f"=== {' > '.join(section.headings)} #{section.anchor}", section.text]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("file", INPUTS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_page_reads_as_its_golden_file_says(file: Path) -> None:
    page = sections(file.read_text(encoding="utf-8"), flavour=flavour_of(file), path=file.name)

    golden = file.with_name(file.name + ".txt")
    assert golden_text(page) == golden.read_text(encoding="utf-8")


def test_names_and_values_below_an_empty_header_stay_what_they_are() -> None:
    """As a header, the first row would name the columns: "Span: Price"."""
    rows = "| Span | 3.2 m |\n| Price | 349 |"
    (section,) = sections(f"| | |\n|---|---|\n{rows}\n", flavour="github", path="a.md").sections

    assert section.text == f"|  |  |\n| --- | --- |\n{rows}"


@pytest.mark.parametrize(
    ("quoted", "expected"),
    [
        ("> **Note**\n> Set it.", "> Note: Set it."),
        ("> **Warning**\n>\n> Set it.", "> Warning: Set it."),
        ("> **Note**: Set it.", "> Note: Set it."),
        ("> **Anna**\n> said so.", "> Anna said so."),
        ("> **Note** it down.", "> Note it down."),
    ],
)
def test_a_bold_label_on_a_line_by_itself_is_a_callouts(quoted: str, expected: str) -> None:
    (section,) = sections(quoted, flavour="github", path="a.md").sections

    assert section.text == expected
