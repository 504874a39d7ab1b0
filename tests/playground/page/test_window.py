"""The messages that the page gets when something fails behind it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import aiohttp
import pytest

from footnote_bot.playground.page import window
from footnote_bot.playground.page.furnishing import furnish
from footnote_bot.playground.page.ports import OwnPages, PageParts, StartUp
from footnote_bot.playground.page.server import PageServer
from footnote_bot.playground.slack.model import Json
from footnote_bot.playground.slack.timing import Timing
from footnote_bot.playground.slack.views import ViewStacks
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.playground.page.conftest import MANIFEST, OpenPage, Served


class BrokenPages(OwnPages):
    def list(self, email: str) -> list[Json]:
        raise RuntimeError(f"no pages for {email}")


async def test_a_failure_of_the_playground_is_shown_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with LocalSlack(MANIFEST) as slack, aiohttp.ClientSession() as client:
        server = PageServer(slack, furnish(slack), parts=PageParts(pages=BrokenPages()))
        url = await server.start("127.0.0.1", 0)
        try:
            page = await OpenPage(await client.ws_connect(f"{url}socket")).become("U0BOB")
            with caplog.at_level(logging.ERROR):
                failed = await page.do("pages")

            why = "the playground failed (RuntimeError: no pages for bob@example.com)"
            assert failed["error"] == why
            assert "no pages for bob" in caplog.text
            assert "error" not in await page.do("home")
        finally:
            await server.stop()


async def test_the_page_is_told_that_no_language_model_is_set_up() -> None:
    async with LocalSlack(MANIFEST) as slack, aiohttp.ClientSession() as client:
        server = PageServer(slack, furnish(slack), parts=PageParts(is_quoting=True))
        url = await server.start("127.0.0.1", 0)
        try:
            socket = await client.ws_connect(f"{url}socket")
            await socket.send_json({"do": "become", "user": "U0BOB"})

            assert (await socket.receive_json())["quoting"] is True
        finally:
            await server.stop()


async def test_the_page_is_told_what_the_bot_does_before_it_answers() -> None:
    start_up = StartUp("Footnote is reading.")
    timing = Timing(ack=0.05, retries=())
    async with LocalSlack(MANIFEST, timing=timing) as slack, aiohttp.ClientSession() as client:
        server = PageServer(slack, furnish(slack), parts=PageParts(start_up=start_up))
        url = await server.start("127.0.0.1", 0)
        try:
            page = await OpenPage(await client.ws_connect(f"{url}socket")).become("U0BOB")
            await page.until(lambda: "start_up" in page.seen)
            assert page.seen["start_up"] == {"says": "Footnote is reading."}
            failed = await page.do("command", channel="C0GENERAL", text="/wiki help")
            assert failed["error"] == "/wiki failed: Footnote is reading."
            start_up.says = ""
            await page.until(lambda: "start_up" not in page.seen)
        finally:
            await server.stop()


async def test_more_actions_at_once_than_a_person_does_are_refused_aloud(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = asyncio.Event()

    async def act(_self: object, _user: str, _wanted: Mapping[str, Any]) -> Json:
        await release.wait()
        return {}

    monkeypatch.setattr(window.Acting, "act", act)
    page = await served.open("U0BOB")
    for number in range(window._AT_ONCE):
        await page.socket.send_json({"do": "home", "id": -1 - number})
    refused = await page.do("home")
    release.set()

    assert refused["error"] == "too much is under way already: wait for it"


async def test_a_whole_page_of_a_wiki_can_be_saved(served: Served) -> None:
    page = await served.open("U0BOB")

    saved = await page.do("save", url="https://wiki.example.com/", text="a line\n" * 200_000)

    assert saved["error"] == "there is no such page"


async def test_a_form_is_in_the_window_where_its_button_was_pressed(served: Served) -> None:
    first, other = await served.open("U0BOB", "first"), await served.open("U0BOB", "other")
    slack = served.slack
    modal = {"type": "modal", "title": {"type": "plain_text", "text": "A form"}, "blocks": []}
    triggers = []
    for page in (first, other):
        await page.do("command", channel="C0GENERAL", text="/wiki settings")
        triggers.append(slack.triggers[slack.deliveries[-1].payload["trigger_id"]])
    opened = ViewStacks(slack).open("U0BOB", modal, window=triggers[0].window)
    await first.until(lambda: first.seen["modals"]["views"])

    assert [trigger.window for trigger in triggers] == ["first", "other"]
    assert (await other.do("close", view_id=opened.id))["error"] == "there is no such window"
    assert other.seen["modals"]["views"] == []
    assert "error" not in await first.do("close", view_id=opened.id)
