"""Methods ``views.*``: modals and home tabs."""

from __future__ import annotations

from collections.abc import Mapping

from footnote_bot.playground.slack.core import Core
from footnote_bot.playground.slack.errors import Refusal
from footnote_bot.playground.slack.kit.views import check_view
from footnote_bot.playground.slack.model import Json, View
from footnote_bot.playground.slack.views import ViewStacks
from footnote_bot.playground.slack.web_api.method import Arguments, Method


def open_(slack: Core, arguments: Arguments) -> Json:
    definition = check_view(arguments.structure("view"), "modal")
    trigger = slack.exchange(arguments.needed("trigger_id"))
    return _answer(slack, ViewStacks(slack).open(trigger.user, definition, window=trigger.window))


def push(slack: Core, arguments: Arguments) -> Json:
    definition = check_view(arguments.structure("view"), "modal")
    trigger = slack.exchange(arguments.needed("trigger_id"))
    return _answer(slack, ViewStacks(slack).push(trigger.user, definition, window=trigger.window))


def update(slack: Core, arguments: Arguments) -> Json:
    stacks = ViewStacks(slack)
    view = stacks.find(arguments.text("view_id"), arguments.text("external_id"))
    kind = str(view.definition["type"])
    definition = check_view(arguments.structure("view"), kind)
    _check_hash(view, arguments)
    return _answer(slack, stacks.replace(view, definition))


def publish(slack: Core, arguments: Arguments) -> Json:
    user = slack.user(arguments.needed("user_id"))
    if not slack.manifest.home_tab:
        raise Refusal("not_enabled")
    definition = check_view(arguments.structure("view"), "home")
    home = slack.homes.get(user.id)
    if home is not None:
        _check_hash(home, arguments)
    return _answer(slack, ViewStacks(slack).publish(user.id, definition))


def _check_hash(view: View, arguments: Arguments) -> None:
    if (expected := arguments.text("hash")) and expected != view.hash:
        raise Refusal("hash_conflict")


def _answer(slack: Core, view: View) -> Json:
    return {"view": ViewStacks(slack).wire(view)}


METHODS: Mapping[str, Method] = {
    "views.open": Method(open_, tier=4),
    "views.push": Method(push, tier=4),
    "views.update": Method(update, tier=4),
    "views.publish": Method(publish, tier=4),
}
