"""What LlamaIndex's instrumentation is told beside its own events.

Whoever attached handlers to LlamaIndex's dispatcher (Phoenix, Langfuse, OpenTelemetry) is given
these, with all that is in them; nobody else is.
"""

from __future__ import annotations

import llama_index_instrumentation as instrumentation
from llama_index_instrumentation.base import BaseEvent

dispatcher = instrumentation.get_dispatcher("bot.answering.engine")


class RecheckEvent(BaseEvent):
    """Pages were looked at again: of ``looked_at`` (wiki and page) so many ``stand``, ``fell``,
    or could not be confirmed, which is ``doubt``."""

    looked_at: list[str]
    stand: int
    fell: int
    doubt: int

    @classmethod
    def class_name(cls) -> str:
        return "RecheckEvent"
