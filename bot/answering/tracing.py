"""Traces of answers for an OpenTelemetry collector, from LlamaIndex's instrumentation.

A trace tells which parts of the answer path ran, for how long, and with which counts, reasons and
kinds of result. It never holds a question, an answer, a page's text or name, a person, or the
message of an error, which may quote them.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import contextmanager

from footnote_bot.bot.errors import TracingMisconfigured
from footnote_bot.bot.version import own_version
from footnote_bot.indexers.daemons import in_daemon

_SECONDS = 5
"""Seconds that an export may take."""
_LAST = 2
"""Seconds that the process waits at its end for spans that are not exported yet. If the collector
hangs, these may be thousands."""


@contextmanager
def traced(url: str) -> Iterator[None]:
    """Send traces of all answers to the collector at ``url`` (OTLP over HTTP) until the context
    ends. With an empty ``url``, nothing is sent and OpenTelemetry is not loaded.

    Raises:
        TracingMisconfigured: the extra is not installed.
    """
    if not url:
        yield
        return
    try:
        # An extra, and slow.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise TracingMisconfigured(
            "`tracing.url` needs a package: pip install 'footnote-bot[otel]'."
        ) from error
    # Slow: LlamaIndex.
    from llama_index_instrumentation import get_dispatcher

    # Slow, too.
    from footnote_bot.bot.answering.trace_spans import TraceEvents, TraceSpans

    resource = Resource.create({"service.name": "footnote", "service.version": own_version()})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=url, timeout=_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    root = get_dispatcher()
    spans = TraceSpans(provider.get_tracer("footnote"))
    events = TraceEvents(spans=spans)
    root.add_span_handler(spans)
    root.add_event_handler(events)
    try:
        yield
    finally:
        root.span_handlers.remove(spans)
        root.event_handlers.remove(events)
        wait([in_daemon(provider.shutdown, "tracing")], _LAST)
