"""Fit the weights of ranking again, test them on sets they were not fitted to, and measure how well
the confidence curve tells a wiki's own questions from others. If the difference is more than
chance, copy the printed weights into `bot.answering.retrieval.ranking` by hand."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.footnote import gitlab_settings
from benchmarks.material import CACHE, questions, shared
from benchmarks.rows import Figure
from footnote_bot.bot.answering.deciding.confidence import Confidence, Features, features
from footnote_bot.bot.answering.reranking.blending import cross_encoder
from footnote_bot.bot.answering.retrieval.ranking import Ranking
from footnote_bot.bot.answering.retrieval.ranking import shared as shared_words
from footnote_bot.bot.answering.retrieval.retrieval import PASSAGES, Retrieved, by_page
from footnote_bot.bot.evaluation.corpus import Corpus
from footnote_bot.bot.evaluation.measures import hit, recall
from footnote_bot.bot.model import Question
from footnote_bot.config.settings import Secrets, Settings
from footnote_bot.indexers.indexing import Indexing
from footnote_bot.indexers.model import EVERYONE, Hit, Principal
from footnote_bot.indexers.ports import IndexQuery

GITLAB = "gitlab_handbook"
_SETS = ("xquad_en", "squad2", "clapnq", "mtrag_govt", "mtrag_cloud", GITLAB)
_CURVE = ("xquad_en", "squad2", "clapnq", GITLAB)
"""Sets with enough questions that need no history."""
_TWINS = frozenset(("xquad_en", "squad2"))
"""Sets over the same articles: neither is foreign to the other."""
_FOREIGN = 150  # questions of each other set
_OF_A_SET = 400  # questions of each set, so that no set counts more than another
_LOST_TO = 20  # wrong passages to compare the right one with
_READER = Principal.of(EVERYONE)
_READ = 200
"""Questions of a set whose passages the cross-encoder reads, and as many of other sets."""
_THRESHOLDS = (0.02, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RankedQuestion:
    """A question's hits by the index's score, with the features that `Ranking` weighs (a row for
    each hit), and the grades of its pages."""

    hits: Sequence[Hit]
    features: Floats
    relevant: Mapping[str, float]

    def right(self) -> npt.NDArray[np.bool_]:
        return np.array([_grade(self.relevant, each.passage.page) > 0 for each in self.hits])


@dataclass(frozen=True, slots=True)
class Judged:
    """The features that `Confidence` weighs for a question, and whether the wiki covers it."""

    seen: Features
    own: bool


def fitting() -> list[Figure]:
    """Fit the weights and measure them.

    Raises:
        MissingMaterial: a set, or GitLab's handbook, is not there.
    """
    ranked, judged, after_reading = {}, {}, {}
    for name in _SETS:
        with closing(_indexed(name)) as indexing:
            ranked[name] = list(_ranked_questions(indexing, name))
            if name in _CURVE:
                judged[name] = list(_judged_questions(indexing, name))
                after_reading[name] = list(_judged_questions(indexing, name, most=_READ))
    return [
        *_ranking(ranked),
        *_confidence("confidence", judged),
        *_confidence("confidence.read", after_reading),
    ]


def _ranking(by_set: Mapping[str, Sequence[RankedQuestion]]) -> Iterator[Figure]:
    weights = _weights(list(by_set.values()))
    _print_weights("Ranking(found, closest, words, pairs)", weights)
    for name, of_set in by_set.items():
        left_out = _weights([other for key, other in by_set.items() if key != name])
        for figure, measure, k in (("hit@1", hit, 1), ("recall@5", recall, 5)):
            value = fmean(
                measure(_ranked(ranked, left_out), ranked.relevant, k) for ranked in of_set
            )
            yield Figure(f"ranking.{name}.{figure}", value, "share")


def _confidence(name: str, judged: Mapping[str, Sequence[Judged]]) -> Iterator[Figure]:
    """Yield the figures of the shipped curve."""
    values, own, weight = [], [], []
    for rows in judged.values():
        for side in (True, False):
            of_side = [row for row in rows if row.own is side]
            values += [Confidence().curve(row.seen)(row.seen) for row in of_side]
            own += [side] * len(of_side)
            weight += [1 / len(of_side)] * len(of_side)
    chances, sides, counts = np.array(values), np.array(own), np.array(weight)
    for least in _THRESHOLDS:
        answered = chances >= least
        right = float(counts[answered & sides].sum())
        shown = float(counts[answered].sum())
        yield Figure(f"{name}.{least}.precision", right / shown if shown else 1.0, "share")
        yield Figure(f"{name}.{least}.answered", right / float(counts[sides].sum()), "share")


def _indexed(name: str) -> Indexing:
    if name == GITLAB:
        return Indexing(gitlab_settings(), Secrets())
    corpus = Corpus(shared(f"eval/{name}/corpus.jsonl.gz"))
    settings = Settings(data_dir=CACHE / "corpora")
    folder = settings.data_dir / "scratch" / corpus.identity
    indexing = Indexing(settings, Secrets(), wikis=[corpus], folder=folder)
    indexing.sync()
    return indexing


def _search(indexing: Indexing, question: str) -> list[Hit]:
    vector = indexing.embedder.embed_question(question)
    (hits,) = indexing.index.search([IndexQuery(question, vector)], reader=_READER, limit=PASSAGES)
    return hits


def _ranked_questions(indexing: Indexing, name: str) -> Iterator[RankedQuestion]:
    for row in questions(name):
        if row["relevant"] and row.get("answerable", True):
            hits = _search(indexing, row["question"])
            rows = [
                (found.score, found.closest, common.words, common.pairs)
                for found, common in zip(hits, shared_words(row["question"], hits), strict=True)
            ]
            relevant = {_key(hits, page): grade for page, grade in row["relevant"].items()}
            yield RankedQuestion(hits, np.array(rows), relevant)


def _judged_questions(indexing: Indexing, name: str, most: int | None = None) -> Iterator[Judged]:
    """Yield the features for the questions of a set and of others; with ``most``, for that many of
    each, after the cross-encoder read the passages."""
    reorder = cross_encoder(indexing.reranker, seconds=60, foreign=False) if most else None
    chance = random.Random(1)  # noqa: S311 - a sample, and to be repeatable
    others = (other for other in _SETS if other != name and not {other, name} <= _TWINS)
    labelled: list[tuple[dict[str, Any], bool]] = [
        (row, True) for row in _without_history(name) if row.get("answerable", True)
    ]
    for other in others:
        rows = _without_history(other)
        labelled += [(row, False) for row in chance.sample(rows, min(_FOREIGN, len(rows)))]
    if most is not None:
        sides = [[pair for pair in labelled if pair[1] is side] for side in (True, False)]
        labelled = [pair for side in sides for pair in chance.sample(side, min(most, len(side)))]
    for row, own in labelled:
        text = row["question"]
        pages = by_page(Ranking()(text, _search(indexing, text)))
        if reorder is not None:
            pages = reorder(Question(text, _READER), pages)
        seen = features(text, Retrieved(pages, 0.0, 0.0))
        yield Judged(seen, own)


def _without_history(name: str) -> list[dict[str, Any]]:
    return [row for row in questions(name) if not row.get("history")]


def _key(hits: Sequence[Hit], page: str) -> str:
    """Return the wiki's key of a set's page. A set's ids may be relative to a folder below the
    wiki's root."""
    keys = (found.passage.page for found in hits)
    return next((key for key in keys if key == page or key.endswith(f"/{page}")), page)


def _grade(relevant: Mapping[str, float], page: str) -> float:
    return relevant.get(page, 0.0)


def _ranked(ranked: RankedQuestion, weights: Floats) -> list[str]:
    scores = ranked.features @ weights
    scores -= scores.min(initial=np.inf) if len(scores) else 0.0
    hits = [
        replace(found, score=float(score)) for found, score in zip(ranked.hits, scores, strict=True)
    ]
    return [page.page for page in by_page(sorted(hits, key=lambda found: -found.score))]


def _weights(sets: Sequence[Sequence[RankedQuestion]]) -> Floats:
    """Return the weights, from the difference between the best passage of a right page and each
    wrong passage."""
    differences, counts = [], []
    for of_set in sets:
        sample = random.Random(0).sample(list(of_set), min(_OF_A_SET, len(of_set)))  # noqa: S311
        for question in sample:
            right = question.right()
            if right.any() and not right.all():
                wrong = question.features[~right][:_LOST_TO]
                differences.append(question.features[right][0] - wrong)
                counts += [1 / len(wrong) / len(sample)] * len(wrong)
    rows = np.concatenate(differences)
    return _logistic(np.concatenate([rows, -rows]), np.r_[np.ones(len(rows)), np.zeros(len(rows))],
                     np.array(counts * 2))  # fmt: skip


def _logistic(rows: Floats, sides: Floats, counts: Floats) -> Floats:
    """Fit a weighted logistic regression by Newton's method, with almost no shrinkage."""
    weights = np.zeros(rows.shape[1])
    counts = counts / counts.sum()
    for _ in range(50):
        chances = 1 / (1 + np.exp(-(rows @ weights)))
        slope = rows.T @ (counts * (sides - chances)) - 1e-6 * weights
        bend = (rows * (counts * chances * (1 - chances))[:, None]).T @ rows
        step = np.linalg.solve(bend + 1e-6 * np.eye(len(weights)), slope)
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def _print_weights(label: str, weights: Floats) -> None:
    print(f"{label}: {', '.join(f'{weight:.2f}' for weight in weights)}", file=sys.stderr)
