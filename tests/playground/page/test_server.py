"""Who gets the page, and what a browser may do with it."""

from __future__ import annotations

import aiohttp
import pytest

from footnote_bot.playground.page.furnishing import furnish
from footnote_bot.playground.page.server import STATIC, PageServer
from footnote_bot.playground.slack.workspace import LocalSlack
from tests.playground.page.conftest import MANIFEST, TOKEN, Served


async def test_without_the_token_there_is_nothing(served: Served) -> None:
    base = served.url.removesuffix(f"{TOKEN}/")

    for path in ("", "static/page.js", "socket", "wrong/", "wrong/socket", f"{TOKEN[:-1]}/"):
        async with served.client.get(base + path) as answer:
            assert answer.status == 404, path


def test_the_token_differs_each_time_and_cannot_be_guessed() -> None:
    slack = LocalSlack(MANIFEST)
    roles = furnish(slack)
    tokens = {PageServer(slack, roles).token for _ in range(20)}

    assert len(tokens) == 20
    assert min(map(len, tokens)) >= 24


@pytest.mark.parametrize("path", ["", "static/page.js", "static/nothing.js"])
async def test_the_page_runs_its_own_files_alone(served: Served, path: str) -> None:
    async with served.client.get(served.url + path) as answer:
        policy = dict(
            part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; ")
        )

        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["form-action"] == "'none'"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_page_has_no_inline_script_or_style(served: Served) -> None:
    async with served.client.get(served.url) as answer:
        text = await answer.text()

    assert answer.content_type == "text/html"
    assert text.count("<script") == text.count('<script type="module" src="static/')
    assert "<style" not in text
    assert "style=" not in text
    assert "http" not in text


async def test_scripts_are_served_as_scripts(served: Served) -> None:
    async with served.client.get(f"{served.url}static/page.js") as answer:
        assert answer.status == 200
        assert answer.content_type in {"text/javascript", "application/javascript"}


@pytest.mark.parametrize("path", ["static/../server.py", "static/%2e%2e/server.py", "static/"])
async def test_nothing_but_static_files_is_served(served: Served, path: str) -> None:
    async with served.client.get(served.url + path) as answer:
        assert answer.status in (403, 404)


async def test_a_page_of_another_site_cannot_connect(served: Served) -> None:
    for origin in ("http://evil.example", "null", f"{served.url.split('/')[0]}//localhost:1"):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await served.client.ws_connect(f"{served.url}socket", headers={"Origin": origin})

        assert refused.value.status == 403


async def test_it_listens_on_loopback(served: Served) -> None:
    assert served.url.startswith("http://localhost:")


async def test_it_listens_on_loopback_of_ipv6_too() -> None:
    server = PageServer(LocalSlack(MANIFEST), ())
    url = await server.start("::1", 0)
    try:
        ipv6_url = url.replace("localhost", "[::1]")
        async with aiohttp.ClientSession() as client, client.get(ipv6_url) as answer:
            assert answer.status == 200
    finally:
        await server.stop()


def test_no_file_of_the_page_names_an_address_elsewhere() -> None:
    """Beside the namespace of SVG, and the vendored parser's licence and comments."""
    for file in STATIC.rglob("*"):
        if file.suffix in {".js", ".css", ".html", ".svg"} and "vendor" not in file.parts:
            text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")

            assert "http://" not in text, file
            assert "https://" not in text, file
