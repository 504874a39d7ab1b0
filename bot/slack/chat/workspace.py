"""A workspace of Slack as the bot's features see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.web.async_client import AsyncWebClient

from footnote_bot.bot.slack.api.slack_api import OptionalCalls, SlackApi, web_client
from footnote_bot.bot.slack.api.status_line import SlackStatusLine
from footnote_bot.bot.slack.chat.history import History
from footnote_bot.bot.slack.chat.slack_chat import SlackChat
from footnote_bot.bot.slack.chat.streaming import Streaming
from footnote_bot.bot.slack.events.parsing import Identity, SlackText
from footnote_bot.bot.slack.rendering.blocks import Renderer
from footnote_bot.bot.slack.rendering.links import origins
from footnote_bot.bot.slack.rights.people import SlackPeople
from footnote_bot.bot.slack.rights.slack_directory import (
    RightsSettings,
    SlackDirectory,
    directory_of,
)
from footnote_bot.bot.slack.texts import replies as texts
from footnote_bot.bot.workspaces.model import WorkspaceRights


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackWorkspace:
    """A workspace: calls to it, its people and channels, and the chat there. ``links`` are the
    origins that the bot may link to; for the rest see `bot.slack.environment`."""

    me: Identity
    api: SlackApi
    without_retry: AsyncWebClient
    optional_calls: OptionalCalls
    directory: SlackDirectory
    text: SlackText
    status: SlackStatusLine
    chat: SlackChat
    links: frozenset[str]
    clock: Callable[[], datetime]
    new_incident: Callable[[], str]
    edit_every: float

    @property
    def people(self) -> SlackPeople:
        return self.directory.people

    @property
    def clients(self) -> Sequence[AsyncWebClient]:
        """Return all clients, each of which has the token."""
        return self.api.client, self.without_retry


def workspace_of(  # noqa: PLR0913 - who we are, and what may be shown to whom
    me: Identity,
    *,
    clock: Callable[[], datetime],
    seconds: Callable[[], float],
    new_incident: Callable[[], str],
    edit_every: float,
    token: str,
    api_url: str,
    settings: RightsSettings,
    allowed: WorkspaceRights | None,
    tokens: Callable[[str], frozenset[str]],
    linked: Iterable[str],
    streams: bool,
) -> SlackWorkspace:
    """Compose the workspace of ``token``. ``allowed`` are the rights of a further workspace;
    ``linked`` are addresses and hosts that the bot may link to; ``streams``: answers are shown
    while they are made. ``seconds`` returns monotonic seconds; for ``tokens`` see `SlackPeople`."""
    links = origins(linked)
    api = SlackApi(web_client(token, api_url), me.bot)
    without_retry = web_client(token, api_url, retries=False)
    optional_calls = OptionalCalls(without_retry)
    directory = directory_of(
        api,
        settings,
        team=me.team,
        bot=me.user,
        organization=me.organization,
        tokens=tokens,
        clock=seconds,
        workspace=allowed,
    )
    text, api_without_retry = SlackText(me), SlackApi(without_retry, me.bot)
    chat = SlackChat(
        api=api,
        renderer=Renderer(links, clock),
        history=History(text, api),
        streaming=Streaming(api_without_retry, optional_calls, edit_every) if streams else None,
    )
    return SlackWorkspace(
        me=me,
        api=api,
        without_retry=without_retry,
        optional_calls=optional_calls,
        directory=directory,
        text=text,
        status=SlackStatusLine(optional_calls, texts.COMPOSING if streams else texts.LOADING),
        chat=chat,
        links=links,
        clock=clock,
        new_incident=new_incident,
        edit_every=edit_every,
    )
