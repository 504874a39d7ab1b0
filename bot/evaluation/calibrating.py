"""A confidence curve for an index and its models: fitted to a question set, or, without one, the
default curve on the scale of the index's scores.

The default curve was fitted to questions that people asked. Questions made from a wiki's own pages
are easier, so a curve fitted to them would be wrong for people; but they do show the scale of a
model's scores. So the curve stays, and each model's score is mapped: its means, with the page that
answers and without it, become those of the models that come with Footnote.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from math import sqrt
from statistics import fmean, stdev
from typing import Any

import numpy as np

from footnote_bot.bot.answering.answerer import Answerer
from footnote_bot.bot.answering.deciding.confidence import Confidence, Curve, Features
from footnote_bot.bot.answering.deciding.deciding import Deciding
from footnote_bot.bot.answering.retrieval.retrieval import FoundPage, Retrieved
from footnote_bot.bot.answering.words.function_words import FUNCTION_WORDS
from footnote_bot.bot.evaluation import measures
from footnote_bot.bot.evaluation.evidence import unmarked
from footnote_bot.bot.evaluation.pages import full_name
from footnote_bot.bot.evaluation.questions import Case
from footnote_bot.bot.evaluation.run import Outcome, outcome_of
from footnote_bot.bot.model import Answer, Question
from footnote_bot.indexers.model import Passage, Principal, Progress, digest
from footnote_bot.indexers.text.counting import counted
from footnote_bot.indexers.text.prose import plain
from footnote_bot.indexers.text.sentences import sentences

FEWEST = 40
"""Questions that a curve or a scale needs; for a curve a quarter of them must be right, and a
quarter wrong."""
_MOST_GENERATED = 200
_UNREAD = ("closest", "words", "pairs")
_READ = ("read", "unit", "ahead", "agreed")

OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The result of a calibration, and why. ``curve`` None: the default curve is kept."""

    curve: Confidence | None
    why: str
    figures: dict[str, Any]


def by_questions(
    cases: Sequence[Case], answerer: Answerer, reader: Principal, progress: OnProgress
) -> Calibrated:
    """Fit the curve to the judgements of ``cases``. An earlier calibration is ignored.

    Raises:
        IndexUnavailable: the index cannot be searched.
    """
    samples = list(samples_of(cases, answerer, reader, progress))
    right = sum(sample.right for sample in samples)
    figures: dict[str, Any] = {"questions": len(samples), "right": right}
    if not enough(samples):
        why = (
            f"{right} of {counted(len(samples), 'question')} answered right: a curve takes "
            f"{FEWEST} questions, at least {FEWEST // 4} of them right and as "
            "many wrong or without an answer. The curve that comes with Footnote is kept."
        )
        return Calibrated(None, why, figures)
    default = Confidence()
    unread = [replace(sample, seen=replace(sample.seen, read=None)) for sample in samples]
    read = [sample for sample in samples if sample.seen.read is not None]
    by_search = fit(unread, default.unread, _UNREAD)
    by_reranker = fit(read, default.read, _READ) if enough(read) else None
    fits = [fitted for fitted in (by_reranker, by_search) if fitted]
    best = next((fitted for fitted in fits if fitted.better), fits[0])
    figures["log_loss"] = {"before": best.before, "after": best.after}
    if not best.better:
        why = (
            "On questions that it was not fitted to, a curve of your own does no better than "
            "the one that comes with Footnote, which is kept."
        )
        return Calibrated(None, why, figures)
    curve = Confidence(
        read=by_reranker.curve if by_reranker else default.read, unread=by_search.curve
    )
    return Calibrated(curve, f"Fitted to {len(samples)} questions.", figures)


@dataclass(frozen=True, slots=True)
class Sample:
    """The features of an answer (``seen``), and whether it was right."""

    seen: Features
    right: bool


def samples_of(
    cases: Sequence[Case], answerer: Answerer, reader: Principal, progress: OnProgress
) -> Iterator[Sample]:
    """Yield the sample of each case that can tell whether its answer is right."""
    # However low its confidence is, each answer is shown.
    always_answering = replace(_by_default_curve(answerer), sure=0.0, near=0.0, composer=None)
    for done, case in enumerate(cases, start=1):
        # A confidence belongs to one search, so a question with several parts is not split.
        question = Question(case.question, reader, history=case.history)
        result, run = always_answering.pipeline(reader).answer(question)
        right = _right(outcome_of(case, run.found.pages, result))
        if right is not None:
            yield Sample(always_answering.responder.features(question, run.found), right)
        progress(Progress("questions", done, len(cases)))


def _by_default_curve(answerer: Answerer) -> Answerer:
    """Return the answerer with the default curve, and without asking wikis about its pages."""
    return replace(answerer, confidence=Confidence(), recheck=None)


def _right(outcome: Outcome) -> bool | None:
    """Return whether the shown answer is right; None if the case cannot tell."""
    case = outcome.case
    if case.unanswerable:
        return False
    if outcome.right is not None:
        return outcome.right
    if not isinstance(outcome.result, Answer):
        return None
    if case.answers:
        return measures.contains(unmarked(outcome.result.text), case.answers)
    if case.judged:
        first = outcome.result.sources[0]
        return case.relevant.get(full_name(first.wiki, first.page), 0) > 0
    return None


_FOLDS = 5
_START_WEIGHT = 10.0
"""The weight of the starting curve, in samples."""
_STEPS = 50
_SMALL = 1e-7
_LEAST_CHANCE = 1e-6
"""Chances are clipped to this distance from 0 and 1."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """The result of a fit: the better ``curve`` on samples that it was not fitted to. ``before``
    and ``after`` are the log losses of the starting and the fitted curve; lower is better."""

    curve: Curve
    before: float
    after: float
    better: bool


def enough(samples: Sequence[Sample]) -> bool:
    """Return whether the samples suffice to fit a curve, see `FEWEST`."""
    right = sum(sample.right for sample in samples)
    return len(samples) >= FEWEST and min(right, len(samples) - right) >= FEWEST / 4


def fit(samples: Sequence[Sample], start: Curve, names: Sequence[str]) -> Fitted:
    """Fit the weights of ``names``, starting from ``start``. The fitted curve is used only if it
    is better by more than chance on folds that it was not fitted to."""
    before, after = [], []
    for fold in range(_FOLDS):
        held_out = samples[fold::_FOLDS]
        others = [sample for place, sample in enumerate(samples) if place % _FOLDS != fold]
        curve = _fit(others, start, names)
        before += [_loss(start, sample) for sample in held_out]
        after += [_loss(curve, sample) for sample in held_out]
    gains = [old - new for old, new in zip(before, after, strict=True)]
    better = fmean(gains) > stdev(gains) / sqrt(len(gains))
    curve = _fit(samples, start, names) if better else start
    return Fitted(curve, fmean(before), fmean(after), better)


def _fit(samples: Sequence[Sample], start: Curve, names: Sequence[str]) -> Curve:
    """Fit a logistic regression by Newton's method, regularised towards ``start``."""
    rows = [[1.0, *(getattr(each.seen, name) or 0.0 for name in names)] for each in samples]
    features, right = np.array(rows), np.array([sample.right for sample in samples])
    prior = np.array([start.bias, *(getattr(start, name) for name in names)])
    penalty = _START_WEIGHT * np.maximum(features.var(axis=0), _SMALL)
    penalty[0] = _SMALL
    weights = prior
    for _ in range(_STEPS):
        probabilities = 1 / (1 + np.exp(-np.clip(features @ weights, -30.0, 30.0)))
        gradient = penalty * (prior - weights) + features.T @ (right - probabilities)
        hessian = np.diag(penalty) + (features.T * (probabilities * (1 - probabilities))) @ features
        step = np.linalg.solve(hessian, gradient)
        largest_step = float(np.abs(step).max())
        # A full step may overshoot the optimum.
        weights = weights + step * min(1.0, 5.0 / max(largest_step, _SMALL))
        if largest_step < _SMALL:
            break
    bias, *rest = map(float, weights)
    return replace(start, bias=bias, **dict(zip(names, rest, strict=True)))


def _loss(curve: Curve, sample: Sample) -> float:
    """Return the log loss of the curve on a sample."""
    probability = min(max(curve(sample.seen), _LEAST_CHANCE), 1 - _LEAST_CHANCE)
    return -float(np.log(probability if sample.right else 1 - probability))


def by_pages(
    answerer: Answerer, reader: Principal, progress: OnProgress, *, known: bool
) -> Calibrated:
    """Bring the default curve to this index's scale, with questions made from its own pages.
    ``known``: the default curve was made with the same models.

    Raises:
        IndexUnavailable: the index cannot be searched.
    """
    answerer = _by_default_curve(answerer)
    pairs, count = list[Pair](), 0
    for count, generated in enumerate(_generate(answerer.retrieval, reader), start=1):
        if pair := _pair(answerer, generated, reader):
            pairs.append(pair)
        progress(Progress("pages", count, _MOST_GENERATED))
    figures: dict[str, Any] = {"questions": count, "found": len(pairs)}
    closest = scale_of(pairs, "closest", known=known)
    read = scale_of(pairs, "read", known=known)
    scales = (("closest", closest), ("read", read))
    figures |= {name: asdict(scale) for name, scale in scales if scale}
    if closest is None or (answerer.rerank and read is None):
        why = (
            f"{len(pairs)} of {counted(count, 'question')} made of the pages found the page: "
            f"too few (it takes {FEWEST}), or the scores do not tell them from "
            "questions whose page is left out. The curve that comes with Footnote is kept."
        )
        return Calibrated(None, why, figures)
    why = (
        f"Scaled by {counted(count, 'question')} made of the pages. What people ask is harder: "
        "with questions of your own (`footnote eval --help` says how) the curve is fitted."
    )
    return Calibrated(scaled(Confidence(), closest, read), why, figures)


_SEEDS = ("How do I get started?", "What is the policy?", "Who is responsible?", "overview")
_LEAST_WORDS = 6
"""Words, stop words not counted, that a sentence must have to become a question."""
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Generated:
    """A question made without a model, and the page that answers it.

    Somebody might type a heading with its page's title into a search box; half of a sentence's
    words are like a sentence that somebody half remembers. Both share more words with their page
    than people's questions do, so they cannot show how often answers are right.
    """

    question: str
    wiki: str
    page: str

    def is_of(self, page: FoundPage) -> bool:
        """Return whether ``page`` is the page that answers the question."""
        return (page.wiki, page.page) == (self.wiki, self.page)


def _generate(search: Callable[[Question], Retrieved], reader: Principal) -> Iterator[_Generated]:
    """Yield questions, each about another page. The pages are found by searching: each search uses
    the headings that earlier searches found."""
    waiting = deque(_SEEDS)
    used_pages = set[tuple[str, str]]()
    count = 0
    while waiting and count < _MOST_GENERATED:
        retrieved = search(Question(waiting.popleft(), reader))
        for page in retrieved.pages:
            if (page.wiki, page.page) in used_pages or count >= _MOST_GENERATED:
                continue
            used_pages.add((page.wiki, page.page))
            passage = page.hits[0].passage
            waiting.append(_heading(passage) or passage.title)
            if question := _question(passage):
                count += 1
                yield _Generated(question, page.wiki, page.page)


def _question(passage: Passage) -> str:
    """Return a question for the passage: for one half of the pages of a sentence, for the other of
    a heading. A page is in the same half in every run."""
    by_sentence = int(digest(passage.wiki, passage.page)[:2], 16) % 2 == 1
    if by_sentence:
        return _sentence(passage) or _heading(passage)
    return _heading(passage) or _sentence(passage)


def _heading(passage: Passage) -> str:
    """Return the innermost heading and the title as one line; empty if they hold too few words."""
    parts = [passage.title, *passage.headings][-2:]
    line = _SPACE.sub(" ", " ".join(plain(part) for part in reversed(parts))).strip()
    return line if len(_content_words(line)) > 1 else ""


def _sentence(passage: Passage) -> str:
    """Return every other content word of the longest sentence; empty if there is none."""
    parts = (sentence for line in plain(passage.text).splitlines() for sentence in sentences(line))
    longest = max(map(_content_words, parts), key=len, default=[])
    return f"{' '.join(longest[:16:2])}?" if len(longest) >= _LEAST_WORDS else ""


def _content_words(text: str) -> list[str]:
    """Return the words without function words."""
    return [word for word in _WORD.findall(text) if word.casefold() not in FUNCTION_WORDS]


@dataclass(frozen=True, slots=True)
class Pair:
    """The scores of one question, with its page and as if the page did not exist."""

    present: Features
    absent: Features


def _pair(answerer: Answerer, generated: _Generated, reader: Principal) -> Pair | None:
    """Return the scores of a question; None if its page is not found first, because then it is
    unknown whether the first page answers."""
    question = Question(generated.question, reader)
    pages: Sequence[FoundPage] = answerer.retrieval(question).pages
    others: Sequence[FoundPage] = [page for page in pages if not generated.is_of(page)]
    if answerer.rerank:
        pages, others = answerer.rerank(question, pages), answerer.rerank(question, others)
    if not pages or not others or not generated.is_of(pages[0]):
        return None
    return Pair(_features(question, pages), _features(question, others))


def _features(question: Question, pages: Sequence[FoundPage]) -> Features:
    """Return the features of an answer from ``pages``, best first."""
    retrieved = Retrieved(tuple(pages), 0.0, 0.0)
    return Deciding(Confidence(), 0.0, 0.0).features(question, retrieved)


_SCALE_WEIGHT = 40.0
"""The weight of the default scale, in questions, if it was measured with the same models."""
_APART = 0.6
"""Least AUROC: a score that separates the two sides less shows no scale."""
_WITH = {"closest": 0.611, "read": 6.81}
_WITHOUT = {"closest": 0.518, "read": -0.11}
"""Means of the bundled models' scores, over generated questions of three handbooks, with the page
that answers and without it."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A mapping to the default scale: a score times ``slope`` plus ``shift``. ``apart`` is how well
    the score separates a page that answers from others (AUROC)."""

    slope: float
    shift: float
    apart: float


def scale_of(pairs: Sequence[Pair], name: str, *, known: bool) -> Scale | None:
    """Return the scale of a score; None if too few pairs have the score, or it separates too
    little. With ``known`` models, the fewer the pairs, the nearer it is to the default scale."""
    with_page, without = list[float](), list[float]()
    for pair in pairs:
        present, absent = getattr(pair.present, name), getattr(pair.absent, name)
        if present is not None and absent is not None:
            with_page.append(present)
            without.append(absent)
    if len(with_page) < FEWEST:
        return None
    apart = measures.auroc(with_page, without) or 0.0
    if apart < _APART:
        return None
    slope = (_WITH[name] - _WITHOUT[name]) / (fmean(with_page) - fmean(without))
    shift = _WITHOUT[name] - slope * fmean(without)
    weight = len(with_page) / (len(with_page) + _SCALE_WEIGHT) if known else 1.0
    return Scale(1 + weight * (slope - 1), weight * shift, apart)


def scaled(start: Confidence, closest: Scale, read: Scale | None) -> Confidence:
    """Return ``start`` adjusted to scores of these scales."""
    return Confidence(
        read=_scaled(start.read, closest, read) if read else start.read,
        unread=_scaled(start.unread, closest, None),
    )


def _scaled(curve: Curve, closest: Scale, read: Scale | None) -> Curve:
    """Return the curve for these scales; units are read by the model that reads passages."""
    slope, shift = (read.slope, read.shift) if read else (1.0, 0.0)
    return replace(
        curve,
        bias=curve.bias + curve.closest * closest.shift + (curve.read + curve.unit) * shift,
        closest=curve.closest * closest.slope,
        read=curve.read * slope,
        unit=curve.unit * slope,
    )
