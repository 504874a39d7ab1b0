"""What a visitor meets first, at the width of a laptop and of a telephone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.accessibility import violations
from tests.browser.playground import HANDBOOK, PATIENCE, Visit, playground, watched, write
from tests.ports import free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

OPENING = "How many weeks of parental leave do I get?"
GARAGE = "When does the garage open?"
WIDTHS = pytest.mark.parametrize("width", [1280, 390])


@pytest.fixture
def page(browser: Browser, demo: str, width: int) -> Iterator[Page]:
    """Return the demo's page as a new visitor sees it."""
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.set_default_timeout(PATIENCE)
    with closing(page), watched(page, demo):
        page.goto(demo)
        yield page


def composer(page: Page) -> Locator:
    return page.get_by_role("textbox", name=re.compile("^Message "))


def overlap(page: Page, *selectors: str) -> bool:
    """Return whether one of the elements that are shown covers another."""
    found = [page.locator(selector).all() for selector in selectors]
    boxes: list[Any] = [one.bounding_box() for all_ in found for one in all_ if one.is_visible()]
    assert len(boxes) > 1
    return any(
        one["x"] < other["x"] + other["width"]
        and other["x"] < one["x"] + one["width"]
        and one["y"] < other["y"] + other["height"]
        and other["y"] < one["y"] + one["height"]
        for number, one in enumerate(boxes)
        for other in boxes[:number]
    )


@WIDTHS
def test_the_page_opens_with_an_answered_question(page: Page) -> None:
    thread = page.get_by_role("region", name="Thread")
    answer = thread.locator("article", has_text="twelve weeks")
    thread.get_by_text(OPENING).wait_for()
    answer.get_by_role("link", name=re.compile("Leave")).wait_for()
    answer.get_by_role("listitem", name="Noor").get_by_text("\N{THUMBS UP SIGN} 1").wait_for()
    page.get_by_role("button", name="Ask about a lost laptop").wait_for()

    assert not overlap(page, ".tour", ".sidebar", ".main", ".side")
    assert all(button.is_visible() for button in thread.get_by_role("button", name="Send").all())
    for button in page.locator(".tour button:visible, .side button:visible").all():
        button.scroll_into_view_if_needed()
        button.click(trial=True)  # fails if another element covers it
    assert page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]  # type: ignore[index]
    assert violations(page) == []


@WIDTHS
def test_without_the_tour_the_first_thread_says_what_to_try_next(page: Page) -> None:
    page.get_by_role("button", name="Skip the tour").press("Enter")
    page.get_by_role("button", name="Ask your own question").press("Enter")

    assert composer(page).input_value() == "@footnote "
    assert page.evaluate("document.activeElement.ariaLabel") == "Message #general"
    assert violations(page) == []


@WIDTHS
def test_the_thread_of_a_question_opens_when_its_answer_comes(page: Page, width: int) -> None:
    page.get_by_role("button", name="Skip the tour").click()
    page.get_by_role("button", name="Close the thread").click()
    composer(page).fill(f"@footnote {GARAGE}")
    composer(page).press("Enter")
    thread = page.get_by_role("region", name="Thread")
    thread.locator("article", has_text="seven in the morning").wait_for()
    focus = page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent")

    assert focus == ("Message #general" if width > 1000 else "Thread")
    assert violations(page) == []


@WIDTHS
def test_an_answer_does_not_cover_what_somebody_writes(page: Page, width: int) -> None:
    page.get_by_role("button", name="Skip the tour").click()
    page.get_by_role("button", name="Close the thread").click()
    field, thread = composer(page), page.get_by_role("region", name="Thread")
    field.fill(f"@footnote {GARAGE}")
    field.press("Enter")
    field.press_sequentially("And")
    asked = page.locator(".main li.message", has_text=GARAGE).last
    asked.get_by_role("button", name="1 reply").wait_for()
    if width > 1000:
        thread.wait_for()  # the answer may come before the page knows which question is its own
    page.evaluate("() => new Promise(requestAnimationFrame)")

    assert field.input_value() == "And"
    assert field.is_visible()
    assert thread.is_visible() is (width > 1000)
    field.fill("")


@WIDTHS
def test_an_answer_in_a_direct_conversation_is_below_its_question(page: Page) -> None:
    page.get_by_role("button", name="Skip the tour").click()
    page.evaluate("playground.go(playground.store.direct.id)")
    composer(page).fill(GARAGE)
    composer(page).press("Enter")
    main = page.get_by_role("region", name="Conversation")
    asked = main.locator("li.message:not(.reply)", has_text=GARAGE).last
    answer = asked.locator("xpath=following-sibling::li[1]")
    answer.get_by_text("seven in the morning").wait_for()

    assert not page.get_by_role("region", name="Thread").is_visible()
    assert main.get_by_role("button", name="1 reply").count() == 0
    assert violations(page) == []
    answer.get_by_role("button", name="Reply", exact=True).press("Enter")
    page.get_by_role("textbox", name="Reply in the thread").wait_for()


@WIDTHS
def test_a_message_without_a_mention_gets_one_with_a_click(page: Page) -> None:
    page.get_by_role("button", name="Skip the tour").click()
    page.get_by_role("button", name="Close the thread").click()
    hint = page.get_by_text("Footnote answers when you mention it.")
    composer(page).fill(GARAGE)
    assert hint.is_visible()
    page.get_by_role("button", name="Mention @footnote").click()

    assert composer(page).input_value() == f"@footnote {GARAGE}"
    assert not hint.is_visible()
    composer(page).press("Enter")
    page.get_by_role("region", name="Thread").get_by_text("seven in the morning").wait_for()


def test_a_direct_conversation_and_a_command_need_no_mention(visit: Visit) -> None:
    hint = visit.page.get_by_text("Footnote answers when you mention it.")
    composer(visit.page).fill("/wiki")
    assert not hint.is_visible()
    composer(visit.page).fill("")
    assert hint.is_visible()
    visit.go("Footnote")

    assert not hint.is_visible()


@WIDTHS
def test_the_reasons_begin_with_a_plain_sentence(page: Page) -> None:
    thread = page.get_by_role("region", name="Thread")
    thread.get_by_role("button", name="Why this answer").press("Enter")
    plain = page.locator(".plainly")
    plain.wait_for()

    assert re.fullmatch(
        "The section “Parental leave” of “Leave” was read as the best of [0-9]+ passages found."
        " You may read it because it is open to everyone.",
        plain.inner_text(),
    )
    assert not page.get_by_role("heading", name="Stages").is_visible()
    assert violations(page) == []
    page.get_by_text("Stages and numbers").press("Enter")
    assert page.get_by_role("heading", name="Stages").is_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    thread.wait_for()


@WIDTHS
def test_a_reload_keeps_the_draft(page: Page) -> None:
    page.get_by_role("button", name="Skip the tour").click()
    page.get_by_role("textbox", name="Reply in the thread").fill("And then")
    page.get_by_role("button", name="Close the thread").click()
    composer(page).fill("Half a quest")
    page.reload()
    composer(page).wait_for()
    page.wait_for_function("() => document.querySelector('textarea').value !== ''")

    assert composer(page).input_value() == "Half a quest"
    page.get_by_role("button", name="1 reply").first.click()
    assert page.get_by_role("textbox", name="Reply in the thread").input_value() == "And then"


@WIDTHS
def test_an_open_form_belongs_to_its_window(
    page: Page, browser: Browser, demo: str, width: int
) -> None:
    settings, at_general = "/wiki settings", f"{demo}#as=U0MIRA&at=C0GENERAL"
    form, field = page.get_by_role("dialog"), composer(page)
    page.get_by_role("region", name="Thread").wait_for()  # opened by the page, in its address, too
    page.goto(at_general)
    page.reload()
    field.fill(settings)
    field.press("Escape")
    field.press("Enter")
    form.get_by_text("Only the person who asked").wait_for()
    with closing(browser.new_page(viewport={"width": width, "height": 844})) as other:
        other.set_default_timeout(PATIENCE)
        other.goto(at_general)
        composer(other).fill(settings)
        assert other.get_by_role("dialog").count() == 0
        composer(other).press("Escape")
        composer(other).press("Enter")
        other.get_by_role("dialog").get_by_text("Only the person who asked").wait_for()
        other.keyboard.press("Escape")
        other.get_by_role("dialog").wait_for(state="hidden")

    page.reload()
    form.get_by_text("Only the person who asked").wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")
    form.wait_for(state="hidden")


def test_an_open_page_goes_on_after_a_restart(browser: Browser, tmp_path: Path) -> None:
    write(tmp_path / "handbook", {"leave.md": HANDBOOK["travel-and-leave/leave.md"]})
    arguments = ["--data-dir", str(tmp_path / "data"), "--port", str(free_port())]
    with closing(browser.new_page()) as page:
        page.set_default_timeout(PATIENCE)
        with playground(tmp_path / "handbook", arguments) as first:
            page.goto(first)
            Visit(page).skip_the_tour()
            page.get_by_role("button", name="Close the thread").click()
            composer(page).fill("Half a quest")
        page.get_by_text("The playground does not answer.").wait_for()
        with playground(tmp_path / "handbook", arguments) as second:
            page.get_by_text("The playground does not answer.").wait_for(state="hidden")
            page.get_by_role("button", name="1 reply").wait_for()

            assert second == first
            assert composer(page).input_value() == "Half a quest"
