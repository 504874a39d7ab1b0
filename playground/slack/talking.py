"""A person's messages and actions in conversations."""

from __future__ import annotations

from collections.abc import Sequence

from footnote_bot.playground.slack.core import Core
from footnote_bot.playground.slack.delivery import Delivery
from footnote_bot.playground.slack.errors import CannotAct
from footnote_bot.playground.slack.kit.blocks import with_ids
from footnote_bot.playground.slack.kit.typed import typed
from footnote_bot.playground.slack.model import Channel, Json, Message
from footnote_bot.playground.slack.people import User


class Talking(Core):
    """A person's actions. Texts are as Slack's window sends them: a typed ``<`` is ``&lt;``, and a
    person picked from a list is ``<@U...>``.

    Each method returns as soon as it is visible; the app gets the event meanwhile.
    """

    async def say(  # noqa: PLR0913 - what can go along with a text
        self,
        user: str,
        channel: str,
        text: str,
        *,
        thread_ts: str | None = None,
        files: Sequence[Json] = (),
        attachments: Sequence[Json] = (),
        broadcast: bool = False,
    ) -> Message:
        """Post a message by ``user``; with ``files`` it is a file's comment, and a forwarded
        message is in ``attachments``.

        Raises:
            CannotAct: ``user`` is no member there, or there is no such thread.
        """
        person, place = self._member(user, channel)
        if thread_ts is not None:
            parent = self.messages.get(channel, {}).get(thread_ts)
            if parent is None or parent.is_reply:
                raise CannotAct(f"{channel} has no thread {thread_ts}")
        subtype = "file_share" if files else "thread_broadcast" if broadcast else None
        return self.post(
            Message(
                channel=place.id,
                ts=self.new_ts(),
                user=person.id,
                team=person.team_id,
                text=text,
                blocks=[] if person.is_bot else typed(text),
                client_msg_id=None if person.is_bot else self.new_id("client-"),
                thread_ts=thread_ts,
                subtype=subtype,
                files=list(files),
                attachments=list(attachments),
                bot_id=f"B{person.id[1:]}" if person.is_bot else None,
            )
        )

    async def mention(  # noqa: PLR0913 - what can go along with a text
        self,
        user: str,
        channel: str,
        text: str,
        *,
        thread_ts: str | None = None,
        files: Sequence[Json] = (),
        attachments: Sequence[Json] = (),
    ) -> Message:
        """Post a message that mentions the app, in front unless the text does already."""
        name = f"<@{self.bot_user_id}>"
        return await self.say(
            user,
            channel,
            text if name in text else f"{name} {text}",
            thread_ts=thread_ts,
            files=files,
            attachments=attachments,
        )

    async def dm(
        self,
        user: str,
        text: str,
        *,
        thread_ts: str | None = None,
        files: Sequence[Json] = (),
        attachments: Sequence[Json] = (),
    ) -> Message:
        """Post a message in the direct conversation with the app."""
        channel = self.im(user).id
        return await self.say(
            user, channel, text, thread_ts=thread_ts, files=files, attachments=attachments
        )

    async def edit(self, message: Message, text: str) -> Message:
        """Edit a message as its author. A new mention counts as a mention."""
        before = message.wire(self.replies(message))
        mentioned = f"<@{self.bot_user_id}>" in message.text
        message.text, message.blocks = text, with_ids(typed(text))
        message.edited = {"user": message.user, "ts": self.new_ts()}
        self.changed(message, before)
        if not mentioned:
            self.announce_mention(message)
        return message

    async def delete(self, message: Message) -> None:
        """Delete a message as its author, or as an admin."""
        self.remove(message)

    async def react(self, user: str, message: Message, name: str) -> None:
        """Add a reaction.

        Raises:
            CannotAct: they have already reacted with it, or are no member there.
        """
        self._member(user, message.channel)
        users = message.reactions.setdefault(name, [])
        if user in users:
            raise CannotAct(f"{user} has reacted with {name} already")
        users.append(user)
        self.reacted("reaction_added", user, message, name)

    async def unreact(self, user: str, message: Message, name: str) -> None:
        message.reactions[name].remove(user)
        if not message.reactions[name]:
            del message.reactions[name]
        self.reacted("reaction_removed", user, message, name)

    async def join(self, user: str, channel: str) -> None:
        """Add a person, or the app itself, as a member."""
        place = self.channels[channel]
        if user not in place.members:
            place.members.append(user)
        self._membership("member_joined_channel", user, place)
        self.post(
            Message(
                channel=channel,
                ts=self.new_ts(),
                user=user,
                team=self.people[user].team_id,
                text=f"<@{user}> has joined the channel",
                subtype="channel_join",
            )
        )

    async def leave(self, user: str, channel: str) -> None:
        place = self.channels[channel]
        self._membership("member_left_channel", user, place)
        place.members.remove(user)
        self.changes.happened()

    async def stop_agent(self, user: str, channel: str, thread_ts: str) -> Delivery | None:
        """Press the Stop button of a working agent: its streams in the thread end."""
        self._member(user, channel)
        streaming = [
            message
            for message in self.thread(channel, thread_ts)
            if message.stream is not None and message.stream.end is None
        ]
        for message in streaming:
            assert message.stream is not None  # noqa: S101 - chosen so
            message.stream.end = "stopped_by_user"
        self.changes.happened()
        return self.announce(
            {
                "type": "agent_session_stopped",
                "channel": channel,
                "thread_ts": thread_ts,
                "user": user,
                "streaming_message_ts": [message.ts for message in streaming],
                "event_ts": self.new_ts(),
            }
        )

    async def open_home(self, user: str, tab: str = "home") -> Delivery | None:
        """Open the app's "home" or "messages" tab.

        Raises:
            CannotAct: there is no such person, or the manifest has no such tab.
        """
        if user not in self.people:
            raise CannotAct(f"no such person: {user}")
        if tab == "home" and not self.manifest.home_tab:
            raise CannotAct("the manifest switches the home tab off")
        event: Json = {
            "type": "app_home_opened",
            "user": user,
            "channel": self.im(user).id,
            "tab": tab,
            "event_ts": self.new_ts(),
        }
        home = self.homes.get(user)
        if home is not None and tab == "home":
            event["view"] = {"id": home.id, "hash": home.hash, **home.definition}
        return self.announce(event)

    def redeliver(self, event_id: str) -> None:
        """Send an event once more, though the app may have acknowledged it.

        Raises:
            CannotAct: there was no such event.
        """
        for delivery in self.deliveries:
            if delivery.event_id == event_id:
                self.deliverer.again(delivery)
                return
        raise CannotAct(f"no event {event_id}")

    def _member(self, user: str, channel: str) -> tuple[User, Channel]:
        if user not in self.people:
            raise CannotAct(f"no such person: {user}")
        if channel not in self.channels:
            raise CannotAct(f"no such channel: {channel}")
        if user not in self.channels[channel].members:
            raise CannotAct(f"{user} is no member of {channel}")
        return self.people[user], self.channels[channel]

    def _membership(self, kind: str, user: str, place: Channel) -> None:
        if self.bot_user_id not in place.members:
            return
        self.announce(
            {
                "type": kind,
                "user": user,
                "channel": place.id,
                "channel_type": "C" if place.kind == "channel" else "G",
                "team": self.people[user].team_id,
                "event_ts": self.new_ts(),
            }
        )
