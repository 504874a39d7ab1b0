"""The answering of a running bot, whose settings may change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from footnote_bot.bot.model import FoundSection, Question, Result, SectionRef
from footnote_bot.bot.parts import part
from footnote_bot.bot.ports import Answering, OnText
from footnote_bot.indexers.model import Reader

if TYPE_CHECKING:
    from footnote_bot.bot.answering.answerer import Answerer


class Latest:
    """Answers with the answerer that ``compose`` returns. It is called at the first use: LlamaIndex
    takes a second to load, and meanwhile the bot can already listen."""

    def __init__(self, compose: Callable[[], Answering]) -> None:
        self._compose = compose
        self._current = _Composed(compose)

    def renew(self) -> None:
        """Compose the answerer again. A question that is being answered keeps the old one."""
        self._current = _Composed(self._compose)

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Compose the answerer in the background, so that the first question need not wait."""
        with ThreadPoolExecutor(1, "composing") as pool:
            pool.submit(lambda: self._current.answering)
            yield

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        """Answer a question.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        return self._current.answering.answer(question, on_text)


class LatestSections:
    """The sections of the index, each rechecked before it is returned: the port
    `bot.ports.Sections`. ``answerer`` returns the current answerer."""

    def __init__(self, answerer: Callable[[], Answerer]) -> None:
        self._answerer = answerer

    def search(self, question: Question, limit: int) -> Sequence[FoundSection]:
        return self._answerer().sections(question, limit)

    def read(self, ref: SectionRef, reader: Reader) -> FoundSection | None:
        return self._answerer().section(ref, reader)


class _Composed:
    """An answerer that ``compose`` returns at the first use."""

    def __init__(self, compose: Callable[[], Answering]) -> None:
        self._compose = compose

    @part
    def answering(self) -> Answering:
        return self._compose()
