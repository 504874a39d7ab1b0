"""The playground in a browser: Debian's chromium, driven by Playwright (`make test-browser`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.browser.playground import HANDBOOK, PATIENCE, Visit, playground, watched, write
from tests.browser.serving import harness

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

HAS_PLAYWRIGHT = find_spec("playwright") is not None
collect_ignore_glob = [] if HAS_PLAYWRIGHT else ["test_*.py"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a browser with a new profile."""
    # Playwright comes with the extra `browser`, which `make test` does not install.
    from playwright.sync_api import sync_playwright

    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Return the address of the page that shows payloads."""
    with harness() as url:
        yield url


@pytest.fixture(scope="session")
def opened(browser: Browser, address: str) -> Iterator[tuple[Page, list[str]]]:
    """Return the page that shows payloads, and the list of its complaints."""
    page = browser.new_page()
    page.set_default_timeout(20_000)
    complaints: list[str] = []

    def foreign(request: Request) -> None:
        if not request.url.startswith((address, "data:")):
            complaints.append(f"asked for {request.url}")

    page.on("request", foreign)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    page.wait_for_selector("html[data-ready]", state="attached")
    yield page, complaints
    page.close()


@pytest.fixture
def kit(opened: tuple[Page, list[str]]) -> Iterator[Page]:
    """Return the empty page. A foreign request or an error of the page fails the test."""
    page, complaints = opened
    page.set_viewport_size({"width": 1000, "height": 800})
    page.emulate_media(color_scheme="light")
    page.evaluate("harness.reset()")
    complaints.clear()

    yield page

    assert complaints + page.evaluate("harness.violations") == []


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the demo's page, with a handbook of a few pages."""
    folder = tmp_path_factory.mktemp("playground")
    write(folder / "handbook", HANDBOOK)
    with playground(folder / "handbook", ["--data-dir", str(folder / "data")]) as url:
        yield url


@pytest.fixture
def visit(browser: Browser, demo: str) -> Iterator[Visit]:
    """Return a page of the demo. A foreign request or an error of the page fails the test."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE)
    with closing(page), watched(page, demo):
        page.goto(demo)
        visit = Visit(page)
        visit.skip_the_tour()
        yield visit
