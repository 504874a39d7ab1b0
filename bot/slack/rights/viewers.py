"""Viewers of an answer in Slack, and the message that carries it.

Clicks, forms and stops name an answer by its id. An id is no permission: a person who acts on an
answer must be able to see it, and the message that they act from must carry it.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversation.model import RecordedAnswer
from bot.slack.api.marks import marked_replies, reply_marks
from bot.slack.api.slack_api import SlackApi
from bot.slack.rights.channels import Channels


@dataclass(frozen=True, slots=True)
class Viewers:
    """Viewers of answers. All methods raise ChatUnavailable if Slack does not say now."""

    channels: Channels
    api: SlackApi

    async def may_see(self, person: str, recorded: RecordedAnswer) -> bool:
        """Return whether the person may see the answer: a private one is for its asker, any other
        for the members of its channel."""
        if recorded.asked.private and person != recorded.asked.asker:
            return False
        return await self.is_in(person, recorded.asked.place.channel)

    async def is_in(self, person: str, channel: str) -> bool:
        """Return whether the person is in the channel now."""
        return await self.channels.has(channel, person)

    async def carries(self, channel: str, ts: str, recorded: RecordedAnswer) -> bool:
        """Return whether the message at ``ts`` carries the answer. A quick click may arrive before
        the message's place is recorded; then Slack is asked."""
        place = recorded.asked.place
        if channel != place.channel:
            return False
        if recorded.message:
            return ts == recorded.message
        marked = await marked_replies(self.api, channel, place.thread, since=place.ts)
        mark = reply_marks(place.ts)
        return any(marked_ts == ts and name.startswith(mark) for name, marked_ts in marked.items())
