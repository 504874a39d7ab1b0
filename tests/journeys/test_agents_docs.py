"""docs/agents.md: what it tells to write and to run works with a running bot."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import aiohttp
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from footnote_bot.bot.agents.schemas import TOOLS
from footnote_bot.config.agents import AgentSettings

from .conftest import FOOTNOTE, LONG
from .test_an_agent_asks import Agents, agents, client_of

__all__ = ["agents"]  # the fixture

PAGE = (Path(__file__).parents[2] / "docs/agents.md").read_text(encoding="utf-8")
ADDRESS = "https://footnote.example.com"
LEAVE = {"question": "How much annual leave do I have?"}


def fenced(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def lines(begin: str) -> list[list[str]]:
    """Return the words of the page's lines of code that begin so."""
    found = re.findall(rf"^    ({begin} .*)", PAGE, re.MULTILINE)
    return [shlex.split(line, comments=True) for line in found]


def cursor() -> list[dict[str, Any]]:
    """Return Cursor's two entries: over HTTP, and on this machine."""
    return [json.loads(block)["mcpServers"]["footnote"] for block in fenced("json")]


def test_its_settings_are_read() -> None:
    settings = [AgentSettings(**tomllib.loads(block)["agents"]) for block in fenced("toml")]

    assert [each.enabled for each in settings] == [True, True]
    assert settings[1].tokens_for == f"{ADDRESS}/mcp"


def test_its_table_has_every_tool_with_what_it_takes_and_returns() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*) \|$", PAGE, re.MULTILINE)

    assert [name for name, _, _ in rows] == list(TOOLS)
    for name, takes, returns in rows:
        tool, words = TOOLS[name], set(re.findall(r"`([a-z_]+)`", returns))
        assert re.findall(r"`(\w+)`", takes) == list(tool.input_schema["properties"])
        known = set(re.findall(r'"([a-z_]+)": \{', json.dumps(tool.output_schema)))
        assert words <= known | {*TOOLS, "closest"}, name


def test_claude_code_and_cursor_are_told_the_same() -> None:
    (over_http, _, here) = lines("claude mcp")
    at, command = cursor()

    assert over_http[3:7] == ["--transport", "http", "footnote", at["url"]]
    header = f"Authorization: {at['headers']['Authorization']}"
    assert over_http[7:] == ["--header", header.replace("${env:WIKI_TOKEN}", "$WIKI_TOKEN")]
    assert here[3:] == ["footnote", "--", command["command"], *command["args"]]


async def test_cursor_s_entries_reach_the_bot(agents: Agents) -> None:
    over_http, here = cursor()
    token = await agents.token("U0ANNA", "laptop")
    config = str(agents.company.folder / "footnote.toml")
    at = StdioServerParameters(
        command=sys.executable,
        args=[
            str(FOOTNOTE),
            *(config if each.endswith(".toml") else each for each in here["args"]),
        ],
        cwd="/",
        env=agents.company.environment(),
    )

    async with client_of(
        over_http["url"].removesuffix("/mcp").replace(ADDRESS, agents.address), token
    ) as client:
        asked = await client.call_tool("ask", LEAVE)
    async with Client(stdio_client(at)) as client:
        asked_here = await client.call_tool("ask", LEAVE)

    assert here["command"] == FOOTNOTE.name
    for result in (asked, asked_here):
        assert "28 days" in result.structured_content["text"]


async def test_the_llamaindex_script_prints_the_answer(agents: Agents) -> None:
    (script,) = fenced("python")
    token = await agents.token("U0ANNA", "script")
    process = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", script.replace(ADDRESS, agents.address)],
        env={**os.environ, "WIKI_TOKEN": token},
        capture_output=True,
        text=True,
        timeout=LONG,
    )

    assert process.returncode == 0, process.stderr
    assert "28 days" in process.stdout


async def test_the_line_of_curl_gets_the_answer(agents: Agents) -> None:
    ((_, address, _, header, option, body),) = lines("curl")
    token = await agents.token("U0ANNA", "curl")
    name, _, value = header.replace("$WIKI_TOKEN", token).partition(": ")

    async with (
        aiohttp.ClientSession() as client,
        client.post(
            address.replace(ADDRESS, agents.address), json=json.loads(body), headers={name: value}
        ) as answer,
    ):
        assert answer.status == 200
        assert "28 days" in (await answer.json())["text"]
    assert option == "--json"
