"""Review channels of wikis and channels, and the answers that their members may publish."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from footnote_bot.bot.answering.model import WrittenAnswer
from footnote_bot.bot.answering.verified import Writings
from footnote_bot.bot.conversation.ports import ChannelSettingsStore
from footnote_bot.bot.flags.model import Flag
from footnote_bot.bot.model import Source, named


@dataclass(frozen=True, slots=True)
class ReviewChannels:
    """The choice of a flag's review channel: the one set for the channel it was raised in, else
    the channel of the first cited wiki that has its own, else the ``default``, which may be empty.

    Only the last two are the operator's. The one set for a channel gets its cards; but anybody can
    make a channel and choose it, so its members cannot publish an answer for the whole workspace.
    """

    default: str
    by_wiki: Mapping[str, str]
    chosen: ChannelSettingsStore

    async def of(self, flag: Flag) -> str:
        """Return the flag's review channel; empty if there is none."""
        place = flag.recorded.asked.place
        settings = await self.chosen.of(place.team, place.channel)
        if settings.review_channel:
            return settings.review_channel
        return self.operators(named(flag.recorded.answer))

    def operators(self, sources: Iterable[Source]) -> str:
        """Return the operator's review channel for the first of ``sources`` whose wiki has its own,
        else the default."""
        own = (self.by_wiki[source.wiki] for source in sources if source.wiki in self.by_wiki)
        return next(own, self.default)

    @property
    def all_operators(self) -> frozenset[str]:
        """Return the channels that the settings file names as review channels."""
        return frozenset({self.default, *self.by_wiki.values()} - {""})

    def is_operators(self, channel: str) -> bool:
        return channel in self.all_operators


@dataclass(frozen=True, slots=True)
class Published:
    """The authorized written answers. ``channels`` are the review channels of the settings file.

    A written answer goes to the whole workspace under "Verified by". So it is authorized only while
    it comes from a review channel that the operator set, or from an admin. This is checked when it
    is written and whenever the bot would give it: settings change, and so do admins.
    """

    written: Writings
    channels: frozenset[str]

    def valid(self, now: datetime) -> Sequence[WrittenAnswer]:
        """Return the authorized answers that have not ended, newest first.

        Raises:
            StateUnavailable
        """
        return [each for each in self.written.valid(now) if is_authorized(each, self.channels)]


def is_authorized(answer: WrittenAnswer, channels: frozenset[str]) -> bool:
    """Return whether a written answer is authorized, see `Published`."""
    return answer.by_admin or (bool(answer.channel) and answer.channel in channels)
