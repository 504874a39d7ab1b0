"""Pandoc's and Quarto's additions to Markdown."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.sources.markdown.convert import sections

DIALECTS = ["github", "gitlab", "myst"]


def text(page: str, flavour: str = "github") -> str:
    (section,) = sections(page, flavour=flavour, path="a.md").sections
    return section.text


@pytest.mark.parametrize("flavour", DIALECTS)
def test_a_division_whose_class_is_a_kind_of_note_is_a_note(flavour: str) -> None:
    page = '::: {.callout-warning title="Hot" collapse="true"}\nMind the oven.\n:::\n\nBake.\n'

    assert text(page, flavour) == "> Warning: Hot\n>\n> Mind the oven.\n\nBake."


def test_a_division_without_braces_is_a_note_of_the_same_kind() -> None:
    assert text("::: callout-warning\nMind the oven.\n:::\n") == "> Warning: Mind the oven."


@pytest.mark.parametrize("flavour", DIALECTS)
def test_any_other_division_is_its_content(flavour: str) -> None:
    inside = "::: {.g-col}\n| a |\n|---|\n| 1 |\n:::\nBake.\n"
    page = f":::: {{#box .grid layout-ncol=2}}\n{inside}::::\nEat.\n"

    assert text(page, flavour) == "| a |\n| --- |\n| 1 |\n\nBake.\n\nEat."


def test_a_division_without_an_end_holds_the_rest() -> None:
    assert text("::: {.tip}\nBake.\n\nEat.\n") == "> Tip: Bake.\n>\n> Eat."


def test_a_hidden_division_is_no_text() -> None:
    page = '::: {style="display:none"}\nOld.\n:::\n\nBake now.\n'

    assert text(page) == "Bake now."


def test_a_line_of_colons_that_ends_nothing_is_no_text() -> None:
    assert text("- Bake.\n    :::\n- Eat.\n") == "- Bake.\n- Eat."


@pytest.mark.parametrize("attributes", ["{.red #x}", '{style="display:none"}'])
def test_a_span_keeps_its_words_and_loses_its_attributes(attributes: str) -> None:
    page = f"Do **not** bake [*the* [bread](b.md)]{attributes} now.\n"

    assert text(page) == "Do not bake [the [bread](b.md)] now."


@pytest.mark.parametrize("page", ["See [1] {x}.\n", "See [bread](b.md).\n", "A [b] c\n"])
def test_brackets_without_attributes_stay(page: str) -> None:
    assert text(page) == page.strip()


def test_a_raw_block_is_code_where_nobody_knows_it() -> None:
    assert text("```{=latex}\nx\n```\n", "obsidian") == "```{=latex}\nx\n```"


@pytest.mark.parametrize("language", ["r", "python", "sql"])
def test_a_cell_named_for_its_language_is_code(language: str) -> None:
    page = f"```{{{language}}}\n# Not a heading\nx = *1*\n```\n"

    assert text(page, "myst") == f"```{language}\n# Not a heading\nx = *1*\n```"


def test_attributes_are_no_kind_of_note() -> None:
    page = '::: {style="float: right"\nclass="menu"}\nBake.\n:::\n\nEat.\n'

    assert text(page).endswith("Bake.\n\nEat.")
