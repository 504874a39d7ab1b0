"""The answering of a running bot, whose settings may change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from footnote_bot.bot.model import Question, Result
from footnote_bot.bot.parts import part
from footnote_bot.bot.ports import Answering, OnText


class Latest:
    """Answers with the answerer that ``compose`` returns. It is called at the first use: LlamaIndex
    takes a second to load, and meanwhile the bot can already listen."""

    def __init__(self, compose: Callable[[], Answering]) -> None:
        self._compose = compose
        self._now = _Composed(compose)

    def renew(self) -> None:
        """Compose the answerer again. A question that is being answered keeps the old one."""
        self._now = _Composed(self._compose)

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Compose the answerer in the background, so that the first question need not wait."""
        with ThreadPoolExecutor(1, "composing") as pool:
            pool.submit(lambda: self._now.answering)
            yield

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        """Answer a question.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        return self._now.answering.answer(question, on_text)


class _Composed:
    def __init__(self, compose: Callable[[], Answering]) -> None:
        self._compose = compose

    @part
    def answering(self) -> Answering:
        return self._compose()
