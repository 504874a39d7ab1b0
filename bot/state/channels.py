"""Settings of channels in the database."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from footnote_bot.bot.conversation.model import USUAL, ChannelSettings
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.schema import channels


class DatabaseChannels:
    """The port `bot.conversation.ports.ChannelSettingsStore` in the database.

    Raises:
        StateUnavailable: from any method.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def of(self, team: str, channel: str) -> ChannelSettings:
        query = sa.select(channels).where(channels.c.team == team, channels.c.channel == channel)
        row = next(iter(self._database.all(query)), None)
        if row is None:
            return USUAL
        return ChannelSettings(
            wikis=tuple(json.loads(row.wikis)),
            unasked=row.unasked,
            only_asker=row.only_asker,
            review_channel=row.review_channel,
            language=row.language,
        )

    def set(self, team: str, channel: str, settings: ChannelSettings, person: str) -> None:
        values = asdict(settings) | {
            "wikis": json.dumps(settings.wikis),
            "person": person,
            "changed": self._clock(),
        }
        key = {"team": team, "channel": channel}
        self._database.run(self._database.upsert(channels, key, values))
