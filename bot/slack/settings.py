"""What the Slack side is told, in plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings:
    """``app_token`` means Socket Mode, its absence HTTP, which needs ``signing_secret``.

    ``link_origins`` are those of `bot.slack.links.origins`: an answer links to no other.
    ``guests`` get what is open to everyone, or nothing; so do people of other companies
    where ``shared_channels`` says so. ``admins`` are user ids, beside the workspace's own.
    """

    bot_token: str = field(repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    api_url: str = "https://slack.com/api/"
    host: str = "0.0.0.0"  # noqa: S104 - a container is reached from outside
    port: int | None = 3000
    """Where HTTP listens, for events and ``/healthz``; None in Socket Mode: not at all."""
    review_channel: str = ""
    link_origins: frozenset[str] = frozenset()
    admins: frozenset[str] = frozenset()
    guests: bool = False
    shared_channels: bool = False
    private_members: int = 50
    """In private channels of up to so many people, what all of them may read counts."""
    workers: int = 4
    """How many questions are answered at once."""
    retention: timedelta = timedelta(days=90)
    """How long questions, answers and verdicts are kept."""
    grace: float = 10.0
    """Seconds that a stop waits for answers in flight."""
    streaming: bool = False
    """Show composed answers while they are made; quotations are there at once."""
    edit_every: float = 1.5
    """Seconds between two edits of a progress message, at least."""

    @property
    def socket_mode(self) -> bool:
        return bool(self.app_token)
