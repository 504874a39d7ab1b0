"""A workspace installs the app only in the browser that began, only once, only for a short time,
and only if the operator names the workspace."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from slack_sdk.oauth.installation_store import Installation as GivenInstallation

from footnote_bot.bot.slack.oauth import InSettings, NamedInstallations, States
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.installations import DatabaseInstallations
from footnote_bot.bot.state.schema import oauth_states
from footnote_bot.bot.workspaces.model import Installation, WorkspaceRights
from tests.bot.slack.further import Browser, Clock, served, state_in
from tests.fakes.further_workspaces import FurtherWorkspace, InstallableSlack

NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
NAMED = {"T0GARDEN": WorkspaceRights(wikis=()), "E0PARKS": WorkspaceRights(wikis=())}


def rights(workspace: str, organization: str) -> WorkspaceRights | None:
    return NAMED.get(workspace) or NAMED.get(organization)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def garden(slack: InstallableSlack) -> FurtherWorkspace:
    return slack.add_workspace("T0GARDEN")


@pytest.fixture
async def browser(
    slack: InstallableSlack, database: Database, clock: Clock
) -> AsyncIterator[Browser]:
    async with served(slack.oauth, slack.api_url, database, rights, clock) as url:
        yield Browser(url)


def installations(database: Database) -> list[Installation]:
    return list(DatabaseInstallations(database).all())


async def test_a_workspace_that_is_named_is_installed(
    garden: FurtherWorkspace, browser: Browser, database: Database
) -> None:
    status, page = await browser.install(garden)
    (installation,) = installations(database)

    assert (status, "installed in t0garden" in page) == (200, True)
    assert installation.id == "T0GARDEN"
    assert installation.token == garden.bot_token
    assert (installation.bot, installation.bot_user) == (garden.bot_id, garden.bot_user_id)
    assert installation.expires is None


async def test_an_organization_is_installed_as_a_whole(
    slack: InstallableSlack, browser: Browser, database: Database
) -> None:
    park = slack.add_workspace("T0PARK", organization="E0PARKS", org_wide=True)
    status, _ = await browser.install(park)

    assert status == 200
    assert [
        (installation.id, installation.is_org_wide) for installation in installations(database)
    ] == [("E0PARKS", True)]


async def test_a_token_that_rotates_is_kept_with_its_end_and_its_successor(
    slack: InstallableSlack, garden: FurtherWorkspace, browser: Browser, database: Database
) -> None:
    slack.oauth.rotates = True
    await browser.install(garden)
    (installation,) = installations(database)

    assert installation.refresh_token
    assert installation.expires


async def test_nobody_s_link_adds_to_what_slack_is_asked_for(browser: Browser) -> None:
    hostile = "team=T1%26scope%3Dadmin%26redirect_uri%3Dhttps%3A%2F%2Fevil.example"
    status, headers, _ = await browser.open(f"{browser.url}/slack/install?{hostile}")
    parameters = parse_qs(urlsplit(headers["Location"]).query)

    assert status == 302
    assert parameters["scope"] == ["chat:write"]
    assert "redirect_uri" not in parameters


async def test_a_state_works_once(
    garden: FurtherWorkspace, browser: Browser, database: Database
) -> None:
    where = await browser.begin()
    first = await browser.read(await browser.confirm(where, garden))
    token = garden.bot_token
    again = await browser.read(await browser.confirm(where, garden))

    assert (first[0], again[0]) == (200, 401)
    assert "used already" in again[1]
    assert [installation.token for installation in installations(database)] == [token]


async def test_a_state_of_another_browser_installs_nothing_and_is_still_of_use_in_its_own(
    garden: FurtherWorkspace, browser: Browser, database: Database
) -> None:
    """An attacker leads somebody to the last page with the attacker's own code."""
    where = await browser.confirm(await browser.begin(), garden)
    victim = Browser(browser.url, "slack-app-oauth-state=their-own")
    without = Browser(browser.url)
    refused = [await victim.read(where), await without.read(where)]

    assert [status for status, _ in refused] == [400, 400]
    assert not installations(database)
    assert (await browser.read(where))[0] == 200


async def test_a_forged_state_installs_nothing_whatever_the_cookie_says(
    garden: FurtherWorkspace, browser: Browser, database: Database
) -> None:
    where = await browser.confirm(await browser.begin(), garden)
    forged = Browser(browser.url, "slack-app-oauth-state=forged")
    status, _ = await forged.read(where.replace(state_in(where), "forged"))

    assert status == 401
    assert not installations(database)


async def test_a_begun_installation_is_not_stored_so_that_many_push_out_none(
    garden: FurtherWorkspace, browser: Browser, database: Database
) -> None:
    where = await browser.begin()
    for _ in range(20):
        await Browser(browser.url).begin()

    assert not database.all(sa.select(oauth_states))
    assert (await browser.read(await browser.confirm(where, garden)))[0] == 200


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.translate({ord("0"): "1"}) + "0",
        lambda state: "9" + state,  # expires later
        lambda state: state.rpartition(".")[0],
        lambda state: state.rpartition(".")[0] + ".",
        lambda state: "." + state,
        lambda state: state[:0],
        lambda state: "\udcff." + state,
        lambda state: state + "\udcff",
        lambda state: state.upper(),
    ],
)
async def test_a_changed_state_is_not_valid(
    database: Database, clock: Clock, change: Callable[[str], str]
) -> None:
    states = States("secret", DatabaseInstallations(database), clock)
    state = await states.async_issue()

    assert not await states.async_consume(change(state))
    assert await states.async_consume(state)


async def test_a_state_is_valid_in_any_process_with_the_same_secret_and_once_in_all(
    database: Database, clock: Clock
) -> None:
    here, there = (States("secret", DatabaseInstallations(database), clock) for _ in range(2))
    elsewhere = States("another", DatabaseInstallations(database), clock)
    state = await here.async_issue()

    assert not await elsewhere.async_consume(state)
    assert sorted(
        await asyncio.gather(*(each.async_consume(state) for each in (here, there) * 4))
    ) == [False] * 7 + [True]


async def test_used_states_are_deleted_when_they_have_expired(
    database: Database, clock: Clock
) -> None:
    states = States("secret", DatabaseInstallations(database), clock)
    for _ in range(3):
        assert await states.async_consume(await states.async_issue())
    clock.now += timedelta(minutes=10)
    assert await states.async_consume(await states.async_issue())

    assert len(database.all(sa.select(oauth_states))) == 1


async def test_a_state_expires(
    garden: FurtherWorkspace, browser: Browser, database: Database, clock: Clock
) -> None:
    where = await browser.confirm(await browser.begin(), garden)
    clock.now += timedelta(minutes=10)
    status, _ = await browser.read(where)

    assert status == 401
    assert not installations(database)


async def test_a_code_that_slack_does_not_know_installs_nothing(
    browser: Browser, database: Database
) -> None:
    state = state_in(await browser.begin())
    status, page = await browser.read(
        f"{browser.url}/slack/oauth_redirect?code=unknown&state={state}"
    )

    assert status == 401
    assert "did not confirm" in page
    assert not installations(database)


async def test_the_error_in_the_redirect_becomes_no_markup(browser: Browser) -> None:
    hostile = "%3Cscript%3Ealert(1)%3C/script%3E"
    _, page = await browser.read(f"{browser.url}/slack/oauth_redirect?error={hostile}")

    assert "<script" not in page


async def test_a_workspace_that_nobody_named_gets_its_token_back(
    slack: InstallableSlack, browser: Browser, database: Database
) -> None:
    stranger = slack.add_workspace("T0NOBODY")
    status, page = await browser.install(stranger)
    again = Browser(browser.url)

    assert status == 403
    assert "T0NOBODY" in page
    assert not installations(database)
    assert [call.method for call in slack.calls if call.method == "auth.revoke"]
    assert (await again.install(stranger))[0] == 403


async def test_the_token_in_the_settings_is_not_given_back(
    slack: InstallableSlack, database: Database
) -> None:
    """Slack returns the existing token if an app is installed again, and anybody in the first
    workspace may install it again."""
    installation = GivenInstallation(
        team_id=slack.team_id, bot_token=slack.bot_token, user_id="U0ANNA", team_name="first"
    )
    store = NamedInstallations(
        DatabaseInstallations(database),
        rights,
        slack.api_url,
        lambda: NOW,
        home=slack.bot_token,
    )
    with pytest.raises(InSettings):
        await store.async_save(installation)

    assert not slack.calls
    assert not installations(database)


async def test_the_page_tells_that_the_first_workspace_needs_no_installation(
    slack: InstallableSlack, database: Database, clock: Clock, garden: FurtherWorkspace
) -> None:
    async with served(slack.oauth, slack.api_url, database, rights, clock) as url:
        await Browser(url).install(garden)
    async with served(
        slack.oauth, slack.api_url, database, rights, clock, home=garden.bot_token
    ) as url:
        status, page = await Browser(url).install(garden)

    assert (status, "answers in this workspace already" in page) == (200, True)


async def test_no_token_code_or_state_is_logged(
    slack: InstallableSlack,
    garden: FurtherWorkspace,
    browser: Browser,
    caplog: pytest.LogCaptureFixture,
) -> None:
    slack.oauth.rotates = True
    with caplog.at_level(logging.DEBUG, logger="footnote_bot.bot"):
        where = await browser.confirm(await browser.begin(), garden)
        await browser.read(where)
        await browser.read(where)

    assert caplog.text
    for secret in (garden.bot_token, state_in(where), slack.oauth.client_secret):
        assert secret not in caplog.text


async def test_an_installation_that_the_database_missed_can_be_finished_when_it_is_back(
    garden: FurtherWorkspace, browser: Browser, database: Database
) -> None:
    with database.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE oauth_states RENAME TO gone")
    where = await browser.confirm(await browser.begin(), garden)
    status, page = await browser.read(where)
    with database.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO oauth_states")

    assert (status, "database" in page) == (503, True)
    assert (await browser.read(where))[0] == 200


def test_an_installation_that_was_made_anew_is_not_deleted_for_its_predecessor(
    database: Database,
) -> None:
    store = DatabaseInstallations(database)
    old = Installation(
        id="T1",
        name="one",
        enterprise="",
        bot="B1",
        bot_user="U1",
        token="xoxb-old",
        installed=NOW,
    )
    new = old.rotated("xoxb-new", "", NOW)
    store.save(old)
    store.save(new)

    assert not store.delete(old)
    assert store.find("T1") == new
    assert "xoxb" not in repr(new)
