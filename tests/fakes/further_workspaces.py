"""A local Slack with further workspaces, in which the app is installed by OAuth."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from footnote_bot.playground.slack.changes import Changes
from footnote_bot.playground.slack.clicking import Clicking
from footnote_bot.playground.slack.delivery import Ack, Deliverer, Delivery, NotDelivered
from footnote_bot.playground.slack.errors import Refusal
from footnote_bot.playground.slack.manifest import Manifest
from footnote_bot.playground.slack.model import Json
from footnote_bot.playground.slack.rate_limits import RateLimits
from footnote_bot.playground.slack.talking import Talking
from footnote_bot.playground.slack.timing import Timing
from footnote_bot.playground.slack.watching import Watching
from footnote_bot.playground.slack.web_api.server import WebApi
from footnote_bot.playground.slack.workspace import LocalSlack, serve_response_url

TOKEN_SECONDS = 43_200
"""The life of a token that is rotated."""


@dataclass(frozen=True, slots=True)
class Through:
    """The first workspace's way to the app, once it is installed here."""

    workspace: FurtherWorkspace
    deliverer: Deliverer

    async def send(self, delivery: Delivery, number: int, reason: str) -> Ack:
        if not self.workspace.subscribed or self.deliverer.transport is None:
            raise NotDelivered("connection_failed")
        return await self.deliverer.transport.send(delivery, number, reason)


class FurtherWorkspace(Talking, Clicking, Watching):
    """A further workspace; of an organization, if it names one. ``subscribed``: the app is
    installed, so events are sent."""

    def __init__(
        self,
        manifest: Manifest,
        *,
        team_id: str,
        organization: str,
        org_wide: bool,
        through: Deliverer,
        url: str,
        clock: Callable[[], float],
        timing: Timing,
    ) -> None:
        self.team_id, self.team_domain = team_id, team_id.lower()
        self.bot_id, self.bot_user_id = f"B{team_id[1:]}", f"U{team_id[1:]}BOT"
        self.bot_token, self.organization, self.org_wide = "", organization, org_wide
        super().__init__(manifest, clock=clock, timing=timing)
        self.url = f"{url}/of/{team_id}"
        self.subscribed = False
        self.web_api = WebApi(self, limits=RateLimits(clock, enforced=False), missing=())
        self.deliverer.transport = Through(self, through)

    def new_id(self, prefix: str) -> str:
        """Return an id. Only the ids of events are unique among all workspaces."""
        own = self.team_id[1:] if prefix == "Ev" else ""
        return f"{prefix}{own}{super().new_id('')}"


@dataclass(slots=True)
class _Issued:
    workspace: FurtherWorkspace
    expires: float | None
    is_revoked: bool = False


class OAuth:
    """The installation of the app in further workspaces. Its people confirm at once.

    ``rotates``: tokens live for 12 hours, by the clock of the workspaces.
    """

    client_id = "1111.2222"
    client_secret = "local-client-secret"

    def __init__(self, clock: Callable[[], float], changes: Changes) -> None:
        self.workspaces: dict[str, FurtherWorkspace] = {}
        self.redirect_url = ""
        self.rotates = False
        self._clock = clock
        self._changes = changes
        self._codes: dict[str, FurtherWorkspace] = {}
        self._refreshing: dict[str, FurtherWorkspace] = {}
        self._issued: dict[str, _Issued] = {}

    def confirmed(self, query: Mapping[str, str]) -> str:
        """Return the address that the browser is sent to when a person has confirmed Slack's page.

        Raises:
            Refusal: it is no page of this app, or of no workspace.
        """
        workspace = self.workspaces.get(query.get("team", ""))
        if query.get("client_id") != self.client_id or workspace is None:
            raise Refusal("invalid_client_id")
        code = secrets.token_urlsafe(8)
        self._codes[code] = workspace
        back = urlencode({"code": code, "state": query.get("state", "")})
        return f"{self.redirect_url}?{back}"

    def access(self, values: Mapping[str, str]) -> Json:
        """Return a token: `oauth.v2.access`.

        Raises:
            Refusal: another client, or a code or refresh token that is unknown or used.
        """
        if values.get("client_id") != self.client_id:
            raise Refusal("invalid_client_id")
        if values.get("client_secret") != self.client_secret:
            raise Refusal("bad_client_secret")
        if values.get("grant_type") == "refresh_token":
            workspace = self._refreshing.pop(values.get("refresh_token", ""), None)
            if workspace is None:
                raise Refusal("invalid_refresh_token")
        else:
            workspace = self._codes.pop(values.get("code", ""), None)
            if workspace is None:
                raise Refusal("invalid_code")
            workspace.subscribed = True
        return self._token(workspace)

    def _token(self, workspace: FurtherWorkspace) -> Json:
        expires = self._clock() + TOKEN_SECONDS if self.rotates else None
        start = "xoxe.xoxb-" if self.rotates else "xoxb-"
        before = self._issued.get(workspace.bot_token)
        # An app that is installed again gets the token that it has, unless tokens rotate.
        if self.rotates or before is None or before.is_revoked:
            workspace.bot_token = f"{start}{workspace.team_id}-{secrets.token_urlsafe(8)}"
            self._issued[workspace.bot_token] = _Issued(workspace, expires)
        organization = workspace.organization
        answer: Json = {
            "access_token": workspace.bot_token,
            "token_type": "bot",
            "scope": ",".join(sorted(workspace.manifest.scopes)),
            "bot_user_id": workspace.bot_user_id,
            "app_id": workspace.app_id,
            "team": None
            if workspace.org_wide
            else {"id": workspace.team_id, "name": workspace.team_domain},
            "enterprise": {"id": organization, "name": organization} if organization else None,
            "authed_user": {"id": "U0INSTALLER"},
            "is_enterprise_install": workspace.org_wide,
        }
        if self.rotates:
            refresh = f"xoxe-1-{secrets.token_urlsafe(8)}"
            self._refreshing[refresh] = workspace
            answer |= {"refresh_token": refresh, "expires_in": TOKEN_SECONDS}
        return answer

    def of(self, token: str) -> WebApi | None:
        """Return the Web API of the workspace that the token is for; None if the token is not one
        of ours.

        Raises:
            Refusal: the token was revoked, or has expired.
        """
        issued = self._issued.get(token)
        if issued is None:
            return None
        if issued.is_revoked:
            raise Refusal("token_revoked")
        if issued.expires is not None and self._clock() >= issued.expires:
            raise Refusal("token_expired")
        return issued.workspace.web_api

    def revoke(self, token: str) -> None:
        """Revoke a token, which uninstalls the app, and send the app the events of that."""
        workspace = self._issued[token].workspace
        for issued in self._issued.values():
            issued.is_revoked |= issued.workspace is workspace
        workspace.announce(
            {"type": "tokens_revoked", "tokens": {"bot": [workspace.bot_user_id], "oauth": []}}
        )
        workspace.announce({"type": "app_uninstalled"})
        self._changes.happened()


class InstallableSlack(LocalSlack):
    """A local Slack whose app can be installed in further workspaces, by `oauth`."""

    def __init__(self, manifest: Mapping[str, Any] | Path, **more: Any) -> None:
        super().__init__(manifest, **more)
        self.oauth = OAuth(self.clock, self.changes)
        self.web_api.tokens = self.oauth

    def routes(self) -> list[web.RouteDef]:
        return [
            *super().routes(),
            web.post("/of/{team}/respond/{key}", self._serve_response_url_of),
            web.get("/oauth/v2/authorize", self._serve_authorize),
        ]

    async def __aexit__(self, *error: object) -> None:
        for further in self.oauth.workspaces.values():
            await further.deliverer.close()
        await super().__aexit__(*error)

    def add_workspace(
        self, team_id: str, *, organization: str = "", org_wide: bool = False
    ) -> FurtherWorkspace:
        """Add a workspace, in which the app can be installed by `oauth`."""
        further = FurtherWorkspace(
            self.manifest,
            team_id=team_id,
            organization=organization,
            org_wide=org_wide,
            through=self.deliverer,
            url=self.url,
            clock=self.clock,
            timing=self.timing,
        )
        self.oauth.workspaces[team_id] = further
        return further

    async def _serve_response_url_of(self, request: web.Request) -> web.StreamResponse:
        return await serve_response_url(self.oauth.workspaces[request.match_info["team"]], request)

    async def _serve_authorize(self, request: web.Request) -> web.StreamResponse:
        try:
            raise web.HTTPFound(self.oauth.confirmed(request.query))
        except Refusal as refusal:
            return web.Response(status=400, text=refusal.error)
