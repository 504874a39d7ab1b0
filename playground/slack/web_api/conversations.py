"""Methods ``conversations.*``: channels, their messages and members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from footnote_bot.playground.slack.core import Core
from footnote_bot.playground.slack.errors import Refusal
from footnote_bot.playground.slack.model import Json, Message
from footnote_bot.playground.slack.web_api.method import (
    HISTORY_SCOPES,
    READ_SCOPES,
    Arguments,
    Method,
    channel_with_scope,
    page,
)


def info(slack: Core, arguments: Arguments) -> Json:
    place = channel_with_scope(slack, arguments.needed("channel"), READ_SCOPES)
    with_count = arguments.flag("include_num_members")
    return {"channel": place.wire(bot=slack.bot_user_id, with_count=with_count)}


def members(slack: Core, arguments: Arguments) -> Json:
    place = channel_with_scope(slack, arguments.needed("channel"), READ_SCOPES)
    page_, following = page([{"id": m} for m in place.members], arguments, default=100)
    return {"members": [member["id"] for member in page_], **following}


def history(slack: Core, arguments: Arguments) -> Json:
    place = channel_with_scope(slack, arguments.needed("channel"), HISTORY_SCOPES)
    if slack.bot_user_id not in place.members:
        raise Refusal("not_in_channel")
    visible = [
        message
        for message in slack.history(place.id)
        if not message.is_reply or message.subtype == "thread_broadcast"
    ]
    newest_first = _between(visible, arguments)[::-1]
    return _messages(slack, newest_first, arguments)


def replies(slack: Core, arguments: Arguments) -> Json:
    """Return a page of a thread. Slack puts the first message in front of each page, also with
    ``oldest``, which its documentation does not say."""
    place = channel_with_scope(slack, arguments.needed("channel"), HISTORY_SCOPES)
    if slack.bot_user_id not in place.members:
        raise Refusal("not_in_channel")
    message_ = slack.messages.get(place.id, {}).get(arguments.needed("ts"))
    if message_ is None:
        raise Refusal("thread_not_found")
    thread = slack.thread(place.id, message_.root)
    first = [message.wire(slack.replies(message)) for message in thread if not message.is_reply]
    below = [message for message in thread if message.is_reply]
    answer = _messages(slack, _between(below, arguments), arguments)
    return {**answer, "messages": [*first, *answer["messages"]]}


def open_(slack: Core, arguments: Arguments) -> Json:
    users = [user for user in arguments.text("users").split(",") if user]
    if channel := arguments.text("channel"):
        return {"channel": slack.channel_for_bot(channel).wire(bot=slack.bot_user_id)}
    if not users:
        raise Refusal("users_list_not_supplied")
    people = [slack.user(user) for user in users]
    if any(person.is_bot for person in people):
        raise Refusal("cannot_dm_bot")
    if any(person.deleted for person in people):
        raise Refusal("user_disabled")
    if len(users) == 1:
        return {"channel": slack.im(users[0]).wire(bot=slack.bot_user_id)}
    group = slack.add_channel(slack.new_id("G"), members=users, kind="mpim")
    return {"channel": group.wire(bot=slack.bot_user_id)}


def _between(messages: Sequence[Message], arguments: Arguments) -> list[Message]:
    oldest, latest = arguments.text("oldest") or "0", arguments.text("latest") or "9" * 10
    inclusive = arguments.flag("inclusive")
    low, high = float(oldest), float(latest)
    return [
        message
        for message in messages
        if low < float(message.ts) < high or (inclusive and float(message.ts) in (low, high))
    ]


def _messages(slack: Core, messages: Sequence[Message], arguments: Arguments) -> Json:
    wires = [message.wire(slack.replies(message)) for message in messages]
    page_, following = page(wires, arguments, default=100)
    return {
        "messages": page_,
        "has_more": bool(following["response_metadata"]["next_cursor"]),
        **following,
    }


METHODS: Mapping[str, Method] = {
    "conversations.info": Method(info, tier=3),
    "conversations.members": Method(members, tier=4),
    "conversations.history": Method(history, tier=3),
    "conversations.replies": Method(replies, tier=3),
    "conversations.open": Method(open_, ("im:write", "mpim:write"), tier=3),
}
