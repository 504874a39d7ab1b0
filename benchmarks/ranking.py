"""The value of each part of the retrieval: the same questions, with and without it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean

from benchmarks.material import CACHE, questions, shared
from benchmarks.rows import Figure
from footnote_bot.bot.answering.retrieval.ranking import Ranking
from footnote_bot.bot.answering.retrieval.retrieval import Retrieval
from footnote_bot.bot.evaluation.corpus import Corpus
from footnote_bot.bot.evaluation.measures import hit, recall
from footnote_bot.bot.model import Question
from footnote_bot.config.settings import Secrets, Settings
from footnote_bot.indexers.indexing import Indexing
from footnote_bot.indexers.model import EVERYONE, Principal

_SETS = ("xquad_en", "squad2", "mtrag_govt")
_WAYS: Mapping[str, Ranking] = {
    "whole": Ranking(),
    "index_alone": Ranking(found=1.0, closest=0.0, words=0.0, pairs=0.0),
    "without_closest": Ranking(closest=0.0),
    "without_words": Ranking(words=0.0),
    "without_pairs": Ranking(pairs=0.0),
}
_READER = Principal.of(EVERYONE)


def ablation() -> list[Figure]:
    """Measure every set with and without each part.

    Raises:
        MissingMaterial: a set is not there.
    """
    return [figure for name in _SETS for figure in _measure(name)]


def _measure(name: str) -> Iterator[Figure]:
    corpus = Corpus(shared(f"eval/{name}/corpus.jsonl.gz"))
    settings = Settings(data_dir=CACHE / "corpora")
    folder = settings.data_dir / "scratch" / corpus.identity
    rows = [row for row in questions(name) if row["relevant"] and row.get("answerable", True)]
    with Indexing(settings, Secrets(), wikis=[corpus], folder=folder) as indexing:
        indexing.sync()
        for way, ranking in _WAYS.items():
            retrieval = Retrieval(indexing.index, indexing.embedder, rank=ranking)
            ranked = [
                [page.page for page in retrieval(Question(row["question"], _READER)).pages]
                for row in rows
            ]
            yield from _score_figures(f"{name}.{way}", ranked, [row["relevant"] for row in rows])


def _score_figures(
    name: str, ranked: Sequence[Sequence[str]], relevant: Sequence[Mapping[str, float]]
) -> Iterator[Figure]:
    pairs = list(zip(ranked, relevant, strict=True))
    yield Figure(f"{name}.hit@1", fmean(hit(keys, grades, 1) for keys, grades in pairs), "share")
    yield Figure(
        f"{name}.recall@5", fmean(recall(keys, grades, 5) for keys, grades in pairs), "share"
    )
