"""The state that ``/readyz`` reports."""

from __future__ import annotations

import threading

from footnote_bot.bot.slack.health import Health


async def connected() -> str:
    return ""


def health(patience: float = 240.0, **checks: object) -> Health:
    health_ = Health(checks, patience=patience, fresh=0.0)  # type: ignore[arg-type]
    health_.slack = connected
    return health_


async def test_before_the_bot_has_signed_in_it_is_not_ready() -> None:
    assert await Health({}).look() == {"slack": "not connected"}


async def test_each_check_is_told_by_its_name() -> None:
    looked = await health(database=lambda: "cannot be written", disk=lambda: "").look()

    assert looked == {"database": "cannot be written", "disk": "ok", "slack": "ok"}


async def test_a_check_that_hangs_is_begun_once_and_told() -> None:
    begun, thaw = [], threading.Event()

    def hangs() -> str:
        begun.append(1)
        thaw.wait(240)
        return ""

    checks = health(0.05, database=hangs)
    looked = [await checks.look() for _ in range(3)]
    thaw.set()

    assert [report["database"] for report in looked] == ["does not answer"] * 3
    assert len(begun) == 1


async def test_the_result_of_a_late_check_is_not_reported_later() -> None:
    answers, thaw, ended = ["cannot be written", ""], threading.Event(), threading.Event()

    def late() -> str:
        answer = answers.pop(0)
        if answer:
            thaw.wait(240)
            ended.set()
        return answer

    checks = health(0.05, database=late)
    await checks.look()
    task = checks._running["database"]
    thaw.set()
    await task
    checks.patience = 240.0

    assert (await checks.look())["database"] == "ok"


async def test_a_result_holds_for_a_moment() -> None:
    calls, now = [], [0.0]

    def check() -> str:
        calls.append(1)
        return ""

    health_ = Health({"disk": check}, fresh=1.0, clock=lambda: now[0])
    for at in (0.0, 0.5, 0.9, 1.0):
        now[0] = at
        await health_.look()

    assert len(calls) == 2
