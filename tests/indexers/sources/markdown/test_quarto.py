"""Pages of Quarto and R Markdown."""

from __future__ import annotations

import pytest

from footnote_bot.indexers.sources.markdown.convert import sections


def text(page: str, path: str = "a.qmd") -> str:
    (section,) = sections(page, path=path).sections
    return section.text


@pytest.mark.parametrize("path", ["a.qmd", "a.Rmd"])
def test_a_cell_is_code_without_its_options(path: str) -> None:
    page = "Bake.\n```{r bread, fig.cap='#1'}\n#| label: x\n#| echo: true\nbake(*1*)\n```\n\nEat.\n"

    assert text(page, path) == "Bake.\n\n```r\nbake(*1*)\n```\n\nEat."


def test_a_cell_without_an_end_is_code_to_the_end() -> None:
    assert text("Bake.\n\n```{r}\n# x\n") == "Bake.\n\n```r\n# x\n```"


def test_notes_attributes_and_shortcodes_are_read() -> None:
    page = (
        "---\ntitle: Bread\ndate: '`r Sys.Date()`'\n---\n\nBake.\n\n## Rye {#sec-rye .x}\n\n"
        "::: {.callout-tip}\n## Warm\nUse rye.\n:::\n\n{{< include _more.qmd >}}\n"
    )
    read = sections(page, path="a.qmd")

    assert (read.title, read.matter.updated) == ("Bread", None)
    assert [(section.headings, section.anchor, section.text) for section in read.sections] == [
        ((), "", "Bake."),
        (("Rye",), "sec-rye", "> Tip: Warm\n>\n> Use rye."),
    ]
