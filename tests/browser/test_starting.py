"""The page while the bot reads the wikis for the first time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from footnote_bot.config.manifest_link import MANIFEST
from footnote_bot.playground.page.ports import PageParts, StartUp
from footnote_bot.playground.page.running import RunningPlayground
from tests.browser.accessibility import serious_problems
from tests.browser.playground import PATIENCE, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.mark.parametrize("width", [1280, 390])
def test_it_says_how_far_the_wikis_are_read_and_takes_questions(
    browser: Browser, width: int
) -> None:
    start_up = StartUp("Footnote is reading the wiki handbook (7 of 242 pages).")
    with RunningPlayground(MANIFEST, parts=PageParts(start_up=start_up, tour=True)) as playground:
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.set_default_timeout(PATIENCE)
        page.goto(playground.url)
        notice = page.get_by_role("note").filter(has_text="Footnote is reading")
        notice.wait_for()
        Visit(page).say("@footnote How do I book leave?")
        page.get_by_role("main").locator("article", has_text="How do I book leave?").wait_for()
        problems = serious_problems(page)
        tour = page.get_by_role("region", name="Guided tour")
        assert not tour.is_visible()
        start_up.says = ""
        notice.wait_for(state="hidden")
        tour.wait_for()
        page.close()

    assert problems == []
