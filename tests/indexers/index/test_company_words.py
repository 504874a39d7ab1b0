"""Words that matter inside a company are found whole and in part: in the real index, by words
alone, among hundreds of passages that share their parts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from footnote_bot.indexers.index.edge import EdgeIndex
from footnote_bot.indexers.model import EVERYONE, Principal
from tests.fakes.embedding import WordEmbedder
from tests.fakes.passages import passages
from tests.fakes.searching import search

ANYONE = Principal.of(EVERYONE)

# The passages to find, by name.
TEXTS = {
    "error code": "The import stops with ERR-1234 when the disk is full.",
    "ticket": "The outage of the mail gateway is written up in OPS-4711.",
    "constant": "E_CONN_RESET means that the proxy hung up.",
    "hexadecimal": "Windows reports 0x80070005 if the share denies access.",
    "long option": "Pass --dry-run to see what a release would touch.",
    "short option": "The workers start with -Xmx512m on small machines.",
    "folder": "Virtual hosts are kept in /etc/nginx/conf.d on each edge machine.",
    "file": "The limits of uploads stand in nginx.conf beside the timeouts.",
    "camel case": "The profile page calls getUserById for the avatar.",
    "snake case": "Raise max_retry_count when the queue is slow.",
    "acronym": "Each worker runs an HTTPServer of its own.",
    "version": "Upgrade the agent to v1.2.3 before the first of May.",
    "short version": "Protocol 1.2 was switched off on the gateways.",
    "c++": "The codec is written in C++ and linked statically.",
    "c#": "The installer is written in C# by the desktop team.",
    ".net": "The billing reports run on .NET under Linux.",
    "node.js": "The chat widget is built with node.js on the build farm.",
    "command": "To list what runs: kubectl get pods -n prod, then look for restarts.",
    "mention": "Reviews of the schema go to @dora-oncall first.",
    "channel": "Announce a freeze in #release-train on Monday.",
    "e-mail address": "Invoices are sent to billing.team@corp.example.com monthly.",
    "ip": "The license server answers at 10.20.30.40 in the lab.",
    "port": "The metrics exporter listens on localhost:9187 only.",
    "url": "Dashboards are at https://grafana.corp.example.com/d/payments-latency for all.",
    "sharp s": "Das Lager liegt in der Hauptstraße hinter dem Bahnhof.",
    "accent": "Lunch is served in the Café Zoë downstairs.",
    "hyphen": "Ask for an e-mail alias in the portal.",
    "joined": "The oncall rota changes on Wednesday.",
    "plural": "Certificates of vendors expire in June.",
}

QUESTIONS = [
    ("error code", "ERR-1234"),
    ("error code", "err-1234"),
    ("error code", "err 1234"),
    ("error code", "ERR1234"),
    ("error code", "what does ERR-1234 mean?"),
    ("ticket", "OPS-4711"),
    ("ticket", "ops 4711"),
    ("ticket", "ops4711"),
    ("ticket", "(OPS-4711)"),
    ("constant", "E_CONN_RESET"),
    ("constant", "e_conn_reset"),
    ("constant", "conn reset"),
    ("constant", "CONN_RESET"),
    ("hexadecimal", "0x80070005"),
    ("hexadecimal", "0X80070005"),
    ("hexadecimal", "80070005"),
    ("long option", "--dry-run"),
    ("long option", "dry-run"),
    ("long option", "dry run"),
    ("long option", "dryrun"),
    ("short option", "-Xmx512m"),
    ("short option", "Xmx512m"),
    ("short option", "xmx"),
    ("folder", "/etc/nginx/conf.d"),
    ("folder", "/etc/nginx/conf.d/"),
    ("folder", "nginx/conf.d"),
    ("folder", "etc nginx conf.d"),
    ("file", "nginx.conf"),
    ("file", "where is nginx.conf?"),
    ("file", "/etc/nginx/nginx.conf"),
    ("camel case", "getUserById"),
    ("camel case", "getuserbyid"),
    ("camel case", "user by id"),
    ("camel case", "get user by id"),
    ("camel case", "get_user_by_id"),
    ("snake case", "max_retry_count"),
    ("snake case", "retry count"),
    ("snake case", "max retry count"),
    ("snake case", "maxRetryCount"),
    ("snake case", "MAX_RETRY_COUNT"),
    ("acronym", "HTTPServer"),
    ("acronym", "http server"),
    ("acronym", "httpserver"),
    ("version", "v1.2.3"),
    ("version", "1.2.3"),
    ("version", "version 1.2.3"),
    ("short version", "protocol 1.2"),
    ("short version", "1.2"),
    ("c++", "C++"),
    ("c++", "c++"),
    ("c#", "C#"),
    ("c#", "c#"),
    ("c#", "csharp"),
    (".net", ".NET"),
    (".net", ".net"),
    (".net", "dotnet"),
    ("node.js", "node.js"),
    ("node.js", "Node.js"),
    ("node.js", "nodejs"),
    ("node.js", "node js"),
    ("command", "kubectl get pods -n prod"),
    ("command", "kubectl get pods"),
    ("command", "get pods"),
    ("mention", "@dora-oncall"),
    ("mention", "dora-oncall"),
    ("mention", "dora oncall"),
    ("channel", "#release-train"),
    ("channel", "release-train"),
    ("channel", "release train"),
    ("channel", "releasetrain"),
    ("e-mail address", "billing.team@corp.example.com"),
    ("e-mail address", "billing.team"),
    ("e-mail address", "<billing.team@corp.example.com>"),
    ("ip", "10.20.30.40"),
    ("ip", "10.20.30.40:443"),
    ("port", "localhost:9187"),
    ("port", "9187"),
    ("port", ":9187"),
    ("port", "port 9187"),
    ("url", "https://grafana.corp.example.com/d/payments-latency"),
    ("url", "grafana.corp.example.com"),
    ("url", "payments-latency"),
    ("url", "payments latency"),
    ("sharp s", "Hauptstraße"),
    ("sharp s", "hauptstrasse"),
    ("sharp s", "HAUPTSTRASSE"),
    ("accent", "Café Zoë"),
    ("accent", "cafe zoe"),
    ("accent", "Cafe\u0301 Zoe\u0308"),  # the accents alone
    ("hyphen", "e-mail alias"),
    ("hyphen", "email alias"),
    ("hyphen", "email"),
    ("joined", "oncall rota"),
    ("joined", "on-call rota"),
    ("joined", "on call rota"),
    ("plural", "certificate of a vendor"),
    ("plural", "vendors' certificates"),
    ("plural", "vendor certificate"),
]


def _lookalikes() -> Iterator[str]:
    """Yield texts that share a part with the passages and are wrong hits."""
    for n in range(12):
        yield f"The export stops with ERR-{2000 + n} when the link is down."
        yield f"Err on the side of caution: {1234 + n * 1000} seats are booked in hall {n}."
        yield f"The plan of the move is in OPS-{5000 + n}, and HR-4711{n} has the rest."
        yield f"E_CONN_TIMEOUT_{n} is logged when the peer is slow, E_DISK_RESET_{n} by the disk."
        yield f"Windows reports 0x8007000{chr(97 + n % 6)}{n} for a path that is too long."
        yield f"Pass --run-once={n} or --no-dry to the tool that dries the logs."
        yield f"The builders start with -Xms{256 + n}m on large machines."
        yield f"Hosts are kept in /etc/haproxy/conf.{n} on each inner machine."
        yield f"The limits of threads stand in redis-{n}.conf, and nginx reads none of it."
        yield f"The settings page calls getTeamByName{n} and setUserName{n} for the list."
        yield f"Raise min_retry_delay_{n} and max_count_{n} when the cache is slow."
        yield f"Each of the {n} machines speaks HTTP, and the server of it is a SMTPServer."
        yield f"Upgrade the sensor to v1.3.{n + 4} or v2.{n}.3 before the end of June."
        yield f"Protocol {n + 2}.1 was switched on, and 1 of 2 proxies uses it."
        yield f"Vitamin C is sold in aisle {n}, and the C major scale has no sharps."
        yield f"A net of {n} sensors, the network, and the net result of the year."
        yield f"The node pool {n} was drained, and its js bundle was minified again."
        yield f"To list what is stored: kubectl describe nodes -n stage{n}, then look at disks."
        yield f"Dora was on call in week {n}, and her train was late at the release."
        yield f"Announce a party in #fun-{n}, the train leaves after the release on Monday."
        yield f"The team mails offers to sales{n}@corp.example.com and talks about billing."
        yield f"The file server answers at 10.20.31.{n}, another one at 10.{n}.30.40 in the hall."
        yield f"The log exporter listens on localhost:{9200 + n} only, as ports do."
        yield f"Logs are at https://kibana.corp.example.com/d/orders-{n} for all who pay."
        yield f"Das Büro {n} liegt in der Nebengasse, die Straße davor ist neu."
        yield f"Tea is served in room {n}, and Zoe brings the cake."
        yield f"A mail to the alias of team {n} takes a while, and grade E is the best."
        yield f"Call {n} people on the rota before noon, a call each."
        yield f"A vendor visits in month {n} and brings the license."


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdgeIndex]:
    place: Path = tmp_path_factory.mktemp("company") / "index"
    embedder = WordEmbedder()
    with EdgeIndex.open(place, dimensions=embedder.dimensions) as opened:
        texts = [*TEXTS.values(), *_lookalikes()]
        for start in range(0, len(texts), 20):
            batch = passages(f"page {start}", *texts[start : start + 20])
            opened.replace(batch, embedder.embed_passages([p.embedded for p in batch]))
        yield opened


@pytest.mark.parametrize(("name", "question"), QUESTIONS)
def test_it_is_found_first(index: EdgeIndex, name: str, question: str) -> None:
    hits = search(index, question, (), reader=ANYONE, limit=3)

    assert hits[0].passage.text == TEXTS[name], [hit.passage.text for hit in hits]


def test_the_passages_that_share_their_parts_are_hundreds() -> None:
    assert len(list(_lookalikes())) > 300
