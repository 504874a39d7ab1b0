"""README.md and docs/ agree with the code, and their links lead to existing files."""

from __future__ import annotations

import ast
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import click
import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from docs import reference
from footnote_bot.bot.cli import cli
from footnote_bot.config.manifest_link import MANIFEST, creation_link

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
MOST_LINES = 180
"""The most lines of README.md. People read it in a minute."""


def tokens(page: Path) -> Iterator[Token]:
    for token in MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8")):
        yield token
        yield from token.children or []


def addresses(page: Path) -> Iterator[str]:
    for token in tokens(page):
        if address := str(token.attrGet("href") or token.attrGet("src") or ""):
            yield address


def links(page: Path) -> Iterator[str]:
    """Return the addresses that lead to other files of the repository."""
    return (address for address in addresses(page) if "://" not in address)


def anchors(page: Path) -> set[str]:
    """Return the anchors of the page's headings, as GitHub makes them."""
    parsed = list(tokens(page))
    headings = (
        after.content
        for before, after in itertools.pairwise(parsed)
        if before.type == "heading_open"
    )
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_existing_files(page: Path) -> None:
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


def test_docs_commands_is_made_from_the_commands() -> None:
    """`python -m docs.reference` writes it."""
    page = reference.COMMANDS.read_text(encoding="utf-8")

    assert page == reference.commands_page(page)


def test_docs_commands_has_every_command_and_option() -> None:
    page = reference.COMMANDS.read_text(encoding="utf-8")
    for name, command in reference.commands():
        section = page.partition(f"### `footnote {name}`")[2].partition("\n### ")[0]
        options = [
            opt
            for option in command.params
            if isinstance(option, click.Option)
            for opt in option.opts
        ]
        missing = [opt for opt in options if f"`{opt}`" not in section]

        assert section, name
        assert set(missing) <= {"--config", "--data-dir"}, name


def settings() -> dict[str, set[str]]:
    """Return the names of docs/settings.md, which is made from the code, by section."""
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    names: dict[str, set[str]] = {}
    for section, table in re.findall(
        r"^## `\[+(\w+)\]+`(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE
    ):
        names.setdefault(section, set()).update(re.findall(r"^\| `(\w+)`", table, re.MULTILINE))
    return names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_setting_that_a_page_names_exists(page: Path) -> None:
    text = " ".join(page.read_text(encoding="utf-8").split())
    named = set(re.findall(r"`\[+(\w+)\]+ (\w+)", text))
    known = {(section, name) for section, names in settings().items() for name in names}

    assert len(known) > 60
    assert named <= known, named - known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_command_and_option_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    wrong, context = [], click.Context(cli)
    for name, rest in re.findall(
        r"(?:`|^ +|/)footnote ([a-z][a-z-]*)([^`#\n]*)", text, re.MULTILINE
    ):
        command = cli.get_command(context, name)
        options = {opt for param in command.params for opt in param.opts} if command else set()
        given = set(re.findall(r"(?<!\S)--[a-z-]+", rest))
        if command is None or not given <= options | {"--help"}:
            wrong.append(f"footnote {name}{rest}")

    assert wrong == []


def test_the_link_that_connects_slack_holds_the_manifest() -> None:
    """`python -m footnote_bot.config.manifest_link` prints it."""
    links_found = [address for address in addresses(README) if "manifest_json" in address]
    assert links_found == [creation_link()]
    query = parse_qs(urlsplit(links_found[0]).query)

    assert query["new_app"] == ["1"]
    assert json.loads(query["manifest_json"][0]) == json.loads(MANIFEST.read_text("utf-8"))


def test_pictures_are_small_and_described() -> None:
    pictures = [token for token in tokens(README) if token.type == "image"]
    assert pictures
    for picture in pictures:
        file = ROOT / str(picture.attrGet("src"))

        assert file.stat().st_size < 150_000, file
        assert len(picture.content) > 40, file


def test_the_first_screen_has_a_picture_and_how_to_try_it() -> None:
    first = "\n".join(README.read_text(encoding="utf-8").splitlines()[:60])

    assert "](docs/images/" in first
    assert "make demo" in first


def figures() -> Iterator[list[str]]:
    """Yield the cells of README's table of figures: the measure, the figure, its benchmark."""
    for line in README.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and re.fullmatch(r"`[\w.]+` `[\w.@]+`", cells[2]):
            yield cells


def test_the_figures_are_those_that_were_measured() -> None:
    rows = json.loads((ROOT / "benchmarks" / "results.json").read_text("utf-8"))["rows"]
    measured = {row["name"]: (row["value"], row["unit"]) for row in rows}
    figures_shown = {cells[2].replace("` `", ".").strip("`"): cells[1] for cells in figures()}
    assert len(figures_shown) >= 5
    for name, figure in figures_shown.items():
        value, unit = measured[name]
        expected = {"share": f"{value * 100:.0f}%", "ms": f"{value:.0f} ms"}.get(unit, f"{value:g}")

        assert figure == expected, name


def messages_of_the_code() -> str:
    """Return every text in the code, one a line."""
    parsed = [
        ast.parse(file.read_text(encoding="utf-8"))
        for package in ("bot", "config", "indexers", "playground")
        for file in (ROOT / package).rglob("*.py")
    ]
    texts = [
        node.value
        for tree in parsed
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return "\n".join([(ROOT / "Makefile").read_text(encoding="utf-8"), *texts])


def test_troubleshooting_quotes_messages_that_the_code_has() -> None:
    page = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    quoted = re.findall(r"^\| `([^`/][^`]+)`", page, re.MULTILINE)
    messages = messages_of_the_code()

    assert len(quoted) > 20
    assert [message for message in quoted if message not in messages] == []
