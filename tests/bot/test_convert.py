"""`footnote convert` on Confluence's storage format."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from footnote_bot.bot.cli import cli
from tests.kept_logging import kept_logging

BODY = "<h2>Leave</h2><p>Ask <em>now</em>&nbsp;&ouml; or *later*.</p>"
READ = [{"headings": ["Leave"], "anchor": "page-Leave", "text": "Ask now ö or *later*."}]


def convert(*arguments: str) -> object:
    result = CliRunner().invoke(cli, ["convert", *arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    with kept_logging():
        yield


@pytest.mark.parametrize("name", ["page.xml", "page.html", "page.XHTML", "page.storage"])
def test_a_file_s_ending_says_that_it_is_storage_format(name: str) -> None:
    Path(name).write_text(BODY, encoding="utf-8")

    assert convert(name) == READ


@pytest.mark.parametrize(
    "body",
    [
        '<h2 local-id="1">Sick leave</h2><p>Ask.</p>',
        '<h2>Sick leave</h2><p>Ask.</p><ac:structured-macro ac:name="toc" ac:local-id="1" />',
    ],
)
def test_a_page_of_clouds_new_editor_has_its_anchors(body: str) -> None:
    Path("page.xml").write_text(body, encoding="utf-8")

    assert convert("page.xml") == [
        {"headings": ["Sick leave"], "anchor": "Sick-leave", "text": "Ask."}
    ]


def test_the_format_named_goes_before_the_ending() -> None:
    Path("page.txt").write_text(BODY, encoding="utf-8")
    Path("page.xml").write_text("# Leave\n\nAsk *now*.", encoding="utf-8")

    assert convert("page.txt", "--format", "storage") == READ
    assert convert("page.xml", "--format", "markdown") != convert("page.xml")


def test_other_endings_are_markdown() -> None:
    Path("page.md").write_text("# Page\n\n## Leave\n\nAsk *now*.", encoding="utf-8")

    assert convert("page.md") == [{"headings": ["Leave"], "anchor": "leave", "text": "Ask now."}]


def test_a_page_without_text_is_told_and_is_no_failure() -> None:
    Path("empty.md").write_text("", encoding="utf-8")
    result = CliRunner().invoke(cli, ["convert", "empty.md"], catch_exceptions=False)

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "There is no text to read in empty.md.\n"
    assert convert("empty.md") == []
