"""Ask every question of a set and keep the results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from footnote_bot.bot.answering.answerer import Answerer
from footnote_bot.bot.answering.question.several import Several, questions, without_questions
from footnote_bot.bot.answering.retrieval.retrieval import FoundPage
from footnote_bot.bot.evaluation import facts, measures
from footnote_bot.bot.evaluation.evidence import EvidenceCounts, evidence, unmarked
from footnote_bot.bot.evaluation.pages import full_name
from footnote_bot.bot.evaluation.questions import Case
from footnote_bot.bot.model import LONGEST_LINE, Answer, Question, Result, Source, named
from footnote_bot.bot.ports import OnText
from footnote_bot.bot.shown import ResultTone, tone_of
from footnote_bot.bot.texts import THE_CLOSEST
from footnote_bot.indexers.model import Principal, Progress


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one question. ``ranked`` are ``pages`` by full name, best first; ``evidence``
    is empty without an answer. ``not_shown`` are sentences of a language model that were not
    shown."""

    case: Case
    ranked: Sequence[str]
    result: Result
    evidence: EvidenceCounts
    pages: tuple[FoundPage, ...] = ()
    not_shown: tuple[str, ...] = ()

    @property
    def tone(self) -> ResultTone:
        return tone_of(self.result)

    @property
    def answered(self) -> bool:
        """Return whether there is a plain answer. "The pages do not say" is none."""
        return self.tone is ResultTone.PLAIN

    @property
    def closest(self) -> bool:
        """Return whether no answer is shown, but the nearest sections."""
        return self.tone is ResultTone.NEAREST

    @property
    def contained(self) -> bool:
        """Return whether a plain answer contains one of the case's answers."""
        return self.answered and measures.contains(unmarked(self._own), self.case.answers)

    @property
    def read(self) -> str:
        """Return the words of the answer; empty if there is none."""
        if not isinstance(self.result, Answer):
            return ""
        return facts.plain_words(self._own)

    @property
    def _own(self) -> str:
        """The answer's text without what was repeated of the question."""
        return own_words(self.case, self.result)

    @property
    def right(self) -> bool | None:
        """Return whether there is a plain answer that is right; None if the facts of a right answer
        are unknown, or there is no right answer."""
        if not self.case.facts or self.case.unanswerable:
            return None
        return self.answered and self.case.facts.all_in(self.read)

    @property
    def right_at_once(self) -> bool:
        """Return whether the first words of a right answer state all facts."""
        first = self.read[: facts.AT_ONCE]
        return bool(self.right and self.case.facts and self.case.facts.all_in(first))

    @property
    def right_if_plain(self) -> bool | None:
        """Return whether the plain answer is right: none is to a question without an answer. None
        if there is no plain answer, or the set cannot tell."""
        if not self.answered or not (
            self.case.unanswerable or self.case.facts or self.case.answers
        ):
            return None
        return not self.case.unanswerable and bool(
            self.contained if self.right is None else self.right
        )

    @property
    def found(self) -> bool | None:
        """Return whether people get to the answer: by a right plain answer, or by a section that is
        named instead: one of a relevant page or, if these are unknown, one that states a fact.
        None if there is no answer, or the set cannot tell."""
        case = self.case
        if not case.has_answer or not (case.judged or case.facts):
            return None
        if self.answered:
            return bool(self.right_if_plain)
        return any(self._leads_to_answer(source) for source in named(self.result))

    def _leads_to_answer(self, source: Source) -> bool:
        """Return whether a named section is of a relevant page, or states a fact; see `found`."""
        if self.case.judged:
            return self.case.relevant.get(full_name(source.wiki, source.page), 0) > 0
        hits = [hit.passage for page in self.pages for hit in page.hits]
        texts = [source.quote, *(p.text for p in hits if p.url == source.url)]
        return bool(self.case.facts and self.case.facts.any_in(facts.plain_words("\n".join(texts))))

    @property
    def quoted(self) -> bool:
        """Return whether the pages are quoted. The line of a nearest section is no quotation."""
        longest = 0 if self.answered else LONGEST_LINE
        return any(len(facts.plain_words(s.quote)) > longest for s in named(self.result))

    @property
    def useful_quotes(self) -> float | None:
        """Return the share of a right answer's quotations that hold a fact; else None."""
        required = self.case.facts
        if not self.right or not required or not isinstance(self.result, Answer):
            return None
        quotes = [source.quote for source in self.result.sources if source.quote]
        useful = sum(required.any_in(facts.plain_words(quote)) for quote in quotes)
        return useful / len(quotes) if quotes else None

    @property
    def avoids_unfit(self) -> bool:
        """Return whether no unfit page is first or cited."""
        sources = self.result.sources if isinstance(self.result, Answer) else ()
        return self.case.unfit.isdisjoint(
            {*self.ranked[:1], *(full_name(s.wiki, s.page) for s in sources)}
        )

    @property
    def scores(self) -> dict[str, float]:
        """Return the scores that can be computed, by measure; higher is better."""
        case, scores = self.case, dict[str, float]()
        if case.judged:
            scores["hit@1"] = measures.hit(self.ranked, case.relevant, 1)
            scores["recall@5"] = measures.recall(self.ranked, case.relevant, 5)
            scores["recall@10"] = measures.recall(self.ranked, case.relevant, 10)
            scores["mrr@10"] = measures.reciprocal_rank(self.ranked, case.relevant, 10)
            scores["ndcg@10"] = measures.ndcg(self.ranked, case.relevant, 10)
        if case.answers and not case.unanswerable:
            scores["containment"] = float(self.contained)
        if self.right is not None:
            scores["right"] = float(self.right)
            scores["right_in_250"] = float(self.right_at_once)
        if case.unfit:
            scores["avoids_unfit"] = float(self.avoids_unfit)
        if case.has_answer or case.unanswerable:
            scores["decided"] = float(self.answered is case.has_answer)
        return scores


def ask_all(  # noqa: PLR0913 - who asks whom what, and a hook
    cases: Sequence[Case],
    answerer: Answerer,
    *,
    reader: Principal,
    wikis: tuple[str, ...] | None = None,
    composed: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
) -> list[Outcome]:
    """Return the outcomes in order. The answers are quotations; if ``composed``, they are as people
    get them: by a language model, if one is set.

    A question is handled as a message in Slack: one that asks several things is answered in
    parts, and one that is too long is refused. Answers that people wrote are not used, because
    they say nothing about the pages.

    Raises:
        IndexUnavailable: the index cannot be searched.
        BadSet: a regular expression takes too long on an answer.
    """
    # Nobody sees these answers, so no wiki is asked whether the pages are still readable.
    not_shown: list[str] = []
    own = answerer.composer if composed else None
    composer = own.watched(lambda written: not_shown.extend(written.not_shown)) if own else None
    quiet_answerer = replace(answerer, recheck=None, verified=None, composer=composer)
    outcomes = []
    for number, case in enumerate(cases, start=1):
        question = Question(case.question, reader, wikis, case.history)
        search = _RecordingAnswerer(quiet_answerer)
        result = Several(search).answer(question)
        outcome = outcome_of(case, search.pages(), result)
        outcome = replace(outcome, not_shown=tuple(not_shown))
        not_shown.clear()
        _ = outcome.scores  # a failure ends the run now, not after the last question
        outcomes.append(outcome)
        progress(Progress("questions", number, len(cases)))
    return outcomes


@dataclass(slots=True)
class _RecordingAnswerer:
    """Answers questions and records the pages found for each."""

    answerer: Answerer
    pages_by_question: list[tuple[FoundPage, ...]] = field(default_factory=list)

    def answer(self, question: Question, on_text: OnText | None = None) -> Result:
        result, run = self.answerer.answered(question, on_text)
        self.pages_by_question.append(run.found.pages if run else ())
        return result

    def pages(self) -> tuple[FoundPage, ...]:
        """Return each page once, with its hits of all questions: first the best page of every
        question, then the second ones, and so on."""
        merged: dict[tuple[str, str], FoundPage] = {}
        for pages_of_rank in zip_longest(*self.pages_by_question):
            for page in filter(None, pages_of_rank):
                first = merged.get((page.wiki, page.page), page)
                hits = {hit.passage.id: hit for hit in (*first.hits, *page.hits)}
                merged[page.wiki, page.page] = replace(first, hits=tuple(hits.values()))
        return tuple(merged.values())


def outcome_of(case: Case, pages: tuple[FoundPage, ...], result: Result) -> Outcome:
    """Return the outcome of a question that found ``pages``, best first."""
    ranked = [full_name(page.wiki, page.page) for page in pages]
    if not isinstance(result, Answer):
        return Outcome(case, ranked, result, EvidenceCounts(), pages)
    conversation = "\n".join([*(turn.text for turn in case.history), case.question])
    answer = replace(result, text=own_words(case, result))
    shown = [hit.passage for page in pages for hit in page.hits]
    return Outcome(case, ranked, result, evidence(conversation, answer, shown), pages)


def own_words(case: Case, result: Result) -> str:
    """Return the text of a result without the questions and things that it names above its parts,
    and without `THE_CLOSEST`."""
    text = without_questions(result.text, questions(case.question))
    return text.replace(f"{THE_CLOSEST}\n\n", "")
