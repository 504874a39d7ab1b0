"""The contract of a store of channel settings: it returns the settings stored for a channel."""

from __future__ import annotations

from datetime import UTC, datetime

from footnote_bot.bot.conversation.model import USUAL, ChannelSettings

from .conftest import Stores

NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
CHOSEN = ChannelSettings(
    ("handbook",), 0.8, only_asker=True, review_channel="C9", language="german"
)


async def test_a_channel_has_what_was_set_last_and_others_the_usual(stores: Stores) -> None:
    channels = stores.settings
    await channels.set("T1", "C1", ChannelSettings(unasked=0.6), "U1")
    await channels.set("T1", "C1", CHOSEN, "U2")

    assert await channels.of("T1", "C1") == CHOSEN
    assert await channels.of("T1", "C2") == await channels.of("T2", "C1") == USUAL
