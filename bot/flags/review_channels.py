"""Review channels of wikis and channels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
        place = flag.recorded.asked.place
        settings = await self.chosen.of(place.team, place.channel)
        if settings.review_channel:
            return settings.review_channel
        return self.operators(named(flag.recorded.answer))

    def operators(self, sources: Iterable[Source]) -> str:
        """Return the operator's review channel for the first of these pages that has one."""
        own = (self.by_wiki[source.wiki] for source in sources if source.wiki in self.by_wiki)
        return next(own, self.default)

    def is_operators(self, channel: str) -> bool:
        """Return whether the settings file names the channel as a review channel."""
        return bool(channel) and channel in {self.default, *self.by_wiki.values()}
