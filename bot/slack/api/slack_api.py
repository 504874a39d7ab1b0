"""Calls to Slack's Web API, with Footnote's errors.

A call is repeated only if that is safe: after a refused connection (Slack never saw the call) and
after a 429 (Slack did nothing). A call that was aborted or met a server error may have been carried
out, so it is not repeated here; a caller that repeats it checks first.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

import aiohttp
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from footnote_bot.bot.errors import ChatRefused, ChatUnavailable, NotInChannel, ThreadGone
from footnote_bot.bot.slack.rendering.message import Block, Message

logger = logging.getLogger(__name__)

SLACK_API = "https://slack.com/api/"
T = TypeVar("T")
_TIMEOUT = 15
"""Seconds."""
_HAS_LEFT = "user_not_in_channel"
_NO_THREAD = "thread_not_found"
_TEMPORARY = {
    "fatal_error",
    "internal_error",
    "ratelimited",
    "rate_limited",
    "request_timeout",
    "service_unavailable",
    "team_added_to_org",
}
_NEVER_ALLOWED = frozenset(
    {"unknown_method", "missing_scope", "not_allowed_token_type", "feature_not_enabled",
     "method_deprecated", "access_denied", "team_access_not_granted"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackConnection:
    """Tokens and addresses. With an ``app_token`` Slack is reached by Socket Mode, without it by
    HTTP, which needs the ``signing_secret``."""

    bot_token: str = field(repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    api_url: str = SLACK_API
    host: str = "127.0.0.1"
    port: int | None
    """The port for HTTP: events, health checks and hooks; None in Socket Mode: no port."""

    @property
    def socket_mode(self) -> bool:
        return bool(self.app_token)


def web_client(token: str, api_url: str, *, retries: bool = True) -> AsyncWebClient:
    """Return a client. With ``retries`` it waits and calls again after a 429 and a refused
    connection."""
    handlers: list[AsyncRetryHandler] = []
    if retries:
        refused: list[type[Exception]] = [aiohttp.ClientConnectorError]
        handlers = [
            AsyncRateLimitErrorRetryHandler(max_retry_count=4),
            AsyncConnectionErrorRetryHandler(max_retry_count=2, error_types=refused),
        ]
    return AsyncWebClient(
        token=token,
        base_url=api_url.rstrip("/") + "/",
        timeout=_TIMEOUT,
        logger=logger,
        retry_handlers=handlers,
    )


def connections() -> aiohttp.ClientSession:
    """Return a session that keeps its connections: a handshake costs more than a call."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT))


async def call(request: Awaitable[AsyncSlackResponse]) -> dict[str, Any]:
    """Return Slack's answer to a call.

    Raises:
        ChatUnavailable: Slack did not answer, or cannot now; it may have carried the call out.
        ChatRefused: Slack refused.
    """
    try:
        response = await request
    except SlackApiError as error:
        raise _refusal(error) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise ChatUnavailable(f"Slack does not answer ({type(error).__name__})") from error
    return response.data if isinstance(response.data, dict) else {}


async def pages(
    method: Callable[..., Awaitable[AsyncSlackResponse]], **arguments: Any
) -> AsyncIterator[dict[str, Any]]:
    """Yield the pages of a listing, each as `call` returns it."""
    cursor = ""
    while True:
        page = await call(method(**arguments, cursor=cursor or None))
        yield page
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return


async def to_its_end(call: Awaitable[T]) -> T:
    """Await the call even if the task is cancelled: Slack may already have received it, and its
    effect must come before the next call's."""
    calling = asyncio.ensure_future(call)
    try:
        return await asyncio.shield(calling)
    except asyncio.CancelledError:
        done, _ = await asyncio.wait([calling], timeout=_TIMEOUT)
        if done and not calling.cancelled():
            calling.exception()  # fetched, so that asyncio does not log it
        raise


def _refusal(error: SlackApiError) -> ChatUnavailable | ChatRefused:
    """Return our error: ChatUnavailable if the call may work later, else ChatRefused."""
    response = error.response
    status: int = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status >= 500 or status == 429 or code in _TEMPORARY or not code:
        return ChatUnavailable(f"Slack cannot now ({code or status})")
    refused = ThreadGone if code == _NO_THREAD else ChatRefused
    return refused(f"Slack refuses: {code}", code)


@dataclass(frozen=True, slots=True)
class SlackApi:
    """Slack's Web API as the bot uses it: no page previews, no broadcasts. ``bot`` is the bot's own
    id, which tells its messages from other apps'."""

    client: AsyncWebClient
    bot: str

    async def post(self, channel: str, message: Message, thread: str | None = None) -> str:
        """Post a message and return its ts."""
        posted = await call(
            self.client.chat_postMessage(
                channel=channel,
                thread_ts=thread,
                text=message.text,
                blocks=message.blocks,
                unfurl_links=False,
                unfurl_media=False,
            )
        )
        return str(posted["ts"])

    async def direct(self, person: str) -> str:
        """Return the channel of the direct conversation with this person."""
        opened = await call(self.client.conversations_open(users=[person]))
        return str(opened["channel"]["id"])

    async def edit(self, channel: str, ts: str, message: Message) -> None:
        """Replace a message. If it is still streaming, the stream is ended first."""
        try:
            await self._edit(channel, ts, message)
        except ChatRefused as error:
            if error.code != "streaming_state_conflict":
                raise
            with suppress(ChatRefused):  # it has ended meanwhile
                await self.stop(channel, ts)
            await self._edit(channel, ts, message)

    async def _edit(self, channel: str, ts: str, message: Message) -> None:
        # Unlike a post, an edit turns names and addresses into links unless told not to.
        await call(
            self.client.chat_update(
                channel=channel,
                ts=ts,
                text=message.text,
                blocks=message.blocks,
                parse="none",
                link_names=False,
            )
        )

    async def stream(
        self, channel: str, thread: str, text: str, foot: list[Block], recipient: tuple[str, str]
    ) -> str:
        """Begin a streamed message and return its ts. ``text`` is Markdown and must be safe;
        ``foot`` are blocks below it. ``recipient`` are the person and the team that it is for:
        Slack's documentation asks for them in channels; Bolt names them in direct conversations,
        too, and an app that did not was refused the end of its streams
        (`missing_recipient_user_id`)."""
        person, team = recipient
        started = await call(
            self.client.chat_startStream(
                channel=channel,
                thread_ts=thread,
                recipient_user_id=person,
                recipient_team_id=team,
                chunks=[
                    {"type": "markdown_text", "text": text},
                    {"type": "blocks", "blocks": foot},
                ],
            )
        )
        return str(started["ts"])

    async def append(self, channel: str, ts: str, text: str) -> None:
        """Append safe Markdown to the streamed message at ``ts``."""
        # As chunks, because the stream began with chunks: Slack refuses one form after the other
        # (`streaming_mode_mismatch`).
        chunks = [{"type": "markdown_text", "text": text}]
        await call(self.client.chat_appendStream(channel=channel, ts=ts, chunks=chunks))

    async def stop(self, channel: str, ts: str) -> None:
        """End the streamed message at ``ts``."""
        await call(self.client.chat_stopStream(channel=channel, ts=ts))

    async def remove(self, channel: str, ts: str) -> None:
        """Delete one of the bot's messages. One that is already deleted is no error."""
        try:
            await call(self.client.chat_delete(channel=channel, ts=ts))
        except ChatRefused as error:
            if error.code != "message_not_found":
                raise

    async def post_ephemeral(
        self, channel: str, person: str, message: Message, thread: str | None = None
    ) -> None:
        """Show a message to the person alone, in the thread if the thread has replies.

        Raises:
            NotInChannel: they are not there.
        """
        if thread and not await self._has_replies(channel, thread):
            thread = None
        try:
            await call(
                self.client.chat_postEphemeral(
                    channel=channel,
                    user=person,
                    thread_ts=thread,
                    text=message.text,
                    blocks=message.blocks,
                )
            )
        except ChatRefused as error:
            if error.code == _HAS_LEFT:
                raise NotInChannel(str(error), error.code) from error
            raise

    async def _has_replies(self, channel: str, thread: str) -> bool:
        """Return whether Slack would show an ephemeral message in this thread: "Ephemeral messages
        in threads are only shown if there is already an active thread" (`chat.postEphemeral`).
        False if Slack does not say: the person sees a message in the channel in any case."""
        try:
            answer = await call(
                self.client.conversations_replies(channel=channel, ts=thread, limit=2)
            )
        except (ChatRefused, ChatUnavailable) as error:
            logger.info("Whether %s has replies is unknown: %s", thread, error)
            return False
        return len(answer.get("messages", ())) > 1  # the first is the one that began it

    async def ask(self, trigger: str, view: Block) -> str:
        """Open the form ``view``, within three seconds of the ``trigger``, and return its id."""
        opened = await call(self.client.views_open(trigger_id=trigger, view=view))
        return str((opened.get("view") or {}).get("id", ""))

    async def ask_now(self, view_id: str, view: Block) -> None:
        """Replace an open form by another one."""
        await call(self.client.views_update(view_id=view_id, view=view))

    async def publish(self, person: str, view: Block, *, after: str = "") -> str:
        """Publish the person's Home tab and return its hash. ``after`` is the hash of the previous
        one: Slack refuses (``hash_conflict``) if another was published since."""
        request = self.client.views_publish(user_id=person, view=view, hash=after or None)
        published = await call(request)
        return str((published.get("view") or {}).get("hash", ""))

    async def address(self, channel: str, ts: str) -> str:
        """Return the address of a message; empty if Slack does not say."""
        try:
            answer = await call(self.client.chat_getPermalink(channel=channel, message_ts=ts))
        except (ChatRefused, ChatUnavailable):
            return ""
        return str(answer.get("permalink", ""))


async def reply(respond: AsyncRespond, message: Message, *, replacing: bool = False) -> None:
    """Show a message to the person alone; ``replacing``: in place of the pressed message.

    Raises:
        ChatRefused: Slack refuses it. Bolt raises no error, so the person would get no reply.
    """
    answer = await respond(
        text=message.text,
        blocks=message.blocks,
        response_type="ephemeral",
        replace_original=replacing,
        unfurl_links=False,
        unfurl_media=False,
    )
    if answer.status_code != HTTPStatus.OK:
        why = answer.body[:100]
        raise ChatRefused(f"Slack refuses a reply: {why}", why)


class OptionalCalls:
    """Calls that the bot can do without, such as a status. Those that a workspace never allows are
    not made again. ``client`` should not retry: a late status is worse than none."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._missing: set[str] = set()

    def has(self, method: str) -> bool:
        """Return whether the method is worth trying."""
        return method not in self._missing

    async def try_call(self, method: str, **arguments: Any) -> bool:
        """Make the call, and return whether Slack carried it out, or may have."""
        if not self.has(method):
            return False
        try:
            await call(self._client.api_call(method, json=arguments))
        except ChatRefused as error:
            self.refused(method, error)
            return False
        except ChatUnavailable as error:
            logger.debug("%s: %s", method, error)
        return True

    def refused(self, method: str, error: ChatRefused) -> None:
        """Remember a refusal, if it is permanent."""
        if error.code in _NEVER_ALLOWED and self.has(method):
            self._missing.add(method)
            logger.info("This workspace does without %s: %s", method, error)
        else:
            logger.debug("%s: %s", method, error)
