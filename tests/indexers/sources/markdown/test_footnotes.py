"""A footnote stands in the section that is the first to refer to it."""

from __future__ import annotations

from footnote_bot.indexers.sources.markdown.convert import ParsedPage, sections

NOTE = "\n[^1]: Only after six months.\n"


def parts(page: ParsedPage) -> list[tuple[str, str]]:
    return [(" > ".join(section.headings), section.text) for section in page.sections]


def test_a_footnote_of_a_heading_stands_below_it() -> None:
    page = sections(f"# T\n\n## Vacation[^1]\n\nYou get 20 days.\n\n## Pay\n\nMonthly.\n{NOTE}")

    assert parts(page) == [
        ("Vacation", "You get 20 days.\n\n[1] Only after six months."),
        ("Pay", "Monthly."),
    ]


def test_a_footnote_of_the_title_stands_at_the_top() -> None:
    page = sections(f"# Vacation[^1]\n\nYou get 20 days.\n\n## Pay\n\nMonthly.[^1]\n{NOTE}")

    assert page.title == "Vacation"
    assert parts(page) == [
        ("", "You get 20 days.\n\n[1] Only after six months."),
        ("Pay", "Monthly.[1]"),
    ]


def test_a_footnote_is_all_that_a_heading_without_text_has() -> None:
    page = sections(f"# T\n\n## **Vacation[^1]**\n\n## Pay\n\nMonthly.\n{NOTE}")

    assert parts(page) == [("Vacation", "[1] Only after six months."), ("Pay", "Monthly.")]


def test_a_footnote_of_struck_words_is_as_invalid_as_they_are() -> None:
    page = sections(f"# T\n\n## Vacation ~~until May[^1]~~\n\nYou get 20 days.\n{NOTE}")

    assert parts(page) == [("Vacation", "You get 20 days.")]
