"""The subcommands of `/wiki`, composed of the bot's parts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.conversation.ports import ChannelSettingsStore
from bot.flags.feedback import Feedback
from bot.flags.insights import Insights
from bot.operations.ports import Operating, Reindexing
from bot.slack.api.slack_api import SlackApi
from bot.slack.commands.access import AccessCommand
from bot.slack.commands.call import Subcommand
from bot.slack.commands.channel_form import LanguageChoices
from bot.slack.commands.channel_settings import ChannelForms
from bot.slack.commands.flags import Flags
from bot.slack.commands.gaps import Gaps
from bot.slack.commands.reindex import Reindex
from bot.slack.commands.router import Commands
from bot.slack.commands.status import Status
from bot.slack.events.parsing import Identity
from bot.slack.reindexing.reindexer import Reindexer
from bot.slack.rendering.message import Message
from bot.slack.rights.slack_directory import SlackDirectory


class CommandParts(Protocol):
    """The parts of the bot that the subcommands need. ``links`` are the origins that may be linked
    to."""

    @property
    def me(self) -> Identity: ...

    @property
    def api(self) -> SlackApi: ...

    @property
    def directory(self) -> SlackDirectory: ...

    @property
    def feedback(self) -> Feedback: ...

    @property
    def insights(self) -> Insights: ...

    @property
    def operating(self) -> Operating: ...

    @property
    def reindexing(self) -> Reindexing: ...

    @property
    def links(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class WikiCommands:
    """The command, and the form of a channel's settings."""

    commands: Commands
    settings: ChannelForms


def wiki_commands(  # noqa: PLR0913 - what the subcommands need beside the bot's parts
    parts: CommandParts,
    *,
    clock: Callable[[], datetime],
    settings: ChannelSettingsStore,
    languages: LanguageChoices,
    reindexer: Reindexer,
    more: Sequence[Subcommand],
    ask: Callable[[str, str], Awaitable[Message]],
) -> WikiCommands:
    """Compose the subcommands, and ``more`` after them. ``ask`` as in `Commands`."""
    people = parts.directory.people
    forms = ChannelForms(
        team=parts.me.team,
        people=people,
        channels=parts.directory.channels,
        settings=settings,
        wikis=parts.reindexing.wikis,
        languages=languages,
        api=parts.api,
    )
    subcommands = [
        Status(people, parts.operating).subcommand,
        Reindex(parts.reindexing, reindexer).subcommand,
        Flags(parts.feedback, parts.api, clock).subcommand,
        AccessCommand(people, parts.operating).subcommand,
        Gaps(parts.insights, clock, parts.links).subcommand,
        forms.subcommand,
        *more,
    ]
    return WikiCommands(Commands(people, subcommands, ask), forms)
