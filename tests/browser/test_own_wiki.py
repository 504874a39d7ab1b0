"""The playground over a wiki of one's own that is not on the web, as a person uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.browser.accessibility import serious_problems
from tests.browser.playground import PATIENCE, Visit, playground, write

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SETTINGS = '[[wiki]]\ntype = "markdown"\nname = "lantern"\npath = "wiki"\n'
WIKI = {
    "wiki/index.md": "# Lantern Labs\n\nWe make reading lamps.\n",
    "wiki/time off.md": "# Time off\n\n## How do I book leave?\n\nEnter the days in the calendar."
    '\n\n## Illness\n\nCall by nine. <img src=x onerror="window.harmed=1">\n',
    "wiki/laptop.md": "# How to request a laptop\n\nWrite to the IT desk.\n",
    "footnote.toml": SETTINGS,
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the page's address."""
    folder = tmp_path_factory.mktemp("own")
    write(folder, WIKI)
    options = ["--config", str(folder / "footnote.toml"), "--as", "ann@example.com"]
    with playground(folder, options) as url:
        yield url


@pytest.mark.parametrize("width", [1280, 390])
def test_a_footnote_of_a_page_that_is_not_on_the_web_leads_to_its_text(
    browser: Browser, address: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.set_default_timeout(PATIENCE)
    with closing(page):
        page.goto(address)
        visit = Visit(page)
        visit.menu()
        workspace = page.get_by_role("complementary", name="Workspace")
        workspace.get_by_text("lantern", exact=True).wait_for()
        assert "Reads what ann@example.com may read in lantern." in workspace.inner_text()
        assert page.title().endswith("- lantern - Footnote playground")
        for made_up in ("Acme", "Engineering", "salaries", "people-team", "Gus"):
            assert made_up not in workspace.inner_text()
        visit.go("footnote")
        prompts = page.get_by_role("group", name="Suggested prompts").get_by_role("button")
        prompts.first.wait_for()
        assert sorted(prompts.all_inner_texts()) == [
            "How do I book leave?",
            "How to request a laptop?",
        ]
        visit.menu()
        visit.go("general")
        answer = visit.ask("How do I book leave?")
        assert "Only you see this" not in answer.inner_text()
        answer.get_by_role("link", name=re.compile("Time off")).click()
        text = page.get_by_role("textbox", name="Text of Time off")
        text.wait_for()

        assert "# How do I book leave?\n\nEnter the days in the calendar." in text.input_value()
        assert "Call by nine." in text.input_value()
        beside = page.get_by_role("region", name="Wiki page")
        assert beside.get_by_role("button", name="Edit").count() == 0
        assert page.evaluate("window.harmed === undefined")
        assert serious_problems(page) == []
