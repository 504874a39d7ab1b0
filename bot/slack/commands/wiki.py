"""The subcommands of `/wiki`, composed of the bot's parts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.conversation.model import IncomingMessage
from bot.conversation.ports import ChannelSettingsStore
from bot.flags.feedback import Feedback
from bot.flags.insights import Insights
from bot.slack.chat.workspace import SlackWorkspace
from bot.slack.commands.access import AccessCommand
from bot.slack.commands.asking import CommandQuestions
from bot.slack.commands.audit import Audit, Trail
from bot.slack.commands.channel_form import LanguageChoices
from bot.slack.commands.channel_settings import ChannelForms
from bot.slack.commands.flags import Flags
from bot.slack.commands.forget import Forget
from bot.slack.commands.gaps import Gaps
from bot.slack.commands.reindex import Reindex
from bot.slack.commands.router import Commands
from bot.slack.commands.status import Status
from bot.slack.reindexing.reindexer import Reindexer
from bot.workspaces.narrowing import WikiPorts


@dataclass(frozen=True, slots=True)
class WikiCommands:
    """The command, and the form of a channel's settings."""

    commands: Commands
    settings: ChannelForms


def wiki_commands(  # noqa: PLR0913 - what the subcommands need beside the workspace
    slack: SlackWorkspace,
    *,
    wikis: WikiPorts,
    feedback: Feedback,
    insights: Insights,
    reindexer: Reindexer,
    forget: Forget,
    settings: ChannelSettingsStore,
    trail: Trail,
    audited: timedelta,
    languages: LanguageChoices,
    keep: Callable[[IncomingMessage], Awaitable[None]],
) -> WikiCommands:
    """Compose the subcommands. ``audited`` is how long the ``trail`` is kept; ``keep`` as in
    `CommandQuestions`."""
    people, api, clock, reindexing = slack.people, slack.api, slack.env.clock, wikis.reindexing
    forms = ChannelForms(
        team=slack.me.team,
        people=people,
        channels=slack.directory.channels,
        settings=settings,
        wikis=reindexing.wikis,
        languages=languages,
        api=api,
    )
    subcommands = [
        Status(people, wikis.operating).subcommand,
        Reindex(reindexing, reindexer).subcommand,
        Flags(feedback, insights.questions, api, clock).subcommand,
        AccessCommand(people, wikis.operating).subcommand,
        Gaps(insights, clock, slack.links).subcommand,
        forms.subcommand,
        forget.subcommand,
        Audit(trail, people, reindexing.part, clock, audited).subcommand,
    ]
    questions = CommandQuestions(api, slack.text, slack.me.team, keep)
    return WikiCommands(Commands(people, subcommands, questions.ask), forms)
