"""A very small real model writes the answers, to see whether anything invented reaches a reader.

SmolLM2-135M answers fluently and invents things. Answers that pass the check are judged here by a
different method.

    python -m benchmarks.small_model    (fails if something invented reaches a reader)
    python -m benchmarks small_model    (records the figures)
"""

from __future__ import annotations

import random
import re
import secrets
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from statistics import median

from benchmarks.material import CACHE, ROOT, MissingMaterial, questions, reporting, shared
from benchmarks.rows import Figure
from footnote_bot.bot.answering.composing.composer import Composer
from footnote_bot.bot.answering.llm.model_client import RetryingModel
from footnote_bot.bot.answering.llm.prompt import Prompting
from footnote_bot.bot.answering.llm.providers import model_client_of
from footnote_bot.bot.answering.llm.usage import Meter
from footnote_bot.bot.app import answerer_of
from footnote_bot.bot.evaluation.corpus import Corpus
from footnote_bot.bot.model import UNVERIFIED, Answer, Fallback, NoAnswer, Question, Result
from footnote_bot.config.llm import LlmSettings
from footnote_bot.config.settings import Secrets, Settings
from footnote_bot.indexers.index.embedding import LocalEmbedder
from footnote_bot.indexers.indexing import Indexing
from footnote_bot.indexers.model import EVERYONE, Principal
from footnote_bot.indexers.text.prose import plain

_PYTHON = ROOT / ".venv-llm" / "bin" / "python"
"""The Python of the environment with the model."""
SET = "clapnq"
ASKED = 50
_MISSED = 1 / 8
"""Share of a sentence's longer words that its sources may lack: "according", "located"."""


@contextmanager
def served() -> Iterator[str]:
    """Yield the address of the small model's API."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = ROOT / "benchmarks" / "serve_small_model.py"
    with subprocess.Popen(
        [_PYTHON, program, str(port)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            if not process.stdout or not (address := process.stdout.readline().strip()):
                raise MissingMaterial("the small model does not start: see `make test-llm`")
            yield f"{address}/v1"
        finally:
            process.terminate()


def answers(url: str) -> tuple[list[tuple[str, Result]], Counter[str], list[float]]:
    """Return each question with its result, the counts of sentences kept and dropped, and the
    milliseconds of each answer."""
    rows = [row for row in questions(SET) if row["answerable"] and reporting(row["id"])][:ASKED]
    corpus = Corpus(shared(f"eval/{SET}/corpus.jsonl.gz"))
    settings = Settings(data_dir=CACHE / "corpora")
    folder = settings.data_dir / "scratch" / corpus.identity
    embedder = LocalEmbedder()
    chance = random.Random(0)  # noqa: S311 - it spreads pauses
    composer = Composer(
        RetryingModel(
            model_client_of(
                LlmSettings(
                    provider="compatible", model="smollm2", url=url, max_tokens=120, seconds=120
                )
            ),
            seconds=300,
            attempts=3,
            at_once=1,
            chance=chance.random,
        ),
        Prompting(
            embedder.count_tokens, lambda: secrets.token_hex(6), budget=600, today=date.today
        ),
        Meter(embedder.count_tokens, date.today, max_tokens=120),
    )
    with Indexing(settings, Secrets(), wikis=[corpus], folder=folder) as indexing:
        indexing.sync()
        tally = Counter[str]()
        counted = composer.watched(
            lambda composed: tally.update(each.outcome for each in composed.sentences)
        )
        answerer = replace(answerer_of(settings, indexing), composer=counted)
        results, times = [], []
        for row in rows:
            started = time.perf_counter()
            reader = Principal.of(EVERYONE)
            results.append((row["question"], answerer.answer(Question(row["question"], reader))))
            times.append((time.perf_counter() - started) * 1000)
    return results, tally, times


def made_up(answer: Answer) -> list[str]:
    """Return the answer's sentences with a number or too many words that no cited source has,
    except those marked as unverified."""
    invented, before = [], 0
    for match in re.finditer(rf"((?:\[\d+\])+)(?!\[)({UNVERIFIED}?)", answer.text):
        sentence = answer.text[before : match.start()]
        before = match.end()
        if match[2]:
            continue
        cited = [answer.sources[int(n) - 1] for n in re.findall(r"\d+", match[1])]
        source = "\n".join(f"{s.title}\n{s.heading}\n{plain(s.quote)}" for s in cited).casefold()
        numbers = re.findall(r"\d+", sentence)
        words = re.findall(r"[^\W\d_]{4,}", sentence.casefold())
        missing = [word for word in words if word[:5] not in source]
        if any(number not in source for number in numbers) or len(missing) > _MISSED * len(words):
            invented.append(sentence.strip())
    return invented


def figures() -> Sequence[Figure]:
    """Measure the small model's answers.

    Raises:
        MissingMaterial: the questions or the model are missing.
    """
    if not _PYTHON.exists():
        raise MissingMaterial("`make test-llm` installs the model")
    with served() as url:
        results, tally, times = answers(url)
    composed = [answer for _, answer in results if isinstance(answer, Answer) and answer.composed]
    for question, answer in results:
        print(f"{question}\n    {_line(answer)}", file=sys.stderr)
    print(dict(tally), file=sys.stderr)
    unsupported = [sentence for answer in composed for sentence in made_up(answer)]
    for sentence in unsupported:
        print(f"MADE UP: {sentence}", file=sys.stderr)
    flaws = sum(count for kind, count in tally.items() if kind not in _NO_FLAWS)
    return [
        Figure("questions", len(results), "questions"),
        Figure("sentences.kept", tally["kept"], "sentences"),
        Figure("sentences.marked", tally["unclear"], "sentences"),
        Figure("sentences.dropped", flaws, "sentences"),
        Figure("answers.composed", len(composed), "answers"),
        Figure(
            "answers.quoted_instead", sum(_is_quoted(answer) for _, answer in results), "answers"
        ),
        Figure("unsupported_sentences_out", len(unsupported), "sentences"),
        Figure("answer_p50", median(times), "ms"),
    ]


_UNUSED = (Fallback.UNSUPPORTED, Fallback.CONTRADICTED, Fallback.EMPTY)
_NO_FLAWS = frozenset(("kept", "unclear", "empty", "repeated"))


def _is_quoted(answer: Result) -> bool:
    return isinstance(answer, Answer | NoAnswer) and answer.fallback in _UNUSED


def _line(answer: Result) -> str:
    if isinstance(answer, Answer) and answer.composed:
        return f"composed: {answer.text}"
    return f"{getattr(answer, 'fallback', None) or 'no answer'}"


def main() -> None:
    try:
        measured = figures()
    except MissingMaterial as missing:
        sys.exit(f"skipped: {missing}")
    for figure in measured:
        print(f"{figure.name:28} {figure.value:g} {figure.unit}")


if __name__ == "__main__":
    main()
