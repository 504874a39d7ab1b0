"""Footnote in another LlamaIndex application, see docs/llamaindex.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from footnote_bot.bot.answering.answerer import Answerer
from footnote_bot.bot.answering.engine.engines import FootnoteChatEngine, FootnoteQueryEngine
from footnote_bot.bot.answering.engine.retriever import ConfirmedRetriever
from footnote_bot.bot.answering.question.several import Several
from footnote_bot.bot.app import App
from footnote_bot.bot.model import Question, Result
from footnote_bot.config.loading import load
from footnote_bot.config.settings import Secrets
from footnote_bot.indexers.model import Principal, Reader


class Footnote:
    """The wikis of a ``footnote.toml``, for LlamaIndex. `open` creates one.

    Every search is bound to a ``reader``: `everyone`, or a `person`.
    """

    def __init__(self, answerer: Answerer, reader: Callable[[str | None], Principal]) -> None:
        self._answerer = answerer
        self._reader = reader

    @classmethod
    @contextmanager
    def open(
        cls, config: Path | str | None = None, data_dir: Path | str | None = None
    ) -> Iterator[Self]:
        """Open the index that ``footnote sync`` made. ``config`` is the settings file, by default
        the one that the command line takes.

        Raises:
            SettingsError, WikiMisconfigured, ModelMisconfigured: the settings are wrong.
            IndexUnavailable: the index cannot be opened.
        """
        settings = load(
            Path(config) if config is not None else None,
            Path(data_dir) if data_dir is not None else None,
        )
        with App(settings, Secrets()) as app:
            app.indexing.wikis.chosen()
            yield cls(app.answerer, app.reader)

    @property
    def everyone(self) -> Principal:
        """Return the reader of pages that are open to everyone."""
        return self._reader(None)

    def person(self, email: str) -> Principal:
        """Return the reader with the rights of ``email``. Asks the wikis, which may take
        seconds."""
        return self._reader(email)

    def as_retriever(self, reader: Reader, *, limit: int = 10) -> ConfirmedRetriever:
        """Return a retriever of the ``limit`` best passages. Their pages' rights are rechecked each
        time before they are returned.

        Raises:
            ValueError: ``limit`` is less than 1.
        """
        if limit < 1:
            raise ValueError("a retriever brings at least one passage")
        return self._answerer.retriever(reader, limit=limit)

    def as_query_engine(self, reader: Reader) -> FootnoteQueryEngine:
        """Return the engine that answers one question from the wikis: by quotations, or in the
        words of the configured language model. What the bot does around it, see `answer`."""
        return FootnoteQueryEngine(self._answerer.pipeline(reader))

    def as_chat_engine(self, reader: Reader) -> FootnoteChatEngine:
        """Return an engine for one conversation: each message is one question."""
        return FootnoteChatEngine(self._answerer.pipeline(reader))

    def answer(self, question: str, reader: Reader) -> Result:
        """Return what the bot answers. Beside what `as_query_engine` does, it answers several
        questions of one message, gives what people wrote as answers, refuses a text that is too
        long or holds no word, and notes what is old, and what it could not ask or read yet.

        Raises:
            IndexUnavailable: the index cannot be searched.
            StateUnavailable: what people wrote cannot be read.
        """
        return Several(self._answerer).answer(Question(question, reader))
