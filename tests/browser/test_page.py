"""The playground's page as a person uses it: the bot, the local Slack and the wikis are real."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.accessibility import serious_problems
from tests.browser.playground import PATIENCE, Visit, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser


LAPTOP = "What should I do if I lose my laptop?"


def test_a_question_is_answered_with_its_source(visit: Visit) -> None:
    visit.go("general")
    answer = visit.ask(LAPTOP)

    assert "Inform your team." in answer.inner_text()
    link = answer.get_by_role("link", name=re.compile("Equipment"))
    assert (link.get_attribute("href") or "").startswith(
        "https://handbook.tts.gsa.gov/getting-started/equipment/"
    )


def test_a_flag_goes_its_whole_way(visit: Visit) -> None:
    """From the button below an answer to the card, the edit of the page, and the new answer."""
    page, window = visit.page, visit.window
    visit.become("Bob")
    visit.go("general")
    answer = visit.ask("What does a parking space cost?")
    answer.get_by_role("button", name="Flag").click()
    window.get_by_role("button", name="Send").click()
    assert "Please complete this required field." in window.inner_text()
    window.get_by_label("It is outdated").check()
    window.get_by_label("What should it say?").fill("It is 45 euros now.")
    window.get_by_role("button", name="Send").click()
    window.wait_for(state="hidden")
    visit.become("Mira")
    visit.go("wiki-review")
    card = page.locator("article", has_text="It is 45 euros now.").last
    card.get_by_role("button", name="Take").click()
    card.get_by_role("button", name="Take").wait_for(state="detached")
    card.get_by_role("button", name="Write the answer").click()
    window.get_by_role("textbox", name="The answer").fill("It is 45 euros.")
    window.get_by_label("Parking").check()
    window.get_by_label("Until when is it valid?").fill("2020-01-01")
    window.get_by_role("button", name="Send").click()
    window.get_by_text("That day has passed").wait_for()
    assert window.get_by_role("textbox", name="The answer").input_value() == "It is 45 euros."
    window.get_by_role("button", name="Cancel").click()
    window.wait_for(state="hidden")
    card.get_by_role("link", name="Parking").click()
    text = page.get_by_role("textbox", name="Text of Parking")
    page.get_by_role("button", name="Edit", exact=True).click()
    text.fill(text.input_value().replace("40", "45"))
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved.").wait_for()
    visit.say("/wiki reindex handbook")
    card.get_by_text("New answer").wait_for()

    assert "A space costs 40 euros" in card.inner_text().split("New answer")[0]
    assert "A space costs 45 euros" in card.inner_text().split("New answer")[1]
    visit.become("Bob")
    visit.go("general")
    assert "45 euros" in visit.ask("What does a space for parking cost?").inner_text()


WATCH = """(thread) => {
    window.seen = [];
    const look = () => {
        const answer = [...thread.querySelectorAll("article")].at(-1);
        if (answer) window.seen.push([answer.ariaBusy === "true", answer.textContent]);
    };
    new MutationObserver(look).observe(thread, {subtree: true, childList: true, attributes: true});
}"""


def test_an_answer_of_the_recorded_model_streams_and_leaves_out_what_no_page_says(
    visit: Visit,
) -> None:
    page = visit.page
    visit.become("Bob")
    page.get_by_label("Recorded model").check()
    visit.go("footnote")
    visit.ask("When does the garage open?")
    visit.conversation.get_by_role("button", name="Reply", exact=True).last.click()
    visit.thread.evaluate(WATCH)
    reply = visit.thread.get_by_role("textbox", name="Reply in the thread")
    reply.fill("How do I deploy to production?")
    reply.press("Enter")
    visit.thread.get_by_role("button", name="Helpful").nth(1).wait_for()
    states = page.evaluate("window.seen")
    final = visit.thread.locator("article").last.inner_text()
    page.get_by_label("Recorded model").uncheck()

    streamed = [text for is_busy, text in states if is_busy]
    assert any("Merge to main." in text and "ends on Monday" not in text for text in streamed)
    assert not states[-1][0]
    assert "The freeze ends on Monday morning." in final
    assert "I left out one statement that I could not verify." in final
    assert "72 hours" not in "".join(text for _, text in states)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_recorded_question_goes_to_its_place_and_no_true_sentence_is_marked(
    visit: Visit, width: int
) -> None:
    page = visit.page
    page.set_viewport_size({"width": width, "height": 900})
    for place, question, sentences in (
        ("#general", LAPTOP, ("inform your team.", "tampered with")),
        ("footnote", "deploy to production", ("Then run", "frozen from Friday noon.", "Monday")),
        ("#people-team", "salary band", ("58,000 to 71,000.", "Senior engineer.")),
    ):
        visit.menu()
        page.get_by_label("Recorded model").check()
        page.locator(".foot").get_by_role("button", name=question).click()
        page.locator(".main .title", has_text=place).wait_for()
        is_direct = place == "footnote"
        shown = visit.conversation if is_direct else visit.thread
        answers = shown.locator("article:not([aria-busy])", has_text="Helpful")
        earlier = answers.count() if is_direct else 0
        page.get_by_role("textbox", name=re.compile("^Message ")).press("Enter")
        answers.nth(earlier).wait_for()
        answer = answers.last.inner_text()

        assert all(sentence in answer for sentence in sentences)
        assert "72 hours" not in answer
        assert answer.count("verify") == ("deploy" in question)
        assert "second reading" not in answer
        if not is_direct:
            visit.thread.get_by_role("button", name="Close the thread").click()
    visit.menu()
    page.get_by_label("Recorded model").uncheck()


FOLDED = ("Stages", "Confidence", "Scores and gates", "Rights")


def test_the_drawer_tells_why_an_answer_is_as_it_is(visit: Visit) -> None:
    page = visit.page
    visit.become("Bob")
    visit.go("general")
    answer = visit.ask("When does the garage open?")
    assert "seven in the morning" in answer.inner_text()
    visit.thread.get_by_role("button", name="Why this answer").last.click()
    drawer = page.locator(".why")
    drawer.get_by_text("read as the best").wait_for()

    plain = drawer.locator(".plainly").inner_text()
    best = "The section “When does the garage open[?]” of “Parking” was read as the best of \\d+ "
    assert re.match(best, plain)
    assert plain.endswith("You may read it because it is open to everyone.")
    folded = [drawer.get_by_role("heading", name=part, exact=True) for part in FOLDED]
    assert not any(heading.is_visible() for heading in folded)
    assert drawer.get_by_role("heading", name="Pages and passages").is_visible()
    drawer.get_by_text("Stages and numbers").press("Enter")
    assert all(heading.is_visible() for heading in folded)
    assert "[object" not in drawer.inner_text()
    assert serious_problems(page) == []


def test_why_an_answer_may_be_read_is_true_for_its_reader(visit: Visit) -> None:
    visit.become("Ada")
    visit.go("Footnote")
    visit.ask("What is the salary band of level 4?")
    visit.conversation.get_by_role("button", name="Why this answer").last.click()
    plain = visit.page.locator(".plainly")

    plain.wait_for()

    assert plain.inner_text().endswith(
        "You may read it because of a group that you are in and your account in the wiki."
    )


def test_the_sidebar_names_the_way_to_a_language_model(visit: Visit) -> None:
    foot = visit.page.locator(".foot")

    foot.get_by_text("Without a language model, answers are sections of the pages.").wait_for()
    assert "footnote init, or [llm] in footnote.toml" in foot.inner_text()


def test_the_guided_tour_goes_through_its_five_steps(browser: Browser, demo: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE)
    with closing(page), watched(page, demo):
        page.goto(demo)
        tour, visit = page.get_by_role("region", name="Guided tour"), Visit(page)
        tour.get_by_role("button", name="Ask about a lost laptop").click()
        visit.thread.locator("li.message", has_text=LAPTOP).wait_for()
        visit.thread.get_by_role("button", name="Helpful").wait_for()
        for send in page.get_by_role("button", name="Send").all():
            send.click(trial=True)  # fails if another element covers it
        tour.get_by_role("button", name="Next").click()
        tour.get_by_role("button", name="Open the reasons").click()
        page.locator(".plainly").wait_for()
        tour.get_by_role("button", name="Next").click()
        tour.get_by_role("button", name="Ask as Ada").click()
        visit.conversation.get_by_text("58,000 to 71,000").first.wait_for()
        tour.get_by_role("button", name="Next").click()
        tour.get_by_role("button", name="Flag the first answer").click()
        visit.window.get_by_label("Something is missing").check()
        visit.window.get_by_role("button", name="Send").click()
        visit.window.wait_for(state="hidden")
        tour.get_by_role("button", name="See the card as Mira").click()
        card = visit.conversation.locator("article", has_text=LAPTOP).last
        card.get_by_role("button", name="Take").wait_for()
        tour.get_by_role("button", name="Next").click()
        tour.get_by_role("button", name="Edit the page").click()
        page.get_by_role("textbox", name="Text of Equipment").wait_for()
        tour.get_by_role("button", name="Save and reindex").click()
        card.get_by_text("New answer").wait_for()

        assert "555-0100" in card.inner_text().split("New answer")[1]


def test_two_people_get_what_they_may_read(visit: Visit) -> None:
    question = "What is the salary band of level 4?"
    replies = {}
    for name in ("Ada", "Bob"):
        visit.become(name)
        visit.go("Footnote")
        visit.say(question)
        asked = visit.conversation.locator("li.message", has_text=question).last
        reply = asked.locator("xpath=following-sibling::li[last()]")
        reply.wait_for()
        replies[name] = reply.inner_text()

    assert "58,000 to 71,000" in replies["Ada"]
    assert "58,000" not in replies["Bob"]


def test_text_typed_into_an_edit_stays_when_others_react(
    visit: Visit, browser: Browser, demo: str
) -> None:
    visit.become("Bob")
    visit.go("general")
    visit.say("Meeting at nine")
    message = visit.page.locator("li.message", has_text="Meeting at nine").last
    message.hover()
    message.get_by_role("button", name="Edit").click()
    field = visit.page.get_by_role("textbox", name="Edit the message")
    field.fill("Meeting at ten")
    with closing(browser.new_page()) as other:
        other.set_default_timeout(PATIENCE)
        other.goto(f"{demo}#as=U0ADA&at=C0GENERAL")
        message_there = other.locator("li.message", has_text="Meeting at nine").last
        message_there.hover()
        message_there.get_by_role("button", name="React with \N{THUMBS UP SIGN}").click()
        visit.page.wait_for_function(
            "() => JSON.stringify([...playground.store.entries]).includes('reactions')"
        )
        visit.page.evaluate("() => new Promise(requestAnimationFrame)")

    assert field.input_value() == "Meeting at ten"
    visit.page.get_by_role("button", name="Save", exact=True).click()
    visit.page.get_by_text("Meeting at ten").wait_for()


def test_channels_are_those_of_the_person(visit: Visit) -> None:
    visit.become("Gus")
    places = visit.page.get_by_role("navigation")
    places.get_by_role("button", name="people-team").wait_for(state="detached")

    assert places.get_by_role("button", name="general").count() == 1
    assert places.get_by_role("button", name="wiki-review").count() == 0
    visit.become("Ada")
    places.get_by_role("button", name="people-team").wait_for()


def test_a_hostile_page_of_a_wiki_stays_text(visit: Visit) -> None:
    visit.go("general")
    answer = visit.ask("Who rows the boat on Sundays?")

    assert "rowed by six people" in answer.inner_text()
    assert answer.locator("script, iframe, img, .kit-broadcast").count() == 0
    assert answer.locator("a:not([href^='https://handbook.tts.gsa.gov/'])").count() == 0
    assert visit.page.evaluate("window.harmed === undefined")


def test_the_settings_of_a_channel_are_saved_in_a_form(visit: Visit) -> None:
    visit.become("Mira")
    visit.go("ext-partner")
    visit.say("/wiki settings")
    window = visit.window
    window.get_by_label("Only the person who asked").check()
    assert serious_problems(visit.page) == []
    window.get_by_role("button", name="Save").click()
    window.wait_for(state="hidden")
    visit.page.get_by_text("Only visible to you").first.wait_for()
    visit.say("/wiki settings")

    assert window.get_by_label("Only the person who asked").is_checked()
    visit.page.keyboard.press("Escape")
    window.wait_for(state="hidden")


@pytest.mark.parametrize("width", [1280, 390])
def test_questions_of_headings_are_suggested_at_home_and_in_direct_messages(
    visit: Visit, width: int
) -> None:
    page = visit.page
    page.set_viewport_size({"width": width, "height": 900})
    visit.menu()
    visit.go("Home")
    home = page.get_by_role("region", name="Home")
    home.get_by_text("For example:").wait_for()

    assert "For example:\n\u2022 When does the garage open?\n" in f"{home.inner_text()}\n"
    assert serious_problems(page) == []
    visit.menu()
    visit.go("footnote")
    prompts = page.get_by_role("group", name="Suggested prompts").get_by_role("button")
    prompts.first.wait_for()
    assert prompts.all_inner_texts() == ["When does the garage open?"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1600])
def test_the_page_fits_and_axe_finds_nothing_serious(visit: Visit, scheme: Any, width: int) -> None:
    page = visit.page
    visit.go("general")
    visit.ask("When does the garage open?")
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    lightness = page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert serious_problems(page) == []
    assert (max(map(int, re.findall(r"\d+", lightness)[:3])) < 60) is (scheme == "dark")


def test_everything_is_reached_by_keyboard(visit: Visit) -> None:
    """From the top of the page to an answer, without a mouse."""
    page = visit.page
    visit.go("general")
    page.get_by_role("textbox", name=re.compile("^Message ")).focus()
    page.keyboard.type("@foot")
    page.keyboard.press("Enter")
    page.keyboard.type("When does the garage open?")
    page.keyboard.press("Enter")
    visit.thread.get_by_text("seven in the morning").first.wait_for()
    assert page.evaluate("document.activeElement.ariaLabel") == "Message #general"
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Why this answer":
            break
    page.keyboard.press("Enter")
    page.locator(".plainly").wait_for()
    page.keyboard.press("Escape")
    visit.thread.wait_for()
    page.keyboard.press("Escape")
    visit.thread.wait_for(state="hidden")
