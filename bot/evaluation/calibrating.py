"""Settings -> a confidence curve for this index and its models, with the measurements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from footnote_bot.bot.answering.answerer import Answerer
from footnote_bot.bot.answering.deciding.calibration import Calibration
from footnote_bot.bot.answering.deciding.confidence import Confidence, Features
from footnote_bot.bot.answering.deciding.deciding import Deciding
from footnote_bot.bot.answering.retrieval.retrieval import FoundPage, Retrieved
from footnote_bot.bot.evaluation import aligning, fitting, measures
from footnote_bot.bot.evaluation.aligning import Pair
from footnote_bot.bot.evaluation.evidence import unmarked
from footnote_bot.bot.evaluation.fitting import Sample
from footnote_bot.bot.evaluation.generating import Generated, generate
from footnote_bot.bot.evaluation.pages import full_name
from footnote_bot.bot.evaluation.questions import Case
from footnote_bot.bot.evaluation.run import Outcome, outcome_of
from footnote_bot.bot.model import Answer, Question
from footnote_bot.indexers.model import Principal, Progress
from footnote_bot.indexers.text.counting import counted

_UNREAD = ("closest", "words", "pairs")
_READ = ("read", "unit", "ahead", "agreed")
MOST_GENERATED = 200


@dataclass(frozen=True, slots=True)
class ModelIdentities:
    """The identities of the models; ``reranker`` is empty if there is none. ``bundled``: the
    default curve was made with these."""

    embedder: str
    reranker: str
    bundled: bool


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The result of a calibration. ``calibration`` is None if the default curve is kept; ``why``
    explains the decision."""

    calibration: Calibration | None
    why: str
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Calibrating:
    """Calibration of an index. ``answerer`` uses the default curve and rechecks no page."""

    answerer: Answerer
    models: ModelIdentities
    reader: Principal
    progress: Callable[[int], None]
    today: date

    def by_questions(self, cases: Sequence[Case]) -> Calibrated:
        """Fit the curve to the judgements of ``cases``.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        samples = list(self._samples(cases))
        unread = [replace(sample, seen=replace(sample.seen, read=None)) for sample in samples]
        read = [sample for sample in samples if sample.seen.read is not None]
        right = sum(sample.right for sample in samples)
        figures: dict[str, Any] = {"questions": len(samples), "right": right}
        if not fitting.enough(samples):
            why = (
                f"{right} of {counted(len(samples), 'question')} answered right: a curve takes "
                f"{fitting.FEWEST} questions, at least {fitting.FEWEST // 4} of them right and as "
                "many wrong or without an answer. The curve that comes with Footnote is kept."
            )
            return Calibrated(None, why, figures)
        default = Confidence()
        by_search = fitting.fit(unread, default.unread, _UNREAD)
        by_reranker = fitting.fit(read, default.read, _READ) if fitting.enough(read) else None
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
        calibration = self._calibration(curve, len(samples), generated=False)
        return Calibrated(calibration, f"Fitted to {len(samples)} questions.", figures)

    def by_pages(self) -> Calibrated:
        """Bring the default curve to this index's scale, with questions made from its own pages.

        Raises:
            IndexUnavailable: the index cannot be searched.
        """
        pairs, count = list[Pair](), 0
        search = self.answerer.retrieval
        for count, generated in enumerate(generate(search, self.reader, MOST_GENERATED), start=1):
            if pair := self._pair(generated):
                pairs.append(pair)
            self.progress(count)
        figures: dict[str, Any] = {"questions": count, "found": len(pairs)}
        known = self.models.bundled
        scales = {name: aligning.scale_of(pairs, name, known=known) for name in ("closest", "read")}
        figures |= {name: asdict(scale) for name, scale in scales.items() if scale}
        closest, read = scales["closest"], scales["read"]
        if closest is None or (self.models.reranker and read is None):
            why = (
                f"{len(pairs)} of {counted(count, 'question')} made of the pages found the page: "
                f"too few (it takes {aligning.FEWEST}), or the scores do not tell them from "
                "questions whose page is left out. The curve that comes with Footnote is kept."
            )
            return Calibrated(None, why, figures)
        why = (
            f"Scaled by {counted(count, 'question')} made of the pages. What people ask is harder: "
            "with questions of your own (`footnote eval --help` says how) the curve is fitted."
        )
        curve = aligning.aligned(Confidence(), closest, read)
        return Calibrated(self._calibration(curve, count, generated=True), why, figures)

    def _samples(self, cases: Sequence[Case]) -> Iterator[Sample]:
        shown = replace(self.answerer, sure=0.0, near=0.0, composer=None)
        for done, case in enumerate(cases, start=1):
            # A confidence belongs to one search, so a question with several parts is not split.
            question = Question(case.question, self.reader, history=case.history)
            result, run = shown.pipeline(self.reader).answer(question)
            right = _right(outcome_of(case, run.found.pages, result))
            if right is not None:
                yield Sample(shown.responder.features(question, run.found), right)
            self.progress(done)

    def _pair(self, generated: Generated) -> Pair | None:
        """Return the scores of a question; None if its page is not found first, because then it is
        unknown whether the first page answers."""
        question = Question(generated.question, self.reader)
        pages = self.answerer.retrieval(question).pages
        others = tuple(
            page for page in pages if (page.wiki, page.page) != (generated.wiki, generated.page)
        )
        present, absent = self._ordered(question, pages), self._ordered(question, others)
        if not present or not absent:
            return None
        if (present[0].wiki, present[0].page) != (generated.wiki, generated.page):
            return None
        return Pair(_seen(question, present), _seen(question, absent))

    def _ordered(self, question: Question, pages: tuple[FoundPage, ...]) -> tuple[FoundPage, ...]:
        return self.answerer.rerank(question, pages) if self.answerer.rerank else pages

    def _calibration(self, curve: Confidence, questions: int, *, generated: bool) -> Calibration:
        embedder, reranker = self.models.embedder, self.models.reranker
        day = self.today.isoformat()
        return Calibration(curve, embedder, reranker, questions, generated, day)


def calibrate_for(  # noqa: PLR0913 - what a curve is made of and for
    answerer: Answerer,
    models: ModelIdentities,
    reader: Principal,
    *,
    today: date,
    cases: Sequence[Case] | None,
    progress: Callable[[Progress], None],
) -> Calibrated:
    """Fit a curve to ``cases``; if they are None, scale the default one by the pages of the index.
    An earlier calibration is ignored.

    Raises:
        IndexUnavailable: the index cannot be searched.
    """
    unit, total = ("pages", MOST_GENERATED) if cases is None else ("questions", len(cases))
    run = Calibrating(
        replace(answerer, confidence=Confidence(), recheck=None),
        models,
        reader,
        lambda done: progress(Progress(unit, done, total)),
        today,
    )
    return run.by_pages() if cases is None else run.by_questions(cases)


def _seen(question: Question, pages: Sequence[FoundPage]) -> Features:
    retrieved = Retrieved(tuple(pages), 0.0, 0.0)
    return Deciding(Confidence(), 0.0, 0.0).features(question, retrieved)


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
