"""Events for LlamaIndex's instrumentation, in addition to its own.

Only handlers that are attached to LlamaIndex's dispatcher (Phoenix, Langfuse, OpenTelemetry) get
them, with all their contents.
"""

from __future__ import annotations

from collections import Counter

import llama_index_instrumentation as instrumentation
from llama_index_instrumentation.base import BaseEvent

from bot.answering.composing.composer import Checked, Composed

dispatcher = instrumentation.get_dispatcher("bot.answering.engine")


class RecheckEvent(BaseEvent):
    """Pages were rechecked. Counts since the question was asked: pages that are valid (``stand``),
    invalid (``fell``), and that their wiki did not confirm (``doubt``)."""

    stand: int
    fell: int
    doubt: int

    @classmethod
    def class_name(cls) -> str:
        return "RecheckEvent"


class VerificationEvent(BaseEvent):
    """A model's answer was checked. ``supported`` and ``unclear`` count its sentences; ``dropped``
    counts the dropped ones by reason. ``sentences`` are all of them, each with "supported",
    "unclear" or that reason."""

    supported: int
    unclear: int
    dropped: dict[str, int]
    sentences: tuple[tuple[str, str], ...] = ()

    @classmethod
    def class_name(cls) -> str:
        return "VerificationEvent"


def verified(composed: Composed) -> VerificationEvent:
    sentences = composed.sentences
    dropped = Counter(checked.flaw.value for checked in sentences if checked.flaw)
    supported = sum(checked.verified for checked in sentences)
    unclear = len(sentences) - supported - dropped.total()
    verdicts = tuple((checked.text, _verdict(checked)) for checked in sentences)
    return VerificationEvent(
        supported=supported, unclear=unclear, dropped=dict(dropped), sentences=verdicts
    )


def _verdict(checked: Checked) -> str:
    if checked.flaw:
        return checked.flaw.value
    return "supported" if checked.verified else "unclear"
