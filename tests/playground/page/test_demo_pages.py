"""The demo's pages in the browser: who may read and edit which."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from footnote_bot.playground.confluence.site import LocalConfluence
from footnote_bot.playground.confluence.world import World
from footnote_bot.playground.confluence_demo import furnished
from footnote_bot.playground.page.demo_pages import DemoPages

SITE = "https://handbook.example"
ADA, BOB, NOBODY = "ada@example.com", "bob@example.com", "gus@example.com"


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[DemoPages]:
    folder = tmp_path / "handbook"
    for name in ("getting-started/equipment.md", "travel-and-leave/leave.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("---\ntitle: A page\n---\nText", encoding="utf-8")
    (folder / "travel-and-leave" / "overtime.md").write_text("No title", encoding="utf-8")
    (tmp_path / "secret.md").write_text("Not of the handbook", encoding="utf-8")
    world = World("cloud", now=lambda: datetime(2026, 3, 2, tzinfo=UTC))
    furnished(world)
    with LocalConfluence(world) as confluence:
        yield DemoPages(folder, SITE, confluence)


def titles(pages: DemoPages, email: str) -> set[str]:
    return {page["title"] for page in pages.list(email) if page["wiki"] == "intranet"}


def test_each_person_is_listed_what_they_may_read(pages: DemoPages) -> None:
    assert titles(pages, ADA) == {"Leave", "Expenses", "Salaries", "Salary bands"}
    assert titles(pages, BOB) == {"Leave", "Expenses", "Deploying", "On call"}
    assert titles(pages, NOBODY) == set()


def test_nobody_reads_or_edits_what_is_not_for_them(pages: DemoPages) -> None:
    (bands,) = [page for page in pages.list(ADA) if page["title"] == "Salary bands"]

    assert "58,000" in (pages.read(ADA, bands["url"]) or {})["text"]
    assert pages.read(BOB, bands["url"]) is None
    assert not pages.save(BOB, bands["url"], "<p>All is mine</p>")
    assert "58,000" in (pages.read(ADA, bands["url"]) or {})["text"]


def test_an_edited_page_has_the_new_text(pages: DemoPages) -> None:
    for page in pages.list(BOB):
        assert pages.save(BOB, page["url"], "<p>New</p>")
        assert (pages.read(BOB, page["url"]) or {})["text"] == "<p>New</p>"


def test_a_page_is_found_by_a_link_to_one_of_its_sections(pages: DemoPages) -> None:
    page = pages.read(NOBODY, f"{SITE}/travel-and-leave/leave/#annual-leave")

    assert page is not None
    assert (page["title"], page["form"]) == ("A page", "Markdown")


@pytest.mark.parametrize(
    "url",
    [
        f"{SITE}/../secret/",
        f"{SITE}/%2e%2e/secret",
        f"{SITE}/travel-and-leave/%2e%2e/%2e%2e/secret/",
        f"{SITE}/\0/",
        f"{SITE}//etc/passwd",
        f"{SITE}.evil.example/travel-and-leave/leave/",
        "http://elsewhere.example/wiki/spaces/WORK/pages/65542/Leave",
        "",
        "javascript:alert(1)",
    ],
)
def test_nothing_else_can_be_read_or_written(pages: DemoPages, url: str) -> None:
    assert pages.read(ADA, url) is None
    assert not pages.save(ADA, url, "Mine")
