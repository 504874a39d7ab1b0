"""Pages of Quarto and R Markdown."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote_bot.indexers.sources.markdown.convert import sections
from tests.indexers.sources.markdown.test_flavours import read_pages, write_files


def text(page: str, path: str = "a.qmd") -> str:
    (section,) = sections(page, path=path).sections
    return section.text


@pytest.mark.parametrize("path", ["a.qmd", "a.Rmd"])
def test_a_cell_is_code_without_its_options(path: str) -> None:
    page = "Bake.\n```{r bread, fig.cap='#1'}\n#| label: x\n#| echo: true\nbake(*1*)\n```\n\nEat.\n"

    assert text(page, path) == "Bake.\n\n```r\nbake(*1*)\n```\n\nEat."


@pytest.mark.parametrize(
    "cell",
    [
        "```{r, include=FALSE}\nx\n```\n",
        "```{r bread, echo = F}\nx\n```\n",
        "```{python}\n#| label: y\n#| echo: false\nx\n```\n",
        "```{ojs}\n//| include: false\nx\n```\n",
    ],
)
def test_a_cell_that_the_site_hides_is_no_text(cell: str) -> None:
    assert text(f"Bake.\n\n{cell}\nEat.\n") == "Bake.\n\nEat."


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


def test_the_site_says_its_address_and_a_page_is_read_once(tmp_path: Path) -> None:
    """What a page's cells print is in the Markdown that was made from it."""
    files = {
        "_quarto.yml": "website:\n  site-url: https://bread.example.com\n",
        "guides/rye.qmd": "## A. Rye!\n\nBake.",
        "guides/oat [1].Rmd": "```{r}\nbake()\n```\n",
        "guides/oat [1].md": "It takes 40 minutes.",
    }
    pages = read_pages(write_files(tmp_path, files), "")

    assert {key: page.url for key, page in pages.items()} == {
        "guides/rye.qmd": "https://bread.example.com/guides/rye.html",
        "guides/oat [1].md": "https://bread.example.com/guides/oat%20%5B1%5D.html",
    }
    assert pages["guides/rye.qmd"].sections[0].anchor == "a.-rye"
