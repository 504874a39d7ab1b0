"""The subcommands of `/wiki`, composed of the bot's parts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from footnote_bot.bot.conversation.model import IncomingMessage
from footnote_bot.bot.conversation.ports import ChannelSettingsStore
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.insights import Insights
from footnote_bot.bot.slack.chat.workspace import SlackWorkspace
from footnote_bot.bot.slack.commands.access import AccessCommand
from footnote_bot.bot.slack.commands.asking import CommandQuestions
from footnote_bot.bot.slack.commands.audit import Audit, Trail
from footnote_bot.bot.slack.commands.channel_form import LanguageChoices
from footnote_bot.bot.slack.commands.channel_settings import ChannelForms
from footnote_bot.bot.slack.commands.flags import Flags
from footnote_bot.bot.slack.commands.forget import Forget
from footnote_bot.bot.slack.commands.gaps import Gaps
from footnote_bot.bot.slack.commands.reindex import Reindex
from footnote_bot.bot.slack.commands.router import Commands
from footnote_bot.bot.slack.commands.status import Status
from footnote_bot.bot.slack.reindexing.reindexer import Reindexer
from footnote_bot.bot.workspaces.narrowing import WikiPorts


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
