"""What was set for a channel is kept for that channel."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.conversation.model import USUAL, ChannelSettings
from bot.state.channels import DatabaseChannels
from bot.state.database import Database

NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
CHOSEN = ChannelSettings(
    ("handbook",), 0.8, only_asker=True, review_channel="C9", language="german"
)


def test_a_channel_has_what_was_set_last_and_others_the_usual(database: Database) -> None:
    channels = DatabaseChannels(database, lambda: NOW)
    channels.set("T1", "C1", ChannelSettings(unasked=0.6), "U1")
    channels.set("T1", "C1", CHOSEN, "U2")

    assert DatabaseChannels(database, lambda: NOW).of("T1", "C1") == CHOSEN
    assert channels.of("T1", "C2") == channels.of("T2", "C1") == USUAL
