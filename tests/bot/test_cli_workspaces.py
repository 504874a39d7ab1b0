"""An operator's findings about further workspaces."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from footnote_bot.bot.workspaces.model import Installation, WorkspaceRights
from footnote_bot.bot.workspaces.report import findings, rows
from footnote_bot.indexers.findings import Level

NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)
ONE = Installation(
    id="T1",
    name="Acme <b>\nInc",
    enterprise="",
    bot="B1",
    bot_user="U1",
    token="xoxb-secret",
    refresh_token="xoxe-secret",
    installed=NOW,
)
HANDBOOK = WorkspaceRights(wikis=("handbook",))


def levels_and_texts(
    named: dict[str, WorkspaceRights], *installed: Installation
) -> list[tuple[Level, str]]:
    return [(finding.level, finding.says) for finding in findings(named, installed, NOW)]


def test_doctor_says_what_a_workspace_is_answered_from() -> None:
    ((level, says),) = levels_and_texts({"T1": HANDBOOK}, ONE)

    assert level is Level.OK
    assert says == (
        "T1 (Acme <b> Inc) is answered from handbook; its people read what is open to everyone."
    )


def test_doctor_says_what_is_missing_of_an_installation() -> None:
    org = Installation(
        id="T2", name="two", enterprise="E1", bot="B", bot_user="U", token="x", installed=NOW
    )
    expired = ONE.rotated("xoxb-old", "xoxe-old", NOW - timedelta(hours=1))
    bare = WorkspaceRights(wikis=())

    assert "not installed in T9" in levels_and_texts({"T9": HANDBOOK})[0][1]
    assert "no [[workspace]] names" in levels_and_texts({}, ONE)[0][1]
    assert "answered from no wiki" in levels_and_texts({"T1": bare}, ONE)[0][1]
    assert levels_and_texts({"T1": HANDBOOK}, expired)[0][0] is Level.FAILURE
    assert [level for level, _ in levels_and_texts({"E1": HANDBOOK}, org)] == [Level.OK]


def test_nothing_that_is_told_holds_a_token() -> None:
    everything = f"{levels_and_texts({'T1': HANDBOOK}, ONE)} {rows({'T1': HANDBOOK}, [ONE])} {ONE}"

    assert "secret" not in everything


def test_with_one_token_status_and_doctor_say_nothing_of_workspaces() -> None:
    assert not levels_and_texts({})
    assert not rows({}, [])
