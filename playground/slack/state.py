"""The state of the workspace, and its lookups."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

from footnote_bot.playground.slack.changes import Changes
from footnote_bot.playground.slack.errors import Refusal
from footnote_bot.playground.slack.manifest import Manifest
from footnote_bot.playground.slack.model import Channel, ChannelKind, Json, Message, View
from footnote_bot.playground.slack.people import User, UserGroup
from footnote_bot.playground.slack.timing import Timing

Thread = tuple[str, str]
"""A channel's id and the ts of the thread's first message."""


class State:
    """The workspace's state. Everything here is synchronous.

    ``clock`` returns seconds since the epoch; message times and expiries follow it.
    ``url`` is the address of the workspace, empty until it is served.
    """

    team_id = "T0LOCAL001"
    team_domain = "local"
    app_id = "A0LOCAL001"
    bot_id = "B0LOCAL001"
    bot_user_id = "U0LOCALBOT"
    bot_token = "xoxb-local-bot-token"  # noqa: S105 - opens nothing but this workspace
    organization = ""
    """The organization (Enterprise Grid); empty: none."""
    org_wide = False
    """Whether the app is installed in the whole organization."""
    app_token = "xapp-local-app-token"  # noqa: S105 - opens nothing but this workspace
    signing_secret = "local-signing-secret"  # noqa: S105 - opens nothing but this workspace

    def __init__(self, manifest: Manifest, *, clock: Callable[[], float], timing: Timing) -> None:
        self.manifest = manifest
        self.clock = clock
        self.timing = timing
        self.changes = Changes()
        self.people: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.usergroups: dict[str, UserGroup] = {}
        self.messages: dict[str, dict[str, Message]] = {}
        self.ephemeral: list[Message] = []
        self.modals: dict[tuple[str, str], list[View]] = {}
        self.homes: dict[str, View] = {}
        self.statuses: dict[Thread, Json] = {}
        self.prompts: dict[str, list[Json]] = {}
        self.titles: dict[Thread, str] = {}
        self.sessions: dict[Thread, Json] = {}
        self.files: dict[str, Json] = {}
        self.url = ""
        self._numbers = itertools.count(1)
        self._last_ts = 0
        self.add_user(self.bot_user_id, name=manifest.bot_name).is_bot = True

    def views(self, user: str, window: str = "") -> list[View]:
        """Return the open modals of ``user`` in a window, the topmost last."""
        return list(self.modals.get((user, window), []))

    # People and places

    def add_user(  # noqa: PLR0913 - what Slack says about a person
        self,
        user: str | None = None,
        *,
        name: str = "",
        email: str = "",
        team_id: str | None = None,
        is_admin: bool = False,
        is_owner: bool = False,
        is_restricted: bool = False,
        is_ultra_restricted: bool = False,
        is_stranger: bool = False,
        is_bot: bool = False,
        deleted: bool = False,
        locale: str = "en-GB",
    ) -> User:
        """Add a person; without a ``user`` id, one is made."""
        identity = user or self.new_id("U")
        person = User(
            id=identity,
            name=name or identity.lower(),
            team_id=team_id or self.team_id,
            email=email,
            locale=locale,
            is_admin=is_admin,
            is_owner=is_owner,
            is_restricted=is_restricted,
            is_ultra_restricted=is_ultra_restricted,
            is_stranger=is_stranger,
            is_bot=is_bot,
            deleted=deleted,
        )
        self.people[identity] = person
        self.changes.happened()
        return person

    def add_channel(  # noqa: PLR0913 - what Slack says about a channel
        self,
        channel: str | None = None,
        *,
        name: str = "",
        members: Iterable[str] = (),
        kind: ChannelKind = "channel",
        is_ext_shared: bool = False,
        is_archived: bool = False,
        with_bot: bool = True,
    ) -> Channel:
        """Add a channel (``kind="group"`` is a private one) that the bot is in, or not."""
        identity = channel or self.new_id("C")
        everyone = [*members, *([self.bot_user_id] if with_bot else [])]
        place = Channel(
            id=identity,
            name=name or identity.lower(),
            kind=kind,
            members=list(dict.fromkeys(everyone)),
            is_ext_shared=is_ext_shared,
            is_archived=is_archived,
            creator=everyone[0] if everyone else "",
        )
        self.channels[identity] = place
        self.changes.happened()
        return place

    def add_usergroup(self, group: str, *, handle: str, users: Iterable[str] = ()) -> UserGroup:
        self.usergroups[group] = UserGroup(group, handle, handle, tuple(users))
        return self.usergroups[group]

    def im(self, user: str) -> Channel:
        """Return the direct conversation of ``user`` and the bot, opened if needed."""
        for channel in self.channels.values():
            if channel.kind == "im" and user in channel.members:
                return channel
        return self.add_channel(self.new_id("D"), members=[user], kind="im")

    # Messages

    def thread(self, channel: str, ts: str) -> list[Message]:
        """Return the first message of a thread and its replies, oldest first."""
        return [message for message in self.history(channel) if message.root == ts]

    def replies(self, message: Message) -> list[Message]:
        return [other for other in self.thread(message.channel, message.ts) if other.is_reply]

    def history(self, channel: str) -> list[Message]:
        """Return every message of a channel, including those in threads, oldest first."""
        return list(self.messages.get(channel, {}).values())

    def message(self, channel: str, ts: str) -> Message:
        """Return a message.

        Raises:
            Refusal: ``message_not_found``.
        """
        try:
            return self.messages[channel][ts]
        except KeyError:
            raise Refusal("message_not_found") from None

    def keep(self, message: Message) -> Message:
        self.messages.setdefault(message.channel, {})[message.ts] = message
        self.changes.happened()
        return message

    def status(self, channel: str, thread_ts: str) -> str:
        """Return the status that a person sees below the thread now, such as "is thinking..."."""
        status = self.statuses.get((channel, thread_ts))
        if status is None or self.clock() >= status["until"]:
            return ""
        return str(status["status"])

    # Looking up, with Slack's refusals

    def channel_for_bot(self, channel: str) -> Channel:
        """Return a channel that the bot may see.

        Raises:
            Refusal: ``channel_not_found``, also for private ones the bot is not in.
        """
        place = self.channels.get(channel)
        hidden = place and place.kind != "channel" and self.bot_user_id not in place.members
        if place is None or hidden:
            raise Refusal("channel_not_found")
        return place

    def user(self, user: str) -> User:
        """Return a user.

        Raises:
            Refusal: ``user_not_found``.
        """
        try:
            return self.people[user]
        except KeyError:
            raise Refusal("user_not_found") from None

    # Names and times

    def new_id(self, prefix: str) -> str:
        return f"{prefix}1{next(self._numbers):09d}"

    def new_ts(self) -> str:
        """Return a time that no other message has, later than all earlier ones."""
        self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"
