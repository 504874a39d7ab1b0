"""`confluence.downloads` over real HTTP: what is fetched, and who receives the token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from http.server import BaseHTTPRequestHandler

import pytest

from footnote_bot.indexers.sources.confluence.addresses import Base, base_of
from footnote_bot.indexers.sources.confluence.attachments import download
from footnote_bot.indexers.sources.confluence.extras import Extras
from footnote_bot.indexers.sources.confluence.live import LiveConfluence
from footnote_bot.indexers.sources.confluence.transport import Patience, Refused, Transport
from footnote_bot.indexers.sources.confluence.wiki import ConfluenceWiki
from tests.indexers.sources.attachments.files import pdf
from tests.indexers.sources.confluence.extras import EXTRAS, KnownPages, pages, sync, wiki_of
from tests.indexers.sources.confluence.looking import PATIENT
from tests.indexers.sources.confluence.test_transport import served

Answer = Callable[[BaseHTTPRequestHandler], None]


class Hosts:
    """Two hosts, ``wiki`` and ``other``. A test sets the answer of each."""

    def __init__(self, stack: ExitStack) -> None:
        self.told: dict[str, list[str]] = {"wiki": [], "other": []}
        self.answers: dict[str, Answer] = {}
        self.wiki = stack.enter_context(served(lambda request: self._answer("wiki", request)))
        self.other = stack.enter_context(served(lambda request: self._answer("other", request)))

    def _answer(self, host: str, request: BaseHTTPRequestHandler) -> None:
        self.told[host].append(request.headers.get("Authorization", ""))
        self.answers[host](request)

    def transport(self, base: Base | None = None) -> Transport:
        return Transport(base or base_of(self.wiki), "secret", patience=Patience(tries=1))


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    with ExitStack() as stack:
        yield Hosts(stack)


def redirects_to(to: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", to)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def serves(data: bytes, media_type: str = "application/octet-stream") -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", media_type)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    return answer


def test_the_token_is_sent_to_the_wiki_and_to_no_other_host(hosts) -> None:
    hosts.answers = {
        "wiki": redirects_to(f"{hosts.other}/file?token=signed"),
        "other": serves(b"Words"),
    }

    assert download(hosts.transport(), "/download/a.txt", 5) == b"Words"
    assert hosts.told == {"wiki": ["Bearer secret"], "other": [""]}


def test_the_token_is_sent_to_no_other_part_of_the_same_host(hosts) -> None:
    hosts.answers = {"wiki": redirects_to("/elsewhere")}
    with pytest.raises(Refused):
        download(hosts.transport(base_of(hosts.wiki + "/confluence")), "/a.txt", 5)

    assert hosts.told["wiki"] == ["Bearer secret", "", "", "", ""]


@pytest.mark.parametrize(
    "to",
    ["file:///etc/passwd", "ftp://example.com/a", "https://", "https://[", "http://u:p@127.0.0.1/"],
)
def test_it_follows_to_no_address_that_is_not_safe(hosts, to) -> None:
    hosts.answers = {"wiki": redirects_to(to)}
    with pytest.raises(Refused, match="not safe"):
        download(hosts.transport(), "/a.txt", 5)


def test_from_https_it_follows_to_https_alone(hosts) -> None:
    class Encrypted(Transport):
        def fetch(self, url: str, most: int):
            return super().fetch(url.replace("https:", "http:"), most)

    hosts.answers = {"wiki": redirects_to(f"{hosts.other}/file"), "other": serves(b"Words")}
    base = base_of(hosts.wiki.replace("http:", "https:"), "data_center")
    with pytest.raises(Refused, match="not safe"):
        download(Encrypted(base, "secret"), "/a.txt", 5)

    assert hosts.told["other"] == []


def test_it_does_not_follow_for_ever(hosts) -> None:
    hosts.answers = {"wiki": redirects_to("/again")}
    with pytest.raises(Refused, match="on and on"):
        download(hosts.transport(), "/a.txt", 5)

    assert len(hosts.told["wiki"]) == 5


def test_no_more_is_read_than_the_file_has(hosts) -> None:
    chunks: list[int] = []

    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            while len(chunks) < 1000:
                request.wfile.write(b"x" * 65536)
                chunks.append(65536)
        except OSError:
            pass

    hosts.answers = {"wiki": endless}
    with pytest.raises(Refused, match="another size"):
        download(hosts.transport(), "/a.txt", 100)

    assert len(chunks) < 1000


@pytest.mark.parametrize(
    ("data", "media_type", "page"),
    [
        (b"<html>Log in", "text/html; charset=utf-8", False),
        (b"<html>Log in, please", "text/html", True),
        (b"Word", "text/plain", False),
    ],
)
def test_another_answer_is_not_taken_for_the_file(hosts, data, media_type, page) -> None:
    hosts.answers = {"wiki": serves(data, media_type)}
    with pytest.raises(Refused):
        download(hosts.transport(), "/a.txt", len(b"<html>Log in"), page=page)


def test_cloud_s_files_come_from_elsewhere_without_the_token(cloud) -> None:
    cloud.world.add_space("ENG")
    page = cloud.world.create("ENG", "Page", "<p>Words.</p>")
    file = cloud.world.attach(page.id, "plan.pdf", pdf(["A plan."])).id
    known: KnownPages = {}
    wiki = wiki_of(cloud, Extras(attachments=True))
    sync(wiki, known)

    assert file in known
    assert cloud.confluence.media.tokens == [""]


def test_a_scoped_token_reads_extras_of_pages_through_the_gateway(cloud) -> None:
    cloud.world.add_space("ENG")
    page = cloud.world.create("ENG", "Page", "<p>Words.</p>")
    file = cloud.world.attach(page.id, "plan.pdf", pdf(["A plan."])).id
    cloud.world.comment(page.id, "<p>Said.</p>")
    scopes = {
        f"read:{right}:confluence"
        for right in (
            "page",
            "space",
            "content-details",
            "space.permission",
            "hierarchical-content",
        )
    }
    scopes |= {"search:confluence", "read:confluence-content.permission"}
    scopes |= {"read:content.restriction:confluence"}
    scopes |= {"read:attachment:confluence", "read:comment:confluence"}
    site = base_of(cloud.confluence.base_url, "cloud", cloud_id="local-cloud-id")
    origin = cloud.confluence.gateway_url.removesuffix(site.path)
    token = cloud.confluence.token(cloud.bot, scopes=frozenset(scopes))
    transport = Transport(
        replace(site, origin=origin), token, email=cloud.bot.email, time=cloud.clock.time
    )
    wiki = ConfluenceWiki("wiki", transport, extras=EXTRAS)
    live = LiveConfluence("wiki", transport, extras=EXTRAS)
    known_pages: KnownPages = {}
    pages_read = pages(sync(wiki, known_pages))
    cited = {key: page.revision for key, page in known_pages.items()}

    assert pages_read[file].url.startswith(
        f"{cloud.confluence.base_url}/download/attachments/{page.id}/"
    )
    assert cloud.confluence.media.tokens == [""]
    assert {*live.current(cited, PATIENT).stand} == {page.id, file, f"{page.id}/comments"}
