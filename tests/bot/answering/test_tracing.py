"""Traces of answers, as an OpenTelemetry collector receives them."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from llama_index.core.instrumentation import get_dispatcher
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from footnote_bot.bot import request_ids
from footnote_bot.bot.answering import tracing
from footnote_bot.bot.answering.tracing import traced
from footnote_bot.bot.errors import TracingMisconfigured
from footnote_bot.bot.model import Question, Role, Turn
from tests.bot.answering.composing.test_composer import ScriptedModel, composer
from tests.bot.answering.engine.test_engine import ADA, ANYONE, ASKED, answerer
from tests.fakes.live_wikis import Standing


class Collector(ThreadingHTTPServer):
    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.let_go = threading.Event()
        self.let_go.set()
        super().__init__(("127.0.0.1", 0), _Taker)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/traces"

    @property
    def spans(self) -> list[Span]:
        return [
            span
            for body in self.got
            for of in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in of.scope_spans
            for span in scope.spans
        ]


class _Taker(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        self.server.let_go.wait(60)
        self.server.got.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def values(span: Span) -> dict[str, object]:
    return {
        attribute.key: getattr(attribute.value, attribute.value.WhichOneof("value") or "")
        for attribute in span.attributes
    }


def test_a_trace_tells_what_ran_and_what_came_out_and_no_word_of_it(collector: Collector) -> None:
    model = ScriptedModel("Leave is thirty days long [1]. It is zebra coloured [1].")
    traced_answerer = answerer(Standing(), composer=composer(model))
    with traced(collector.url), request_ids.request("a1b2c3d4"):
        traced_answerer.answer(Question(ASKED, ADA, person="U0ADA", channel="C0TEAM"))
    spans = {span.name: span for span in collector.spans}
    root = spans["Pipeline.answer"]
    attributes = values(root)
    everything = b"".join(collector.got)

    assert attributes["footnote.result"] == "Answer"
    assert attributes["footnote.composed"] is True
    assert attributes["footnote.request"] == "a1b2c3d4"
    assert {"FootnoteRetriever.retrieve"} <= set(spans)
    assert {span.trace_id for span in spans.values()} == {root.trace_id}
    assert root.parent_span_id == b""
    assert {event.name for span in collector.spans for event in span.events} == {
        "recheck",
        "verification",
    }
    for words in (ASKED, "thirty", "zebra", "leave", "U0ADA", "user:ada", "C0TEAM", "handbook"):
        assert words.encode() not in everything, words


def test_an_error_is_told_by_its_kind_alone(collector: Collector) -> None:
    class Broken:
        def __call__(self, question: Question) -> Question:
            raise ValueError(question.text)

    question = Question(ASKED, ANYONE, history=(Turn(Role.ASKER, "Who pays for leave?"),))
    with traced(collector.url), pytest.raises(ValueError, match="leave"):
        answerer(rewrite=Broken()).answer(question)
    failed = [span for span in collector.spans if span.status.message]

    assert {span.status.message for span in failed} == {"ValueError"}
    assert b"leave" not in b"".join(collector.got)


def test_afterwards_nothing_is_traced(collector: Collector) -> None:
    root = get_dispatcher()
    before = [*root.span_handlers], [*root.event_handlers]
    with traced(collector.url):
        pass
    answerer().answer(Question(ASKED, ANYONE))

    assert ([*root.span_handlers], [*root.event_handlers]) == before
    assert collector.got == []


def test_the_end_of_the_process_does_not_wait_for_a_collector_that_hangs(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "_SECONDS", 60)
    monkeypatch.setattr(tracing, "_LAST", 0.05)
    collector.let_go.clear()
    with traced(collector.url):
        answerer().answer(Question(ASKED, ANYONE))
        began = time.monotonic()
    waited = time.monotonic() - began
    collector.let_go.set()

    assert waited < 20  # OpenTelemetry would wait 30 seconds


def test_without_an_address_nothing_of_it_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("opentelemetry")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with traced(""):
        answerer().answer(Question(ASKED, ANYONE))
    with pytest.raises(TracingMisconfigured, match=r"footnote-bot\[otel\]"), traced("http://x/"):
        pass
