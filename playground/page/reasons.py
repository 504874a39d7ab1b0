"""The reasons of answers, once there is an answerer to observe."""

from __future__ import annotations

from collections.abc import Sequence

from footnote_bot.bot.answering.observing import ObservedAnswerer
from footnote_bot.playground.page.ports import ModelSwitch
from footnote_bot.playground.page.recorded_model import is_recorded
from footnote_bot.playground.slack.model import Json


class ObservedReasons:
    """The reasons of an answerer's answers, from the call of `observe` on. With a recorded
    ``model``, only recorded questions are composed, and only while it is on."""

    def __init__(self, model: ModelSwitch | None = None) -> None:
        self._observed: ObservedAnswerer | None = None
        self._model = model

    def observe(self, answerer: ObservedAnswerer) -> None:
        """Take the reasons from this answerer, from now on."""
        self._observed = answerer

    def composes(self, question: str, channel: str) -> bool:
        """Return whether a language model may answer the question in this channel."""
        return self._model is None or (self._model.on and is_recorded(question, channel))

    def explain(self, channel: str, texts: Sequence[str], until: float) -> Json | None:
        """Return the reasons of the latest answer until then; if a message had several questions,
        those of the other answers are in ``others``."""
        if self._observed is None:
            return None
        answers = self._observed.find(channel, texts, until)
        if not answers:
            return None
        explained: Json = self._observed.explain(answers[0])
        together = [other for other in answers[1:] if answers[0].began - other.ended < _TOGETHER]
        explained["others"] = [self._observed.explain(other) for other in reversed(together)]
        return explained


_TOGETHER = 0.5
"""Seconds between two questions of one message, at most."""
