"""Outcomes of a run -> the figures of ``footnote eval``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from statistics import fmean, median
from typing import Any

from footnote_bot.bot.evaluation import measures
from footnote_bot.bot.evaluation.run import Outcome
from footnote_bot.bot.model import Answer, NoAnswer

SCORES = ("hit@1", "recall@5", "recall@10", "mrr@10", "ndcg@10", "containment")
READ = ("right", "right_in_250")
"""Scores for whether the answer states the required facts, and its first 250 characters do."""
_STAGES = ("rewrite", "embed", "search", "retrieve", "compose", "total")


def report(outcomes: Sequence[Outcome], *, answers: bool = False) -> dict[str, Any]:
    """Return the figures of ``footnote eval --json``, which are a contract; null where the set
    cannot tell. ``intervals`` are 95 % by bootstrap over questions. ``plain`` is about answers that
    are shown as such, and ``right`` counts no other. ``decided`` is the share answered where there
    is an answer and not answered where there is none. ``useful_quotes`` is the share of a right
    answer's quotations that hold a fact, ``words`` the median length of a right answer. ``refused``
    is the share without a plain answer (``held_back``, too, which told the two apart when "The
    closest I found" was an answer), ``closest`` the share that names the nearest sections instead.
    With ``answers``, also: the answers' support, and which questions
    fail and why."""
    times = [outcome.result.timings.retrieve for outcome in outcomes]
    quotations = sum(o.evidence.quotations for o in outcomes)
    links = sum(o.evidence.links for o in outcomes)
    return {
        **_figures(outcomes),
        "verbatim_quotes": _share_passing(
            quotations, sum(len(o.evidence.altered) for o in outcomes)
        ),
        "links_in_shown": _share_passing(links, sum(len(o.evidence.foreign) for o in outcomes)),
        "latency_ms": {
            "retrieve_p50": measures.percentile(times, 0.5),
            "retrieve_p95": measures.percentile(times, 0.95),
        },
        "stages_ms": {stage: _spread(outcomes, stage) for stage in _STAGES},
        "by_type": _grouped(outcomes, [o.case.kind for o in outcomes]),
        "by_turn": _grouped(outcomes, [o.case.turn for o in outcomes]),
        **({"answers": _answers(outcomes)} if answers else {}),
    }


def _figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the figures that the whole set and each group have in common."""
    scores = [outcome.scores for outcome in outcomes]
    refused = _by_side(outcomes, lambda o: not o.answered)
    by_name = {
        name: [by_measure[name] for by_measure in scores if name in by_measure]
        for name in (*SCORES, *READ, "avoids_unfit", "decided")
    }
    return {
        "questions": len(outcomes),
        "plain": _plain(outcomes),
        **{name: _mean(by_name[name]) for name in (*SCORES, *READ)},
        "useful_quotes": _mean([o.useful_quotes for o in outcomes if o.useful_quotes is not None]),
        "words": _median([len(o.read.split()) for o in outcomes if o.right]),
        "refused": refused,
        "closest": _by_side(outcomes, lambda o: o.closest),
        "held_back": refused,
        "right_auroc": _right_auroc(outcomes),
        "refusal": _refusal(outcomes),
        "answered": _mean([float(outcome.answered) for outcome in outcomes]),
        "clarified": 0.0,  # nothing asks back any more; scripts may read it
        "decided": _mean(by_name["decided"]),
        "avoids_unfit": _mean(by_name["avoids_unfit"]),
        "intervals": {name: measures.interval(by_name[name], seed=0) for name in by_name},
    }


def _plain(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the figures of plain answers, and in ``of`` the number that each is a share of. A
    plain answer to a question without an answer is wrong."""
    answerable = [o for o in outcomes if o.case.has_answer]
    unanswerable = [o for o in outcomes if o.case.unanswerable]
    values = {
        "right": [o.right_if_plain for o in outcomes if o.right_if_plain is not None],
        "answerable": [o.answered for o in answerable],
        "unanswerable": [o.answered for o in unanswerable],
        "found": [o.found for o in answerable if o.found is not None],
        "quoted_unanswerable": [o.quoted for o in unanswerable],
    }
    return {
        "answers": sum(o.answered for o in outcomes),
        **{name: _mean(each) for name, each in values.items()},
        "of": {name: len(each) for name, each in values.items()},
    }


def _by_side(
    outcomes: Sequence[Outcome], holds: Callable[[Outcome], bool]
) -> dict[str, float | None]:
    """Return the share for which ``holds`` is true, by side. ``foreign`` are questions without an
    answer and without a page on their subject."""
    unanswerable = [o for o in outcomes if o.case.unanswerable]
    sides = {
        "answerable": [o for o in outcomes if o.case.has_answer],
        "near_miss": [o for o in unanswerable if o.case.near_miss],
        "foreign": [o for o in unanswerable if not o.case.near_miss],
    }
    return {name: _mean([float(holds(o)) for o in side]) for name, side in sides.items()}


def _right_auroc(outcomes: Sequence[Outcome]) -> float | None:
    """Return the chance that a right answer has a higher confidence than a shown answer that is
    wrong or should not exist."""
    shown = [o for o in outcomes if o.answered and (o.right is not None or o.case.unanswerable)]
    return measures.auroc(
        [o.result.confidence for o in shown if o.right],
        [o.result.confidence for o in shown if not o.right],
    )


def _refusal(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    """Return the measures of refusals. Questions of unknown answerability do not count."""
    unanswerable = [o for o in outcomes if o.case.unanswerable]
    answerable = [o for o in outcomes if o.case.has_answer]
    if not unanswerable:
        return dict.fromkeys(("precision", "recall", "auroc", "precision_at_recall_80"))
    right = sum(not o.answered for o in unanswerable)
    refused = right + sum(not o.answered for o in answerable)
    sides = (
        [outcome.result.confidence for outcome in answerable],
        [outcome.result.confidence for outcome in unanswerable],
    )
    return {
        "precision": right / refused if refused else None,
        "recall": right / len(unanswerable),
        "auroc": measures.auroc(*sides),
        "precision_at_recall_80": measures.precision_at_recall(*sides, 0.8),
    }


def _grouped(
    outcomes: Sequence[Outcome], keys: Sequence[str] | Sequence[int]
) -> dict[str, Any] | None:
    """Return the figures of each group of outcomes with one key; None if there is one group."""
    groups: dict[Any, list[Outcome]] = {}
    for outcome, key in zip(outcomes, keys, strict=True):
        groups.setdefault(key, []).append(outcome)
    if len(groups) < 2:
        return None
    return {str(key): _figures(groups[key]) for key in sorted(groups)}


def _spread(outcomes: Sequence[Outcome], stage: str) -> dict[str, float | None]:
    """Return the median and the 95th percentile of a stage's times."""
    times = [getattr(outcome.result.timings, stage) for outcome in outcomes]
    return {"p50": measures.percentile(times, 0.5), "p95": measures.percentile(times, 0.95)}


def _answers(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the answers' support. ``composed`` is the share that a language model wrote,
    ``fallbacks`` counts the reasons why other replies do without one; ``cited_sentences`` is a
    share of all sentences."""
    answers = [o.result for o in outcomes if isinstance(o.result, Answer)]
    replies = [o.result for o in outcomes if isinstance(o.result, Answer | NoAnswer)]
    fallbacks = Counter(reply.fallback.value for reply in replies if reply.fallback)
    sentences = sum(o.evidence.sentences for o in outcomes)
    failures: dict[str, list[dict[str, Any]]] = {}
    for outcome in outcomes:
        for name, words in _failures(outcome):
            failure = {"id": outcome.case.id, "question": outcome.case.question, "said": words}
            failures.setdefault(name, []).append(failure)
    return {
        "composed": _mean([float(answer.composed) for answer in answers]),
        "fallbacks": dict(sorted(fallbacks.items())),
        "sentences": sentences,
        "cited_sentences": _share_passing(
            sentences, sum(len(o.evidence.uncited) for o in outcomes)
        ),
        "faithful": None,  # no model judges answers any more; scripts may read these two
        "relevant": None,
        "failures": failures,
    }


def _failures(outcome: Outcome) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield each way in which an answer fails, with the words that show it."""
    scores, evidence = outcome.scores, outcome.evidence
    text = outcome.result.text
    if scores.get("decided") == 0.0:
        wrongly = "answered_but_unanswerable" if outcome.answered else "silent_but_answerable"
        yield wrongly, [text]
    if outcome.answered:
        for name in ("containment", "right", "avoids_unfit"):
            if scores.get(name) == 0.0:
                yield name, [text]
    for name, words in (
        ("cited_sentences", evidence.uncited),
        ("verbatim_quotes", evidence.altered),
        ("links_in_shown", evidence.foreign),
    ):
        if words:
            yield name, words


def _share_passing(total: int, failing: int) -> float | None:
    """Return the share of ``total`` that does not fail; None if the total is 0."""
    return (total - failing) / total if total else None


def _median(values: Sequence[int]) -> float | None:
    return float(median(values)) if values else None


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
