"""The features of the bot in a workspace of Slack."""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversation.conversation import Conversation
from bot.conversation.intake import Intake
from bot.conversation.prompts import Prompts
from bot.flags.flagging import Flagging
from bot.slack.chat.workspace import SlackWorkspace
from bot.slack.commands.forget import Forget
from bot.slack.commands.wiki import WikiCommands
from bot.slack.home.home import Home
from bot.slack.reindexing.reindexer import Reindexer


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackFeatures:
    """All that people can do with the bot in ``workspace``."""

    workspace: SlackWorkspace
    intake: Intake
    conversation: Conversation
    prompts: Prompts
    flagging: Flagging
    home: Home
    wiki: WikiCommands
    forget: Forget
    reindexer: Reindexer
