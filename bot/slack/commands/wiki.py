"""The command `/wiki`: its subcommands, and questions that are typed in their place."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from footnote_bot.bot.conversation.addressing import looks_like_question
from footnote_bot.bot.conversation.model import IncomingMessage, MessageKind
from footnote_bot.bot.conversation.ports import ChannelSettingsStore, MessageText
from footnote_bot.bot.errors import ChatRefused, ChatUnavailable
from footnote_bot.bot.flags.feedback import Feedback
from footnote_bot.bot.flags.insights import LATELY as GAPS_LATELY
from footnote_bot.bot.flags.insights import Insights
from footnote_bot.bot.slack.api.slack_api import SlackApi, reply
from footnote_bot.bot.slack.chat.workspace import SlackWorkspace
from footnote_bot.bot.slack.commands.access import AccessCommand
from footnote_bot.bot.slack.commands.audit import LATELY, Audit, Trail
from footnote_bot.bot.slack.commands.call import (
    Call,
    For,
    Misused,
    Subcommand,
    is_argument,
    words_of,
)
from footnote_bot.bot.slack.commands.channel_settings import ChannelForms, LanguageChoices
from footnote_bot.bot.slack.commands.flags import Flags
from footnote_bot.bot.slack.commands.forget import Forget
from footnote_bot.bot.slack.commands.gaps import Gaps
from footnote_bot.bot.slack.commands.reindex import Reindex
from footnote_bot.bot.slack.commands.status import Status
from footnote_bot.bot.slack.commands.tokens import TokenCommand
from footnote_bot.bot.slack.events.parsing import MOST_CHARACTERS, storable
from footnote_bot.bot.slack.reindexing.reindexer import Reindexer
from footnote_bot.bot.slack.rendering.blocks import repeated
from footnote_bot.bot.slack.rendering.message import Message, say
from footnote_bot.bot.slack.rights.directory import Membership
from footnote_bot.bot.slack.rights.people import SlackPeople
from footnote_bot.bot.slack.texts import commands as texts
from footnote_bot.bot.workspaces.narrowing import WikiPorts

logger = logging.getLogger(__name__)

MEMBERS_ONLY = say(texts.MEMBERS_ONLY, texts.ASK_A_MEMBER)
_FEWEST_WORDS = 4
"""Words from which on a text that begins with no command is a question."""
ANSWERED_THERE = say(texts.ANSWERED_DIRECTLY)
NOT_THERE = say(texts.NO_DIRECT_MESSAGES, texts.MENTION_ME)


class Commands:
    """The subcommands of `/wiki`, in the order of the help. ``ask`` takes a person and their
    question and returns a message that says where it is answered."""

    def __init__(
        self,
        people: SlackPeople,
        subcommands: Sequence[Subcommand],
        ask: Callable[[str, str], Awaitable[Message]],
    ) -> None:
        self._people = people
        self._ask = ask
        self._subcommands = {each.name: each for each in subcommands}

    async def wiki(self, command: Mapping[str, Any], respond: AsyncRespond) -> None:
        """Run the subcommand, or answer a question that is typed in its place."""

        async def answer(message: Message) -> None:
            await reply(respond, message)

        typed = str(command.get("text") or "")[:MOST_CHARACTERS]
        text = await asyncio.to_thread(storable, typed)
        name, *words = await asyncio.to_thread(words_of, text) or ("help",)
        call = Call(
            command["user_id"],
            command["channel_id"],
            tuple(words),
            answer,
            trigger=str(command.get("trigger_id") or ""),
        )
        subcommand = self._subcommands.get(name.casefold())
        is_question = await asyncio.to_thread(looks_like_question, text)
        if subcommand:
            # "Access to the VPN?" begins like a command.
            is_question = is_question and not any(map(is_argument, words))
        else:
            is_question = is_question or 1 + len(words) >= _FEWEST_WORDS
        if is_question:
            await answer(await self._ask(call.person, text))
        elif subcommand:
            await self._run(subcommand, call)
        elif name.casefold() == "help":
            await answer(await self._help(call.person))
        else:
            await answer(say(texts.unknown_command(name[:100]), texts.SEE_HELP))

    async def _run(self, subcommand: Subcommand, call: Call) -> None:
        if refusal := await self._refusal(subcommand, call.person):
            await call.respond(refusal)
            return
        try:
            await subcommand.carry_out(call)
        except Misused as error:
            await call.respond(say(str(error), texts.right_usage(subcommand.usage)))

    async def _refusal(self, subcommand: Subcommand, person: str) -> Message | None:
        """Return why the person may not use the subcommand; None if they may."""
        if subcommand.who is For.ADMINS and not await self._people.is_admin(person):
            return say(texts.admins_only(subcommand.name), texts.ASK_AN_ADMIN)
        if subcommand.who is For.MEMBERS:
            caller = await self._people.person(person)
            return None if caller.membership is Membership.MEMBER else MEMBERS_ONLY
        return None

    async def _help(self, person: str) -> Message:
        """Return a line for each subcommand that the person may use."""
        callers = {For.ANYBODY}
        try:
            if (await self._people.person(person)).membership is Membership.MEMBER:
                callers.add(For.MEMBERS)
            if await self._people.is_admin(person):
                callers.add(For.ADMINS)
        except ChatUnavailable as error:
            logger.info("The help leaves out what %s may use: %s", person, error)
        lines = [
            texts.help_line(each.usage, each.says)
            for each in self._subcommands.values()
            if each.who in callers
        ]
        lines += [texts.HELP_ON_QUESTIONS, texts.HELP_ON_HELP]
        return say(texts.INTRODUCTION, "\n".join(lines))


@dataclass(frozen=True, slots=True)
class CommandQuestions:
    """Questions asked by command. A command has no message that an answer could follow. So the
    question is written into the person's direct messages, and enters the inbox (by ``keep``) as if
    they had sent it there: with their own rights, limits and history."""

    api: SlackApi
    text: MessageText
    team: str
    keep: Callable[[IncomingMessage], Awaitable[None]]

    def _repeated(self, words: str) -> Message:
        return repeated(self.text.plain(words))

    async def ask(self, person: str, words: str) -> Message:
        """Ask the question ``words``, and return a message that says where it is answered."""
        shown = await asyncio.to_thread(self._repeated, words)
        try:
            channel = await self.api.direct(person)
            ts = await self.api.post(channel, shown)
        except ChatRefused as error:
            logger.info("%s cannot be written to: %s", person, error.code)
            return NOT_THERE
        message = IncomingMessage(
            event=f"command-{channel}-{ts}",
            kind=MessageKind.DIRECT,
            team=self.team,
            channel=channel,
            ts=ts,
            thread=ts,
            person=person,
            text=words,
        )
        await self.keep(message)
        return ANSWERED_THERE


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
    tokens: TokenCommand | None,
) -> WikiCommands:
    """Compose the subcommands. ``audited`` is how long the ``trail`` is kept; for ``keep`` see
    `CommandQuestions`; without ``tokens``, agents are not served."""
    people, api, clock, reindexing = slack.people, slack.api, slack.clock, wikis.reindexing
    forms = ChannelForms(
        team=slack.me.team,
        directory=slack.directory,
        settings=settings,
        wikis=reindexing.wikis,
        languages=languages,
        api=api,
    )
    audit = Audit(trail, people, reindexing.part, clock, audited)
    subcommands = [
        Subcommand(
            texts.STATUS_USAGE, texts.STATUS_DOES, Status(people, wikis.operating).run, For.MEMBERS
        ),
        Subcommand(
            texts.REINDEX_USAGE,
            texts.REINDEX_DOES,
            Reindex(reindexing, reindexer).run,
            For.ADMINS,
        ),
        Subcommand(
            texts.FLAGS_USAGE, texts.FLAGS_DOES, Flags(feedback, api, clock).run, For.ADMINS
        ),
        Subcommand(
            texts.ACCESS_USAGE,
            texts.ACCESS_DOES,
            AccessCommand(people, wikis.operating).run,
            For.ADMINS,
        ),
        Subcommand(
            texts.GAPS_USAGE,
            texts.gaps_does(GAPS_LATELY.days),
            Gaps(insights, clock, slack.links).run,
            For.ADMINS,
        ),
        Subcommand(texts.SETTINGS_USAGE, texts.SETTINGS_DOES, forms.ask, For.MEMBERS),
        Subcommand(texts.FORGET_USAGE, texts.FORGET_DOES, forget.run),
        *(
            [Subcommand(texts.TOKEN_USAGE, texts.TOKEN_DOES, tokens.run, For.MEMBERS)]
            if tokens
            else []
        ),
        Subcommand(texts.AUDIT_USAGE, texts.audit_does(LATELY.days), audit.run, For.ADMINS),
    ]
    questions = CommandQuestions(api, slack.text, slack.me.team, keep)
    return WikiCommands(Commands(people, subcommands, questions.ask), forms)
