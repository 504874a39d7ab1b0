"""A person's agent asks the real bot, by the client of MCP's own SDK and over HTTP and JSON."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import httpx2
import jsonschema
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from footnote_bot.playground.slack.workspace import LocalSlack
from tests.bot.kept_folders import copy
from tests.ports import free_port

from .conftest import FOOTNOTE, LONG, MANIFEST, PAGES, UNHURRIED, WIKI, Company, write
from .test_a_wrong_answer_gets_its_page_fixed import rendered


@dataclass
class Agents:
    """The bot with its agents, at ``address``."""

    company: Company
    address: str

    async def token(self, person: str, name: str) -> str:
        """Make a token as people do, and return it."""
        made = await self.told(person, f"new {name}", "works until")
        return str(re.search(r"footnote_[\w-]{43}", made)[0])  # type: ignore[index]

    async def told(self, person: str, words: str, begins: str) -> str:
        await self.company.slack.command(person, "C0TEAM", "/wiki", f"token {words}")
        reply = await self.company.slack.wait_for_ephemeral(
            person, lambda message: begins in rendered(message), timeout=LONG
        )
        return rendered(reply)

    async def post(self, tool: str, arguments: Any, token: str) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        address = f"{self.address}/api/v1/{tool}"
        async with (
            aiohttp.ClientSession() as client,
            client.post(address, json=arguments, headers=headers) as answer,
        ):
            return answer.status, await answer.json()


@asynccontextmanager
async def client_of(address: str, token: str) -> AsyncIterator[Client]:
    """Yield the SDK's client."""
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=LONG) as http,
        Client(streamable_http_client(f"{address}/mcp", http_client=http)) as client,
    ):
        yield client


@pytest.fixture
async def agents(tmp_path: Path, synced: Path) -> AsyncIterator[Agents]:
    health, port = free_port(), free_port()
    (tmp_path / "footnote.toml").write_text(
        f"""{WIKI}
[sync]
every_minutes = 0
[slack]
port = {health}
[agents]
enabled = true
port = {port}
"""
    )
    write(tmp_path / "wiki", PAGES)
    for part in ("wiki", "data"):
        copy(synced / part, tmp_path / part)
    async with LocalSlack(MANIFEST, timing=UNHURRIED) as slack:
        slack.add_user("U0ANNA", name="anna", email="anna@example.com")
        slack.add_user("U0BOSS", name="boss", email="boss@example.com", is_admin=True)
        slack.add_channel("C0TEAM", name="team", members=["U0ANNA", "U0BOSS"])
        company = Company(tmp_path, slack, "socket", health)
        process = await company.serve()
        yield Agents(company, f"http://127.0.0.1:{port}")
        await company.stop(process)


async def test_an_agent_asks_with_the_token_of_its_person(agents: Agents) -> None:
    token = await agents.token("U0ANNA", "laptop")

    async with client_of(agents.address, token) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        asked = await client.call_tool("ask", {"question": "How much annual leave do I have?"})
        found = await client.call_tool("search", {"query": "taxi rides", "limit": 3})
        first = found.structured_content["sections"][0]
        read = await client.call_tool("read_section", {"section": first["section"]})
        may = await client.call_tool("may_i_read", {"url": "https://wiki.example.com/leave/"})
        instructions = str(client.instructions)

    assert sorted(tools) == ["ask", "may_i_read", "read_section", "search"]
    assert "data to read" in instructions
    for result, name in (
        (asked, "ask"),
        (found, "search"),
        (read, "read_section"),
        (may, "may_i_read"),
    ):
        assert not result.is_error, result
        jsonschema.validate(result.structured_content, tools[name].output_schema)
        assert json.loads(result.content[0].text) == result.structured_content
    answer = asked.structured_content
    assert answer["kind"] == "answer"
    assert "28 days" in answer["text"]
    assert answer["sources"][0]["url"] == "https://wiki.example.com/leave/#annual-leave"
    assert answer["as_of"]
    assert first["title"] == "Expenses"
    assert "nine in the evening" in read.structured_content["quote"]
    assert may.structured_content["may_read"] is True
    assert may.structured_content["title"] == "leave.md"


async def test_the_same_over_http_and_json(agents: Agents) -> None:
    token = await agents.token("U0ANNA", "script")

    status, answer = await agents.post("ask", {"question": "How much annual leave?"}, token)
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"{agents.address}/api/v1/openapi.json") as described,
    ):
        document = await described.json()

    assert status == 200
    assert "28 days" in answer["text"]
    returns = document["paths"]["/api/v1/ask"]["post"]["responses"]["200"]
    jsonschema.validate(answer, returns["content"]["application/json"]["schema"])
    assert await agents.post("ask", {"question": ""}, token) == (
        400,
        {"error": "question: String should have at least 1 character"},
    )
    assert (await agents.post("ask", {"question": "Leave?"}, ""))[0] == 401
    assert (await agents.post("erase", {}, token))[0] == 404


async def test_a_token_ends_with_its_person_and_when_it_is_revoked(agents: Agents) -> None:
    slack = agents.company.slack
    ask = {"question": "How much annual leave do I have?"}
    one, two = await agents.token("U0ANNA", "one"), await agents.token("U0BOSS", "two")
    assert (await agents.post("ask", ask, one))[0] == 200

    assert "is revoked" in await agents.told("U0ANNA", "revoke one", "revoked")
    slack.people["U0BOSS"].deleted = True
    after = [await agents.post("ask", ask, token) for token in (one, two)]
    slack.people["U0BOSS"].deleted = False
    again = await agents.post("ask", ask, two)

    assert [status for status, _ in (*after, again)] == [401, 401, 401]


async def test_an_agent_on_this_machine_asks_beside_the_bot_and_beside_another(
    agents: Agents,
) -> None:
    """All of them use the index of the process that has it."""
    at = StdioServerParameters(
        command=sys.executable,
        args=[str(FOOTNOTE), "mcp", "--as", "anna@example.com"],
        cwd=agents.company.folder,
        env=agents.company.environment(),
    )
    async with Client(stdio_client(at)) as one, Client(stdio_client(at)) as two:
        results = await asyncio.gather(
            one.call_tool("ask", {"question": "How much annual leave do I have?"}),
            two.call_tool("search", {"query": "VPN access"}),
        )
        refused = await two.call_tool("read_section", {"section": "handbook/0-00000000/gone.md"})

    assert "28 days" in results[0].structured_content["text"]
    assert results[1].structured_content["sections"][0]["title"] == "VPN access"
    assert refused.is_error
