"""Which channel the flags on a wiki go to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.feedback.model import Flag
from bot.model import named
from bot.state.channels import DatabaseChannels


@dataclass(frozen=True, slots=True)
class ReviewChannels:
    """Which channel a flag goes to: the one that was set for the channel it was raised in,
    else that of the first wiki it names that has one of its own, else the ``default``, which
    may be none."""

    default: str
    by_wiki: Mapping[str, str]
    chosen: DatabaseChannels

    def of(self, flag: Flag) -> str:
        """Blocks for a moment: call it in a thread."""
        place = flag.given.asked.place
        if set_ := self.chosen.of(place.team, place.channel).review_channel:
            return set_
        wikis = (source.wiki for source in named(flag.given.answer))
        own = (self.by_wiki[wiki] for wiki in wikis if wiki in self.by_wiki)
        return next(own, self.default)
