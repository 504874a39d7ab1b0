"""README.md and docs/ say what the code does, and lead to what is there."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.cli import cli

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
MOST_LINES = 180
"""Of README.md, which is read by whoever has a minute."""


def tokens(page: Path) -> Iterator[Token]:
    for token in MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8")):
        yield token
        yield from token.children or []


def links(page: Path) -> Iterator[str]:
    """The addresses that lead to other files here."""
    for token in tokens(page):
        address = str(token.attrGet("href") or token.attrGet("src") or "")
        if address and "://" not in address:
            yield address


def anchors(page: Path) -> set[str]:
    """The anchors of its headings, as GitHub makes them."""
    parsed = list(tokens(page))
    headings = (
        after.content
        for before, after in itertools.pairwise(parsed)
        if before.type == "heading_open"
    )
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_what_is_there(page: Path) -> None:
    for address in links(page):
        path, _, anchor = address.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), address
        assert not anchor or anchor in anchors(target), address


def test_every_page_of_the_docs_is_linked() -> None:
    linked = {
        (page.parent / link.partition("#")[0]).resolve() for page in PAGES for link in links(page)
    }

    assert set(PAGES) <= linked | {ROOT / "README.md"}


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_the_commands_table_is_the_code_s() -> None:
    context = click.Context(cli)
    wanted = [
        f"| `footnote {name}` | {command.get_short_help_str(200)} |"
        for name in cli.list_commands(context)
        if (command := cli.get_command(context, name))
    ]
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    printed = [line for line in text.splitlines() if line.startswith("| `")]

    assert printed == wanted, "put this into docs/commands.md:\n" + "\n".join(wanted)
