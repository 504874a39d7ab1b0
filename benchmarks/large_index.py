"""A bot over a company's whole handbook: its start and memory, follow-ups, an index five times as
large."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import time
from collections.abc import Iterator
from itertools import cycle, islice
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.footnote import FootnoteProcess, gitlab_settings, over_gitlab, timed
from benchmarks.large_wiki import QUESTION
from benchmarks.many_passages import COPIES, resident
from benchmarks.material import CACHE, questions
from benchmarks.rows import Figure, Goal
from benchmarks.slack import MANIFEST, answered, percentile, serving
from footnote_bot.bot.app import App
from footnote_bot.bot.model import Question, Role, Turn
from footnote_bot.config.settings import Secrets
from footnote_bot.indexers.model import EVERYONE, Principal
from footnote_bot.playground.slack.workspace import LocalSlack

_STARTS = 5
_READ = 100
_PASSAGES = 4
_LONG = 900
"""Characters; a longer passage has more than the 192 tokens that the cross-encoder reads."""
_MANY = (sys.executable, "-m", "benchmarks.many_passages")
_READER = Principal.of(EVERYONE)


def figures() -> list[Figure]:
    """Measure the starts of `footnote serve`, follow-ups, the cross-encoder and a larger index.

    Raises:
        MissingMaterial: the handbook or its questions are not there.
    """
    return [*_starts(), *_in_process(), *_many()]


def _starts() -> Iterator[Figure]:
    footnote = over_gitlab()
    runs = [asyncio.run(_start(footnote)) for _ in range(_STARTS)]
    yield Figure("start", median(seconds for seconds, _ in runs), "s", Goal("<=", 4, later=True))
    yield Figure("start.memory", median(memory for _, memory in runs), "MB")
    with TemporaryDirectory() as folder:
        # Every local Slack numbers its events alike, so a bot that remembered them would not
        # answer.
        footnote.variables["FOOTNOTE_STATE__URL"] = f"sqlite:///{folder}/state.sqlite3"
        _, memory = asyncio.run(_start(footnote, QUESTION))
    yield Figure("answered.memory", memory, "MB")


async def _start(footnote: FootnoteProcess, question: str = "") -> tuple[float, float]:
    """Return the seconds until the bot is connected, and its memory then, or after the answer to
    ``question``."""
    async with LocalSlack(MANIFEST) as slack:
        slack.add_user("U0ANN", name="ann", email="ann@example.com")
        slack.add_channel("C0", name="general", members=["U0ANN"])
        began = time.perf_counter()
        async with serving(footnote, slack) as process:
            seconds = time.perf_counter() - began
            if question:
                await answered(slack, await slack.mention("U0ANN", "C0", question))
            return seconds, resident(str(process.pid))["memory"]


def _in_process() -> Iterator[Figure]:
    texts_asked = [row["question"] for row in questions("gitlab_handbook")]
    with App(gitlab_settings(), Secrets()) as app:
        answerer = app.searching
        milliseconds: list[float] = []
        passage_texts: list[str] = []
        for first, previous, text in zip(
            texts_asked, texts_asked[1:], texts_asked[2:], strict=False
        ):
            reply, run = answerer.pipeline(_READER).answer(Question(previous, _READER))
            passage_texts += (hit.passage.embedded for hit in run.found.hits)
            answer_turn = Turn(Role.BOT, reply.text)
            history = (Turn(Role.ASKER, first), Turn(Role.ASKER, previous), answer_turn)
            question = answerer.retrieval.prepared(Question(text, _READER, history=history))
            began = time.perf_counter()
            answerer.retrieval(question)
            milliseconds.append(1000 * (time.perf_counter() - began))
        yield Figure("follow_up.p50", percentile(milliseconds, 50), "ms")
        yield Figure(
            "follow_up.p95", percentile(milliseconds, 95), "ms", Goal("<=", 25, later=True)
        )
        reranker = app.indexing.reranker
        if reranker is None:
            return
        passages = cycle(text for text in passage_texts if len(text) > _LONG)
        read_milliseconds = []
        for question_text in islice(texts_asked * 2, _READ):
            batch = list(islice(passages, _PASSAGES))
            began = time.perf_counter()
            reranker.scores(question_text, batch)
            read_milliseconds.append(1000 * (time.perf_counter() - began))
        yield Figure("read.p50", percentile(read_milliseconds, 50), "ms")
        yield Figure(
            "read.p95", percentile(read_milliseconds, 95), "ms", Goal("<=", 90, later=True)
        )


def _many() -> Iterator[Figure]:
    (index,) = (gitlab_settings().data_dir / "index").glob("passages-*")
    folder = CACHE / f"many-{index.name}"
    finished = folder.with_suffix(".made")
    if not finished.exists():
        shutil.rmtree(folder, ignore_errors=True)
        run = timed([*_MANY, "make", index, folder])
        finished.write_text(json.dumps(run.printed), encoding="utf-8")
    questions_file = CACHE / "questions" / "many.txt"
    questions_file.parent.mkdir(parents=True, exist_ok=True)
    lines = (" ".join(row["question"].split()) for row in questions("gitlab_handbook"))
    questions_file.write_text("\n".join(lines), encoding="utf-8")
    figures = timed([*_MANY, "ask", folder, questions_file]).printed
    yield Figure("many.passages", COPIES * over_gitlab().passages(), "passages")
    yield Figure("many.p50", figures["p50"], "ms")
    yield Figure("many.p95", figures["p95"], "ms", Goal("<=", 25, later=True))
    yield Figure("many.memory", figures["memory"], "MB", Goal("<=", 1536, later=True))
    yield Figure("many.own_memory", figures["own_memory"], "MB")
    yield Figure("many.recall@5", figures["recall"], "share", Goal(">=", 0.995, later=True))
