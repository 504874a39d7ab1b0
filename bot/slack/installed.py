"""The workspaces that Footnote is installed in, besides the one whose token is in the settings."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from footnote_bot.bot.conversation.ports import Locks
from footnote_bot.bot.slack.connection import OAuthClient, SlackConnection
from footnote_bot.bot.slack.environment import Environment
from footnote_bot.bot.slack.http import Page
from footnote_bot.bot.slack.listeners import front_app
from footnote_bot.bot.slack.oauth import install_pages
from footnote_bot.bot.slack.rotation import Rotation, rotator_of
from footnote_bot.bot.slack.running import SlackApp
from footnote_bot.bot.slack.sign_in import SignIn
from footnote_bot.bot.slack.workspaces import Build, Workspaces
from footnote_bot.bot.workspaces.model import Rights
from footnote_bot.bot.workspaces.ports import Installations


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledWorkspaces:
    """The workspaces of ``client``'s installations. ``connection`` has the token in the
    settings."""

    client: OAuthClient
    connection: SlackConnection
    env: Environment
    installations: Installations
    locks: Locks
    rights: Rights
    build: Build
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def pages(self) -> Mapping[str, Page]:
        """Return the pages that install Footnote, by path."""
        return install_pages(
            self.client,
            self.installations,
            rights=self.rights,
            clock=self.env.clock,
            installed=self.changed.set,
            home=self.connection.bot_token,
        )

    def apps(self, home: tuple[str, SlackApp] | None) -> Workspaces:
        """Return the apps of all workspaces. ``home`` is the one that is already composed."""
        env, installations = self.env, self.installations
        rotation = Rotation(
            installations=installations,
            locks=self.locks,
            rotator=rotator_of(self.client),
            clock=env.clock,
            seconds=env.seconds,
        )
        return Workspaces(
            installations=installations,
            sign_in=SignIn(installations, self.rights, self.connection.api_url, env.seconds),
            rotation=rotation,
            build=self.build,
            front=front_app(self.connection),
            home=home,
            grace=env.grace,
            seconds=env.seconds,
            changed=self.changed,
        )
