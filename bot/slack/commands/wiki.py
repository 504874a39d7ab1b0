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
from footnote_bot.bot.slack.commands.reindex import DRY_RUN, FULL, Reindex
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
_QUESTION = 4
"""Words from which on an unknown command counts as a question, whatever it begins with. So does a
text that begins like a command if the command cannot be run with these words."""
ANSWERED_THERE = say(texts.ANSWERED_DIRECTLY)
NOT_THERE = say(texts.NO_DIRECT_MESSAGES, texts.MENTION_ME)


class Commands:
    """The subcommands of `/wiki`, in the order of the help. ``ask`` asks a person's question and
    returns where it is answered."""

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
        has_mark = await asyncio.to_thread(looks_like_question, text)
        is_long = len(words) >= _QUESTION - 1
        in_words = not any(map(is_argument, words))
        chosen = self._subcommands.get(name.casefold())
        if chosen is None and name.casefold() == "help" and not (in_words and is_long):
            await answer(await self._help(call))
        elif chosen is None and (is_long or has_mark):
            await answer(await self._ask(call.person, text))
        elif chosen is None:
            await answer(say(texts.unknown_command(name[:100]), texts.SEE_HELP))
        elif refusal := await self._refusal(chosen, call.person):
            # "Access to the VPN?" begins like a command for admins.
            asks = in_words and (has_mark or is_long)
            await answer(await self._ask(call.person, text) if asks else refusal)
        else:
            try:
                await chosen.carry_out(call)
            except Misused as error:
                # An admin's long line is more likely a mistaken command.
                asks = in_words and (has_mark or (is_long and chosen.who is not For.ADMINS))
                usage = say(str(error), texts.right_usage(chosen.usage))
                await answer(await self._ask(call.person, text) if asks else usage)

    async def _refusal(self, chosen: Subcommand, person: str) -> Message | None:
        match chosen.who:
            case For.ADMINS if not await self._people.is_admin(person):
                return say(texts.admins_only(chosen.name), texts.ASK_AN_ADMIN)
            case For.MEMBERS:
                caller = await self._people.person(person)
                return None if caller.membership is Membership.MEMBER else MEMBERS_ONLY
        return None

    async def _help(self, call: Call) -> Message:
        """Return a line for each subcommand that the person may use here."""
        callers = {For.ANYBODY}
        try:
            if (await self._people.person(call.person)).membership is Membership.MEMBER:
                callers.add(For.MEMBERS)
            if await self._people.is_admin(call.person):
                callers.add(For.ADMINS)
        except ChatUnavailable as error:
            logger.info("The help leaves out what %s may use: %s", call.person, error)
        lines = [
            texts.help_line(each.usage, each.says)
            for each in self._subcommands.values()
            if each.who in callers and (each.is_usable is None or await each.is_usable(call))
        ]
        lines += [texts.HELP_ON_QUESTIONS, texts.HELP_ON_HELP]
        return say(texts.INTRODUCTION, "\n".join(lines))


@dataclass(frozen=True, slots=True)
class CommandQuestions:
    """A command has no message that an answer could follow. So the question is written into the
    person's direct messages, and enters the inbox as if they had sent it there: with their own
    rights, limits and history. ``keep`` puts it into the inbox."""

    api: SlackApi
    text: MessageText
    team: str
    keep: Callable[[IncomingMessage], Awaitable[None]]

    def _repeated(self, words: str) -> Message:
        return repeated(self.text.plain(words))

    async def ask(self, person: str, words: str) -> Message:
        """Ask it, and return where it is answered."""
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
    """Compose the subcommands. ``audited`` is how long the ``trail`` is kept; ``keep`` as in
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
            texts.reindex_usage(FULL, DRY_RUN),
            texts.reindex_does(FULL, DRY_RUN),
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
        Subcommand(
            texts.SETTINGS_USAGE, texts.SETTINGS_DOES, forms.ask, For.MEMBERS, forms.is_usable
        ),
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
