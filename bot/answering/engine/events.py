"""Events for LlamaIndex's instrumentation, in addition to its own.

Only handlers that are attached to LlamaIndex's dispatcher (Phoenix, Langfuse, OpenTelemetry) get
them, with all their contents.
"""

from __future__ import annotations

from collections import Counter

import llama_index_instrumentation as instrumentation
from llama_index_instrumentation.base import BaseEvent

from footnote_bot.bot.answering.composing.composer import Checked, Composed
from footnote_bot.bot.answering.retrieval.recheck import Check

dispatcher = instrumentation.get_dispatcher("footnote_bot.bot.answering.engine")


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
    counts the dropped ones by reason."""

    supported: int
    unclear: int
    dropped: dict[str, int]

    @classmethod
    def class_name(cls) -> str:
        return "VerificationEvent"


def recheck_event(check: Check) -> RecheckEvent:
    stand, fell, doubt = check.counts
    return RecheckEvent(stand=stand, fell=fell, doubt=doubt)


def verification_event(composed: Composed) -> VerificationEvent:
    dropped = Counter(verdict(checked) for checked in composed.sentences)
    supported, unclear = dropped.pop(_SUPPORTED, 0), dropped.pop(_UNCLEAR, 0)
    return VerificationEvent(supported=supported, unclear=unclear, dropped=dict(dropped))


def verdict(checked: Checked) -> str:
    """Return "supported", "unclear", or the reason for which a sentence was dropped."""
    if checked.flaw:
        return checked.flaw.value
    return _SUPPORTED if checked.verified else _UNCLEAR


_SUPPORTED, _UNCLEAR = "supported", "unclear"
