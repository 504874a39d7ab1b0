"""The workspace as one person sees it: entries by key, which are sent to the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from footnote_bot.playground.slack.model import Channel, Json, Message, View
from footnote_bot.playground.slack.watching import Watching

Entries = dict[str, Json]
"""By key: ``channel/C1``, ``message/C1/1.2``, ``home``, ..."""


def seen_by(slack: Watching, user: str, window: str = "") -> Entries:
    """Return everything that ``user`` sees in a window, the oldest first."""
    return dict(_entries(slack, user, window))


def changes_between(before: Mapping[str, Json], after: Mapping[str, Json]) -> Json | None:
    """Return the changes to send to a page that has ``before``; None if there are none."""
    changed = {key: entry for key, entry in after.items() if before.get(key) != entry}
    removed = [key for key in before if key not in after]
    return {"set": changed, "removed": removed} if changed or removed else None


def _entries(slack: Watching, user: str, window: str) -> Iterator[tuple[str, Json]]:
    places = [place for place in slack.channels.values() if user in place.members]
    for identity in _known_to(slack, user, places):
        yield f"person/{identity}", _person(slack, identity)
    for place in places:
        yield f"channel/{place.id}", _channel(place, user)
        yield from _messages(slack.history(place.id))
        if prompts := slack.prompts.get(place.id):
            yield f"prompts/{place.id}", {"prompts": prompts}
    for message in slack.ephemerals(user):
        yield f"message/{message.channel}/{message.ts}", _message(message, ())
    visible = {place.id for place in places}
    for (channel, ts), status in slack.statuses.items():
        if channel in visible and slack.status(channel, ts):
            yield f"status/{channel}/{ts}", status
    yield "modals", {"views": [_view(view) for view in slack.views(user, window)]}
    if home := slack.home(user):
        yield "home", _view(home)


def _known_to(slack: Watching, user: str, places: list[Channel]) -> Iterator[str]:
    """Yield the ids of the people whom ``user`` can see: for a guest, those of their own
    channels."""
    beside = {member for place in places for member in place.members}
    person = slack.people[user]
    is_guest = person.is_restricted or person.is_ultra_restricted or person.is_stranger
    for identity in slack.people:
        if identity in beside or not is_guest:
            yield identity


def _person(slack: Watching, identity: str) -> Json:
    person = slack.people[identity]
    return {"id": person.id, "name": person.name, "real_name": person.real_name or person.name}


def _channel(place: Channel, user: str) -> Json:
    channel: Json = {
        "id": place.id,
        "name": place.name,
        "kind": place.kind,
        "is_ext_shared": place.is_ext_shared,
        "members": list(place.members),
    }
    if place.kind == "im":
        channel["with"] = next((member for member in place.members if member != user), user)
    return channel


def _messages(history: Sequence[Message]) -> Iterator[tuple[str, Json]]:
    replies: dict[str, list[Message]] = {}
    for message in history:
        if message.is_reply:
            replies.setdefault(message.root, []).append(message)
    for message in history:
        below = () if message.is_reply else replies.get(message.ts, ())
        yield f"message/{message.channel}/{message.ts}", _message(message, below)


def _message(message: Message, replies: Sequence[Message]) -> Json:
    return {
        **message.wire(replies),
        "channel": message.channel,
        "only_for": message.only_for,
        "streaming": message.stream is not None and message.stream.end is None,
        "stopped": message.stream is not None and message.stream.end == "stopped_by_user",
    }


def _view(view: View) -> Json:
    return {**view.definition, "id": view.id, "hash": view.hash, "errors": dict(view.errors)}
