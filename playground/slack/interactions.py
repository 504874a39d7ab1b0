"""Slack's payloads when a person presses, picks, fills in or types a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from footnote_bot.playground.slack.errors import CannotAct
from footnote_bot.playground.slack.model import Json

_PICKED_ONE = {
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
_PICKED_MANY = {
    "multi_users_select": "selected_users",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
}
_ONE_OPTION = {"static_select", "radio_buttons", "overflow", "external_select"}
_MANY_OPTIONS = {"multi_static_select", "checkboxes"}
_NO_STATE = {"button", "feedback_buttons", "icon_button", "overflow", "workflow_button"}


def pressed(element: Json, value: Any, *, ts: str) -> Json:
    """Return the entry in ``actions`` for a person's action on ``element``.

    For feedback buttons ``value`` is "positive", "negative", or one button's value.
    """
    kind = element["type"]
    action: Json = {
        "type": kind,
        "action_id": element["action_id"],
        "block_id": element["block_id"],
        "action_ts": ts,
    }
    if kind == "feedback_buttons":
        return action | _feedback(element, value)
    if kind in ("button", "icon_button"):
        action["text"] = element["text"]
        action |= {name: element[name] for name in ("value", "style", "url") if name in element}
        return action
    return action | filled(element, value)


def filled(element: Json, value: Any) -> Json:
    """Return an element's state once a person has put ``value`` in.

    Raises:
        CannotAct: it offers no such option, or takes no such text.
    """
    kind = element["type"]
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": None if value is None else _option(element, value)}
    if kind in _MANY_OPTIONS:
        return {
            "type": kind,
            "selected_options": [_option(element, option) for option in value or []],
        }
    if kind in _PICKED_ONE:
        return {"type": kind, _PICKED_ONE[kind]: value}
    if kind in _PICKED_MANY:
        return {"type": kind, _PICKED_MANY[kind]: list(value or [])}
    if isinstance(value, str):
        shortest, longest = element.get("min_length", 0), element.get("max_length", 3_000)
        if not shortest <= len(value) <= longest:
            raise CannotAct(f"{element['action_id']} takes {shortest} to {longest} characters")
    return {"type": kind, "value": value}


def state_of(elements: Sequence[Json], values: Mapping[str, Any]) -> Json:
    """Return ``state.values`` by block_id and action_id, with the app's initial values where
    ``values`` (by either id) has none.

    Raises:
        CannotAct: a value for a field that is not there.
    """
    names = {element[name] for element in elements for name in ("action_id", "block_id")}
    if unknown := set(values) - names:
        raise CannotAct(f"no field {sorted(unknown)}; there are {sorted(names)}")
    state: Json = {}
    for element in elements:
        if element["type"] in _NO_STATE:
            continue
        for name in (element["action_id"], element["block_id"]):
            if name in values:
                content = filled(element, values[name])
                break
        else:
            content = _initial(element)
        state.setdefault(element["block_id"], {})[element["action_id"]] = content
    return state


def is_empty(content: Mapping[str, Any]) -> bool:
    """Return whether a field's state is empty."""
    return not any(value for name, value in content.items() if name != "type")


def _feedback(element: Json, value: Any) -> Json:
    buttons = [element["positive_button"], element["negative_button"]]
    sides = {"positive": buttons[0], "negative": buttons[1]}
    sides |= {button["value"]: button for button in buttons}
    if value not in sides:
        raise CannotAct(f"no feedback button {value!r}; there are {sorted(sides)}")
    button = sides[value]
    return {"value": button["value"], "text": button["text"]}


def _option(element: Json, value: Any) -> Json:
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    options: list[Json] = [option for group in groups for option in group["options"]]
    for option in options:
        if option.get("value") == value:
            return option
    offered = [option.get("value") for option in options]
    raise CannotAct(f"{element['action_id']} has no option {value!r}; it has {offered}")


def _initial(element: Json) -> Json:
    kind = element["type"]
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in _MANY_OPTIONS:
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    for names in (_PICKED_ONE, _PICKED_MANY):
        if kind in names:
            name = names[kind]
            return {"type": kind, name: element.get(name.replace("selected_", "initial_"))}
    return {"type": kind, "value": element.get("initial_value")}
