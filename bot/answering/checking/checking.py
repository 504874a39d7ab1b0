"""Support check: does a passage say what a sentence says? By rules, in three verdicts.

A sentence is *supported* if a short span of a passage has its words, in about the same order, and
agrees in everything that matters: numbers, names, "not", limits, who does what. It is
*contradicted* if it has a fact that no cited passage has, or all the words of a span with a changed
meaning. Everything else is a paraphrase, and *unclear*: no count of common words may decide it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.answering.checking.agreement import (
    denials,
    denied_alone,
    disagreement,
    has_but,
    in_order,
    roots,
)
from bot.answering.checking.calculating import without_example_dates
from bot.answering.checking.claims import Claim, Flaw
from bot.answering.checking.duties import exchanges_duty
from bot.answering.checking.exceptions import names_exception
from bot.answering.checking.facts import ShownNames, is_stated, missing, unknown_names
from bot.answering.checking.ground import Ground, SupportSpan
from bot.answering.checking.narrowing import leaves_out_what_narrows
from bot.answering.checking.omissions import changes_limits
from bot.answering.checking.relations import (
    combines_two,
    exchanges_brackets,
    instructs_model,
    turns_way,
)
from bot.answering.checking.rewording import may_reword
from bot.answering.checking.titles import states_outdated, takes_from_titles
from bot.answering.words.dates import names_of_dates
from bot.answering.words.quantities import quantities
from bot.answering.words.roles import Word, limits, read, split, statements

_ORDER = 0.6
"""The share of a sentence's words that must be in the span's order. Chosen on half of
clapnq's gold answers and on the errors of their corrupted twins; benchmarks/RESULTS.md has the
other half."""
FALSIFYING = frozenset({Flaw.NEGATION, Flaw.REVERSED, Flaw.NUMBER, Flaw.LIMIT, Flaw.CONDITION})
"""Flaws that make a sentence false though a span has all its words and says little else."""
_MOST = 0.5
_MOST_REPEATED = 2
_NUMBER_OF_NAME = re.compile(r"(?<=[A-Za-z]-)\d++(?![\d.,])")
_STEPS = frozenset({"then", "afterwards", "finally"})
"""Words for an order of steps, which a sentence with one of them must keep."""


class CheckOutcome(StrEnum):
    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    UNCLEAR = "unclear"


Support = tuple[Ground, SupportSpan]


@dataclass(frozen=True, slots=True)
class SentenceCheck:
    """The check of a sentence. ``support`` are the spans that support it, or else the nearest ones,
    the best of which has ``share`` of its words. ``flaw`` says what is wrong with a contradicted
    sentence."""

    decision: CheckOutcome
    support: tuple[Support, ...] = ()
    flaw: Flaw | None = None
    share: float = 1.0


class Shown:
    """The model's input: the ``question``, which a sentence may repeat, and all ``grounds``."""

    def __init__(self, question: str, grounds: Sequence[Ground]) -> None:
        self.question = question
        self.asked = read(question)
        texts = [question, *(ground.whole for ground in grounds)]
        self.names = ShownNames([*texts, *map(names_of_dates, texts)])


def check(
    claim: Claim, cited: Sequence[Ground], others: Sequence[Ground], shown: Shown
) -> SentenceCheck:
    """Compare ``claim`` with the grounds that it cites, and then with the ``others`` that the model
    saw: a wrong citation is corrected."""
    grounds = [*cited, *others]
    if claim.code:
        return _code(claim, grounds)
    hypothesis = read(claim.text)
    if not any(word.weighs for word in hypothesis):
        return _wordless(claim, cited, shown)
    support, flaw = [], None
    for ground in cited:
        result = _compare(claim, hypothesis, ground, shown)
        if isinstance(result, SupportSpan):
            support.append((ground, result))
        else:
            flaw = flaw or result
    if support:
        return SentenceCheck(CheckOutcome.SUPPORTED, tuple(support))
    for ground in others:
        result = _compare(claim, hypothesis, ground, shown)
        if isinstance(result, SupportSpan):
            # A wrong citation, or the same words about another thing: rules cannot tell.
            same = not cited or _sections(cited) >= _sections([ground])
            decision = CheckOutcome.SUPPORTED if same else CheckOutcome.UNCLEAR
            return SentenceCheck(decision, ((ground, result),))
        if not cited:
            flaw = flaw or result
    return _undecided(claim, hypothesis, (cited, others), shown, flaw)


def _wordless(claim: Claim, cited: Sequence[Ground], shown: Shown) -> SentenceCheck:
    """Check a claim without words of its own: "Yes, you can" gets its meaning from the question."""
    if not (claim.verdict and cited):
        return SentenceCheck(CheckOutcome.CONTRADICTED, flaw=Flaw.EMPTY)
    near = [_nearest(shown.asked, ground) for ground in cited]
    support = tuple((ground, span) for _, ground, span in near if span)
    return SentenceCheck(CheckOutcome.UNCLEAR, support)


def _code(claim: Claim, grounds: Sequence[Ground]) -> SentenceCheck:
    for ground in grounds:
        for span in ground.spans:
            if claim.text in span.text:
                return SentenceCheck(CheckOutcome.SUPPORTED, ((ground, span),))
    for ground in grounds:
        if ground.has_lines(claim.text) and not ground.instructs_model:
            # Lines of a page put together may leave out one that matters.
            return SentenceCheck(CheckOutcome.UNCLEAR, tuple((ground, s) for s in ground.spans[:1]))
    return SentenceCheck(CheckOutcome.CONTRADICTED, flaw=Flaw.QUOTATION)


def _undecided(
    claim: Claim,
    hypothesis: Sequence[Word],
    grounds: tuple[Sequence[Ground], Sequence[Ground]],
    shown: Shown,
    changed: Flaw | None,
) -> SentenceCheck:
    """Check a sentence that no span supports, by its facts. ``changed`` is the flaw of a span with
    all its words, if there is one."""
    cited, others = grounds
    near = [_nearest(hypothesis, ground) for ground in cited]
    spans = [span for _, _, span in near if span]
    same_pages = [ground for ground in others if _pages(cited) >= _pages([ground])]
    flaw = missing(claim, [*cited, *same_pages], shown.question, spans) if cited else None
    if flaw or not cited:
        # Another passage may say it: the one with its facts and most of its words.
        fits = [
            _nearest(hypothesis, ground)
            for ground in others
            if not missing(claim, [ground], shown.question)
        ]
        best = max(fits, key=lambda fit: fit[0], default=None)
        if best and best[0] >= max((share for share, _, _ in near), default=0.0):
            near, flaw = [best], None
        elif not cited:
            near, flaw = [], missing(claim, others, shown.question)
    stated = without_example_dates(claim.text, [span.text for span in spans])
    named = hypothesis if stated == claim.text else read(stated)
    if not flaw and unknown_names(named, shown.names):
        flaw = Flaw.NAME
    support = tuple((ground, span) for _, ground, span in near if span)
    if not flaw and any(_is_instruction(claim, ground, span) for ground, span in support):
        flaw = Flaw.ORDERS
    flaw = flaw or changed
    decision = CheckOutcome.CONTRADICTED if flaw else CheckOutcome.UNCLEAR
    return SentenceCheck(decision, support, flaw, max((share for share, _, _ in near), default=0.0))


def _pages(grounds: Sequence[Ground]) -> set[tuple[str, str]]:
    return {(ground.passage.wiki, ground.passage.page) for ground in grounds}


def _sections(grounds: Sequence[Ground]) -> set[tuple[str, ...]]:
    """Return the sections: two of one page may be about two things, such as two products."""
    return {(g.passage.wiki, g.passage.page, *g.passage.headings) for g in grounds}


def _compare(
    claim: Claim, hypothesis: Sequence[Word], ground: Ground, shown: Shown
) -> SupportSpan | Flaw | None:
    """Return the span that says what ``claim`` says; else the flaw of the shortest span with all
    its words, if there is one."""
    if missing(claim, [ground]):
        return None
    changed, elsewhere = None, False  # it may be said in another order, or of somebody named
    fails: list[SupportSpan] = []  # sentences with all of its words that say otherwise
    for span in _with_all(hypothesis, ground):
        flaw = _flaw(claim, hypothesis, ground, span, shown)
        if flaw is None and _holds_any(fails, span):
            flaw = Flaw.ORDER  # a neighbour's "not" or number is not its own
        if flaw is None:
            if _is_instruction(claim, ground, span):
                return Flaw.ORDERS
            return None if ground.instructs_model else span
        if flaw is Flaw.NEGATION and not _denies(hypothesis, span):
            continue
        limited = flaw is Flaw.LIMIT
        flaw = _if_certain(flaw, claim, hypothesis, span)
        if span.units == 1:
            fails += [span] if flaw in (*FALSIFYING, Flaw.WORDS) else []
            changed = changed or (flaw if _is_about(hypothesis, span) else None)
        elsewhere = elsewhere or not (flaw in FALSIFYING or (limited and _holds_any(fails, span)))
    if elsewhere or (changed is Flaw.NEGATION and _says_too(hypothesis, ground)):
        return None
    return changed if changed in FALSIFYING else None


def _if_certain(
    flaw: Flaw | None, claim: Claim, hypothesis: Sequence[Word], span: SupportSpan
) -> Flaw | None:
    """Return ``flaw``, or one that does not make the sentence false if it may be another form."""
    if flaw and may_reword(flaw, hypothesis, span.words):
        return Flaw.WORDS
    if flaw is Flaw.NUMBER and not quantities(_NUMBER_OF_NAME.sub("", claim.text)):
        return Flaw.ORDER  # its numbers are parts of names, such as SEV3 or eu-north-1
    return flaw


def _with_all(hypothesis: Sequence[Word], ground: Ground) -> Iterator[SupportSpan]:
    """Yield the spans with all words of a sentence; none with far fewer words, which it repeats: a
    page may have a thousand of these."""
    weighty = sum(word.weighs for word in hypothesis)
    for span in ground.spans:
        few = weighty > _MOST_REPEATED * (len(ground.frame) + len(span.words))
        if not few and _has_all(hypothesis, span.roots | ground.frame_roots):
            yield span


def _holds_any(spans: Sequence[SupportSpan], span: SupportSpan) -> bool:
    return any(inner.start >= span.start and inner.end <= span.end for inner in spans)


def _is_instruction(claim: Claim, ground: Ground, span: SupportSpan) -> bool:
    """Return whether the span instructs a language model; or the claim has an address, and the
    passage instructs a model anywhere."""
    return instructs_model(span.text) or (ground.instructs_model and bool(claim.addresses))


def _says_too(hypothesis: Sequence[Word], ground: Ground) -> bool:
    """Return whether another sentence of the passage says nearly the same, with as many "not"."""
    weighty = [word for word in hypothesis if word.weighs]
    return any(
        denials(span.words) == denials(hypothesis)
        and sum(not span.roots.isdisjoint(word.forms) for word in weighty) >= _MOST * len(weighty)
        for span in ground.spans
        if span.units == 1
    )


def _flaw(
    claim: Claim, hypothesis: Sequence[Word], ground: Ground, span: SupportSpan, shown: Shown
) -> Flaw | None:
    """Return the flaw of a span that has all words of a sentence but does not say the same."""
    if flaw := disagreement(hypothesis, span.words, ground.frame, shown.asked):
        return flaw
    if not _fits(hypothesis, span) or not _holds_together(hypothesis, span, ground):
        return Flaw.ORDER
    if not all(is_stated(quantity, ground.quantities) for quantity in quantities(claim.text)):
        return Flaw.NUMBER
    context = roots([*ground.frame, *shown.asked])
    if not span.parts and combines_two(hypothesis, span.words, context):
        return Flaw.ORDER
    if exchanges_brackets(hypothesis, span.words, context):
        return Flaw.ORDER
    # A row of a table may be about something else.
    other_row = span.labels and span.labels.isdisjoint(roots([*hypothesis, *shown.asked]))
    changed = (
        other_row
        or changes_limits(claim.text, hypothesis, span.text, span.words, ground.around(span))
        or exchanges_duty(hypothesis, span.words, ground.frame)
        or takes_from_titles(hypothesis, span.words, ground.titles)
        or states_outdated(claim.text, hypothesis, ground.titles, shown.question)
        or turns_way(hypothesis, span.words)
        or leaves_out_what_narrows(hypothesis, span.words, context)
    )
    return Flaw.WORDS if changed else None


def _denies(hypothesis: Sequence[Word], span: SupportSpan) -> bool:
    """Return whether one of the two denies what the other states. "Without a break" and "not taking
    a break" may be the same, and so may "nobody but managers" and "only managers", "not before
    May" and "from May"."""
    ours, theirs = denials(hypothesis), denials(span.words)
    excepted = ours > 0 and "only" in limits(span.words) and has_but(hypothesis)
    excepted = excepted or names_exception(hypothesis, span.words)
    return ours != theirs and not excepted and denied_alone(hypothesis, span.words)


def _is_about(hypothesis: Sequence[Word], span: SupportSpan) -> bool:
    """Return whether the span says little else: a long one may say the claim in one place, and
    something similar in another."""
    premise = [word for word in span.words if word.weighs]
    known = roots(hypothesis)
    return sum(not known.isdisjoint(word.forms) for word in premise) >= _MOST * len(premise)


def _has_all(hypothesis: Sequence[Word], known: frozenset[str]) -> bool:
    return all(not known.isdisjoint(word.forms) for word in hypothesis if word.weighs)


def _holds_together(hypothesis: Sequence[Word], span: SupportSpan, ground: Ground) -> bool:
    """Return whether one sentence or row has all words of each statement, in its order: a sentence
    may not combine statements about two things into one."""
    parts = [(roots(part), [word.base for word in part if word.weighs]) for part in span.parts]
    return not parts or all(
        any(
            _has_all(statement, known | ground.frame_roots) and _keeps_clauses(statement, order)
            for known, order in parts
        )
        for statement in statements(hypothesis)
    )


def _fits(hypothesis: Sequence[Word], span: SupportSpan) -> bool:
    """Return whether the common words come in about the span's order, and those of each clause in
    exactly that order: two words that change places change who does what. A clause may begin with
    its end ("Every night, ...")."""
    premise = [word.base for word in span.words if word.weighs]
    common = _common(hypothesis, frozenset(premise))
    least = 1.0 if any(word.text.casefold() in _STEPS for word in hypothesis) else _ORDER
    return in_order(common, premise) >= least * len(common) and _keeps_clauses(hypothesis, premise)


def _keeps_clauses(words: Sequence[Word], premise: Sequence[str]) -> bool:
    known = frozenset(premise)
    return all(_keeps_order(_common(c, known), premise) for c in split(words, joins=True))


def _common(words: Sequence[Word], known: frozenset[str]) -> list[str]:
    return [word.base for word in words if word.weighs and word.base in known]


def _keeps_order(common: Sequence[str], premise: Sequence[str]) -> bool:
    remaining, matched = iter(premise), 0
    while matched < len(common) and common[matched] in remaining:
        matched += 1
    rotated = [*common[matched:], *common[:matched]]
    return matched == len(common) or in_order(rotated, premise) == len(rotated)


def _nearest(
    hypothesis: Sequence[Word], ground: Ground
) -> tuple[float, Ground, SupportSpan | None]:
    """Return the best span, the shortest of equal ones, and the share of the sentence's words in
    it."""
    weighty = [word for word in hypothesis if word.weighs] or list(hypothesis)
    best: tuple[float, SupportSpan | None] = 0.0, None
    for span in ground.spans:
        known = span.roots | ground.frame_roots
        share = sum(not known.isdisjoint(word.forms) for word in weighty) / max(1, len(weighty))
        if best[1] is None or share > best[0]:
            best = share, span
    return best[0], ground, best[1]
