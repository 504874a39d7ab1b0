"""Answers while something that agents need is away, and afterwards."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest

from .company import Company, logged

CALL = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ask","arguments":%s}}'
ASK = b'{"question": "annual leave"}'
AWAY: dict[str, Callable[[Company, bool], None]] = {
    "Slack": lambda company, away: setattr(company.people, "is_away", away),
    "the database": lambda company, away: setattr(company.store, "is_away", away),
    "the index": lambda company, away: setattr(company.wiki, "is_away", away),
}


async def tried(company: Company) -> list[tuple[int, str]]:
    """Return the status and the words of a call over HTTP, and of one over MCP."""
    status, body = await company.sent(company.request("/api/v1/ask", ASK, token=company.token))
    over_http = status, str(json.loads(body).get("error", ""))
    status, body = await company.sent(company.request("/mcp", CALL % ASK, token=company.token))
    reply = json.loads(body)
    if "result" not in reply:
        return [over_http, (status, str(reply.get("error", "")))]
    result = reply["result"]
    return [over_http, (status, result["content"][0]["text"] if result.get("isError") else "")]


@pytest.mark.parametrize("what", AWAY)
async def test_an_agent_is_told_to_try_again_and_can(what: str) -> None:
    company = Company()
    with logged() as lines, company.serving():
        AWAY[what](company, True)
        over_http, over_mcp = await tried(company)
        AWAY[what](company, False)
        afterwards = await tried(company)
        written = lines()

    assert over_http[0] == 503
    assert "try again" in over_http[1]
    assert "try again" in over_mcp[1]
    assert over_mcp[0] in (200, 503)
    assert afterwards == [(200, ""), (200, "")]
    assert "away" in written
    assert 'File "' not in written


async def test_a_person_who_calls_too_often_waits_a_minute_and_delays_nobody() -> None:
    company = Company(per_minute=2)
    with company.serving():
        within = await tried(company)
        over_http, over_mcp = await tried(company)
        wrong = await company.sent(company.request("/api/v1/ask", b"{}", token=company.token))
        company.seconds = 60.0
        afterwards = await tried(company)

    assert within == afterwards == [(200, ""), (200, "")]
    assert over_http[0] == 429
    assert "2 times in a minute" in over_http[1]
    assert "2 times in a minute" in over_mcp[1]
    assert wrong[0] == 400
    assert company.wiki.calls == 4


async def test_64_calls_wait_for_their_turn() -> None:
    company = Company()
    company.wiki.open.clear()
    with company.serving():
        calls = [asyncio.create_task(company.asked(company.token)) for _ in range(64)]
        while company.wiki.waiting < 4:  # noqa: ASYNC110 - a thread changes it
            await asyncio.sleep(0.01)
        refused = await company.sent(company.request("/api/v1/ask", b"{}", token=company.token))
        company.wiki.open.set()
        statuses = [(await call)[0] for call in calls]

    assert refused[0] == 400, "what needs no wiki does not wait"
    assert statuses == [200] * 64


async def test_a_workspace_that_is_not_signed_in_has_to_try_again() -> None:
    company = Company()
    token, _ = company.tokens.new("T0OTHER", "U0EVE", "laptop")
    with company.serving():
        assert (await company.asked(str(token)))[0] == 503
