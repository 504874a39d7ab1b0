"""Which channel the flags on a wiki go to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.feedback.model import Flag
from bot.model import named


@dataclass(frozen=True, slots=True)
class ReviewChannels:
    """Which channel a flag goes to: that of the first wiki it names that has one of its
    own, else the ``default``, which may be none."""

    default: str
    by_wiki: Mapping[str, str] = field(default_factory=dict)

    def of(self, flag: Flag) -> str:
        wikis = (source.wiki for source in named(flag.given.answer))
        own = (self.by_wiki[wiki] for wiki in wikis if wiki in self.by_wiki)
        return next(own, self.default)
