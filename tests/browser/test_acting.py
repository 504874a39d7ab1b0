"""A person's actions on a message or form, as the local Slack expects them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from footnote_bot.playground.slack.interactions import pressed, state_of
from footnote_bot.playground.slack.model import interactive_elements

if TYPE_CHECKING:
    from playwright.sync_api import Page

Json = dict[str, Any]


def words(text: str) -> Json:
    return {"type": "plain_text", "text": text}


OPTIONS = [{"text": words(f"Option {name}"), "value": name} for name in "abc"]
CONFIRM = {
    "title": words("Delete it?"),
    "text": words("It cannot be undone."),
    "confirm": words("Delete"),
    "deny": words("Keep"),
    "style": "danger",
}
FEEDBACK = {
    "positive_button": {"text": words("Helpful"), "value": "good:1"},
    "negative_button": {"text": words("Flag"), "value": "bad:1"},
}


def sent_actions(kit: Page) -> list[Json]:
    reports = kit.evaluate("harness.told")
    return [content for kind, content in reports if kind == "action"]


def show(kit: Page, *blocks: Json, **fields: Any) -> None:
    message = {"ts": "1.2", "channel": "C0GENERAL", "user": "U0LOCALBOT", "blocks": [*blocks]}
    kit.evaluate("payload => harness.show([payload])", message | fields)


def actions(*elements: Json, kind: str = "actions") -> Json:
    return {"type": kind, "block_id": "block", "elements": [*elements]}


def check(kit: Page, element: Json, value: Any) -> None:
    """Compare the only action with the one that the local Slack builds."""
    [action] = sent_actions(kit)
    expected = pressed({**element, "block_id": "block"}, value, ts="1")
    del expected["action_ts"]

    assert {name: action[name] for name in expected} == expected
    assert action["picked"] == value
    assert action["container"]["message_ts"] == "1.2"
    assert action["container"]["channel_id"] == "C0GENERAL"


def test_a_button_is_pressed_by_keyboard(kit: Page) -> None:
    button = {"type": "button", "action_id": "a", "text": words("Take"), "value": "7"}
    show(kit, actions(button))
    kit.keyboard.press("Tab")
    kit.keyboard.press("Enter")

    check(kit, button, "7")


@pytest.mark.parametrize(("name", "value"), [("Helpful", "good:1"), ("Flag", "bad:1")])
def test_each_feedback_button_sends_its_value(kit: Page, name: str, value: str) -> None:
    element = {"type": "feedback_buttons", "action_id": "a", **FEEDBACK}
    show(kit, actions(element, kind="context_actions"))
    kit.get_by_role("button", name=name).click()

    check(kit, element, value)


def test_a_confirmation_is_asked_for_and_can_be_refused(kit: Page) -> None:
    button = {"type": "button", "action_id": "a", "text": words("Go"), "value": "7"}
    show(kit, actions(button | {"confirm": CONFIRM}))
    kit.get_by_role("button", name="Go").click()
    window = kit.get_by_role("dialog", name="Delete it?")
    assert "It cannot be undone." in window.inner_text()
    window.get_by_role("button", name="Keep").click()
    kit.locator("dialog").wait_for(state="detached")  # it closes before the app is called
    kit.get_by_role("button", name="Go").click()
    kit.keyboard.press("Escape")
    kit.locator("dialog").wait_for(state="detached")
    assert sent_actions(kit) == []
    kit.get_by_role("button", name="Go").click()
    window.get_by_role("button", name="Delete").click()
    kit.locator("dialog").wait_for(state="detached")

    check(kit, button, "7")


def test_a_menu_of_three_dots_opens_and_closes_and_sends_its_option(kit: Page) -> None:
    element = {"type": "overflow", "action_id": "a", "options": OPTIONS}
    show(kit, actions(element))
    kit.get_by_label("More actions").click()
    kit.keyboard.press("Escape")
    assert not kit.get_by_role("button", name="Option b").is_visible()
    kit.get_by_label("More actions").click()
    kit.get_by_role("button", name="Option b").click()

    assert not kit.get_by_role("button", name="Option b").is_visible()
    check(kit, element, "b")


def test_a_choice_in_a_message_is_an_action_at_once(kit: Page) -> None:
    element = {"type": "static_select", "action_id": "a", "options": OPTIONS}
    show(kit, actions(element))
    kit.locator("select").select_option(label="Option c")

    check(kit, element, "c")


def test_a_person_is_chosen_by_name(kit: Page) -> None:
    element = {"type": "users_select", "action_id": "a"}
    show(kit, actions(element))
    kit.locator("select").select_option(label="@Ada")

    check(kit, element, "U0ADA")


def test_boxes_send_all_that_are_ticked(kit: Page) -> None:
    element = {"type": "checkboxes", "action_id": "a", "options": OPTIONS}
    show(kit, actions(element | {"initial_options": OPTIONS[:1]}))
    kit.get_by_label("Option b").check()

    check(kit, element, ["a", "b"])


def test_a_day_is_picked(kit: Page) -> None:
    element = {"type": "datepicker", "action_id": "a"}
    show(kit, actions(element))
    kit.locator("input").fill("2026-12-24")

    check(kit, element, "2026-12-24")


def test_a_link_with_an_address_opens_it_and_tells_the_app(kit: Page) -> None:
    button = {"type": "button", "action_id": "a", "text": words("Open"), "value": "7"}
    show(kit, actions(button | {"url": "https://x.example/"}))
    link = kit.get_by_role("link", name="Open")
    link.evaluate("one => one.addEventListener('click', (event) => event.preventDefault())")
    link.click()

    assert link.get_attribute("href") == "https://x.example/"
    check(kit, button | {"url": "https://x.example/"}, "7")


# Forms


def field(name: str, element: Json, **fields: Any) -> Json:
    element_shown = {"action_id": "value", **element}
    return {
        "type": "input",
        "block_id": name,
        "label": words(name),
        "element": element_shown,
        **fields,
    }


FIELDS = [
    field("Words", {"type": "plain_text_input", "min_length": 3, "max_length": 20}),
    field("More", {"type": "plain_text_input", "multiline": True}, optional=True),
    field("One", {"type": "radio_buttons", "options": OPTIONS}),
    field("Some", {"type": "checkboxes", "options": OPTIONS}, hint=words("At least one.")),
    field("Menu", {"type": "static_select", "options": OPTIONS}),
    field("Wikis", {"type": "multi_static_select", "options": OPTIONS}, optional=True),
    field("Day", {"type": "datepicker", "initial_date": "2026-12-24"}),
    field("Place", {"type": "conversations_select", "filter": {"include": ["public"]}}),
    field("Mail", {"type": "email_text_input"}, optional=True),
]
MODAL = {
    "type": "modal",
    "id": "V1",
    "callback_id": "form",
    "title": words("A form"),
    "submit": words("Send"),
    "close": words("Cancel"),
    "blocks": FIELDS,
}
REQUIRED = ["Words", "One", "Some", "Menu", "Place"]


def show_modal(kit: Page, **fields: Any) -> None:
    kit.evaluate("payload => harness.show([payload])", MODAL | fields)


def errors(kit: Page) -> dict[str, str]:
    groups = kit.locator("[data-kit-input]").all()
    groups_by_name = {group.get_attribute("data-kit-input") or "": group for group in groups}
    return {
        name: text
        for name, group in groups_by_name.items()
        if (text := group.locator("[data-kit-error]").inner_text())
    }


def fill(kit: Page) -> None:
    kit.get_by_label("Words").fill("Ten words")
    kit.get_by_role("radiogroup", name="One").get_by_label("Option b").check()
    for name in "ac":
        kit.get_by_role("group", name="Some").get_by_label(f"Option {name}").check()
    kit.get_by_label("Menu").select_option(label="Option c")
    kit.get_by_label("Place").select_option(label="#general")
    kit.get_by_role("group", name="Wikis").locator("summary").click()
    kit.get_by_role("group", name="Wikis").get_by_label("Option b").check()


def test_a_form_sends_what_the_local_slack_makes_of_the_same_entries(kit: Page) -> None:
    show_modal(kit)
    fill(kit)
    kit.get_by_role("button", name="Send").click()
    [[kind, report]] = kit.evaluate("harness.told")
    entered = {
        "Words": "Ten words",
        "One": "b",
        "Some": ["a", "c"],
        "Menu": "c",
        "Place": "C0GENERAL",
        "Wikis": ["b"],
    }

    assert kind == "submit"
    assert report["state"]["values"] == state_of(interactive_elements(FIELDS), entered)
    assert report["picked"] == {"More": None, "Mail": None, "Day": "2026-12-24", **entered}
    assert (report["view_id"], report["callback_id"]) == ("V1", "form")


def test_an_empty_form_is_not_sent_and_says_what_is_missing(kit: Page) -> None:
    show_modal(kit)
    kit.get_by_role("button", name="Send").click()

    assert kit.evaluate("harness.told") == []
    assert errors(kit) == dict.fromkeys(REQUIRED, "Please complete this required field.")
    assert kit.evaluate("document.activeElement.tagName") == "INPUT"
    assert kit.get_by_label("Words").get_attribute("aria-invalid") == "true"


def test_entries_that_slack_would_refuse_are_not_sent(kit: Page) -> None:
    show_modal(kit)
    fill(kit)
    kit.get_by_label("Words").fill("ab")
    kit.get_by_label("Mail").fill("nobody")
    kit.get_by_role("button", name="Send").click()

    assert kit.evaluate("harness.told") == []
    assert set(errors(kit)) == {"Words", "Mail"}
    assert errors(kit)["Words"] == "Please write at least 3 characters."


def test_the_apps_errors_stand_below_their_fields_until_they_are_taken_away(kit: Page) -> None:
    show_modal(kit, errors={"Day": "That day is over."})
    assert errors(kit) == {"Day": "That day is over."}
    described = kit.get_by_label("Day").get_attribute("aria-describedby") or ""
    assert kit.locator(f"#{described.split()[-1]}").inner_text() == "That day is over."
    kit.evaluate("errors => harness.showErrors(errors)", {"Some": "Too few.", "gone": "Odd."})
    assert errors(kit) == {"Some": "Too few."}
    assert kit.locator(".kit-form-error").inner_text() == "gone: Odd."
    kit.evaluate("harness.showErrors({})")

    assert errors(kit) == {}
    assert kit.locator(".kit-form-error").count() == 0
    assert kit.locator("[aria-invalid]").count() == 0


def test_cancel_closes(kit: Page) -> None:
    show_modal(kit)
    kit.get_by_role("button", name="Cancel").click()

    assert kit.evaluate("harness.told") == [["close", {"view_id": "V1"}]]


def test_no_more_can_be_chosen_than_the_app_allows(kit: Page) -> None:
    element = {"type": "multi_static_select", "options": OPTIONS, "max_selected_items": 2}
    show_modal(kit, blocks=[field("Wikis", element)])
    kit.locator("summary").click()
    for name in "ab":
        kit.get_by_label(f"Option {name}").check()

    assert kit.get_by_label("Option c").is_disabled()
    assert kit.locator("summary").inner_text().startswith("Option a, Option b")


# Messages


def test_a_long_section_is_folded_until_somebody_wants_more(kit: Page) -> None:
    text = {"type": "mrkdwn", "text": "Many words. " * 200}
    show(kit, {"type": "section", "text": text}, {"type": "section", "text": text, "expand": True})
    see_more = kit.get_by_role("button", name="See more")
    first = kit.locator(".kit-text").first
    folded = first.bounding_box()
    see_more.click()
    opened = first.bounding_box()

    assert see_more.count() == 0  # its name is "See less" now
    assert folded is not None
    assert opened is not None
    assert folded["height"] < opened["height"] - 100


def test_a_message_shows_its_attachments_files_and_reactions(kit: Page) -> None:
    show(
        kit,
        text="",
        blocks=[],
        attachments=[{"text": "*An* attachment", "color": "danger", "title": "Title"}],
        files=[{"name": "plan.pdf"}],
        reactions=[{"name": "+1", "users": ["U0ADA"], "count": 1}],
        edited={"user": "U0ADA", "ts": "1"},
        only_for="U0ADA",
        streaming=True,
        stopped=True,
    )
    text = kit.locator("article").inner_text()

    for part in (
        "An attachment",
        "Title",
        "plan.pdf",
        "👍 1",
        "(edited)",
        "(stopped)",
        "Only visible to you",
    ):
        assert part in text
    assert kit.locator("article").get_attribute("aria-busy") == "true"
    assert kit.get_by_role("img", name="still writing").count() == 1
    assert kit.locator(".kit-reaction").get_attribute("title") == "Ada"
