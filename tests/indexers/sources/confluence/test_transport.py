"""`indexers.sources.confluence.transport`, `addresses` and `paging` over real HTTP."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread, Timer
from urllib.parse import parse_qs

import pytest

from footnote_bot.indexers.errors import WikiMisconfigured, WikiUnavailable
from footnote_bot.indexers.sources.confluence import transport as transports
from footnote_bot.indexers.sources.confluence.addresses import base_of
from footnote_bot.indexers.sources.confluence.paging import by_cursor, results
from footnote_bot.indexers.sources.confluence.transport import Patience, Refused, Transport
from footnote_bot.playground.confluence.faults import Fault

WHO = "/rest/api/user/current"


@contextmanager
def served(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """Serve ``answer`` on a local port, and yield the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("url", "base", "cloud"),
    [
        ("https://x.atlassian.net", "https://x.atlassian.net/wiki", True),
        ("https://x.atlassian.net/wiki/spaces/A/pages/1", "https://x.atlassian.net/wiki", True),
        ("https://wiki.example.com/", "https://wiki.example.com", False),
        ("https://example.com/ctx/display/A/B", "https://example.com/ctx", False),
        (
            "https://api.atlassian.com/ex/confluence/1",
            "https://api.atlassian.com/ex/confluence/1/wiki",
            True,
        ),
    ],
)
def test_the_base_is_derived_from_the_address(url: str, base: str, cloud: bool) -> None:
    assert (base_of(url).url, base_of(url).cloud) == (base, cloud)


def test_a_next_is_followed_below_the_base_and_never_to_its_host() -> None:
    base = base_of("https://api.atlassian.com/ex/confluence/1")

    assert base.relative("https://evil.example/wiki/api/v2/pages?cursor=a") == (
        "/api/v2/pages?cursor=a"
    )


@pytest.mark.parametrize(("retry_after", "waited"), [("7", 7.25), ("date9", 9.25), (None, 0.375)])
def test_a_429_is_waited_for_as_it_asks(site, retry_after, waited) -> None:
    site.confluence.faults.on("user/current", Fault(429, retry_after=retry_after))

    assert site.transport().get(WHO)["displayName"] == "Foot Note"
    assert site.clock.slept == [waited]


@pytest.mark.parametrize("fault", [Fault(503), Fault(kind="drop")], ids=repr)
def test_tries_are_bounded_and_counted(site, fault) -> None:
    site.confluence.faults.on("user/current", fault, times=None)
    transport = site.transport()

    with pytest.raises(WikiUnavailable):
        transport.get(WHO)
    assert transport.requests == 3


def test_a_500_that_passes_is_asked_again_with_waits_that_grow_and_differ(site) -> None:
    site.confluence.faults.on("user/current", Fault(500), times=2)

    assert site.transport().get(WHO)["displayName"] == "Foot Note"
    assert site.clock.slept == [0.375, 0.75]


def test_a_permanent_500_is_reported_after_few_tries(site) -> None:
    """Data Center always answers 500 to requests that the token may not make."""
    site.confluence.faults.on("user/current", Fault(500), times=None)
    transport = site.transport(patience=Patience(tries=6))

    with pytest.raises(Refused) as caught:
        transport.get(WHO)
    assert caught.value.status == 500
    assert transport.requests == 4


@pytest.mark.parametrize("path", ["/api/v2/spaces", "/rest/api/content/search?cql=type=page"])
def test_a_listing_of_cloud_that_is_too_heavy_is_asked_for_in_halves(cloud, path) -> None:
    """On the first page of results, and on a later one whose address came from Confluence."""
    for number in range(36):
        cloud.world.add_space(f"S{number}")
        cloud.world.create(f"S{number}", "Page", "<p>Words.</p>")
    cloud.confluence.faults.on(r"limit=(1[0-9]|9)\b", Fault(500), times=None)
    where, _, cql = path.partition("?cql=")
    answers = by_cursor(cloud.transport(), where, {"limit": 16, **({"cql": cql} if cql else {})})

    assert len({row["id"] for answer in answers for row in results(answer)}) == 36
    sizes = [int(parse_qs(request.query)["limit"][0]) for request in cloud.confluence.requests]
    assert sizes[:5] == [16, 16, 8, 8, 8]
    assert sizes.count(16) == 4


def test_a_rejected_token_is_called_by_the_name_that_the_operator_gave_it(site) -> None:
    site.confluence.faults.on("user/current", Fault(401))
    transport = site.transport(token_variable="WIKI_TOKEN")

    with pytest.raises(WikiMisconfigured, match="WIKI_TOKEN") as caught:
        transport.get(WHO)
    assert "CONFLUENCE_TOKEN" not in str(caught.value)


def test_an_answer_that_unpacks_to_more_than_is_read_is_given_up(monkeypatch) -> None:
    monkeypatch.setattr(transports, "MOST_BYTES", 1_000_000)
    packed = gzip.compress(b'{"results": [' + b" " * 20_000_000 + b"]}")
    paths: list[str] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        paths.append(handler.path)
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(packed)))
        handler.end_headers()
        with suppress(OSError):
            handler.wfile.write(packed)

    with served(answer) as url, pytest.raises(Refused, match="more than 1,000,000 bytes"):
        Transport(base_of(url, "data_center"), "token").get(WHO)
    assert len(paths) == 1


def test_an_answer_that_comes_drop_by_drop_is_given_up(monkeypatch) -> None:
    """Each byte arrives within the timeout of a read."""
    over = Event()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        with suppress(OSError):
            while not over.wait(0.05):
                handler.wfile.write(b" ")

    patience = Patience(tries=1, seconds=0.5)
    with served(answer) as url:
        transport = Transport(base_of(url, "data_center"), "token", timeout=1, patience=patience)
        try:
            with pytest.raises(WikiUnavailable, match="Timeout"):
                transport.get(WHO)
        finally:
            over.set()


def test_a_login_page_is_an_error(site) -> None:
    site.confluence.faults.on("user/current", Fault(kind="login"))

    with pytest.raises(Refused, match="login page"):
        site.transport().get(WHO)


def test_a_refused_token_is_reported_without_the_token(site) -> None:
    transport = site.transport()
    token = site.confluence.token(site.bot)
    site.confluence.faults.on("user/current", Fault(401))

    with pytest.raises(WikiMisconfigured) as caught:
        transport.get(WHO)
    assert token not in str(caught.value)


def test_a_listing_ends_at_an_empty_page_that_names_a_next(cloud) -> None:
    cloud.confluence.next_after_last = True
    cloud.world.add_space("A")
    cloud.world.add_space("B")
    answers = by_cursor(cloud.transport(), "/api/v2/spaces", {"limit": 1})

    assert [row["key"] for answer in answers for row in results(answer)] == ["A", "B"]


@pytest.mark.parametrize(("is_json", "absent"), [(True, True), (False, False)])
def test_only_confluence_itself_says_that_something_is_not_there(is_json, absent) -> None:
    """A proxy or firewall answers 403 and 404 too. Then no page is gone."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(404)
        handler.send_header("Content-Type", "application/json" if is_json else "text/html")
        handler.end_headers()
        handler.wfile.write(b"{}")

    with served(answer) as url, pytest.raises(Refused) as caught:
        Transport(base_of(url), "token").get(WHO)

    assert caught.value.absent == absent


def test_json_without_a_bottom_is_an_error() -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        handler.wfile.write(b"[" * 200_000)

    with served(answer) as url, pytest.raises(Refused, match="broken"):
        Transport(base_of(url), "token").get(WHO)


def test_an_anonymous_request_carries_nothing_that_tells_who_asks() -> None:
    """Not even the cookie that Confluence set for the token."""
    headers: list[tuple[str | None, str | None]] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        headers.append((handler.headers["Authorization"], handler.headers["Cookie"]))
        handler.send_response(401 if len(headers) == 2 else 200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Set-Cookie", "JSESSIONID=1; Path=/")
        handler.end_headers()
        handler.wfile.write(b"{}")

    with served(answer) as url:
        transport = Transport(base_of(url), "token")
        transport.get(WHO)
        with pytest.raises(Refused):
            transport.get(WHO, anonymous=True)

    assert headers == [("Bearer token", None), (None, None)]


@pytest.mark.parametrize("url", ["https://[", "https://x:port", "https://x:99999", "ftp://x", ""])
def test_an_invalid_address_is_reported(url: str) -> None:
    with pytest.raises(WikiMisconfigured, match="url"):
        base_of(url)


def test_a_hurried_transport_waits_for_no_second_try(site) -> None:
    """As in a process that ends while Confluence does not answer."""
    site.confluence.faults.on(WHO, Fault(status=503, retry_after="60"), times=None)
    transport = Transport(
        base_of(site.confluence.base_url, "cloud" if site.cloud else "data_center"),
        site.confluence.token(site.bot),
        email=site.bot.email if site.cloud else "",
    )
    Timer(0.1, transport.abort_waits).start()
    started = time.monotonic()
    with pytest.raises(Refused):
        transport.get(WHO)
    with pytest.raises(Refused):
        transport.get(WHO)

    assert time.monotonic() - started < 30
