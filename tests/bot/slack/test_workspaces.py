"""Payloads go to the app of their workspace. The app opens and closes with its installation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest

from footnote_bot.bot.model import Answer, Question, Result, Source
from footnote_bot.bot.ports import OnText
from footnote_bot.bot.serving import SlackParts
from footnote_bot.bot.slack.events.parsing import Identity
from footnote_bot.bot.slack.rights.directory import Membership, membership_of
from footnote_bot.bot.slack.running import SlackApp
from footnote_bot.bot.slack.serve import serve
from footnote_bot.bot.slack.texts.installing import NOT_HERE
from footnote_bot.bot.slack.workspaces import Workspaces, workspace_of
from footnote_bot.bot.state.database import Database
from footnote_bot.bot.state.installations import DatabaseInstallations
from footnote_bot.bot.state.locks import DatabaseLocks, SharedLocks
from footnote_bot.bot.state.process import Process
from footnote_bot.bot.state.teams import Team
from footnote_bot.bot.workspaces.model import NamedWorkspaces, WorkspaceRights
from footnote_bot.bot.workspaces.texts import NO_WIKI
from footnote_bot.playground.slack.faults import Fault
from tests.bot.slack.conftest import LEAVE, QUICK, Bot, furnished, until, words
from tests.bot.slack.further import Browser, Clock, client_of, manifest
from tests.fakes.further_workspaces import FurtherWorkspace, InstallableSlack
from tests.long import few

GARDEN = WorkspaceRights(wikis=("handbook",))
PARKS = WorkspaceRights(wikis=("handbook",), trusts_addresses=True)
NAMED = NamedWorkspaces({"T0GARDEN": GARDEN, "E0PARKS": PARKS, "T0BARE": WorkspaceRights(wikis=())})


@dataclass
class Parrot:
    """Answers yes, and keeps the questions."""

    asked: list[Question] = field(default_factory=list)
    sources: tuple[Source, ...] = ()

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        self.asked.append(question)
        return Answer("Yes.", self.sources, 0.9)


class Several:
    """The bot of ``bot``, and the bots of the installed workspaces."""

    def __init__(self, bot: Bot, clock: Clock) -> None:
        self.bot, self.clock = bot, clock
        self.elsewhere = Parrot()
        self.workspaces: Workspaces
        self.installations: DatabaseInstallations
        self.browser = Browser("")
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        ready: asyncio.Future[Workspaces] = asyncio.get_running_loop().create_future()
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(self._serve(ready.set_result))
        await asyncio.wait([self._task, ready], return_when=asyncio.FIRST_COMPLETED)
        if self._task.done():
            await self._task
        self.workspaces = await ready

    async def stop(self) -> None:
        if self._task:
            self._stop.set()
            task, self._task = self._task, None
            await task

    def opened(self) -> Sequence[str]:
        return sorted(self.workspaces._running)

    async def _serve(self, ready: Callable[[Workspaces], None]) -> None:
        bot, oauth = self.bot, self.bot.slack.oauth
        client = client_of(oauth, bot.slack.api_url)
        state = Database.open(bot._data / "state.db")
        with closing(state), Process(state, bot.env.clock) as process:
            self.installations = DatabaseInstallations(state)

            def at_home(me: Identity) -> SlackApp:
                return SlackParts(
                    bot.settings,
                    bot.connection,
                    env,
                    me,
                    wikis=bot.wikis,
                    state=state,
                    process=process,
                    team=Team(me.team, home=True),
                ).app()

            def further(me: Identity, token: str, allowed: WorkspaceRights) -> SlackApp:
                wikis = replace(bot.wikis, answering=self.elsewhere)
                return SlackParts(
                    bot.settings,
                    replace(bot.connection, bot_token=token),
                    env,
                    me,
                    wikis=wikis.narrowed(allowed, me.team),
                    state=state,
                    process=process,
                    team=Team(me.team),
                    allowed=allowed,
                ).app()

            installed = Workspaces(
                client=client,
                connection=bot.connection,
                env=replace(bot.env, clock=self.clock),
                installations=self.installations,
                locks=SharedLocks(DatabaseLocks(state, process)),
                rights=NAMED.rights,
                build=further,
            )
            env = replace(bot.env, pages=installed.pages())
            await serve(
                bot.connection,
                lambda me: installed.with_home(me.team, at_home(me)),
                env,
                stop=self._stop,
                ready=ready,
                further=installed,
            )


@pytest.fixture
async def slack() -> AsyncIterator[InstallableSlack]:
    async with InstallableSlack(manifest(), timing=QUICK) as workspace:
        furnished(workspace)
        yield workspace


@pytest.fixture(params=few(["socket", "http"], 1))
async def several(
    request: pytest.FixtureRequest, slack: InstallableSlack, tmp_path: Path, free_port: int
) -> AsyncIterator[Several]:
    bot = Bot(slack, tmp_path)
    bot.change(port=free_port)
    if request.param == "http":
        bot.change(app_token="")
        await slack.deliver_to(f"http://127.0.0.1:{free_port}/slack/events")
    several = Several(bot, Clock(datetime.now(UTC)))
    several.browser = Browser(f"http://127.0.0.1:{free_port}")
    slack.oauth.redirect_url = f"{several.browser.url}/slack/oauth_redirect"
    yield several
    await several.stop()


def furnished_further(
    slack: InstallableSlack, team: str, organization: str = "", *, org_wide: bool = False
) -> FurtherWorkspace:
    """Add a workspace with the ids of the first one, and an admin."""
    workspace = slack.add_workspace(team, organization=organization, org_wide=org_wide)
    workspace.add_user("U0ANNA", name="rose", email="Anna@example.com", is_admin=True)
    workspace.add_channel("C0TEAM", name="team", members=["U0ANNA"])
    workspace.add_usergroup("S0HR", handle="hr", users=["U0ANNA"])
    return workspace


@pytest.fixture
def garden(slack: InstallableSlack) -> FurtherWorkspace:
    return furnished_further(slack, "T0GARDEN")


async def answer_text(workspace: InstallableSlack | FurtherWorkspace, text: str) -> str:
    question = await workspace.dm("U0ANNA", text)
    return words(await workspace.wait_for_message(question.channel, thread_ts=question.ts))


async def test_each_workspace_is_answered_in_its_own_channels_by_its_own_answers(
    several: Several, slack: InstallableSlack, garden: FurtherWorkspace
) -> None:
    await several.start()
    status, _ = await several.browser.install(garden)
    await until(lambda: "T0GARDEN" in several.opened())
    mention = await garden.mention("U0ANNA", "C0TEAM", "How do I book leave?")
    in_garden = await garden.wait_for_message("C0TEAM", thread_ts=mention.ts)
    at_home = await answer_text(slack, "How do I book leave?")

    assert status == 200
    assert "Yes." in words(in_garden)
    assert "Book leave" in at_home
    assert not slack.from_app("C0TEAM")
    assert [
        (question.wikis, question.person, question.channel) for question in several.elsewhere.asked
    ] == [(("handbook",), "T0GARDEN/U0ANNA", "T0GARDEN/C0TEAM")]


async def test_an_address_and_a_group_count_in_a_further_workspace_only_if_it_is_trusted(
    several: Several, slack: InstallableSlack, garden: FurtherWorkspace
) -> None:
    park = furnished_further(slack, "T0PARK", "E0PARKS", org_wide=True)
    await several.start()
    for workspace in (garden, park):
        await several.browser.install(workspace)
        await answer_text(workspace, "What is the salary?")
    untrusted, trusted = (question.reader for question in several.elsewhere.asked)

    assert "anna@example.com" not in str(untrusted)
    assert "group:hr" not in str(untrusted)
    assert "anna@example.com" in str(trusted)
    assert "group:hr" in str(trusted)


async def test_an_admin_of_a_further_workspace_is_no_admin_of_the_bot(
    several: Several, garden: FurtherWorkspace
) -> None:
    await several.start()
    await several.browser.install(garden)
    await garden.command("U0ANNA", "C0TEAM", "/wiki", "reindex")
    refused = await garden.wait_for_ephemeral("U0ANNA", lambda message: "admins" in words(message))

    assert "Only admins may use /wiki reindex" in words(refused)
    assert not several.bot.syncs.started


async def test_a_workspace_without_wikis_is_answered_from_none(
    several: Several, slack: InstallableSlack
) -> None:
    bare = furnished_further(slack, "T0BARE")
    await several.start()
    await several.browser.install(bare)

    assert NO_WIKI in await answer_text(bare, "How do I book leave?")
    assert not several.elsewhere.asked


async def test_where_nobody_is_named_a_command_is_told_so_and_a_question_is_left_alone(
    several: Several, slack: InstallableSlack, garden: FurtherWorkspace
) -> None:
    """For example, after the operator removed the workspace from the settings."""
    await several.start()
    garden.subscribed = True
    await garden.command("U0ANNA", "C0TEAM", "/wiki", "status")
    notice = await garden.wait_for_ephemeral("U0ANNA")
    await garden.mention("U0ANNA", "C0TEAM", "How do I book leave?")
    await garden.settled()

    assert notice.text == NOT_HERE
    assert all(delivery.acked for delivery in garden.deliveries)
    assert not several.elsewhere.asked


async def test_an_answer_from_a_wiki_that_the_workspace_lost_is_retracted(
    several: Several,
    slack: InstallableSlack,
    garden: FurtherWorkspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    several.elsewhere.sources = (LEAVE,)
    await several.start()
    await several.browser.install(garden)
    question = await garden.mention("U0ANNA", "C0TEAM", "How do I book leave?")
    answer = await garden.wait_for_message("C0TEAM", thread_ts=question.ts)
    was = words(answer)
    await several.stop()
    monkeypatch.setitem(NAMED, "T0GARDEN", WorkspaceRights(wikis=()))
    await several.start()
    await garden.wait_for(lambda: "Yes." not in words(answer))

    assert "Yes." in was


async def test_an_installation_that_nobody_names_any_more_is_told_once_and_not_opened(
    several: Several,
    slack: InstallableSlack,
    garden: FurtherWorkspace,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await several.start()
    await several.browser.install(garden)
    await several.stop()
    monkeypatch.delitem(NAMED, "T0GARDEN")
    await several.start()
    await several.workspaces.update()
    await several.workspaces.update()

    assert several.opened() == [slack.team_id]
    assert caplog.text.count("which no [[workspace]] names") == 1


async def test_an_uninstalled_workspace_is_deleted_and_closed(
    several: Several, slack: InstallableSlack, garden: FurtherWorkspace
) -> None:
    await several.start()
    await several.browser.install(garden)
    await until(lambda: "T0GARDEN" in several.opened())
    slack.oauth.revoke(garden.bot_token)
    await until(lambda: not several.installations.all())
    await until(lambda: several.opened() == [slack.team_id])

    assert "Book leave" in await answer_text(slack, "How do I book leave?")


async def test_a_bot_that_stops_while_it_closes_a_workspace_closes_it(
    several: Several,
    slack: InstallableSlack,
    garden: FurtherWorkspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await several.start()
    await several.browser.install(garden)
    await until(lambda: "T0GARDEN" in several.opened())
    app = several.workspaces._running["T0GARDEN"].app
    closing_it = asyncio.Event()

    async def close_slowly(_: SlackApp, _grace: float) -> None:
        closing_it.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as slow:
        slow.setattr(SlackApp, "stop", close_slowly)
        slack.oauth.revoke(garden.bot_token)
        await closing_it.wait()
    await several.stop()

    assert all(client.session and client.session.closed for client in app.clients)


async def test_late_news_of_a_revoked_token_leaves_the_new_installation_alone(
    several: Several, slack: InstallableSlack, garden: FurtherWorkspace
) -> None:
    await several.start()
    await several.browser.install(garden)
    garden.announce({"type": "tokens_revoked", "tokens": {"bot": [garden.bot_user_id]}})
    garden.announce({"type": "app_uninstalled"})
    await garden.settled()

    assert [installation.id for installation in several.installations.all()] == ["T0GARDEN"]
    assert "Yes." in await answer_text(garden, "How do I book leave?")


async def test_a_rotated_token_is_the_one_that_posts(
    several: Several, slack: InstallableSlack, garden: FurtherWorkspace
) -> None:
    slack.oauth.rotates = True
    await several.start()
    await several.browser.install(garden)
    await until(lambda: "T0GARDEN" in several.opened())
    (before,) = several.installations.all()
    assert before.expires
    several.installations.rotate(before, replace(before, expires=several.clock.now))
    several.workspaces.changed.set()
    await until(lambda: several.installations.all()[0].token != before.token)
    await until(
        lambda: several.workspaces._running["T0GARDEN"].app.clients[0].token == garden.bot_token
    )
    slack.oauth._issued[before.token].is_revoked = True

    assert "Yes." in await answer_text(garden, "How do I book leave?")


async def test_an_organization_s_rights_are_not_those_of_a_company_that_it_shares_a_channel_with(
    several: Several, slack: InstallableSlack
) -> None:
    """Slack delivers messages of a guest company's people to the organization, with their own
    workspace. The admins of that workspace can give anybody any address."""
    park = furnished_further(slack, "T0PARK", "E0PARKS", org_wide=True)
    park.add_user("U0MALLORY", name="mallory", email="anna@example.com", team_id="T0OTHER1")
    await several.start()
    await several.browser.install(park)
    for number in range(30):
        body = {
            "type": "event_callback",
            "event_id": f"Ev0SHARED{number}",
            "team_id": f"T0OTHER{number % 15}",
            "authorizations": [
                {"team_id": None, "enterprise_id": "E0PARKS", "is_enterprise_install": True}
            ],
            "event": {
                "type": "message",
                "channel_type": "im",
                "channel": "D0MALLORY",
                "user": "U0MALLORY",
                "ts": f"17000000{number:02}.000100",
                "text": "What is the salary?",
            },
        }
        payload = AsyncBoltRequest(body=body, mode="socket_mode")
        assert (await several.workspaces.async_dispatch(payload)).status == 200
    await answer_text(park, "How do I book leave?")

    assert several.opened() == sorted([slack.team_id, "T0PARK"])
    assert [question.text for question in several.elsewhere.asked] == ["How do I book leave?"]
    assert several.installations.workspaces_of("E0PARKS") == ["T0PARK"]
    calls = [call for call in park.web_api.calls if call.method == "auth.teams.list"]
    assert len(calls) < 10, "Slack limits it, and there may be many such companies"


async def test_a_payload_that_names_no_organization_keeps_no_workspace_of_one_shut(
    several: Several, slack: InstallableSlack
) -> None:
    park = furnished_further(slack, "T0PARK", "E0PARKS", org_wide=True)
    await several.start()
    await several.browser.install(park)
    bare = AsyncBoltRequest(body={"type": "x", "team_id": "T0PARK"}, mode="socket_mode")
    await several.workspaces.async_dispatch(bare)

    assert several.opened() == [slack.team_id]
    assert "Yes." in await answer_text(park, "How do I book leave?")


async def test_a_restart_opens_what_is_installed_also_a_workspace_of_an_organization(
    several: Several, slack: InstallableSlack, garden: FurtherWorkspace
) -> None:
    park = furnished_further(slack, "T0PARK", "E0PARKS", org_wide=True)
    await several.start()
    for workspace in (garden, park):
        await several.browser.install(workspace)
        await answer_text(workspace, "How do I book leave?")
    await several.stop()
    await several.start()

    assert several.opened() == sorted([slack.team_id, "T0GARDEN", "T0PARK"])


async def test_other_processes_open_and_close_what_one_installs_or_loses(
    several: Several, slack: InstallableSlack, garden: FurtherWorkspace, tmp_path: Path
) -> None:
    other = Several(Bot(slack, tmp_path), several.clock)
    await several.start()
    await other.start()
    try:
        await several.browser.install(garden)
        await until(lambda: "T0GARDEN" in several.opened())
        await other.workspaces.update()
        opened = other.opened()
        (installation,) = several.installations.all()
        several.installations.delete(installation)
        await other.workspaces.update()
    finally:
        await other.stop()

    assert opened == sorted([slack.team_id, "T0GARDEN"])
    assert "T0GARDEN" not in other.opened()


async def test_a_workspace_whose_app_fails_does_not_stop_the_others(
    several: Several, slack: InstallableSlack, garden: FurtherWorkspace
) -> None:
    bare = furnished_further(slack, "T0BARE")
    await several.start()
    build = several.workspaces.build

    def failing(me: Identity, token: str, allowed: WorkspaceRights) -> SlackApp:
        if me.team == bare.team_id:
            raise RuntimeError("can't start new thread")
        return build(me, token, allowed)

    several.workspaces.build = failing
    await several.browser.install(bare)
    await several.browser.install(garden)
    await until(lambda: garden.team_id in several.opened())

    assert several.opened() == sorted([slack.team_id, garden.team_id])


async def test_slack_s_check_of_the_address_is_of_no_workspace(
    several: Several, slack: InstallableSlack, garden: FurtherWorkspace
) -> None:
    several.bot.change(bot_token="")
    await several.start()
    body = {"type": "url_verification", "challenge": "is-it-you"}
    answer = await several.workspaces.async_dispatch(
        AsyncBoltRequest(body=body, mode="socket_mode")
    )

    assert answer.status == 200
    assert "is-it-you" in answer.body


def test_a_person_of_an_organization_is_a_member_where_slack_says_so() -> None:
    user = {
        "id": "W1",
        "team_id": "T0ELSE",
        "enterprise_user": {"enterprise_id": "E0PARKS", "teams": ["T0PARK"]},
    }

    assert membership_of(user, "T0PARK", "E0PARKS") is Membership.MEMBER
    assert membership_of(user, "T0ELSE", "E0PARKS") is Membership.MEMBER
    assert membership_of(user, "T0LAKE", "E0PARKS") is Membership.FOREIGN
    assert membership_of(user, "T0PARK", "E0OTHER") is Membership.FOREIGN
    assert membership_of(user, "T0PARK") is Membership.FOREIGN
    assert membership_of({**user, "is_restricted": True}, "T0PARK", "E0PARKS") is Membership.GUEST
    for broken in (None, [], {"teams": "T0PARK", "enterprise_id": "E0PARKS"}):
        strange = {**user, "enterprise_user": broken}
        assert membership_of(strange, "T0PARK", "E0PARKS") is Membership.FOREIGN


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"team_id": "T1", "authorizations": [{"team_id": "T2", "enterprise_id": "E1"}]}, "T2 E1"),
        (
            {
                "team_id": "T1",
                "authorizations": [
                    {"team_id": None, "enterprise_id": "E1", "is_enterprise_install": True}
                ],
            },
            "T1 E1",
        ),
        ({"team": None, "enterprise": {"id": "E1"}, "user": {"team_id": "T1"}}, "T1 E1"),
        ({"team": {"id": "T1"}, "user": {"team_id": "T9"}}, "T1 "),
        ({"team_id": "E1", "enterprise_id": "E1"}, " E1"),
        ({"type": "url_verification"}, " "),
        ({"team_id": "T1/../../x", "user": {"team_id": "T2\0"}}, " "),
        ({"team_id": "T" + 32 * "1", "enterprise_id": "E1\n"}, " "),
        ({"view": {"app_installed_team_id": {"id": "T3"}}, "team": {"id": "T1"}}, " "),
        ({"team_id": ["T1"], "enterprise": {"id": {"E": 1}}}, " "),
        ({"team_id": "T1", "event": {"type": "app_uninstalled"}, "authorizations": []}, "T1 "),
    ],
)
def test_a_payload_names_its_workspace(body: dict[str, Any], expected: str) -> None:
    """The payloads are Slack's: an organization's own installation is authorized for no
    workspace."""
    payload = AsyncBoltRequest(body=body, mode="socket_mode")

    assert " ".join(workspace_of(payload)) == expected


async def test_without_a_token_in_the_settings_all_workspaces_are_installed(
    several: Several, slack: InstallableSlack, garden: FurtherWorkspace
) -> None:
    several.bot.change(bot_token="")
    await several.start()
    before = several.opened()
    await several.browser.install(garden)

    assert not before
    assert "Yes." in await answer_text(garden, "How do I book leave?")


async def test_while_slack_is_away_a_payload_is_left_for_its_next_delivery(
    several: Several, slack: InstallableSlack, garden: FurtherWorkspace
) -> None:
    await several.start()
    await several.browser.install(garden)
    await several.stop()
    garden.web_api.faults.add("auth.test", Fault(status=503), 3)
    slack.sockets.timeout = 1.0  # a late event is stored all the same
    await several.start()

    assert several.opened() == [slack.team_id]
    assert "Yes." in await answer_text(garden, "How do I book leave?")
