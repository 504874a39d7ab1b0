"""Further workspaces, the pages that install the bot in them, and a browser."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
from aiohttp import web

from footnote_bot.bot.slack.api.oauth_client import OAuthClient
from footnote_bot.bot.slack.oauth import install_pages
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.installations import DatabaseInstallations
from footnote_bot.bot.workspaces.model import Rights
from footnote_bot.playground.serving import LocalServer
from tests.bot.slack.conftest import MANIFEST
from tests.fakes.further_workspaces import FurtherWorkspace, OAuth

LOST = ["app_uninstalled", "tokens_revoked"]


def manifest() -> dict[str, Any]:
    """Return Footnote's manifest with the two events that docs/workspaces.md adds."""
    document: dict[str, Any] = json.loads(MANIFEST.read_text())
    document["settings"]["event_subscriptions"]["bot_events"] += LOST
    return document


def client_of(oauth: OAuth, api_url: str) -> OAuthClient:
    return OAuthClient(
        id=oauth.client_id, secret=oauth.client_secret, scopes=("chat:write",), api_url=api_url
    )


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Browser:
    """A person's browser, which keeps one cookie."""

    url: str
    cookie: str = ""

    async def begin(self) -> str:
        """Open the first page; return the address that it redirects to."""
        status, headers, text = await self.open(f"{self.url}/slack/install")
        assert status == 302, text
        self.cookie = headers["Set-Cookie"].partition(";")[0]
        return headers["Location"]

    async def confirm(self, where: str, workspace: FurtherWorkspace) -> str:
        """Choose the workspace on Slack's page; return the address that it redirects to."""
        status, headers, text = await self.open(f"{where}&team={workspace.team_id}")
        assert status == 302, text
        return headers["Location"]

    async def install(self, workspace: FurtherWorkspace) -> tuple[int, str]:
        return await self.read(await self.confirm(await self.begin(), workspace))

    async def read(self, where: str) -> tuple[int, str]:
        status, _, text = await self.open(where)
        return status, text

    async def open(self, where: str) -> tuple[int, Any, str]:
        headers = {"Cookie": self.cookie} if self.cookie else {}
        jar = aiohttp.DummyCookieJar()
        async with (
            aiohttp.ClientSession(cookie_jar=jar) as session,
            session.get(where, allow_redirects=False, headers=headers) as page,
        ):
            return page.status, page.headers, await page.text()


def state_in(address: str) -> str:
    return parse_qs(urlsplit(address).query)["state"][0]


@asynccontextmanager
async def served(
    oauth: OAuth,
    api_url: str,
    database: Database,
    rights: Rights,
    clock: Clock,
    *,
    home: str = "",
) -> AsyncIterator[str]:
    """Serve the installation pages; yield their address."""
    pages = install_pages(
        client_of(oauth, api_url),
        DatabaseInstallations(database),
        rights=rights,
        clock=clock,
        installed=lambda: None,
        home=home,
    )
    application = web.Application()
    for path, page in pages.items():
        application.router.add_get(path, page, allow_head=False)
    server = LocalServer()
    url = await server.start(application)
    oauth.redirect_url = f"{url}/slack/oauth_redirect"
    try:
        yield url
    finally:
        await server.stop()
