"""The overhead of a command: its start, and LlamaIndex's share of a question."""

from __future__ import annotations

import gc
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks.material import CACHE
from benchmarks.rows import Figure, Goal
from footnote_bot.bot.answering.answerer import Answerer
from footnote_bot.bot.answering.retrieval.folding import fold_pages
from footnote_bot.bot.app import App
from footnote_bot.bot.model import Question, Result
from footnote_bot.bot.operations.single_sync import sync_once
from footnote_bot.config.settings import Secrets, Settings
from footnote_bot.config.wikis import MarkdownSettings
from footnote_bot.indexers.model import EVERYONE, Principal

_HANDBOOK = Path(__file__).parents[1] / "playground" / "handbook" / "pages"
_RUNS = 10
_ROUNDS = 20
_ASKED = (
    "What should I do if I lose my laptop?",
    "How many weeks of parental leave do I get?",
    "Do I need a receipt to get reimbursed for a taxi?",
    "Who approves overtime?",
    "How do I report a security incident?",
    "Who do I tell when I am sick?",
    "How do I book travel?",
    "When are performance reviews?",
)


def starting() -> Iterator[Figure]:
    settings = Settings(data_dir=CACHE / "start", wiki=(_handbook(),))
    with App(settings, Secrets()) as app:
        sync_once(
            app.indexing, app, shared_index=False, progress=lambda _: None, stopped=lambda: False
        )
    config = settings.data_dir / "footnote.toml"
    config.write_text(
        f'data_dir = "{settings.data_dir}"\n[[wiki]]\ntype = "markdown"\nname = "handbook"\n'
        f'path = "{_HANDBOOK}"\n',
        encoding="utf-8",
    )
    help_runs = [_run("--help") for _ in range(_RUNS)]
    ask_runs = [_run("--config", str(config), "ask", _ASKED[0]) for _ in range(_RUNS)]
    yield Figure("help.cpu", median(cpu for cpu, _ in help_runs), "s", Goal("<=", 0.4))
    yield Figure("ask.cpu", median(cpu for cpu, _ in ask_runs), "s")
    yield Figure("ask", median(wall for _, wall in ask_runs), "s")
    with App(settings, Secrets()) as app:
        answerer = app.searching
        yield Figure("engine.p50", _engine(answerer), "ms", Goal("<=", 3))


def _handbook() -> MarkdownSettings:
    return MarkdownSettings(type="markdown", name="handbook", path=_HANDBOOK)


def _run(*words: str) -> tuple[float, float]:
    """Return the CPU seconds and the wall-clock seconds of a command."""
    before, started = _children(), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "footnote_bot", *words],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=_HANDBOOK.parents[3],
        env=os.environ,
    )
    return _children() - before, time.perf_counter() - started


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _engine(answerer: Answerer) -> float:
    """Return the milliseconds that the engine adds to a question, compared with calling its parts
    one after the other. The shortest of several rounds counts, because the machine may be busy.
    There is no cross-encoder, because its threads vary more than the difference."""
    by_engine = replace(answerer, recheck=None, rerank=None, read=None)
    questions = [Question(text, Principal.of(EVERYONE)) for text in _ASKED]
    overheads: list[float] = []
    for question in questions:
        gc.collect()
        rounds = [_time_both(by_engine, question) for _ in range(_ROUNDS)]
        overheads.append(min(engine for engine, _ in rounds) - min(parts for _, parts in rounds))
    return median(overheads) * 1000


def _time_both(answerer: Answerer, question: Question) -> tuple[float, float]:
    """Return the CPU seconds by the engine and by its parts. The embedding model's own threads do
    not count, because they wait in a loop."""
    started = time.thread_time()
    _by_parts(answerer, question)
    between = time.thread_time()
    answerer.pipeline(question.reader).answer(question)
    return (time.thread_time() - between), (between - started)


def _by_parts(answerer: Answerer, unprepared: Question) -> Result:
    question = answerer.retrieval.prepared(unprepared)
    retrieved = answerer.retrieval(question)
    retrieved = replace(retrieved, pages=fold_pages(retrieved.pages, question.language))
    return answerer.responder(question, retrieved)


def figures() -> Sequence[Figure]:
    return list(starting())
