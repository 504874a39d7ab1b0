"""The tools as a server of the Model Context Protocol (MCP), for either transport."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
from collections.abc import Awaitable, Callable
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)

from footnote_bot.bot.agents import texts
from footnote_bot.bot.agents.errors import CallRefused
from footnote_bot.bot.agents.schemas import TOOLS
from footnote_bot.bot.version import own_version

logger = logging.getLogger(__name__)

Context = ServerRequestContext[Any, Any]
Call = Callable[[Context, str, object], Awaitable[dict[str, Any]]]
"""Does the call of a tool; raises CallRefused."""

_READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_LISTED = ListToolsResult(
    tools=[
        Tool(
            name=tool.name,
            description=tool.does,
            input_schema=tool.input_schema,
            output_schema=tool.output_schema,
            annotations=_READS,
        )
        for tool in TOOLS.values()
    ]
)


def server_of(call: Call) -> Server[Any]:
    """Return an MCP server that lists the tools, and calls them by ``call``."""

    async def list_tools(_: Context, __: PaginatedRequestParams | None) -> ListToolsResult:
        return _LISTED

    async def call_tool(context: Context, params: CallToolRequestParams) -> CallToolResult:
        try:
            result = await call(context, params.name, params.arguments or {})
        except CallRefused as error:
            return CallToolResult(content=[TextContent(text=str(error))], is_error=True)
        words = json.dumps(result, ensure_ascii=False)
        return CallToolResult(content=[TextContent(text=words)], structured_content=result)

    return Server(
        "footnote",
        version=own_version(),
        instructions=texts.INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def serve_stdio(call: Callable[[str, object], dict[str, Any]]) -> None:
    """Serve the client at standard input and output until it leaves; ``call`` blocks. Ctrl-C ends
    the process: the SDK's thread that reads would wait for another line."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        asyncio.run(_serve_stdio(call))
    except* OSError as errors:  # the client has left
        logger.info("The agent has left: %s", errors.exceptions[0])


async def _serve_stdio(call: Callable[[str, object], dict[str, Any]]) -> None:
    """Serve as `serve_stdio` does, with each call in a thread."""

    async def call_in_thread(_: Context, name: str, arguments: object) -> dict[str, Any]:
        return await asyncio.to_thread(call, name, arguments)

    server = server_of(call_in_thread)
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())
