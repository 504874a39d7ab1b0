"""The app's listeners. They acknowledge every payload of Slack's, and store a question in the inbox
before they do anything else with it."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from footnote_bot.bot.conversation.conversation import Conversation, Intake
from footnote_bot.bot.conversation.prompts import Prompts
from footnote_bot.bot.conversation.receiving import Receiving
from footnote_bot.bot.errors import StateRefused, StateUnavailable
from footnote_bot.bot.flags.flagging import Flagging
from footnote_bot.bot.flags.verdicts import WHY
from footnote_bot.bot.slack.api.slack_api import SlackConnection
from footnote_bot.bot.slack.chat import pressing
from footnote_bot.bot.slack.chat.workspace import SlackWorkspace
from footnote_bot.bot.slack.commands import channel_settings, forget, tokens
from footnote_bot.bot.slack.commands.forget import Forget
from footnote_bot.bot.slack.commands.tokens import TokenCommand
from footnote_bot.bot.slack.commands.wiki import WikiCommands
from footnote_bot.bot.slack.events.handling import Failures
from footnote_bot.bot.slack.events.parsing import Identity, parse_event
from footnote_bot.bot.slack.flags import cards, forms
from footnote_bot.bot.slack.flags.pressing import ACTIONS, FlagPresses
from footnote_bot.bot.slack.home.home import Home
from footnote_bot.bot.slack.reindexing import reports
from footnote_bot.bot.slack.reindexing.reindexer import Reindexer
from footnote_bot.bot.slack.rendering import blocks

logger = logging.getLogger(__name__)

NOT_NOW = 503
"""The status for a payload that is not acknowledged, so that Slack delivers it again."""
_ANY = re.compile(".*", re.DOTALL)


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
    tokens: TokenCommand | None
    """None: agents are not served."""


def bolt_app(slack: SlackConnection, me: Identity, token: Callable[[], str]) -> AsyncApp:
    """Return Bolt's app with our identity, so that no event waits for an auth.test, or is lost when
    it fails. ``token`` returns the bot's token, which may be rotated."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=me.organization or None,
            team_id=me.team,
            bot_user_id=me.user,
            bot_id=me.bot,
            bot_token=token(),
        )

    # Its warnings are about tokens in the environment, which are passed explicitly here.
    bolt_logger = logging.getLogger(f"{__name__}.bolt")
    bolt_logger.setLevel(logging.ERROR)
    return AsyncApp(
        name="footnote",
        logger=bolt_logger,
        signing_secret=slack.signing_secret,
        client=AsyncWebClient(base_url=slack.api_url, logger=bolt_logger),
        authorize=authorize,
    )


def front_app(slack: SlackConnection) -> AsyncApp:
    """Return Bolt's app that acknowledges payloads without a workspace of ours."""
    app = bolt_app(slack, Identity("", "", ""), lambda: "")
    take_the_rest(app)
    return app


def keep_questions(app: AsyncApp, me: Identity, receiving: Receiving) -> None:
    """Store and acknowledge questions before the other listeners are asked, which takes longer. One
    that cannot be stored now is not acknowledged, so that Slack delivers it again."""

    @app.middleware
    async def store_question(
        body: Mapping[str, Any],
        next: Callable[[], Awaitable[None]],  # noqa: A002 - Bolt's name
    ) -> BoltResponse | None:
        try:
            if await receiving.receive(partial(parse_event, body, me)):
                return BoltResponse(status=200)
        except StateRefused:  # the database works: logged as an incident
            raise
        except StateUnavailable as error:  # logged once an outage, and the person is told
            logger.debug("A message could not be kept: %s", error)
            return BoltResponse(status=NOT_NOW)
        await next()
        return None


def listen(app: AsyncApp, failures: Failures, features: SlackFeatures) -> None:
    """Listen for everything except questions: events, clicks, forms and commands."""
    guarded, log_only, slack = failures.guarded, failures.log_only, features.workspace

    # Questions and their answers
    app.event("agent_session_stopped")(
        guarded(pressing.stopped(features.intake.stopping, slack.me.team))
    )
    for button, handler in pressing.buttons(features.conversation, slack.chat.renderer).items():
        app.action(button)(guarded(handler))
    for moved in ("member_joined_channel", "member_left_channel"):
        app.event(moved)(log_only(slack.directory.moved))

    # Verdicts and flags
    flags = FlagPresses(features.flagging, slack.api, slack.me.user)
    app.action(blocks.VERDICT)(guarded(flags.judged))
    app.action(WHY)(guarded(flags.asked_why))
    app.action(blocks.ASK_REVIEWERS)(guarded(flags.asked_reviewers))
    app.view(forms.COMPLAINT)(guarded(flags.complained))
    for reaction in ("reaction_added", "reaction_removed"):
        app.event(reaction)(guarded(flags.reacted))
    for action in ACTIONS:
        app.action(action)(guarded(flags.reviewed))
    app.action(cards.ANSWER)(guarded(flags.asked_to_write))
    app.view(forms.WRITING)(failures.checked(flags.problems, flags.wrote))
    app.action(cards.WITHDRAW)(guarded(flags.withdrew))

    # The bot's tabs, and its command with forms and buttons
    opened = pressing.opened(features.prompts, slack.people, slack.optional_calls)
    app.event("app_home_opened", matchers=[_is_messages_tab])(log_only(opened))
    app.event("app_home_opened", matchers=[_is_home_tab])(log_only(features.home.opened))
    app.command("/wiki")(guarded(features.wiki.commands.wiki))
    app.view(channel_settings.FORM)(guarded(features.wiki.settings.sent))
    app.action(reports.CANCEL)(guarded(features.reindexer.cancelled))
    app.action(forget.CONFIRM)(guarded(features.forget.confirmed))
    if features.tokens:
        revoked = partial(features.tokens.revoked, show_home=features.home.show)
        app.action(tokens.REVOKE)(guarded(revoked))

    app.error(failures.note_undelivered)
    take_the_rest(app)


async def _is_messages_tab(event: Mapping[str, Any]) -> bool:
    return event.get("tab") == "messages"


async def _is_home_tab(event: Mapping[str, Any]) -> bool:
    return event.get("tab") == "home"


def take_the_rest(app: AsyncApp) -> None:
    """Acknowledge all payloads that no listener takes: Slack takes a 404 for a failure and delivers
    again, up to three times."""

    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    app.event(_ANY)(acknowledge)
    app.action(_ANY)(acknowledge)
    app.view(_ANY)(acknowledge)
    app.command(_ANY)(acknowledge)
    app.shortcut(_ANY)(acknowledge)
    app.options(_ANY)(acknowledge)
