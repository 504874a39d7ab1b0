"""A bot over a company's whole handbook: its start and memory, follow-ups, five times as much."""

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
from bot.app import App
from bot.model import Question, Role, Turn
from bot.playground.workspace import LocalSlack
from config.settings import Secrets
from indexers.model import EVERYONE, Principal

_STARTS = 5
_READ = 100
_PASSAGES = 4
_LONG = 900
"""Characters; a passage of so many has more than the 192 tokens that the cross-encoder reads."""
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
    runs = [asyncio.run(_started(footnote)) for _ in range(_STARTS)]
    yield Figure("start", median(seconds for seconds, _ in runs), "s", Goal("<=", 4, later=True))
    yield Figure("start.memory", median(memory for _, memory in runs), "MB")
    with TemporaryDirectory() as folder:
        # Each Slack numbers its events alike, and a bot that remembered them would not listen.
        footnote.variables["FOOTNOTE_STATE__URL"] = f"sqlite:///{folder}/state.sqlite3"
        _, memory = asyncio.run(_started(footnote, QUESTION))
    yield Figure("answered.memory", memory, "MB")


async def _started(footnote: FootnoteProcess, question: str = "") -> tuple[float, float]:
    """Return the seconds until the bot is connected, and its memory then, or after an answer."""
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
    asked = [row["question"] for row in questions("gitlab_handbook")]
    with App(gitlab_settings(), Secrets()) as app:
        answerer = app.searching
        took: list[float] = []
        texts: list[str] = []
        for first, previous, text in zip(asked, asked[1:], asked[2:], strict=False):
            reply, found = answerer.searched(Question(previous, _READER))
            texts += (hit.passage.embedded for page in found for hit in page.hits)
            told = Turn(Role.BOT, reply.text)
            said = (Turn(Role.ASKER, first), Turn(Role.ASKER, previous), told)
            question = answerer.retrieval.prepared(Question(text, _READER, history=said))
            began = time.perf_counter()
            answerer.retrieval(question)
            took.append(1000 * (time.perf_counter() - began))
        yield Figure("follow_up.p50", percentile(took, 50), "ms")
        yield Figure("follow_up.p95", percentile(took, 95), "ms", Goal("<=", 25, later=True))
        reranker = app.indexing.reranker
        if reranker is None:
            return
        passages = cycle(text for text in texts if len(text) > _LONG)
        read = []
        for question_text in islice(asked * 2, _READ):
            some = list(islice(passages, _PASSAGES))
            began = time.perf_counter()
            reranker.scores(question_text, some)
            read.append(1000 * (time.perf_counter() - began))
        yield Figure("read.p50", percentile(read, 50), "ms")
        yield Figure("read.p95", percentile(read, 95), "ms", Goal("<=", 90, later=True))


def _many() -> Iterator[Figure]:
    (index,) = (gitlab_settings().data_dir / "index").glob("passages-*")
    folder = CACHE / f"many-{index.name}"
    finished = folder.with_suffix(".made")
    if not finished.exists():
        shutil.rmtree(folder, ignore_errors=True)
        made = timed([*_MANY, "make", index, folder])
        finished.write_text(json.dumps(made.printed), encoding="utf-8")
    asked = CACHE / "questions" / "many.txt"
    asked.parent.mkdir(parents=True, exist_ok=True)
    lines = (" ".join(row["question"].split()) for row in questions("gitlab_handbook"))
    asked.write_text("\n".join(lines), encoding="utf-8")
    found = timed([*_MANY, "ask", folder, asked]).printed
    yield Figure("many.passages", COPIES * over_gitlab().passages(), "passages")
    yield Figure("many.p50", found["p50"], "ms")
    yield Figure("many.p95", found["p95"], "ms", Goal("<=", 25, later=True))
    yield Figure("many.memory", found["memory"], "MB", Goal("<=", 1536, later=True))
    yield Figure("many.own_memory", found["own_memory"], "MB")
    yield Figure("many.recall@5", found["recall"], "share", Goal(">=", 0.995, later=True))
