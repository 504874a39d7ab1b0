"""Events for LlamaIndex's instrumentation, beside its own.

Only handlers that are attached to LlamaIndex's dispatcher (Phoenix, Langfuse, OpenTelemetry) get
these, with all their contents.
"""

from __future__ import annotations

from collections import Counter

import llama_index_instrumentation as instrumentation
from llama_index_instrumentation.base import BaseEvent

from bot.answering.composing.composer import Checked, Composed

dispatcher = instrumentation.get_dispatcher("bot.answering.engine")


class RecheckEvent(BaseEvent):
    """Pages were rechecked: how many ``stand``, how many ``fell``, and for how many their wiki did
    not say (``doubt``), since the question was asked."""

    stand: int
    fell: int
    doubt: int

    @classmethod
    def class_name(cls) -> str:
        return "RecheckEvent"


class VerificationEvent(BaseEvent):
    """A model's answer was checked: how many of its sentences are ``supported`` or ``unclear``, and
    how many were ``dropped`` for which reason. ``sentences`` are all, each with "supported",
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
    dropped = Counter(one.flaw.value for one in sentences if one.flaw)
    supported = sum(one.verified for one in sentences)
    unclear = len(sentences) - supported - dropped.total()
    verdicts = tuple((one.sentence.text, _verdict(one)) for one in sentences)
    return VerificationEvent(
        supported=supported, unclear=unclear, dropped=dict(dropped), sentences=verdicts
    )


def _verdict(checked: Checked) -> str:
    if checked.flaw:
        return checked.flaw.value
    return "supported" if checked.verified else "unclear"
