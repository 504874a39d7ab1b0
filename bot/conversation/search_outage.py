"""The search, which may be away: questions fail at once, and wait until it answers again."""

from __future__ import annotations

import logging
from collections.abc import Callable

from footnote_bot.bot.model import Question, Result
from footnote_bot.bot.ports import Answering, OnText
from footnote_bot.indexers.errors import IndexUnavailable

logger = logging.getLogger(__name__)

_ALL = 1_000_000


class SearchOutage:
    """Answering that notices when the index is away. From then on it fails at once, so that nobody
    waits for a server that hangs, until ``check`` returns no problem. ``clock`` returns seconds."""

    def __init__(
        self, answering: Answering, check: Callable[[], str], clock: Callable[[], float]
    ) -> None:
        self._answering = answering
        self._check = check
        self._clock = clock
        self._problem = ""
        self._began: float | None = None
        self._works = False

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        if self._problem:
            raise IndexUnavailable(self._problem)
        try:
            result = self._answering.answer(question, on_text)
        except IndexUnavailable as error:
            self._problem, self._works = str(error), False
            if self._began is None:
                self._began = self._clock()
                logger.error("%s Questions wait until it can be searched.", error)  # noqa: TRY400
            raise
        began, self._began, self._works = self._began, None, True
        if began is not None:
            logger.warning("Searches work again, after about %.0f s", self._clock() - began)
        return result

    def retries(self) -> int:
        """Return how many waiting questions to try now: none while the index is away; one, to see
        whether it can be searched again; then all. This may block."""
        if self._problem and not self._check():
            self._problem = ""
        return 0 if self._problem else _ALL if self._works else 1
