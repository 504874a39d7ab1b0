"""The pages that install the app in a workspace: /slack/install leads to Slack, which comes back.

Bolt runs the flow: the state that Slack brings back must be the one in the browser's cookie, be
signed here, and be used once. The stores and the texts are ours.
"""

from __future__ import annotations

import asyncio
import hmac
import html
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import (
    AsyncCallbackOptions,
    AsyncFailureArgs,
    AsyncSuccessArgs,
)
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation as BoltInstallation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from footnote_bot.bot.errors import ChatRefused, ChatUnavailable, StateUnavailable
from footnote_bot.bot.slack.api.oauth_client import OAuthClient, oauth_web_client
from footnote_bot.bot.slack.api.slack_api import call, web_client
from footnote_bot.bot.slack.http import Page
from footnote_bot.bot.slack.texts import installing as texts
from footnote_bot.bot.workspaces.model import Installation, Installations, Rights

logger = logging.getLogger(__name__)

INSTALL, REDIRECT = "/slack/install", "/slack/oauth_redirect"
VALID = timedelta(minutes=10)
"""The time that somebody has for Slack's page."""
_NAME_LENGTH = 255
"""Characters that the database's column holds."""
_TEXTS_BY_REASON = {
    "access_denied": texts.CANCELLED,
    "invalid_browser": texts.OTHER_BROWSER,
    "invalid_state": texts.USED_ALREADY,
}
_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Footnote</title>'
    "<body><h1>{heading}</h1><p>{text}</p></body></html>"
)


class NotNamed(BoltError):
    """No `[[workspace]]` names the workspace, so its token was not kept."""


class InSettings(BoltError):
    """The token of this workspace is in the settings."""


def install_pages(  # noqa: PLR0913 - the store, and who is notified
    client: OAuthClient,
    installations: Installations,
    *,
    rights: Rights,
    clock: Callable[[], datetime],
    installed: Callable[[], None],
    home: str = "",
) -> Mapping[str, Page]:
    """Return the pages by path. ``rights`` knows the workspaces that the settings name;
    ``installed`` is called after each installation; ``home`` is the bot token in the settings."""
    quiet = logging.getLogger(f"{__name__}.bolt")
    quiet.setLevel(logging.ERROR)  # its warnings hold the code that Slack brings
    flow = AsyncOAuthFlow(
        client=oauth_web_client(client.api_url),
        logger=quiet,
        settings=AsyncOAuthSettings(
            client_id=client.id,
            client_secret=client.secret,
            scopes=client.scopes,
            user_scopes=(),
            install_path=INSTALL,
            install_page_rendering_enabled=False,
            redirect_uri_path=REDIRECT,
            authorization_url=urljoin(client.api_url, "/oauth/v2/authorize"),
            installation_store=NamedInstallations(
                installations, rights, client.api_url, clock, home=home
            ),
            state_store=States(client.secret, installations, clock),
            state_expiration_seconds=int(VALID.total_seconds()),
            callback_options=AsyncCallbackOptions(_succeeded(installed), _failed),
            logger=quiet,
        ),
    )
    return {
        INSTALL: _page(flow.handle_installation, passes_query=False),
        REDIRECT: _page(flow.handle_callback, passes_query=True),
    }


class States(AsyncOAuthStateStore):
    """Bolt's port to the states. A state holds its own end and signature, so begun installations
    are not stored: anybody may begin one, and many would push out others. Used ones are stored."""

    def __init__(
        self, secret: str, installations: Installations, clock: Callable[[], datetime]
    ) -> None:
        self._key = hmac.digest(secret.encode(), b"footnote: states of installations", "sha256")
        self._installations = installations
        self._clock = clock

    async def async_issue(self, *_: Any, **__: Any) -> str:
        """Return a new state: its end, random characters and a signature of both."""
        ends = (self._clock() + VALID).timestamp()
        claim = f"{ends:.0f}.{secrets.token_urlsafe(16)}"
        return f"{claim}.{self._signature(claim)}"

    async def async_consume(self, state: str) -> bool:
        """Return whether the state was issued by a process with the same secret, and is neither
        used nor expired. It counts as used from now on."""
        claim, _, signature = state.rpartition(".")
        if not hmac.compare_digest(_encoded(signature), self._signature(claim).encode()):
            return False
        now, ends = self._clock(), datetime.fromtimestamp(int(claim.partition(".")[0]), UTC)
        return now < ends and await asyncio.to_thread(self._installations.use, state, ends, now)

    def _signature(self, claim: str) -> str:
        return hmac.digest(self._key, _encoded(claim), "sha256").hex()


def _encoded(text: str) -> bytes:
    """Return the bytes of a part of an address, which may hold bytes that are no text."""
    return text.encode(errors="surrogateescape")


@dataclass(frozen=True)
class NamedInstallations(AsyncInstallationStore):
    """Bolt's port to the installations: stores those in workspaces that the operator names, and
    revokes the tokens of all others, except the one in the settings, ``home``."""

    installations: Installations
    rights: Rights
    api_url: str
    clock: Callable[[], datetime]
    home: str

    async def async_save(self, installation: BoltInstallation) -> None:
        """Store an installation.

        Raises:
            NotNamed: its token was revoked.
            InSettings: there is nothing to do.
            BoltError: Slack gave no token of a bot.
            StateUnavailable: it cannot be stored now.
        """
        ours = _our_installation(installation, self.clock())
        # Slack gives an app that is installed again the token that it has.
        if ours.token == self.home:
            raise InSettings(ours.id)
        if self.rights(ours.id, ours.enterprise) is None:
            await self._revoke(ours)
            raise NotNamed(f"{ours.name} ({ours.id})")
        await asyncio.to_thread(self.installations.save, ours)
        logger.info("Footnote was installed in %s (%s)", ours.id, ours.name)

    async def _revoke(self, installation: Installation) -> None:
        """Revoke the token of an installation that is not kept."""
        logger.warning("Not installed: no [[workspace]] names %s", installation.id)
        try:
            await call(web_client(installation.token, self.api_url, retries=False).auth_revoke())
        except (ChatRefused, ChatUnavailable) as error:
            logger.warning("Its token is not kept, and could not be revoked: %s", error)


def _our_installation(bolt: BoltInstallation, now: datetime) -> Installation:
    """Return the installation in our form.

    Raises:
        BoltError: it has no token of a bot.
    """
    id_ = bolt.enterprise_id if bolt.is_enterprise_install else bolt.team_id
    name = bolt.enterprise_name if bolt.is_enterprise_install else bolt.team_name
    if not id_ or not bolt.bot_token:
        raise BoltError("Slack gave no token of a bot")
    expires = bolt.bot_token_expires_at
    return Installation(
        id=id_,
        name=(name or id_)[:_NAME_LENGTH],
        enterprise=bolt.enterprise_id or "",
        bot=bolt.bot_id or "",
        bot_user=bolt.bot_user_id or "",
        token=bolt.bot_token,
        refresh_token=bolt.bot_refresh_token or "",
        expires=datetime.fromtimestamp(expires, UTC) if expires else None,
        installed=now,
    )


def _page(
    handle: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]], *, passes_query: bool
) -> Page:
    """Return a page that Bolt's flow makes. ``passes_query``: Bolt gets the address's query. On the
    first page it would copy the query, such as other scopes, into Slack's address."""

    async def page(request: web.Request) -> web.StreamResponse:
        bolt_request = AsyncBoltRequest(
            body="",
            query=request.query_string if passes_query else "",
            headers={"cookie": request.headers.get("Cookie", "")},
        )
        try:
            response = await handle(bolt_request)
        except StateUnavailable:
            response = _response(503, texts.NOT_NOW, texts.NO_DATABASE)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            logger.warning("Slack does not answer an installation: %s", type(error).__name__)
            response = _response(503, texts.NOT_NOW, texts.no_answer_from_slack(INSTALL))
        answer = await to_aiohttp_response(response)
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    return page


def _succeeded(
    installed: Callable[[], None],
) -> Callable[[AsyncSuccessArgs], Awaitable[BoltResponse]]:
    """Return Bolt's callback for success, which calls ``installed`` and returns a page."""

    async def succeeded(arguments: AsyncSuccessArgs) -> BoltResponse:
        installed()
        installation = arguments.installation
        name = installation.team_name or installation.enterprise_name or ""
        return _response(200, texts.INSTALLED, texts.installed_in(name))

    return succeeded


async def _failed(arguments: AsyncFailureArgs) -> BoltResponse:
    """Return the page that says why the app was not installed, or need not be."""
    if isinstance(arguments.error, InSettings):
        return _response(200, texts.INSTALLED, texts.ANSWERS_ALREADY)
    if isinstance(arguments.error, NotNamed):
        return _response(403, texts.NOT_INSTALLED, texts.not_set_up_for(str(arguments.error)))
    why = _TEXTS_BY_REASON.get(arguments.reason, texts.NOT_CONFIRMED)
    logger.info("An installation failed: %s", arguments.reason[:100].encode("unicode_escape"))
    text = texts.begin_again(why, INSTALL)
    return _response(arguments.suggested_status_code, texts.NOT_INSTALLED, text)


def _response(status: int, heading: str, text: str) -> BoltResponse:
    page = _PAGE.format(heading=html.escape(heading), text=html.escape(text))
    return BoltResponse(
        status=status, body=page, headers={"Content-Type": "text/html; charset=utf-8"}
    )
