"""The demo in the browser: from the start of its process to a page, and to a page that answers."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from benchmarks.rows import Figure, Goal

_ADDRESS = re.compile(rb"http://localhost:\d+/\S+/")
_ASKED = "@footnote What should I do if I lose my laptop?"
_PERSON, _CHANNEL = "U0BOB", "C0GENERAL"
_PATIENCE = 600.0
"""Seconds until a start counts as failed."""
_ROOT = Path(__file__).parents[1]


def figures() -> Sequence[Figure]:
    """Measure the first start in an empty folder, and the second one.

    Raises:
        TimeoutError: the demo does not answer.
    """
    with TemporaryDirectory() as folder:
        return [
            *_start("first", folder, within=60),
            *_start("second", folder, within=6),
        ]


def _start(name: str, folder: str, within: float) -> Iterator[Figure]:
    """Yield the seconds until a page is served, and until a question that was asked in it at once
    is answered."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "footnote_bot", "playground", "--port", "0", "--data-dir", folder],
        cwd=_ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        page, answer = asyncio.run(_times(_address(process), began))
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate()
    yield Figure(f"{name}.page", page, "s")
    yield Figure(f"{name}.answer", answer, "s", Goal("<=", within))


def _address(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if match := _ADDRESS.search(line):
            return match[0].decode()
    raise ChildProcessError("the playground ended before it printed an address")


async def _times(url: str, began: float) -> tuple[float, float]:
    async with asyncio.timeout(_PATIENCE), aiohttp.ClientSession() as client:
        async with client.get(url) as response:
            response.raise_for_status()
            await response.read()
        page = time.perf_counter() - began
        async with client.ws_connect(f"{url}socket") as socket:
            await socket.send_json({"do": "become", "user": _PERSON})
            await socket.send_json({"do": "say", "id": 1, "channel": _CHANNEL, "text": _ASKED})
            while not _answers(await socket.receive_json()):
                pass
        return page, time.perf_counter() - began


def _answers(sent: dict[str, dict[str, dict[str, object]]]) -> bool:
    """Return whether the page was sent an answer that is complete."""
    return any(
        key.startswith(f"message/{_CHANNEL}/")
        and "Helpful" in str(entry.get("blocks"))
        and not entry.get("streaming")
        for key, entry in sent.get("set", {}).items()
    )
