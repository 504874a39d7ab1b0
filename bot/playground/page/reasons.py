"""The reasons of answers, once there is an answerer to observe."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answering.answerer import Answerer
from bot.answering.observing import ObservedAnswerer
from bot.answering.several import Several
from bot.playground.model import Json
from bot.playground.page.ports import ModelSwitch
from bot.playground.page.recorded_model import RecordedAnswering
from bot.ports import Answering, Library


class ObservedReasons:
    """The reasons of the answers of an answerer, which is observed from when it is there. While the
    recorded model is off, it answers by quotation."""

    def __init__(self, model: ModelSwitch | None = None) -> None:
        self._observed: ObservedAnswerer | None = None
        self._model = model

    def observe(self, answerer: Answerer, library: Library) -> Answering:
        """Return what answers as ``answerer`` does, and is observed."""
        self._observed = ObservedAnswerer(answerer, library)
        model = self._model
        if model is None:
            return Several(self._observed)
        return Several(RecordedAnswering(self._observed, lambda: model.on))

    def explain(self, channel: str, texts: Sequence[str], until: float) -> Json | None:
        """Return what the latest answer until then was made of; a message with several questions
        has each of them in ``others``."""
        if self._observed is None:
            return None
        found = self._observed.find(channel, texts, until)
        if not found:
            return None
        told: Json = self._observed.explain(found[0])
        together = [one for one in found[1:] if found[0].began - one.ended < _TOGETHER]
        told["others"] = [self._observed.explain(one) for one in reversed(together)]
        return told


_TOGETHER = 0.5
"""Seconds between two questions of one message, at most."""
