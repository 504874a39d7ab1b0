"""The elements of blocks."""

from __future__ import annotations

from typing import Any

from footnote_bot.playground.slack import limits
from footnote_bot.playground.slack.kit.rules import (
    MRKDWN,
    PLAIN,
    Kinds,
    Problems,
    Rule,
    anything,
    boolean,
    integer,
    many,
    one_of,
    say,
    shape,
    string,
    text,
    url,
)

_CONFIRM = shape(
    {
        "title": text(limits.CONFIRM_TITLE, PLAIN),
        "text": text(limits.CONFIRM_TEXT, PLAIN, MRKDWN),
        "confirm": text(limits.CONFIRM_BUTTON, PLAIN),
        "deny": text(limits.CONFIRM_BUTTON, PLAIN),
        "style": one_of("primary", "danger"),
    },
    required=("title", "text", "confirm", "deny"),
)


def _option(*kinds: str) -> Rule:
    return shape(
        {
            "text": text(limits.OPTION_TEXT, *kinds),
            "value": string(limits.OPTION_VALUE),
            "description": text(limits.OPTION_TEXT, *kinds),
            "url": url(),
        },
        required=("text", "value"),
    )


_OPTION = _option(PLAIN)
_RICH_OPTION = _option(PLAIN, MRKDWN)
_OPTIONS = many(_OPTION, limits.SELECT_OPTIONS)
_GROUPS = many(
    shape(
        {"label": text(limits.OPTION_TEXT, PLAIN), "options": _OPTIONS},
        required=("label", "options"),
    ),
    limits.SELECT_OPTIONS,
)


def _element(fields: dict[str, Rule], *required: str) -> Rule:
    common: dict[str, Rule] = {
        "type": anything,
        "action_id": string(limits.ACTION_ID, minimum=1),
        "confirm": _CONFIRM,
        "focus_on_load": boolean,
    }
    return shape(common | fields, required=required)


def _choosing(fields: dict[str, Rule]) -> Rule:
    """Return the rule of a static menu: it has options or groups of them, never both, and the
    initial options are among them."""
    inner = _element({"placeholder": _PLACEHOLDER, "options": _OPTIONS} | fields)

    def check(value: Any, pointer: str) -> Problems:
        yield from inner(value, pointer)
        if ("options" in value) == ("option_groups" in value):
            yield say("exactly one of options and option_groups is required", pointer)
        yield from _initial_is_offered(value, pointer)

    return check


def _initial_is_offered(value: Any, pointer: str) -> Problems:
    groups = value.get("option_groups") or [{"options": value.get("options", [])}]
    offered = [option.get("value") for group in groups for option in group.get("options", [])]
    initial = value.get("initial_options") or [value.get("initial_option")]
    for option in initial:
        if option is not None and option.get("value") not in offered:
            yield say("initial option is not among the options", pointer)


def _ticking(fields: dict[str, Rule]) -> Rule:
    options = many(_RICH_OPTION, limits.CHOICE_OPTIONS)
    inner = _element({"options": options} | fields, "options")

    def check(value: Any, pointer: str) -> Problems:
        yield from inner(value, pointer)
        yield from _initial_is_offered(value, pointer)

    return check


_PLACEHOLDER = text(limits.PLACEHOLDER, PLAIN)
_LABEL = string(limits.BUTTON_TEXT)
_TYPED: dict[str, Rule] = {
    "placeholder": _PLACEHOLDER,
    "initial_value": string(limits.INPUT_VALUE),
    "dispatch_action_config": anything,
}
_FEEDBACK_BUTTON = shape(
    {
        "text": text(limits.BUTTON_TEXT, PLAIN),
        "value": string(limits.BUTTON_VALUE, minimum=1),
        "accessibility_label": _LABEL,
    },
    required=("text", "value"),
)
_MULTI: dict[str, Rule] = {"placeholder": _PLACEHOLDER, "max_selected_items": integer}

ELEMENTS = Kinds(
    {
        "button": _element(
            {
                "text": text(limits.BUTTON_TEXT, PLAIN),
                "value": string(limits.BUTTON_VALUE),
                "url": url(),
                "style": one_of("primary", "danger"),
                "accessibility_label": _LABEL,
            },
            "text",
        ),
        "feedback_buttons": _element(
            {"positive_button": _FEEDBACK_BUTTON, "negative_button": _FEEDBACK_BUTTON},
            "positive_button",
            "negative_button",
        ),
        "icon_button": _element(
            {
                "icon": one_of("trash"),
                "text": text(limits.BUTTON_TEXT, PLAIN),
                "value": string(limits.BUTTON_VALUE),
                "accessibility_label": _LABEL,
                "visible_to_user_ids": anything,
            },
            "icon",
            "text",
        ),
        "overflow": _element({"options": many(_OPTION, limits.OVERFLOW_OPTIONS)}, "options"),
        "static_select": _choosing({"option_groups": _GROUPS, "initial_option": _OPTION}),
        "multi_static_select": _choosing(
            {"option_groups": _GROUPS, "initial_options": _OPTIONS, "max_selected_items": integer}
        ),
        "external_select": _element(
            {"placeholder": _PLACEHOLDER, "initial_option": _OPTION, "min_query_length": integer}
        ),
        "users_select": _element({"placeholder": _PLACEHOLDER, "initial_user": string(20)}),
        "multi_users_select": _element(_MULTI | {"initial_users": many(string(20), 100)}),
        "channels_select": _element(
            {
                "placeholder": _PLACEHOLDER,
                "initial_channel": string(20),
                "response_url_enabled": boolean,
            }
        ),
        "multi_channels_select": _element(_MULTI | {"initial_channels": many(string(20), 100)}),
        "conversations_select": _element(
            {
                "placeholder": _PLACEHOLDER,
                "initial_conversation": string(20),
                "default_to_current_conversation": boolean,
                "response_url_enabled": boolean,
                "filter": anything,
            }
        ),
        "multi_conversations_select": _element(
            _MULTI
            | {
                "initial_conversations": many(string(20), 100),
                "default_to_current_conversation": boolean,
                "filter": anything,
            }
        ),
        "datepicker": _element({"placeholder": _PLACEHOLDER, "initial_date": string(10)}),
        "timepicker": _element(
            {"placeholder": _PLACEHOLDER, "initial_time": string(5), "timezone": string(64)}
        ),
        "datetimepicker": _element({"initial_date_time": integer}),
        "checkboxes": _ticking({"initial_options": many(_RICH_OPTION, limits.CHOICE_OPTIONS)}),
        "radio_buttons": _ticking({"initial_option": _RICH_OPTION}),
        "plain_text_input": _element(
            _TYPED | {"multiline": boolean, "min_length": integer, "max_length": integer}
        ),
        "email_text_input": _element(_TYPED),
        "url_text_input": _element(_TYPED),
        "number_input": _element(
            _TYPED
            | {"is_decimal_allowed": boolean, "min_value": string(20), "max_value": string(20)},
            "is_decimal_allowed",
        ),
        "image": shape(
            {
                "type": anything,
                "image_url": url(),
                "slack_file": anything,
                "alt_text": string(limits.ALT_TEXT, minimum=1),
            },
            required=("alt_text",),
        ),
        "plain_text": text(limits.CONTEXT_TEXT, PLAIN),
        "mrkdwn": text(limits.CONTEXT_TEXT, MRKDWN),
    },
    "element",
)

_SINGLE_SELECTS = (
    "static_select",
    "external_select",
    "users_select",
    "channels_select",
    "conversations_select",
)
_MULTI_SELECTS = (
    "multi_static_select",
    "multi_users_select",
    "multi_channels_select",
    "multi_conversations_select",
)
_CHOICES = ("checkboxes", "radio_buttons", "datepicker", "timepicker")

IN_SECTION = ELEMENTS.only(
    "button", "image", "overflow", *_CHOICES, *_SINGLE_SELECTS, *_MULTI_SELECTS
)
IN_ACTIONS = ELEMENTS.only("button", "overflow", "datetimepicker", *_CHOICES, *_SINGLE_SELECTS)
IN_CONTEXT = ELEMENTS.only("image", "plain_text", "mrkdwn")
IN_CONTEXT_ACTIONS = ELEMENTS.only("feedback_buttons", "icon_button")
IN_INPUT = ELEMENTS.only(
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "datetimepicker",
    *_CHOICES,
    *_SINGLE_SELECTS,
    *_MULTI_SELECTS,
)
