"""Methods ``reactions.*``."""

from __future__ import annotations

from collections.abc import Mapping

from footnote_bot.playground.slack.core import Core
from footnote_bot.playground.slack.errors import Refusal
from footnote_bot.playground.slack.model import Json, Message
from footnote_bot.playground.slack.web_api.method import Arguments, Method


def add(slack: Core, arguments: Arguments) -> Json:
    message, name = _message(slack, arguments), arguments.needed("name").strip(":")
    users = message.reactions.setdefault(name, [])
    if slack.bot_user_id in users:
        raise Refusal("already_reacted")
    users.append(slack.bot_user_id)
    slack.reacted("reaction_added", slack.bot_user_id, message, name)
    return {}


def remove(slack: Core, arguments: Arguments) -> Json:
    message, name = _message(slack, arguments), arguments.needed("name").strip(":")
    if slack.bot_user_id not in message.reactions.get(name, []):
        raise Refusal("no_reaction")
    message.reactions[name].remove(slack.bot_user_id)
    if not message.reactions[name]:
        del message.reactions[name]
    slack.reacted("reaction_removed", slack.bot_user_id, message, name)
    return {}


def _message(slack: Core, arguments: Arguments) -> Message:
    place = slack.channel_for_bot(arguments.needed("channel"))
    if slack.bot_user_id not in place.members:
        raise Refusal("not_in_channel")
    return slack.message(place.id, arguments.needed("timestamp"))


METHODS: Mapping[str, Method] = {
    "reactions.add": Method(add, ("reactions:write",), tier=3),
    "reactions.remove": Method(remove, ("reactions:write",), tier=2),
}
