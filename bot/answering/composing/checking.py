"""Support check: does a passage say what a sentence says? By rules, in three verdicts.

A sentence is *supported* if a short span of a passage has its words, in about the same order, and
agrees in everything that matters: numbers, names, "not", limits, who does what. It is
*contradicted* if it has a fact that no cited passage has, or all the words of a span with a changed
meaning. Everything else is a paraphrase, and *unclear*: no count of common words may decide it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.answering.composing.agreement import (
    denials,
    denied_alone,
    disagreement,
    has_but,
    in_order,
    roots,
)
from bot.answering.composing.claims import Claim, Flaw
from bot.answering.composing.duties import exchanges_duty
from bot.answering.composing.facts import ShownNames, is_borne_out, missing, unknown_names
from bot.answering.composing.ground import Ground, SupportSpan
from bot.answering.composing.narrowing import leaves_out_what_narrows
from bot.answering.composing.omissions import changes_what_limits
from bot.answering.composing.quantities import quantities
from bot.answering.composing.relations import exchanges_brackets, gives_orders, joined_from_two
from bot.answering.composing.titles import takes_from_titles
from bot.answering.composing.words import Word, limits, read, split

_ORDER = 0.6
"""The share of a sentence's words in the order of the span. Chosen on half of clapnq's gold answers
and on the errors of their corrupted twins; benchmarks/RESULTS.md has the other half."""
TURNED = frozenset({Flaw.NEGATION, Flaw.REVERSED, Flaw.NUMBER, Flaw.LIMIT, Flaw.CONDITION})
"""Flaws that make a sentence false though it has all the words of a span, and is about most of
it."""
_MOST = 0.5


class CheckOutcome(StrEnum):
    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    UNCLEAR = "unclear"


Support = tuple[Ground, SupportSpan]


@dataclass(frozen=True, slots=True)
class SentenceCheck:
    """The check of a sentence. ``support`` are the spans that support it, or the nearest ones,
    which have at best ``share`` of its words. ``flaw`` says what is wrong with a contradicted
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
        self.names = ShownNames([question, *(ground.whole for ground in grounds)])


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
    borne, turned = [], None
    for ground in cited:
        found = _compared(claim, hypothesis, ground, shown)
        if isinstance(found, SupportSpan):
            borne.append((ground, found))
        elif turned is None:
            turned = found
    if borne:
        return SentenceCheck(CheckOutcome.SUPPORTED, tuple(borne))
    for ground in others:
        found = _compared(claim, hypothesis, ground, shown)
        if isinstance(found, SupportSpan):
            # A wrong citation, or the same words about another thing: rules cannot tell.
            same = not cited or _pages(cited) >= _pages([ground])
            decision = CheckOutcome.SUPPORTED if same else CheckOutcome.UNCLEAR
            return SentenceCheck(decision, ((ground, found),))
        if not cited and turned is None:
            turned = found
    return _undecided(claim, hypothesis, (cited, others), shown, turned)


def _wordless(claim: Claim, cited: Sequence[Ground], shown: Shown) -> SentenceCheck:
    """Check a claim without words of its own: in "Yes, you can" the question says what."""
    if not (claim.verdict and cited):
        return SentenceCheck(CheckOutcome.CONTRADICTED, flaw=Flaw.EMPTY)
    near = [_nearest(shown.asked, ground) for ground in cited]
    return SentenceCheck(
        CheckOutcome.UNCLEAR, tuple((ground, one) for _, ground, one in near if one)
    )


def _code(claim: Claim, grounds: Sequence[Ground]) -> SentenceCheck:
    for ground in grounds:
        for stretch in ground.stretches:
            if claim.text in stretch.text:
                return SentenceCheck(CheckOutcome.SUPPORTED, ((ground, stretch),))
    return SentenceCheck(CheckOutcome.CONTRADICTED, flaw=Flaw.QUOTATION)


def _undecided(
    claim: Claim,
    hypothesis: Sequence[Word],
    grounds: tuple[Sequence[Ground], Sequence[Ground]],
    shown: Shown,
    turned: Flaw | None,
) -> SentenceCheck:
    cited, others = grounds
    near = [_nearest(hypothesis, ground) for ground in cited]
    stretches = [stretch for _, _, stretch in near if stretch]
    same = [one for one in others if _pages(cited) >= _pages([one])]
    flaw = missing(claim, [*cited, *same], shown.question, stretches) if cited else None
    if flaw or not cited:
        # Another passage may have said it: the one with its facts and most of its words.
        fits = [
            _nearest(hypothesis, one) for one in others if not missing(claim, [one], shown.question)
        ]
        best = max(fits, key=lambda one: one[0], default=None)
        if best and best[0] >= max((share for share, _, _ in near), default=0.0):
            near, flaw = [best], None
        elif not cited:
            near, flaw = [], missing(claim, others, shown.question)
    if not flaw and unknown_names(hypothesis, shown.names):
        flaw = Flaw.NAME
    support = tuple((ground, stretch) for _, ground, stretch in near if stretch)
    if not flaw and any(_is_ordered(claim, ground, stretch) for ground, stretch in support):
        flaw = Flaw.ORDERS
    flaw = flaw or turned
    decision = CheckOutcome.CONTRADICTED if flaw else CheckOutcome.UNCLEAR
    return SentenceCheck(decision, support, flaw, max((share for share, _, _ in near), default=0.0))


def _pages(grounds: Sequence[Ground]) -> set[tuple[str, str]]:
    return {(ground.passage.wiki, ground.passage.page) for ground in grounds}


def _compared(
    claim: Claim, hypothesis: Sequence[Word], ground: Ground, shown: Shown
) -> SupportSpan | Flaw | None:
    """Return the span that says what ``claim`` says; else the flaw of the shortest span with all
    its words, if there is one."""
    if missing(claim, [ground]):
        return None
    turned, elsewhere = None, False  # it may be said in another order, or of somebody named
    fails: list[SupportSpan] = []  # sentences with all of its words that say otherwise
    for stretch in ground.stretches:
        if not _has_all(hypothesis, stretch.roots | ground.frame_roots):
            continue
        flaw = _flaw(claim, hypothesis, ground, stretch, shown)
        if flaw is None and _holds_any(fails, stretch):
            flaw = Flaw.ORDER  # a neighbour's "not" or number is not its own
        if flaw is None:
            if _is_ordered(claim, ground, stretch):
                return Flaw.ORDERS
            return None if ground.gives_orders else stretch
        if flaw is Flaw.NEGATION and not _denies(hypothesis, stretch):
            continue
        if stretch.units == 1:
            fails += [stretch] if flaw in (*TURNED, Flaw.WORDS) else []
            turned = turned or (flaw if _is_about(hypothesis, stretch) else None)
        elsewhere = elsewhere or flaw not in TURNED
    if elsewhere or (turned is Flaw.NEGATION and _says_too(hypothesis, ground)):
        return None
    return turned if turned in TURNED else None


def _holds_any(fails: Sequence[SupportSpan], stretch: SupportSpan) -> bool:
    return any(one.start >= stretch.start and one.end <= stretch.end for one in fails)


def _is_ordered(claim: Claim, ground: Ground, stretch: SupportSpan) -> bool:
    """Return whether the words are instructions to a language model; or an address in a passage
    that gives such instructions anywhere."""
    return gives_orders(stretch.text) or (ground.gives_orders and bool(claim.addresses))


def _says_too(hypothesis: Sequence[Word], ground: Ground) -> bool:
    """Return whether another sentence of the passage says nearly the same, with as many "not"."""
    weighty = [word for word in hypothesis if word.weighs]
    return any(
        denials(one.words) == denials(hypothesis)
        and sum(not one.roots.isdisjoint(word.forms) for word in weighty) >= _MOST * len(weighty)
        for one in ground.stretches
        if one.units == 1
    )


def _flaw(
    claim: Claim, hypothesis: Sequence[Word], ground: Ground, stretch: SupportSpan, shown: Shown
) -> Flaw | None:
    """Return the flaw of a span that has all words of a sentence but does not say the same."""
    if flaw := disagreement(hypothesis, stretch.words, ground.frame, shown.asked):
        return flaw
    if not _fits(hypothesis, stretch) or not _holds_together(hypothesis, stretch, ground):
        return Flaw.ORDER
    if not all(is_borne_out(one, ground.quantities) for one in quantities(claim.text)):
        return Flaw.NUMBER
    context = roots([*ground.frame, *shown.asked])
    if not stretch.parts and joined_from_two(hypothesis, stretch.words, context):
        return Flaw.ORDER
    if exchanges_brackets(hypothesis, stretch.words, context):
        return Flaw.ORDER
    # A row of a table may be about something else.
    elsewhere = stretch.labels and stretch.labels.isdisjoint(roots([*hypothesis, *shown.asked]))
    changed = (
        elsewhere
        or changes_what_limits(claim.text, hypothesis, stretch.text, stretch.words)
        or exchanges_duty(hypothesis, stretch.words, ground.frame)
        or takes_from_titles(hypothesis, stretch.words, ground.titles)
        or leaves_out_what_narrows(hypothesis, stretch.words, context)
    )
    return Flaw.WORDS if changed else None


def _denies(hypothesis: Sequence[Word], stretch: SupportSpan) -> bool:
    """Return whether one says "not" of what the other says without. "Without a break" and "not
    taking a break" may be the same, and so may "nobody but managers" and "only managers"."""
    ours, theirs = denials(hypothesis), denials(stretch.words)
    excepted = ours > 0 and "only" in limits(stretch.words) and has_but(hypothesis)
    return ours != theirs and not excepted and denied_alone(hypothesis, stretch.words)


def _is_about(hypothesis: Sequence[Word], stretch: SupportSpan) -> bool:
    """Return whether the span says little else: a long one may say the claim somewhere, and
    something similar elsewhere."""
    premise = [word for word in stretch.words if word.weighs]
    known = roots(hypothesis)
    return sum(not known.isdisjoint(word.forms) for word in premise) >= _MOST * len(premise)


def _has_all(hypothesis: Sequence[Word], known: frozenset[str]) -> bool:
    return all(not known.isdisjoint(word.forms) for word in hypothesis if word.weighs)


def _holds_together(hypothesis: Sequence[Word], stretch: SupportSpan, ground: Ground) -> bool:
    """Return whether each clause is within one sentence or row: statements about two things may not
    be combined into one."""
    return not stretch.parts or all(
        any(_has_all(clause, part | ground.frame_roots) for part in stretch.parts)
        for clause in split(hypothesis, joins=True)
    )


def _fits(hypothesis: Sequence[Word], stretch: SupportSpan) -> bool:
    """Return whether the common words come in about one order, and those of each clause in exactly
    that, except for a part moved from its end to its beginning ("Every night, ..."): two words that
    change places change who does what."""
    premise = [word.forms[1] for word in stretch.words if word.weighs]
    known = frozenset(premise)
    common = _common(hypothesis, known)
    if in_order(common, premise) < _ORDER * len(common):
        return False
    return all(_keeps_order(_common(one, known), premise) for one in split(hypothesis, joins=True))


def _common(words: Sequence[Word], known: frozenset[str]) -> list[str]:
    return [word.forms[1] for word in words if word.weighs and word.forms[1] in known]


def _keeps_order(common: Sequence[str], premise: Sequence[str]) -> bool:
    rest, moved = iter(premise), 0
    while moved < len(common) and common[moved] in rest:
        moved += 1
    turned = [*common[moved:], *common[:moved]]
    return moved == len(common) or in_order(turned, premise) == len(turned)


def _nearest(
    hypothesis: Sequence[Word], ground: Ground
) -> tuple[float, Ground, SupportSpan | None]:
    """Return the share of the sentence's words in the best span, of equals the shortest."""
    weighty = [word for word in hypothesis if word.weighs] or list(hypothesis)
    best: tuple[float, SupportSpan | None] = 0.0, None
    for stretch in ground.stretches:
        known = stretch.roots | ground.frame_roots
        share = sum(not known.isdisjoint(word.forms) for word in weighty) / max(1, len(weighty))
        if best[1] is None or share > best[0]:
            best = share, stretch
    return best[0], ground, best[1]
