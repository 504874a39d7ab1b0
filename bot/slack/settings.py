"""Options of the Slack adapter, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.conversation.limits import QuestionLimits
from bot.slack.home.weekly import Weekly

STALE_AFTER = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackOptions:
    """Options of the Slack adapter. ``app_token`` means Socket Mode; without it HTTP, which needs
    ``signing_secret``.

    ``link_origins`` are those of `bot.slack.rendering.links.origins`: an answer links to no other.
    ``guests`` get what is open to everyone, or nothing; so do people of other companies
    where ``shared_channels`` says so. ``admins`` are user ids and user groups (``@handle`` or
    id), beside the workspace's own. ``accounts`` are e-mail addresses by user id; if they are
    given, nobody has another address, whatever Slack says.
    """

    bot_token: str = field(repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    api_url: str = "https://slack.com/api/"
    host: str = "127.0.0.1"
    port: int | None = 3000
    """The port for events, health checks and hooks; None in Socket Mode: do not listen."""
    spool: Path | None = None
    """The folder in which questions wait while the database is away; None: nowhere."""
    review_channel: str = ""
    review_channels: Mapping[str, str] = field(default_factory=dict)
    """Review channels of wikis that have their own, by name."""
    edit_origins: frozenset[str] = frozenset()
    """Origins where pages are edited, beside ``link_origins``: for reviewers' links alone."""
    remind_after: timedelta = timedelta(days=7)
    """The age of an open flag at which reminders begin; zero: never."""
    digest: Weekly | None = None
    """When the weekly digest is posted; None: never."""
    stale_after: timedelta = STALE_AFTER
    """A page that nobody edited for longer is shown to admins as old, if it is often cited."""
    retracted_within: timedelta = timedelta(days=7)
    """Answers up to this age are retracted when their pages go; zero: none."""
    written_holds: timedelta = timedelta(days=180)
    """How long a written answer is valid, unless its author says otherwise."""
    link_origins: frozenset[str] = frozenset()
    admins: frozenset[str] = frozenset()
    accounts: Mapping[str, str] | None = None
    guests: bool = False
    shared_channels: bool = False
    private_members: int = 50
    """In private channels of up to so many people, the rights of all members together count."""
    caps: QuestionLimits = field(default_factory=QuestionLimits)
    workers: int = 4
    """How many questions are answered at once."""
    retention: timedelta = timedelta(days=90)
    """How long questions, answers and verdicts are kept."""
    grace: float = 10.0
    """Seconds that a stop waits for running answers."""
    streaming: bool = False
    """A language model composes answers, and they are shown while they are made; quotations come at
    once."""
    languages: tuple[str, ...] = ()
    """Languages that a channel can choose, as in `Question.language`."""
    long_wait: float = 3.0
    """Seconds after which somebody who waits is told how many are before them."""
    edit_every: float = 3.0
    """Least seconds between two edits of a progress message."""

    @property
    def operators_channels(self) -> frozenset[str]:
        """Return the review channels that the settings name, whatever people set in Slack."""
        return frozenset({self.review_channel, *self.review_channels.values()} - {""})

    @property
    def socket_mode(self) -> bool:
        return bool(self.app_token)
