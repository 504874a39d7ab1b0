"""Ask every question of a set and score what comes back."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from bot.answering.answerer import Answerer
from bot.answering.retrieval import Retrieved
from bot.evaluation import measures
from bot.evaluation.questions import Case
from bot.model import Answer, NoAnswer, Question
from indexers.model import Principal
from indexers.prose import plain

RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question's way."""

    case: Case
    ranked: Sequence[str]
    result: Answer | NoAnswer
    verbatim: tuple[bool, ...]
    shown: bool

    @property
    def contained(self) -> bool:
        if isinstance(self.result, NoAnswer):
            return False
        quoted = "\n".join(plain(source.quote) for source in self.result.sources)
        return measures.contains(quoted, self.case.answers)


def ask_all(
    cases: Sequence[Case],
    answerer: Answerer,
    *,
    reader: Principal,
    wikis: tuple[str, ...] | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> list[Outcome]:
    """The outcomes in order. ``progress`` is told how many are done.

    Raises:
        IndexUnavailable: the index cannot be searched.
    """
    outcomes = []
    for number, case in enumerate(cases, start=1):
        question = Question(case.question, reader, wikis)
        retrieved = answerer.retrieval(question)
        outcomes.append(_outcome(case, retrieved, answerer.compose(question, retrieved)))
        progress(number)
    return outcomes


def _outcome(case: Case, retrieved: Retrieved, result: Answer | NoAnswer) -> Outcome:
    shown = [hit.passage for found in retrieved.pages for hit in found.hits]
    sources = result.sources if isinstance(result, Answer) else ()
    return Outcome(
        case=case,
        ranked=[found.page for found in retrieved.pages],
        result=result,
        verbatim=tuple(
            any(source.quote in passage.text for passage in shown if passage.page == source.page)
            for source in sources
        ),
        shown={source.url for source in sources} <= {passage.url for passage in shown},
    )


def report(outcomes: Sequence[Outcome], seed: int = 0) -> dict[str, Any]:
    """The contract of ``footnote eval --json``; null where the set cannot tell.
    ``intervals`` are 95 % by bootstrap over questions."""
    judged = [outcome for outcome in outcomes if outcome.case.judged]
    scores: dict[str, list[float]] = {
        name: [measure(o.ranked, o.case.relevant, k) for o in judged]
        for name, measure, k in (
            ("hit@1", measures.hit, 1),
            ("recall@5", measures.recall, 5),
            ("recall@10", measures.recall, 10),
            ("mrr@10", measures.reciprocal_rank, 10),
            ("ndcg@10", measures.ndcg, 10),
        )
    }
    scores["containment"] = [
        float(o.contained) for o in outcomes if o.case.answers and not o.case.unanswerable
    ]
    answers = [o for o in outcomes if isinstance(o.result, Answer)]
    quotes = [held for o in answers for held in o.verbatim]
    times = [o.result.timings.retrieve for o in outcomes]
    return {
        "questions": len(outcomes),
        **{name: _mean(values) for name, values in scores.items()},
        "refusal": _refusal(outcomes),
        "answered": _mean([float(isinstance(o.result, Answer)) for o in outcomes]),
        "verbatim_quotes": _mean([float(held) for held in quotes]),
        "links_in_shown": _mean([float(o.shown) for o in answers]),
        "latency_ms": {
            "retrieve_p50": measures.percentile(times, 0.5),
            "retrieve_p95": measures.percentile(times, 0.95),
        },
        "intervals": {name: _interval(values, seed) for name, values in scores.items()},
    }


def _refusal(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    refused = [o for o in outcomes if isinstance(o.result, NoAnswer)]
    unanswerable = [o for o in outcomes if o.case.unanswerable]
    answerable = [o for o in outcomes if not o.case.unanswerable]
    if not unanswerable:
        return dict.fromkeys(("precision", "recall", "auroc", "precision_at_recall_80"))
    right = [o for o in refused if o.case.unanswerable]
    sides = _confidences(answerable), _confidences(unanswerable)
    return {
        "precision": len(right) / len(refused) if refused else None,
        "recall": len(right) / len(unanswerable),
        "auroc": measures.auroc(*sides),
        "precision_at_recall_80": measures.precision_at_recall(*sides, 0.8),
    }


def _confidences(outcomes: Iterable[Outcome]) -> list[float]:
    return [outcome.result.confidence for outcome in outcomes]


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def _interval(values: Sequence[float], seed: int) -> tuple[float, float] | None:
    if not values:
        return None
    chance = random.Random(seed)  # noqa: S311 - resampling, and to be repeatable
    means = sorted(fmean(chance.choices(values, k=len(values))) for _ in range(RESAMPLES))
    return means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES)]
