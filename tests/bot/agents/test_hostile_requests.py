"""Requests that no client of good will sends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from footnote_bot.bot.agents import server
from footnote_bot.bot.agents.agents import Agents
from footnote_bot.bot.agents.model import AgentEndpoint
from footnote_bot.bot.agents.server import application
from tests.long import few

from .company import PAGE, QUESTION, SEARCH, Company, logged

SHARES, EACH, AT_ONCE = 10, 100, 20
CALL: dict[str, Any] = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "search", "arguments": {"query": QUESTION}},
}
METHODS = (
    "", "ping", "initialize", "tools/list", "tools/call", "tools/erase", "prompts/list",
    "resources/read", "completion/complete", "logging/setLevel", "roots/list", "server/discover",
    "sampling/createMessage", "subscriptions/listen", "notifications/initialized", "tasks/get",
    "notifications/cancelled", "notifications/progress", "rpc.discover", "__class__", "\x00",
)  # fmt: skip
VERSIONS = ("2024-11-05", "2025-06-18", "2025-11-25", "2026-07-28", "", "9999-99-99", "draft")
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**400, float("inf"), float("nan"), "", "\x00", "\ud800", "x" * 5_000,
    [], {}, [[]], {"\ud800": 1}, {"": {}}, [None] * 3,
)  # fmt: skip
HEADERS = (
    "Host: evil.example.com", "Host: 127.0.0.1.evil.example.com:80", "Host:", "Host: [::1", "X:",
    "Origin: https://evil.example.com", "Origin: null", "Origin: http://localhost.evil.com:1",
    "Content-Type: text/plain", "Content-Type: application/json; charset=utf-16", "Content-Type:",
    "Content-Type: multipart/form-data; boundary=x", "Content-Encoding: gzip", "Accept: image/png",
    "Accept:", "Expect: 100-continue", "Expect: 200-ok", "Upgrade: websocket", "Upgrade: h2c",
    "Connection: Upgrade", "Authorization: Basic YTpi", "Authorization: Bearer", "Cookie: a=b",
    "Authorization: Bearer \u00e9\u00ff", "Authorization: bearer  x", "Authorization: Bearer a.b.c",
    "MCP-Session-Id: 1", "MCP-Session-Id: \u00ff" , "Last-Event-ID: 9", "Transfer-Encoding: gzip",
    "Transfer-Encoding: chunked, chunked", "Content-Length: -1", "Content-Length: 1e3",
    " folded: 1",
    "Content-Length: 99999999999999999999", "Content-Length: 0, 1", "No colon", "X-\x00: 1",
    "X: \x00",
    "Mcp-Method: tools/call", "Mcp-Name: search", "X-Forwarded-For: 127.0.0.1", "Range: bytes=0-1",
    "X-HTTP-Method-Override: DELETE", f"X: {'x' * 60_000}", f"X: {'x' * 70_000}",
)  # fmt: skip
WORDS = (
    "GET",
    "PUT",
    "DELETE",
    "PATCH",
    "HEAD",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PRI",
    "get",
    "\xe9",
)
PATHS = (
    "/", "//mcp", "/mcp/", "/mcp/../mcp", "/mcp%00", "/mcp?x=%ff", "/api/v1", "/api/v1/", "/api",
    "/api/v1/ask%00", "/api/v1/%ED%A0%80", "/api/v1/%ff%fe", "/api/v1/search/", "/api/v1/SEARCH",
    "/api/v1/../../etc/passwd", "/api/v1/__class__", "/api/v1/{tool}", "/api/v1/search;a=b", "*",
    "/api/v1/search#x", "http://evil.example.com/api/v1/search", "mcp", "", "/api/v1/search x",
    f"/api/v1/{'x' * 10_000}", f"/{'x' * 70_000}", "/.well-known/oauth-protected-resource/mcp",
    "/api/v1/openapi.json", "/\xe9", f"/api/v1/search?{'a=b&' * 3_000}",
)  # fmt: skip
NOT_HTTP = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET /mcp\r\n\r\n", b"\r\n\r\n\r\n",
    b"\x00" * 99,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"POST /mcp HTTP/9.9\r\n\r\n", b"{}\n", b"\xff\xfe",
    b":" * 999,
    b"POST /mcp HTTP/1.1\n\n", b"POST\t/mcp\tHTTP/1.1\r\nHost:x\r\n\r\n", b"A" * 70_000,
)  # fmt: skip


class Malformed:
    """Makes malformed requests to ``company``, the same for the same seed."""

    def __init__(self, company: Company, seed: int) -> None:
        self.company, self.random = company, Random(seed)  # noqa: S311 - no secret

    def __call__(self, token: str) -> bytes:
        kinds: list[Callable[[str], bytes]] = [
            self.broken_json, self.nested, self.wrong_types, self.batch, self.unknown_method,
            self.wrong_headers, self.other_word, self.odd_path, self.too_long, self.chunked,
            self.not_http, self.cut_short, self.two_at_once,
        ]  # fmt: skip
        return self.random.choice(kinds)(token)

    def broken_json(self, token: str) -> bytes:
        body = bytearray(self.random.choice((SEARCH, json.dumps(CALL).encode())))
        for _ in range(self.random.randint(1, 4)):
            at = self.random.randrange(len(body))
            body[at : at + self.random.choice((0, 1, 9))] = self.random.randbytes(
                self.random.choice((0, 1, 3))
            )
        return self.posted(bytes(body), token)

    def nested(self, token: str) -> bytes:
        deep = self.random.choice((50, 900, 5_000, 20_000))
        opening, closing = self.random.choice((("[", "]"), ('{"a":', "}"), ('{"query":[', "]}")))
        body = opening * deep + "1" + closing * self.random.choice((0, deep))
        as_argument = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"arguments":%s}}'
        return self.posted(
            (self.random.choice(("%s", as_argument)) % body).encode()[:65_000], token
        )

    def wrong_types(self, token: str) -> bytes:
        value: Any = json.loads(json.dumps(CALL))
        if self.random.random() < 0.5:
            value = {"query": QUESTION, "limit": 3}
            value[self.random.choice(("query", "limit", "more", "\ud800"))] = self.odd()
            return self.posted(json.dumps(value).encode(), token, "/api/v1/search")
        holder = self.random.choice((value, value["params"], value["params"]["arguments"]))
        holder[self.random.choice((*holder, "more", "_meta", "\ud800"))] = self.odd()
        body = json.dumps(value, ensure_ascii=self.random.random() < 0.5)
        return self.posted(body.encode("utf-8", "surrogatepass"), token, "/mcp")

    def batch(self, token: str) -> bytes:
        return self.posted(json.dumps([CALL] * self.random.choice((0, 1, 2, 300))).encode(), token)

    def unknown_method(self, token: str) -> bytes:
        value = {**CALL, "method": self.random.choice(METHODS)}
        if self.random.random() < 0.5:
            value["params"] = self.odd()
        if self.random.random() < 0.3:
            del value[self.random.choice(("id", "jsonrpc", "params", "method"))]
        version = f"MCP-Protocol-Version: {self.random.choice(VERSIONS)}"
        body = json.dumps(value).encode()
        return self.posted(body, token, "/mcp", *([version] if self.random.random() < 0.7 else []))

    def wrong_headers(self, token: str) -> bytes:
        wrong = self.random.sample(HEADERS, self.random.randint(1, 3))
        return self.posted(json.dumps(CALL).encode(), token, "", *wrong)

    def other_word(self, token: str) -> bytes:
        good = self.posted(SEARCH, token)
        return self.random.choice(WORDS).encode() + good.removeprefix(b"POST")

    def odd_path(self, token: str) -> bytes:
        return self.posted(SEARCH, token, self.random.choice(PATHS))

    def too_long(self, token: str) -> bytes:
        body = b'{"query": "%s"}' % (b"x" * self.random.choice((65_536, 70_000, 300_000)))
        return self.posted(body, token)

    def chunked(self, token: str) -> bytes:
        sizes = (b"%x" % len(SEARCH), b"-1", b"g", b"", b"ffffffffffffffffffff", b"1;" + b"x" * 999)
        chunk = self.random.choice(sizes) + b"\r\n" + SEARCH + b"\r\n"
        body = chunk * self.random.choice((1, 2, 3_000)) + self.random.choice((b"0\r\n\r\n", b""))
        more = self.random.choice(((), ("Content-Length: 5",)))
        return self.posted(body, token, "", "Transfer-Encoding: chunked", *more)

    def not_http(self, token: str) -> bytes:
        return self.random.choice((*NOT_HTTP, self.random.randbytes(500)))

    def cut_short(self, token: str) -> bytes:
        good = self.posted(SEARCH, token)
        return good[: self.random.randrange(len(good))]

    def two_at_once(self, token: str) -> bytes:
        first = self.posted(SEARCH, token).replace(b"Connection: close\r\n", b"")
        return first + self.random.choice((b"{}", b"\x00", first[:50], b"GET / HTTP/1.1\r\n\r\n"))

    def odd(self) -> Any:
        return self.random.choice(ODD)

    def posted(self, body: bytes, token: str, path: str = "", *lines: str) -> bytes:
        at = path or self.random.choice(("/mcp", "/api/v1/search", "/api/v1/ask"))
        return self.company.request(at, body, *lines, token=token)


@pytest.mark.parametrize("share", few(range(SHARES), 1))
async def test_a_malformed_request_gets_no_page_no_error_of_ours_and_no_line_with_its_words(
    monkeypatch: pytest.MonkeyPatch, share: int
) -> None:
    monkeypatch.setattr(server, "_SECONDS", 1.0)
    monkeypatch.setattr(server, "_IDLE", 1)
    company = Company()
    malformed = Malformed(company, share)
    tokens = ["", "footnote_" + "x" * 43, company.token]
    with logged() as lines, company.serving():
        for _ in range(EACH // AT_ONCE):
            made = [
                (token := malformed.random.choice(tokens), malformed(token)) for _ in range(AT_ONCE)
            ]
            for known in (False, True):
                calls = company.wiki.calls
                requests = [each for token, each in made if (token == company.token) is known]
                answers = await asyncio.gather(*map(company.sent, requests))
                failed = [
                    (each[:300], answer)
                    for each, answer in zip(requests, answers, strict=True)
                    if answer[0] >= 500 or (PAGE.encode() in answer[1] and not known)
                ]
                assert not failed
                assert known or company.wiki.calls == calls
        assert (await company.asked(company.token))[0] == 200
        written = lines()
    assert "Error" not in written
    assert 'File "' not in written
    for words in (QUESTION, PAGE, company.token, "footnote_x"):
        assert words not in written


async def test_no_request_is_sent_on_to_a_host_that_it_names() -> None:
    company = Company()
    with company.serving():
        for path in ("/mcp/", "/api/v1/search/"):
            request = f"POST {path} HTTP/1.1\r\nHost: evil.example.com\r\nContent-Length: 0\r\n"
            status, body = await company.sent(f"{request}Connection: close\r\n\r\n".encode())

            assert status == 404
            assert b"evil" not in body


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "0.0.0.0"])  # noqa: S104 - nobody listens
def test_each_kind_of_address_can_be_listened_on(host: str) -> None:
    agents = Agents(Company().tokens, None, None, str)  # type: ignore[arg-type]

    assert application(agents, AgentEndpoint(host, 3002, issuer="https://login.example.com"))
