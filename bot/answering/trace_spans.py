"""LlamaIndex's spans and events as those of OpenTelemetry; see `bot.answering.tracing`."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index_instrumentation.base import BaseEvent
from llama_index_instrumentation.event_handlers.base import BaseEventHandler
from llama_index_instrumentation.span.base import BaseSpan
from llama_index_instrumentation.span_handlers.base import BaseSpanHandler

from footnote_bot.bot import request_ids
from footnote_bot.bot.answering.engine.events import RecheckEvent, VerificationEvent
from footnote_bot.bot.model import Answer, NoAnswer, Result, named

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

_ID = 37
"""Characters that the instrumentation adds to the name of a span: a hyphen and a random id."""


class TracedSpan(BaseSpan):
    """A span of LlamaIndex, with its OpenTelemetry span."""

    span: Any


class TraceSpans(BaseSpanHandler[TracedSpan]):
    """A handler that turns each of LlamaIndex's spans into a span of ``tracer``."""

    _tracer: Any = PrivateAttr()

    def __init__(self, tracer: Tracer) -> None:
        super().__init__()
        self._tracer = tracer

    @classmethod
    def class_name(cls) -> str:
        return "TraceSpans"

    def new_span(
        self,
        id_: str,
        bound_args: inspect.BoundArguments,  # noqa: ARG002 - they hold the question
        instance: Any | None = None,  # noqa: ARG002 - LlamaIndex's signature
        parent_span_id: str | None = None,
        tags: dict[str, Any] | None = None,  # noqa: ARG002 - LlamaIndex's signature
        **_: Any,
    ) -> TracedSpan:
        """Begin a span within its parent's, if that is open."""
        from opentelemetry.trace import set_span_in_context  # an extra

        parent = self.open_spans.get(parent_span_id or "")
        context = set_span_in_context(parent.span) if parent else None
        request = request_ids.current()
        span = self._tracer.start_span(
            id_[:-_ID], context=context, attributes={"footnote.request": request} if request else {}
        )
        return TracedSpan(id_=id_, parent_id=parent_span_id, span=span)

    def prepare_to_exit_span(
        self,
        id_: str,
        bound_args: inspect.BoundArguments,  # noqa: ARG002 - they hold the question
        instance: Any | None = None,  # noqa: ARG002 - LlamaIndex's signature
        result: Any | None = None,
        **_: Any,
    ) -> TracedSpan | None:
        """End the span of a call, with the kind and size of its result."""
        traced = self.open_spans.get(id_)
        if traced:
            traced.span.set_attributes(_attributes(result))
            traced.span.end()
        return traced

    def prepare_to_drop_span(
        self,
        id_: str,
        bound_args: inspect.BoundArguments,  # noqa: ARG002 - they hold the question
        instance: Any | None = None,  # noqa: ARG002 - LlamaIndex's signature
        err: BaseException | None = None,
        **_: Any,
    ) -> TracedSpan | None:
        """End the span of a call that failed, with the kind of its error."""
        from opentelemetry.trace import StatusCode  # an extra

        traced = self.open_spans.get(id_)
        if traced:
            traced.span.set_status(StatusCode.ERROR, type(err).__name__)
            traced.span.end()
        return traced

    def note(self, id_: str | None, name: str, attributes: Mapping[str, int]) -> None:
        """Add an event to an open span."""
        if traced := self.open_spans.get(id_ or ""):
            traced.span.add_event(name, attributes)


class TraceEvents(BaseEventHandler):
    """A handler that adds our events to the ``spans``. They hold numbers alone."""

    spans: TraceSpans

    @classmethod
    def class_name(cls) -> str:
        return "TraceEvents"

    def handle(self, event: BaseEvent, **_: Any) -> None:
        if isinstance(event, RecheckEvent):
            counts = {"stand": event.stand, "fell": event.fell, "doubt": event.doubt}
            self.spans.note(event.span_id, "recheck", counts)
        elif isinstance(event, VerificationEvent):
            dropped = {f"dropped.{reason}": count for reason, count in event.dropped.items()}
            counts = {"supported": event.supported, "unclear": event.unclear} | dropped
            self.spans.note(event.span_id, "verification", counts)


def _attributes(result: object) -> dict[str, str | int | float | bool]:
    """Return the kind and size of a result, without any of its text."""
    if isinstance(result, tuple) and result and isinstance(result[0], Answer | NoAnswer):
        return _result_attributes(result[0])
    return {"footnote.nodes": len(result)} if isinstance(result, list) else {}


def _result_attributes(result: Result) -> dict[str, str | int | float | bool]:
    attributes: dict[str, str | int | float | bool] = {
        "footnote.result": type(result).__name__,
        "footnote.confidence": result.confidence,
        "footnote.pages": len({(source.wiki, source.page) for source in named(result)}),
        "footnote.unchecked": result.unchecked is not None,
    }
    if isinstance(result, NoAnswer):
        attributes["footnote.reason"] = result.reason.value
        attributes["footnote.fallback"] = result.fallback.value if result.fallback else ""
    if isinstance(result, Answer):
        attributes |= {
            "footnote.tone": result.tone.value,
            "footnote.composed": result.composed,
            "footnote.fallback": result.fallback.value if result.fallback else "",
            "footnote.left_out": result.left_out,
        }
    return attributes
