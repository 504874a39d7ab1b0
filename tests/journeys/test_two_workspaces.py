"""One Footnote in two workspaces of Slack: each gets answers from its own wikis, with the rights of
its own people. Their admins install, refuse and uninstall it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from footnote_bot.playground.slack.model import Message
from tests.fakes.further_workspaces import FurtherWorkspace, InstallableSlack
from tests.long import few
from tests.ports import free_port

from .conftest import MANIFEST, PAGES, UNHURRIED, Company, write

pytestmark = pytest.mark.long

LONG = 240.0
"""Seconds, enough for a busy machine."""
LEAVE = "How much annual leave do I have?"
ROSES = "When are the roses cut back?"
KEY = "Where is the key of the greenhouse?"
GARDEN = {
    "roses.md": "# Roses\n\nThe roses are cut back in the second week of March.\n",
    "key.md": "# Greenhouse\n\nThe key of the greenhouse hangs behind the red watering can.\n",
}
SETTINGS = """
[[wiki]]
type = "markdown"
name = "handbook"
path = "wiki"
site_url = "https://wiki.example.com"

[[wiki]]
type = "markdown"
name = "garden"
path = "garden"
site_url = "https://garden.example.com"

[[wiki]]
type = "markdown"
name = "keys"
path = "keys"
site_url = "https://keys.example.com"
readers = ["rose@example.com"]

[[workspace]]
id = "T0GARDEN"
wikis = ["garden", "keys"]

[[workspace]]
id = "E0PARKS"
wikis = ["garden", "keys"]
trusts_addresses = true

[sync]
every_minutes = 0


[slack]
mode = "{mode}"
port = {port}
"""


@dataclass
class Both:
    """The company, whose token is in the settings, and its further workspaces."""

    company: Company
    garden: FurtherWorkspace
    parks: FurtherWorkspace
    unnamed: FurtherWorkspace

    async def installed(self, workspace: FurtherWorkspace) -> tuple[int, str]:
        """Install the app; return the last page, as a browser that keeps its cookies sees it."""
        pages = f"http://127.0.0.1:{self.company.port}/slack"
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser:
            async with browser.get(f"{pages}/install", allow_redirects=False) as begun:
                assert begun.status == 302, await begun.text()
                cookie = begun.headers["Set-Cookie"].partition(";")[0]
                where = f"{begun.headers['Location']}&team={workspace.team_id}"
            async with browser.get(where, allow_redirects=False) as confirmed:
                back = confirmed.headers["Location"]
            async with browser.get(back, headers={"Cookie": cookie}) as page:
                return page.status, await page.text()


def rendered(message: Message) -> str:
    return json.dumps(message.blocks, ensure_ascii=False) + message.text


async def ask(slack: InstallableSlack | FurtherWorkspace, person: str, question: str) -> str:
    mention = await slack.dm(person, question)
    return rendered(
        await slack.wait_for_message(mention.channel, thread_ts=mention.ts, timeout=LONG)
    )


def manifest() -> dict[str, Any]:
    """Return Footnote's manifest with the two events that docs/workspaces.md adds."""
    document: dict[str, Any] = json.loads(MANIFEST.read_text())
    document["settings"]["event_subscriptions"]["bot_events"] += [
        "app_uninstalled",
        "tokens_revoked",
    ]
    return document


@pytest.fixture(params=few(["socket", "http"], 1))
async def workspaces(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Both]:
    port = free_port()
    write(tmp_path / "wiki", PAGES)
    write(tmp_path / "garden", {"roses.md": GARDEN["roses.md"]})
    write(tmp_path / "keys", {"key.md": GARDEN["key.md"]})
    (tmp_path / "footnote.toml").write_text(SETTINGS.format(mode=request.param, port=port))
    async with InstallableSlack(manifest(), timing=UNHURRIED) as slack:
        slack.oauth.redirect_url = f"http://127.0.0.1:{port}/slack/oauth_redirect"
        slack.add_user("U0ANNA", name="anna", email="anna@example.com")
        further = [
            slack.add_workspace("T0GARDEN"),
            slack.add_workspace("T0PARK", organization="E0PARKS", org_wide=True),
            slack.add_workspace("T0NOBODY"),
        ]
        for workspace in further:
            workspace.add_user("U0ROSE", name="rose", email="rose@example.com", is_admin=True)
        secrets = {
            "SLACK_CLIENT_ID": slack.oauth.client_id,
            "SLACK_CLIENT_SECRET": slack.oauth.client_secret,
        }
        yield Both(Company(tmp_path, slack, request.param, port, secrets), *further)


@pytest.fixture
async def bot(workspaces: Both) -> AsyncIterator[asyncio.subprocess.Process]:
    assert (await workspaces.company.run("sync"))[0] == 0
    process = await workspaces.company.serve()
    yield process
    await workspaces.company.stop(process)


async def test_each_workspace_is_answered_from_its_own_wikis_by_its_own_rights(
    workspaces: Both, bot: asyncio.subprocess.Process
) -> None:
    slack, garden, parks = workspaces.company.slack, workspaces.garden, workspaces.parks
    first, second = await workspaces.installed(garden), await workspaces.installed(parks)
    refused = await workspaces.installed(workspaces.unnamed)

    assert (first[0], second[0], refused[0]) == (200, 200, 403)
    assert "T0NOBODY" in refused[1]
    assert "28 days" in await ask(slack, "U0ANNA", LEAVE)
    assert "second week of March" in await ask(garden, "U0ROSE", ROSES)
    assert "28 days" not in await ask(garden, "U0ROSE", LEAVE)
    assert "28 days" not in await ask(parks, "U0ROSE", LEAVE)
    # The same address in both: she is known by it only where the settings trust it.
    assert "watering can" not in await ask(garden, "U0ROSE", KEY)
    assert "watering can" in await ask(parks, "U0ROSE", KEY)
    garden_texts = [
        rendered(message) for channel in garden.channels for message in garden.from_app(channel)
    ]
    assert not any("28 days" in text or "watering can" in text for text in garden_texts)

    _, out, _ = await workspaces.company.run("doctor")
    assert "T0GARDEN" in out
    _, status, _ = await workspaces.company.run("status")
    assert "T0GARDEN (t0garden) is answered from garden, keys" in status
    assert garden.bot_token not in out + status + workspaces.company.log

    slack.oauth.revoke(garden.bot_token)
    await slack.wait_for(
        lambda: "uninstalled from T0GARDEN" in workspaces.company.log, timeout=LONG
    )
    assert "second week of March" in await ask(parks, "U0ROSE", ROSES)
